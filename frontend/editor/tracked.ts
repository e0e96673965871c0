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
  /** The adopted words it is compared with, and the unit of them at which its own begin. */
  readonly against: string;
  readonly start: number;
  /** When one clause was split into several, or several joined: all lines of the base and of this text. */
  readonly shape?: Shape | undefined;
}

/** A clause that was split, or clauses that were joined. */
export interface Shape {
  readonly base: readonly number[];
  readonly lines: readonly number[];
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
export const isChanged = (t: Tracked): boolean => t.moved || t.shape !== undefined || t.base < 0 || t.ops.some((o) => o.op !== "=");

function readBase(text: string): BaseLine[] {
  const texts = text === "" ? [] : text.split("\n");
  const lines = readLines(texts);
  const names = namesOf(texts, lines);
  return texts.map((t, i) => ({ text: t, line: lines[i]!, name: names[i]! }));
}

function compareLine(text: string, line: Line, base: BaseLine | undefined): Pick<Tracked, "ops" | "against" | "start"> {
  const words = wordsOf(text, line);
  if (!base) return { ops: words ? [{ op: "+", text: words }] : [], against: "", start: 0 };
  const against = wordsOf(base.text, base.line);
  return { ops: diffWords(against, words), against, start: 0 };
}

/** Compares the lines of a split or joined clause as one, and gives each its part. Lines are joined by one blank. */
function compareShape(words: readonly string[], against: string): Pick<Tracked, "ops" | "against" | "start">[] {
  const parts = words.map((w) => ({ ops: [] as Op[], against, start: 0, left: w.length }));
  let k = 0;
  let inBase = 0;
  const put = (op: Op["op"], text: string) => {
    if (text) parts[k]!.ops.push({ op, text });
  };
  for (const { op, text } of diffWords(against, words.join(" "))) {
    if (op === "-") {
      put(op, text);
      inBase += text.length;
      continue;
    }
    let rest = text;
    while (rest !== "") {
      const part = parts[k]!;
      if (part.left === 0 && k + 1 < parts.length) {
        // The blank between two lines: the break itself is told of by the shape.
        rest = rest.slice(1);
        if (op === "=") inBase++;
        k++;
        parts[k]!.start = inBase;
        continue;
      }
      const piece = rest.slice(0, part.left);
      put(op, piece);
      part.left -= piece.length;
      if (op === "=") inBase += piece.length;
      rest = rest.slice(piece.length);
    }
  }
  return parts.map(({ ops, start }) => ({ ops, against, start }));
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
  const known = new Map<string, Tracked>();
  if (was?.base === base) for (const t of was.lines) if (t.base >= 0 && !t.shape) known.set(`${t.base}\n${wordsOf(t.text, t.line)}`, t);
  const gone: Gone[] = [];
  const tracked = texts.map(
    (text, i): Tracked => ({ text, line: lines[i]!, base: -1, moved: false, ...compareLine(text, lines[i]!, undefined) }),
  );
  let compared = was?.compared ?? 0;
  let next = 0;
  for (const { base: left, revised: right, moved } of pairs) {
    if (right.length === 0) {
      for (const b of left) if (base[b]!.line.kind !== "rule") gone.push({ base: b, before: next });
      continue;
    }
    next = right.at(-1)! + 1;
    const b = left[0];
    if (b === undefined) continue;
    if (left.length + right.length > 2) {
      const shape = { base: left, lines: right };
      const against = left.map((x) => wordsOf(base[x]!.text, base[x]!.line)).join(" ");
      const parts = compareShape(
        right.map((j) => wordsOf(texts[j]!, lines[j]!)),
        against,
      );
      right.forEach((j, k) => {
        tracked[j] = { ...tracked[j]!, base: b, moved: moved && k === 0, ...parts[k]!, shape };
      });
      compared++;
      continue;
    }
    const i = right[0]!;
    const old = known.get(`${b}\n${wordsOf(texts[i]!, lines[i]!)}`);
    if (!old) compared++;
    const { ops, against, start } = old ?? compareLine(texts[i]!, lines[i]!, base[b]);
    tracked[i] = { ...tracked[i]!, base: b, moved, ops, against, start };
  }
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
  if (!touched || [...touched].some((i) => v.lines[i]?.shape)) return null;
  const texts = v.lines.map((t, i) => (touched.has(i) ? tr.newDoc.line(i + 1).text : t.text));
  const read = readLines(texts);
  let compared = v.compared;
  const lines = v.lines.map((t, i): Tracked => {
    const line = read[i]!;
    if (!touched.has(i)) return sameLine(t.line, line) ? t : { ...t, line };
    if (t.base >= 0) compared++;
    return { ...t, text: texts[i]!, line, ...compareLine(texts[i]!, line, v.base[t.base]) };
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
