/** Everything around the text: displays, change counter, margin, checks, keys, regions, what is read aloud. */

import { undo } from "@codemirror/commands";
import type { Extension } from "@codemirror/state";
import { Prec } from "@codemirror/state";
import { EditorView, keymap, type ViewUpdate } from "@codemirror/view";
import { el, part } from "../shared/dom";
import type { Bootstrap } from "./bootstrap";
import { showSelected } from "./cards";
import { changesOf, chosen, chosenChange, clausesOf, nameOf, step } from "./changes";
import { type Check, checkMarks, checksOf, markChecks } from "./checks";
import { type Column, openColumn } from "./column";
import { goToLine, showChecks, showGoTo, showKeys, showRenumber, showSavePoint } from "./dialogs";
import { telling } from "./keys";
import type { Pasted } from "./paste";
import type { openBars } from "./status";
import { openText, setWritable } from "./text";
import { comparison, type Display, setBase, setDisplay } from "./tracked";
import { say } from "./words";
import { lastOfOthers, type Written, writers } from "./writers";

/** What a desk is opened with, besides the page's own data. */
export interface DeskOptions {
  readonly doc: string;
  readonly base: string;
  readonly writable: boolean;
  readonly bars: ReturnType<typeof openBars>;
  /** The live connection's part in the text. */
  readonly extra: Extension;
  /** Begins a comment on words of the text; without them, on the selection. */
  readonly comment: (from?: number, to?: number) => void;
  /** Makes a named save point. */
  readonly savePoint: (name: string) => void;
}

/** The open editor. */
export interface Desk {
  readonly view: EditorView;
  /** The cards beside the text. */
  readonly column: Column;
  setWritable(writable: boolean): void;
  setBase(base: string): void;
  /** A way to where others last wrote, wherever that has moved to; undefined if they have not since the page was opened. */
  wayToOthers(): (() => void) | undefined;
  /** How many changes the text has now. */
  changes(): number;
  /** Says something to those who listen to the page. */
  announce(sentence: string): void;
  /** Told after the text or the selection has changed and the page has settled. */
  onSettled(run: () => void): void;
  destroy(): void;
}

const settle = 60;

