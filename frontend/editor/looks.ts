/** How lines look: marks hidden, labels in their column, emphasis italic, new words underlined, struck words drawn. */
import { type Extension, type Range, RangeSet, RangeSetBuilder, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view";
import { changesOf, chosen } from "./changes";
import { readInline, spansOf } from "./inline";
import type { Line } from "./reading";
import { type BaseLine, comparison, isChanged, type Tracked, wordsOf } from "./tracked";
import { say } from "./words";

const deepest = 6;

/** The classes of a line: its kind, its depth, whether its label is long. */
export function lineClass(line: Line): string {
  const depths: Partial<Record<Line["kind"], number>> = { item: line.level, paragraph: line.level, bullet: Math.max(line.level, 1) };
  const level = Math.min(depths[line.kind] ?? 0, deepest);
  const lettered = line.kind === "item" && !/^[0-9]/.test(line.label) ? " lettered" : "";
  return `cl k-${line.kind}${level ? ` lv-${level}` : ""}${lettered}${line.label.length > 4 ? " long" : ""}`;
}

/** Writes words with their emphasis into an element. */
export function writeWords(parent: HTMLElement, words: string, from = 0, to = words.length): void {
  for (const span of spansOf(words, from, to)) {
    if (!span.emphasis) parent.append(span.text);
    else {
      const em = document.createElement("em");
      em.textContent = span.text;
      parent.append(em);
    }
  }
}

/** Struck words inside a clause. */
class StruckWords extends WidgetType {
  constructor(
    readonly key: string,
    readonly words: string,
    readonly from: number,
    readonly to: number,
    readonly on: boolean,
  ) {
    super();
  }
  override eq(o: StruckWords): boolean {
    return o.key === this.key && o.words === this.words && o.from === this.from && o.to === this.to && o.on === this.on;
  }
  toDOM(): HTMLElement {
    const del = document.createElement("del");
    del.className = this.on ? "tc-del tc-active" : "tc-del";
    del.dataset.key = this.key;
    del.title = say.struck;
    writeWords(del, this.words, this.from, this.to);
    return del;
  }
  override ignoreEvent(): boolean {
    return false;
  }
}

/** A whole clause of the adopted text that the proposal leaves out. */
export class StruckClause extends WidgetType {
  constructor(
    readonly index: number,
    readonly base: BaseLine,
    readonly on: boolean,
  ) {
    super();
  }
  override eq(o: StruckClause): boolean {
    return o.index === this.index && o.base === this.base && o.on === this.on;
  }
  toDOM(): HTMLElement {
    const { text, line } = this.base;
    const box = document.createElement("div");
    box.className = `tc-gone ${lineClass(line)}`;
    box.dir = "auto";
    const label = shownLabel(line);
    if (label) {
      const span = document.createElement("span");
      span.className = "lbl";
      span.textContent = label;
      box.append(span);
    }
    const del = document.createElement("del");
    del.className = this.on ? "tc-del tc-active" : "tc-del";
    del.dataset.key = `g${this.index}`;
    del.title = say.struck;
    writeWords(del, wordsOf(text, line));
    box.append(del);
    return box;
  }
  override ignoreEvent(): boolean {
    return false;
  }
}

/** The dot or dash of a bullet. */
class Bullet extends WidgetType {
  constructor(readonly sign: string) {
    super();
  }
  override eq(o: Bullet): boolean {
    return o.sign === this.sign;
  }
  toDOM(): HTMLElement {
    const span = document.createElement("span");
    span.className = "lbl";
    span.textContent = this.sign;
    return span;
  }
}

function shownLabel(line: Line): string {
  if (line.kind === "bullet") return line.level > 1 ? "–" : "•";
  return paperLabel(line.label);
}

/** A label as paper prints it: "1", "a)", "b bis)". */
const paperLabel = (label: string): string => label.replace(/\.$/, "");

const hide = Decoration.replace({});
const labelMark = Decoration.mark({ class: "lbl" });
const emphasis = Decoration.mark({ tagName: "em" });
const added = Decoration.mark({ tagName: "ins", class: "tc-ins" });
const addedChosen = Decoration.mark({ tagName: "ins", class: "tc-ins tc-active" });
const pipe = Decoration.mark({ class: "pipe" });
const source = Decoration.mark({ class: "source" });
const lineMarks = new Map<string, Decoration>();

function lineMark(cls: string): Decoration {
  let mark = lineMarks.get(cls);
  if (!mark) {
    mark = Decoration.line({ class: cls, attributes: { dir: "auto" } });
    lineMarks.set(cls, mark);
  }
  return mark;
}

/** Collects the decorations of one line; `atoms` are those the caret steps over. */
interface Sheet {
  readonly deco: Range<Decoration>[];
  readonly atoms: Range<Decoration>[];
}

function hidden(sheet: Sheet, from: number, to: number): void {
  if (from >= to) return;
  const range = hide.range(from, to);
  sheet.deco.push(range);
  sheet.atoms.push(range);
}

/** Indent and mark: the indent, a number's full stop and the blank after a label are hidden, a bullet is drawn, a label stays text. */
function dressMark(sheet: Sheet, t: Tracked, from: number): void {
  const { kind, indent, label, mark } = t.line;
  if (kind === "item") {
    hidden(sheet, from, from + indent);
    const end = from + indent + paperLabel(label).length;
    sheet.deco.push(labelMark.range(from + indent, end));
    hidden(sheet, end, from + mark);
  } else if (kind === "bullet") {
    hidden(sheet, from, from + indent);
    const range = Decoration.replace({ widget: new Bullet(shownLabel(t.line)) }).range(from + indent, from + mark);
    sheet.deco.push(range);
    sheet.atoms.push(range);
  } else if (kind === "footnote") {
    const open = from + indent + 2;
    hidden(sheet, from, open);
    sheet.deco.push(labelMark.range(open, open + label.length));
    hidden(sheet, open + label.length, from + mark);
  } else hidden(sheet, from, from + mark);
}

function dressWords(sheet: Sheet, words: string, start: number, kind: Line["kind"]): void {
  const read = readInline(words);
  for (const at of read.hidden) {
    sheet.deco.push(hide.range(start + at, start + at + 1));
    // An escape goes with its character, so that deleting takes both.
    sheet.atoms.push(hide.range(start + at, start + at + (words[at] === "\\" ? 2 : 1)));
  }
  for (const e of read.emphasis) if (e.to > e.from) sheet.deco.push(emphasis.range(start + e.from, start + e.to));
  if (kind === "table" || kind === "rule")
    for (const m of words.matchAll(/\|/g)) sheet.deco.push(pipe.range(start + m.index, start + m.index + 1));
  for (const m of words.matchAll(/\](\{[^{}]{1,80}\})/g)) sheet.deco.push(source.range(start + m.index + 1, start + m.index + m[0].length));
  for (const m of words.matchAll(/\[\^[^\]\s]{1,12}\]/g)) {
    hidden(sheet, start + m.index, start + m.index + 2);
    sheet.deco.push(note.range(start + m.index + 2, start + m.index + m[0].length - 1));
    hidden(sheet, start + m.index + m[0].length - 1, start + m.index + m[0].length);
  }
}
const note = Decoration.mark({ class: "fnref" });

