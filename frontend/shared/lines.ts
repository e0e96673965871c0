/**
 * What the lines of live text are: kind, level, label, how much of each line is mark, and the name of its clause. The
 * same rules as the parser in repo/resolution, which writes the vectors both are tested with.
 */
import { isSubNumber, readLabel } from "./label";

/** What a line is. A table's delimiter row is a rule; the opening line is enacting. */
export type Kind =
  | "number"
  | "title"
  | "division"
  | "divtitle"
  | "heading"
  | "history"
  | "enacting"
  | "opener"
  | "item"
  | "bullet"
  | "paragraph"
  | "table"
  | "rule"
  | "footnote"
  | "blank";

/** One line of live text. */
export interface Line {
  readonly kind: Kind;
  /** How deep it is nested. */
  readonly level: number;
  /** Units before the label or mark: the blanks of the indent. */
  readonly indent: number;
  /** The label in canonical spelling, "-" for a bullet, a footnote's name; else empty. */
  readonly label: string;
  /** Units of indent, label or mark, and the blanks after it: where the words begin. */
  readonly mark: number;
}

const trim = (s: string): string => s.replace(/^[ \t]+|[ \t]+$/g, "");
const bulletMark = /^(?:[-*+–](?:[ \t]+|$)|•[ \t]*)/;
const footnoteMark = /^\[\^([\p{L}\p{N}.*-]{1,30})\]:[ \t]*/u;
const headings: readonly Kind[] = ["number", "title", "division", "divtitle", "heading"];
const resets: ReadonlySet<Kind> = new Set<Kind>([...headings, "opener", "history"]);

/** Reads all lines of a live text. */
export function readLines(texts: readonly string[]): Line[] {
  const reader = new Reader();
  return texts.map((_, i) => reader.read(texts, i));
}

class Reader {
  private indents: number[] = [];
  private last: Kind | "" = "";
  private inHead = true;
  private beforeOpening = true;
  /** The line at which the table being read began, -1 outside. */
  private table = -1;
  private tableLevel = 0;

  read(texts: readonly string[], i: number): Line {
    const raw = texts[i]!;
    const blanks = /^[ \t]*/.exec(raw)![0];
    const text = trim(raw);
    const line: Line = { kind: "paragraph", level: 0, indent: blanks.length, label: "", mark: blanks.length };
    if (text === "") {
      this.table = -1;
      return { ...line, kind: "blank" };
    }
    if (text.startsWith("|")) return this.row(texts, i, line, columns(blanks));
    this.table = -1;
    return this.finish(this.begin(line, text, columns(blanks)), text);
  }

  /** A row goes on the table above unless its next line is a delimiter row, which makes it the first of another. */
  private row(texts: readonly string[], i: number, line: Line, columns: number): Line {
    const text = trim(texts[i]!);
    if (this.table >= 0 && i === this.table + 1 && isDelimiter(text)) return { ...line, kind: "rule", level: this.tableLevel };
    if (this.table < 0 || isDelimiter(trim(texts[i + 1] ?? ""))) {
      this.table = i;
      this.tableLevel = this.level(columns);
      this.done("table");
    }
    return { ...line, kind: "table", level: this.tableLevel };
  }

