/**
 * Which clause of one text is which clause of another. The twin of Align in repo/diff; both are tested with the same
 * vectors. Equal words come first, then the likest in each gap, then what moved, then splits and joins.
 */
import { type Clause, common, type Feature, features, headings, lower, minus, order } from "./features";
import { characters, fineTokens, isWord } from "./worddiff";

export type PairKind = "same" | "changed" | "inserted" | "deleted" | "split" | "joined";

/** Which clauses of the base are which of the revised text, by index. A missing side is empty. */
export interface Pair {
  readonly kind: PairKind;
  readonly moved: boolean;
  readonly base: readonly number[];
  readonly revised: readonly number[];
}

const likeInGap = 300;
const likeAlone = 200;
const likeSurely = 550;
const substance = 280;
const likeMoved = 600;
const likeLone = 530;
const rivalLone = 400;
const loneWords = 480;
const loneLength = 10;
const longKey = 24;
const gapBudget = 60_000;
const wordsMoved = 4;

/** Pairs the clauses of two texts, in reading order of the revised text with deletions at their base place. */
export function align(base: readonly Clause[], revised: readonly Clause[]): Pair[] {
  let a = features(base);
  let b = features(revised);
  const swapped = order(a, b) > 0;
  if (swapped) [a, b] = [b, a];
  const al = new Aligner(a, b);
  al.gap(0, a.length, 0, b.length);
  al.moves();
  al.fill();
  return (swapped ? al.mirror() : al).pairs();
}

interface Place {
  readonly i: number;
  readonly j: number;
  readonly weight: number;
}

class Aligner {
  private toB: number[];
  private toA: number[];
  private moved = new Set<number>();
  private joinsA = new Map<number, number[]>();
  private splitsB = new Map<number, number[]>();
  private readonly ids = new Map<string, number>();
  private readonly long: boolean[] = []; // by id: the word has more than three letters

  constructor(
    private readonly a: readonly Feature[],
    private readonly b: readonly Feature[],
  ) {
    this.toB = a.map(() => -1);
    this.toA = b.map(() => -1);
  }

  mirror(): Aligner {
    const m = new Aligner(this.b, this.a);
    m.toB = this.toA;
    m.toA = this.toB;
    m.joinsA = this.splitsB;
    m.splitsB = this.joinsA;
    for (const i of this.moved) m.moved.add(this.toB[i]!);
    return m;
  }

  private pair(i: number, j: number): void {
    this.toB[i] = j;
    this.toA[j] = i;
  }

  private same(i: number, j: number): boolean {
    const [x, y] = [this.a[i]!, this.b[j]!];
    return x.key === y.key && x.kind === y.kind && x.key !== "";
  }

  private bag(f: Feature): readonly number[] {
    if (f.bag) return f.bag;
    const bag: number[] = [];
    for (const t of fineTokens(lower(f.key))) {
      if (!isWord(t)) continue;
      let id = this.ids.get(t);
      if (id === undefined) {
        id = this.ids.size;
        this.ids.set(t, id);
        this.long.push([...t].length > 3);
      }
      bag.push(id);
    }
    f.bag = bag.sort((x, y) => x - y);
    return f.bag;
  }

  private likeness(x: Feature, y: Feature): number {
    if (x.key === y.key && x.kind === y.kind) return 1000;
    const [p, q] = [this.bag(x), this.bag(y)];
    if (p.length + q.length === 0) return x.key === y.key ? 1000 : 0;
    return Math.floor((2000 * common(p, q)) / (p.length + q.length));
  }

  /** Likeness by longer words alone: "the" and "de" are in everything and say nothing of what a clause is about. */
  private substance(x: Feature, y: Feature): number {
    const bags = [this.bag(x), this.bag(y)].map((bag) => bag.filter((w) => this.long[w]));
    const all = bags[0]!.length + bags[1]!.length;
    return all === 0 ? 1000 : Math.floor((2000 * common(bags[0]!, bags[1]!)) / all);
  }

  gap(fromA: number, toA: number, fromB: number, toB: number): void {
    let [a0, a1, b0, b1] = [fromA, toA, fromB, toB];
    for (; a0 < a1 && b0 < b1 && this.same(a0, b0); a0++, b0++) this.pair(a0, b0);
    for (; a0 < a1 && b0 < b1 && this.same(a1 - 1, b1 - 1); a1--, b1--) this.pair(a1 - 1, b1 - 1);
    if (a0 === a1 || b0 === b1) return;
    const anchors = this.anchors(a0, a1, b0, b1);
    if (anchors.length === 0) {
      this.similar(a0, a1, b0, b1);
      return;
    }
    for (const p of anchors) {
      this.gap(a0, p.i, b0, p.j);
      this.pair(p.i, p.j);
      a0 = p.i + 1;
      b0 = p.j + 1;
    }
    this.gap(a0, a1, b0, b1);
  }

