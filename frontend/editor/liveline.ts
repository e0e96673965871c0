/** The line to the server: one socket at a time, opened again after longer and longer pauses. */
import type { Timers } from "./livetimers";
import { backoff, type ClientFrame, readFrame, type ServerFrame, type Socket, writeFrame } from "./livewire";

/** What a line needs, and whom it tells. */
export interface LineOptions {
  readonly open: () => Socket;
  /** Asks by plain HTTP why a socket is refused; gives the status, 0 for unreachable. */
  readonly probe: () => Promise<number>;
  readonly timers: Timers;
  /** A try begins, after a pause. */
  readonly onTry: () => void;
  /** The socket is open: the client speaks first. */
  readonly onOpen: () => void;
  readonly onFrame: (frame: ServerFrame) => void;
  readonly onLost: () => void;
  /** The socket could not be opened, and HTTP has this to say. */
  readonly onStatus: (status: number) => void;
}

export class Line {
  /** When the next try is made. */
  retryAt = new Date();
  private socket: Socket | undefined;
  private attempt = 0;

  constructor(private readonly o: LineOptions) {}

  /** Opens a new socket in place of the one there is. */
  connect(): void {
    this.drop();
    const socket = this.o.open();
    this.socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.o.onOpen();
    };
    socket.onmessage = (event) => {
      const frame = readFrame(event.data);
      if (frame) this.o.onFrame(frame);
    };
    socket.onclose = socket.onerror = () => {
      if (this.socket !== socket) return;
      this.o.onLost();
      // A refused upgrade looks like no network; plain HTTP says why.
      if (!opened) void this.o.probe().then((status) => this.o.onStatus(status));
    };
  }

  /** Closes the socket without a word. */
  drop(): void {
    const socket = this.socket;
    this.socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onclose = socket.onerror = socket.onmessage = null;
    socket.close();
  }

  /** Tries again after a pause, each time a longer one. */
  again(): void {
    const pause = backoff(this.attempt++);
    this.retryAt = new Date(Date.now() + pause);
    this.o.timers.after("connect", pause, () => this.o.onTry());
  }

  /** Makes the next pause a short one. */
  steady(): void {
    this.attempt = 0;
  }

  write(frame: ClientFrame): void {
    this.socket?.send(writeFrame(frame));
  }
}

/** Tells when the browser says that the network is back or gone, until the returned function is called. */
export function watchNetwork(back: () => void, gone: () => void): () => void {
  const off = new AbortController();
  const { signal } = off;
  globalThis.addEventListener?.("online", back, { signal });
  globalThis.addEventListener?.("offline", gone, { signal });
  globalThis.document?.addEventListener("visibilitychange", () => document.visibilityState === "visible" && back(), { signal });
  return () => off.abort();
}
