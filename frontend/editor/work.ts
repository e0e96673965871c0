/**
 * Work that the server has not acknowledged yet, kept by the browser.
 *
 * Of each editor (clientID) the store holds at most one entry: a version v and, in order, updates that were
 * unconfirmed at v. Three rules make it safe to send such an entry again at any time, from any tab:
 *
 * 1. An entry has no gap at its front: the first update in it is the first that was not confirmed at v. So what the
 *    server took from this editor after v and what is stored are two beginnings of one list, update by update.
 * 2. An update stays what it was: it is rebased, but never composed with another, divided or reordered, neither here
 *    nor on its way nor at the server. So the two are matched by counting, whatever had arrived of them.
 * 3. Nothing is sent before it is stored, unless the store has failed. Then the entry is too short or missing, and
 *    what is missing from it can only be what this tab itself still holds: never is anything taken for something else.
 *
 * Every page load begins a new editor. What closed tabs left behind is sent by offline.ts under the ID it was made with.
 */
import { ChangeSet } from "@codemirror/state";
import type { ChangeJSON, ErrorCode } from "./livewire";

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
  /** The whole text with the updates, where it is known. */
  readonly doc?: string | undefined;
  readonly at: number;
}

/** Where work is stored. Calls take effect in the order in which they are made. */
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

/**
 * Keeps one editor's entry up to date. One put is under way at a time; what was typed meanwhile goes into the next, so
 * that a slow store is asked less often and typing never waits for it.
 */
export class Keeper {
  private confirmed = 0; // updates of this editor that the server has acknowledged, in all
  private stored = 0; // updates of this editor, counted from its first, that the store has or has refused
  private entry = false; // the store may hold an entry
  private dirty = false;
  private busy = false;
  private ended = false;

  /**
   * @param now what is unconfirmed at this moment; undefined for nothing.
   * @param onStored called whenever more may be sent.
   */
  constructor(
    readonly clientID: string,
    private readonly store: WorkStore,
    private readonly now: () => StoredWork | undefined,
    private readonly onStored: () => void,
  ) {}

  /** How many unconfirmed updates, from the first, may be sent. */
  get ready(): number {
    return Math.max(0, this.stored - this.confirmed);
  }

  /** Brings the entry up to date, at once or after the put that is under way. */
  keep(): void {
    this.dirty = true;
    if (!this.busy) void this.run();
  }

  /** Notes that the server has acknowledged so many more updates. */
  acknowledged(n: number): void {
    this.confirmed += n;
  }

  /** Leaves the entry as it is from now on; what was typed last is still put there. */
  end(last?: StoredWork): Promise<void> {
    if (this.ended) return Promise.resolve();
    this.ended = true;
    return last ? this.store.put(last).catch(() => {}) : Promise.resolve();
  }

  private async run(): Promise<void> {
    this.busy = true;
    while (this.dirty && !this.ended) {
      this.dirty = false;
      const work = this.now();
      const upTo = this.confirmed + (work?.updates.length ?? 0);
      if (work) {
        this.entry = true;
        await this.store.put(work).catch(() => {}); // a full disk must not keep words from the server
      } else if (this.entry) {
        this.entry = false;
        await this.store.drop(this.clientID).catch(() => {});
      }
      this.stored = Math.max(this.stored, upTo);
      if (!this.ended && this.ready > 0) this.onStored();
    }
    this.busy = false;
  }
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
