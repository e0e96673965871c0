import { EditorState, type TransactionSpec } from "@codemirror/state";
import { describe, expect, test } from "vitest";
import { changesOf, clauseNames } from "./changes";
import { comparison, pairAgain, setBase } from "./tracked";

const base = [
  "# RESOLUTION 3 (Port Amber, 2019)",
  "The Coastal Assembly (Port Amber, 2019),",
  "*considering*",
  "a) the safety of ships that pass more than one coast on their way;",
  "b) the cost of keeping lights that few ships ever see at night;",
  "*resolves*",
  "1. that neighbours share the care of a light where both coasts are served by it and that they tell each other every year what the care of it has cost;",
  "2. that a common list of lights be kept by the office of the Assembly;",
].join("\n");

function open(doc: string): EditorState {
  return EditorState.create({ doc, extensions: [comparison] }).update({ effects: setBase.of(base) }).state;
}
const said = (state: EditorState): string[] =>
  changesOf(state).map((c) => `${c.kind} ${clauseNames(state)[c.line] ?? "end"}: ${[c.struck, c.added].filter(Boolean).join(" > ")}`);

describe("changes of a text", () => {
  const rows: [string, (t: string) => string, string[]][] = [
    ["none", (t) => t, []],
    [
      "words",
      (t) => t.replace("few ships ever see", "hardly anybody sees"),
      ["words considering b): few ships ever see > hardly anybody sees"],
    ],
    [
      "a clause left out",
      (t) => t.replace(/\nb\) .*/, ""),
      ["gone resolves: the cost of keeping lights that few ships ever see at night;"],
    ],
    [
      "a new clause",
      (t) => t.replace("\n*resolves*", "\nc) the long nights of winter;\n*resolves*"),
      ["new considering c): the long nights of winter;"],
    ],
    [
      "a clause split in two",
      (t) => t.replace("served by it and that they tell", "served by it;\n1bis. that they tell"),
      ["split resolves 1: ", "words resolves 1:  and > ;"],
    ],
    ["only a label", (t) => t.replace("\nb) ", "\na bis) "), []],
    [
      "a clause moved",
      (t) => `${t.replace(/\nb\) .*/, "")}\n3. the cost of keeping lights that few ships ever see at night;`,
      ["moved resolves 3: "],
    ],
  ];
  test.each(rows)("%s", (_name, edit, want) => {
    expect(said(open(edit(base)))).toEqual(want);
  });
});

test("a keystroke inside a clause compares that clause alone", () => {
  let state = open(base.replace("lights", "lamps"));
  const before = state.field(comparison);
  const at = state.doc.toString().indexOf("safety");
  state = state.update({ changes: { from: at, insert: "x" } }).state;
  const after = state.field(comparison);
  expect(after.compared - before.compared).toBe(1);
  expect(after.lines.filter((t, i) => t.ops !== before.lines[i]!.ops).length).toBe(1);
});

test("a new line compares nothing that was compared before", () => {
  let state = open(base.replace("lights", "lamps"));
  const before = state.field(comparison).compared;
  state = state.update({ changes: { from: state.doc.line(5).to, insert: "\nc) " } }).state;
  expect(state.field(comparison).compared).toBe(before);
});

test("both texts come back out of every comparison, whatever is typed", () => {
  let seed = 5;
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return Math.floor((seed / 0x7fffffff) * n);
  };
  let state = open(base);
  for (let i = 0; i < 400; i++) {
    const from = random(state.doc.length + 1);
    const to = Math.min(state.doc.length, from + random(6));
    const spec: TransactionSpec = {
      changes: { from, to, insert: ["", "x", " ", "\n", "\nb) ", "*", "| a | b |", "both coasts"][random(8)]! },
    };
    state = state.update(spec).state;
    if (random(10) === 0) state = state.update({ effects: pairAgain.of(null) }).state;
    const v = state.field(comparison);
    expect(v.lines.map((t) => t.text).join("\n")).toBe(state.doc.toString());
    const drawn = new Set<number>(v.gone.map((g) => g.base));
    for (const t of v.lines) {
      const words = t.text.slice(t.line.mark);
      expect(
        t.ops
          .filter((o) => o.op !== "-")
          .map((o) => o.text)
          .join(""),
      ).toBe(words);
      for (const b of t.shape?.base ?? [t.base]) drawn.add(b);
      if (t.base >= 0 && !t.shape)
        expect(
          t.ops
            .filter((o) => o.op !== "+")
            .map((o) => o.text)
            .join(""),
        ).toBe(t.against);
    }
    v.base.forEach((b, k) => {
      if (b.line.kind !== "rule") expect(drawn.has(k)).toBe(true);
    });
  }
});
