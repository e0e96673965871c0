/**
 * The whole main job on a real text: an adopted text is imported, two people of one delegation write a proposal at the
 * same time, typing some of the real changes and pasting the others, a second delegation agrees, touches and disagrees,
 * the chair merges and settles, and the text is adopted. Base and proposal come from the shared data; nothing of them is
 * written here.
 */
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import type { Clause } from "../shared/features";
import { readLines } from "../shared/lines";
import { namesOf } from "../shared/names";
import { align } from "../shared/pairing";
import { diffWords } from "../shared/worddiff";
import { Assembly, propose, saved } from "./assembly";

const folder = resolve(import.meta.dirname, "../../../shared/data/resolutions/wtsa-res7");

interface Named extends Clause {
  readonly name: string;
  readonly mark: string;
}

/** The clauses of a canonical file. */
function clausesOf(file: string): Named[] {
  const texts = file.split("\n").filter((l) => l !== "");
  const lines = readLines(texts);
  const names = namesOf(texts, lines);
  return texts.map((t, i) => {
    const { kind, level, label, mark } = lines[i]!;
    return { name: names[i]!.spoken, mark: t.slice(0, mark), words: t.slice(mark), kind, level, label };
  });
}

/** One replacement inside a clause: what is struck, what comes, and the words before it that make the place clear. */
interface Edit {
  readonly name: string;
  readonly before: string;
  readonly struck: string;
  readonly added: string;
}

/** What has to be typed to make the revised words of the base words. */
function editsOf(name: string, base: string, revised: string): Edit[] {
  const edits: Edit[] = [];
  let at = 0;
  const ops = diffWords(base, revised);
  ops.forEach((op, i) => {
    const previous = ops[i - 1];
    if (op.op === "+" && previous?.op === "-") return;
    if (op.op !== "=") {
      const struck = op.op === "-" ? op.text : "";
      const next = ops[i + 1];
      const added = op.op === "+" ? op.text : next?.op === "+" ? next.text : "";
      edits.push({ name, before: contextOf(base, at, struck), struck, added });
    }
    if (op.op !== "+") at += op.text.length;
  });
  return edits.reverse(); // from the end, so that positions before stay as they are
}

/** As many words before a place as make the first occurrence in the clause the right one. */
function contextOf(base: string, at: number, struck: string): string {
  for (let from = struck ? at : Math.max(0, at - 8); from >= 0; from--) {
    const wanted = base.slice(from, at) + struck;
    if (wanted !== "" && base.toLowerCase().indexOf(wanted.toLowerCase()) === from) return base.slice(from, at);
  }
  return "";
}

/** Goes to a clause, finds the words, types over them: as a person would. */
async function type(page: Page, e: Edit): Promise<void> {
  await goTo(page, e.name);
  if (e.before + e.struck !== "") {
    await page.keyboard.press("Control+f");
    await page.locator(".findbar input").fill(e.before + e.struck);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    if (e.struck === "") await page.keyboard.press("ArrowRight");
  }
  const typed = e.struck === "" ? e.added : e.before + e.added;
  if (typed === "") await page.keyboard.press("Delete");
  else await page.keyboard.type(typed);
}

async function goTo(page: Page, name: string): Promise<void> {
  await page.locator("#text .cm-content").focus();
  await page.keyboard.press("Control+g");
  await page.locator("dialog input").fill(name);
  await page.keyboard.press("Enter");
  await expect(page.locator("dialog")).toHaveCount(0);
}

/** Pastes plain text where the caret stands. */
const paste = (page: Page, text: string): Promise<void> =>
  page.evaluate((t) => {
    const data = new DataTransfer();
    data.setData("text/plain", t);
    document
      .querySelector("#text .cm-content")!
      .dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);

test.skip(!existsSync(folder), "the shared data are not here");

let assembly: Assembly;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  assembly = await Assembly.found(
    18093,
    "WTSA",
    { USA: "United States", EUR: "Europe" },
    {
      lund: ["Ms Lund", "secretariat"],
      okafor: ["Ms Okafor", "chair"],
      carter: ["Ms Carter", "usa"],
      reyes: ["Mr Reyes", "usa"],
      weber: ["Mr Weber", "eur"],
    },
  );
});
test.afterAll(async () => assembly?.stop());

