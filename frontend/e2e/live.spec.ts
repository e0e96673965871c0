import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { Assembly, caretAtEndOf, linesOf, opened, propose, saved } from "./assembly";

let assembly: Assembly;
test.beforeAll(async () => {
  assembly = await Assembly.start(18092);
});
test.afterAll(async () => assembly?.stop());

test("two people of a delegation write in one text, and a reload keeps it", async ({ browser }) => {
  const moreau = await assembly.signIn(browser, "moreau");
  const novak = await assembly.signIn(browser, "novak");
  const problems: string[] = [];
  for (const page of [moreau, novak]) {
    page.on("pageerror", (e) => problems.push(e.message));
    page.on("console", (m) => m.type() === "error" && problems.push(m.text()));
  }
  await moreau.goto("/");
  const slug = (await moreau.locator("table a.title").first().getAttribute("href"))!.split("/").at(-1)!;
  const address = await propose(moreau, slug);
  await novak.goto(address);
  await opened(novak);

  const lines = await linesOf(moreau);
  const first = lines.findIndex((l) => /^a\)/.test(l));
  await caretAtEndOf(moreau, lines[first]!.slice(3, 40));
  await moreau.keyboard.press("Enter");
  await moreau.keyboard.type("the words of Ms Moreau;");
  await expect(novak.locator("#text ins", { hasText: "the words of Ms Moreau;" })).toBeVisible();
  await expect(novak.locator(".peer .flag", { hasText: "Moreau" })).toBeVisible();
  await expect(novak.locator("#peers button")).toHaveCount(1);

  await caretAtEndOf(novak, "the words of Ms Moreau");
  await novak.keyboard.press("ArrowLeft");
  await novak.keyboard.type(" and of Mr Novak");
  await expect.poll(() => linesOf(moreau)).toContain("a bis)the words of Ms Moreau and of Mr Novak;");
  await saved(moreau);
  await saved(novak);

  // A save point has a name; both are told of it.
  await novak.keyboard.press("Control+s");
  await novak.keyboard.type("before lunch");
  await novak.keyboard.press("Enter");
  for (const page of [moreau, novak]) await expect(page.locator(".bar-note", { hasText: "Save point “before lunch” made" })).toBeVisible();

  const before = await linesOf(moreau);
  await moreau.reload();
  await opened(moreau);
  expect(await linesOf(moreau)).toEqual(before);
  await moreau.screenshot({ path: "test-results/editor.png" });
  expect(problems).toEqual([]);
});

test("editor and merge workbench have no accessibility violations", async ({ browser }) => {
  const silva = await assembly.signIn(browser, "silva");
  const violations = async (page: typeof silva) =>
    (await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]).analyze()).violations.map(
      (v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 200)}`,
    );
  const okafor = await assembly.signIn(browser, "okafor");
  await okafor.goto("/");
  const slug = (await okafor.locator("table a.title").first().getAttribute("href"))!.split("/").at(-1)!;
  await propose(okafor, slug);
  expect(await violations(okafor)).toEqual([]);
  await silva.goto("/");
  const hrefs = await silva.locator("table a.title").evaluateAll((links) => links.map((l) => l.getAttribute("href")!));
  for (const href of hrefs) {
    await silva.goto(href);
    const start = silva.getByRole("button", { name: "Start merging" });
    if ((await start.count()) === 0) continue;
    await start.click();
    await expect(silva.locator(".status.keys, #finish").first()).toBeVisible();
    expect(await violations(silva)).toEqual([]);
    return;
  }
  throw new Error("no resolution of the demonstration can be merged");
});
