/** Text pasted from a word processor: words and labels are kept, looks and struck words are left out, and told so. */
import { EditorView } from "@codemirror/view";
import { escapeWords } from "./inline";
import { comparison } from "./tracked";

/** What came of a paste. */
export interface Pasted {
  /** Lines of the live text. */
  readonly lines: readonly string[];
  /** Whether looks were left out. */
  readonly formatting: boolean;
  /** How many struck passages were left out. */
  readonly struck: number;
}

const blanks = /[\t ]+/g;
const label =
  /^(\((?=\p{L}{1,4}\)|\d{1,3}\)))?((?:\d{1,3}(?:\.\d{1,3})*|\p{L}{1,4})(?: ?(?:bis|ter|quater|quinquies))?)([.)]?)(?=[\t\u00a0 ]|$)/u;
const bullet = /^[•·o§▪–—-](?=[\t\u00a0 ]{1,}|$)/u;

/**
 * Reads one pasted paragraph. A label needs a tab or several blanks after it, as word processors write lists; a word
 * that merely looks like a label ("5 members") stays words. Plain paragraphs give their escaped words.
 */
export function pastedLine(text: string, level = 0): string {
  const t = text.replace(/[\r\n]+/g, " ").trim();
  const indent = "   ".repeat(level);
  const sign = bullet.exec(t);
  if (sign) return `${indent}- ${words(t.slice(sign[0].length))}`.trimEnd();
  const m = label.exec(t);
  if (m) {
    const [whole, open, body, close] = m;
    const rest = t.slice(whole.length);
    const gap = /^[\t\u00a0 ]*/.exec(rest)![0];
    const spaced = gap.includes("\t") || gap.length > 1 || rest === "";
    const digits = /^\d/.test(body!);
    const sub = digits && body!.includes(".");
    const marked = close !== "" || open !== undefined;
    if ((marked || (digits && spaced)) && (spaced || (marked && gap !== "")) && !(close === "." && !digits)) {
      const spelled = sub ? body! : digits ? `${body!.replace(/ /g, "")}.` : `${body})`;
      return `${indent}${spelled} ${words(rest)}`.trimEnd();
    }
  }
  return words(t);
}

const words = (text: string): string => escapeWords(text.replace(blanks, " ").trim());

const isWord = (html: string): boolean => /mso|urn:schemas-microsoft-com|<(p|li|h[1-6])[\s>]/i.test(html);

/** Cleans what the clipboard holds. `html` may be empty; `plain` is used where it tells nothing more. */
export function cleanPaste(html: string, plain: string): Pasted {
  if (!isWord(html)) {
    const lines = plain.split(/\r\n?|\n/).map((l) => pastedLine(l));
    return { lines: lines.length > 1 ? lines.filter((l) => l !== "") : [inlinePaste(plain)], formatting: false, struck: 0 };
  }
  const doc = new DOMParser().parseFromString(html, "text/html");
  for (const e of doc.querySelectorAll("style,script,meta,link,xml,title")) e.remove();
  const strikes = [...doc.querySelectorAll("del,s,strike,.msoDel,[style*='line-through']")].filter(
    (e) => (e.textContent ?? "").trim() !== "",
  );
  const struck = strikes.filter((e) => !strikes.some((o) => o !== e && o.contains(e))).length;
  for (const e of strikes) e.remove();
  const formatting = doc.querySelector("b,strong,i,em,u,font,[style],[class]") !== null;
  const blocks = [...doc.querySelectorAll("p,h1,h2,h3,h4,h5,h6,li,td,th")].filter((e) => !holdsBlock(e));
  const lines = blocks.map((e) => pastedLine(paragraph(e), 0)).filter((l) => l !== "");
  if (!blocks.length) return { lines: [inlinePaste(doc.body.textContent ?? plain)], formatting, struck };
  return { lines, formatting, struck };
}

const blockTags = new Set(["P", "LI", "TD", "TH"]);
const holdsBlock = (e: Element): boolean => [...e.getElementsByTagName("*")].some((c) => blockTags.has(c.tagName));

/** One paragraph's text; list items that the browser would number get the sign their list has. */
function paragraph(e: Element): string {
  const text = e.textContent ?? "";
  if (e.tagName !== "LI") return text;
  const list = e.parentElement;
  if (list?.tagName !== "OL") return `•\t${text}`;
  const place = [...list.children].filter((c) => c.tagName === "LI").indexOf(e) + Number(list.getAttribute("start") ?? 1);
  return /^a/i.test(list.getAttribute("type") ?? "") ? `${String.fromCharCode(96 + place)})\t${text}` : `${place}.\t${text}`;
}

/** Words pasted into a clause: one line, blanks at the ends kept, since they may be meant. */
const inlinePaste = (text: string): string => escapeWords(text.replace(/[\r\n\t ]+/g, " "));

/** Whether a line begins with a label or a bullet. */
const starts = (line: string): boolean => /^ *(?:- |[^ ]{1,14}[.)] |\p{L} (?:bis|ter|quater)\) |\d+(?:\.\d+)+ )/u.test(`${line} `);

/** The paste handler; `tell` shows the notice. */
export function pasting(tell: (p: Pasted, from: number, to: number) => void) {
  return EditorView.domEventHandlers({
    paste(event, view) {
      const data = event.clipboardData;
      if (!data || view.state.readOnly) return false;
      event.preventDefault();
      const pasted = cleanPaste(data.getData("text/html"), data.getData("text/plain"));
      if (!pasted.lines.some((l) => l !== "")) return true;
      insertPaste(view, pasted, tell);
      return true;
    },
  });
}

function insertPaste(view: EditorView, pasted: Pasted, tell: (p: Pasted, from: number, to: number) => void): void {
  const { state } = view;
  const { from, to } = state.selection.main;
  const line = state.doc.lineAt(from);
  const here = state.field(comparison).lines[line.number - 1];
  const lines = [...pasted.lines];
  let start = from;
  // Whole clauses start a line of their own; in an empty clause their own label takes the place of the one there.
  const empty = here !== undefined && here.text.slice(here.line.mark).trim() === "" && from === to;
  let insert = lines.join("\n");
  if (starts(lines[0]!) && empty) start = line.from;
  else if (starts(lines[0]!) && from === line.to && line.length > 0) insert = `\n${insert}`;
  const behind = state.doc.sliceString(to, Math.min(state.doc.length, to + 1));
  if (lines.length > 1 && behind !== "" && behind !== "\n") insert = insert.trimEnd();
  view.dispatch({
    changes: { from: start, to, insert },
    selection: { anchor: start + insert.length },
    userEvent: "input.paste",
    scrollIntoView: true,
  });
  if (lines.length > 1 || pasted.formatting || pasted.struck > 0) tell(pasted, start, start + insert.length);
}