  /** The heaviest run, in order, of clauses whose words stand once on each side. */
  private anchors(a0: number, a1: number, b0: number, b1: number): Place[] {
    const seats = new Map<string, { b: number; countA: number; countB: number }>();
    for (let i = a0; i < a1; i++) {
      const s = seats.get(this.a[i]!.key);
      if (s) s.countA++;
      else seats.set(this.a[i]!.key, { b: 0, countA: 1, countB: 0 });
    }
    for (let j = b0; j < b1; j++) {
      const s = seats.get(this.b[j]!.key);
      if (!s) continue;
      s.b = j;
      s.countB++;
    }
    const found: Place[] = [];
    for (let i = a0; i < a1; i++) {
      const s = seats.get(this.a[i]!.key)!;
      if (s.countA === 1 && s.countB === 1 && this.same(i, s.b) && this.holds(this.a[i]!))
        found.push({ i, j: s.b, weight: 8 + characters(this.a[i]!.key) });
    }
    return heaviest(found);
  }

  /** Tells whether a clause may be an anchor: openers recur, and lines of a word or two stay while others go. */
  private holds(f: Feature): boolean {
    return f.kind !== "opener" && (characters(f.key) > longKey || this.bag(f).length > 2);
  }

  private similar(a0: number, a1: number, b0: number, b1: number): void {
    if ((a1 - a0) * (b1 - b0) > gapBudget) {
      this.candidates(a0, a1, b0, b1);
      return;
    }
    const n = a1 - a0;
    const w = b1 - b0 + 1;
    const score = new Int32Array(n * w);
    const total = new Int32Array((n + 1) * w);
    const alone = n === 1 && w === 2;
    for (let i = n - 1; i >= 0; i--) {
      for (let j = w - 2; j >= 0; j--) {
        const s = this.score(a0 + i, b0 + j, alone);
        score[i * w + j] = s;
        let best = Math.max(total[(i + 1) * w + j]!, total[i * w + j + 1]!);
        if (s > 0) best = Math.max(best, total[(i + 1) * w + j + 1]! + s);
        total[i * w + j] = best;
      }
    }
    for (let i = 0, j = 0; i < n && j < w - 1; ) {
      const here = total[i * w + j]!;
      const s = score[i * w + j]!;
      if (s > 0 && here === total[(i + 1) * w + j + 1]! + s) this.pair(a0 + i++, b0 + j++);
      else if (here === total[(i + 1) * w + j]!) i++;
      else j++;
    }
  }

  /** Values pairing two clauses of a gap; 0 forbids it. */
  private score(i: number, j: number, alone: boolean): number {
    const [x, y] = [this.a[i]!, this.b[j]!];
    if ((x.kind === "table") !== (y.kind === "table")) return 0;
    let like = this.likeness(x, y);
    if (like < likeSurely && this.substance(x, y) < (alone ? likeAlone : substance)) like = 0;
    const fixed = (f: Feature) => f.role === "number" || f.role === "history";
    if (x.role !== "" && x.role === y.role) like = Math.max(like, 900);
    else if (x.role !== y.role && (fixed(x) || fixed(y))) return 0;
    else if (headings.has(x.kind) !== headings.has(y.kind)) like -= 150;
    else if (x.kind === y.kind && headings.has(x.kind)) like = Math.max(like, likeInGap + 20);
    else if (x.kind === y.kind && x.kind === "footnote" && x.label === y.label) like = Math.max(like, 400);
    if (like < (alone ? likeAlone : likeInGap)) return 0;
    if (x.kind === y.kind) like += 60;
    if (x.label === y.label && x.label !== "") like += 60;
    return like;
  }

  /** The clauses of b that hold each word, as long as they are few. */
  private seatsOfWords(bs: readonly number[], few: number): Map<number, number[]> {
    const where = new Map<number, number[]>();
    for (const j of bs) {
      for (const w of new Set(this.bag(this.b[j]!))) {
        const list = where.get(w);
        if (!list) where.set(w, [j]);
        else if (list.length <= few) list.push(j);
      }
    }
    return where;
  }

