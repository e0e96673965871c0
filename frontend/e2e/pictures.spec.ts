/** The pictures of the documents, taken of the real server with the demonstration: PLENARY_PICTURES=1 npm run e2e -- pictures. */
import { resolve } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { Assembly, opened } from "./assembly";

const docs = resolve(import.meta.dirname, "../../docs");
const eleven = "/resolutions/wtda-11";

test.skip(!process.env.PLENARY_PICTURES, "pictures are taken on demand");

let assembly: Assembly;
test.beforeAll(async () => {
  assembly = await Assembly.start(18090);
});
test.afterAll(async () => {
  await assembly?.stop();
});

const picture = (page: Page, name: string): Promise<Buffer> => page.screenshot({ path: resolve(docs, `${name}.png`) });

test("the pictures in docs", async ({ browser }) => {
  test.setTimeout(120_000);
  const moreau = await assembly.signIn(browser, "moreau");
  const novak = await assembly.signIn(browser, "novak");
  const silva = await assembly.signIn(browser, "silva");

  for (const page of [novak, moreau]) {
    await page.goto(`${eleven}/proposals/eur/18a3-1/edit`);
    await opened(page);
  }
  const line = novak.locator("#text .cm-line", { hasText: "field trials of emergency messages" }).first();
  await line.scrollIntoViewIfNeeded();
  await line.click();
  await novak.keyboard.press("End");
  await novak.keyboard.press("ArrowLeft");
  await novak.keyboard.type(" and in small islands");
  await moreau.locator("#text .cm-line", { hasText: "that the study groups" }).first().click();
  await moreau.keyboard.press("Home");
  await moreau.keyboard.press("Alt+ArrowDown");
  await expect(moreau.locator("#text", { hasText: "small islands" })).toBeVisible();
  await expect(moreau.locator(".card").first()).toBeVisible();
  await picture(moreau, "editor");

  await moreau.goto("/");
  await picture(moreau, "list");
  await silva.goto(`${eleven}/compilation`);
  await picture(silva, "compilation");
  await silva.goto(`${eleven}/map`);
  await picture(silva, "map");
  await silva.goto(eleven);
  await picture(silva, "resolution");
  await silva.getByRole("button", { name: "Start merging" }).first().click();
  await expect(silva.getByText("resolves 3").first()).toBeVisible();
  await picture(silva, "merge");
  await silva.goto(`${eleven}/compare?a=main&b=proposals/eur/18a3-1&view=side`);
  await picture(silva, "compare");
  await silva.goto(`${eleven}/words?version=proposals/eur/18a3-1`);
  await picture(silva, "words");

  // Merging in part, its record, what is open after it, the history, texts in columns, the projector.
  await silva.goto(`${eleven}/merges/1/part?proposal=afr/14a2-1`);
  await silva.locator("#changes button", { hasText: "Leave it" }).first().click();
  await silva.locator("#changes").getByText("Phrase by phrase").first().click();
  await picture(silva, "part");
  await silva.goto(`${eleven}/compilation?view=projector`);
  await picture(silva, "projector");
  await silva.goto(`${eleven}/compare?view=columns&a=main&b=proposals/eur/18a3-1&c=proposals/afr/14a2-1&d=proposals/arb/21a1-1`);
  await picture(silva, "columns");
  await silva.goto(`${eleven}/merges/1`);
  await silva.locator("label.opt", { hasText: "Not agreed" }).click();
  await silva.getByRole("button", { name: "Decide and go on" }).click();
  await silva.getByLabel("A sentence for the record").fill("Agreed in the drafting group, but for how often the list is renewed.");
  await silva.getByRole("button", { name: "Merge into the revised text" }).click();
  await silva.getByRole("link", { name: /What was decided/ }).click();
  await expect(silva.locator("#carried")).toBeVisible();
  await picture(silva, "merged");
  await moreau.goto(`${eleven}/open`);
  await moreau
    .getByRole("button", { name: /^Agree/ })
    .first()
    .click();
  await silva.goto(`${eleven}/open`);
  await expect(silva.getByRole("button", { name: /^Settle/ })).toBeVisible();
  await picture(silva, "brackets");
  await silva.goto(`${eleven}/history`);
  await picture(silva, "history");
});
