/** The editor's page: reads what the server wrote into it, opens the live connection and the text, and keeps both in step. */

import { clock, part } from "../shared/dom";
import { readBootstrap } from "./bootstrap";
import type { Comments } from "./comments";
import { type Desk, openDesk } from "./desk";
import { connectLive, difference, type Live, type LiveNote, type LiveState, type Unsent } from "./live";
import { showPresence } from "./presence";
import { openBars, openStatus } from "./status";
import { wireSubmit } from "./submit";
import { say } from "./words";

const bootstrap = readBootstrap();
const bars = openBars(part("bars"));
const status = openStatus(part("state"));
const presence = showPresence(bootstrap);
let desk: Desk | undefined;
let state: LiveState = { kind: "opening" };
let writable = bootstrap.canWrite;
let live: Live | undefined;
let refusals = 0;
let comments: Comments | undefined;

const submit = wireSubmit(bootstrap, () => ({ desk, state, unsent: live?.unsent() ?? 0 }), bars);

live = connectLive({
  url: bootstrap.socket,
  person: bootstrap.person.id,
  onState(now) {
    state = now;
    showState(now);
    submit.refresh();
  },
  onPeers: (peers) => presence.show(peers, desk),
  onNote: showNote,
  onSaved(saved) {
    if (saved.message) desk?.announce(say.savedAs(saved.message));
    if (saved.message) bars.put({ key: "savepoint", tone: "ok", text: say.savedAs(saved.message), lasts: 6000 });
  },
  onUnsent: showUnsent,
  onChanged(now) {
    writable = now.write;
    desk?.setBase(now.base);
    desk?.setWritable(now.write);
  },
  onRefused: (_code, text) => bars.put({ key: "refused", tone: "warn", text, lasts: 12_000 }),
});

live.opened.then(
  (opened) => {
    writable = opened.write;
    desk = openDesk(bootstrap, {
      doc: opened.doc,
      base: opened.base,
      writable: opened.write,
      extra: opened.extension,
      bars,
      comment: (from, to) => comments?.begin(from, to),
      savePoint: (name) => live?.save(name),
    });
    void showComments(desk);
    desk.onSettled(() => submit.refresh());
    presence.attach(desk);
    offerKept(desk);
    submit.refresh();
    showState(state);
    if (document.activeElement === document.body) desk.view.focus();
  },
  () => undefined, // stopped before it was open: the state has said why
);

/** The line at the foot, and a bar for what needs the person. */
function showState(now: LiveState): void {
  switch (now.kind) {
    case "signed-out":
      status.show({ kind: "offline", since: new Date(), waiting: now.waiting });
      bars.put({
        key: "signed-out",
        tone: "warn",
        text: say.signedOut,
        closable: false,
        actions: [
          { label: say.signIn, keepOpen: true, run: () => window.open("/signin", "_blank", "noopener") },
          { label: say.tryNow, keepOpen: true, run: () => live?.retry() },
        ],
      });
      return;
    case "stopped":
      status.show({ kind: "reading" });
      desk?.setWritable(false);
      bars.drop("signed-out");
      bars.put({ key: "stopped", tone: "bad", text: `${now.text} ${say.readOnly}.`, closable: false });
      return;
    case "reading":
      desk?.setWritable(false);
      break;
    case "saved":
    case "saving":
      if (desk && writable && desk.view.state.readOnly) desk.setWritable(true);
      bars.drop("signed-out");
      break;
    default:
      break;
  }
  status.show(now);
}

/** What is said of the text comes after the text itself. */
async function showComments(of: Desk): Promise<void> {
  const tell = (text: string) => bars.put({ key: "comment", tone: "plain", text, lasts: 12_000 });
  try {
    const { openComments } = await import("./comments");
    comments = await openComments(bootstrap, of, tell);
  } catch (why) {
    tell(why instanceof Error ? why.message : String(why));
  }
}

function showNote(note: LiveNote): void {
  desk?.announce(note.text);
  if (note.kind === "comment") void comments?.reload().catch(() => undefined); // the next note tries again
  if (note.kind === "base") {
    bars.put({
      key: "base",
      tone: "warn",
      text: note.text || say.baseMoved,
      actions: [{ label: say.showMoved, keepOpen: true, run: () => window.open(bootstrap.urls.resolution, "_blank", "noopener") }],
    });
    return;
  }
  if (note.kind !== "push") return;
  const time = clock(new Date());
  const go = desk?.wayToOthers();
  bars.put({
    key: "push",
    tone: "plain",
    text: say.pushed(note.text, time),
    lasts: 30_000,
    spoken: true,
    ...(go && { actions: [{ label: say.show, keepOpen: true, run: go }] }),
  });
}

/** Edits that could not be added are never dropped without a word. */
function showUnsent(unsent: Unsent): void {
  const words = unsent.words.join("\n");
  const text = unsent.doc ?? words;
  bars.put({
    key: `unsent-${++refusals}`,
    tone: "bad",
    text: `${say.refused(unsent.edits)} ${unsent.text}`,
    closable: false,
    actions: [
      ...(unsent.doc ? [{ label: say.keep, keepOpen: true, run: () => keepForNewDraft(text) }] : []),
      { label: say.download, keepOpen: true, run: () => download(text) },
      { label: say.copyThem, keepOpen: true, run: () => void navigator.clipboard.writeText(text) },
      { label: say.discard, run: () => void unsent.discard() },
    ],
  });
}

const keptKey = `plenary.kept.${bootstrap.slug}`;

/** Puts the text aside in this browser and begins a draft of one's own, which offers to take it in. */
function keepForNewDraft(text: string): void {
  localStorage.setItem(keptKey, text);
  window.open(bootstrap.urls.keep, "_blank", "noopener");
}

/** Offers words that were put aside when another draft could not take them. */
function offerKept(to: Desk): void {
  const kept = localStorage.getItem(keptKey);
  if (kept === null || to.view.state.readOnly) return;
  bars.put({
    key: "kept",
    tone: "warn",
    text: say.kept,
    closable: false,
    actions: [
      {
        label: say.keptTake,
        run: () => {
          const changes = difference(to.view.state.doc.toString(), kept);
          if (changes) to.view.dispatch({ changes, userEvent: "input.paste" });
          localStorage.removeItem(keptKey);
          to.view.focus();
        },
      },
      { label: say.discard, run: () => localStorage.removeItem(keptKey) },
    ],
  });
}

function download(text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = `${bootstrap.slug}-${bootstrap.ref.replaceAll("/", "-")}.txt`;
  link.click();
  URL.revokeObjectURL(link.href);
}

// Words not yet on the server stay in this browser; leaving is still worth a warning.
window.addEventListener("beforeunload", (event) => {
  if (live && live.unsent() > 0) event.preventDefault();
});
