/** Find in text: a bar with one field, the count, next and previous. */
import {
  closeSearchPanel,
  findNext,
  findPrevious,
  getSearchQuery,
  openSearchPanel,
  SearchQuery,
  search,
  setSearchQuery,
} from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { type EditorView, keymap, type Panel, type ViewUpdate } from "@codemirror/view";
import { button, el } from "../shared/dom";
import { say } from "./words";

const mostCounted = 999;

function countMatches(view: EditorView): { at: number; all: number } {
  const query = getSearchQuery(view.state);
  if (!query.valid) return { at: 0, all: 0 };
  const { from, to } = view.state.selection.main;
  let all = 0;
  let at = 0;
  const cursor = query.getCursor(view.state);
  for (let next = cursor.next(); !next.done && all < mostCounted; next = cursor.next()) {
    all++;
    if (next.value.from === from && next.value.to === to) at = all;
  }
  return { at, all };
}

function findPanel(view: EditorView): Panel {
  const field = el("input", { type: "search", "main-field": "true", "aria-label": say.find, placeholder: say.find, spellcheck: "false" });
  const told = el("span", { class: "muted", role: "status" });
  const tell = () => {
    const { at, all } = countMatches(view);
    told.textContent = field.value ? say.findCount(at, all) : "";
  };
  field.value = getSearchQuery(view.state).search;
  field.addEventListener("input", () => {
    view.dispatch({ effects: setSearchQuery.of(new SearchQuery({ search: field.value, literal: true })) });
    tell();
  });
  const dom = el(
    "div",
    { class: "findbar" },
    field,
    button(say.findPrevious, "quiet", () => findPrevious(view)),
    button(say.findNext, "quiet", () => findNext(view)),
    told,
    el("span", { class: "grow" }),
    button(say.close, "quiet", () => {
      closeSearchPanel(view);
      view.focus();
    }),
  );
  dom.addEventListener("keydown", (e) => {
    if (e.key === "Enter") {
      (e.shiftKey ? findPrevious : findNext)(view);
      e.preventDefault();
    } else if (e.key === "Escape") {
      closeSearchPanel(view);
      view.focus();
      e.preventDefault();
    } else if (e.key === "F3") {
      (e.shiftKey ? findPrevious : findNext)(view);
      e.preventDefault();
    }
  });
  return {
    dom,
    top: true,
    mount: () => field.select(),
    update(u: ViewUpdate) {
      for (const tr of u.transactions)
        for (const e of tr.effects) if (e.is(setSearchQuery) && e.value.search !== field.value) field.value = e.value.search;
      if (u.docChanged || u.selectionSet) tell();
    },
  };
}

/** The search with its keys. */
export const finding: Extension = [
  search({ top: true, createPanel: findPanel, caseSensitive: false, literal: true }),
  keymap.of([
    { key: "Mod-f", run: openSearchPanel, preventDefault: true },
    { key: "F3", run: findNext, shift: findPrevious, preventDefault: true },
  ]),
];
