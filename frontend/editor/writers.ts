/** Who last wrote where since the page was opened: oneself or others, and at what time. */
import { type ChangeDesc, type EditorState, StateField, Transaction } from "@codemirror/state";

/** A stretch of the text as it was last written. */
export interface Written {
  readonly from: number;
  readonly to: number;
  readonly own: boolean;
  readonly at: Date;
}

const longest = 500;

/** The stretches written since the page was opened, the latest last. */
export const writers = StateField.define<readonly Written[]>({
  create: () => [],
  update(all, tr) {
    if (!tr.docChanged) return all;
    const own = !tr.annotation(Transaction.remote);
    const now = moved(all, tr.changes);
    tr.changes.iterChangedRanges((_fromA, _toA, from, to) => {
      const last = now.at(-1);
      const goesOn = last?.own === own && from <= last.to && last.from <= to;
      if (goesOn) now.pop();
      now.push({ from: goesOn ? Math.min(last.from, from) : from, to: goesOn ? Math.max(last.to, to) : to, own, at: new Date() });
    });
    return now.slice(-longest);
  },
});

const moved = (all: readonly Written[], changes: ChangeDesc): Written[] =>
  all.map((w) => ({ ...w, from: changes.mapPos(w.from, -1), to: changes.mapPos(w.to, 1) }));

/** Who last wrote in a stretch; undefined if nobody has since the page was opened. */
export const lastWritten = (state: EditorState, from: number, to: number): Written | undefined =>
  state.field(writers).findLast((w) => w.from <= to && from <= w.to);

/** Where others last wrote. */
export const lastOfOthers = (state: EditorState): Written | undefined => state.field(writers).findLast((w) => !w.own);
