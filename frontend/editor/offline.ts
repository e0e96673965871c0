/**
 * Sends what closed tabs left behind.
 *
 * The next tab of the same person takes stored work over and sends it under the ID it was made with, so that the
 * server recognises what had arrived; work.ts says why that is safe. A Web Lock says which tab owns which work: nobody
 * takes over the work of a tab that is open.
 */
import { rebaseUpdates, type Update } from "@codemirror/collab";
import { ChangeSet } from "@codemirror/state";
import { backoff, type ErrorCode, pushOf, readFrame, type ServerFrame, type Socket, writeFrame } from "./livewire";
import { type StoredWork, type Unsent, unsentOf, type WorkStore } from "./work";

const lockName = (clientID: string) => `plenary:${clientID}`;

/** Owns an editor's work until the returned function is called or the tab is closed. */
export function hold(clientID: string, locks: LockManager | undefined = globalThis.navigator?.locks): () => void {
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  if (locks) void locks.request(lockName(clientID), () => until).catch(() => {});
  return release;
}

/** Runs a function while owning the work, unless another tab owns it. */
async function whileOwned(clientID: string, locks: LockManager | undefined, run: () => Promise<void>): Promise<void> {
  if (!locks) return run();
  await locks.request(lockName(clientID), { ifAvailable: true }, async (lock) => {
    if (lock) await run();
  });
}

/** What recovering needs. */
export interface Recovery {
  readonly room: string;
  readonly person: string;
  readonly store: WorkStore;
  readonly locks?: LockManager | undefined;
  readonly open: () => Socket;
  readonly onUnsent: (unsent: Unsent) => void;
  /** Ends recovering: what is not acknowledged stays for the next time. */
  readonly signal?: AbortSignal | undefined;
  /** Sends only the work of these editors; all that is stored if left out. */
  readonly only?: readonly string[] | undefined;
}

/** Sends the work that closed tabs left behind. Gives the editors whose work could not be brought to the server now. */
export async function recover(r: Recovery): Promise<string[]> {
  const mine = () => r.store.of(r.room, r.person);
  const left: string[] = [];
  for (const { clientID } of await mine()) {
    if (r.only && !r.only.includes(clientID)) continue;
    await whileOwned(clientID, r.locks, async () => {
      // Another tab may have sent it while this one waited.
      const work = (await mine()).find((w) => w.clientID === clientID);
      if (!work || r.signal?.aborted) return;
      const outcome = await new Sending(work, r.open, r.signal).outcome;
      if (outcome === "sent") await r.store.drop(clientID);
      else if (outcome === "unreachable") left.push(clientID);
      else r.onUnsent(unsentOf(work, outcome.code, outcome.text, r.store));
    });
  }
  return left;
}

type Outcome = "sent" | "unreachable" | { readonly code: ErrorCode; readonly text: string };

const tries = 8;
const patience = 30_000;
const mismatch = "Words kept on this computer no longer fit the draft.";

/** One editor's work on its way, over a connection of its own, until the acknowledgement. */
class Sending {
  readonly outcome: Promise<Outcome>;
  private resolve: (o: Outcome) => void = () => {};
  private readonly socket: Socket;
  private updates: readonly Update[];
  private v: number;
  private busy = 0;
  private greeted = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly limit = setTimeout(() => this.done("unreachable"), patience);
  private readonly give = () => this.done("unreachable");

  constructor(
    private readonly work: StoredWork,
    open: () => Socket,
    private readonly signal?: AbortSignal,
  ) {
    this.outcome = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.v = work.v;
    this.updates = work.updates.map((u) => ({ changes: ChangeSet.fromJSON(u), clientID: work.clientID }));
    this.socket = open();
    this.socket.onopen = () => this.socket.send(writeFrame({ t: "resume", v: this.v, clientID: work.clientID }));
    this.socket.onclose = this.socket.onerror = this.give;
    this.socket.onmessage = (event) => {
      const frame = readFrame(event.data);
      if (frame) this.heard(frame);
    };
    signal?.addEventListener("abort", this.give);
  }

  private done(outcome: Outcome): void {
    clearTimeout(this.timer);
    clearTimeout(this.limit);
    this.signal?.removeEventListener("abort", this.give);
    this.socket.onopen = this.socket.onclose = this.socket.onerror = this.socket.onmessage = null;
    this.socket.close();
    this.resolve(outcome);
  }

  private push(): void {
    if (this.updates.length === 0) this.done("sent");
    else this.socket.send(writeFrame({ t: "push", v: this.v, u: pushOf(this.work.clientID, this.updates) }));
  }

  private heard(frame: ServerFrame): void {
    if (frame.t === "up") {
      this.rebase(frame);
    } else if (frame.t === "error") {
      if (frame.code !== "busy") this.done({ code: frame.code, text: frame.text });
      else if (++this.busy > tries) this.done("unreachable");
      else this.timer = setTimeout(() => this.push(), backoff(this.busy - 1));
    } else if (!this.greeted) {
      this.greeted = true;
      this.push();
    }
  }

  private rebase(frame: ServerFrame & { t: "up" }): void {
    if (frame.v !== this.v) {
      this.done("unreachable"); // a frame is missing: what follows cannot be understood
      return;
    }
    const before = this.updates.length;
    try {
      this.updates = rebaseUpdates(
        this.updates,
        frame.u.map((x) => ({ clientID: x.clientID, changes: ChangeSet.fromJSON(x.changes) })),
      );
    } catch {
      this.done({ code: "diverged", text: mismatch });
      return;
    }
    this.v += frame.u.length;
    if (this.updates.length < before) this.push();
  }
}