  /** Pairs of clauses that share a word which is rare on both sides. */
  private rivals(as: readonly number[], bs: readonly number[]): Place[] {
    const rare = 8;
    const where = this.seatsOfWords(bs, rare);
    const count = new Map<number, number>();
    for (const i of as) for (const w of new Set(this.bag(this.a[i]!))) count.set(w, (count.get(w) ?? 0) + 1);
    const out: Place[] = [];
    for (const i of as) {
      const seen = new Set<number>();
      for (const w of new Set(this.bag(this.a[i]!))) {
        const list = where.get(w) ?? [];
        if (count.get(w)! > rare || list.length > rare || seen.size > 64) continue;
        for (const j of list) {
          if (seen.has(j)) continue;
          seen.add(j);
          out.push({ i, j, weight: this.likeness(this.a[i]!, this.b[j]!) });
        }
      }
    }
    return out;
  }

  private candidates(a0: number, a1: number, b0: number, b1: number): void {
    const best = new Map<number, Place>();
    for (const p of this.rivals(span(a0, a1), span(b0, b1))) {
      const better = p.weight >= likeInGap && p.weight > (best.get(p.i)?.weight ?? 0);
      if (better && this.substantial(p)) best.set(p.i, p);
    }
    const places: Place[] = [];
    for (let i = a0; i < a1; i++) {
      const p = best.get(i);
      if (p) places.push(p);
    }
    for (const p of heaviest(places)) this.pair(p.i, p.j);
  }

  private substantial(p: Place): boolean {
    return p.weight >= likeSurely || this.substance(this.a[p.i]!, this.b[p.j]!) >= substance;
  }

  /** Pairs, out of order, what the gaps left: equal clauses, then very like ones, the likest first. */
  moves(): void {
    const as = left(this.toB);
    const bs = left(this.toA);
    if (as.length === 0 || bs.length === 0) return;
    const seats = new Map<string, number[]>();
    for (const j of bs) seats.set(this.b[j]!.key, [...(seats.get(this.b[j]!.key) ?? []), j]);
    const count = new Map<string, number>();
    for (const i of as) count.set(this.a[i]!.key, (count.get(this.a[i]!.key) ?? 0) + 1);
    for (const i of as) {
      const js = seats.get(this.a[i]!.key) ?? [];
      if (js.length === 1 && count.get(this.a[i]!.key) === 1 && this.mayMove(i, js[0]!)) this.move(i, js[0]!);
    }
    const places = this.rivals(left(this.toB), left(this.toA));
    places.sort((x, y) => y.weight - x.weight || x.i - y.i || x.j - y.j);
    for (const p of places) if (p.weight >= likeMoved && this.free(p)) this.move(p.i, p.j);
    this.lone(places);
  }

  private shorter(p: Place): number {
    return Math.min(this.bag(this.a[p.i]!).length, this.bag(this.b[p.j]!).length);
  }

  /** Tells whether two clauses are left and may be one that moved. */
  private free(p: Place): boolean {
    return this.toB[p.i]! < 0 && this.toA[p.j]! < 0 && this.mayMove(p.i, p.j) && this.shorter(p) >= wordsMoved;
  }

  /** Pairs what moved and was largely written anew, where nothing else that is left is nearly so like. */
  private lone(places: readonly Place[]): void {
    const near = places.filter((p) => p.weight >= rivalLone && this.free(p));
    const alike = near.filter((p) => {
      if (p.weight < likeLone || this.shorter(p) < loneLength) return false;
      return this.substance(this.a[p.i]!, this.b[p.j]!) >= loneWords;
    });
    for (const p of alike) {
      const rival = near.some((q) => q !== p && (q.i === p.i || q.j === p.j));
      if (!rival) this.move(p.i, p.j);
    }
  }

  private move(i: number, j: number): void {
    this.pair(i, j);
    this.moved.add(i);
  }

  private mayMove(i: number, j: number): boolean {
    const [x, y] = [this.a[i]!, this.b[j]!];
    return x.key !== "" && headings.has(x.kind) === headings.has(y.kind) && (x.kind === "table") === (y.kind === "table");
  }

  /** Finds splits and joins: a clause left over directly beside a pair, whose words fill what the pair lacks. */
  fill(): void {
    this.splitsB = this.filled(this.a, this.b, this.toB, this.toA);
    this.joinsA = this.filled(this.b, this.a, this.toA, this.toB);
    for (const i of [...this.splitsB.keys()]) {
      const j = this.toB[i]!;
      if (this.joinsA.has(j)) {
        this.splitsB.delete(i);
        this.joinsA.delete(j);
      }
    }
  }

