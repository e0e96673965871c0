// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { cleanPaste, pastedLine } from "./paste";

describe("one pasted paragraph", () => {
  const rows: [string, string, string][] = [
    ["letter with tab", "a)\tthe purposes", "a) the purposes"],
    ["letter in brackets", "(b) the purposes", "b) the purposes"],
    ["number with tab", "5\tthat contacts", "5. that contacts"],
    ["number with stop", "5. that contacts", "5. that contacts"],
    ["number that is words", "5 members of the group", "5 members of the group"],
    ["bis", "d bis)\u00a0\u00a0\u00a0 the role", "d bis) the role"],
    ["sub-number", "1.2\tthe procedure", "1.2 the procedure"],
    ["a year", "1992 was a year", "1992 was a year"],
    ["bullet", "•\tfor work", "- for work"],
    ["Word's bullet", "·       for work", "- for work"],
    ["marks", "see [1]* and <x>", "see [1]\\* and \\<x>"],
    ["an initial", "I. Newton said", "I. Newton said"],
  ];
  test.each(rows)("%s", (_name, text, want) => {
    expect(pastedLine(text)).toBe(want);
  });
});

test("from Word: words and labels stay, looks and struck words go, and both are counted", () => {
  const html = `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{mso-style-name:x}</style></head><body>
<p class=MsoNormal><i>d bis)</i><span style='mso-tab-count:1'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span>the <b>role</b> of
 regional groups;</p><p class=MsoNormal><del cite="x">OLDWORD</del><ins>kept</ins> words;<o:p></o:p></p></body></html>`;
  expect(cleanPaste(html, "x")).toEqual({ lines: ["d bis) the role of regional groups;", "kept words;"], formatting: true, struck: 1 });
});

test("plain words go in as they are, on one line", () => {
  expect(cleanPaste("", "in close\ncooperation ").lines).toEqual(["in close", "cooperation"]);
  expect(cleanPaste("", " and others").lines).toEqual([" and others"]);
});
