/**
 * The live connection of one editor: what is typed goes to the server, what others type comes in, and the state of
 * both is told at every moment.
 *
 *     const live = connectLive({ url, person, onState, onPeers, onNote });
 *     const { doc, base, write, extension } = await live.opened;
 *     new EditorView({ doc, extensions: [extension, ...] });
 *
 * Frames are described in realtime/wire.go. The text is rebased by @codemirror/collab, once for each frame: the server
 * rebases in the same stages, so frames must never be joined or divided here.
 */
import { collab, getSyncedVersion, receiveUpdates, sendableUpdates } from "@codemirror/collab";
import { ChangeSet, Compartment, type Extension, Transaction } from "@codemirror/state";
import type { EditorView, ViewUpdate } from "@codemirror/view";
import { follow, hashOf, replaceText } from "./livefollow";
import { cleanInput } from "./liveinput";
import { Line, watchNetwork } from "./liveline";
import { Peers } from "./livepeers";
import type { Live, LiveOptions, Opened } from "./livestate";
import { Timers } from "./livetimers";
import { backoff, type ChangeJSON, type ErrorCode, openSocket, probe, pushOf, type ServerFrame, type Socket } from "./livewire";
import { hold, recover } from "./offline";
import { Keeper, openStore, type StoredWork, unsentOf, type WorkStore } from "./work";

export type { LivePeer } from "./livepeers";
export type { Live, LiveOptions, LiveState, Opened, SavedPoint } from "./livestate";
export { difference } from "./livetext";
export type { ErrorCode, LiveNote } from "./livewire";
export type { Unsent } from "./work";

const slow = 2_000; // a save that takes longer is shown
const blip = 1_500; // a connection back sooner was never gone
const showPause = 30_000; // failed reconnects after which the pause is shown
const deaf = 15_000; // no answer to a push for so long: the connection is dead
const quiet = 15_000; // the text is compared with the server's after so long without an edit
const caretPause = 150;
const soon = 5_000; // after which what closed tabs left behind is tried again

/** Connects an editor. */
export function connectLive(options: LiveOptions): Live {
  return new Connection(options);
}

type Phase = "closed" | "opening" | "greeting" | "live" | "stopped";

class Connection implements Live {
  readonly opened: Promise<Opened>;
  private resolve: (o: Opened) => void = () => {};
  private reject: (e: Error) => void = () => {};

  private readonly store: WorkStore;
  private readonly locks: LockManager | undefined;
  private readonly peers = new Peers();
  private readonly authority = new Compartment();
  private view: EditorView | undefined;
  private readonly line: Line;
  private phase: Phase = "closed";
  private clientID = "";
  private base = "";
  private writable = false;
  private release = () => {};
  private frames: ServerFrame[] = []; // that came before the editor was there
  private joinedAt: number | undefined; // the version of the text that was given out first
  private left: readonly string[] = []; // editors of closed tabs whose work has still to be sent
  private rejoin = false; // the next connection begins anew with the server's text

  private keeper: Keeper | undefined; // of this editor's work, once it has an ID
  private inFlight = false;
  private catchUp = 0; // updates that waited when the connection came back
  private lostAt: Date | undefined;
  private savedAt = new Date();
  private checked = -1; // version whose text was compared with the server's
  private caretMoved = false;
  private readonly timers = new Timers();
  private readonly unlisten: () => void;
  private readonly leaving = new AbortController();

  constructor(private readonly o: LiveOptions) {
    this.store = o.store ?? openStore();
    this.locks = "locks" in o ? o.locks : globalThis.navigator?.locks;
    this.opened = new Promise<Opened>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.opened.catch(() => {}); // told by the state as well
    this.line = new Line({
      open: () => this.open(),
      probe: this.o.probe ?? (() => probe(this.o.url)),
      timers: this.timers,
      onTry: () => this.connect(),
      onOpen: () => this.greet(),
      onFrame: (frame) => this.heard(frame),
      onLost: () => this.lost(),
      onStatus: (status) => this.refusedBy(status),
    });
    this.unlisten = watchNetwork(
      () => this.retry(),
      () => this.lost(),
    );
    o.onState({ kind: "opening" });
    void this.begin();
  }

  // -- for the page

  save(message: string): void {
    if (this.phase === "live") this.line.write({ t: "save", message });
    else this.o.onRefused?.("busy", "There is no connection just now. Your words are kept; name the save point once it is back.");
  }

  retry(): void {
    if (this.phase === "stopped" || this.phase === "live") return;
    this.line.steady();
    this.connect();
  }

