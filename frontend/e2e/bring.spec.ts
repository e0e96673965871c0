/** Contributions that come as files: sent, left, taken up again, parted with a person's help, and brought as drafts. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { Assembly } from "./assembly";

let assembly: Assembly;
test.beforeAll(async () => {
  assembly = await Assembly.start(19510);
});
test.afterAll(async () => {
  await assembly.stop();
});

const eleven = "/resolutions/wtda-11";

async function fits(page: Page): Promise<void> {
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes[0]?.html}`)).toEqual([]);
}

/** The text that stands, with new words run into struck ones in its last line, and a year into a year. */
async function flattened(page: Page): Promise<{ text: string; struck: string }> {
  const answer = await page.request.get(`${eleven}/export?form=txt`);
  const lines = (await answer.text()).trimEnd().split("\n");
  const last = lines[lines.length - 1]!;
  const struck = last.split("\t").pop()!.split(" ")[0]!;
  lines[lines.length - 1] = last.replace(struck, `${struck}quickly and`);
  lines[0] = `${lines[0]} (Rev. Oslo, 2012Lima, 2016)`;
  return { text: `Introduction\nIt should be quick.\nMOD\tEUR/91A1/1\n${lines.join("\n")}\n`, struck };
}

test("a flattened text is pasted, settled and brought", async ({ browser }) => {
  test.slow();
  const page = await assembly.signIn(browser, "moreau");
  const { text, struck } = await flattened(page);
  await page.goto(`${eleven}/bring`);
  await page.getByLabel("or paste the contribution here").fill(text);
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("heading", { name: "Struck and new words run together here" })).toBeVisible();
  await expect(page.getByLabel("Covering note", { exact: true })).toHaveValue(/It should be quick\./);
  await expect(page.getByLabel("Document number, if it is issued")).toHaveValue("EUR/91A1/1");
  await fits(page);
  const place = page.locator("fieldset.place").last();
  await place.getByLabel(`struck: ${struck}`, { exact: true }).check();
  await page.getByRole("button", { name: "Show the text with this" }).click();
  await expect(page.locator("fieldset.place.settled").last()).toBeVisible();
  await expect(page.getByLabel(`struck: ${struck}`, { exact: true }).last()).toBeChecked();
  await page.getByRole("button", { name: "Begin the draft" }).click();
  await expect(page).toHaveURL(/proposals\/eur\/91a1-1\/edit$/, { timeout: 60_000 });
  const draft = await page.request.get(`${eleven}/export?version=drafts/eur/91a1-1&form=txt`);
  const last = (await draft.text()).trimEnd().split("\n").pop()!;
  expect(last).toContain("quickly and");
  expect(last).not.toContain(`${struck}quickly`);
  await page.goto(`${eleven}/bring`);
  await expect(page.getByRole("link", { name: "eur/91a1-1" })).toBeVisible();
});

test("files wait until somebody decides, with script and without", async ({ browser }) => {
  test.slow();
  const page = await assembly.signIn(browser, "moreau");
  const word = await (await page.request.get(`${eleven}/export?version=proposals/eur/18a3-1&against=main&form=docx`)).body();
  const file = (name: string) => ({ name, mimeType: "application/octet-stream", buffer: word });
  const send = async (names: string[]) => {
    await page.goto(`${eleven}/bring`);
    await page.getByLabel("Word files").setInputFiles(names.map(file));
    await page.getByRole("button", { name: "Check" }).click();
  };
  await send(["one.docx"]);
  await expect(page.getByRole("heading", { name: "As read from one.docx" })).toBeVisible();
  await expect(page.locator("ins").first()).toBeVisible();
  await fits(page);
  await send(["two.docx", "three.docx"]);
  await expect(page.getByRole("row", { name: /three\.docx.*waits for a decision/ })).toBeVisible();
  await fits(page);

  const other = await assembly.signIn(browser, "okafor"); // of another delegation: sees none of them
  await other.goto(`${eleven}/bring`);
  await expect(other.getByText("three.docx")).toHaveCount(0);

  await page.goto(`${eleven}/bring`);
  await page
    .getByLabel("Word files")
    .setInputFiles({ name: "bad.docx", mimeType: "application/octet-stream", buffer: Buffer.from("PK no") });
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByText("bad.docx cannot be read")).toBeVisible();

  const plain = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
    baseURL: assembly.url,
  });
  const without = await plain.newPage();
  await without.goto(`${eleven}/bring`);
  await without.getByLabel("Word files").setInputFiles(file("four.docx"));
  await without.getByRole("button", { name: "Check" }).click();
  await expect(without.getByRole("heading", { name: "As read from four.docx" })).toBeVisible();
  await without.getByRole("button", { name: "Discard the file" }).click();
  await expect(without.getByText("four.docx")).toHaveCount(0);
  await expect(without.getByRole("link", { name: "one.docx", exact: true })).toBeVisible();
});
