/** What every page does with keys: to the search, to the next change of a text, and the list of keys. Pages work without. */
import { button, dialog, el } from "./dom";
import { keysOf, words } from "./keylist";

const typing = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;

const page = [...document.body.classList].find((c) => c.startsWith("page-"))?.slice("page-".length) ?? "";

// The editor has keys of its own, and its own list of them.
if (page !== "editor") {
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || typing(e.target)) return;
    if (acts(e)) e.preventDefault();
  });
  offerList();
}

function acts(e: KeyboardEvent): boolean {
  const plain = !e.ctrlKey && !e.metaKey && !e.altKey;
  if (plain && e.key === "/") return search();
  if (plain && e.key === "?") return showKeys();
  if (e.altKey && !e.ctrlKey && !e.metaKey && (e.key === "ArrowDown" || e.key === "ArrowUp")) return step(e.key === "ArrowDown" ? 1 : -1);
  return false;
}

/** The search box of this page; from a page without one, the page with it. */
function search(): boolean {
  const box = document.querySelector<HTMLInputElement>("input[type=search]");
  if (box) {
    box.focus();
    box.select();
  } else location.assign("/search");
  return true;
}

/** The first words of every change: what was struck and put in at one place is one. */
function changes(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("main ins, main del")].filter((e) => {
    const before = e.previousElementSibling;
    return !(e.tagName === "INS" && before?.tagName === "DEL" && before.nextSibling === e);
  });
}

/** Goes to the next change of the text shown, or the one before, round the end. */
function step(direction: 1 | -1): boolean {
  const all = changes();
  if (all.length === 0) return false;
  const now = all.indexOf(document.activeElement as HTMLElement);
  const next = all.at(now < 0 ? (direction > 0 ? 0 : -1) : (now + direction) % all.length)!;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
  return true;
}

function showKeys(): true {
  const rows = keysOf(page).map(([keys, does]) => el("tr", {}, el("th", { scope: "row" }, el("kbd", {}, keys)), el("td", {}, does)));
  const d = dialog(words.title, [
    el("table", { class: "keys" }, el("tbody", {}, ...rows)),
    el(
      "div",
      { class: "actions" },
      button(words.close, "", () => d.close()),
    ),
  ]);
  return true;
}

/** A way to the list without knowing its key. */
function offerList(): void {
  const menu = document.querySelector(".sheet-menu .links");
  menu?.append(button(words.title, "quiet keys-button", showKeys));
}
