/** Sixty proposals of four delegations on a text of 300 clauses: the screens of a chair, on a desk and on a phone. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { Assembly } from "./assembly";

const port = Number(process.env.PLENARY_PORT ?? 18087);
const slug = "harbour-60";
const codes = ["USA", "EUR", "ARB", "AFR"];
const each = 15;
const clauses = 300;

test.describe.configure({ timeout: 300_000 });

let assembly: Assembly;
test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  const people = Object.fromEntries(codes.map((c): [string, [string, string]] => [c.toLowerCase(), [`Ms ${c}`, c.toLowerCase()]]));
  assembly = await Assembly.found(port, "Harbour", Object.fromEntries(codes.map((c) => [c, `Delegation ${c}`])), {
    lund: ["Ms Lund", "secretariat"],
    okafor: ["Ms Okafor", "chair"],
    ...people,
  });
  await importText(browser);
  for (const [d, code] of codes.entries()) push(code.toLowerCase(), d);
});
test.afterAll(async () => assembly?.stop());

/** A text of 300 clauses, each of words of its own. */
function text(): string {
  const lines = ["# RESOLUTION 60 (Oslo, 2021)", "## Signals of harbours", "The Assembly (Oslo, 2021),", "*considering*"];
  for (let i = 1; i <= clauses / 2; i++) lines.push(`${letters(i)}) that harbour number ${i} keeps ${i + 2} lamps along its quay;`);
  lines.push("*resolves*");
  for (let i = 1; i <= clauses / 2; i++) lines.push(`${i}. to give signal ${i} from the mole at hour ${i % 24} of every day;`);
  return `${lines.join("\n\n")}\n`;
}

/** The label of the n-th lettered clause: a, b, … z, aa, ab, … */
function letters(n: number): string {
  const rest = Math.floor((n - 1) / 26);
  return (rest > 0 ? letters(rest) : "") + String.fromCharCode(97 + ((n - 1) % 26));
}

async function importText(browser: Browser): Promise<void> {
  const lund = await assembly.signIn(browser, "lund");
  await lund.goto("/import");
  await lund.locator('input[type="file"]').setInputFiles({ name: "harbour.md", mimeType: "text/markdown", buffer: Buffer.from(text()) });
  await lund.locator('main button:not([type="button"])').first().click();
  await lund.locator('input[name="slug"]').fill(slug);
  await lund.locator('button[value="import"]').first().click();
  await expect(lund).toHaveURL(new RegExp(`/resolutions/${slug}$`));
}

/**
 * Submits the proposals of a delegation by one push: each changes five clauses of its own delegation's, and one clause
 * that every delegation's proposal of the same number changes, half of them in the same words.
 */
function push(circle: string, d: number): void {
  const token = assembly.plenary("token", "create", circle, "--data", assembly.house).trim().split("\n").at(-1)!;
  const clone = join(assembly.data, circle);
  const env = { ...process.env, GIT_TERMINAL_PROMPT: "0" };
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", env });
  git("clone", "-q", `${assembly.url.replace("//", `//${circle}:${token}@`)}/git/desks/${circle}/${slug}.git`, clone);
  git("-C", clone, "config", "user.name", circle);
  git("-C", clone, "config", "user.email", `${circle}@example.org`);
  const file = join(clone, "resolution.md");
  const refs: string[] = [];
  const base = readFileSync(file, "utf8");
  for (let n = 1; n <= each; n++) {
    git("-C", clone, "switch", "-q", "-c", `drafts/${circle}/p-${n}`, "origin/main");
    let words = base;
    for (let k = 0; k < 5; k++) {
      const i = (d * each + n - 1) * 2 + k * 4 + 1;
      words = words.replace(`number ${(i % 140) + 1} keeps`, `number ${(i % 140) + 1} keeps and paints`);
    }
    const said = d % 2 === 0 ? "from the pier" : `from the tower of ${circle}`;
    words = words.replace(`signal ${n} from the mole`, `signal ${n} ${said}`);
    writeFileSync(file, words);
    git("-C", clone, "commit", "-qam", `proposal ${n}`);
    refs.push(`drafts/${circle}/p-${n}:proposals/${circle}/p-${n}`);
  }
  for (const ref of refs) git("-C", clone, "push", "-q", "origin", ref.replace(/^.*:/, `${ref.split(":")[0]}:refs/heads/`));
}

/** Fits the screen on a desk and on a phone. With PLENARY_LARGE_PICTURES set to a directory, a picture of each is kept there. */
async function fits(page: Page, name: string): Promise<void> {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} at ${width} px`).toBeLessThanOrEqual(width);
    if (process.env.PLENARY_LARGE_PICTURES)
      await page.screenshot({ path: join(process.env.PLENARY_LARGE_PICTURES, `${name}-${width}.png`) });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test("a chair reads, decides and merges sixty proposals on 300 clauses", async ({ browser }) => {
  const okafor = await assembly.signIn(browser, "okafor");
  await okafor.goto("/");
  await expect(okafor.locator("main")).toContainText("60 proposals");
  await fits(okafor, "list");

  await okafor.goto(`/resolutions/${slug}`);
  await fits(okafor, "resolution");

  await okafor.goto(`/resolutions/${slug}/compilation`);
  await expect(okafor.locator("main")).toContainText("tower of eur");
  await fits(okafor, "compilation");

  await okafor.goto(`/resolutions/${slug}/map`);
  await fits(okafor, "map");

  await okafor.goto(`/resolutions/${slug}`);
  await okafor.getByRole("button", { name: "Start merging" }).first().click();
  const bench = okafor.locator("#bench form.decision");
  await expect(bench).toBeVisible({ timeout: 30_000 });
  await fits(okafor, "workbench");
  const questions = await okafor.locator("ol li[data-key]").count();
  expect(questions).toBeGreaterThanOrEqual(each); // the clauses about which delegations say different things
  await bench.getByRole("radio").nth(1).check();
  await bench
    .getByRole("button", { name: /^Decide/ })
    .first()
    .click();
  await expect(okafor.locator('ol li[data-state="decided"], ol li .sub:has-text("decided")').first()).toBeVisible();
  await fits(okafor, "decided");
});
