/**
 * Compares the lines of a text with the adopted text. Pure: the editor's state (tracked.ts) decides when.
 */
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
  /** The first of the lines of its shape. */
  readonly lead?: boolean;
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

export const wordsOf = (text: string, line: Line): string => text.slice(line.mark);
export const isChanged = (t: Tracked): boolean => t.moved || t.shape !== undefined || t.base < 0 || t.ops.some((o) => o.op !== "=");

export function readBase(text: string): BaseLine[] {
  const texts = text === "" ? [] : text.split("\n");
  const lines = readLines(texts);
  const names = namesOf(texts, lines);
  return texts.map((t, i) => ({ text: t, line: lines[i]!, name: names[i]! }));
}

export function compareLine(text: string, line: Line, base: BaseLine | undefined): Pick<Tracked, "ops" | "against" | "start"> {
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

/** What is to be paired: lines [from, to) of the text with some lines of the base. */
interface Scope {
  readonly base: readonly BaseLine[];
  readonly offered: readonly number[];
  readonly texts: readonly string[];
  readonly lines: readonly Line[];
  readonly from: number;
  readonly to: number;
  /** Comparisons made before, by the base line and the words. */
  readonly known: ReadonlyMap<string, Tracked>;
}

interface Paired {
  readonly tracked: readonly Tracked[];
  readonly gone: readonly Gone[];
  readonly compared: number;
}

const keyOf = (base: number, text: string, line: Line): string => `${base}\n${wordsOf(text, line)}`;

/** Remembers comparisons, so that a line whose words and partner are as they were keeps its own. */
function knownOf(lines: readonly Tracked[]): Map<string, Tracked> {
  const known = new Map<string, Tracked>();
  for (const t of lines) if (t.base >= 0 && !t.shape) known.set(keyOf(t.base, t.text, t.line), t);
  return known;
}

function pairScope({ base, offered, texts, lines, from, to, known }: Scope): Paired {
  const pairs = pairLines(
    offered.map((b) => base[b]!.text),
    offered.map((b) => base[b]!.line),
    texts.slice(from, to),
    lines.slice(from, to),
  );
  const gone: Gone[] = [];
  const tracked: (Tracked | undefined)[] = new Array(to - from).fill(undefined);
  let compared = 0;
  let next = from;
  for (const { base: left, revised: right, moved } of pairs) {
    const bases = left.map((k) => offered[k]!);
    if (right.length === 0) {
      for (const b of bases) if (base[b]!.line.kind !== "rule") gone.push({ base: b, before: next });
      continue;
    }
    next = from + right.at(-1)! + 1;
    const b = bases[0];
    if (b === undefined) continue;
    if (left.length + right.length > 2) {
      const shape = { base: bases, lines: right.map((k) => from + k) };
      const against = bases.map((x) => wordsOf(base[x]!.text, base[x]!.line)).join(" ");
      const parts = compareShape(
        shape.lines.map((j) => wordsOf(texts[j]!, lines[j]!)),
        against,
      );
      shape.lines.forEach((j, k) => {
        tracked[j - from] = { text: texts[j]!, line: lines[j]!, base: b, moved: moved && k === 0, ...parts[k]!, shape, lead: k === 0 };
      });
      compared++;
      continue;
    }
    const i = from + right[0]!;
    const [text, line] = [texts[i]!, lines[i]!];
    const old = known.get(keyOf(b, text, line));
    if (!old) compared++;
    const { ops, against, start } = old ?? compareLine(text, line, base[b]);
    tracked[i - from] = { text, line, base: b, moved, ops, against, start };
  }
  return {
    tracked: tracked.map((t, k) => {
      const [text, line] = [texts[from + k]!, lines[from + k]!];
      return t ?? { text, line, base: -1, moved: false, ...compareLine(text, line, undefined) };
    }),
    gone,
    compared,
  };
}

/** Pairs all lines anew. */
export function pairAll(texts: readonly string[], base: readonly BaseLine[], display: Display, was?: Comparison): Comparison {
  const known = was && was.base === base ? knownOf(was.lines) : new Map<string, Tracked>();
  const lines = readLines(texts);
  const offered = base.map((_, k) => k).filter((k) => base[k]!.line.kind !== "blank");
  const { tracked, gone, compared } = pairScope({ base, offered, texts, lines, from: 0, to: texts.length, known });
  return { base, lines: tracked, gone, display, compared: (was?.compared ?? 0) + compared };
}

/** The lines an edit touched: [head, ...) of the old text up to `tail` lines from its end. */
export interface Window {
  readonly head: number;
  readonly tail: number;
}

/** Pairs only the lines of a window, with the base lines that were theirs or had gone there; all others stay as they are. */
export function pairWindow(v: Comparison, texts: readonly string[], { head, tail }: Window): Comparison | null {
  const oldEnd = v.lines.length - tail;
  const end = texts.length - tail;
  const by = end - oldEnd;
  const touched = v.lines.slice(head, oldEnd);
  if (touched.some((t) => t.shape || t.line.kind === "table" || t.line.kind === "rule")) return null;
  const here = v.gone.filter((g) => g.before >= head && g.before <= oldEnd);
  const offered = [...new Set([...touched.map((t) => t.base).filter((b) => b >= 0), ...here.map((g) => g.base)])].sort((x, y) => x - y);
  const lines = readLines(texts);
  const known = knownOf(touched);
  const { tracked, gone, compared } = pairScope({ base: v.base, offered, texts, lines, from: head, to: end, known });
  const keep = (t: Tracked, i: number, shift: number): Tracked => {
    const line = lines[i]!;
    const shape = t.shape && shift !== 0 ? { ...t.shape, lines: t.shape.lines.map((j) => j + shift) } : t.shape;
    return sameLine(t.line, line) && shape === t.shape ? t : { ...t, line, shape };
  };
  return {
    ...v,
    lines: [
      ...v.lines.slice(0, head).map((t, i) => keep(t, i, 0)),
      ...tracked,
      ...v.lines.slice(oldEnd).map((t, i) => keep(t, end + i, by)),
    ],
    gone: [
      ...v.gone.filter((g) => g.before < head),
      ...gone,
      ...v.gone.filter((g) => g.before > oldEnd).map((g) => ({ base: g.base, before: g.before + by })),
    ],
    compared: v.compared + compared,
  };
}

/** Compares again the lines whose words changed, each with the partner it has. Null where that is not enough. */
export function patchLines(v: Comparison, touched: ReadonlyMap<number, string>, inWords: boolean): Comparison | null {
  for (const i of touched.keys()) if (v.lines[i]?.shape) return null;
  const texts = v.lines.map((t, i) => touched.get(i) ?? t.text);
  // Inside the words of an item nothing changes what any line is; reading them all again would be the dearest part of a key.
  const read = inWords ? null : readLines(texts);
  let { compared } = v;
  const lines = v.lines.map((t, i): Tracked => {
    const line = read?.[i] ?? t.line;
    if (!touched.has(i)) return sameLine(t.line, line) ? t : { ...t, line };
    if (t.base >= 0) compared++;
    return { ...t, text: texts[i]!, line, ...compareLine(texts[i]!, line, v.base[t.base]) };
  });
  return { ...v, lines, compared };
}

const sameLine = (a: Line, b: Line): boolean => a.kind === b.kind && a.level === b.level && a.mark === b.mark && a.label === b.label;