  unsent(): number {
    return this.pending().length;
  }

  stop(): void {
    void this.keeper?.end(this.work(true));
    this.phase = "stopped";
    this.leaving.abort();
    this.line.drop();
    this.unlisten();
    this.timers.stop();
    this.release();
    this.reject(new Error("the connection was ended"));
  }

  // -- connecting

  /** Sends what closed tabs left behind, then joins. */
  private async begin(): Promise<void> {
    await this.recover();
    this.connect();
  }

  /** Sends what closed tabs left behind, or what of it could not be sent before. */
  private async recover(only?: readonly string[]): Promise<void> {
    try {
      this.left = await recover({
        room: this.o.url,
        person: this.o.person,
        store: this.store,
        locks: this.locks,
        open: () => this.open(),
        onUnsent: (unsent) => this.o.onUnsent?.(unsent),
        signal: this.leaving.signal,
        only,
      });
    } catch {
      // A store that cannot be read is tried again with the next page; joining does not depend on it.
    }
  }

  private open(): Socket {
    return this.o.open ? this.o.open() : openSocket(this.o.url);
  }

  private connect(): void {
    if (this.phase === "stopped") return;
    this.phase = "opening";
    this.line.connect();
  }

  /** The client speaks first. */
  private greet(): void {
    this.phase = "greeting";
    const v = this.view ? getSyncedVersion(this.view.state) : this.joinedAt;
    if (!this.view) this.frames = []; // they come again
    this.line.write(v === undefined || this.rejoin ? { t: "join" } : { t: "resume", v, clientID: this.clientID });
  }

  /** The connection is gone; try again, each time after a longer pause. */
  private lost(): void {
    if (this.phase === "stopped") return;
    this.line.drop();
    this.phase = "closed";
    this.inFlight = false;
    this.lostAt ??= new Date();
    this.timers.clear("deaf", "slow", "quiet", "caret", "busy");
    this.peers.hide();
    this.o.onPeers?.([]);
    this.keeper?.keep();
    this.line.again();
    this.tellOffline();
  }

  private tellOffline(): void {
    const since = this.lostAt ?? new Date();
    const { retryAt } = this.line;
    const gone = Date.now() - since.getTime();
    if (gone < blip && this.view) {
      this.timers.after("offline", blip - gone, () => this.phase !== "live" && this.tellOffline());
      return;
    }
    this.o.onState({
      kind: "offline",
      since,
      waiting: this.pending().length,
      ...(gone >= showPause ? { retryAt, tryNow: () => this.retry() } : {}),
    });
    if (gone < showPause) this.timers.after("offline", showPause - gone, () => this.phase !== "live" && this.tellOffline());
  }

  /** A socket could not be opened, and plain HTTP has said why. */
  private refusedBy(status: number): void {
    if (this.phase === "stopped" || this.phase === "live") return;
    if (status === 401) {
      this.timers.clear("connect", "offline");
      this.o.onState({ kind: "signed-out", waiting: this.pending().length });
    } else if (status === 403) {
      this.end("not-allowed", "You may not edit this draft any more.");
    } else if (status === 404 || status === 410) {
      this.end("gone", "This draft does not exist any more, or you may not see it.");
    }
  }

  // -- frames from the server

  private heard(frame: ServerFrame): void {
    if (this.phase === "stopped") return;
    this.timers.clear("deaf");
    if (this.inFlight) this.timers.after("deaf", deaf, () => this.lost());
    if (frame.t === "error") this.refused(frame.code, frame.text, frame.retry);
    else if (this.view) this.take(this.view, frame);
    else if (frame.t === "init" && this.joinedAt === undefined) this.init(frame);
    else this.frames.push(frame);
  }

  private init(frame: ServerFrame & { t: "init" }): void {
    this.release();
    this.clientID = frame.clientID;
    this.release = hold(this.clientID, this.locks);
    this.keeper = new Keeper(
      this.clientID,
      this.store,
      () => this.work(),
      () => this.flush(),
    );
    const changed = frame.write !== this.writable || frame.base !== this.base;
    this.base = frame.base;
    this.writable = frame.write;
    const version = [this.authority.of(collab({ startVersion: frame.v, clientID: this.clientID }))];
    if (this.view) {
      this.startAnew(this.view, frame);
      if (changed) this.o.onChanged?.({ write: frame.write, base: frame.base });
    } else {
      this.joinedAt = frame.v;
      const extension: Extension = [
        version,
        follow({ attach: (v) => this.attach(v), changed: (u) => this.changed(u), detach: () => this.detach() }),
        cleanInput,
      ];
      this.resolve({ doc: frame.doc, base: frame.base, commit: frame.commit, write: frame.write, clientID: frame.clientID, extension });
    }
    this.peers.reset(frame.peers, frame.v, []);
    this.rejoin = false;
    this.live();
    this.o.onPeers?.(this.peers.list());
  }

