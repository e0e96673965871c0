/**
 * What pairing sees of clauses. The twin of features.go in repo/diff; both are tested with the same vectors.
 */

/** What pairing sees of a clause. A table's words are its cells joined by U+0001 and its rows by U+0002. */
export interface Clause {
  /** number, title, division, divtitle, heading, history, opener, item, bullet, paragraph, table or footnote. */
  readonly kind: string;
  readonly level: number;
  readonly label: string;
  readonly words: string;
}

type Role = "" | "number" | "title" | "history" | "opening";
const roles: readonly Role[] = ["", "number", "title", "history", "opening"];
/** In the order of the kinds in repo/resolution, which ranks texts. */
const kinds = [
  "paragraph",
  "number",
  "title",
  "division",
  "divtitle",
  "heading",
  "history",
  "opener",
  "item",
  "bullet",
  "table",
  "footnote",
];
/** Kinds that head what follows. */
export const headings = new Set(["opener", "number", "title", "division", "divtitle", "heading"]);

/** A clause as it is compared. */
export interface Feature {
  readonly kind: string;
  readonly label: string;
  readonly key: string;
  readonly role: Role;
  bag?: readonly number[];
}

const ands = [" and", " or", " et", " ou", " y", " o", " и", " или"];
const signs = [";", ",", ".", "؛", "،", "；", "，", "。", "、"];

/** Words without their final list mark, as FinalMark in repo/resolution cuts it. */
function withoutMark(words: string): string {
  let body = words;
  for (const and of ands) {
    if (words.endsWith(and) && words.length > and.length) {
      body = words.slice(0, -and.length);
      break;
    }
  }
  for (const sign of signs) {
    if (!body.endsWith(sign)) continue;
    const rest = body.slice(0, -sign.length);
    if (rest === "" || rest.endsWith(sign) || rest.endsWith("\\")) continue;
    return /[\u00a0\u202f]$/.test(rest) ? rest.slice(0, -1) : rest;
  }
  return words;
}

/** Words as comparing sees them: U+2011 is a hyphen, a no-break space a space. */
const fold = (s: string): string => s.replace(/\u2011/g, "-").replace(/[\u00a0\u202f]/g, " ");

/** The words of a clause that pairing compares: folded, an item's without the final list mark. */
function keyOf(c: Clause): string {
  const words = fold(c.words);
  return c.kind === "item" || c.kind === "bullet" ? withoutMark(words) : words;
}

/** The features of a text's clauses. */
export function features(clauses: readonly Clause[]): Feature[] {
  let opening = false;
  const seen = new Set<Role>();
  return clauses.map((c) => {
    const kind = c.kind === "enacting" ? "paragraph" : c.kind;
    let role: Role = "";
    if (kind === "number" || kind === "title" || kind === "history") role = kind;
    else if (kind === "opener" || kind === "division" || kind === "heading") opening = true;
    else if (kind === "paragraph" && !opening && c.level === 0 && c.words.endsWith(",")) {
      role = "opening";
      opening = true;
    }
    if (role !== "" && seen.has(role)) role = "";
    seen.add(role);
    return { kind, label: c.label, key: keyOf({ ...c, kind }), role };
  });
}

/** Compares texts by their characters, as Go does by bytes. */
function compareText(x: string, y: string): number {
  if (x === y) return 0;
  const [a, b] = [[...x], [...y]];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const d = a[i]!.codePointAt(0)! - b[i]!.codePointAt(0)!;
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

/** Which of two texts comes first, so that pairing does not depend on the side. */
export function order(a: readonly Feature[], b: readonly Feature[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i]!, b[i]!];
    const c =
      compareText(x.key, y.key) ||
      kinds.indexOf(x.kind) - kinds.indexOf(y.kind) ||
      compareText(x.label, y.label) ||
      roles.indexOf(x.role) - roles.indexOf(y.role);
    if (c !== 0) return c;
  }
  return a.length - b.length;
}

/** Words in small letters, one for one. */
export const lower = (s: string): string => [...s].map((c) => [...c.toLowerCase()][0] ?? c).join("");

/** How many words two sorted bags share. */
export function common(x: readonly number[], y: readonly number[]): number {
  let [n, i, j] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    if (x[i]! < y[j]!) i++;
    else if (x[i]! > y[j]!) j++;
    else {
      n++;
      i++;
      j++;
    }
  }
  return n;
}

/** The words of x that y does not have. */
export function minus(x: readonly number[], y: readonly number[]): number[] {
  const out: number[] = [];
  let j = 0;
  for (const w of x) {
    while (j < y.length && y[j]! < w) j++;
    if (j < y.length && y[j] === w) j++;
    else out.push(w);
  }
  return out;
}
