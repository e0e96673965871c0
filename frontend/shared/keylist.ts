/** The keys of the pages, and the words of their list. The editor's own are in its catalogue. */
type Row = readonly [keys: string, does: string];

export const words = { title: "Keys", close: "Close" } as const;

const everywhere: readonly Row[] = [
  ["/", "search"],
  ["?", "this list"],
];

const changes: Row = ["Alt+↓ / Alt+↑", "next / previous change in the text"];

const own: Readonly<Record<string, readonly Row[]>> = {
  merge: [
    ["1 – 9", "choose"],
    ["Enter", "decide and go on"],
    ["Backspace", "back to the decision before"],
  ],
  words: [["→ / ←", "next / previous words with their origin"]],
  compilation: [["P", "projector: one clause at a time, large"]],
};

/** What the list shows on a page. */
export const keysOf = (page: string): readonly Row[] => [
  ...(own[page] ?? []),
  ...(["read", "compare", "proposal", "compilation"].includes(page) ? [changes] : []),
  ...everywhere,
];
