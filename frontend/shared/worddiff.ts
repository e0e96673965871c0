/**
 * The difference of one clause's words, in phrases a person reads. The twin of Words in repo/diff; both are tested with
 * the same vectors. Words are never cut, a deletion comes before its insertion, neighbouring hunks with only marks or one
 * short word between them are one, and a clause rewritten beyond recognition is one deletion and one insertion.
 */

/** A run of words that stayed ("="), went ("-") or came ("+"). */
export interface Op {
  readonly op: "=" | "-" | "+";
  readonly text: string;
}

/** Base tokens [from, to) became revised tokens [revFrom, revTo). */
export interface Edit {
  from: number;
  to: number;
  revFrom: number;
  revTo: number;
}

const han = "\\p{Script=Han}";
const word = "(?:(?!\\p{Script=Han})[\\p{L}\\p{M}\\p{N}])";
const escaped = "\\\\[!-/:-@[-`{-~]";
const blanks = "[ \\t\\n\\u00a0\\u202f]+";
const compound = new RegExp(`${escaped}|${blanks}|${han}|${word}+(?:['’‑-]${word}+)*|[^]`, "gu");
const fine = new RegExp(`${escaped}|${blanks}|${han}|${word}+|[^]`, "gu");

/** Cuts words into the units that a difference never cuts. */
export const tokens = (words: string): string[] => words.match(compound) ?? [];

/** Cuts as tokens does, but also at hyphens and apostrophes inside words. */
export const fineTokens = (words: string): string[] => words.match(fine) ?? [];

const startsWord = /^[\p{L}\p{M}\p{N}]/u;
export const isWord = (token: string): boolean => startsWord.test(token);
const startsBlank = /^[ \t\n\u00a0\u202f]/;

/** The difference between two texts of one clause. */
export function diffWords(base: string, revised: string): Op[] {
  if (base === revised) return base === "" ? [] : [{ op: "=", text: base }];
  const a = tokens(base);
  const b = tokens(revised);
  const ids = new Map<string, number>();
  return render(a, b, phrases(a, b, match(number(a, ids), number(b, ids))));
}

/** Gives each distinct token an id, blanks ids under zero. */
export function number(list: readonly string[], ids: Map<string, number>): number[] {
  return list.map((t) => {
    let id = ids.get(t);
    if (id === undefined) {
      id = ids.size + 1;
      if (startsBlank.test(t)) id = -id;
      ids.set(t, id);
    }
    return id;
  });
}

function phrases(a: readonly string[], b: readonly string[], edits: readonly Edit[]): Edit[] {
  const out: Edit[] = [];
  for (const e of edits) {
    const last = out.at(-1);
    if (last && near(last, e, a, b)) {
      last.to = e.to;
      last.revTo = e.revTo;
    } else out.push({ ...e });
  }
  if (out.length > 1 && unrecognisable(a, b, out)) return [{ from: 0, to: a.length, revFrom: 0, revTo: b.length }];
  return out;
}

function near(x: Edit, y: Edit, a: readonly string[], b: readonly string[]): boolean {
  const between = weight(a, x.to, y.from);
  if (between === 0) return true;
  const long = (e: Edit) => Math.max(weight(a, e.from, e.to), weight(b, e.revFrom, e.revTo)) > 12;
  return between <= 4 && long(x) && long(y);
}

/** Letters and digits of the words from one place to another, in characters. */
function weight(list: readonly string[], from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i++) if (isWord(list[i]!)) n += characters(list[i]!);
  return n;
}

/** How many characters a text has: code points, not UTF-16 units. */
export function characters(s: string): number {
  let n = 0;
  for (const _ of s) n++;
  return n;
}

function unrecognisable(a: readonly string[], b: readonly string[], edits: readonly Edit[]): boolean {
  const left = weight(a, 0, a.length);
  const whole = Math.max(left, weight(b, 0, b.length));
  let gone = 0;
  for (const e of edits) gone += weight(a, e.from, e.to);
  return whole > 24 && (left - gone) * 4 < whole;
}

function render(a: readonly string[], b: readonly string[], edits: readonly Edit[]): Op[] {
  const out: Op[] = [];
  const put = (op: Op["op"], list: readonly string[], from: number, to: number) => {
    const text = list.slice(from, to).join("");
    if (text !== "") out.push({ op, text });
  };
  let i = 0;
  for (const e of edits) {
    put("=", a, i, e.from);
    put("-", a, e.from, e.to);
    put("+", b, e.revFrom, e.revTo);
    i = e.to;
  }
  put("=", a, i, a.length);
  return out;
}

interface Block {
  readonly a: number;
  readonly b: number;
  readonly n: number;
}

/** How many candidate pairs of equal tokens are looked at in one stretch. */
const pairBudget = 3_000_000;

/**
 * Compares two sequences of ids: the longest common stretch first, then those on both sides of it. Ids under zero match but
 * never carry a match. Every edit lies as far right as it can.
 */
export function match(base: readonly number[], revised: readonly number[]): Edit[] {
  const m = new Matcher(base, revised);
  m.stretch(0, base.length, 0, revised.length, 0);
  return m.edits();
}

class Matcher {
  private readonly blocks: Block[] = [];

  constructor(
    private readonly a: readonly number[],
    private readonly b: readonly number[],
  ) {}

