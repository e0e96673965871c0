/** The pages as people get them: free of barriers, no wider than the screen, and working without script. */
import { type Browser, expect, type Page, test } from "@playwright/test";
import { Assembly } from "./assembly";
import { barriers, check, looks, walk } from "./walk";

let assembly: Assembly;
test.beforeAll(async () => {
  assembly = await Assembly.start(19702);
});
test.afterAll(async () => {
  await assembly.stop();
});

const eleven = "/resolutions/wtda-11";
const proposal = `${eleven}/proposals/eur/18a3-1`;

/** Merges what is submitted on a resolution, where nothing has to be decided. Gives the address of the record. */
async function mergeAll(chair: Page, at: string): Promise<string> {
  await chair.goto(at);
  await chair.click("button:has-text('Start merging')");
  await expect(chair.locator("#result")).toBeVisible();
  await check(chair, "the workbench with nothing left to decide");
  await chair.fill("#sentence", "Agreed.");
  await chair.click("button:has-text('Merge into the revised text')");
  await expect(chair.getByText("into the revised text on")).toBeVisible();
  return `${at}/merged/${chair.url().match(/merges\/(\d+)/)![1]}`;
}

test("no page has barriers, and all fit the screen", async ({ browser }) => {
  test.setTimeout(1_500_000); // minutes where others work on the machine beside it
  const chair = await assembly.signIn(browser, "silva");
  await chair.goto(eleven);
  await chair.click("button:has-text('Start merging')");
  await expect(chair.locator("form.decision").first()).toBeVisible();
  const merge = new URL(chair.url()).pathname;
  const merged = await mergeAll(chair, "/resolutions/wtda-23");
  const word = await (
    await chair.request.get(`${eleven}/export?form=docx&version=proposals/eur/18a3-1&against=adopted/nairobi-2022`)
  ).body();
  const upload = async (login: string, path: string) => {
    const page = await assembly.signIn(browser, login);
    await page.goto(path);
    await page.locator("input[type=file]").first().setInputFiles({
      name: "text.docx",
      mimeType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
      buffer: word,
    });
    if (!/\/\d+$/.test(new URL(page.url()).pathname)) await page.locator("main form button.primary").first().click();
    await page.waitForURL(/\/\d+$/);
    return new URL(page.url()).pathname;
  };
  const places = {
    eleven,
    proposal,
    merge,
    merged,
    import: await upload("lindqvist", "/import"),
    bring: await upload("moreau", `${eleven}/bring`),
  };
  await walk(assembly, browser, looks(places), (page, look) => check(page, `${look.path} as ${look.login}`));
  await chair.goto(merge);
  await chair.getByRole("button", { name: "Abandon this merge" }).click();
});

test("the sign-in page and forms that could not be done have no barriers", async ({ browser }) => {
  const page = await assembly.signIn(browser, "moreau");
  await page.goto(`${eleven}/propose`);
  await page.fill("#number", "no number");
  await page.click("button:has-text('Begin writing')");
  await expect(page.getByRole("alert")).toContainText("document number");
  await expect(page.locator("#number")).toHaveValue("no number");
  await check(page, "a proposal that could not be begun");
  await page.click("summary");
  await page.click("button:has-text('Sign out')");
  await page.fill("#login", "moreau");
  await page.fill("#password", "wrong");
  await page.click("main button");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.locator("#login")).toHaveValue("moreau");
  await check(page, "a sign-in that failed");
});

/** Somebody whose browser runs no script. */
async function withoutScript(browser: Browser, login: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: assembly.url, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/signin");
  await page.fill("#login", login);
  await page.fill("#password", "demonstration");
  await page.click("main button");
  return page;
}

