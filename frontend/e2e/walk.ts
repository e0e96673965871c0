/** Every page of the server and who looks at it: pages.json, which a test of the server holds against its routes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { type Browser, expect, type Page } from "@playwright/test";
import type { Assembly } from "./assembly";

/** One look at one page. */
export interface Look {
  readonly route: string;
  readonly login: string;
  readonly path: string;
}

/** All of them, with the places of this assembly filled in. */
export function looks(places: Readonly<Record<string, string>>): Look[] {
  const rows = JSON.parse(readFileSync(join(import.meta.dirname, "pages.json"), "utf8")) as Record<string, string | string[]>;
  return Object.entries(rows).flatMap(([route, row]) =>
    typeof row === "string"
      ? []
      : row.map((look) => {
          const [login = "", path = ""] = look.split(" ");
          return { route, login, path: path.replace(/\{(\w+)\}/g, (_, place: string) => places[place] ?? `no-${place}`) };
        }),
  );
}

/** Walks all pages, each person in one browser. visit is told once a page is there. */
export async function walk(
  assembly: Assembly,
  browser: Browser,
  all: readonly Look[],
  visit: (page: Page, look: Look) => Promise<void>,
  begun: (page: Page) => void = () => undefined,
): Promise<void> {
  for (const login of new Set(all.map((l) => l.login))) {
    const page = login === "nobody" ? await assembly.stranger(browser) : await assembly.signIn(browser, login);
    begun(page);
    for (const look of all.filter((l) => l.login === login)) {
      await page.goto(look.path);
      if (look.path.endsWith("/edit")) await expect(page.locator("#state")).toHaveAttribute("data-state", "saved", { timeout: 20_000 });
      await visit(page, look);
    }
    await page.context().close();
  }
}

/** The barriers of a page as it stands. No page has frames, so that the one page is asked, without a second one to sum up. */
export async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ["violations"] }) // first: it replaces what was asked for before it
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .setLegacyMode(true)
    .analyze();
  return violations.map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 300)}`);
}

/** Checks a page for barriers, and at both widths for words beyond the edge. */
export async function check(page: Page, name: string): Promise<void> {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), `${name} at ${width} px`).toBeLessThanOrEqual(width);
  }
  expect.soft(await barriers(page), name).toEqual([]);
}
