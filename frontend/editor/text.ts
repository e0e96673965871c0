/** The text itself: one CodeMirror view on the live text with everything that makes it a document. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, type ViewUpdate } from "@codemirror/view";
import { changesOf, choose, chosen } from "./changes";
import { changeGutter } from "./gutter";
import { clauseKeys } from "./keys";
import { looks } from "./looks";
import { type Pasted, pasting } from "./paste";
import { peerCarets } from "./peers";
import { adoptStyles } from "./styles";
import { comparison, pairAgain, setBase } from "./tracked";
import { writers } from "./writers";

/** What a text is opened with. */
export interface TextOptions {
  readonly parent: HTMLElement;
  readonly doc: string;
  readonly base: string;
  /** Accessible name of the text box. */
  readonly name: string;
  readonly lang: string;
  readonly writable: boolean;
  readonly pasted?: (p: Pasted, from: number, to: number) => void;
  readonly extra?: Extension;
}

const writing = new Compartment();

// Readable with the caret, so that keyboard and screen reader users can move through it and select.
const readOnly: Extension = [EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-readonly": "true" })];

/** Lets people write, or only read. */
export function setWritable(view: EditorView, writable: boolean): void {
  view.dispatch({ effects: writing.reconfigure(writable ? [] : readOnly) });
}

const quiet = 700;

/** Pairs clauses anew when typing has paused: a clause may have become another's successor. */
function repairing(): Extension {
  let timer = 0;
  return EditorView.updateListener.of((u: ViewUpdate) => {
    if (!u.docChanged) return;
    clearTimeout(timer);
    const again = () => {
      if (u.view.composing) timer = window.setTimeout(again, quiet);
      else if (u.view.dom.isConnected) u.view.dispatch({ effects: pairAgain.of(null) });
    };
    timer = window.setTimeout(again, quiet);
  });
}

/** A click on struck words selects their change, so that its card offers to restore them. */
const clickStruck = EditorView.domEventHandlers({
  mousedown(event, view) {
    const del = event.target instanceof Element ? event.target.closest<HTMLElement>("del.tc-del") : null;
    const key = del?.dataset.key;
    if (!key || !view.contentDOM.contains(del)) return false;
    const c = changesOf(view.state).find((x) => x.key === key);
    if (!c) return false;
    event.preventDefault();
    view.focus();
    view.dispatch({ selection: { anchor: c.from }, effects: choose.of(c.key) });
    return true;
  },
});

/**
 * Keeps the caret out of hidden marks at the beginning of a line, where words typed would spoil the mark: from the
 * first words it steps to the line above.
 */
const outsideMarks = EditorState.transactionFilter.of((tr) => {
  if (!tr.selection || tr.docChanged || !tr.selection.main.empty) return tr;
  const head = tr.selection.main.head;
  const line = tr.startState.doc.lineAt(head);
  const known = tr.startState.field(comparison).lines[line.number - 1]?.line;
  if (!known || head !== line.from || known.mark === 0) return tr;
  const start = line.from + (known.kind === "item" ? known.indent : known.mark);
  if (start === head) return tr;
  const back = tr.startState.selection.main.empty && tr.startState.selection.main.head === start && line.from > 0;
  return [tr, { selection: { anchor: back ? line.from - 1 : start } }];
});

/** Opens a text in its place on the page. The caller destroys the view. */
export function openText(o: TextOptions): EditorView {
  adoptStyles();
  const view = new EditorView({
    parent: o.parent,
    state: EditorState.create({
      doc: o.doc,
      extensions: [
        comparison,
        chosen,
        writers,
        looks,
        changeGutter,
        peerCarets,
        history(),
        drawSelection(),
        EditorView.lineWrapping,
        EditorView.perLineTextDirection.of(true),
        EditorView.contentAttributes.of({
          "aria-label": o.name,
          "aria-multiline": "true",
          spellcheck: "true",
          autocorrect: "off",
          autocapitalize: "sentences",
          lang: o.lang,
        }),
        outsideMarks,
        clauseKeys,
        finds.of([]),
        keymap.of([
          ...historyKeymap,
          ...defaultKeymap.filter(
            (k) => k.key !== "Mod-Alt-\\" && k.key !== "Alt-ArrowUp" && k.key !== "Alt-ArrowDown" && k.key !== "Mod-i",
          ),
        ]),
        pasting((p, from, to) => o.pasted?.(p, from, to)),
        clickStruck,
        repairing(),
        writing.of(o.writable ? [] : readOnly),
        o.extra ?? [],
      ],
    }),
  });
  view.dispatch({ effects: setBase.of(o.base) });
  view.dispatch({ selection: { anchor: view.state.field(comparison).lines[0]?.line.mark ?? 0 } });
  void openFinding(view);
  return view;
}

const finds = new Compartment();

/** Finding words comes after the text, which is there sooner without it. Where it does not come, the browser finds. */
async function openFinding(view: EditorView): Promise<void> {
  const found = await import("./find").catch(() => undefined);
  if (found && view.dom.isConnected) view.dispatch({ effects: finds.reconfigure(found.finding) });
}
