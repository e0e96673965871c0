/** Who else is here: codes in the top bar, carets in the text, and following one of them. */
import { EditorView } from "@codemirror/view";
import { el, part, tag } from "../shared/dom";
import type { Bootstrap } from "./bootstrap";
import type { Desk } from "./desk";
import type { LivePeer } from "./live";
import { type PeerCaret, setPeers } from "./peers";
import { say } from "./words";

const flagTime = 3000;
const announceEvery = 60_000;

/** Shows the participants. */
export function showPresence(b: Bootstrap): { show(peers: readonly LivePeer[], desk: Desk | undefined): void; attach(desk: Desk): void } {
  const bar = part("peers");
  let now: readonly LivePeer[] = [];
  let desk: Desk | undefined;
  let following: string | null = null;
  let announced = 0;
  let timer = 0;

  const circleOf = (p: LivePeer) =>
    b.circles.find((c) => c.code === p.circle) ?? { code: p.circle, label: p.circle.toUpperCase(), slot: 0 };

  function carets(): PeerCaret[] {
    const at = Date.now();
    return now.flatMap((p) => {
      if (p.anchor === undefined || p.head === undefined) return [];
      const circle = circleOf(p);
      return [
        {
          id: p.clientID,
          code: circle.label,
          slot: circle.slot,
          name: p.name,
          anchor: p.anchor,
          head: p.head,
          flagged: at - p.active < flagTime,
        },
      ];
    });
  }

  function draw() {
    clearTimeout(timer);
    if (!desk) return;
    const all = carets();
    desk.view.dispatch({ effects: setPeers.of(all) });
    const oldest = Math.min(...now.filter((p) => Date.now() - p.active < flagTime).map((p) => p.active));
    if (Number.isFinite(oldest)) timer = window.setTimeout(draw, oldest + flagTime - Date.now() + 20);
    const led = all.find((p) => p.id === following);
    if (led) desk.view.dispatch({ effects: EditorView.scrollIntoView(Math.min(led.head, desk.view.state.doc.length), { y: "center" }) });
  }

  function follow(p: LivePeer) {
    following = following === p.clientID ? null : p.clientID;
    desk?.announce(following ? say.following(p.name) : say.notFollowing);
    drawBar();
    draw();
  }

  function drawBar() {
    const items = now.map((p) => {
      const circle = circleOf(p);
      const who = `${circle.label} ${p.name}`;
      const button = el(
        "button",
        { type: "button", title: say.follow(who), "aria-label": say.follow(who), "aria-pressed": String(following === p.clientID) },
        tag(`${circle.label} ${initials(p.name)}`, circle.slot),
      );
      button.addEventListener("click", () => follow(p));
      return button;
    });
    bar.replaceChildren(...items, ...(items.length ? [el("span", { class: "muted" }, say.editingNow)] : []));
  }

  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !following) return;
    following = null;
    desk?.announce(say.notFollowing);
    drawBar();
  });

  return {
    attach(d) {
      desk = d;
      drawBar();
      draw();
    },
    show(peers) {
      const joined = peers.filter((p) => !now.some((o) => o.clientID === p.clientID));
      const changed = joined.length > 0 || peers.length !== now.length;
      const first = now.length === 0 && announced === 0;
      now = peers;
      if (changed) drawBar();
      if (joined.length && !first && Date.now() - announced > announceEvery) {
        announced = Date.now();
        desk?.announce(say.joined(joined.map((p) => `${circleOf(p).label} ${p.name}`).join(", ")));
      }
      draw();
    },
  };
}

const initials = (name: string): string =>
  name
    .replace(/^(?:Ms|Mr|Mrs|Dr|Mme|M\.)\s+/u, "")
    .split(/\s+/u)
    .map((w) => [...w][0] ?? "")
    .join("")
    .slice(0, 2);
