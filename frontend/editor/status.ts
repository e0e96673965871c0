/** The line that says whether everything is saved, and the bars for what needs the person: it is never silent. */
import { button, clock, el } from "../shared/dom";
import { say } from "./words";

/** What the line at the foot can say. */
export type SaveState =
  | { readonly kind: "opening" }
  | { readonly kind: "saved"; readonly at: Date }
  | { readonly kind: "saving" }
  | {
      readonly kind: "offline";
      readonly since: Date;
      readonly waiting: number;
      readonly retryAt?: Date | undefined;
      readonly tryNow?: (() => void) | undefined;
    }
  | { readonly kind: "catching"; readonly done: number; readonly all: number }
  | { readonly kind: "reading" };

const signs: Record<SaveState["kind"], string> = { opening: "◌", saved: "●", saving: "◌", offline: "◐", catching: "↻", reading: "○" };

/** Writes the state into its line. Returns a function that stops it. */
export function openStatus(line: HTMLElement): { show(state: SaveState): void; stop(): void } {
  let timer = 0;
  function show(state: SaveState) {
    clearTimeout(timer);
    line.className = `state is-${state.kind}`;
    line.dataset.state = state.kind;
    line.replaceChildren(el("span", { class: "sign", "aria-hidden": "true" }, signs[state.kind]), sentence(state));
    if (state.kind !== "offline" || !state.retryAt) return;
    const left = Math.ceil((state.retryAt.getTime() - Date.now()) / 1000);
    if (left > 3) line.append(el("span", { class: "muted", "aria-hidden": "true" }, `, ${say.retryIn(left)}`));
    if (state.tryNow) line.append(" ", button(say.tryNow, "quiet", state.tryNow));
    if (left > 1) timer = window.setTimeout(() => show(state), 1000);
  }
  return { show, stop: () => clearTimeout(timer) };
}

function sentence(state: SaveState): string {
  switch (state.kind) {
    case "opening":
      return say.opening;
    case "saved":
      return say.saved(clock(state.at));
    case "saving":
      return say.saving;
    case "offline":
      return say.offline(clock(state.since), state.waiting);
    case "catching":
      return say.catching(state.done, state.all);
    case "reading":
      return say.readOnly;
  }
}

/** One bar above the text: a sentence and what can be done. */
export interface Bar {
  readonly key: string;
  readonly tone: "ok" | "warn" | "bad" | "plain";
  readonly text: string;
  readonly actions?: readonly { readonly label: string; readonly run: () => void; readonly keepOpen?: boolean }[];
  /** May be closed without doing anything; false for what must be answered. */
  readonly closable?: boolean;
  /** Read aloud by other means, so that it is no live region itself. */
  readonly spoken?: boolean;
  /** Goes by itself after so many milliseconds. */
  readonly lasts?: number;
}

/** The bars above the text. A bar with a key that is up is replaced. */
export function openBars(parent: HTMLElement): { put(bar: Bar): void; drop(key: string): void } {
  const drop = (key: string) => {
    for (const e of parent.querySelectorAll<HTMLElement>("[data-key]")) if (e.dataset.key === key) e.remove();
  };
  return {
    drop,
    put(bar) {
      drop(bar.key);
      const actions = (bar.actions ?? []).map((a) =>
        button(a.label, "", () => {
          if (!a.keepOpen) drop(bar.key);
          a.run();
        }),
      );
      const box = el(
        "div",
        { class: `note ${bar.tone} bar-note`, role: bar.spoken ? "note" : bar.tone === "bad" ? "alert" : "status", "data-key": bar.key },
        el("p", {}, bar.text),
        ...actions,
        bar.closable === false ? null : button(say.dismiss, "quiet", () => drop(bar.key)),
      );
      parent.append(box);
      if (bar.lasts) window.setTimeout(() => box.remove(), bar.lasts);
    },
  };
}
