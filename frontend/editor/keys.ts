/** Keys that act on clauses: Enter opens the next one with its label, Tab makes a bullet, Backspace takes a label off. */
import { type Line as DocLine, type EditorState, Facet, Prec, type TransactionSpec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { chosenChange, restore, step } from "./changes";
import { readInline } from "./inline";
import { nextLabel, sameCount } from "./labels";
import type { Line } from "./reading";
import { deleteBesideStar, wholeStars } from "./stars";
import { comparison } from "./tracked";
import { say } from "./words";

/** Who tells the person why a key did nothing. */
export const telling = Facet.define<(sentence: string) => void>();

function tell(state: EditorState, sentence: string): true {
  for (const to of state.facet(telling)) to(sentence);
  return true;
}

const indentOf = (level: number): string => " ".repeat(3 * level);

interface Place {
  readonly doc: DocLine;
  readonly index: number;
  readonly line: Line;
  /** Position where the words begin. */
  readonly words: number;
}

function placeOf(state: EditorState): Place | null {
  const doc = state.doc.lineAt(state.selection.main.head);
  const line = state.field(comparison).lines[doc.number - 1]?.line;
  return line ? { doc, index: doc.number - 1, line, words: doc.from + line.mark } : null;
}

/** Labels before a line in its list, and whether a labelled clause of the same list follows it. */
function neighbours(state: EditorState, index: number): { above: string[]; last: boolean } {
  const { lines } = state.field(comparison);
  const { level, label } = lines[index]!.line;
  const above: string[] = [];
  for (let i = index - 1; i >= 0; i--) {
    const l = lines[i]!.line;
    if (ends(l, level)) break;
    if (l.kind === "item" && l.level === level && sameCount(l.label, label)) above.unshift(l.label);
  }
  for (let i = index + 1; i < lines.length; i++) {
    const l = lines[i]!.line;
    if (ends(l, level)) break;
    if (l.kind === "item" && l.level === level) return { above, last: !sameCount(label, l.label) };
  }
  return { above, last: true };
}

/** Whether a line ends every list of this level. */
const ends = (l: Line, level: number): boolean =>
  ["opener", "division", "heading", "number", "title", "divtitle"].includes(l.kind) || (l.kind === "item" && l.level < level);

function newMark(state: EditorState, p: Place): string | null {
  if (p.line.kind === "bullet") return `${indentOf(p.line.level)}- `;
  if (p.line.kind !== "item") return "";
  const { above, last } = neighbours(state, p.index);
  const label = nextLabel(p.line.label, above, last);
  return label === null ? null : `${indentOf(p.line.level)}${label} `;
}

/** Enter: the clause is split at the caret, and what follows becomes the next clause with its label. */
export function enter(view: EditorView): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const p = placeOf(state);
  if (!p) return false;
  const { main } = state.selection;
  if (main.empty && (p.line.kind === "item" || p.line.kind === "bullet") && p.doc.text.slice(p.line.mark).trim() === "")
    return leaveList(view, p);
  if (p.line.kind === "opener" && main.empty && main.head >= p.doc.to - 1) return insertLine(view, p.doc.to, p.doc.to, "");
  const mark = main.head < p.words ? "" : newMark(state, p);
  if (mark === null) return false;
  const cut = main.empty ? outsideEmphasis(p, main.head) : main.from;
  return insertLine(view, cut, Math.max(cut, main.to), mark);
}

/** A caret just inside the last star of a line stands at its end for the reader: break the line there. */
function outsideEmphasis(p: Place, head: number): number {
  const rest = p.doc.text.slice(head - p.doc.from);
  return rest === "*" && readInline(p.doc.text.slice(p.line.mark)).hidden.includes(p.doc.text.length - 1 - p.line.mark) ? p.doc.to : head;
}