  stretch(fromA: number, toA: number, fromB: number, toB: number, level: number): void {
    let [a0, a1, b0, b1, depth] = [fromA, toA, fromB, toB, level];
    for (;;) {
      let n = 0;
      while (a0 + n < a1 && b0 + n < b1 && this.a[a0 + n] === this.b[b0 + n]) n++;
      this.add(a0, b0, n);
      a0 += n;
      b0 += n;
      n = 0;
      while (a1 - n > a0 && b1 - n > b0 && this.a[a1 - n - 1] === this.b[b1 - n - 1]) n++;
      a1 -= n;
      b1 -= n;
      this.add(a1, b1, n);
      if (a0 === a1 || b0 === b1) return;
      const best = this.longest(a0, a1, b0, b1, depth);
      if (best.n === 0) return;
      this.add(best.a, best.b, best.n);
      this.stretch(a0, best.a, b0, best.b, depth + 1);
      a0 = best.a + best.n;
      b0 = best.b + best.n;
      depth++;
    }
  }

  private add(a: number, b: number, n: number): void {
    if (n > 0) this.blocks.push({ a, b, n });
  }

  private longest(a0: number, a1: number, b0: number, b1: number, depth: number): Block {
    const places = new Map<number, number[]>();
    for (let j = b0; j < b1; j++) {
      const id = this.b[j]!;
      if (id < 0) continue;
      const list = places.get(id);
      if (list) list.push(j);
      else places.set(id, [j]);
    }
    let cost = 0;
    for (let i = a0; i < a1; i++) cost += places.get(this.a[i]!)?.length ?? 0;
    if (cost > pairBudget || depth > 400) return this.rarest(a0, a1, b0, b1, places);
    let best: Block = { a: 0, b: 0, n: 0 };
    let bestWeight = 0;
    for (let i = a0; i < a1; i++) {
      for (const j of places.get(this.a[i]!) ?? []) {
        if (inside(best, i, j) || this.continues(i - a0, j - b0, i, j)) continue;
        const k = this.grow(i, j, a0, a1, b0, b1);
        if (k.weight > bestWeight) {
          best = k;
          bestWeight = k.weight;
        }
      }
    }
    return best;
  }

  /** Whether an earlier token that is not blank runs on into i, j. */
  private continues(back: number, side: number, i: number, j: number): boolean {
    for (let k = 1; k <= back && k <= side && this.a[i - k] === this.b[j - k]; k++) if (this.a[i - k]! >= 0) return true;
    return false;
  }

  private grow(i: number, j: number, a0: number, a1: number, b0: number, b1: number): Block & { weight: number } {
    let s = 0;
    while (i - s > a0 && j - s > b0 && this.a[i - s - 1] === this.b[j - s - 1]) s++;
    let n = 0;
    let w = 0;
    for (; i - s + n < a1 && j - s + n < b1 && this.a[i - s + n] === this.b[j - s + n]; n++) if (this.a[i - s + n]! >= 0) w++;
    return { a: i - s, b: j - s, n, weight: w };
  }

  /** The bounded way: the longest run around a token that stands once on each side, or nothing. */
  private rarest(a0: number, a1: number, b0: number, b1: number, places: ReadonlyMap<number, readonly number[]>): Block {
    const count = new Map<number, number>();
    for (let i = a0; i < a1; i++) count.set(this.a[i]!, (count.get(this.a[i]!) ?? 0) + 1);
    let best: Block & { weight: number } = { a: 0, b: 0, n: 0, weight: 0 };
    const middle = Math.floor((a0 + a1) / 2);
    for (let i = a0; i < a1; i++) {
      const js = places.get(this.a[i]!);
      if (this.a[i]! < 0 || count.get(this.a[i]!) !== 1 || js?.length !== 1 || inside(best, i, js[0]!)) continue;
      const k = this.grow(i, js[0]!, a0, a1, b0, b1);
      if (k.weight > best.weight || (k.weight === best.weight && Math.abs(k.a - middle) < Math.abs(best.a - middle))) best = k;
    }
    return best;
  }

  edits(): Edit[] {
    this.blocks.sort((x, y) => x.a - y.a);
    const out: Edit[] = [];
    let i = 0;
    let j = 0;
    for (const k of [...this.blocks, { a: this.a.length, b: this.b.length, n: 0 }]) {
      if (k.a > i || k.b > j) out.push({ from: i, to: k.a, revFrom: j, revTo: k.b });
      i = k.a + k.n;
      j = k.b + k.n;
    }
    return this.slide(out);
  }

  /** Moves pure insertions and deletions right over equal tokens and joins those that come to touch. */
  private slide(edits: Edit[]): Edit[] {
    for (let k = edits.length - 1; k >= 0; k--) {
      const e = edits[k]!;
      const next = edits[k + 1];
      const endA = next ? next.from : this.a.length;
      const endB = next ? next.revFrom : this.b.length;
      while (e.to < endA && e.revTo < endB && this.slides(e)) {
        e.from++;
        e.to++;
        e.revFrom++;
        e.revTo++;
      }
      if (next && e.to === endA && e.revTo === endB) {
        e.to = next.to;
        e.revTo = next.revTo;
        edits.splice(k + 1, 1);
      }
    }
    return edits;
  }

  private slides(e: Edit): boolean {
    if (e.from < e.to && e.revFrom < e.revTo) return false;
    if (e.from === e.to) return this.b[e.revFrom] === this.a[e.to];
    return this.a[e.from] === this.b[e.revTo];
  }
}

const inside = (k: Block, i: number, j: number): boolean => i >= k.a && i < k.a + k.n && i - j === k.a - k.b;
