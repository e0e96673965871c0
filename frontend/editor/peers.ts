/** Where the others are: a bar at each caret with a flag that names its person, gone after three quiet seconds. */
import { type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";

/** Somebody else's caret in this text. */
export interface PeerCaret {
  readonly id: string;
  /** As printed: "USA". */
  readonly code: string;
  readonly name: string;
  readonly slot: number;
  readonly anchor: number;
  readonly head: number;
  /** Whether the flag is up: the person has just typed or moved. */
  readonly flagged: boolean;
}

/** Replaces all carets. */
export const setPeers = StateEffect.define<readonly PeerCaret[]>();

class Caret extends WidgetType {
  constructor(readonly peer: PeerCaret) {
    super();
  }
  override eq(o: Caret): boolean {
    return o.peer.id === this.peer.id && o.peer.flagged === this.peer.flagged && o.peer.name === this.peer.name;
  }
  toDOM(): HTMLElement {
    const bar = document.createElement("span");
    bar.className = `peer slot-${this.peer.slot}`;
    bar.setAttribute("aria-hidden", "true");
    if (this.peer.flagged) {
      const flag = document.createElement("span");
      flag.className = "flag";
      flag.textContent = `${this.peer.code} ${this.peer.name}`;
      bar.append(flag);
    }
    return bar;
  }
  override ignoreEvent(): boolean {
    return true;
  }
}

const selections = new Map<number, Decoration>();
function selection(slot: number): Decoration {
  let mark = selections.get(slot);
  if (!mark) {
    mark = Decoration.mark({ class: `peersel slot-${slot}` });
    selections.set(slot, mark);
  }
  return mark;
}

function draw(peers: readonly PeerCaret[], length: number): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const p of peers) {
    const anchor = Math.min(p.anchor, length);
    const head = Math.min(p.head, length);
    if (anchor !== head) ranges.push(selection(p.slot).range(Math.min(anchor, head), Math.max(anchor, head)));
    ranges.push(Decoration.widget({ widget: new Caret(p), side: 2 }).range(head));
  }
  return Decoration.set(ranges, true);
}

/** The carets of others; they move with the text between two reports. */
export const peerCarets: Extension = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(deco, tr) {
    let now = deco.map(tr.changes);
    for (const e of tr.effects) if (e.is(setPeers)) now = draw(e.value, tr.newDoc.length);
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});