/** Opens the editor in its page. */
export function openDesk(b: Bootstrap, o: DeskOptions): Desk {
  const live = part("live");
  const listeners: (() => void)[] = [];
  const off = new AbortController();
  let display: Display = "all";
  let adopted: EditorView | null = null;
  let timer = 0;
  const { bars } = o;
  const announce = (sentence: string) => {
    live.textContent = sentence;
  };

  const paper = part("paper");
  paper.classList.add(`slot-${b.circle.slot}`);
  paper.lang = b.lang;
  paper.dir = directionOf(o.doc) ?? directionOf(o.base) ?? "ltr";
  const view = openText({
    parent: part("text"),
    doc: o.doc,
    base: o.base,
    name: say.textbox(b.title ?? b.slug, b.baseLabel),
    lang: b.lang,
    writable: o.writable,
    pasted: (p, from, to) => tellPaste(view, p, from, to),
    extra: [
      o.extra,
      checkMarks,
      telling.of((sentence) => {
        announce(sentence);
        bars.put({ key: "told", tone: "plain", text: sentence, lasts: 6000, spoken: true });
      }),
      deskKeys(),
      EditorView.updateListener.of(updated),
      EditorView.scrollMargins.of(() => ({ bottom: sheetHeight() })),
    ],
  });
  const column = openColumn(view, part("margin"));
  const selected = showSelected(view, column, { circle: b.circle, baseLabel: b.baseLabel, comment: o.comment });

  function tellPaste(v: EditorView, p: Pasted, from: number, to: number) {
    bars.put({
      key: "paste",
      tone: "plain",
      text: say.pasted(p.lines.length, p.formatting, p.struck),
      lasts: 20_000,
      actions: [
        {
          label: say.undo,
          run: () => {
            undo(v);
            v.focus();
          },
        },
        {
          label: say.show,
          keepOpen: true,
          run: () => {
            v.dispatch({ selection: { anchor: from, head: Math.min(to, v.state.doc.length) }, scrollIntoView: true });
            v.focus();
          },
        },
      ],
    });
  }

  function updated(u: ViewUpdate) {
    if (
      u.docChanged ||
      u.selectionSet ||
      u.startState.field(chosen) !== u.state.field(chosen) ||
      u.startState.field(comparison) !== u.state.field(comparison)
    ) {
      clearTimeout(timer);
      timer = window.setTimeout(refresh, settle);
    } else if (u.geometryChanged) requestAnimationFrame(() => column.place());
  }

  let spoken: string | null = null;
  let marked: readonly Check[] = [];
  function refresh() {
    const all = changesOf(view.state);
    const key = view.state.field(chosen);
    const at = all.findIndex((c) => c.key === key);
    part("count").textContent = at >= 0 ? say.changeOf(at + 1, all.length) : say.changesIn(all.length, clausesOf(all, view.state));
    for (const id of ["previous", "next"]) part<HTMLButtonElement>(id).disabled = all.length === 0;
    paper.classList.toggle("is-empty", all.length === 0);
    const caret = view.state.doc.lineAt(view.state.selection.main.head).number - 1;
    // A clause that somebody is just beginning is nobody's mistake.
    const checks = checksOf(view.state).filter((c) => !(c.empty && c.line === caret));
    part("checks").textContent = say.checks(checks.length);
    part<HTMLButtonElement>("checks").hidden = checks.length === 0;
    if (checks.length !== marked.length || checks.some((c, i) => c.line !== marked[i]?.line)) {
      marked = checks;
      view.dispatch({ effects: markChecks.of(checks) });
    }
    part("clauses").textContent = say.clauses(
      view.state.field(comparison).lines.filter((t) => t.line.kind !== "blank" && t.line.kind !== "rule").length,
    );
    selected.refresh();
    if (key !== spoken) {
      spoken = key;
      const c = chosenChange(view.state);
      if (c) announce(say.change(nameOf(view.state, c), c.struck, c.added));
    }
    for (const run of listeners) run();
  }

  function show(next: Display) {
    display = next;
    for (const e of part("review").querySelectorAll<HTMLButtonElement>("[data-display]"))
      e.setAttribute("aria-pressed", String(e.dataset.display === next));
    part("text").hidden = next === "adopted";
    part("adopted").hidden = next !== "adopted";
    if (next === "adopted" && !adopted) adopted = openAdopted();
    if (next !== "adopted") view.dispatch({ effects: setDisplay.of(next) });
    selected.refresh();
    (next === "adopted" ? adopted : view)?.requestMeasure();
  }

  function toOthers(then: Written) {
    // Where it is by now: the time is the same one as long as nobody wrote on there.
    const written = view.state.field(writers).find((w) => w.at === then.at) ?? lastOfOthers(view.state);
    if (display === "adopted") show("all");
    if (written) goToLine(view, view.state.doc.lineAt(Math.min(written.from, view.state.doc.length)).number - 1);
  }

  function openAdopted(): EditorView {
    const text = view.state
      .field(comparison)
      .base.map((l) => l.text)
      .join("\n");
    return openText({
      parent: part("adopted"),
      doc: text,
      base: text,
      name: say.adoptedBox(b.baseLabel),
      lang: b.lang,
      writable: false,
      extra: deskKeys(),
    });
  }

  function deskKeys(): Extension {
    const run = (act: () => void) => () => {
      act();
      return true;
    };
    return Prec.highest(
      keymap.of([
        { key: "Mod-g", run: run(() => showGoTo(display === "adopted" && adopted ? adopted : view)), preventDefault: true },
        { key: "Mod-Alt-m", run: run(() => o.comment()), preventDefault: true },
        { key: "Mod-s", run: run(() => showSavePoint(o.savePoint)), preventDefault: true },
        { key: "Mod-Alt-1", run: run(() => show("all")), preventDefault: true },
        { key: "Mod-Alt-2", run: run(() => show("proposed")), preventDefault: true },
        { key: "Mod-Alt-3", run: run(() => show("adopted")), preventDefault: true },
      ]),
    );
  }

  const on = <E extends Event>(target: EventTarget, type: string, run: (e: E) => void) =>
    target.addEventListener(type, run as EventListener, { signal: off.signal });
  for (const e of part("review").querySelectorAll<HTMLButtonElement>("[data-display]"))
    on(e, "click", () => show(e.dataset.display as Display));
  on(part("previous"), "click", () => {
    step(view, -1);
  });
  on(part("next"), "click", () => {
    step(view, 1);
  });
  on(part("checks"), "click", () => showChecks(view));
  on(part("renumber"), "click", () => showRenumber(view));
  on(part("keys"), "click", showKeys);
  on(document, "keydown", (e: KeyboardEvent) => pageKeys(e, view, show));
  on(part("main"), "scroll", () => column.place());
  on(window, "resize", () => column.place());
  document.fonts?.ready.then(() => view.requestMeasure());

  part("prov").replaceChildren(
    el("span", {}, el("b", {}, b.number ? `MOD ${b.number}` : "Draft proposal")),
    el("span", { class: "hint-empty" }, say.empty),
    el("span", { class: "hint-numbers" }, "numbers at the side are for this draft only"),
  );
  refresh();

  return {
    view,
    column,
    setWritable: (writable) => setWritable(view, writable),
    setBase: (base) => view.dispatch({ effects: setBase.of(base) }),
    wayToOthers() {
      const now = lastOfOthers(view.state);
      return now && (() => toOthers(now));
    },
    changes: () => changesOf(view.state).length,
    announce,
    onSettled: (run) => listeners.push(run),
    destroy() {
      off.abort();
      clearTimeout(timer);
      adopted?.destroy();
      view.destroy();
    },
  };
}