  /** Puts the server's text in place of the editor's, changing no more of it than differs. */
  private startAnew(view: EditorView, frame: ServerFrame & { t: "init" }): void {
    view.dispatch({ effects: this.authority.reconfigure([]) });
    replaceText(view, frame.doc);
    view.dispatch({ effects: this.authority.reconfigure(collab({ startVersion: frame.v, clientID: this.clientID })) });
  }

  private take(view: EditorView, frame: ServerFrame): void {
    if (frame.t === "init") {
      this.init(frame);
      return;
    }
    if (this.phase === "greeting" && frame.t === "peer") {
      this.peers.reset(frame.joined ?? [], getSyncedVersion(view.state), this.local());
      this.catchUp = this.pending().length;
      this.live();
      this.o.onPeers?.(this.peers.list());
      return;
    }
    switch (frame.t) {
      case "up":
        this.takeUpdates(view, frame);
        break;
      case "peer":
        for (const p of frame.joined ?? []) if (p.clientID !== this.clientID) this.peers.add(p);
        for (const id of frame.left ?? []) this.peers.remove(id);
        this.o.onPeers?.(this.peers.list());
        break;
      case "at":
        if (this.peers.moved(frame, getSyncedVersion(view.state), this.local())) this.o.onPeers?.(this.peers.list());
        break;
      case "saved":
        this.o.onSaved?.({ version: frame.v, commit: frame.commit, message: frame.message, at: new Date(frame.at) });
        break;
      case "note":
        this.o.onNote?.(frame);
        break;
    }
  }

  private takeUpdates(view: EditorView, frame: ServerFrame & { t: "up" }): void {
    if (frame.v !== getSyncedVersion(view.state)) {
      this.lost(); // a frame is missing: resume
      return;
    }
    const before = this.pending().length;
    let received: Transaction;
    try {
      const updates = frame.u.map((u) => ({ clientID: u.clientID, changes: ChangeSet.fromJSON(u.changes) }));
      received = receiveUpdates(view.state, updates);
    } catch {
      this.startOver("diverged", "Your text is not the server's; the draft is loaded again.");
      return;
    }
    view.dispatch(received);
    const own = before - this.pending().length;
    if (own > 0) {
      this.inFlight = false;
      this.keeper?.acknowledged(own);
      this.timers.clear("deaf", "slow");
      this.savedAt = new Date();
    }
    if (this.peers.typed(frame.v, frame.u, this.local())) this.o.onPeers?.(this.peers.list());
    this.settle();
  }

  /** The server would not take something. */
  private refused(code: ErrorCode, text: string, retry: boolean): void {
    const pushed = this.inFlight;
    this.inFlight = false;
    if (code === "busy") {
      if (!pushed && this.phase === "live") this.o.onRefused?.(code, text);
      this.timers.after("busy", backoff(0), () => this.flush());
    } else if (code === "signed-out") {
      this.lost();
      this.retry(); // plain HTTP then says that one has to sign in
    } else if (code === "closed" || code === "gone" || (code === "not-allowed" && !retry)) {
      this.end(code, text);
    } else if (code === "too-big" && !pushed) {
      this.o.onRefused?.(code, text);
    } else {
      this.startOver(code, text);
    }
  }

  /** Loads the server's text again; what was not added is handed out. */
  private startOver(code: ErrorCode, text: string): void {
    this.handOut(code, text);
    this.rejoin = true;
    this.line.drop();
    this.phase = "closed";
    this.inFlight = false;
    this.line.again();
  }

  /** Ends writing here for good. */
  private end(code: ErrorCode, text: string): void {
    this.handOut(code, text);
    this.line.drop();
    this.phase = "stopped";
    this.timers.stop();
    this.unlisten();
    this.peers.hide();
    this.o.onPeers?.([]);
    this.o.onState({ kind: "stopped", code, text });
    this.reject(new Error(text));
  }

  /** Ends keeping this editor's work and hands it out once it is stored. */
  private handOut(code: ErrorCode, text: string): void {
    const work = this.work(true);
    const stored = this.keeper?.end(work);
    this.keeper = undefined;
    if (!work) return;
    const unsent = unsentOf(work, code, text, this.store);
    void stored?.then(() => this.o.onUnsent?.(unsent));
  }

