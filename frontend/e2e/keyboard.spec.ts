/** From signing in to a merged text with the keyboard alone: no mouse anywhere. */
import { expect, type Locator, type Page, test } from "@playwright/test";
import { Assembly, opened, saved } from "./assembly";

let assembly: Assembly;
test.beforeAll(async () => {
  assembly = await Assembly.start(19705);
});
test.afterAll(async () => assembly?.stop());

/** Presses Tab until something has the focus, as people do; every stop on the way must be visible. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((e) => e === document.activeElement)) return;
    const seen = await page.evaluate(() => {
      const e = document.activeElement;
      return !e || e === document.body || e.getClientRects().length > 0;
    });
    expect(seen, "something that cannot be seen has the focus").toBe(true);
  }
  throw new Error(`Tab does not lead to ${target}`);
}

async function signIn(page: Page, login: string): Promise<void> {
  await page.goto("/signin");
  await page.keyboard.type(login); // the field has the focus
  await page.keyboard.press("Tab");
  await page.keyboard.type("demonstration");
  await page.keyboard.press("Enter");
  await expect(page.locator("header.top .menu")).toBeVisible();
}

test("a delegate writes, comments and submits, and the chair merges, by keyboard", async ({ browser }) => {
  test.setTimeout(240_000);
  const tanaka = await assembly.stranger(browser);
  await signIn(tanaka, "tanaka");
  await tabTo(tanaka, tanaka.getByRole("link", { name: "Calls for help" }));
  await tanaka.keyboard.press("Enter");
  await tabTo(tanaka, tanaka.getByRole("link", { name: "Propose a change" }));
  await tanaka.keyboard.press("Enter");
  await tabTo(tanaka, tanaka.getByRole("button", { name: "Begin writing" }));
  await tanaka.keyboard.press("Enter");
  await opened(tanaka);
  await expect(tanaka.locator("#comments")).toHaveAttribute("role", "button");
  await expect(tanaka.locator("#text .cm-content")).toBeFocused();
  await tanaka.keyboard.press("Control+g");
  await tanaka.keyboard.type("resolves 4");
  await tanaka.keyboard.press("Enter");
  await tanaka.keyboard.press("End");
  await tanaka.keyboard.press("ArrowLeft");
  await tanaka.keyboard.type(" and in every script");
  await saved(tanaka);
  await tanaka.keyboard.press("Control+Alt+m");
  await tanaka.keyboard.type("Do we mean all of them?");
  await tanaka.keyboard.press("Control+Enter");
  await expect(tanaka.locator("#margin .card.talk .said")).toContainText("Do we mean all of them?");
  await expect(tanaka.locator("#text .cm-content")).toBeFocused();
  for (
    let i = 0;
    i < 8 && !(await tanaka.locator("#submit button").evaluate((e) => document.activeElement?.closest("header") === e.closest("header")));
    i++
  )
    await tanaka.keyboard.press("F6");
  await tabTo(tanaka, tanaka.locator("#submit button"));
  await tanaka.keyboard.press("Enter");
  await expect(tanaka.getByText("Submission 1")).toBeVisible();

  const silva = await assembly.stranger(browser);
  await signIn(silva, "silva");
  await tabTo(silva, silva.getByRole("link", { name: "Calls for help" }));
  await silva.keyboard.press("Enter");
  await tabTo(silva, silva.getByRole("button", { name: "Start merging" }));
  await silva.keyboard.press("Enter");
  const deciding = silva.locator("form.decision");
  await expect(deciding.or(silva.locator("#sentence")).first()).toBeVisible();
  for (let left = 12; left > 0 && (await silva.locator("#sentence").count()) === 0; left--) {
    const address = silva.url();
    await silva.keyboard.press("2");
    await silva.keyboard.press("Enter");
    await expect.poll(async () => silva.url() !== address || (await silva.locator("#sentence").count()) > 0).toBe(true);
  }
  await tabTo(silva, silva.locator("#sentence"));
  await silva.keyboard.type("Agreed.");
  await tabTo(silva, silva.getByRole("button", { name: "Merge into the revised text" }));
  await silva.keyboard.press("Enter");
  await expect(silva.getByText("into the revised text on")).toBeVisible();
});