function dressChanges(sheet: Sheet, t: Tracked, i: number, start: number, on: string | null): void {
  let p = start;
  let inBase = t.start;
  t.ops.forEach((op, k) => {
    const n = op.text.length;
    if (op.op === "-") {
      const key = `w${t.base}.${inBase}`;
      sheet.deco.push(Decoration.widget({ widget: new StruckWords(key, t.against, inBase, inBase + n, key === on), side: -1 }).range(p));
      inBase += n;
      return;
    }
    if (op.op === "+") {
      const key =
        t.base < 0 ? `n${i}` : t.ops[k - 1]?.op === "-" ? `w${t.base}.${inBase - t.ops[k - 1]!.text.length}` : `w${t.base}.${inBase}+`;
      sheet.deco.push((key === on ? addedChosen : added).range(p, p + n));
    } else inBase += n;
    p += n;
  });
}

interface Dressed {
  readonly deco: DecorationSet;
  readonly atoms: DecorationSet;
}

function dress(view: EditorView): Dressed {
  const v = view.state.field(comparison);
  const on = view.state.field(chosen);
  const sheet: Sheet = { deco: [], atoms: [] };
  const doc = view.state.doc;
  let last = -1;
  for (const range of view.visibleRanges) {
    for (let p = range.from; p <= range.to; ) {
      const line = doc.lineAt(p);
      const i = line.number - 1;
      p = line.to + 1;
      if (i <= last) continue;
      last = i;
      const t = v.lines[i];
      if (!t) continue;
      const tracked = v.display === "all";
      const cls =
        lineClass(t.line) +
        (tracked && isChanged(t)
          ? (t.base < 0 ? " is-new" : " is-changed") + (t.shape && t.shape.lines.at(-1) !== i ? " is-split" : "")
          : "");
      sheet.deco.push(lineMark(cls).range(line.from));
      dressMark(sheet, t, line.from);
      dressWords(sheet, wordsOf(t.text, t.line), line.from + t.line.mark, t.line.kind);
      if (tracked) dressChanges(sheet, t, i, line.from + t.line.mark, on);
    }
  }
  return { deco: Decoration.set(sheet.deco, true), atoms: Decoration.set(sheet.atoms, true) };
}

const looksPlugin = ViewPlugin.fromClass(
  class implements Dressed {
    deco: DecorationSet;
    atoms: DecorationSet;
    constructor(view: EditorView) {
      ({ deco: this.deco, atoms: this.atoms } = dress(view));
    }
    update(u: ViewUpdate) {
      const same = u.startState.field(comparison) === u.state.field(comparison) && u.startState.field(chosen) === u.state.field(chosen);
      if (same && !u.viewportChanged) return;
      ({ deco: this.deco, atoms: this.atoms } = dress(u.view));
    }
  },
  {
    decorations: (p) => p.deco,
    provide: (plugin) => EditorView.atomicRanges.of((view) => view.plugin(plugin)?.atoms ?? RangeSet.empty),
  },
);

/** Clauses that are gone, as blocks between the lines. */
const goneBlocks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(deco, tr) {
    const before = tr.startState.field(comparison);
    const v = tr.state.field(comparison);
    const on = tr.state.field(chosen);
    const chosenMoved = on !== tr.startState.field(chosen);
    if (v.gone === before.gone && v.base === before.base && v.display === before.display && !chosenMoved) return deco.map(tr.changes);
    if (v.display !== "all") return Decoration.none;
    const builder = new RangeSetBuilder<Decoration>();
    for (const c of changesOf(tr.state)) {
      if (c.kind !== "gone") continue;
      const end = c.line >= v.lines.length;
      const widget = new StruckClause(c.base, v.base[c.base]!, on === c.key);
      builder.add(c.from, c.from, Decoration.widget({ widget, block: true, side: end ? 1 : -1 }));
    }
    return builder.finish();
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The looks of the document. */
export const looks: Extension = [goneBlocks, looksPlugin];