  // -- what is typed here

  private attach(view: EditorView): void {
    this.view = view;
    // The view cannot be changed while it is being made.
    queueMicrotask(() => {
      const frames = this.frames;
      this.frames = [];
      for (const frame of frames) if (this.view && this.phase !== "stopped") this.take(this.view, frame);
      this.settle();
    });
  }

  private detach(): void {
    this.view = undefined;
  }

  private changed(u: ViewUpdate): void {
    if (u.docChanged) this.peers.map(u.changes);
    const local = u.transactions.some((tr) => !tr.annotation(Transaction.remote));
    if (u.docChanged && local) {
      this.timers.clear("quiet");
      this.keeper?.keep();
      if (this.phase !== "live" && this.lostAt && this.phase !== "stopped") this.tellOffline();
    } else if (u.selectionSet && local) {
      this.caretMoved = true;
      this.sendCaret();
    }
  }

  private pending(): readonly { readonly changes: ChangeSet }[] {
    if (!this.view || this.rejoin) return [];
    return sendableUpdates(this.view.state);
  }

  private local() {
    return this.pending().map((u) => u.changes.desc);
  }

  /** What has to be stored now; undefined when everything is acknowledged. The text is for people, once it waits. */
  private work(withText = this.phase !== "live"): StoredWork | undefined {
    const pending = this.pending();
    if (!this.view || pending.length === 0) return undefined;
    return {
      clientID: this.clientID,
      room: this.o.url,
      person: this.o.person,
      v: getSyncedVersion(this.view.state),
      updates: pending.map((u) => u.changes.toJSON() as ChangeJSON),
      doc: withText ? this.view.state.doc.toString() : undefined,
      at: Date.now(),
    };
  }

  /** Sends what waits and is stored, unless a push is under way. */
  private flush(): void {
    if (this.phase !== "live" || this.inFlight || !this.writable || !this.view || !this.keeper) return;
    const u = pushOf(this.clientID, this.pending().slice(0, this.keeper.ready));
    if (u.length === 0) return;
    this.inFlight = true;
    this.timers.after("deaf", deaf, () => this.lost());
    this.timers.after("slow", slow, () => this.inFlight && this.tell());
    this.line.write({ t: "push", v: getSyncedVersion(this.view.state), u });
  }

  /** The connection works. */
  private live(): void {
    this.phase = "live";
    this.line.steady();
    this.lostAt = undefined;
    this.timers.clear("offline", "connect");
    if (this.left.length > 0)
      this.timers.after("left", soon, () => this.recover(this.left).then(() => this.phase === "live" && this.live()));
    this.settle();
  }

  /** After each frame: send what waits, tell how things stand. */
  private settle(): void {
    if (this.phase !== "live") return;
    const waiting = this.pending().length;
    if (waiting === 0 || (this.keeper && this.keeper.ready < waiting)) this.keeper?.keep();
    if (waiting > 0) {
      this.flush();
    } else {
      this.catchUp = 0;
      this.sendCaret();
      this.timers.after("quiet", quiet, () => void this.compare());
    }
    this.tell();
  }

  private tell(): void {
    const waiting = this.pending().length;
    if (!this.writable) this.o.onState({ kind: "reading" });
    else if (this.catchUp > 0) this.o.onState({ kind: "catching", done: Math.max(0, this.catchUp - waiting), all: this.catchUp });
    else if (waiting === 0) this.o.onState({ kind: "saved", at: this.savedAt });
    else if (!this.timers.has("slow")) this.o.onState({ kind: "saving" });
  }

  /** Tells others where the caret is, now and then, and only in a text they know. */
  private sendCaret(): void {
    if (!this.caretMoved || this.timers.has("caret") || this.phase !== "live") return;
    if (!this.view || this.pending().length > 0) return;
    this.caretMoved = false;
    const { anchor, head } = this.view.state.selection.main;
    this.line.write({ t: "at", clientID: this.clientID, anchor, head, v: getSyncedVersion(this.view.state) });
    this.timers.after("caret", caretPause, () => this.sendCaret());
  }

  /** Compares the text with the server's. */
  private async compare(): Promise<void> {
    const view = this.view;
    if (!view || this.phase !== "live" || this.pending().length > 0) return;
    const v = getSyncedVersion(view.state);
    if (v === this.checked) return;
    const h = await hashOf(view.state.doc.toString());
    if (!h || this.phase !== "live" || this.view !== view) return;
    this.checked = v;
    this.line.write({ t: "hash", v, h });
  }
}
