/**
 * The difference between the adopted text and the text being edited. The document holds the proposed words only;
 * what is struck is known here and drawn from the adopted text. A keystroke inside one clause compares that clause
 * alone; clauses are paired anew only when lines come, go, or the typing has paused.
 */
import { type EditorState, StateEffect, StateField, type Transaction } from "@codemirror/state";
import { diffWords, type Line, namesOf, type Op, pairLines, readLines } from "./reading";

/** What is on screen: all changes, the text as proposed, or the adopted text. */
export type Display = "all" | "proposed" | "adopted";

/** One line of the adopted text. */
export interface BaseLine {
  readonly text: string;
  readonly line: Line;
  readonly name: string;
}

/** A clause of the adopted text that stands nowhere in the proposal: it is drawn struck before this line. */
export interface Gone {
  readonly base: number;
  readonly before: number;
}

/** What is known of one line of the edited text. Treat it as fixed: a change of the line makes a new one. */
export interface Tracked {
  readonly text: string;
  readonly line: Line;
  /** The line of the adopted text it revises, or -1 for a new clause. */
  readonly base: number;
  readonly moved: boolean;
  /** How its words differ from the adopted ones. */
  readonly ops: readonly Op[];
}

/** The whole comparison. */
export interface Comparison {
  readonly base: readonly BaseLine[];
  readonly lines: readonly Tracked[];
  readonly gone: readonly Gone[];
  readonly display: Display;
  /** How many clauses have been compared word for word since the editor opened: shown by tests, not on screen. */
  readonly compared: number;
}

export const setBase = StateEffect.define<string>();
export const setDisplay = StateEffect.define<Display>();
/** Pairs all clauses anew: sent when typing has paused. */
export const pairAgain = StateEffect.define<null>();

export const wordsOf = (text: string, line: Line): string => text.slice(line.mark);
export const isChanged = (t: Tracked): boolean => t.moved || t.base < 0 || t.ops.some((o) => o.op !== "=");

function readBase(text: string): BaseLine[] {
  const texts = text === "" ? [] : text.split("\n");
  const lines = readLines(texts);
  const names = namesOf(texts, lines);
  return texts.map((t, i) => ({ text: t, line: lines[i]!, name: names[i]! }));
}

function compareLine(text: string, line: Line, base: BaseLine | undefined): readonly Op[] {
  const words = wordsOf(text, line);
  if (base) return diffWords(wordsOf(base.text, base.line), words);
  return words ? [{ op: "+", text: words }] : [];
}

/** Pairs all lines anew; a line whose words and partner are as they were keeps its comparison. */
function pairAll(texts: readonly string[], base: readonly BaseLine[], display: Display, was?: Comparison): Comparison {
  const lines = readLines(texts);
  const pairs = pairLines(
    base.map((b) => b.text),
    base.map((b) => b.line),
    texts,
    lines,
  );
  const known = new Map<string, readonly Op[]>();
  for (const t of was?.lines ?? []) if (t.base >= 0) known.set(`${t.base}\n${wordsOf(t.text, t.line)}`, t.ops);
  const partner = new Array<number>(texts.length).fill(-1);
  const moved = new Set<number>();
  const gone: Gone[] = [];
  let next = 0;
  for (const pair of pairs) {
    const first = pair.revised[0];
    if (first === undefined) {
      for (const b of pair.base) if (base[b]!.line.kind !== "blank") gone.push({ base: b, before: next });
      continue;
    }
    next = pair.revised.at(-1)! + 1;
    partner[first] = pair.base[0] ?? -1;
    if (pair.moved) moved.add(first);
    for (const b of pair.base.slice(1)) gone.push({ base: b, before: next });
  }
  let compared = was?.compared ?? 0;
  const tracked = texts.map((text, i): Tracked => {
    const line = lines[i]!;
    const b = partner[i]!;
    const old = b >= 0 && was?.base === base ? known.get(`${b}\n${wordsOf(text, line)}`) : undefined;
    if (!old && b >= 0) compared++;
    return { text, line, base: b, moved: moved.has(i), ops: old ?? compareLine(text, line, base[b]) };
  });
  return { base, lines: tracked, gone, display, compared };
}

/** The lines of the edited text that a transaction touched, or null when lines came or went. */
function touchedLines(tr: Transaction): Set<number> | null {
  const a = tr.startState.doc;
  const b = tr.newDoc;
  if (a.lines !== b.lines) return null;
  const touched = new Set<number>();
  let within = true;
  tr.changes.iterChangedRanges((fromA, toA, fromB, toB) => {
    const n = b.lineAt(fromB).number;
    if (a.lineAt(fromA).number !== n || a.lineAt(toA).number !== n || b.lineAt(toB).number !== n) within = false;
    touched.add(n - 1);
  });
  return within ? touched : null;
}

/** Most keystrokes stay inside one clause: only that clause is compared again, its partner stays. */
function patch(v: Comparison, tr: Transaction): Comparison | null {
  const touched = touchedLines(tr);
  if (!touched) return null;
  const texts = v.lines.map((t, i) => (touched.has(i) ? tr.newDoc.line(i + 1).text : t.text));
  const read = readLines(texts);
  let compared = v.compared;
  const lines = v.lines.map((t, i): Tracked => {
    const line = read[i]!;
    if (!touched.has(i)) return sameLine(t.line, line) ? t : { ...t, line };
    if (t.base >= 0) compared++;
    return { ...t, text: texts[i]!, line, ops: compareLine(texts[i]!, line, v.base[t.base]) };
  });
  return { ...v, lines, compared };
}

const sameLine = (a: Line, b: Line): boolean => a.kind === b.kind && a.level === b.level && a.mark === b.mark && a.label === b.label;

const textsOf = (state: EditorState): string[] => {
  const texts: string[] = [];
  for (const text of state.doc.iterLines()) texts.push(text);
  return texts;
};

/** The comparison as editor state. */
export const comparison = StateField.define<Comparison>({
  create: (state) => pairAll(textsOf(state), [], "all"),
  update(v, tr) {
    let { base, display } = v;
    let anew = false;
    for (const e of tr.effects) {
      if (e.is(setBase)) {
        base = readBase(e.value);
        anew = true;
      } else if (e.is(setDisplay)) display = e.value;
      else if (e.is(pairAgain)) anew = true;
    }
    if (!anew && tr.docChanged) {
      const one = patch(v, tr);
      if (one) return display === one.display ? one : { ...one, display };
      anew = true;
    }
    if (anew) return pairAll(textsOf(tr.state), base, display, v);
    return display === v.display ? v : { ...v, display };
  },
});
