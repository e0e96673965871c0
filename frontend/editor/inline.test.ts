import { describe, expect, test } from "vitest";
import { escapeWords, plain, readInline, spansOf } from "./inline";

describe("marks inside a line", () => {
  const rows: [string, string, string, string[]][] = [
    ["an opener", "*considering further*", "considering further", ["considering further"]],
    ["words about it", "the *Bureau*, and *so* on", "the Bureau, and so on", ["Bureau", "so"]],
    ["a star left over", "5 * 3 and *one", "5 * 3 and *one", []],
    ["stars in runs", "**bold** words", "**bold** words", []],
    ["a blank at the beginning", "a * b* c", "a * b* c", []],
    ["a blank just typed at the end", "*considering *", "considering ", ["considering "]],
    ["escapes", "a\\*b\\_c \\<d", "a*b_c <d", []],
    ["an escaped star inside", "*a\\*b*", "a*b", ["a\\*b"]],
    ["a backslash before a letter", "C:\\dir", "C:\\dir", []],
    ["Arabic", "*إذ تضع في اعتبارها*", "إذ تضع في اعتبارها", ["إذ تضع في اعتبارها"]],
  ];
  test.each(rows)("%s", (_name, words, read, emphasised) => {
    expect(plain(words)).toBe(read);
    expect(readInline(words).emphasis.map((e) => words.slice(e.from, e.to))).toEqual(emphasised);
  });

  test("a part of the words keeps its emphasis", () => {
    expect(spansOf("to *so* advise", 0, 6)).toEqual([
      { text: "to ", emphasis: false },
      { text: "so", emphasis: true },
    ]);
  });

  test("escaped characters read as they were written", () => {
    const text = "2*3 <a_b> `x` ~ \\";
    expect(plain(escapeWords(text))).toBe(text);
  });
});
