/**
 * People type into one draft through a bad network while their tabs are closed, their rights come and go, others push
 * with git and the server is killed. At the end all texts are one, the last commit holds it, and every word that was
 * acknowledged stands in it exactly once, and every comment is on its words.
 */
import { IDBFactory } from "fake-indexeddb";
import { afterAll, expect, test } from "vitest";
import { openStore } from "../work";
import { House } from "./house";
import type { Weather } from "./network";
import { marks, Typist } from "./typist";

const binary = process.env.PLENARY_BIN ?? "";
const seconds = Number(process.env.PLENARY_SOAK_SECONDS ?? "30");
const number = 6;

// jsdom lays nothing out.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;

let house: House | undefined;
afterAll(() => house?.close(), 120_000); // a server that is stopped saves its drafts first

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
const between = (a: number, b: number) => a + Math.random() * (b - a);

/** Does something again and again until the end, at random moments. */
async function every(from: number, to: number, end: number, act: () => Promise<void> | void): Promise<void> {
  for (;;) {
    const wait = between(from, to);
    if (Date.now() + wait > end) return;
    await pause(wait);
    await act();
  }
}

test("a draft under bad weather", async () => {
  house = await House.open(binary, number + 1);
  const h = house;
  const weather: Weather = { delay: 80, breaks: 4, twice: 60 };
  const typists = Array.from({ length: number }, (_, i) => new Typist(h, weather, openStore(new IDBFactory()), i));
  await Promise.all(typists.map((t) => t.open()));
  const end = Date.now() + seconds * 1000;
  const did = { kills: 0, pushes: 0, rights: 0 };
  const pushed = new Set<string>();
  const anchors = new Map<number, string>();
  let up = Promise.resolve();

  const tab = async (t: Typist) => {
    if (!t.ended && Math.random() > 0.5) return;
    t.close();
    await pause(between(0, 300));
    await t.open();
  };
  const kill = async () => {
    up = h.end("SIGKILL").then(() => h.start());
    await up;
    did.kills++;
  };
  const push = async () => {
    await up;
    const mark = `Q99x${pushed.size}Z`;
    const done = h.push((file) => {
      const lines = file.split("\n");
      const n = 8 + 2 * Math.floor(Math.random() * 100);
      lines[n] = `${lines[n] ?? ""}`.replace(/ of /, ` of ${mark} `);
      if (!lines[n]?.includes(mark)) throw new Error("no place in that line");
      return lines.join("\n");
    });
    if (done) pushed.add(mark);
  };
  const rights = async () => {
    await up;
    // Person 1 is the secretariat; typists follow. The last one's right comes and goes.
    await h.change(number + 1, "leave").catch(() => {});
    await pause(between(100, 1_000));
    await up;
    await h.change(number + 1, "join").then(
      () => did.rights++,
      () => {},
    );
  };
  const comment = async () => {
    await up;
    // On a slow machine somebody always has something on the way: wait for a moment when one has not.
    const settled = () => typists.map((t) => t.aWord()).find((w) => w !== undefined);
    let word = settled();
    for (let i = 0; !word && i < 200; i++) {
      await pause(5);
      word = settled();
    }
    if (!word) return;
    const id = await h.comment(word.version, word.from, word.to, word.quote).catch(() => undefined); // killed meanwhile
    if (id !== undefined) anchors.set(id, word.quote);
  };
  await Promise.all([
    ...typists.map((t) => every(20, 200, end, () => t.act())),
    ...typists.map((t) => every(2_000, 8_000, end, () => tab(t))),
    every(4_000, 10_000, end, kill),
    every(1_000, 4_000, end, push),
    every(5_000, 9_000, end, rights),
    every(500, 1_500, end, comment),
  ]);

  // The weather clears: everybody comes back and everything arrives.
  Object.assign(weather, { delay: 5, breaks: 0, twice: 0 });
  await h.change(number + 1, "join").catch(() => {});
  await expect
    .poll(
      async () => {
        for (const t of typists) {
          t.note();
          if (t.ended || t.text === undefined) {
            t.close();
            await t.open();
          }
        }
        return typists.reduce((n, t) => n + t.unsent, 0) === 0 && new Set(typists.map((t) => t.text)).size === 1;
      },
      { timeout: 60_000, interval: 300 },
    )
    .toBe(true);
  for (const t of typists) t.note();

  const text = typists[0]!.text!;
  const found = new Map<string, number>();
  for (const [mark] of text.matchAll(marks)) found.set(mark, (found.get(mark) ?? 0) + 1);
  const acknowledged = [...typists.flatMap((t) => [...t.acknowledged]), ...pushed];
  const tally = {
    ...did,
    pushes: pushed.size,
    comments: anchors.size,
    tabs: typists.reduce((n, t) => n + t.tabs, 0),
    typed: typists.reduce((n, t) => n + t.typed.size, 0),
    acknowledged: acknowledged.length,
    standing: found.size,
  };
  console.log(JSON.stringify(tally));
  expect(acknowledged.filter((mark) => found.get(mark) !== 1)).toEqual([]);
  expect([...found].filter(([, n]) => n !== 1)).toEqual([]);
  expect(tally.acknowledged).toBeGreaterThan(seconds);
  if (seconds >= 30) for (const n of [did.kills, pushed.size, did.rights, anchors.size]) expect(n).toBeGreaterThan(0);

  // Nobody takes away a word that is typed, so none of the comments has lost its own.
  const places = new Map((await h.commented()).map((c) => [c.id, c.gone ? "gone" : text.slice(c.from, c.to)]));
  expect([...anchors].filter(([id, quote]) => places.get(id) !== quote).map(([id, quote]) => [quote, places.get(id)])).toEqual([]);

  typists[0]!.save("the end");
  const canonical = h.canonical(text);
  await expect.poll(() => h.committed(), { timeout: 30_000, interval: 500 }).toBe(canonical);
  expect(h.log).not.toContain("differs from the server's");
  for (const t of typists) t.close();
});