test("a screen reader meets bar, heading, clauses and actions in the order of the page", async ({ browser }) => {
  test.slow();
  const chair = await assembly.signIn(browser, "silva");
  const top = ["banner", 'link "Plenary"', 'navigation "Where you are"'];
  await chair.goto(`${eleven}/read?version=proposals/eur/18a3-1`);
  follows(await order(chair), [
    ...top,
    'region "Which text"',
    "main",
    "article",
    "heading",
    /heading .*(considering|recalling|recognizing)/i,
    'heading "resolves ',
    "deletion",
    "insertion",
  ]);
  await chair.goto(`${eleven}/compilation`);
  follows(await order(chair), [...top, "main", "heading", /EUR\/18A3\/1/, /AFR\/14A2\/1/]);
  await chair.click("button:has-text('Start merging')");
  await expect(chair.locator("form.decision").first()).toBeVisible();
  follows(await order(chair), [...top, "main", "heading", "radio", "radio", /button "Decide/]);
  await chair.getByRole("button", { name: "Abandon this merge" }).click();
  const moreau = await assembly.signIn(browser, "moreau");
  await moreau.goto(`${proposal}/edit`);
  await expect(moreau.locator("#state")).toHaveAttribute("data-state", "saved");
  follows(await order(moreau), [
    ...top,
    'region "Review"',
    "main",
    'heading "Proposal EUR/18A3/1"',
    "textbox",
    "complementary",
    "contentinfo",
  ]);
});

test("keys lead to the search, through the changes and to the list of keys", async ({ browser }) => {
  const page = await assembly.signIn(browser, "moreau");
  await page.goto(`${eleven}/read?version=proposals/eur/18a3-1`);
  await page.keyboard.press("Alt+ArrowDown");
  const first = await page.evaluate(() => document.activeElement?.textContent);
  expect(first).toBeTruthy();
  await page.keyboard.press("Alt+ArrowDown");
  expect(await page.evaluate(() => document.activeElement?.closest("ins, del") !== null)).toBe(true);
  await page.keyboard.press("Alt+ArrowUp");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(first);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("next / previous change");
  expect(await barriers(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("/");
  await expect(page).toHaveURL(/\/search$/);
  await page.keyboard.press("/");
  await expect(page.locator("#q")).toBeFocused();
  await page.keyboard.type("a/b?");
  await expect(page.locator("#q")).toHaveValue("a/b?");
  await page.goto("/");
  await page.keyboard.press("/");
  await expect(page.locator("#q")).toBeFocused();
  await page.click(".menu summary");
  await page.getByRole("button", { name: "Keys" }).click();
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
});

/** The order in which a screen reader meets the regions, headings and controls of a page. */
const order = async (page: Page): Promise<string> => page.locator("body").ariaSnapshot();

/** Checks that some names come in this order in what a screen reader reads. */
function follows(read: string, names: readonly (string | RegExp)[]): void {
  let rest = read;
  for (const name of names) {
    const at = typeof name === "string" ? rest.indexOf(name) : rest.search(name);
    expect(at, `${name} after the one before it`).toBeGreaterThanOrEqual(0);
    rest = rest.slice(at + 1);
  }
}

test("in forced colours changes keep their lines and the focus its ring; with reduced motion nothing moves", async ({ browser }) => {
  const page = await assembly.signIn(browser, "moreau");
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await page.goto(`${eleven}/read?version=proposals/eur/18a3-1`);
  const line = (of: string) =>
    page
      .locator(of)
      .first()
      .evaluate((e) => getComputedStyle(e).textDecorationLine + getComputedStyle(e).borderBottomStyle);
  expect(await line("main ins")).toMatch(/underline|solid|double/);
  expect(await line("main del")).toContain("line-through");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe("solid");
  for (const path of [eleven, `${eleven}/map`, `${eleven}/compilation`]) {
    await page.goto(path);
    const bare = await page.evaluate(() =>
      [...document.querySelectorAll("button, .button, .tag")]
        .filter((e) => e.getClientRects().length > 0 && getComputedStyle(e).borderTopStyle === "none" && !e.closest(".seg, .quiet"))
        .map((e) => e.outerHTML.slice(0, 120)),
    );
    expect(bare, path).toEqual([]);
  }
  await page.goto(`${proposal}/edit`);
  await expect(page.locator("#state")).toHaveAttribute("data-state", "saved");
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.locator("#margin .card.on")).toBeVisible();
  expect(
    await page.evaluate(
      () => document.getAnimations().filter((a) => !(a instanceof CSSAnimation && a.animationName.startsWith("cm-"))).length,
    ),
  ).toBe(0);
  expect(
    await page.evaluate(
      () =>
        [...document.querySelectorAll("*")].filter((e) =>
          getComputedStyle(e)
            .transitionDuration.split(", ")
            .some((d) => d !== "0s"),
        ).length,
    ),
  ).toBe(0);
});

// The last of all, because it merges the proposal that the others look at.
test("reading, comparing, writing elsewhere, merging and adopting work without script", async ({ browser }) => {
  const page = await withoutScript(browser, "moreau");
  await page.click("text=Calls for help");
  await page.click("text=Compare any two versions");
  await page.selectOption("#a", { label: "AFR/14A2/1" });
  await page.click("button:has-text('Compare')");
  await expect(page.locator("ins").first()).toBeVisible();
  await page.goto(`${proposal}/edit`);
  await expect(page.getByRole("link", { name: "read the draft with its changes" })).toBeVisible();
  await page.context().close();

  const chair = await withoutScript(browser, "silva");
  await chair.goto(`${eleven}/compilation`);
  await chair.click("button:has-text('Start merging')");
  const deciding = chair.locator("form.decision");
  for (let left = 10; left > 0 && (await deciding.count()) > 0; left--) {
    await chair.check("input[value=combine]");
    await chair.fill("#words", "before the end of each year");
    await chair.click("button:has-text('Decide and go on')");
  }
  await chair.fill("#sentence", "Agreed on Monday <b>morning</b>.");
  await chair.click("button:has-text('Merge into the revised text')");
  await expect(chair.locator("#resolves-3")).toContainText("before the end of each year");
  await chair.goto(`${eleven}/history`);
  await expect(chair.getByText("Agreed on Monday <b>morning</b>.")).toBeVisible();
  await chair.goto(`${eleven}/adopt`);
  await chair.fill("#place", "Quito");
  await chair.fill("#year", "2027");
  await chair.click("button:has-text('Check the lines')");
  await expect(chair.locator("#number-line")).toHaveValue("RESOLUTION 11 (Rev. Quito, 2027)");
  await expect(chair.locator("#opening")).toHaveValue(/\(Quito, 2027\),$/);
  await chair.click("button:has-text('Adopt')");
  await expect(chair.locator(".k-number")).toContainText("Quito, 2027");
  await chair.context().close();
});
