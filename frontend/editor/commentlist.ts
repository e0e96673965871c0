/** The list of comments: opened from the bar, by state and clause, each a way to its words. */

import { button, dialog, el, tag } from "../shared/dom";
import type { Spoken } from "./commentcards";
import { talk } from "./commentwords";

type Filter = keyof typeof talk.filters;

const passes: Record<Filter, (s: Spoken) => boolean> = {
  open: (s) => !s.thread.resolved,
  new: (s) => s.thread.new > 0,
  mine: (s) => s.thread.mine,
  resolved: (s) => s.thread.resolved,
};

/** What the list is made of. */
interface ListOptions {
  /** The page with all of them. */
  readonly all: string;
  threads(): readonly Spoken[];
  show(s: Spoken): void;
}

/** Makes the way to the comments' page a button that opens the list and counts them. */
export function openList(link: HTMLAnchorElement, o: ListOptions): { refresh(): void } {
  link.setAttribute("role", "button");
  link.addEventListener("click", (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    open();
  });
  link.addEventListener("keydown", (e) => {
    if (e.key !== " ") return;
    e.preventDefault();
    open();
  });

  function open() {
    let filter: Filter = "open";
    const rows = el("div", { class: "scroll" });
    const seg = el("div", { class: "seg", role: "group", "aria-label": talk.panel });
    const d = dialog(talk.panel, [
      seg,
      rows,
      el(
        "div",
        { class: "actions" },
        el("a", { class: "button", href: o.all }, talk.all),
        button(talk.close, "", () => d.close()),
      ),
    ]);
    const draw = () => {
      seg.replaceChildren(
        ...(Object.keys(talk.filters) as Filter[]).map((f) => {
          const n = o.threads().filter(passes[f]).length;
          const choice = button(`${talk.filters[f]} ${n}`, "", () => {
            filter = f;
            draw();
            seg.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
          });
          choice.setAttribute("aria-pressed", String(f === filter));
          return choice;
        }),
      );
      const shown = o.threads().filter(passes[filter]);
      rows.replaceChildren(
        shown.length
          ? el(
              "ul",
              { class: "plain talks" },
              ...shown.map((s) =>
                el(
                  "li",
                  {},
                  row(s, () => d.close()),
                ),
              ),
            )
          : el("p", { class: "muted" }, o.threads().length ? talk.noneShown : talk.none),
      );
    };
    draw();
  }

  function row(s: Spoken, close: () => void): HTMLElement {
    const t = s.thread;
    const b = el(
      "button",
      { type: "button", class: "quiet" },
      el("b", {}, t.name),
      " ",
      t.comment.label ? tag(t.comment.label, t.comment.slot) : null,
      ` ${t.comment.name}: `,
      el("span", { class: "words", dir: "auto" }, t.comment.words),
      t.answers.length ? el("span", { class: "muted" }, ` (${talk.answers(t.answers.length)})`) : null,
    );
    b.addEventListener("click", () => {
      close();
      o.show(s);
    });
    return b;
  }

  return {
    refresh() {
      const open = o.threads().filter(passes.open).length;
      const fresh = o.threads().filter(passes.new).length;
      link.replaceChildren(talk.button(open), ...(fresh ? [el("span", { class: "pill ok" }, talk.buttonNew(fresh))] : []));
    },
  };
}