function insertLine(view: EditorView, from: number, to: number, mark: string): boolean {
  const { doc } = view.state;
  let end = to;
  while (end < doc.length && doc.sliceString(end, end + 1) === " ") end++;
  let start = from;
  const line = doc.lineAt(from);
  while (start > line.from && doc.sliceString(start - 1, start) === " " && end === line.to) start--;
  const insert = `\n${mark}`;
  view.dispatch({
    changes: { from: start, to: end, insert },
    selection: { anchor: start + insert.length },
    userEvent: "input",
    scrollIntoView: true,
  });
  return true;
}

/** Enter in an empty clause takes its label off, as in a word processor. */
function leaveList(view: EditorView, p: Place): boolean {
  view.dispatch({
    changes: { from: p.doc.from, to: p.doc.to, insert: "" },
    selection: { anchor: p.doc.from },
    userEvent: "delete",
    scrollIntoView: true,
  });
  return true;
}

/** Shift+Enter: a new line of its own, without a label. */
export function plainLine(view: EditorView): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const { from, to } = state.selection.main;
  return insertLine(view, from, to, "");
}

/** Tab and Shift+Tab never leave a text that can be written in; where they have nothing to do they say what does. */
function tab(view: EditorView, inwards: boolean): boolean {
  if (view.state.readOnly) return false;
  return indentClause(view, inwards) || tell(view.state, say.tabStays);
}

/**
 * Tab in an empty clause makes it a bullet one level in; Shift+Tab makes it a labelled clause again. A bullet with words
 * does the same from where its words begin.
 */
function indentClause(view: EditorView, inwards: boolean): boolean {
  const { state } = view;
  const p = placeOf(state);
  if (!p || !state.selection.main.empty) return false;
  const empty = p.doc.text.slice(p.line.mark).trim() === "";
  if (!empty && (p.line.kind !== "bullet" || state.selection.main.head !== p.words)) return false;
  const mark = inwards ? bulletUnder(state, p) : labelAgain(state, p);
  const to = empty ? p.doc.to : p.words;
  if (mark === null || mark === state.doc.sliceString(p.doc.from, to)) return false;
  view.dispatch({
    changes: { from: p.doc.from, to, insert: mark },
    selection: { anchor: p.doc.from + mark.length },
    userEvent: "input",
  });
  return true;
}

function bulletUnder(state: EditorState, p: Place): string {
  const above = state.field(comparison).lines[p.index - 1]?.line;
  if (p.line.kind === "bullet") return `${indentOf(Math.min(p.line.level + 1, (above?.level ?? -1) + 1))}- `;
  if (above?.kind === "bullet" && above.level > p.line.level) return `${indentOf(above.level)}- `;
  return `${indentOf(above?.kind === "item" ? above.level + 1 : (above?.level ?? 0))}- `;
}

function labelAgain(state: EditorState, p: Place): string | null {
  if (p.line.kind !== "bullet") return null;
  const { lines } = state.field(comparison);
  for (let i = p.index - 1; i >= 0; i--) {
    const l = lines[i]!.line;
    if (l.kind === "bullet" && l.level < p.line.level) return `${indentOf(l.level)}- `;
    if (l.kind === "item" && l.level < Math.max(p.line.level, 1)) {
      const { above, last } = neighbours(state, i);
      const label = nextLabel(l.label, above, last);
      return label === null ? null : `${indentOf(l.level)}${label} `;
    }
    if (ends(l, 0)) break;
  }
  return "";
}

/** Backspace where the words begin takes the label off; on a line without a mark it joins it to the line before. */
function backspace(view: EditorView): boolean {
  const { state } = view;
  const { main } = state.selection;
  if (!main.empty || state.readOnly) return false;
  const p = placeOf(state);
  if (!p || p.line.mark === 0 || main.head !== p.words) return deleteBesideStar(view, true);
  view.dispatch({ changes: { from: p.doc.from, to: p.words }, userEvent: "delete.backward" });
  return true;
}

