/** Who else is in the room and where they are, in the positions of this editor's own text. */
import { type ChangeDesc, ChangeSet } from "@codemirror/state";
import type { WirePeer, WireUpdate } from "./livewire";

/** Somebody else in the room. */
export interface LivePeer {
  readonly clientID: string;
  readonly name: string;
  /** The circle they act for: "usa". */
  readonly circle: string;
  readonly write: boolean;
  /** Positions in this editor's text; undefined until they have moved or typed. */
  readonly anchor?: number;
  readonly head?: number;
  /** When they last moved or typed, in milliseconds since 1970; 0 for not yet. */
  readonly active: number;
}

/** How many versions back a caret may have been reported. */
const kept = 500;

interface Change {
  readonly v: number;
  readonly changes: ChangeDesc;
}

/** The participants of one room, besides this editor. */
export class Peers {
  private peers = new Map<string, LivePeer>();
  private recent: Change[] = [];

  /** All of them, in the order they came. */
  list(): readonly LivePeer[] {
    return [...this.peers.values()];
  }

  /** Begins anew, after a join or a resume. */
  reset(peers: readonly WirePeer[], v: number, local: readonly ChangeDesc[]): void {
    const old = this.peers;
    this.peers = new Map();
    for (const p of peers) {
      const before = old.get(p.clientID);
      this.add(p);
      const known = p.anchor !== undefined && p.head !== undefined && p.v !== undefined;
      if (known) this.moved({ clientID: p.clientID, anchor: p.anchor, head: p.head, v: p.v }, v, local, before?.active ?? 0);
    }
  }

  /** Hides everybody while the connection is lost: nothing is better than something stale. */
  hide(): void {
    this.peers.clear();
  }

  add(p: WirePeer): void {
    if (!this.peers.has(p.clientID)) {
      this.peers.set(p.clientID, { clientID: p.clientID, name: p.name, circle: p.circle, write: p.write, active: 0 });
    }
  }

  remove(clientID: string): void {
    this.peers.delete(clientID);
  }

  /** Moves all carets with a change of this editor's text. */
  map(changes: ChangeDesc): void {
    for (const [id, p] of this.peers) {
      if (p.anchor === undefined || p.head === undefined) continue;
      this.peers.set(id, { ...p, anchor: changes.mapPos(p.anchor, 1), head: changes.mapPos(p.head, 1) });
    }
  }

  /**
   * Takes in the updates of a frame that began after version v: who typed stands behind what they typed. local is
   * what this editor has typed on top. Returns whether anybody moved.
   */
  typed(v: number, updates: readonly WireUpdate[], local: readonly ChangeDesc[]): boolean {
    const at = new Map<string, number>();
    updates.forEach((u, i) => {
      const changes = ChangeSet.fromJSON(u.changes).desc;
      for (const [id, pos] of at) at.set(id, changes.mapPos(pos, 1));
      let end = -1;
      changes.iterChangedRanges((_fromA, _toA, _fromB, toB) => {
        end = toB;
      });
      if (end >= 0 && this.peers.has(u.clientID)) at.set(u.clientID, end);
      this.recent.push({ v: v + i + 1, changes });
    });
    this.recent.splice(0, Math.max(0, this.recent.length - kept));
    for (const [id, pos] of at) this.place(id, over(pos, local), over(pos, local), Date.now());
    return at.size > 0;
  }

  /** Takes in a reported caret. Returns whether it could be placed in the text at version now. */
  moved(
    caret: { clientID: string; anchor: number; head: number; v: number },
    now: number,
    local: readonly ChangeDesc[],
    active = Date.now(),
  ): boolean {
    if (!this.peers.has(caret.clientID) || caret.v > now) return false;
    const since = this.recent.filter((c) => c.v > caret.v && c.v <= now);
    if (since.length !== now - caret.v) return false;
    const path = [...since.map((c) => c.changes), ...local];
    try {
      this.place(caret.clientID, over(caret.anchor, path), over(caret.head, path), active);
    } catch {
      return false; // outside the text: an editor that reports nonsense is not shown
    }
    return true;
  }

  private place(id: string, anchor: number, head: number, active: number): void {
    const p = this.peers.get(id);
    if (p) this.peers.set(id, { ...p, anchor, head, active });
  }
}

function over(pos: number, path: readonly ChangeDesc[]): number {
  return path.reduce((at, changes) => changes.mapPos(at, 1), pos);
}
