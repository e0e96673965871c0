/** The list of changes that people step through, the selected one, and the way back to the adopted words. */
import { type EditorState, StateEffect, StateField } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { plain } from "./inline";
import { namesOf } from "./reading";
import { comparison, type Tracked, wordsOf } from "./tracked";

/** One change: words replaced, put in or left out inside a clause, or a whole clause new, gone or moved. */
export interface Change {
  /** Stays the same while other clauses change. */
  readonly key: string;
  readonly kind: "words" | "new" | "gone" | "moved" | "split" | "joined";
  /** Position in the edited text. */
  readonly from: number;
  readonly to: number;
  /** What a person reads of the struck and of the new words. */
  readonly struck: string;
  readonly added: string;
  /** The struck words as they stand in the adopted text, marks included; for a clause gone its whole line. */
  readonly source: string;
  /** Index of the line in the edited text; for a clause gone the line it stands before. */
  readonly line: number;
  /** Index in the adopted text, or -1. */
  readonly base: number;
}

const listed = new WeakMap<object, readonly Change[]>();

/** All changes in reading order. */
export function changesOf(state: EditorState): readonly Change[] {
  const v = state.field(comparison);
  const known = listed.get(v);
  if (known) return known;
  const out: Change[] = [];
  let g = 0;
  const goneUpTo = (index: number, at: number) => {
    for (; g < v.gone.length && v.gone[g]!.before <= index; g++) {
      const { base, before } = v.gone[g]!;
      const { text, line } = v.base[base]!;
      const struck = plain(wordsOf(text, line));
      out.push({ key: `g${base}`, kind: "gone", from: at, to: at, struck, added: "", source: text, line: before, base });
    }
  };
  v.lines.forEach((t, i) => {
    const from = state.doc.line(i + 1).from;
    goneUpTo(i, from);
    out.push(...changesOfLine(t, i, from));
  });
  goneUpTo(Number.POSITIVE_INFINITY, state.doc.length);
  listed.set(v, out);
  return out;
}

/** How many clauses the changes are in, as the pages count them: a table is one, a divided clause too. */
export function clausesOf(all: readonly Change[], state: EditorState): number {
  const { lines } = state.field(comparison);
  const inTable = (i: number) => lines[i]?.line.kind === "table" || lines[i]?.line.kind === "rule";
  const clauses = new Set<string>();
  for (const c of all) {
    let { line } = c;
    while (c.kind !== "gone" && inTable(line) && inTable(line - 1)) line--;
    clauses.add(c.kind !== "gone" && inTable(line) ? `t${line}` : c.base >= 0 ? `b${c.base}` : `n${line}`);
  }
  return clauses.size;
}

const partsOf = new WeakMap<Tracked, readonly Change[]>();

/** The changes of one line. They are worked out once for a line that stays as it is, and put where it stands now. */
function changesOfLine(t: Tracked, i: number, from: number): Change[] {
  let parts = partsOf.get(t);
  if (!parts) {
    parts = readChanges(t, 0, 0);
    partsOf.set(t, parts);
  }
  return parts.map((c) => ({ ...c, from: c.from + from, to: c.to + from, line: i, key: c.kind === "new" ? `n${i}` : c.key }));
}

function readChanges(t: Tracked, i: number, from: number): Change[] {
  const at = { line: i, base: t.base };
  if (t.base < 0) {
    if (t.line.kind === "blank") return [];
    return [
      { ...at, key: `n${i}`, kind: "new", from, to: from + t.text.length, struck: "", added: plain(wordsOf(t.text, t.line)), source: "" },
    ];
  }
  const out: Change[] = [];
  if (t.shape && t.lead) {
    const kind = t.shape.lines.length > 1 ? "split" : "joined";
    out.push({ ...at, key: `s${t.base}`, kind, from, to: from, struck: "", added: "", source: "" });
  }
  if (t.moved) out.push({ ...at, key: `m${t.base}`, kind: "moved", from, to: from, struck: "", added: "", source: "" });
  let p = from + t.line.mark;
  let inBase = t.start;
  t.ops.forEach((op, k) => {
    const next = t.ops[k + 1];
    if (op.op === "-") {
      const added = next?.op === "+" ? next.text : "";
      out.push({
        ...at,
        key: `w${t.base}.${inBase}`,
        kind: "words",
        from: p,
        to: p + added.length,
        struck: plain(op.text),
        added: plain(added),
        source: op.text,
      });
      inBase += op.text.length;
      return;
    }
    if (op.op === "+" && t.ops[k - 1]?.op !== "-")
      out.push({
        ...at,
        key: `w${t.base}.${inBase}+`,
        kind: "words",
        from: p,
        to: p + op.text.length,
        struck: "",
        added: plain(op.text),
        source: "",
      });
    if (op.op === "=") inBase += op.text.length;
    p += op.text.length;
  });
  return out;
}

/** Chooses one change by its key, or none; the caret chooses by itself wherever it stands in a change. */
export const choose = StateEffect.define<string | null>();

