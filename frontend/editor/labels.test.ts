import { describe, expect, test } from "vitest";
import { nextLabel, renumbered, sameCount } from "./labels";

describe("the label of a clause opened after another", () => {
  const rows: [string, string, string[], boolean, string | null][] = [
    ["inside a lettered list", "c)", ["a)", "b)"], false, "c bis)"],
    ["after a bis", "c bis)", ["c)"], false, "c ter)"],
    ["at the end", "c)", ["a)", "b)"], true, "d)"],
    ["at the end after a bis", "c bis)", ["c)"], true, "d)"],
    ["numbers", "9.", ["8."], true, "10."],
    ["between numbers", "2.", ["1."], false, "2bis."],
    ["sub-numbers", "1.9", ["1.8"], true, "1.10"],
    ["between sub-numbers", "4.3", ["4.2"], false, "4.3bis"],
    ["the letter i after h", "i)", ["g)", "h)"], true, "j)"],
    ["the roman i alone", "i)", [], true, "ii)"],
    ["roman on", "iv)", ["iii)"], true, "v)"],
    ["v after iv", "v)", ["iii)", "iv)"], true, "vi)"],
    ["v after u", "v)", ["t)", "u)"], true, "w)"],
    ["after z", "z)", ["y)"], true, "aa)"],
    ["aa on", "aa)", ["z)"], true, "bb)"],
    ["Russian", "в)", ["а)", "б)"], true, "г)"],
    ["Arabic", "ب)", ["أ)"], true, "ج)"],
    ["no more bis", "a decies)", [], false, null],
  ];
  test.each(rows)("%s", (_name, label, above, last, want) => {
    expect(nextLabel(label, above, last)).toBe(want);
  });
});

test("nine clauses opened one after another between two labels all get theirs", () => {
  const labels = ["b)"];
  while (labels.length < 10) labels.push(nextLabel(labels.at(-1)!, labels.slice(0, -1), false) ?? "none");
  expect(labels.slice(1).map((l) => l.slice(2, -1))).toEqual([
    "bis",
    "ter",
    "quater",
    "quinquies",
    "sexies",
    "septies",
    "octies",
    "nonies",
    "decies",
  ]);
});

test("renumbering closes gaps and bis labels up", () => {
  expect(renumbered(["a)", "b)", "b bis)", "d)"])).toEqual(["a)", "b)", "c)", "d)"]);
  expect(renumbered(["1.", "1bis.", "2.", "5."])).toEqual(["1.", "2.", "3.", "4."]);
  expect(renumbered(["a)", "b)", "b bis)", "b ter)", "b quater)", "c)"])).toEqual(["a)", "b)", "c)", "d)", "e)", "f)"]);
  expect(renumbered(["i)", "ii)", "ii bis)"])).toEqual(["i)", "ii)", "iii)"]);
});

test("which labels can stand in one list", () => {
  expect(sameCount("a)", "c bis)")).toBe(true);
  expect(sameCount("a)", "1.")).toBe(false);
  expect(sameCount("1.1", "1.2")).toBe(true);
  expect(sameCount("1.1", "2.1")).toBe(false);
});
