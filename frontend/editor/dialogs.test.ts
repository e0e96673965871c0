import { describe, expect, test } from "vitest";
import { findClause, renumbering } from "./dialogs";

const names = [
  "number",
  "title",
  "considering",
  "considering a)",
  "considering f)",
  "considering f bis)",
  "resolves",
  "resolves 5",
  "resolves 5, bullet 2",
  "resolves 15",
];

describe("which clause people mean", () => {
  const rows: [string, string | undefined][] = [
    ["res 5", "resolves 5"],
    ["resolves 5, bullet 2", "resolves 5, bullet 2"],
    ["cons f", "considering f)"],
    ["considering f)", "considering f)"],
    ["f bis", "considering f bis)"],
    ["title", "title"],
    ["15", "resolves 15"],
    ["resolves 9", undefined],
    ["", undefined],
  ];
  test.each(rows)("%s", (typed, want) => {
    expect(names[findClause(names, typed)]).toBe(want);
  });
});

const item = (label: string, level = 0) => ({ line: { kind: "item", level, label } });
const opener = { line: { kind: "opener", level: 0, label: "" } };

test("renumbering goes list by list", () => {
  const lines = [
    opener,
    item("a)"),
    item("a bis)"),
    item("i)", 1),
    item("iii)", 1),
    item("c)"),
    opener,
    item("1."),
    item("3."),
    item("1."),
    item("2."),
  ];
  expect(renumbering(lines).map((r) => `${r.line} ${r.from} ${r.to}`)).toEqual(["2 a bis) b)", "4 iii) ii)", "8 3. 2."]);
});
