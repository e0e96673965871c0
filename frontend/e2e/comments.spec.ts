/** Comments beside the text: on words that move, for an audience, answered, resolved, listed, and new until they are read. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { Assembly, caretAtEndOf, linesOf, opened, saved } from "./assembly";

let assembly: Assembly;
test.beforeAll(async () => {
  assembly = await Assembly.start(19701);
});
test.afterAll(async () => assembly?.stop());

const proposal = "/resolutions/wtda-11/proposals/eur/18a3-1";
const cards = (page: Page) => page.locator("#margin .card.talk:not(.writing)");

/** Selects the first words of the line that holds some words, from the keyboard. */
async function selectIn(page: Page, words: string, letters: number): Promise<string> {
  await caretAtEndOf(page, words);
  await page.keyboard.press("ArrowLeft");
  for (let i = 0; i < letters; i++) await page.keyboard.press("Shift+ArrowLeft");
  return page.evaluate(() => String(getSelection()));
}

test("comments stay with their words while two write, are answered, resolved and read", async ({ browser }) => {
  test.slow();
  const moreau = await assembly.signIn(browser, "moreau");
  const novak = await assembly.signIn(browser, "novak");
  const problems: string[] = [];
  for (const page of [moreau, novak]) {
    page.on("pageerror", (e) => problems.push(e.message));
    page.on("console", (m) => m.type() === "error" && problems.push(m.text()));
    await page.goto(`${proposal}/edit`);
    await opened(page);
    await expect(page.locator("#comments")).toHaveAttribute("role", "button");
  }
  await moreau.locator("#comments").click();
  await expect(moreau.getByText("No comments. Select words and press Ctrl+Alt+M.")).toBeVisible();
  await moreau.keyboard.press("Escape");

  const clause = (await linesOf(moreau)).filter((l) => /^[a-z]\)/.test(l))[1]!.slice(4, 40);
  await selectIn(moreau, clause, 12);
  await moreau.keyboard.press("Control+Alt+m");
  const writing = moreau.locator("#margin .card.writing");
  await expect(writing.getByRole("radio")).toHaveCount(3);
  await expect(writing.getByRole("radio", { name: "own delegation" })).toBeChecked();
  const quote = (await writing.locator(".q").textContent())!.replace(/[“”]/g, "");
  expect(quote.length).toBeGreaterThan(8);
  await moreau.keyboard.type("Is this what @EUR means?");
  await moreau.keyboard.press("Control+Enter");
  await expect(cards(moreau)).toHaveCount(1);
  await expect(writing).toHaveCount(0);

  // The colleague hears of it at once; it is new to them until they look at it.
  await expect(cards(novak)).toHaveCount(1);
  await expect(novak.locator("#comments")).toHaveText("Comments 11 new");
  await expect(moreau.locator("#comments")).toHaveText("Comments 1");
  await expect(novak.locator(".noted")).toHaveText(quote);

  // Words before it and inside it move it and grow it.
  await caretAtEndOf(novak, clause);
  await novak.keyboard.press("Home");
  await novak.keyboard.type("now and then ");
  await saved(novak);
  for (const page of [moreau, novak]) await expect(page.locator(".noted")).toHaveText(quote);

  await cards(novak).click();
  await expect(novak.locator("#comments")).toHaveText("Comments 1");
  await cards(novak).getByRole("button", { name: "Reply" }).click();
  await novak.keyboard.type("It is.");
  await novak.keyboard.press("Control+Enter");
  await expect(cards(moreau).locator(".said")).toHaveCount(2);
  await expect(cards(moreau)).toContainText("It is.");
  expect((await new AxeBuilder({ page: moreau }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]).analyze()).violations).toEqual([]);

  // Escape leaves the card to its words.
  await cards(moreau).getByRole("button", { name: "Resolve" }).focus();
  await moreau.keyboard.press("Escape");
  await expect(moreau.locator("#text .cm-content")).toBeFocused();

  // Its words go: it stays at its clause with the words quoted.
  await caretAtEndOf(novak, clause);
  await novak.keyboard.press("Shift+Home");
  await novak.keyboard.press("Delete");
  await saved(novak);
  await moreau.reload();
  await opened(moreau);
  await expect(cards(moreau)).toContainText("words gone");
  await expect(cards(moreau)).toContainText(quote);

  await cards(moreau).getByRole("button", { name: "Resolve" }).click();
  for (const page of [moreau, novak]) await expect(cards(page)).toHaveCount(0);
  await novak.locator("#comments").click();
  await novak.getByRole("button", { name: "Resolved 1" }).click();
  await novak.locator(".talks button").click();
  await expect(cards(novak)).toBeFocused();
  await cards(novak).getByRole("button", { name: "Open again" }).click();
  await expect(cards(moreau)).toHaveCount(1);
  expect(problems).toEqual([]);
});

test("what others say of a submission stands beside the draft, and a draft's comments stay with its delegation", async ({ browser }) => {
  const okafor = await assembly.signIn(browser, "okafor");
  const moreau = await assembly.signIn(browser, "moreau");
  await moreau.goto(`${proposal}/edit`);
  await opened(moreau);
  await expect(moreau.locator("#comments")).toHaveAttribute("role", "button");
  await okafor.goto(`/resolutions/wtda-11/comments?text=proposals/eur/18a3-1`);
  await okafor.selectOption("#clause", { index: 3 });
  await okafor.getByLabel("all", { exact: true }).check();
  await okafor.fill("#words", "We could join you here.");
  await okafor.getByRole("button", { name: "Comment" }).click();
  const theirs = cards(moreau).filter({ hasText: "We could join you here." });
  await expect(theirs).toHaveCount(1);
  await expect(theirs).toContainText("AFR");
  await expect(theirs).toContainText("all, on what is submitted");

  // From the editor to all.
  await caretAtEndOf(moreau, "that the study groups");
  await moreau.keyboard.press("Control+Alt+m");
  await moreau.locator("#margin").getByRole("radio", { name: "all" }).check();
  await moreau.locator("#margin .writing textarea").fill("See the budget.");
  await moreau.locator("#margin .writing").getByRole("button", { name: "Comment" }).click();
  await expect(cards(moreau).filter({ hasText: "See the budget." })).toHaveCount(1);
  await okafor.reload();
  await expect(okafor.getByText("See the budget.")).toBeVisible();
  await expect(okafor.getByText("Is this what")).toHaveCount(0);
});

test("on a narrow page a tap on marked words opens their card as a sheet", async ({ browser }) => {
  const moreau = await assembly.signIn(browser, "moreau", { width: 390, height: 800 });
  await moreau.goto(`${proposal}/edit`);
  await opened(moreau);
  await expect(moreau.locator("#comments")).toHaveAttribute("role", "button");
  await moreau.locator("#comments").click();
  await moreau.locator(".talks button").first().click();
  await expect(moreau.locator("#margin .card.on")).toBeVisible();
  await expect(moreau.locator("#margin .card:visible")).toHaveCount(1);
  expect(await moreau.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
