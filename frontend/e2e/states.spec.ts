/** What people see and keep when connections, servers and rights come and go. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { Assembly, caretAtEndOf, linesOf, opened, propose, saved } from "./assembly";

let assembly: Assembly;
test.beforeAll(async () => {
  assembly = await Assembly.start(18094);
});
test.afterAll(async () => assembly?.stop());

const state = (page: Page) => page.locator("#state");

/** Two people of one delegation in a new draft. */
async function pair(browser: Browser, n: number): Promise<{ moreau: Page; novak: Page }> {
  const moreau = await assembly.signIn(browser, "moreau");
  const novak = await assembly.signIn(browser, "novak");
  await moreau.goto("/");
  const hrefs = await moreau.locator("table a.title").evaluateAll((links) => links.map((l) => l.getAttribute("href")!));
  const address = await propose(moreau, hrefs[n % hrefs.length]!.split("/").at(-1)!);
  await novak.goto(address);
  await opened(novak);
  return { moreau, novak };
}

/** Words of the first lettered clause and of the last line, to find them by. */
async function ends(page: Page): Promise<[string, string]> {
  const lines = (await linesOf(page)).filter((l) => /^(?:[a-z]\)|\d+\.)/.test(l)).map((l) => l.slice(4, 40));
  return [lines[0]!, lines[1]!];
}

test("offline with edits on both sides: nothing is lost, and the state says so", async ({ browser }) => {
  const { moreau, novak } = await pair(browser, 0);
  const [first, second] = await ends(moreau);
  await moreau.context().setOffline(true);
  await expect(state(moreau)).toContainText("Offline since");
  await expect(moreau.locator("#peers button")).toHaveCount(0);
  await caretAtEndOf(moreau, first);
  await moreau.keyboard.type(" written offline");
  await expect(state(moreau)).toContainText(/edits? waits? on this computer/);
  await caretAtEndOf(novak, second);
  await novak.keyboard.type(" written meanwhile");
  await saved(novak);
  await moreau.context().setOffline(false);
  await saved(moreau);
  for (const page of [moreau, novak]) {
    await expect.poll(async () => (await linesOf(page)).filter((l) => /written (?:offline|meanwhile)/.test(l)).length).toBe(2);
  }
});

test("the tab is closed while offline: its words come in when the page is opened again", async ({ browser }) => {
  const { moreau, novak } = await pair(browser, 1);
  const [first] = await ends(moreau);
  const address = moreau.url();
  await moreau.context().setOffline(true);
  await caretAtEndOf(moreau, first);
  await moreau.keyboard.type(" kept in the browser");
  await expect(state(moreau)).toContainText(/edits? waits? on this computer/);
  const context = moreau.context();
  await moreau.close();
  await context.setOffline(false);
  const again = await context.newPage();
  await again.goto(address);
  await opened(again);
  for (const page of [again, novak])
    await expect.poll(async () => (await linesOf(page)).filter((l) => l.includes("kept in the browser")).length).toBe(1);
});

test("the server is killed while two type: all that was saved is there, and each goes on", async ({ browser }) => {
  const { moreau, novak } = await pair(browser, 2);
  const [first, second] = await ends(moreau);
  await caretAtEndOf(moreau, first);
  await caretAtEndOf(novak, second);
  await Promise.all([moreau.keyboard.type(" words of one", { delay: 15 }), novak.keyboard.type(" words of two", { delay: 15 })]);
  await assembly.end("SIGKILL");
  await moreau.keyboard.type(" and more");
  await assembly.run();
  await saved(moreau);
  await saved(novak);
  for (const page of [moreau, novak]) {
    await expect.poll(async () => (await linesOf(page)).join("\n")).toContain("words of one and more");
    await expect.poll(async () => (await linesOf(page)).join("\n")).toContain("words of two");
  }
  expect(await linesOf(moreau)).toEqual(await linesOf(novak));
});

test("three people type in one clause", async ({ browser }) => {
  const { moreau, novak } = await pair(browser, 0);
  const third = await moreau.context().newPage();
  await third.goto(moreau.url());
  await opened(third);
  const [first] = await ends(moreau);
  const pages = [moreau, novak, third];
  for (const page of pages) await caretAtEndOf(page, first);
  await Promise.all(pages.map((page, i) => page.keyboard.type(` ${"abc"[i]!.repeat(12)}`, { delay: 10 })));
  for (const page of pages) await saved(page);
  await expect
    .poll(async () => JSON.stringify([await linesOf(novak), await linesOf(third)]))
    .toBe(JSON.stringify([await linesOf(moreau), await linesOf(moreau)]));
  const text = (await linesOf(moreau)).join("\n");
  for (const letter of "abc") expect([...text].filter((c) => c === letter).length).toBeGreaterThanOrEqual(12);
  // Undo takes back one's own words only.
  await third.bringToFront();
  await third.locator("#text .cm-content").focus();
  for (let i = 0; i < 4; i++) await third.keyboard.press("Control+z");
  await saved(third);
  await expect.poll(async () => (await linesOf(moreau)).join("\n")).not.toContain("cccccc");
  expect((await linesOf(moreau)).join("").match(/a/g)!.length).toBeGreaterThanOrEqual(12);
});

