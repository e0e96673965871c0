/** Reads the label at the start of a line, as repo/resolution does: a), b bis), 5., 2bis., 1.1, and what people type for them. */
import { alphabets, bisWords } from "./alphabets";

/** A label in its canonical spelling, and how many units of the line it took. */
export interface ReadLabel {
  readonly label: string;
  readonly length: number;
}

const bis = `(?:${bisWords.join("|")})`;
const subNumber = new RegExp(`^(\\d{1,3}${bis}?(?![\\p{L}\\p{N}])(?:\\.\\d{1,3}(?:${bis}(?![\\p{L}\\p{N}]))?)+)\\.?(?=[ \\t]|$)`, "u");
const opening = /^[(（]?[ \t]*/;
const bisAfter = new RegExp(`^([ \\t]*)(${bis})(?![\\p{L}\\p{N}])`, "u");
const han = "一二三四五六七八九十";

/** Gives full-width letters and digits and the digits of Arabic their ASCII form. */
function narrow(char: string): string {
  const c = char.codePointAt(0)!;
  if ((c >= 0xff10 && c <= 0xff19) || (c >= 0xff21 && c <= 0xff3a) || (c >= 0xff41 && c <= 0xff5a))
    return String.fromCodePoint(c - 0xff10 + 0x30);
  if (c >= 0x660 && c <= 0x669) return String.fromCodePoint(c - 0x660 + 0x30);
  if (c >= 0x6f0 && c <= 0x6f9) return String.fromCodePoint(c - 0x6f0 + 0x30);
  return char;
}

interface Body {
  readonly text: string;
  readonly kind: "letters" | "digits" | "han";
  readonly length: number;
}

/** One to three digits; one letter of any script; a roman numeral; aa, bb or ab after z; Chinese numerals. */
function readBody(s: string): Body | null {
  const count = { digits: 0, letters: 0, han: 0 };
  let text = "";
  let length = 0;
  for (const raw of s) {
    const char = narrow(raw);
    if (/^[0-9]$/.test(char) && count.letters + count.han === 0) count.digits++;
    else if (han.includes(char) && count.digits + count.letters === 0) count.han++;
    else if (/^\p{L}$/u.test(char) && count.digits + count.han === 0 && !(count.letters > 0 && bisAfter.test(s.slice(length))))
      count.letters++;
    else if (!(count.letters > 0 && /^(?:\p{Mn}|\u200d|\u0640)$/u.test(char))) break;
    text += char;
    length += raw.length;
    if (count.digits > 3 || count.han > 3 || count.letters > 8) return null;
  }
  if (count.digits > 0) return { text, kind: "digits", length };
  if (count.han > 0) return { text, kind: "han", length };
  if (count.letters === 1 || (count.letters > 0 && counts(text))) return { text, kind: "letters", length };
  return null;
}

const roman = /^(?=.)c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})$/;

/** Whether several letters are a label: roman numerals, aa, ab. */
function counts(written: string): boolean {
  const text = written.normalize("NFKC").replace(/\u0640|\u200d/g, "");
  if (roman.test(text) || (text === text.toUpperCase() && roman.test(text.toLowerCase()))) return true;
  const [first, second, ...rest] = [...text];
  if (first === undefined || rest.length > 0) return false;
  if (second === undefined) return alphabets.some((a) => a.includes(first));
  return alphabets.some((a) => a.includes(first) && (first === second || (a.startsWith(first) && a.includes(second))));
}

function closing(s: string, kind: Body["kind"], opened: boolean): string {
  const blanks = kind === "digits" ? "" : /^[ \t]*/.exec(s)![0];
  const mark = s.charAt(blanks.length);
  const closes =
    mark === ")" ||
    mark === "）" ||
    ((mark === "." || mark === "．") && kind === "digits" && !opened) ||
    (mark === "、" && kind !== "letters" && !opened);
  return closes ? blanks + mark : "";
}

const ends = (rest: string): boolean => rest === "" || rest[0] === " " || rest[0] === "\t";

function write(body: Body, word: string): string {
  if (body.kind === "digits") return `${body.text}${word}.`;
  return word ? `${body.text} ${word})` : `${body.text})`;
}

/** The label that begins a line's text, or null. */
export function readLabel(s: string): ReadLabel | null {
  const sub = subNumber.exec(s);
  if (sub) return { label: sub[1]!, length: sub[0].length };
  const lead = opening.exec(s)![0];
  const opened = lead !== "" && /[(（]/.test(lead[0]!);
  let at = lead.length;
  const body = readBody(s.slice(at));
  if (!body) return null;
  at += body.length;
  const inner = bisAfter.exec(s.slice(at));
  let word = inner?.[2] ?? "";
  at += inner?.[0].length ?? 0;
  const close = closing(s.slice(at), body.kind, opened);
  if (!close) return null;
  at += close.length;
  const mark = close.at(-1)!;
  if (!word && (mark === ")" || mark === ".")) {
    const glued = bisAfter.exec(s.slice(at));
    if (glued && glued[1] === "" && ends(s.slice(at + glued[0].length))) {
      word = glued[2]!;
      at += glued[0].length;
    }
  }
  if (!"）、．".includes(mark) && !ends(s.slice(at))) return null;
  return { label: write(body, word), length: at };
}

/** Whether a label says its own level: 1.1, 1bis.1.1. */
export const isSubNumber = (label: string): boolean => label.replace(/[.)]+$/, "").includes(".");
