/** What a live connection is opened with, what it tells and what it can do. */
import type { Extension } from "@codemirror/state";
import type { LivePeer } from "./livepeers";
import type { ErrorCode, LiveNote, Socket } from "./livewire";
import type { Unsent, WorkStore } from "./work";

/** What the connection is doing (design: states of the editor). */
export type LiveState =
  | { readonly kind: "opening" }
  | { readonly kind: "saved"; readonly at: Date }
  | { readonly kind: "saving" }
  | {
      readonly kind: "offline";
      readonly since: Date;
      /** Edits that wait on this computer. */
      readonly waiting: number;
      /** The next try, once tries have failed for a while. */
      readonly retryAt?: Date | undefined;
      readonly tryNow?: (() => void) | undefined;
    }
  | { readonly kind: "catching"; readonly done: number; readonly all: number }
  | { readonly kind: "reading" }
  /** The person has to sign in again; what they typed stays. Call retry afterwards. */
  | { readonly kind: "signed-out"; readonly waiting: number }
  /** Nothing more can be written here: closed, not allowed, gone. The text stays readable. */
  | { readonly kind: "stopped"; readonly code: ErrorCode; readonly text: string };

/** A save on the branch. */
export interface SavedPoint {
  readonly version: number;
  readonly commit: string;
  readonly message: string;
  readonly at: Date;
}

/** What a connection is opened with. */
export interface LiveOptions {
  /** Address or path of the socket, with the branch: ".../live?ref=drafts/usa/48a5-1". */
  readonly url: string;
  /** The person signed in: their stored work, and nobody else's, is sent. */
  readonly person: string;
  readonly onState: (state: LiveState) => void;
  readonly onPeers?: (peers: readonly LivePeer[]) => void;
  readonly onNote?: (note: LiveNote) => void;
  readonly onSaved?: (saved: SavedPoint) => void;
  /** Edits that could not be added. They are kept until discarded. */
  readonly onUnsent?: (unsent: Unsent) => void;
  /** The right to write or the text compared with is another one after connecting again. */
  readonly onChanged?: (now: { readonly write: boolean; readonly base: string }) => void;
  /** A refusal that ends nothing: "busy", a save point that could not be made. */
  readonly onRefused?: (code: ErrorCode, text: string) => void;
  // For tests.
  readonly open?: () => Socket;
  readonly store?: WorkStore;
  readonly locks?: LockManager | undefined;
  /** Asks the address by plain HTTP why a connection is refused; gives the status, 0 for unreachable. */
  readonly probe?: () => Promise<number>;
}

/** What the editor begins with. */
export interface Opened {
  readonly doc: string;
  readonly base: string;
  readonly commit: string;
  readonly write: boolean;
  readonly clientID: string;
  /** To be put into the one editor on doc. */
  readonly extension: Extension;
}

/** An open connection. */
export interface Live {
  /** The text, once the server has given it. Rejects only if stopped before. */
  readonly opened: Promise<Opened>;
  /** Makes a named save point. */
  save(message: string): void;
  /** Tries now instead of waiting, after signing in again or on the person's word. */
  retry(): void;
  /** Edits the server has not acknowledged. */
  unsent(): number;
  /** Ends the connection. What is not acknowledged stays stored. */
  stop(): void;
}
