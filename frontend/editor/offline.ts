/**
 * Work that the server has not acknowledged yet, kept by the browser.
 *
 * Every update is stored before it is sent. When a tab is closed meanwhile, the next tab of the same person takes the
 * work over and sends it under the ID it was made with, so that the server recognises what had arrived. A Web Lock
 * says which tab owns which work: nobody takes over the work of a tab that is open.
 */
import { rebaseUpdates, type Update } from "@codemirror/collab";
import { ChangeSet } from "@codemirror/state";
import { backoff, type ChangeJSON, type ErrorCode, pushUpdates, readFrame, type Socket, type WireUpdate, writeFrame } from "./livewire";

/** The unconfirmed updates of one editor. */
export interface StoredWork {
  readonly clientID: string;
  /** The address of the room. */
  readonly room: string;
  /** The person who typed it. */
  readonly person: string;
  /** The version the updates are based on. */
  readonly v: number;
  readonly updates: readonly ChangeJSON[];
  /** How many of them, from the first, may have reached the server. */
  readonly sent: number;
  /** The whole text with the updates, where it is known. */
  readonly doc?: string | undefined;
  readonly at: number;
}

/** Where work is stored. */
export interface WorkStore {
  put(work: StoredWork): Promise<void>;
  drop(clientID: string): Promise<void>;
  of(room: string, person: string): Promise<StoredWork[]>;
}

const table = "work";