/** The key of the selected change. */
export const chosen = StateField.define<string | null>({
  create: () => null,
  update(key, tr) {
    for (const e of tr.effects) if (e.is(choose)) return e.value;
    if (!tr.selection && !tr.docChanged) return key;
    const head = tr.state.selection.main.head;
    const under = changesOf(tr.state).filter((c) => c.from <= head && head <= c.to);
    if (under.some((c) => c.key === key)) return key;
    return (under.find((c) => c.kind !== "gone") ?? under[0])?.key ?? null;
  },
});

/** The selected change. */
export const chosenChange = (state: EditorState): Change | undefined => {
  const key = state.field(chosen);
  return key === null ? undefined : changesOf(state).find((c) => c.key === key);
};

/** Goes to the next or the previous change, round the end. False if there is none. */
export function step(view: EditorView, direction: 1 | -1): boolean {
  const all = changesOf(view.state);
  if (!all.length) return false;
  const now = all.findIndex((c) => c.key === view.state.field(chosen));
  const head = view.state.selection.main.head;
  let next: number;
  if (now >= 0) next = (now + direction + all.length) % all.length;
  else if (direction > 0)
    next = Math.max(
      0,
      all.findIndex((c) => c.from >= head),
    );
  else next = all.findLastIndex((c) => c.to <= head);
  show(view, all.at(next)!);
  return true;
}

/** Puts the caret on a change and the change in the middle of the window. */
export function show(view: EditorView, c: Change): void {
  view.dispatch({ selection: { anchor: c.from }, effects: [choose.of(c.key), EditorView.scrollIntoView(c.from, { y: "center" })] });
}

/** Puts the adopted words back for one change. False if the text may not be edited. */
export function restore(view: EditorView, c: Change): boolean {
  if (view.state.readOnly) return false;
  const doc = view.state.doc;
  const v = view.state.field(comparison);
  const userEvent = "restore";
  if (c.kind === "words")
    view.dispatch({ changes: { from: c.from, to: c.to, insert: c.source }, selection: { anchor: c.from + c.source.length }, userEvent });
  else if (c.kind === "gone") {
    const end = c.line >= doc.lines;
    const at = end ? doc.length : doc.line(c.line + 1).from;
    const insert = doc.length === 0 ? c.source : end ? `\n${c.source}` : `${c.source}\n`;
    view.dispatch({ changes: { from: at, insert }, selection: { anchor: at + insert.length - (end ? 0 : 1) }, userEvent });
  } else if (c.kind === "new") view.dispatch({ changes: wholeLine(view.state, c.line), userEvent });
  else if (c.kind === "split" || c.kind === "joined") restoreShape(view, v.lines[c.line]!);
  else restorePlace(view, c, v.lines[c.line]!);
  return true;
}

/** Puts the adopted clauses in the place of those that were split or joined. */
function restoreShape(view: EditorView, t: Tracked): void {
  const { shape } = t;
  if (!shape) return;
  const { base } = view.state.field(comparison);
  const doc = view.state.doc;
  const from = doc.line(shape.lines[0]! + 1).from;
  const to = doc.line(shape.lines.at(-1)! + 1).to;
  view.dispatch({
    changes: { from, to, insert: shape.base.map((b) => base[b]!.text).join("\n") },
    selection: { anchor: from },
    userEvent: "restore",
  });
}

/** Moves a clause back to where the adopted text has it: after the clause that stands before it there. */
function restorePlace(view: EditorView, c: Change, t: Tracked): void {
  const { lines } = view.state.field(comparison);
  let after = -1;
  for (let b = t.base - 1; b >= 0 && after < 0; b--) after = lines.findIndex((l) => l.base === b);
  const doc = view.state.doc;
  const at = after < 0 ? 0 : doc.line(after + 1).to;
  view.dispatch({
    changes: [wholeLine(view.state, c.line), { from: at, insert: after < 0 ? `${t.text}\n` : `\n${t.text}` }],
    userEvent: "restore",
  });
}

/** The range of a line with the break that goes with it. */
function wholeLine(state: EditorState, index: number): { from: number; to: number } {
  const line = state.doc.line(index + 1);
  if (line.to < state.doc.length) return { from: line.from, to: line.to + 1 };
  return { from: Math.max(0, line.from - 1), to: line.to };
}

/** The spoken name of the clause a change is in. */
export function nameOf(state: EditorState, c: Change): string {
  const v = state.field(comparison);
  if (c.kind === "gone") return v.base[c.base]!.name;
  return clauseNames(state)[c.line] ?? "";
}

const named = new WeakMap<object, readonly string[]>();

/** The spoken names of all lines of the edited text. */
export function clauseNames(state: EditorState): readonly string[] {
  const v = state.field(comparison);
  let names = named.get(v);
  if (!names) {
    names = namesOf(
      v.lines.map((t) => t.text),
      v.lines.map((t) => t.line),
    );
    named.set(v, names);
  }
  return names;
}