test("a proposal merged while it is written: its text stays readable, other drafts hear that the text has moved", async ({ browser }) => {
  const { moreau, novak } = await pair(browser, 1);
  const slug = /resolutions\/([^/]+)/.exec(moreau.url())![1]!;
  const value = /proposals\/([a-z]+\/[a-z0-9-]+)/.exec(moreau.url())![1]!;
  const haddad = await assembly.signIn(browser, "haddad");
  await propose(haddad, slug);
  const [first] = await ends(moreau);
  await caretAtEndOf(moreau, first);
  await moreau.keyboard.type(" before it was merged");
  await saved(moreau);
  await moreau.getByRole("button", { name: "Submit proposal" }).click();
  await moreau.waitForURL(/\/proposals\/[a-z0-9/-]+$/);

  const silva = await assembly.signIn(browser, "silva");
  await silva.goto(`/resolutions/${slug}`);
  for (const box of await silva.locator('input[name="proposal"]').all()) await box.setChecked((await box.getAttribute("value")) === value);
  await silva.getByRole("button", { name: "Start merging" }).click();
  await silva.getByRole("button", { name: "Merge into the revised text" }).click();

  await expect(novak.locator(".bar-note.bad")).toContainText("has been merged");
  await expect(novak.locator("#text .cm-content")).toHaveAttribute("aria-readonly", "true");
  await expect(novak.locator("#text")).toContainText("before it was merged");
  await expect(haddad.locator(".bar-note.warn")).toContainText("has moved");
  await expect(haddad.locator("#state")).toHaveAttribute("data-state", "saved");
});

test("a push from stock git arrives in the middle of a word", async ({ browser }) => {
  const { moreau, novak } = await pair(browser, 0);
  const [first, second] = await ends(moreau);
  const [, slug, circle, name] = /resolutions\/([^/]+)\/proposals\/([a-z]+)\/([a-z0-9-]+)/.exec(moreau.url())!;
  const token = assembly.plenary("token", "create", "moreau", "--data", assembly.house).trim().split("\n").at(-1)!;
  const clone = join(assembly.data, "clone");
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", env: { ...process.env, GIT_TERMINAL_PROMPT: "0" } });
  await caretAtEndOf(novak, first);
  await novak.keyboard.type(" half a wo");
  await saved(novak);
  git("clone", "-q", `${assembly.url.replace("//", `//moreau:${token}@`)}/git/desks/${circle}/${slug}.git`, clone);
  git("-C", clone, "switch", "-q", `drafts/${circle}/${name}`);
  const file = join(clone, "resolution.md");
  writeFileSync(file, readFileSync(file, "utf8").replace(second, `${second} (pushed)`));
  git("-C", clone, "-c", "user.name=Ms Moreau", "-c", "user.email=moreau@example.org", "commit", "-qam", "resolves: pushed words");
  git("-C", clone, "push", "-q");
  await expect(novak.locator("#text")).toContainText("(pushed)");
  const notice = moreau.locator(".bar-note", { hasText: /^1 place changed by git push, \d\d:\d\d \(Ms Moreau\)/ });
  await notice.getByRole("button", { name: "Show" }).click();
  const caretLine = () => moreau.locator(".cm-line", { hasText: "(pushed)" }).evaluate((e) => e.contains(getSelection()!.anchorNode));
  await expect.poll(caretLine).toBe(true);
  await novak.keyboard.type("rd");
  await saved(novak);
  for (const page of [moreau, novak]) {
    await expect.poll(async () => (await linesOf(page)).join("\n")).toContain("half a word");
    expect((await linesOf(page)).join("\n")).toContain("(pushed)");
  }
});

test("by keyboard alone, from the list to a submitted proposal", async ({ browser }) => {
  const page = await assembly.signIn(browser, "haddad");
  await page.goto("/");
  const reach = async (what: string, most = 60) => {
    for (let i = 0; i < most; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(
        () => `${document.activeElement?.tagName} ${document.activeElement?.className} ${document.activeElement?.textContent?.trim()}`,
      );
      if (at.includes(what)) return;
    }
    throw new Error(`"${what}" cannot be reached with Tab`);
  };
  await reach("title");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/resolutions\/[a-z0-9-]+$/);
  await reach("Propose a change");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/propose$/);
  await reach("Begin writing");
  await page.keyboard.press("Enter");
  await opened(page);
  await expect(page.locator("#submit button")).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("Control+g");
  await page.keyboard.type("considering a");
  await page.keyboard.press("Enter");
  await page.keyboard.type("without a mouse, ");
  await expect(page.locator("#count")).toHaveText(/^Change 1 of 1$|^1 change in 1 clause$/);
  await saved(page);
  await page.keyboard.press("Shift+F6");
  await page.keyboard.press("Shift+F6");
  await reach("Submit proposal");
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/edit$/);
  await expect(page.getByText("Submission 1")).toBeVisible();
});