  private begin(line: Line, text: string, columns: number): Line {
    const marked = (kind: Kind, length: number, label: string): Line => ({
      ...line,
      kind,
      label,
      mark: line.indent + Math.min(length, text.length),
    });
    const heading = /^(#{1,6})(?:[ \t]+|$)/.exec(text);
    if (heading) {
      const kind = this.heading(heading[1]!.length, text.slice(heading[0].length));
      return kind ? marked(kind, heading[0].length, "") : { ...line, level: this.level(columns) };
    }
    const footnote = footnoteMark.exec(text);
    if (footnote) return marked("footnote", footnote[0].length, footnote[1]!);
    const bullet = bulletMark.exec(text);
    if (bullet) return { ...marked("bullet", bullet[0].length, "-"), level: this.level(columns) };
    const label = readLabel(text);
    if (!label) return { ...line, level: this.level(columns) };
    const room = /^[ \t]*/.exec(text.slice(label.length))![0].length;
    if (isSubNumber(label.label)) this.indents = [];
    return { ...marked("item", label.length + room, label.label), level: this.level(columns) };
  }

  private heading(depth: number, words: string): Kind | null {
    if (words === "" || depth > 5) return null;
    const kind = headings[depth - 1]!;
    if (kind === "number" && this.last !== "") return null;
    if (kind === "title" && this.last !== "" && this.last !== "number") return null;
    if (kind === "divtitle" && this.last !== "division") return null;
    return kind;
  }

  /** Flush paragraphs get their kind; what comes after a line is settled. */
  private finish(line: Line, text: string): Line {
    let kind = line.kind;
    if (kind === "paragraph" && line.level === 0) {
      if (isHistory(text) && this.inHead) kind = "history";
      else if (isOneEmphasis(text)) kind = "opener";
      else if (this.beforeOpening && /[,，،]$/.test(plainWords(text))) kind = "enacting";
      if (kind === "paragraph" || kind === "enacting") this.beforeOpening = false;
    }
    this.done(kind);
    if (kind === "item" && isSubNumber(line.label)) this.indents = [];
    return kind === line.kind ? line : { ...line, kind };
  }

  private done(kind: Kind): void {
    this.last = kind;
    if (resets.has(kind)) this.indents = [];
    if (!["number", "title", "history", "footnote"].includes(kind)) this.inHead = false;
    if (["division", "heading", "opener", "item"].includes(kind)) this.beforeOpening = false;
  }

  /** Two columns deeper than a level above opens the next. */
  private level(indent: number): number {
    let level = 0;
    for (let k = this.indents.length; k > 0; k--)
      if (indent >= this.indents[k - 1]! + 2) {
        level = k;
        break;
      }
    this.indents = [...this.indents.slice(0, level), indent];
    return level;
  }
}

/** How many columns blanks take; a tab goes to the next multiple of four. */
function columns(blanks: string): number {
  let n = 0;
  for (const c of blanks) n += c === "\t" ? 4 - (n % 4) : 1;
  return n;
}

/** Whether a row is dashes only. */
function isDelimiter(text: string): boolean {
  return text.startsWith("|") && cells(text).every((c) => /^:?-+:?$/.test(c));
}

/** Cuts a row at its pipes; the first and the last are its edges. A cell keeps its escapes. */
function cells(text: string): string[] {
  const out: string[] = [];
  let start = 1;
  for (let i = 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "|") {
      out.push(trim(text.slice(start, i)));
      start = i + 1;
    }
  }
  if (start < text.length || out.length === 0) out.push(trim(text.slice(start)));
  return out;
}

const historyPattern = /^[(（].*[)）](?:[\t\n\f\r ,*¹²³⁴⁵⁶⁷⁸⁹⁰]|\[\^[^\]]*\](?:[0-9]+|bis|ter)?)*$/u;
const isHistory = (text: string): boolean => historyPattern.test(plainWords(text));

interface Glyph {
  readonly char: string;
  readonly emphasis: boolean;
}

/** The characters a person reads, with their emphasis: single stars pair in order, one beside a blank is a character. */
function glyphs(words: string): Glyph[] {
  const marks: { char: string; escaped: boolean }[] = [];
  for (let i = 0; i < words.length; i++) {
    const escaped = words[i] === "\\" && /^[!-/:-@[-`{-~]$/.test(words[i + 1] ?? "");
    if (escaped) i++;
    marks.push({ char: words[i] === "\t" ? " " : words[i]!, escaped });
  }
  const star = (k: number) => marks[k]?.char === "*" && !marks[k]?.escaped;
  const blank = (k: number) => marks[k] === undefined || marks[k].char === " ";
  const edges = new Set<number>();
  let open = -1;
  marks.forEach((_, k) => {
    if (!star(k) || star(k - 1) || star(k + 1)) return;
    if (open < 0 && !blank(k + 1)) open = k;
    else if (open >= 0 && !blank(k - 1)) {
      edges.add(open).add(k);
      open = -1;
    }
  });
  const out: Glyph[] = [];
  let emphasis = false;
  marks.forEach((m, k) => {
    if (edges.has(k)) emphasis = !emphasis;
    else out.push({ char: m.char, emphasis });
  });
  return out;
}

/** Words as a person reads them: without emphasis marks and escapes. */
export const plainWords = (words: string): string =>
  trim(
    glyphs(words)
      .map((g) => g.char)
      .join(""),
  );

function isOneEmphasis(words: string): boolean {
  const all = glyphs(words);
  return all.length > 0 && all.every((g) => g.emphasis);
}
