/** A chair at work, with others: accepting in part, deciding together, live pages, brackets, history, without script. */
import AxeBuilder from "@axe-core/playwright";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { Assembly, caretAtEndOf, opened, saved } from "./assembly";

const eleven = "/resolutions/wtda-11";
const port = Number(process.env.PLENARY_PORT ?? 18088);
const patient = { timeout: 30_000 };

let assembly: Assembly;
test.beforeEach(async () => {
  assembly = await Assembly.start(port);
});
test.afterEach(async () => {
  await assembly?.stop();
});
test.describe.configure({ timeout: 180_000 });

/** No barriers, and no wider than the screen on a desk, on a phone and right to left. */
async function check(page: Page, name: string): Promise<void> {
  for (const width of [1280, 390])
    for (const dir of ["ltr", "rtl"]) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate((d) => {
        document.documentElement.dir = d;
      }, dir);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} at ${width} px, ${dir}`).toBeLessThanOrEqual(width);
    }
  await page.evaluate(() => {
    document.documentElement.dir = "ltr";
  });
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  expect(
    violations.map((v) => `${v.id}: ${v.nodes[0]?.html}`),
    name,
  ).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function startMerging(page: Page): Promise<string> {
  await page.goto(eleven);
  await page.getByRole("button", { name: "Start merging" }).first().click();
  await expect(page.locator("#bench form.decision")).toBeVisible();
  return page.url().replace(/[?#].*/, "");
}

test("a chair accepts part of a proposal; what is left stays open, and the record says so", async ({ browser }) => {
  const silva = await assembly.signIn(browser, "silva");
  const bench = await startMerging(silva);
  await silva.locator("#side a", { hasText: "Take in part" }).first().click();
  await expect(silva.getByRole("heading", { level: 1 })).toContainText("AFR/14A2/1");
  const clause = silva.locator("#changes > li", { hasText: "considering c bis)" });
  await clause.getByRole("button", { name: /^Leave it/ }).click();
  await expect(clause.locator(".pill")).toHaveText("left");
  const budget = silva.locator("#changes > li", { hasText: "instructs the Director of the Bureau 2" });
  await budget.getByText("Phrase by phrase").click();
  await budget.getByRole("button", { name: /^Leave phrase 1/ }).click();
  await expect(budget.locator(".ref .pill")).toHaveText("in part");
  await check(silva, "what is taken");

  await silva.goto(bench);
  await expect(silva.locator("#side")).toContainText("2 of 4 changes left");
  await expect(silva.locator("#result")).toContainText("to support, within the budget, field trials");
  await silva.locator("label.opt", { hasText: "Keep the adopted words" }).click();
  await silva.getByRole("button", { name: "Decide and go on" }).click();
  await check(silva, "all decided");
  await silva.getByLabel("A sentence for the record").fill("The rest of Africa's text stays open.");
  await silva.getByRole("button", { name: "Merge into the revised text" }).click();
  await silva.getByRole("link", { name: /What was decided/ }).click();
  await expect(silva.locator("main")).toContainText("2 of 4 changes left, still open");
  await expect(silva.locator("#carried + *").first()).toBeVisible();
  await check(silva, "the record of a merge");

  const okafor = await assembly.signIn(browser, "okafor");
  await okafor.goto(eleven);
  await expect(okafor.locator("tr", { hasText: "AFR/14A2/1" })).toContainText("Merged in part");
  await okafor.goto(`${eleven}/compilation`);
  await expect(okafor.locator(".row", { hasText: "considering c" }).or(okafor.locator(".var"))).not.toHaveCount(0);
  await expect(okafor.locator("#comp")).toContainText("one handset serves a whole household");
  await expect(okafor.locator("#comp")).not.toContainText("EUR/18A3/1");
});

test("two who decide at once see each other's decisions and overwrite none", async ({ browser }) => {
  const silva = await assembly.signIn(browser, "silva");
  const bench = await startMerging(silva);
  const lindqvist = await assembly.signIn(browser, "lindqvist");
  await lindqvist.goto(bench);
  await expect(lindqvist.locator(".todo-list")).toContainText("0 of 1 decided");
  await lindqvist.locator("label.opt", { hasText: "Keep the adopted words" }).click();

  await silva.locator("label.opt", { hasText: "Not agreed" }).click();
  await silva.getByRole("button", { name: "Decide and go on" }).click();
  await expect(silva.locator("form.finish")).toBeVisible();
  // The list follows at once; the question that is open on the page waits.
  await expect(lindqvist.locator(".todo-list")).toContainText("1 of 1 decided", patient);
  await expect(lindqvist.locator("#bench input:checked")).toHaveValue("keep");
  await expect(lindqvist.locator(".news")).toBeVisible();
  await lindqvist.getByRole("button", { name: "Decide and go on" }).click();
  await expect(lindqvist.getByRole("alert")).toContainText("Ms Silva has decided this in the meantime");
  // Taken back there, it comes back here.
  await lindqvist.goto(bench);
  await lindqvist.getByRole("button", { name: /Take back/ }).click();
  await expect(silva.locator(".todo-list")).toContainText("0 of 1 decided", patient);
  await expect(silva.locator("form.finish")).toHaveCount(0, patient);
});

test("a chair merges while delegates write", async ({ browser }) => {
  const silva = await assembly.signIn(browser, "silva");
  const okafor = await assembly.signIn(browser, "okafor");
  await okafor.goto(`${eleven}/proposals/afr/14a2-1/edit`);
  await opened(okafor);
  const bench = await startMerging(silva);
  await silva.goto(`${bench}/part?proposal=afr/14a2-1`);
  await silva
    .locator("#changes > li", { hasText: "considering c bis)" })
    .getByRole("button", { name: /^Leave it/ })
    .click();
  await caretAtEndOf(okafor, "whole household or village");
  await okafor.keyboard.press("ArrowLeft");
  await okafor.keyboard.type(" of their own", { delay: 20 });
  await silva.goto(bench);
  await silva.locator("label.opt", { hasText: "Keep the adopted words" }).click();
  await silva.getByRole("button", { name: "Decide and go on" }).click();
  await silva.getByRole("button", { name: "Merge into the revised text" }).click();
  await expect(silva.locator(".note.ok")).toContainText("Merged", patient);
  await okafor.keyboard.type(" at last", { delay: 20 });
  await saved(okafor);
  await expect(okafor.locator("#text")).toContainText("of their own at last");
  await okafor.goto(eleven);
  await expect(okafor.locator("tr", { hasText: "AFR/14A2/1" })).toContainText("Merged in part");
});

/** Submits a revision of Africa's proposal. */
async function revise(okafor: Page, words: string): Promise<void> {
  await okafor.goto(`${eleven}/proposals/afr/14a2-1/edit`);
  await opened(okafor);
  await caretAtEndOf(okafor, "whole household or village");
  await okafor.keyboard.press("ArrowLeft");
  await okafor.keyboard.type(words);
  await saved(okafor);
  await okafor.goto(`${eleven}/proposals/afr/14a2-1`);
  await okafor
    .getByRole("button", { name: /^Submit/ })
    .first()
    .click();
  await expect(okafor.locator("main")).toContainText("Everything written is submitted", patient);
}

test("pages follow what happens, and nothing moves under the reader", async ({ browser }) => {
  const moreau = await assembly.signIn(browser, "moreau");
  const novak = await assembly.signIn(browser, "novak");
  const okafor = await assembly.signIn(browser, "okafor");
  await moreau.goto(`${eleven}/compilation`);
  await novak.goto(eleven);
  await moreau.evaluate(() => scrollTo(0, 400));
  const top = await moreau
    .locator(".row")
    .nth(2)
    .evaluate((e) => e.getBoundingClientRect().top);
  await revise(okafor, " for years");
  await expect(novak.locator("#live-activity")).toContainText("AFR submitted AFR/14A2/1: revision 2", patient);
  await expect(moreau.locator(".news")).toContainText("1 new submission", patient);
  await expect(moreau.locator("#comp")).not.toContainText("for years");
  expect(
    await moreau
      .locator(".row")
      .nth(2)
      .evaluate((e) => e.getBoundingClientRect().top),
  ).toBe(top);
  await moreau.getByRole("button", { name: "Show" }).last().click();
  await expect(moreau.locator("#comp")).toContainText("for years");
  await check(moreau, "a page that has followed");
  // The server comes back after a stop; so do the pages.
  await assembly.end();
  await assembly.run();
  await novak.goto(eleven);
  await expect(novak.locator("#live-activity")).toContainText("revision 2");
});

test("words in brackets are settled once the last holder agrees, by keyboard alone", async ({ browser }) => {
  const silva = await assembly.signIn(browser, "silva");
  await startMerging(silva);
  await expect(silva.locator("footer.keys")).toBeVisible();
  await silva.keyboard.press("5");
  await silva.keyboard.press("Enter");
  await expect(silva.locator("form.finish")).toBeVisible(patient);
  await silva.keyboard.press("Backspace");
  await expect(silva.locator("form.decision")).toBeVisible(patient);
  await silva.keyboard.press("Enter");
  await expect(silva.locator("form.finish")).toBeVisible(patient);
  await silva.getByRole("button", { name: "Merge into the revised text" }).press("Enter");
  await expect(silva.locator(".note.ok")).toContainText("Merged", patient);

  await silva.goto(`${eleven}/open`);
  await expect(silva.getByRole("button", { name: /^Settle/ })).toHaveCount(0);
  const moreau = await assembly.signIn(browser, "moreau");
  await moreau.goto(`${eleven}/open`);
  await check(moreau, "what is open");
  await moreau.getByRole("button", { name: /^Agree/ }).press("Enter");
  await expect(moreau.getByRole("button", { name: /^Take back/ })).toBeVisible(patient);
  await silva.getByRole("button", { name: /^Settle/ }).press("Enter"); // it has come by itself
  await expect(silva.locator("#open")).toContainText("Nothing is open", patient);
  await silva.goto(`${eleven}/history`);
  await expect(silva.locator(".timeline")).toContainText("Settle resolves 3: as AFR has it");
  expect(await silva.locator(".timeline svg circle").count()).toBeGreaterThan(4);
  await check(silva, "a history");
});

test("a merge is decided, in part too, without script; an older text is restored", async ({ browser }) => {
  const silva = await plainly(browser, "silva");
  await silva.goto(eleven);
  await silva.getByRole("button", { name: "Start merging" }).first().click();
  const bench = silva.url();
  await silva.locator("#side a", { hasText: "Take in part" }).first().click();
  await silva
    .getByRole("button", { name: /^Leave it/ })
    .first()
    .click();
  await expect(silva.locator("#changes .pill.warn")).toHaveText("left");
  await silva.goto(bench);
  await silva.locator("input[value=combine]").check();
  await silva.locator("textarea[name=words]").fill("each year before the assembly");
  await silva.getByRole("button", { name: "Decide and go on" }).click();
  await silva.getByRole("button", { name: "Merge into the revised text" }).click();
  await expect(silva.locator(".note.ok")).toContainText("Merged");
  const moreau = await plainly(browser, "moreau");
  await moreau.goto(`${eleven}/history`);
  await moreau.getByRole("button", { name: /^Restore as new draft ?: Import/ }).click();
  await expect(moreau).toHaveURL(/proposals\/eur\/draft-1\/edit/);
  await moreau.goto(`${eleven}/compare`);
  await expect(moreau.locator("main")).toBeVisible();
  await moreau.goto(`${eleven}/compare?view=columns&a=adopted/nairobi-2022&b=main&c=proposals/eur/18a3-1&d=proposals/afr/14a2-1`);
  await expect(moreau.locator("table.columns thead th")).toHaveCount(5);
  const gone = await moreau.goto(`${eleven}/compare?a=main&b=no/such`);
  expect(gone?.status()).toBe(404);
  await expect(moreau.locator("main")).toContainText("There is no such version");
});

/** Signs somebody in with a browser that runs no script. */
async function plainly(browser: Browser, login: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: assembly.url, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/signin");
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill("demonstration");
  await page.locator("main form button").first().click();
  return page;
}
