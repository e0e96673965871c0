/** From a key to its paint, in a text of 300 clauses with 200 tracked changes, while five others type in it. */
import { expect, test } from "@playwright/test";
import { fixtureURL } from "./fixture/open";

const keys = 120;
/** What a key may take, 95 times of 100. A machine that does other things besides may be given more time. */
const limit = Number(process.env.PLENARY_KEY_MS ?? 50);

test(`a key is on the screen within ${limit} ms, one clause compared`, async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto(`${fixtureURL}?n=300&c=200`);
  await page.waitForFunction(() => window.desk !== undefined);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.evaluate(() => window.remoteTypists!(5, 200));
  await page.evaluate(() => {
    const { view } = window.desk!;
    const line = view.state.doc.line(150);
    view.dispatch({ selection: { anchor: line.from + 60 }, scrollIntoView: true });
    view.focus();
    window.times = [];
    addEventListener(
      "keydown",
      (e) => {
        const began = e.timeStamp;
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => window.times!.push(performance.now() - began);
          channel.port2.postMessage(0);
        });
      },
      true,
    );
  });
  // Another process can take the processor for a moment: the best of three rounds is the editor's own time.
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && best >= limit; round++) {
    await page.evaluate(() => {
      window.times = [];
    });
    for (let i = 0; i < keys; i++) {
      await page.keyboard.press("abcdefgh ijkl mnop"[i % 18]!);
      await page.waitForTimeout(40);
    }
    const times = (await page.evaluate(() => window.times!)).sort((a, b) => a - b);
    expect(times.length).toBe(keys);
    const at = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))]!;
    console.log(`key to paint, ${keys} keys: median ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, most ${at(1).toFixed(1)} ms`);
    best = Math.min(best, at(0.95));
  }
  expect(best).toBeLessThan(limit);
});
