/** What could not be read as the drafter meant it. Checks never stop saving; only submitting asks about them. */
import { type EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import { clauseNames } from "./changes";
import { sameCount } from "./labels";
import { type BaseLine, comparison, type Tracked, wordsOf } from "./tracked";
import { say } from "./words";

/** One place to look at. */
export interface Check {
  /** Index of the line. */
  readonly line: number;
  readonly text: string;
  /** The clause has no words, which it has not while somebody begins it. */
  readonly empty?: boolean;
}

const known = new WeakMap<object, readonly Check[]>();

/** All checks of the text, in reading order. */
export function checksOf(state: EditorState): readonly Check[] {
  const v = state.field(comparison);
  let found = known.get(v);
  if (!found) {
    const names = clauseNames(state);
    found = [...labelChecks(v.lines, v.base, names), ...emptyChecks(v.lines, names), ...bracketChecks(v.lines, names)].sort(
      (a, b) => a.line - b.line,
    );
    known.set(v, found);
  }
  return found;
}

const breaks = new Set(["opener", "division", "heading", "number", "title", "divtitle", "enacting"]);

function labelChecks(lines: readonly Tracked[], base: readonly BaseLine[], names: readonly string[]): Check[] {
  const out: Check[] = [];
  /** Labels of the list open at each level, and the last item of it. */
  const open: { labels: Set<string>; last: number }[] = [];
  lines.forEach((t, i) => {
    const { kind, level, label } = t.line;
    if (breaks.has(kind)) open.length = 0;
    if (kind === "paragraph" && level === 0 && between(lines, base, i))
      out.push({ line: i, text: say.checkUnlabelled(names[i - 1] ?? "") });
    if (kind !== "item") return;
    if (/\d\.\d/.test(label)) return;
    open.length = Math.min(open.length, level + 1);
    let list = open[level];
    const first = /^(?:1\.|a\)|i\)|A\)|I\)|أ\)|а\))$/u.test(label);
    if (!list || (first && !list.labels.has(label) && ![...list.labels].some((l) => sameCount(l, label)))) {
      list = { labels: new Set(), last: i };
      open[level] = list;
    } else if (first && list.labels.size > 1) list.labels.clear();
    if (list.labels.has(label)) out.push({ line: i, text: say.checkDoubled(label, names[i] ?? "") });
    list.labels.add(label);
    list.last = i;
  });
  return out;
}

/** Whether an unlabelled line that the adopted text does not have so stands between two items of one list. */
function between(lines: readonly Tracked[], base: readonly BaseLine[], i: number): boolean {
  const was = base[lines[i]!.base];
  if (was && was.line.kind !== "item") return false;
  const before = flushItem(lines, i, -1);
  const after = flushItem(lines, i, 1);
  return before !== null && after !== null && sameCount(before, after);
}

/** The label of the nearest flush item on one side, past bullets, deeper items and other unlabelled lines. */
function flushItem(lines: readonly Tracked[], i: number, direction: 1 | -1): string | null {
  for (let k = i + direction; k >= 0 && k < lines.length; k += direction) {
    const { kind, level, label } = lines[k]!.line;
    if (breaks.has(kind)) return null;
    if (kind === "item" && level === 0) return label;
  }
  return null;
}

function emptyChecks(lines: readonly Tracked[], names: readonly string[]): Check[] {
  return lines.flatMap((t, i) => {
    const marked = t.line.kind === "item" || t.line.kind === "bullet";
    return marked && wordsOf(t.text, t.line).trim() === "" ? [{ line: i, text: say.checkEmpty(names[i] ?? ""), empty: true }] : [];
  });
}

function bracketChecks(lines: readonly Tracked[], names: readonly string[]): Check[] {
  const out: Check[] = [];
  let depth = 0;
  let opened = -1;
  lines.forEach((t, i) => {
    const words = t.text.replace(/\\./g, "").replace(/\[\^[^\]\s]{1,20}\](?::)?/g, "");
    for (const c of words) {
      if (c === "[" && depth++ === 0) opened = i;
      else if (c === "]" && depth-- === 0) {
        depth = 0;
        out.push({ line: i, text: say.checkBrackets(names[i] ?? "") });
      }
    }
  });
  if (depth > 0) out.push({ line: opened, text: say.checkBrackets(names[opened] ?? "") });
  return out;
}

/** Draws the dotted marks anew, once typing has settled. */
export const markChecks = StateEffect.define<readonly Check[]>();

const dotted = Decoration.line({ class: "has-check" });

/** A dotted mark at every line that has a check. */
export const checkMarks: Extension = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(deco, tr) {
    for (const e of tr.effects) {
      if (!e.is(markChecks)) continue;
      const lines = [...new Set(e.value.map((c) => c.line))].sort((a, b) => a - b).filter((i) => i < tr.newDoc.lines);
      return Decoration.set(lines.map((i) => dotted.range(tr.newDoc.line(i + 1).from)));
    }
    return deco.map(tr.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});