test("Submit names the checks first, and a submission after it is a revision", async ({ browser }) => {
  const page = await assembly.signIn(browser, "tanaka");
  await page.goto("/");
  const href = (await page.locator("table a.title").nth(1).getAttribute("href"))!;
  const address = await propose(page, href.split("/").at(-1)!);
  const [first] = await ends(page);
  await caretAtEndOf(page, first);
  await page.keyboard.press("Enter");
  await saved(page);
  await page.getByRole("button", { name: "Submit proposal" }).click();
  const ask = page.getByRole("dialog", { name: "Submit proposal" });
  await expect(ask).toContainText("1 place in this text may not be as you mean it:");
  await expect(ask).toContainText(/The clause .+ bis\) has no words/);
  await ask.getByRole("button", { name: "Look at them" }).click();
  await page
    .getByRole("dialog", { name: "Checks" })
    .getByRole("button", { name: /has no words/ })
    .click();
  await expect(page).toHaveURL(/edit$/);
  await page.getByRole("button", { name: "Submit proposal" }).click();
  await ask.getByRole("button", { name: "Submit all the same" }).click();
  await expect(page.getByText("Submission 1")).toBeVisible();
  await page.goto(address);
  await opened(page);
  await expect(page.getByRole("button", { name: "Submit revision" })).toBeVisible();
});

test("on a phone, 390 px wide", async ({ browser }) => {
  const page = await assembly.signIn(browser, "tanaka", { width: 390, height: 780 });
  await page.goto("/");
  const href = (await page.locator("table a.title").first().getAttribute("href"))!;
  await propose(page, href.split("/").at(-1)!);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  const [first] = await ends(page);
  await caretAtEndOf(page, first);
  await page.keyboard.type(" and more");
  await saved(page);
  await expect(page.locator(".card")).toBeVisible();
  await page.screenshot({ path: "test-results/phone.png" });
  await page.getByRole("button", { name: "Restore adopted words" }).click();
  await expect(page.locator("#count")).toHaveText("No changes yet");
});

test("edits that cannot be added are handed back, and can begin a draft of one's own", async ({ browser }) => {
  const page = await assembly.signIn(browser, "okafor");
  await page.goto("/");
  const href = (await page.locator("table a.title").nth(2).getAttribute("href"))!;
  let refusing = false;
  await page.routeWebSocket(/\/live\?/, (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((message) => {
      if (refusing && String(message).includes('"push"'))
        ws.send(JSON.stringify({ t: "error", code: "closed", text: "Submitting closed at 18:00.", retry: false }));
      else server.send(message);
    });
  });
  await propose(page, href.split("/").at(-1)!);
  const [first] = await ends(page);
  await caretAtEndOf(page, first);
  refusing = true;
  await page.keyboard.type("!");
  await expect(page.locator(".bar-note.bad", { hasText: "Your 1 edit could not be added. Submitting closed at 18:00." })).toBeVisible();
  await expect(page.locator("#text .cm-content")).toHaveAttribute("aria-readonly", "true");
  const [draft] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: "Keep as own draft" }).click()]);
  await draft.getByRole("button", { name: "Begin writing" }).click();
  await opened(draft);
  await draft.getByRole("button", { name: "Put them in" }).click();
  await saved(draft);
  expect((await linesOf(draft)).some((l) => l.endsWith("!"))).toBe(true);
});

test("a save that takes long is shown as such", async ({ browser }) => {
  const page = await assembly.signIn(browser, "tanaka");
  await page.goto("/");
  const href = (await page.locator("table a.title").nth(1).getAttribute("href"))!;
  let release = () => {};
  let holding = false;
  await page.routeWebSocket(/\/live\?/, (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((message) => {
      if (!holding || !String(message).includes('"push"')) {
        server.send(message);
        return;
      }
      holding = false;
      release = () => server.send(message);
    });
  });
  await propose(page, href.split("/").at(-1)!);
  const [first] = await ends(page);
  await caretAtEndOf(page, first);
  holding = true;
  await page.keyboard.type(" slowly");
  await expect(state(page)).toHaveText(/Saving…/);
  await page.getByRole("button", { name: "Submit proposal" }).click();
  await expect(page.locator(".bar-note", { hasText: "not yet saved" })).toBeVisible();
  release();
  await saved(page);
});

test("signed out while writing: the words stay, and go on after signing in again", async ({ browser }) => {
  const page = await assembly.signIn(browser, "haddad");
  await page.goto("/");
  const href = (await page.locator("table a.title").nth(2).getAttribute("href"))!;
  await propose(page, href.split("/").at(-1)!);
  const [first] = await ends(page);
  const cookies = await page.context().cookies();
  await page.context().setOffline(true);
  await caretAtEndOf(page, first);
  await page.keyboard.type(" after signing out");
  await page.context().clearCookies();
  await page.context().setOffline(false);
  const sheet = page.locator(".bar-note", { hasText: "You have been signed out. Your words stay here" });
  await expect(sheet).toBeVisible();
  await page.context().addCookies(cookies);
  await sheet.getByRole("button", { name: "Try now" }).click();
  await saved(page);
  await expect(sheet).toHaveCount(0);
  await page.reload();
  await opened(page);
  expect((await linesOf(page)).join("\n")).toContain("after signing out");
});