/** Delete at the end of a clause joins the next one to it, without its label. */
function deleteForward(view: EditorView): boolean {
  const { state } = view;
  const { main } = state.selection;
  if (!main.empty || state.readOnly) return false;
  const here = state.doc.lineAt(main.head);
  if (main.head !== here.to || here.number === state.doc.lines) return deleteBesideStar(view, false);
  const next = state.field(comparison).lines[here.number]?.line;
  if (!next || next.mark === 0 || here.text === "") return false;
  const to = here.to + 1 + next.mark;
  const insert = /\s$/.test(here.text) || to >= state.doc.lineAt(to).to ? "" : " ";
  view.dispatch({ changes: { from: here.to, to, insert }, selection: { anchor: here.to }, userEvent: "delete.forward" });
  return true;
}

/** Home goes to the first word; from there to the very start, before the label. */
function home(extend: boolean): (view: EditorView) => boolean {
  return (view) => {
    const p = placeOf(view.state);
    if (!p || p.line.mark === 0) return false;
    const { main } = view.state.selection;
    const start = view.moveToLineBoundary(main, false);
    if (start.head > p.words) return false;
    const head = main.head === p.words ? p.doc.from : p.words;
    view.dispatch({ selection: { anchor: extend ? main.anchor : head, head }, scrollIntoView: true, userEvent: "select" });
    return true;
  };
}

/** Ctrl+I: emphasis on, or off where the selection lies inside one. */
function emphasise(view: EditorView): boolean {
  const { state } = view;
  const { main } = state.selection;
  const p = placeOf(state);
  if (state.readOnly || !p || main.empty || state.doc.lineAt(main.from).from !== state.doc.lineAt(main.to).from) return !state.readOnly;
  const inside = readInline(p.doc.text.slice(p.line.mark)).emphasis.find(
    (e) => p.words + e.from <= main.from + 1 && main.to - 1 <= p.words + e.to,
  );
  const spec: TransactionSpec = inside
    ? {
        changes: [
          { from: p.words + inside.from - 1, to: p.words + inside.from },
          { from: p.words + inside.to, to: p.words + inside.to + 1 },
        ],
      }
    : {
        changes: [
          { from: Math.max(main.from, p.words), insert: "*" },
          { from: main.to, insert: "*" },
        ],
      };
  view.dispatch({ ...spec, userEvent: "input.format" });
  return true;
}

/** Characters that would be marks are typed as themselves. */
const typedMarks = EditorView.inputHandler.of((view, from, to, text) => {
  if (!/^[\\*_~<`]$/.test(text) || view.state.readOnly) return false;
  const insert = `\\${text}`;
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: from + insert.length },
    userEvent: "input.type",
    scrollIntoView: true,
  });
  return true;
});

/** All keys that act on clauses and changes. */
export const clauseKeys = [
  typedMarks,
  wholeStars,
  Prec.high(
    keymap.of([
      { key: "Enter", run: enter, shift: plainLine },
      { key: "Tab", run: (v) => tab(v, true), shift: (v) => tab(v, false) },
      { key: "Backspace", run: backspace },
      { key: "Delete", run: deleteForward },
      { key: "Home", run: home(false), shift: home(true) },
      { key: "Mod-i", run: emphasise },
      { key: "Alt-ArrowDown", run: (v) => step(v, 1), preventDefault: true },
      { key: "Alt-ArrowUp", run: (v) => step(v, -1), preventDefault: true },
      {
        key: "Mod-Alt-z",
        run: (v) => {
          const c = chosenChange(v.state);
          return c ? restore(v, c) : false;
        },
        preventDefault: true,
      },
    ]),
  ),
  // After the keys of the history: they hold only where those had nothing to do.
  Prec.lowest(
    keymap.of([
      { key: "Mod-z", run: (v) => !v.state.readOnly && tell(v.state, say.undoNothing) },
      { key: "Mod-y", mac: "Mod-Shift-z", run: (v) => !v.state.readOnly && tell(v.state, say.redoNothing) },
    ]),
  ),
];
