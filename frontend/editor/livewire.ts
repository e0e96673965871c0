/** Frames of plenary.v1, the protocol of live drafts. What each means is written in realtime/wire.go. */

/** A change set as ChangeSet.toJSON writes it. */
export type ChangeJSON = readonly (number | readonly [number, ...string[]])[];

/** One update of a push or of what the server sends. */
export interface WireUpdate {
  readonly clientID: string;
  readonly changes: ChangeJSON;
}

/** Somebody else in the room. */
export interface WirePeer {
  readonly clientID: string;
  readonly name: string;
  readonly circle: string;
  readonly write: boolean;
  readonly anchor?: number;
  readonly head?: number;
  readonly v?: number;
}

/** The codes of error frames. */
export type ErrorCode =
  | "bad-frame"
  | "bad-change"
  | "too-big"
  | "busy"
  | "not-allowed"
  | "signed-out"
  | "closed"
  | "gone"
  | "floor"
  | "diverged";

/** A message of the server to everybody: a push arrived, the base moved, a comment. */
export interface LiveNote {
  readonly kind: string;
  readonly text: string;
  readonly by?: string;
  readonly commit?: string;
  readonly v?: number;
  /** Lines changed from two sides, in the text at v. */
  readonly review?: readonly { readonly from: number; readonly to: number }[];
}

/** Any frame from the server. */
export type ServerFrame =
  | {
      readonly t: "init";
      readonly v: number;
      readonly doc: string;
      readonly base: string;
      readonly commit: string;
      readonly write: boolean;
      readonly clientID: string;
      readonly peers: readonly WirePeer[];
    }
  | { readonly t: "up"; readonly v: number; readonly u: readonly WireUpdate[] }
  | { readonly t: "at"; readonly clientID: string; readonly anchor: number; readonly head: number; readonly v: number }
  | { readonly t: "saved"; readonly v: number; readonly commit: string; readonly message: string; readonly at: string }
  | { readonly t: "peer"; readonly joined?: readonly WirePeer[]; readonly left?: readonly string[] }
  | ({ readonly t: "note" } & LiveNote)
  | { readonly t: "error"; readonly code: ErrorCode; readonly text: string; readonly retry: boolean };

/** Any frame from the client. */
export type ClientFrame =
  | { readonly t: "join" }
  | { readonly t: "resume"; readonly v: number; readonly clientID: string }
  | { readonly t: "push"; readonly v: number; readonly u: readonly WireUpdate[] }
  | { readonly t: "at"; readonly clientID: string; readonly anchor: number; readonly head: number; readonly v: number }
  | { readonly t: "hash"; readonly v: number; readonly h: string }
  | { readonly t: "save"; readonly message: string };

/** The subprotocol's name. */
export const protocol = "plenary.v1";

// The server takes 1,000 updates and 1 MiB in one push.
const pushUpdates = 900;
const pushBytes = 900_000;

/** As many of an editor's updates, from the first, as go into one push: at least one. */
export function pushOf(clientID: string, updates: readonly { readonly changes: { toJSON(): unknown } }[]): WireUpdate[] {
  const out: WireUpdate[] = [];
  let bytes = 0;
  for (const { changes } of updates.slice(0, pushUpdates)) {
    const update: WireUpdate = { clientID, changes: changes.toJSON() as ChangeJSON };
    // A unit of UTF-16 is at most three bytes.
    bytes += 3 * JSON.stringify(update).length;
    if (out.length > 0 && bytes > pushBytes) break;
    out.push(update);
  }
  return out;
}

/** What of a WebSocket is used here. */
export interface Socket {
  onopen: (() => void) | null;
  onclose: (() => void) | null;
  onerror: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  send(data: string): void;
  close(): void;
}

/** Opens a socket to an address of this site or another. */
export function openSocket(url: string): Socket {
  return new WebSocket(socketURL(url), [protocol]) as unknown as Socket;
}

/** The ws: form of an address that may be a path. */
export function socketURL(url: string): string {
  const u = new URL(url, globalThis.location?.href);
  u.protocol = u.protocol.replace(/^http/, "ws");
  return u.href;
}

/** Reads a frame; undefined for what is none. */
export function readFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === "object" && frame !== null && "t" in frame ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a frame. */
export const writeFrame = (frame: ClientFrame): string => JSON.stringify(frame);

/** How long to wait before the next try: 0.5 s, doubled up to 30 s, spread so that not everybody comes at once. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return Math.min(30_000, 500 * 2 ** attempt) * (0.7 + 0.3 * random());
}

/** Asks an address by plain HTTP why it takes no socket; gives the status, 0 for unreachable. */
export async function probe(url: string): Promise<number> {
  try {
    return (await fetch(url.replace(/^ws/, "http"), { redirect: "manual" })).status;
  } catch {
    return 0;
  }
}
