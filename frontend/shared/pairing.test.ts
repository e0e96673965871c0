import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Clause } from "./features";
import { align, type Pair } from "./pairing";
import { diffWords, type Op } from "./worddiff";

interface Vectors {
  readonly words: readonly { readonly base: string; readonly revised: string; readonly ops: readonly Op[] }[];
  readonly pairs: readonly {
    readonly name: string;
    readonly base: readonly Clause[];
    readonly revised: readonly Clause[];
    readonly pairs: readonly Pair[];
  }[];
}

const vectors = JSON.parse(readFileSync(new URL("../../repo/diff/testdata/vectors/diff.json", import.meta.url), "utf8")) as Vectors;

describe("the word difference is that of the server", () => {
  test("there are vectors", () => expect(vectors.words.length).toBeGreaterThan(100));
  test.each(vectors.words.map((v) => [v.base, v.revised, v.ops] as const))("%j -> %j", (base, revised, ops) => {
    expect(diffWords(base, revised)).toEqual(ops);
  });
});

describe("pairing is that of the server", () => {
  test.each(vectors.pairs.map((v) => [v.name, v] as const))("%s", (_name, v) => {
    expect(align(v.base, v.revised)).toEqual(v.pairs);
    expect(align(v.revised, v.base).map((p) => [p.revised, p.base])).toEqual(
      expect.arrayContaining(v.pairs.map((p) => [[...p.base], [...p.revised]])),
    );
  });
});