for (const ending of ["one variant is taken", "the words stay in square brackets"] as const) {
  test(`Resolution 7, from import to adoption; in the conflict, ${ending}`, async ({ browser }) => {
    test.setTimeout(240_000);
    const brackets = ending !== "one variant is taken";
    const slug = brackets ? "wtsa-7b" : "wtsa-7";
    const n = brackets ? 2 : 1;
    const scratch = mkdtempSync(join(tmpdir(), "plenary-story-"));
    const canonical = (file: string): string => {
      const to = join(scratch, `${file}.md`);
      assembly.plenary("convert", join(folder, file), to);
      return readFileSync(to, "utf8");
    };
    const base = clausesOf(canonical("base.txt"));
    const wanted = clausesOf(canonical("proposal-usa-48a5-1.txt"));
    const pairs = align(base, wanted);

    // The secretariat imports the adopted text.
    const lund = await assembly.signIn(browser, "lund");
    await lund.goto("/import");
    await lund.locator("#file").setInputFiles(join(folder, "base.txt"));
    await lund.getByRole("button", { name: "Check" }).click();
    await lund.locator("#slug").fill(slug);
    await lund.locator("#number").fill("7");
    await lund.locator("#edition").fill("Rev. Dubai, 2012");
    await lund.locator("#place").fill("Dubai");
    await lund.locator("#year").fill("2012");
    await lund.getByRole("button", { name: "Import", exact: true }).click();
    await expect(lund).toHaveURL(new RegExp(`/resolutions/${slug}$`));
    expect(assembly.git(slug, "tag")).toContain("adopted/dubai-2012");

    // Two people of the USA write at the same time, one in the first half, one in the second.
    const [carter, reyes] = [await assembly.signIn(browser, "carter"), await assembly.signIn(browser, "reyes")];
    const address = await propose(carter, slug, `USA/48A5/${n}`);
    await reyes.goto(address);
    await saved(reyes);
    const edits = pairs
      .filter((p) => p.kind === "changed" || p.kind === "same")
      .flatMap((p) => editsOf(base[p.base[0]!]!.name, base[p.base[0]!]!.words, wanted[p.revised[0]!]!.words));
    expect(edits.length).toBeGreaterThan(10);
    const half = edits.findIndex((e) => e.name.startsWith("resolves"));
    await Promise.all([
      (async () => {
        for (const e of edits.slice(0, half)) await type(carter, e);
      })(),
      (async () => {
        for (const e of edits.slice(half)) await type(reyes, e);
      })(),
    ]);
    // New clauses are pasted after the ones they follow; clauses rewritten whole go out.
    for (const p of pairs.filter((x) => x.kind === "deleted")) {
      await goTo(carter, base[p.base[0]!]!.name);
      await carter.keyboard.press("Home");
      await carter.keyboard.press("Shift+ArrowDown");
      await carter.keyboard.press("Delete");
    }
    for (let j = 0; j < wanted.length; j++) {
      if (!pairs.some((p) => p.kind === "inserted" && p.revised[0] === j)) continue;
      let last = j;
      while (pairs.some((p) => p.kind === "inserted" && p.revised[0] === last + 1)) last++;
      await endOfClause(carter, wanted[last + 1]?.name);
      await paste(
        carter,
        wanted
          .slice(j, last + 1)
          .map((c) => `${c.mark.trim()}\t${c.words}`)
          .join("\n"),
      );
      j = last;
    }
    await saved(carter);
    await saved(reyes);
    await submit(carter);
    const submitted = assembly.git(slug, "show", `proposals/usa/48a5-${n}:resolution.md`);
    expect(submitted).toBe(canonical("proposal-usa-48a5-1.txt"));

    // EUR agrees with one change, touches other words of another clause, and disagrees in a third.
    const weber = await assembly.signIn(browser, "weber");
    await propose(weber, slug, `EUR/38A9/${n}`);
    const edit = (name: string) => edits.find((e) => e.name === name)!;
    await type(weber, edit("resolves 7"));
    const disputed = edit("resolves 1");
    const theirs = disputed.added.replace(/\S+/, "brief");
    await type(weber, { ...disputed, added: theirs });
    await type(weber, { name: "considering d)", before: "", struck: "", added: "moreover " });
    await saved(weber);
    await submit(weber);

    // The chair merges both at once and settles the one conflict.
    const okafor = await assembly.signIn(browser, "okafor");
    await okafor.goto(`/resolutions/${slug}`);
    await okafor.getByRole("button", { name: "Start merging" }).click();
    await expect(okafor.locator(".todo-list li")).toHaveCount(1);
    await expect(okafor.locator("#clause")).toHaveText(/resolves 1/);
    const options = await okafor.locator("label.opt .h").allTextContents();
    const key = brackets ? options.findIndex((o) => /square brackets/.test(o)) : options.findIndex((o) => /EUR/.test(o));
    await okafor.keyboard.press(String(key + 1));
    await okafor.screenshot({ path: `test-results/merge-${slug}.png` });
    await okafor.keyboard.press("Enter");
    await expect(okafor.getByText("1 of 1 decided")).toBeVisible();
    await okafor.locator("#sentence").fill("Agreed in the plenary.");
    await okafor.getByRole("button", { name: "Merge into the revised text" }).click();
    await okafor.waitForLoadState();

    // The revised text, word for word.
    const ours = disputed.added;
    const settled = brackets ? `[${theirs.trim()}]{EUR}[${ours.trim()}]{USA}` : theirs.trim();
    const expected = canonical("proposal-usa-48a5-1.txt")
      .split("\n")
      .map((line) => {
        const c = wanted.find((w) => w.mark + w.words === line);
        if (c?.name === "considering d)") return `${c.mark}moreover ${c.words}`;
        if (c?.name !== "resolves 1") return line;
        const b = base.find((x) => x.name === c.name)!.words;
        const at = b.indexOf(disputed.before + disputed.struck) + disputed.before.length;
        return c.mark + b.slice(0, at) + ours.replace(ours.trim(), settled) + b.slice(at + disputed.struck.length);
      })
      .join("\n");
    expect(assembly.git(slug, "show", "main:resolution.md")).toBe(expected);
    expect(assembly.git(slug, "log", "-1", "--format=%P", "main").trim().split(" ")).toHaveLength(3);

    // Adopted as Hammamet, 2016.
    await lund.goto(`/resolutions/${slug}/adopt`);
    await lund.locator("#place").fill("Hammamet");
    await lund.locator("#year").fill("2016");
    await lund.getByRole("button", { name: "Check the lines" }).click();
    await expect(lund.locator("#edition")).toHaveValue("Rev. Hammamet, 2016");
    await lund.getByRole("button", { name: "Adopt", exact: true }).click();
    await lund.waitForLoadState();
    expect(assembly.git(slug, "tag")).toContain("adopted/hammamet-2016");
    expect(assembly.git(slug, "show", "adopted/hammamet-2016:resolution.md")).toBe(expected);
  });
}

/** From the beginning of a clause to its end: to the beginning of the next and one step back, or to the end of the text. */
async function endOfClause(page: Page, next: string | undefined): Promise<void> {
  if (next === undefined) await page.keyboard.press("Control+End");
  else {
    await goTo(page, next);
    await page.keyboard.press("Home");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowLeft");
  }
}

async function submit(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Submit proposal" }).click();
  await expect(page).toHaveURL(/\/proposals\/[a-z]+\/[a-z0-9-]+$/);
}
