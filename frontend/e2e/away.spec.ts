/** What becomes of words when tabs are closed, the network stays away and rights are withdrawn. PLENARY_LONG=1 stays away a minute. */
import { type Browser, expect, type Page, test } from "@playwright/test";
import { Assembly, caretAtEndOf, linesOf, opened, propose, saved } from "./assembly";

let assembly: Assembly;
test.beforeAll(async () => {
  assembly = await Assembly.start(18096);
});
test.afterAll(async () => assembly?.stop());

const away = process.env.PLENARY_LONG ? 60_000 : 8_000;

/** Two people of one delegation in a new draft, and the beginnings of two of its clauses. */
async function pair(browser: Browser, n: number): Promise<{ moreau: Page; novak: Page; first: string; second: string }> {
  const moreau = await assembly.signIn(browser, "moreau");
  const novak = await assembly.signIn(browser, "novak");
  await moreau.goto("/");
  const hrefs = await moreau.locator("table a.title").evaluateAll((links) => links.map((l) => l.getAttribute("href")!));
  const address = await propose(moreau, hrefs[n % hrefs.length]!.split("/").at(-1)!);
  await novak.goto(address);
  await opened(novak);
  const [first, second] = (await linesOf(moreau)).filter((l) => /^(?:[a-z]\)|\d+\.)/.test(l)).map((l) => l.slice(4, 40));
  return { moreau, novak, first: first!, second: second! };
}

const times = async (page: Page, words: string) => (await linesOf(page)).join("\n").split(words).length - 1;

test("offline for long with edits on both sides, in one clause and in others", async ({ browser }) => {
  test.setTimeout(away + 90_000);
  const { moreau, novak, first, second } = await pair(browser, 0);
  await moreau.context().setOffline(true);
  await expect(moreau.locator("#state")).toContainText("Offline since", { timeout: 20_000 });
  const end = Date.now() + away;
  let round = 0;
  for (; Date.now() < end; round++) {
    await caretAtEndOf(moreau, first);
    await moreau.keyboard.type(` <away ${round}>`);
    await caretAtEndOf(novak, round % 2 ? first : second);
    await novak.keyboard.type(` <here ${round}>`);
    await saved(novak);
    await moreau.waitForTimeout(away / 12); // being away takes time
  }
  await expect(moreau.locator("#state")).toContainText(/edits? waits? on this computer/);
  await moreau.context().setOffline(false);
  await saved(moreau);
  for (const page of [moreau, novak]) {
    for (let i = 0; i < round; i++) {
      await expect.poll(() => times(page, `<away ${i}>`)).toBe(1);
      await expect.poll(() => times(page, `<here ${i}>`)).toBe(1);
    }
  }
  expect(await linesOf(moreau)).toEqual(await linesOf(novak));
});

test("two tabs are closed offline and opened again at once: the words of both come in, each once", async ({ browser }) => {
  const { moreau, novak, first, second } = await pair(browser, 1);
  const address = moreau.url();
  const context = moreau.context();
  const other = await context.newPage();
  await other.goto(address);
  await opened(other);
  await context.setOffline(true);
  for (const [page, at, words] of [
    [moreau, first, " <of the first tab>"],
    [other, second, " <of the second tab>"],
  ] as const) {
    await page.bringToFront();
    await caretAtEndOf(page, at);
    await page.keyboard.type(words);
    await expect(page.locator("#state")).toContainText(/edits? waits? on this computer/, { timeout: 20_000 });
  }
  await moreau.close();
  await other.close();
  await context.setOffline(false);
  const tabs = await Promise.all([context.newPage(), context.newPage()]);
  await Promise.all(tabs.map((tab) => tab.goto(address)));
  for (const tab of tabs) await opened(tab);
  for (const page of [...tabs, novak]) {
    for (const words of ["<of the first tab>", "<of the second tab>"])
      await expect.poll(() => times(page, words), { timeout: 20_000 }).toBe(1);
  }
  // What has come in is not kept: a third tab adds nothing.
  const third = await context.newPage();
  await third.goto(address);
  await opened(third);
  await expect.poll(() => times(third, "<of the first tab>")).toBe(1);
  expect(await times(novak, "<of the first tab>")).toBe(1);
});

test("the right is withdrawn in the middle of a word: what was saved stands, the rest is handed back", async ({ browser }) => {
  const { moreau, novak, first } = await pair(browser, 2);
  const secretariat = await assembly.signIn(browser, "lindqvist");
  await secretariat.goto("/people");
  const person = (await secretariat.getByRole("link", { name: "Mr Novak" }).first().getAttribute("href"))!;
  await secretariat.goto(person);
  await caretAtEndOf(novak, first);
  const typing = novak.keyboard.type(" <interminable-deliberations-without-any-pause-between-them>", { delay: 60 });
  await expect.poll(() => times(moreau, "<interm")).toBe(1);
  await secretariat.getByRole("button", { name: /^Take out/ }).click();
  await typing;
  await expect(novak.locator("#text .cm-content")).toHaveAttribute("aria-readonly", "true");
  const note = novak.locator(".bar-note.bad").first();
  await expect(note).toContainText("withdrawn");
  // The delegation reads what was acknowledged; whatever else stands on the screen was handed back, not lost.
  await saved(moreau);
  const theirs = /<interm\S*/.exec((await linesOf(moreau)).join("\n"))![0];
  const mine = /<interm\S*/.exec((await linesOf(novak)).join("\n"))![0];
  expect(mine.startsWith(theirs.replace(/;$/, ""))).toBe(true);
  if (mine !== theirs) await expect(novak.locator(".bar-note.bad", { hasText: "could not be added" })).toBeVisible();
  await novak.locator("#text .cm-content").focus();
  await novak.keyboard.type(" more");
  expect(await times(moreau, " more")).toBe(await times(novak, " more"));
  await novak.reload();
  await expect(novak.locator(".cm-content")).toHaveCount(0);
  await caretAtEndOf(moreau, first);
  await moreau.keyboard.type(" and we go on");
  await saved(moreau);
});
