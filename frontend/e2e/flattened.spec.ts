/**
 * A real contribution whose tracked changes were lost is pasted with its covering note; the doubtful places are settled
 * on screen, and the draft is the proposal of the paper. Texts come from the shared data; nothing of them is kept here.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { Assembly } from "./assembly";

const folder = resolve(import.meta.dirname, "../../../shared/data/resolutions/wtsa-res7");
test.skip(!existsSync(folder), "the shared data are not here");

const read = (name: string) => readFileSync(join(folder, name), "utf8");
const folded = (s: string) => s.replace(/\s+/g, " ").trim();

let assembly: Assembly;
test.beforeAll(async () => {
  assembly = await Assembly.found(
    19511,
    "WTSA",
    { USA: "United States" },
    { sec: ["Ms Lind", "secretariat"], carter: ["Ms Carter", "usa"] },
  );
});
test.afterAll(async () => {
  await assembly.stop();
});

test("a real flattened contribution is settled and becomes the proposal of the paper", async ({ browser }) => {
  test.setTimeout(300_000);
  const secretariat = await assembly.signIn(browser, "sec");
  await secretariat.goto("/import");
  const base = join(assembly.data, "base.txt");
  writeFileSync(base, read("base.txt"));
  await secretariat.getByLabel("Files").setInputFiles(base);
  await secretariat.getByRole("button", { name: "Check" }).click();
  await secretariat.getByLabel("Address").fill("wtsa-7");
  await secretariat.getByRole("button", { name: "Import", exact: true }).click();
  await expect(secretariat).toHaveURL(/\/resolutions\/wtsa-7$/, { timeout: 60_000 });

  const page = await assembly.signIn(browser, "carter");
  await page.goto("/resolutions/wtsa-7/bring");
  await page.getByLabel("or paste the contribution here").fill(`${read("cover-usa-48a5-1.txt")}\n${read("fused.txt")}`);
  await page.getByRole("button", { name: "Check" }).click();
  await expect(page.getByRole("heading", { name: "Struck and new words run together here" })).toBeVisible();
  await expect(page.getByLabel("Document number, if it is issued")).toHaveValue("USA/48A5/1");

  const paper = `\n${read("proposal-usa-48a5-1.txt")}\n`.replace(/\t/g, "\n");
  const pasted = `\n${read("fused.txt")}\n`.replace(/\t/g, "\n");
  const places = await page.locator("fieldset.place").all();
  expect(places.length).toBeGreaterThanOrEqual(8);
  for (const place of places) {
    const fresh = (await place.locator("ins").first().textContent())!.replace(/^new: /, "");
    const [words, offset] = await place.locator(".spot").evaluate((e) => {
      for (const hidden of e.querySelectorAll(".vh")) hidden.remove();
      const upTo = document.createRange();
      upTo.setStart(e, 0);
      upTo.setEndBefore(e.querySelector("ins")!);
      return [(e.textContent ?? "").slice(1, -1), upTo.toString().length - 1] as const;
    });
    const start = pasted.indexOf(words);
    const at = start + offset;
    expect(start, words).toBeGreaterThanOrEqual(0);
    const [before, after] = [pasted.slice(0, at), pasted.slice(at + fresh.length)];
    let best: string | undefined;
    let most = -1; // of the choices that lead to the paper: few words before, or many after
    for (const radio of await place.getByRole("radio").all()) {
      const struck = await radio.inputValue();
      const left = struck !== "" && before.endsWith(struck) ? before.slice(0, -struck.length) : before;
      const right = left === before && after.startsWith(struck) ? after.slice(struck.length) : after;
      const around = (left.slice(-15) + fresh + right[0]!).replaceAll("  ", " ");
      const fits = left !== before ? 1000 - struck.length : struck.length;
      if (paper.includes(around) && fits > most) [best, most] = [struck, fits];
    }
    expect(best, `a choice of ${words} leads to the paper`).toBeDefined();
    for (const radio of await place.getByRole("radio").all()) if ((await radio.inputValue()) === best) await radio.check();
  }
  await page.getByRole("button", { name: "Show the text with this" }).click();
  await expect(page.getByText("All doubtful places are settled.")).toBeVisible();
  await page.getByRole("button", { name: "Begin the draft" }).click();
  await expect(page).toHaveURL(/proposals\/usa\/48a5-1\/edit$/, { timeout: 60_000 });

  const draft = await page.request.get("/resolutions/wtsa-7/export?version=drafts/usa/48a5-1&form=txt");
  expect(folded(await draft.text())).toBe(folded(read("proposal-usa-48a5-1.txt")));
  await page.goto("/resolutions/wtsa-7/proposals/usa/48a5-1");
  const original = page.getByRole("link", { name: "pasted.txt" });
  const sent = await page.request.get((await original.getAttribute("href"))!);
  expect(folded(await sent.text())).toContain(folded(read("fused.txt")));
});
