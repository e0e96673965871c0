/** The part of a connection that lives in the editor: it is told when the editor comes, changes and goes. */
import { type Extension, Transaction } from "@codemirror/state";
import { type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { difference } from "./livetext";

/** Who follows an editor. */
export interface Follower {
  attach(view: EditorView): void;
  changed(u: ViewUpdate): void;
  detach(): void;
}

/** Ties a follower to the one editor that this is put into. */
export function follow(follower: Follower): Extension {
  return ViewPlugin.fromClass(
    class {
      constructor(view: EditorView) {
        follower.attach(view);
      }
      update(u: ViewUpdate) {
        follower.changed(u);
      }
      destroy() {
        follower.detach();
      }
    },
  );
}

/** Puts another text in place of the editor's, changing no more of it than differs. It is nobody's to undo. */
export function replaceText(view: EditorView, text: string): void {
  const change = difference(view.state.doc.toString(), text);
  if (!change) return;
  view.dispatch({
    changes: change,
    filter: false,
    annotations: [Transaction.addToHistory.of(false), Transaction.remote.of(true)],
  });
}

/** The lower-case hex SHA-256 of a text in UTF-8; undefined where the browser does not compute it. */
export async function hashOf(text: string): Promise<string | undefined> {
  const digest = await globalThis.crypto?.subtle?.digest("SHA-256", new TextEncoder().encode(text));
  return digest && [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
}
