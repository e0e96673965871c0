/**
 * Emphasis is written with stars that nobody sees, so editing must never leave one alone: a deletion that takes one star
 * of a pair takes the other too, and deleting beside a hidden star takes the character behind it.
 */
import { type ChangeSpec, EditorState, Transaction, type TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { readInline } from "./inline";
import { readLines } from "./reading";

/** Positions of hidden stars in the line at `at`, in the document. */
function starsOf(state: EditorState, at: number): number[] {
  const line = state.doc.lineAt(at);
  if (!line.text.includes("*")) return [];
  const mark = readLines([line.text])[0]!.mark;
  const words = line.text.slice(mark);
  return readInline(words)
    .hidden.filter((p) => words[p] === "*")
    .map((p) => line.from + mark + p);
}

/** Takes out stars that lost their partner by this edit. */
export const wholeStars = EditorState.transactionFilter.of((tr): TransactionSpec | readonly TransactionSpec[] => {
  if (!tr.docChanged || tr.annotation(Transaction.remote) || tr.isUserEvent("undo") || tr.isUserEvent("redo")) return tr;
  if (!tr.isUserEvent("delete") && !tr.isUserEvent("input") && !tr.isUserEvent("move")) return tr;
  const orphans: ChangeSpec[] = [];
  tr.changes.iterChangedRanges((fromA, toA, fromB) => {
    const before = new Set([...starsOf(tr.startState, fromA), ...starsOf(tr.startState, toA)]);
    if (!before.size) return;
    const line = tr.newDoc.lineAt(fromB);
    const paired = new Set(starsOf(EditorState.create({ doc: line.text }), 0).map((p) => p + line.from));
    for (const star of before) {
      const now = tr.changes.mapPos(star, 1);
      const kept = tr.newDoc.sliceString(now, now + 1) === "*" && tr.changes.invertedDesc.mapPos(now, 1) === star;
      if (kept && now >= line.from && now < line.to && !paired.has(now)) orphans.push({ from: now, to: now + 1 });
    }
  });
  return orphans.length ? [tr, { changes: orphans, sequential: true }] : tr;
});

/** Backspace or Delete beside a hidden star: the visible character behind it goes, with the stars if it was the last. */
export function deleteBesideStar(view: EditorView, backward: boolean): boolean {
  const { state } = view;
  const { main } = state.selection;
  if (!main.empty || state.readOnly) return false;
  const stars = new Set(starsOf(state, main.head));
  const step = backward ? -1 : 1;
  const next = (p: number) => (backward ? p - 1 : p);
  let at = main.head;
  while (stars.has(next(at))) at += step;
  if (at === main.head) return false;
  const line = state.doc.lineAt(main.head);
  if (backward ? at <= line.from : at >= line.to) return false;
  let from = backward ? at - 1 : at;
  let to = from + 1;
  const code = state.doc.sliceString(from, to).charCodeAt(0);
  if (backward && code >= 0xdc00 && code < 0xe000) from--;
  if (!backward && code >= 0xd800 && code < 0xdc00) to++;
  if (backward && state.doc.sliceString(from - 1, from) === "\\") from--;
  if (!backward && state.doc.sliceString(from, to) === "\\") to++;
  if (stars.has(from - 1) && stars.has(to)) {
    from--;
    to++;
  }
  view.dispatch({
    changes: { from, to },
    selection: { anchor: from },
    userEvent: backward ? "delete.backward" : "delete.forward",
    scrollIntoView: true,
  });
  return true;
}
