/** A room to connect to in tests. */
import { rebaseUpdates, type Update } from "@codemirror/collab";
import { ChangeSet, Text } from "@codemirror/state";
import type { ClientFrame, ServerFrame, Socket, WireUpdate } from "./livewire";

/** A server of one room, as simple as can be: it rebases over everything at once. */
export class Room {
  text: Text;
  updates: Update[] = [];
  sockets = new Set<FakeSocket>();
  reachable = true;
  /** Pushes are not heard. */
  mute = false;
  /** Pushes are taken, and nobody is told. */
  silent = false;
  refuse: (ServerFrame & { t: "error" }) | undefined;
  readonly heard: ClientFrame[] = [];
  private ids = 0;

  constructor(doc: string) {
    this.text = Text.of(doc.split("\n"));
  }

  open = (): Socket => new FakeSocket(this);

  hear(socket: FakeSocket, frame: ClientFrame): void {
    this.heard.push(frame);
    if (frame.t === "join") {
      socket.clientID = `id${++this.ids}`;
      const { text } = this;
      socket.tell({
        t: "init",
        v: this.updates.length,
        doc: text.toString(),
        base: "base",
        commit: "c1",
        write: true,
        clientID: socket.clientID,
        peers: [],
      });
    } else if (frame.t === "resume") {
      if (this.refuse) {
        socket.tell(this.refuse);
        return;
      }
      socket.clientID = frame.clientID;
      socket.tell({ t: "peer", joined: [] });
      if (frame.v < this.updates.length) socket.tell(this.up(frame.v));
    } else if (frame.t === "push" && !this.mute) this.push(socket, frame.v, frame.u);
  }

  private up(v: number): ServerFrame {
    const u = this.updates.slice(v).map((x) => ({ clientID: x.clientID, changes: x.changes.toJSON() as WireUpdate["changes"] }));
    return { t: "up", v, u };
  }

  push(socket: FakeSocket | undefined, v: number, u: readonly WireUpdate[]): void {
    if (this.refuse) {
      socket?.tell(this.refuse);
      return;
    }
    const pushed = u.map((x) => ({ clientID: x.clientID, changes: ChangeSet.fromJSON(x.changes) }));
    const before = this.updates.length;
    for (const x of rebaseUpdates(pushed, this.updates.slice(v))) {
      this.text = x.changes.apply(this.text);
      this.updates.push({ clientID: x.clientID, changes: x.changes });
    }
    if (this.updates.length > before && !this.silent) for (const s of this.sockets) if (s.clientID) s.tell(this.up(before));
  }

  /** Somebody else types. */
  type(from: number, insert: string): void {
    const changes = ChangeSet.of({ from, insert }, this.text.length);
    this.push(undefined, this.updates.length, [{ clientID: "other", changes: changes.toJSON() as WireUpdate["changes"] }]);
  }

  tell(frame: ServerFrame): void {
    for (const s of this.sockets) s.tell(frame);
  }

  /** The network goes; what was on the way is lost. */
  cut(): void {
    this.reachable = false;
    for (const s of [...this.sockets]) s.fail();
  }
}

class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  clientID = "";

  constructor(private readonly room: Room) {
    queueMicrotask(() => {
      if (!room.reachable) {
        this.onclose?.();
        return;
      }
      room.sockets.add(this);
      this.onopen?.();
    });
  }
  send(data: string): void {
    queueMicrotask(() => this.room.sockets.has(this) && this.room.hear(this, JSON.parse(data) as ClientFrame));
  }
  tell(frame: ServerFrame): void {
    queueMicrotask(() => this.room.sockets.has(this) && this.onmessage?.({ data: JSON.stringify(frame) }));
  }
  close(): void {
    this.room.sockets.delete(this);
  }
  fail(): void {
    this.room.sockets.delete(this);
    this.onclose?.();
  }
}
