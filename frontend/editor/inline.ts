/**
 * What of a line's words is mark and what is text. Emphasis stands in single stars paired in order; a backslash before
 * an ASCII mark makes that a plain character. The editor hides the marks, so positions are kept: UTF-16 units in the words.
 */
export interface Inline {
  /** Units that are not shown: stars of an emphasis and the backslashes of escapes, each one unit long. */
  readonly hidden: readonly number[];
  /** Emphasised stretches, without their stars. */
  readonly emphasis: readonly Range[];
}

/** A stretch of units. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A stretch of plain characters with or without emphasis. */
export interface Span {
  readonly text: string;
  readonly emphasis: boolean;
}

const escapable = /[!-/:-@[-`{-~]/;

/**
 * Reads the marks of one line's words. The same rules as the parser of the file: stars in runs, left over or beside a
 * blank are characters. One thing is looser, since somebody may be typing just there: an emphasis may end in a blank.
 */
export function readInline(words: string): Inline {
  const hidden: number[] = [];
  const emphasis: Range[] = [];
  const chars: { at: number; char: string; escaped: boolean }[] = [];
  for (let i = 0; i < words.length; i++) {
    const escaped = words[i] === "\\" && i + 1 < words.length && escapable.test(words[i + 1]!);
    if (escaped) hidden.push(i++);
    chars.push({ at: i, char: words[i]!, escaped });
  }
  const star = (k: number) => chars[k]?.char === "*" && !chars[k]?.escaped;
  const blank = (k: number) => chars[k] === undefined || chars[k].char === " " || chars[k].char === "\t";
  let open = -1;
  chars.forEach((c, k) => {
    if (!star(k) || star(k - 1) || star(k + 1)) return;
    if (open < 0) {
      if (!blank(k + 1)) open = k;
    } else if (!blank(k - 1) || blank(k + 1)) {
      const first = chars[open]!.at;
      hidden.push(first, c.at);
      emphasis.push({ from: first + 1, to: c.at });
      open = -1;
    }
  });
  return { hidden: hidden.sort((a, b) => a - b), emphasis };
}

/** The words from one unit to another as a person reads them, cut where emphasis begins or ends. */
export function spansOf(words: string, from = 0, to = words.length): Span[] {
  const { hidden, emphasis } = readInline(words);
  const skip = new Set(hidden);
  const spans: { text: string; emphasis: boolean }[] = [];
  for (let i = from; i < to; i++) {
    if (skip.has(i)) continue;
    const italic = emphasis.some((e) => e.from <= i && i < e.to);
    const last = spans.at(-1);
    if (last && last.emphasis === italic) last.text += words[i];
    else spans.push({ text: words[i]!, emphasis: italic });
  }
  return spans;
}

/** The words as a person reads them, without marks. */
export const plain = (words: string, from = 0, to = words.length): string =>
  spansOf(words, from, to)
    .map((s) => s.text)
    .join("");

/** Plain characters in the form a line's words have: characters that would be marks are escaped. */
export const escapeWords = (text: string): string => text.replace(/[\\*_~<`]/g, "\\$&");