/** Opens the store in IndexedDB. Without IndexedDB (some private windows) it keeps nothing, and says so. */
export function openStore(factory: IDBFactory | undefined = globalThis.indexedDB): WorkStore & { readonly lasting: boolean } {
  if (!factory) {
    return { lasting: false, put: async () => {}, drop: async () => {}, of: async () => [] };
  }
  let opening: Promise<IDBDatabase> | undefined;
  const open = () => {
    opening ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = factory.open("plenary-live", 1);
      request.onupgradeneeded = () => request.result.createObjectStore(table, { keyPath: "clientID" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  };
  async function run<T>(mode: IDBTransactionMode, ask: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const db = await open();
    return new Promise<T>((resolve, reject) => {
      const tx = db.transaction(table, mode, { durability: mode === "readwrite" ? "relaxed" : "default" });
      const request = ask(tx.objectStore(table));
      tx.oncomplete = () => resolve(request.result);
      tx.onabort = tx.onerror = () => reject(tx.error ?? request.error);
    });
  }
  return {
    lasting: true,
    put: async (work) => {
      await run("readwrite", (s) => s.put(work));
    },
    drop: async (clientID) => {
      await run("readwrite", (s) => s.delete(clientID));
    },
    of: async (room, person) => {
      const all = (await run("readonly", (s) => s.getAll())) as StoredWork[];
      return all.filter((w) => w.room === room && w.person === person).sort((a, b) => a.at - b.at);
    },
  };
}

const lockName = (clientID: string) => `plenary:${clientID}`;

/** Owns an editor's work until the returned function is called or the tab is closed. */
export function hold(clientID: string, locks: LockManager | undefined = globalThis.navigator?.locks): () => void {
  let release = () => {};
  if (locks) {
    void locks.request(lockName(clientID), () => new Promise<void>((resolve) => (release = resolve))).catch(() => {});
  }
  return () => release();
}

/** Runs a function while owning the work, unless another tab owns it. */
async function whileOwned(clientID: string, locks: LockManager | undefined, run: () => Promise<void>): Promise<void> {
  if (!locks) return run();
  await locks.request(lockName(clientID), { ifAvailable: true }, async (lock) => {
    if (lock) await run();
  });
}

/** Work that the server would not take. Nothing of it is lost: it stays stored until it is discarded. */
export interface Unsent {
  readonly code: ErrorCode;
  /** The server's sentence. */
  readonly text: string;
  readonly edits: number;
  /** The whole text with the edits in it, where it is known. */
  readonly doc?: string | undefined;
  /** What was typed, a piece for each place. */
  readonly words: readonly string[];
  /** Forgets the work. */
  discard(): Promise<void>;
}

/** The words that updates insert. */
export function wordsOf(updates: readonly ChangeJSON[]): string[] {
  const pieces: string[] = [];
  if (updates.length === 0) return pieces;
  let all = ChangeSet.fromJSON(updates[0]);
  for (const u of updates.slice(1)) all = all.compose(ChangeSet.fromJSON(u));
  all.iterChanges((_fromA, _toA, _fromB, _toB, inserted) => {
    if (inserted.length) pieces.push(inserted.toString());
  });
  return pieces;
}

/** Describes stored work that the server would not take. */
export function unsentOf(work: StoredWork, code: ErrorCode, text: string, store: WorkStore): Unsent {
  return {
    code,
    text,
    edits: work.updates.length,
    doc: work.doc,
    words: wordsOf(work.updates),
    discard: () => store.drop(work.clientID),
  };
}

/** What recovering needs. */
export interface Recovery {
  readonly room: string;
  readonly person: string;
  readonly store: WorkStore;
  readonly locks?: LockManager | undefined;
  readonly open: () => Socket;
  readonly onUnsent: (unsent: Unsent) => void;
}

/** Sends the work that closed tabs left behind. Work that cannot be reached now is left for the next time. */
export async function recover(r: Recovery): Promise<void> {
  for (const work of await r.store.of(r.room, r.person)) {
    await whileOwned(work.clientID, r.locks, async () => {
      const outcome = await send(work, r.open);
      if (outcome === "sent") await r.store.drop(work.clientID);
      else if (outcome !== "unreachable") r.onUnsent(unsentOf(work, outcome.code, outcome.text, r.store));
    });
  }
}

type Outcome = "sent" | "unreachable" | { readonly code: ErrorCode; readonly text: string };

/** Updates that never left this computer become one: only those that may have arrived are recognised one by one. */
function updatesOf(work: StoredWork): Update[] {
  const sets = work.updates.map((u) => ChangeSet.fromJSON(u));
  const updates = sets.slice(0, work.sent).map((changes) => ({ changes, clientID: work.clientID }));
  const rest = sets.slice(work.sent);
  const [first, ...others] = rest;
  if (first) updates.push({ changes: others.reduce((a, b) => a.compose(b), first), clientID: work.clientID });
  return updates;
}

const tries = 8;
const patience = 30_000;

/** Sends one editor's work over a connection of its own and waits for the acknowledgement. */
function send(work: StoredWork, open: () => Socket): Promise<Outcome> {
  return new Promise((resolve) => {
    let updates = updatesOf(work);
    let v = work.v;
    let busy = 0;
    let started = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const socket = open();
    const limit = setTimeout(() => done("unreachable"), patience);
    const done = (outcome: Outcome) => {
      clearTimeout(timer);
      clearTimeout(limit);
      socket.onclose = socket.onerror = socket.onmessage = null;
      socket.close();
      resolve(outcome);
    };
    const push = () => {
      if (updates.length === 0) {
        done("sent");
        return;
      }
      const u = updates.slice(0, pushUpdates).map((x) => ({ clientID: work.clientID, changes: x.changes.toJSON() as ChangeJSON }));
      socket.send(writeFrame({ t: "push", v, u }));
    };
    socket.onopen = () => socket.send(writeFrame({ t: "resume", v, clientID: work.clientID }));
    socket.onclose = socket.onerror = () => done("unreachable");
    const rebase = (u: readonly WireUpdate[]) => {
      const before = updates.length;
      const over = u.map((x) => ({ clientID: x.clientID, changes: ChangeSet.fromJSON(x.changes) }));
      updates = [...rebaseUpdates(updates, over)];
      v += u.length;
      if (updates.length === 0) done("sent");
      else if (updates.length < before) push();
    };
    socket.onmessage = (event) => {
      const frame = readFrame(event.data);
      if (frame?.t === "up") {
        rebase(frame.u);
      } else if (frame?.t === "error") {
        if (frame.code !== "busy") done({ code: frame.code, text: frame.text });
        else if (++busy > tries) done("unreachable");
        else timer = setTimeout(push, backoff(busy - 1));
      } else if (frame && !started) {
        started = true;
        push();
      }
    };
  });
}
