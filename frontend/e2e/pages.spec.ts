/** The pages as people get them: free of barriers, no wider than the screen, and working without script. */
import AxeBuilder from "@axe-core/playwright";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { Assembly } from "./assembly";

let assembly: Assembly;
test.beforeAll(async () => {
  assembly = await Assembly.start(18098);
});
test.afterAll(async () => {
  await assembly.stop();
});

const eleven = "/resolutions/wtda-11";
const proposal = `${eleven}/proposals/eur/18a3-1`;

/** Every page, by who looks at it. */
const pages: Record<string, string[]> = {
  moreau: [
    "/",
    "/?show=mine&q=nothing+has+this+name",
    eleven,
    proposal,
    `${eleven}/read`,
    "/resolutions/wtda-23/read?version=proposals/apt/27a5-1",
    `${eleven}/compare`,
    `${eleven}/compare?view=side`,
    `${eleven}/compare?a=main&b=main`,
    `${eleven}/history?version=proposals/eur/18a3-1`,
    `${eleven}/compilation?filter=1&p=eur/18a3-1&all=1`,
    `${eleven}/propose`,
    `${eleven}/clone`,
    "/tokens",
    "/nothing",
  ],
  silva: [eleven, `${eleven}/compilation`, `${eleven}/adopt`, "/tokens"],
  lindqvist: ["/import", proposal, eleven],
};

async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return violations.map((v) => `${v.id}: ${v.nodes[0]?.html}`);
}

/** Checks a page for barriers, at both widths for words beyond the edge. */
async function check(page: Page, name: string): Promise<void> {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} at ${width} px`).toBeLessThanOrEqual(width);
  }
  expect(await barriers(page), name).toEqual([]);
}

for (const [login, paths] of Object.entries(pages))
  test(`pages that ${login} sees have no barriers and fit`, async ({ browser }) => {
    test.slow(); // many pages in one story
    const page = await assembly.signIn(browser, login);
    for (const path of paths) {
      await page.goto(path);
      await check(page, path);
    }
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

test("the workbench has no barriers, before and after deciding", async ({ browser }) => {
  const chair = await assembly.signIn(browser, "silva");
  await chair.goto("/resolutions/wtda-23");
  await chair.click("button:has-text('Start merging')");
  await expect(chair.locator("#result")).toBeVisible();
  await check(chair, "the workbench");
});
