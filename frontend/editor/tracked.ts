/**
 * The difference between the adopted text and the text being edited, as editor state. The document holds the proposed
 * words only; what is struck is known here and drawn from the adopted text. A keystroke inside one clause compares that
 * clause alone; lines that come or go are paired among themselves, and all clauses anew when typing has paused.
 */
import { type EditorState, StateEffect, StateField, type Transaction } from "@codemirror/state";
import { type Comparison, type Display, pairAll, pairWindow, patchLines, readBase } from "./compare";

export { type BaseLine, type Comparison, type Display, isChanged, type Tracked, wordsOf } from "./compare";

/** Sets the text compared with. */
export const setBase = StateEffect.define<string>();
/** Chooses what is on screen. */
export const setDisplay = StateEffect.define<Display>();
/** Pairs all clauses anew: sent when typing has paused. */
export const pairAgain = StateEffect.define<null>();

/** Kinds of line on which no other line depends, as long as the label stays. */
const independent = new Set(["item", "bullet", "footnote"]);

/** Most keystrokes stay inside one clause: only that clause is compared again. */
function patch(v: Comparison, tr: Transaction): Comparison | null {
  const a = tr.startState.doc;
  const b = tr.newDoc;
  if (a.lines !== b.lines) return null;
  const touched = new Map<number, string>();
  let within = true;
  let inWords = true;
  tr.changes.iterChanges((fromA, toA, fromB, toB) => {
    const line = b.lineAt(fromB);
    const old = a.lineAt(fromA);
    if (old.number !== line.number || toA > old.to || toB > line.to) within = false;
    const known = v.lines[line.number - 1]?.line;
    inWords &&= known !== undefined && independent.has(known.kind) && fromA > old.from + known.mark;
    touched.set(line.number - 1, line.text);
  });
  return within ? patchLines(v, touched, inWords) : null;
}

/** Lines came or went: they are paired among themselves. */
function rewindow(v: Comparison, tr: Transaction): Comparison | null {
  const { doc } = tr.startState;
  let head = Number.POSITIVE_INFINITY;
  let tail = Number.POSITIVE_INFINITY;
  tr.changes.iterChangedRanges((from, to) => {
    head = Math.min(head, doc.lineAt(from).number - 1);
    tail = Math.min(tail, doc.lines - doc.lineAt(to).number);
  });
  return pairWindow(v, textsOf(tr.state), { head, tail });
}

const textsOf = (state: EditorState): string[] => {
  const texts: string[] = [];
  for (const text of state.doc.iterLines()) texts.push(text);
  return texts;
};

/** The comparison as editor state. */
export const comparison = StateField.define<Comparison>({
  create: (state) => pairAll(textsOf(state), [], "all"),
  update(v, tr) {
    let { base, display } = v;
    let anew = false;
    for (const e of tr.effects) {
      if (e.is(setBase)) {
        base = readBase(e.value);
        anew = true;
      } else if (e.is(setDisplay)) display = e.value;
      else if (e.is(pairAgain)) anew = true;
    }
    if (anew) return pairAll(textsOf(tr.state), base, display, v);
    const now = tr.docChanged ? (patch(v, tr) ?? rewindow(v, tr) ?? pairAll(textsOf(tr.state), base, display, v)) : v;
    return display === now.display ? now : { ...now, display };
  },
});
