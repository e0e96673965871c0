import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nextLabel } from "../editor/labels";
import { readLabel } from "./label";
import { readLines } from "./lines";
import { namesOf } from "./names";

interface Row {
  readonly text: string;
  readonly kind: string;
  readonly level: number;
  readonly label: string;
  readonly mark: number;
  readonly spoken: string;
  readonly link: string;
}

interface Vectors {
  readonly texts: readonly { readonly name: string; readonly lines: readonly Row[] }[];
  readonly labels: readonly { readonly text: string; readonly label: string; readonly length: number }[];
  readonly next: readonly { readonly above: readonly string[]; readonly label: string; readonly last: boolean; readonly next: string }[];
}

const vectors = JSON.parse(readFileSync(new URL("../../repo/resolution/testdata/vectors/lines.json", import.meta.url), "utf8")) as Vectors;

describe("lines are what the parser says", () => {
  test.each(vectors.texts.map((t) => [t.name, t] as const))("%s", (_name, vector) => {
    const texts = vector.lines.map((l) => l.text);
    const lines = readLines(texts);
    const names = namesOf(texts, lines);
    const got = lines.map((l, i): Row => ({ text: texts[i]!, kind: l.kind, level: l.level, label: l.label, mark: l.mark, ...names[i]! }));
    expect(got).toEqual(vector.lines);
  });
});

test.each(vectors.labels.map((v) => [v.text, v] as const))("the label of %j", (text, want) => {
  const got = readLabel(text);
  expect({ text, label: got?.label ?? "", length: got?.length ?? 0 }).toEqual(want);
});

test.each(vectors.next.map((v) => [`${v.above.join(" ")} ${v.label} ${v.last}`, v] as const))("the label after %s", (_name, v) => {
  expect(nextLabel(v.label, v.above, v.last) ?? "").toBe(v.next);
});
