/** A text written from the right: every page of it is drawn from the right, fits a phone and has no barriers. */
import { expect, test } from "@playwright/test";
import { Assembly, propose, saved } from "./assembly";
import { check } from "./walk";

let assembly: Assembly;
test.afterAll(async () => assembly?.stop());

const text = `القرار 9 (كيتو، 2026)
أنوار الموانئ
إن جمعية الموانئ (كيتو، 2026)،
إذ تضع في اعتبارها
أ )\tأن الضباب يؤخر السفن؛
ب)\tأن الأنوار ضرورية،
تقرر
1\tأن تضاء الأنوار كل ليلة؛
2\tأن يحرسها حارسان.
`;

test("pages of an Arabic text", async ({ browser }) => {
  test.setTimeout(300_000);
  assembly = await Assembly.found(
    19704,
    "HA",
    { ARB: "Arab States" },
    { lindqvist: ["Mr Lindqvist", "secretariat"], silva: ["Ms Silva", "chair"], haddad: ["Mr Haddad", "arb"] },
  );
  const lindqvist = await assembly.signIn(browser, "lindqvist");
  await lindqvist.goto("/import");
  await lindqvist.locator("#text").fill(text);
  await lindqvist.getByRole("button", { name: "Check" }).click();
  await lindqvist.fill("#slug", "ha-9");
  await lindqvist.getByRole("button", { name: "Import", exact: true }).click();
  await expect(lindqvist).toHaveURL(/resolutions\/ha-9/);
  const haddad = await assembly.signIn(browser, "haddad");
  await propose(haddad, "ha-9");
  await expect(haddad.locator("#paper")).toHaveAttribute("dir", "rtl");
  await haddad.locator("#text .cm-line", { hasText: "الضباب" }).click();
  await haddad.keyboard.press("End");
  await haddad.keyboard.insertText(" والثلج");
  await saved(haddad);
  // Signs and bars stand outside on the right.
  const bar = await haddad.locator(".bar.on").first().boundingBox();
  const line = await haddad.locator("#text .cm-line", { hasText: "الضباب" }).boundingBox();
  expect(bar!.x).toBeGreaterThan(line!.x + line!.width - 10);
  await check(haddad, "the editor");
  await haddad.goto("/resolutions/ha-9/proposals/arb/draft-1");
  await haddad.locator("header.top").getByRole("button", { name: "Submit proposal" }).click();
  await expect(haddad.getByText("Submission 1")).toBeVisible();
  for (const path of [
    "",
    "/read?version=proposals/arb/draft-1",
    "/compare?a=main&b=proposals/arb/draft-1&view=side",
    "/compilation",
    "/map",
    "/comments?text=proposals/arb/draft-1",
    "/history",
  ]) {
    await haddad.goto(`/resolutions/ha-9${path}`);
    await check(haddad, path);
  }
  await haddad.goto("/resolutions/ha-9/read?version=proposals/arb/draft-1");
  expect(await haddad.locator("article.paper").evaluate((e) => getComputedStyle(e).direction)).toBe("rtl");
  const label = await haddad.locator(".doc .lbl, .doc .label").first().boundingBox();
  const words = await haddad.locator("article.paper").boundingBox();
  expect(label!.x).toBeGreaterThan(words!.x + words!.width / 2);
  const silva = await assembly.signIn(browser, "silva");
  await silva.goto("/resolutions/ha-9");
  await silva.click("button:has-text('Start merging')");
  await check(silva, "the merge");
});