/** The direction of a text is that of its first letter, as on the pages for reading. */
export function directionOf(text: string): "rtl" | "ltr" | undefined {
  const letter = /\p{L}/u.exec(text)?.[0];
  if (!letter) return undefined;
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(letter) ? "rtl" : "ltr";
}

/** How much of the window the card covers where it is a sheet at the bottom. */
function sheetHeight(): number {
  const margin = part("margin");
  return getComputedStyle(margin).position === "fixed" ? margin.offsetHeight : 0;
}

/** Keys that act wherever the focus is. */
function pageKeys(e: KeyboardEvent, view: EditorView, show: (d: Display) => void): void {
  if (e.defaultPrevented) return;
  const typing = e.target instanceof Element && e.target.closest("input, textarea, select, [contenteditable], dialog") !== null;
  if (e.key === "F6") {
    nextRegion(view, e.shiftKey ? -1 : 1);
    e.preventDefault();
  } else if (e.key === "?" && !typing) {
    showKeys();
    e.preventDefault();
  } else if (!typing && e.altKey && !e.ctrlKey && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
    step(view, e.key === "ArrowDown" ? 1 : -1);
    e.preventDefault();
  } else if (!typing && e.ctrlKey && e.altKey && ["1", "2", "3"].includes(e.key)) {
    show((["all", "proposed", "adopted"] as const)[Number(e.key) - 1]!);
    e.preventDefault();
  }
}

/** F6 walks round the regions: top bar, review bar, text, margin, status. */
function nextRegion(view: EditorView, direction: 1 | -1): void {
  const regions: HTMLElement[] = [
    document.querySelector<HTMLElement>("header.top") ?? document.body,
    part("review"),
    view.contentDOM,
    part("margin"),
    part("status"),
  ].filter((r) => r.offsetParent !== null || r === view.contentDOM);
  const now = regions.findIndex((r) => r.contains(document.activeElement));
  const next = regions[(now + direction + regions.length) % regions.length]!;
  if (next === view.contentDOM) view.focus();
  else {
    const reachable = next.querySelectorAll<HTMLElement>("a[href], button:not(:disabled), summary, [tabindex='0']");
    ([...reachable].find((e) => e.offsetParent !== null) ?? next).focus();
  }
}