  private filled(
    whole: readonly Feature[],
    part: readonly Feature[],
    toPart: readonly number[],
    toWhole: readonly number[],
  ): Map<number, number[]> {
    const out = new Map<number, number[]>();
    const claimed = new Set<number>();
    for (let i = 0; i < whole.length; i++) {
      const j = toPart[i]!;
      const w = whole[i]!;
      if (j < 0 || headings.has(w.kind) || w.kind === "table" || w.key === part[j]!.key || w.role !== "") continue;
      let missing = minus(this.bag(w), this.bag(part[j]!));
      if (missing.length < 3) continue;
      const more: number[] = [];
      for (const step of [1, -1]) missing = this.filling(part, toWhole, j, step, missing, more);
      const mine = more.filter((k) => !claimed.has(k)).sort((x, y) => x - y);
      for (const k of mine) claimed.add(k);
      if (mine.length > 0) out.set(i, mine);
    }
    return out;
  }

  /** Walks from clause j over those left over while each brings words that are missing; gives what is missing still. */
  private filling(
    part: readonly Feature[],
    toWhole: readonly number[],
    j: number,
    step: number,
    missing: readonly number[],
    more: number[],
  ): number[] {
    let still = [...missing];
    for (let k = j + step; k >= 0 && k < part.length && toWhole[k]! < 0; k += step) {
      const p = part[k]!;
      if (headings.has(p.kind) || p.kind === "table" || p.role !== "") break;
      const words = this.bag(p);
      const gain = common(words, still);
      if (gain < 3 || (gain * 2 < still.length && gain * 2 < words.length) || gain * 4 < words.length) break;
      more.push(k);
      still = minus(still, words);
    }
    return still;
  }

  /** Lays the pairing out in reading order of b, what is only in a at its place. */
  pairs(): Pair[] {
    const joined = new Set([...this.joinsA.values()].flat());
    const leads = new Map<number, number>();
    const parts = new Set<number>();
    for (const [i, js] of this.splitsB) {
      leads.set(Math.min(this.toB[i]!, js[0]!), i);
      for (const j of [this.toB[i]!, ...js]) parts.add(j);
    }
    const deletions = new Map<number, Pair[]>();
    let last = -1;
    this.toB.forEach((j, i) => {
      if (j < 0 && !joined.has(i)) {
        deletions.set(last, [...(deletions.get(last) ?? []), { kind: "deleted", moved: false, base: [i], revised: [] }]);
      } else if (j >= 0 && !this.moved.has(i)) last = i;
    });
    const out = [...(deletions.get(-1) ?? [])];
    this.toA.forEach((i, j) => {
      const owner = leads.get(j);
      if (owner !== undefined) out.push(this.splitPair(owner));
      else if (!parts.has(j)) out.push(i < 0 ? { kind: "inserted", moved: false, base: [], revised: [j] } : this.kept(i, j));
      if (i >= 0 && !this.moved.has(i)) out.push(...(deletions.get(i) ?? []));
    });
    return out;
  }

  private splitPair(i: number): Pair {
    const revised = [this.toB[i]!, ...this.splitsB.get(i)!].sort((x, y) => x - y);
    return { kind: "split", moved: this.moved.has(i), base: [i], revised };
  }

  private kept(i: number, j: number): Pair {
    const moved = this.moved.has(i);
    const more = this.joinsA.get(j);
    if (more) return { kind: "joined", moved, base: [i, ...more].sort((x, y) => x - y), revised: [j] };
    const [x, y] = [this.a[i]!, this.b[j]!];
    return { kind: x.key === y.key && x.kind === y.kind ? "same" : "changed", moved, base: [i], revised: [j] };
  }
}

const left = (paired: readonly number[]): number[] => paired.flatMap((j, i) => (j < 0 ? [i] : []));
const span = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);

/** The run of places, ascending in both, with the greatest weight. Places come ascending in i. */
function heaviest(places: readonly Place[]): Place[] {
  const js = places.map((p) => p.j).sort((x, y) => x - y);
  const tree = Array.from({ length: js.length + 1 }, () => ({ weight: 0, at: -1 }));
  const previous: number[] = [];
  let best = { weight: 0, at: -1 };
  places.forEach((p, k) => {
    const rank = js.indexOf(p.j);
    let under = { weight: 0, at: -1 };
    for (let r = rank; r > 0; r &= r - 1) if (tree[r]!.weight > under.weight) under = tree[r]!;
    previous[k] = under.at;
    const run = { weight: under.weight + p.weight, at: k };
    for (let r = rank + 1; r < tree.length; r += r & -r) if (run.weight > tree[r]!.weight) tree[r] = run;
    if (run.weight > best.weight) best = run;
  });
  const out: Place[] = [];
  for (let k = best.at; k >= 0; k = previous[k]!) out.push(places[k]!);
  return out.reverse();
}
