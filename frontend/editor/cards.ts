/** The card of the selected change, in the margin beside its words; on narrow pages a sheet at the bottom. */
import type { EditorView } from "@codemirror/view";
import type { CircleTag } from "./bootstrap";
import { type Change, choose, chosenChange, nameOf, restore } from "./changes";
import { button, clock, el, tag } from "./dom";
import { writeWords } from "./looks";
import { comparison } from "./tracked";
import { say } from "./words";
import { lastWritten } from "./writers";

/** The margin of a text. */
export interface Margin {
  /** Shows the card of what is selected now, or takes it away. */
  refresh(): void;
  /** Puts the card beside its words again after the page has moved. */
  place(): void;
}

/** Builds the margin of a view. */
export function openMargin(view: EditorView, margin: HTMLElement, circle: CircleTag, baseLabel: string): Margin {
  let card: HTMLElement | null = null;
  let shown: Change | undefined;

  function place() {
    // A sheet at the bottom stands on the line that says whether all is saved, and does not cover it.
    const foot = document.getElementById("status");
    margin.style.insetBlockEnd = foot && getComputedStyle(margin).position === "fixed" ? `${foot.offsetHeight}px` : "";
    if (!card || !shown) return;
    const at = Math.min(shown.from, view.state.doc.length);
    const top = view.lineBlockAt(at).top + view.documentTop - margin.getBoundingClientRect().top;
    card.style.insetBlockStart = `${Math.max(0, Math.round(top))}px`;
  }

  function refresh() {
    const c = view.state.field(comparison).display === "all" ? chosenChange(view.state) : undefined;
    if (c && shown && same(c, shown)) {
      shown = c;
      place();
      return;
    }
    shown = c;
    const focused = card?.contains(document.activeElement);
    card?.remove();
    card = c ? cardOf(c) : null;
    if (card) margin.append(card);
    margin.classList.toggle("open", card !== null);
    if (focused) view.focus();
    place();
  }

  function cardOf(c: Change): HTMLElement {
    const name = nameOf(view.state, c);
    const written = lastWritten(view.state, c.from, c.to);
    const quote = el("p", { class: "q", dir: "auto" });
    if (c.struck) {
      const del = el("del", { class: "tc-del" });
      writeWords(del, c.struck.trim().replace(/[\\*]/g, "\\$&"));
      quote.append(del, " ");
    }
    if (c.added) quote.append(el("ins", { class: "tc-ins" }, c.added.trim()));
    const v = view.state.field(comparison);
    const about = aboutOf(c, v.base[c.base]?.name ?? "");
    const act = {
      words: say.restore,
      new: say.restoreNew,
      gone: say.restoreGone,
      moved: say.restoreMoved,
      split: say.restoreShape,
      joined: say.restoreShape,
    }[c.kind];
    const box = el(
      "section",
      { class: `card on slot-${circle.slot}`, "aria-label": say.cardName(name) },
      el("header", {}, tag(circle.label, circle.slot, circle.name), el("b", { dir: "auto" }, name)),
      about ? el("p", { class: "about" }, about) : null,
      c.struck || c.added ? quote : null,
      el(
        "p",
        { class: "muted who-when" },
        [say.cardDelegation(circle.name || circle.label), written && say.cardWritten(written.own, clock(written.at))]
          .filter(Boolean)
          .join("; "),
        el("br"),
        say.cardHint(baseLabel),
      ),
      view.state.readOnly
        ? null
        : el(
            "footer",
            {},
            button(act, "quiet", () => {
              const now = chosenChange(view.state);
              if (now) restore(view, now);
              view.focus();
            }),
          ),
    );
    box.addEventListener("keydown", (e) => {
      if (e.key === "Escape") view.focus();
    });
    const close = button("×", "quiet close", () => {
      view.dispatch({ effects: choose.of(null) });
      view.focus();
    });
    close.setAttribute("aria-label", say.close);
    box.firstElementChild?.append(el("span", { class: "grow" }), close);
    return box;
  }

  return { refresh, place };
}

function aboutOf(c: Change, baseName: string): string {
  switch (c.kind) {
    case "new":
      return say.clauseNew;
    case "gone":
      return say.clauseGone;
    case "moved":
      return say.clauseMoved(baseName);
    case "split":
      return say.clauseSplit;
    case "joined":
      return say.clauseJoined;
    case "words":
      return "";
  }
}

const same = (a: Change, b: Change): boolean => a.key === b.key && a.struck === b.struck && a.added === b.added && a.kind === b.kind;
