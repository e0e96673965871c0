/** The real server with a demonstration assembly, and people who sign in to it, each with a browser of their own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContext, expect, type Page } from "@playwright/test";

const binary = process.env.PLENARY_BIN ?? resolve(import.meta.dirname, "../../bin/plenary");

/** Everybody's password, in the demonstration too. */
const password = "demonstration";

/** A server that runs for one test file. */
export class Assembly {
  private process: ChildProcess | undefined;
  private readonly contexts: BrowserContext[] = [];
  readonly data = mkdtempSync(join(tmpdir(), "plenary-e2e-"));
  private log = "";

  private constructor(
    readonly port: number,
    private readonly demo: boolean,
  ) {
    if (!existsSync(binary)) throw new Error(`${binary} is not there: run make build first`);
  }

  /** Starts a server with the demonstration. Each test file has a port of its own, from 18092 to 18099. */
  static async start(port: number): Promise<Assembly> {
    const assembly = new Assembly(port, true);
    await assembly.run();
    return assembly;
  }

  /** Founds an assembly with the people named, "login: Name, role or circle", and starts its server. */
  static async found(
    port: number,
    code: string,
    delegations: Record<string, string>,
    people: Record<string, [string, string]>,
  ): Promise<Assembly> {
    const assembly = new Assembly(port, false);
    const passwords = join(assembly.data, "password");
    writeFileSync(passwords, `${password}\n`);
    const { house } = assembly;
    const plenary = (...args: string[]) => assembly.plenary(...args, "--data", house, "--password-file", passwords);
    plenary("init", "--code", code, "--name", code);
    for (const [label, name] of Object.entries(delegations)) assembly.plenary("user", "delegation", label, "--name", name, "--data", house);
    for (const [login, [name, place]] of Object.entries(people)) {
      const role = ["chair", "secretariat", "observer"].includes(place);
      plenary("user", "add", login, "--name", name, role ? "--role" : "--circle", place);
    }
    await assembly.run();
    return assembly;
  }

  /** Runs a command of the program. */
  plenary(...args: string[]): string {
    return execFileSync(binary, args, { encoding: "utf8" });
  }

  /** What stock git says of the public repository of a resolution. */
  git(slug: string, ...args: string[]): string {
    return execFileSync("git", ["--git-dir", join(this.house, "texts", "public", `${slug}.git`), ...args], {
      encoding: "utf8",
      env: { ...process.env, GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "safe.directory", GIT_CONFIG_VALUE_0: "*" },
    });
  }

  /** The data directory. */
  get house(): string {
    return join(this.data, "house");
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Runs the server on the same data, after a stop too. */
  async run(): Promise<void> {
    const child = spawn(binary, ["serve", ...(this.demo ? ["--demo"] : []), "--data", this.house, "--listen", `127.0.0.1:${this.port}`], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.process = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (d: Buffer) => {
        this.log += d.toString();
      });
    for (let i = 0; i < 150; i++) {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.log}`);
      const up = await fetch(`${this.url}/healthz`).then(
        (r) => r.ok,
        () => false,
      );
      if (up) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`the server does not answer:\n${this.log}`);
  }

  /** Ends the server's process, at once with SIGKILL. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await gone;
  }

  /** Stops everything and removes the data. */
  async stop(): Promise<void> {
    for (const context of this.contexts) await context.close();
    await this.end();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Somebody who is not signed in, in a browser of their own. */
  async stranger(browser: Browser): Promise<Page> {
    const context = await browser.newContext({ baseURL: this.url });
    this.contexts.push(context);
    return context.newPage();
  }

  /** Signs somebody in, in a browser of their own. */
  async signIn(browser: Browser, login: string, viewport?: { width: number; height: number }): Promise<Page> {
    const context = await browser.newContext({ baseURL: this.url, ...(viewport ? { viewport } : {}) });
    this.contexts.push(context);
    const page = await context.newPage();
    await page.goto("/signin");
    await page.locator('input[name="login"]').fill(login);
    await page.locator('input[name="password"]').fill(password);
    await page.locator("main form button").first().click();
    await expect(page.locator(".top .name")).toHaveCount(1);
    return page;
  }
}

/** Opens a proposal on a resolution and its editor. Gives the editor's address. */
export async function propose(page: Page, slug: string, number = ""): Promise<string> {
  await page.goto(`/resolutions/${slug}/propose`);
  if (number) await page.locator('input[name="number"]').fill(number);
  await page.locator("main form button").first().click();
  await opened(page);
  return page.url();
}

/** Waits until the editor has its text and everything is saved. */
export async function opened(page: Page): Promise<void> {
  await expect(page.locator(".cm-content")).toBeVisible();
  await saved(page);
}

/** Waits until the editor says that everything is saved. */
export async function saved(page: Page): Promise<void> {
  await expect(page.locator("#state")).toHaveAttribute("data-state", "saved", { timeout: 20_000 });
}

/** What a person reads in the editor, line by line, struck words left out. Only the lines that are drawn. */
export const linesOf = (page: Page): Promise<string[]> =>
  page.locator("#text .cm-line").evaluateAll((lines) =>
    lines.map((line) => {
      const copy = line.cloneNode(true) as HTMLElement;
      for (const e of copy.querySelectorAll("del, .peer")) e.remove();
      return (copy.textContent ?? "").replaceAll("\u200b", "");
    }),
  );

/** Puts the caret at the end of the line that begins with some words, by clicking it and pressing End. */
export async function caretAtEndOf(page: Page, words: string): Promise<void> {
  const line = page.locator("#text .cm-line", { hasText: words }).first();
  await line.scrollIntoViewIfNeeded();
  const box = (await line.boundingBox())!;
  await page.mouse.click(box.x + box.width - 4, box.y + box.height - 6);
  await page.keyboard.press("End");
}
