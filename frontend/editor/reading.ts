/** What the editor needs to know of lines, pairs of lines and words, in one place. */

import type { Clause } from "../shared/features";
import { type Line, readLines as readCanonical } from "../shared/lines";
import { namesOf as namesOfLines } from "../shared/names";
import { align } from "../shared/pairing";

export type { Kind, Line } from "../shared/lines";
export { diffWords, type Op } from "../shared/worddiff";

/** Reads all lines. The blank after a label is part of the mark while no words follow it: that is where they are typed. */
export const readLines = (texts: readonly string[]): Line[] =>
  readCanonical(texts).map((line, i) => {
    const text = texts[i]!;
    return line.mark < text.length && line.label !== "" && text.slice(line.mark).trim() === "" ? { ...line, mark: text.length } : line;
  });

/** The spoken name of every line. */
export const namesOf = (texts: readonly string[], lines: readonly Line[]): string[] => namesOfLines(texts, lines).map((n) => n.spoken);

/** Which lines of the base are which lines of the revised text. Only splits and joins have several on a side. */
export interface LinePair {
  readonly base: readonly number[];
  readonly revised: readonly number[];
  readonly moved: boolean;
}

/** A clause and its lines: one, but for a table, which has all its rows. */
interface Unit extends Clause {
  readonly lines: readonly number[];
}

const cellsOf = (row: string): string =>
  row
    .trim()
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((c) => c.trim())
    .join("\u0001");

/** The clauses of a text: what pairing looks at. Blank lines are none. */
function unitsOf(texts: readonly string[], lines: readonly Line[]): Unit[] {
  const units: (Unit & { lines: number[] })[] = [];
  lines.forEach((line, i) => {
    if (line.kind === "blank") return;
    const row = line.kind === "table" || line.kind === "rule";
    const above = units.at(-1);
    const begins = line.kind === "table" && lines[i + 1]?.kind === "rule";
    if (row && above?.kind === "table" && above.lines.at(-1) === i - 1 && !begins) above.lines.push(i);
    else
      units.push({ kind: row ? "table" : line.kind, level: line.level, label: line.label, words: texts[i]!.slice(line.mark), lines: [i] });
  });
  return units.map((u) => {
    if (u.kind !== "table") return u;
    const rows = u.lines.filter((i) => lines[i]!.kind !== "rule").map((i) => cellsOf(texts[i]!));
    return { ...u, words: rows.join("\u0002") };
  });
}

/** Pairs the lines of two texts, in reading order of the revised text with deletions at their base place. */
export function pairLines(
  base: readonly string[],
  baseLines: readonly Line[],
  revised: readonly string[],
  lines: readonly Line[],
): LinePair[] {
  const a = unitsOf(base, baseLines);
  const b = unitsOf(revised, lines);
  return align(a, b).flatMap((pair): LinePair[] => {
    const left = pair.base.flatMap((i) => a[i]!.lines);
    const right = pair.revised.flatMap((j) => b[j]!.lines);
    const { moved } = pair;
    if (a[pair.base[0] ?? -1]?.kind === "table" && right.length > 0) return pairRows(left, right, base, revised, moved);
    if (left.length === 0) return right.map((j) => ({ base: [], revised: [j], moved }));
    if (right.length === 0) return left.map((i) => ({ base: [i], revised: [], moved }));
    return [{ base: left, revised: right, moved }];
  });
}

/** Pairs the rows of a table: equal ones first, what lies between in order. */
function pairRows(
  left: readonly number[],
  right: readonly number[],
  base: readonly string[],
  revised: readonly string[],
  moved: boolean,
): LinePair[] {
  const out: LinePair[] = [];
  let i = 0;
  let j = 0;
  const upTo = (toI: number, toJ: number) => {
    for (; i < toI && j < toJ; i++, j++) out.push({ base: [left[i]!], revised: [right[j]!], moved });
    for (; i < toI; i++) out.push({ base: [left[i]!], revised: [], moved });
    for (; j < toJ; j++) out.push({ base: [], revised: [right[j]!], moved });
  };
  left.forEach((row, at) => {
    const same = right.findIndex((r, k) => k >= j && revised[r] === base[row]);
    if (same < 0 || at < i) return;
    upTo(at, same);
    upTo(at + 1, same + 1);
  });
  upTo(left.length, right.length);
  return out;
}
