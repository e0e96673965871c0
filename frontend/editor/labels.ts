/**
 * Labels of list items: a), aa), iv), 5., 1.2, b bis), 2bis. A bis label never shifts its neighbours, so a clause put
 * between two labelled ones takes the label above it with bis, one put at the end takes the next label.
 */
import { alphabets, bisWords } from "../shared/alphabets";

/** One way to understand a label: how it counts and where it stands in that count. */
interface Reading {
  readonly count: string;
  readonly value: number;
  readonly write: (value: number) => string;
}

function roman(n: number): string {
  const signs: [string, number][] = [
    ["c", 100],
    ["xc", 90],
    ["l", 50],
    ["xl", 40],
    ["x", 10],
    ["ix", 9],
    ["v", 5],
    ["iv", 4],
    ["i", 1],
  ];
  let out = "";
  for (const [sign, value] of signs) for (; n >= value; n -= value) out += sign;
  return out;
}

function romanValue(s: string): number {
  for (let n = 1; n < 100; n++) if (roman(n) === s) return n;
  return 0;
}

function letters(alphabet: string, doubled: boolean): (value: number) => string {
  const signs = [...alphabet];
  return (value) => {
    if (value <= signs.length) return signs[value - 1]!;
    const again = signs[value - signs.length - 1];
    if (!again) return "";
    return doubled ? again + again : signs[0] + again;
  };
}

/** Takes the closing mark and the bis off a label. Of the words that end it the longest is meant: quater ends in ter. */
function split(label: string): { body: string; bis: number; close: string } {
  const close = /[.)]$/.exec(label)?.[0] ?? "";
  const bare = close ? label.slice(0, -1) : label;
  const ending = bisWords.filter((w) => bare.endsWith(w) && bare.length > w.length);
  const k = bisWords.findIndex((w) => w === ending.reduce((a, b) => (b.length > a.length ? b : a), ""));
  return { body: k < 0 ? bare : bare.slice(0, -bisWords[k]!.length).trimEnd(), bis: k + 1, close };
}

function readings(body: string): Reading[] {
  const sub = /^(.*\.)(\d+)$/.exec(body);
  if (sub) return [{ count: `sub ${sub[1]}`, value: Number(sub[2]), write: (n) => sub[1]! + n }];
  if (/^\d+$/.test(body)) return [{ count: "number", value: Number(body), write: String }];
  const out: Reading[] = [];
  const signs = [...body];
  for (const alphabet of alphabets) {
    const all = [...alphabet];
    const first = all.indexOf(signs[0] ?? "") + 1;
    if (!first) continue;
    if (signs.length === 1) out.push({ count: alphabet, value: first, write: letters(alphabet, true) });
    if (signs.length !== 2) continue;
    if (signs[0] === signs[1]) out.push({ count: alphabet, value: all.length + first, write: letters(alphabet, true) });
    else if (first === 1 && all.includes(signs[1]!))
      out.push({ count: alphabet, value: all.length + all.indexOf(signs[1]!) + 1, write: letters(alphabet, false) });
  }
  const value = romanValue(body.toLowerCase());
  if (value && body === body.toLowerCase()) out.push({ count: "roman", value, write: roman });
  else if (value && body === body.toUpperCase()) out.push({ count: "ROMAN", value, write: (n) => roman(n).toUpperCase() });
  return out;
}

function write(body: string, bis: number, close: string): string {
  if (bis === 0) return body + close;
  return body + (close === ")" ? " " : "") + bisWords[bis - 1]! + close;
}

/** The reading of a label that goes on from the labels above it in its list: "i" after "h" is a letter, after nothing roman. */
function fitting(label: string, above: readonly string[]): Reading | undefined {
  const all = readings(split(label).body);
  if (all.length < 2) return all[0];
  for (const prior of above.toReversed()) {
    const before = readings(split(prior).body);
    const due = all.find((r) =>
      before.some((b) => b.count === r.count && (b.value + 1 === r.value || (b.value === r.value && prior !== label))),
    );
    if (due) return due;
  }
  const bare = split(label).body;
  return all.find((r) => r.count.toLowerCase() === "roman" && (bare.length > 1 || bare === "i" || bare === "I")) ?? all[0];
}

/**
 * The label for a clause opened after the one labelled `label`. `above` are the labels before it in its list; `last`
 * tells that no labelled clause follows. Null where the count cannot go on.
 */
export function nextLabel(label: string, above: readonly string[], last: boolean): string | null {
  const { body, bis, close } = split(label);
  if (!last) return bis < bisWords.length ? write(body, bis + 1, close) : null;
  const reading = fitting(label, above);
  const next = reading?.write(reading.value + 1);
  return next ? next + close : null;
}

/** The labels of one list closed up: counted on from the first, bis and gaps gone. */
export function renumbered(list: readonly string[]): string[] {
  const first = list[0];
  if (first === undefined) return [];
  const { close } = split(first);
  const reading = list.length > 1 ? (commonCount(first, list[1]!) ?? fitting(first, [])) : fitting(first, []);
  if (!reading) return [...list];
  return list.map((old, i) => {
    const body = reading.write(reading.value + i);
    return body ? body + close : old;
  });
}

function commonCount(first: string, second: string): Reading | undefined {
  const b = readings(split(second).body);
  return readings(split(first).body).find((r) => b.some((s) => s.count === r.count && s.value === r.value + 1));
}

/** Whether two labels count in one way, so that they can stand in one list. */
export function sameCount(a: string, b: string): boolean {
  const counts = new Set(readings(split(a).body).map((r) => r.count));
  return split(a).close === split(b).close && readings(split(b).body).some((r) => counts.has(r.count));
}
