/** What the editor needs to know of lines, pairs of lines and words, in one place. */
import { type Line, readLines as readCanonical } from "../shared/lines";
import { namesOf as namesOfLines } from "../shared/names";

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

export interface Pair {
  readonly base: readonly number[];
  readonly revised: readonly number[];
  readonly moved: boolean;
}
export function pairLines(base: readonly string[], _b: readonly Line[], cur: readonly string[], _c: readonly Line[]): Pair[] {
  const bag = (s: string) => new Set(s.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  const B = base.map(bag),
    C = cur.map(bag),
    n = base.length,
    m = cur.length,
    w = m + 1;
  const sim = (i: number, j: number) => {
    if (base[i] === cur[j]) return 1.5;
    let k = 0;
    for (const q of B[i]!) if (C[j]!.has(q)) k++;
    return (2 * k) / (B[i]!.size + C[j]!.size || 1);
  };
  const S = new Float32Array((n + 1) * w),
    V = new Float32Array(n * m);
  for (let i = n - 1; i >= 0; i--)
    for (let j = m - 1; j >= 0; j--) {
      const v = sim(i, j);
      V[i * m + j] = v;
      S[i * w + j] = Math.max(S[(i + 1) * w + j]!, S[i * w + j + 1]!, v >= 0.3 ? S[(i + 1) * w + j + 1]! + v : 0);
    }
  const out: Pair[] = [];
  let i = 0,
    j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && V[i * m + j]! >= 0.3 && Math.abs(S[i * w + j]! - S[(i + 1) * w + j + 1]! - V[i * m + j]!) < 1e-4)
      out.push({ base: [i++], revised: [j++], moved: false });
    else if (i < n && (j >= m || S[(i + 1) * w + j]! >= S[i * w + j + 1]!)) out.push({ base: [i++], revised: [], moved: false });
    else out.push({ base: [], revised: [j++], moved: false });
  }
  return out;
}
