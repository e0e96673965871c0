/** Where comments are in the text: ranges that move with every edit, and how a place at a version of the server's gets here. */
import { getSyncedVersion, sendableUpdates } from "@codemirror/collab";
import { type ChangeDesc, type EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, type ViewUpdate } from "@codemirror/view";

/** A comment's place in this editor's text. from equals to where its words are gone or it is about a whole clause. */
export interface Place {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** Replaces all places. */
export const setPlaces = StateEffect.define<readonly Place[]>();
/** Marks one comment as the selected one. */
export const selectPlace = StateEffect.define<string | null>();

interface Places {
  readonly all: readonly Place[];
  readonly chosen: string | null;
  readonly marks: DecorationSet;
}

function draw(all: readonly Place[], chosen: string | null): DecorationSet {
  const marks = all
    .filter((p) => p.from < p.to)
    .map((p) =>
      Decoration.mark({ class: p.key === chosen ? "noted is-chosen" : "noted", attributes: { "data-comment": p.key } }).range(p.from, p.to),
    );
  return Decoration.set(marks, true);
}

/** The places as editor state. */
export const places: StateField<Places> = StateField.define<Places>({
  create: () => ({ all: [], chosen: null, marks: Decoration.none }),
  update(now, tr) {
    let { all, chosen } = now;
    if (tr.docChanged)
      all = all.map((p) => {
        if (p.from === p.to) return { ...p, from: tr.changes.mapPos(p.from, -1), to: tr.changes.mapPos(p.from, -1) };
        const from = tr.changes.mapPos(p.from, 1);
        const to = Math.max(from, tr.changes.mapPos(p.to, -1));
        return { ...p, from, to };
      });
    for (const e of tr.effects) {
      if (e.is(setPlaces)) all = e.value;
      else if (e.is(selectPlace)) chosen = e.value;
    }
    if (all === now.all && chosen === now.chosen) return now;
    return { all, chosen, marks: draw(all, chosen) };
  },
  provide: (field) => EditorView.decorations.from(field, (p) => p.marks),
});

/** The version of the server's that this text stands on; undefined while the connection is made anew. */
export function synced(state: EditorState): number | undefined {
  try {
    return getSyncedVersion(state);
  } catch {
    return undefined;
  }
}

/** Whether the server has every word of this text. */
export const settled = (state: EditorState): boolean => synced(state) !== undefined && sendableUpdates(state).length === 0;

const kept = 400;

/** Remembers how each version of the server's became the text shown, so that places told at one can be found in the other. */
export class Versions {
  private steps: ChangeDesc[] = [];
  private dropped = 0;
  private known: { v: number; local: readonly ChangeDesc[]; at: number }[] = [];

  constructor(state: EditorState) {
    this.note(state);
  }

  /** Takes in an update of the view. */
  update(u: ViewUpdate): void {
    for (const tr of u.transactions) if (tr.docChanged) this.steps.push(tr.changes.desc);
    this.note(u.state);
    const over = this.steps.length - kept;
    if (over <= 0) return;
    this.steps.splice(0, over);
    this.dropped += over;
    this.known = this.known.filter((k) => k.at >= this.dropped);
  }

  private note(state: EditorState): void {
    const v = synced(state);
    if (v === undefined || this.known.at(-1)?.v === v) return;
    this.known.push({ v, local: sendableUpdates(state).map((u) => u.changes.desc), at: this.dropped + this.steps.length });
  }

  /** The range in the text shown; undefined where the version is not known here. */
  find(v: number, from: number, to: number): { from: number; to: number } | undefined {
    const k = this.known.findLast((known) => known.v === v);
    if (!k) return undefined;
    let range = { from, to };
    try {
      for (const step of [...k.local, ...this.steps.slice(k.at - this.dropped)]) {
        const start = step.mapPos(range.from, 1);
        range = { from: start, to: Math.max(start, step.mapPos(range.to, -1)) };
      }
    } catch {
      return undefined; // outside that text
    }
    return range;
  }

  /** Whether a version is still to come. */
  ahead(v: number): boolean {
    return v > (this.known.at(-1)?.v ?? -1);
  }
}
