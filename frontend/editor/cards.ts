/** The card of the selected change, in the margin beside its words. */
import type { EditorView } from "@codemirror/view";
import { button, clock, el, tag } from "../shared/dom";
import type { CircleTag } from "./bootstrap";
import { type Change, choose, chosenChange, nameOf, restore } from "./changes";
import type { Column } from "./column";
import { writeWords } from "./looks";
import { comparison } from "./tracked";
import { say } from "./words";
import { lastWritten } from "./writers";

/** The key of the change's card in the margin. */
const changeCard = "change";

/** What the card is made with. */
interface CardOptions {
  readonly circle: CircleTag;
  readonly baseLabel: string;
  /** Begins a comment on the words of a change. */
  readonly comment: (from: number, to: number) => void;
}

/** Looks after the card. refresh shows the one of what is selected now, or takes it away. */
export function showSelected(view: EditorView, column: Column, o: CardOptions): { refresh(): void } {
  const { circle, baseLabel } = o;
  let card: HTMLElement | null = null;
  let shown: Change | undefined;

  function refresh() {
    const c = view.state.field(comparison).display === "all" ? chosenChange(view.state) : undefined;
    if (c && shown && same(c, shown)) {
      shown = c;
      column.place();
      return;
    }
    shown = c;
    const focused = card?.contains(document.activeElement);
    card = c ? cardOf(c) : null;
    column.set(changeCard, card && { element: card, at: () => shown?.from ?? 0 });
    if (card) column.select(changeCard);
    if (focused) view.focus();
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
      el(
        "footer",
        {},
        view.state.readOnly
          ? null
          : button(act, "quiet", () => {
              const now = chosenChange(view.state);
              if (now) restore(view, now);
              view.focus();
            }),
        button(say.comment, "quiet", () => {
          const now = chosenChange(view.state);
          if (now) o.comment(now.from, now.to);
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

  return { refresh };
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
