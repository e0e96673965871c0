/** The column at the side: line numbers, a bar and a sign (+ − ±) at every clause that was changed. */
import type { Extension } from "@codemirror/state";
import { type EditorView, GutterMarker, gutter } from "@codemirror/view";
import { StruckClause } from "./looks";
import { comparison, isChanged, type Tracked } from "./tracked";
import { say } from "./words";

class Bar extends GutterMarker {
  override elementClass: string;
  constructor(
    readonly shown: string,
    readonly sign: string,
    kind: string,
  ) {
    super();
    this.elementClass = `g-${kind}`;
  }
  override eq(o: Bar): boolean {
    return o.shown === this.shown && o.sign === this.sign && o.elementClass === this.elementClass;
  }
  override toDOM(): HTMLElement {
    const bar = document.createElement("span");
    bar.className = this.sign ? "bar on" : "bar";
    bar.textContent = this.shown;
    if (this.sign) {
      bar.dataset.sign = this.sign;
      bar.title = say.sign(this.sign);
    }
    return bar;
  }
}

function signOf(t: Tracked): string {
  if (t.line.kind === "blank" || !isChanged(t)) return "";
  if (t.base < 0) return "+";
  return t.shape || t.ops.some((o) => o.op !== "=") ? "±" : "⇅";
}

const struckBar = new Bar("", "−", "gone");

/** The gutter of changes. */
export const changeGutter: Extension = gutter({
  class: "cm-changebars",
  lineMarker(view: EditorView, block) {
    const v = view.state.field(comparison);
    const n = view.state.doc.lineAt(block.from).number;
    const t = v.lines[n - 1];
    if (!t) return null;
    return new Bar(t.line.kind === "blank" || t.line.kind === "rule" ? "" : String(n), v.display === "all" ? signOf(t) : "", t.line.kind);
  },
  widgetMarker: (_view, widget) => (widget instanceof StruckClause ? struckBar : null),
  lineMarkerChange: (u) => u.startState.field(comparison) !== u.state.field(comparison),
});
