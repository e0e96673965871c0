/** The editor's dialogs: keys, go to clause, save point, checks, renumber. */
import type { ChangeSpec } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { button, dialog, el } from "../shared/dom";
import { clauseNames } from "./changes";
import { checksOf } from "./checks";
import { renumbered, sameCount } from "./labels";
import { comparison } from "./tracked";
import { keyList, say } from "./words";

/** The list of keys. */
export function showKeys(): void {
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  const onMac = (keys: string) => (mac ? keys.replace(/Ctrl/g, "Cmd").replace(/Alt/g, "Option") : keys);
  const rows = keyList.map(([keys, does]) => el("tr", {}, el("th", { scope: "row" }, el("kbd", {}, onMac(keys))), el("td", {}, does)));
  const d = dialog(say.keys, [el("table", { class: "keys" }, el("tbody", {}, ...rows)), foot(() => d.close())]);
}

const foot = (close: () => void, ...before: HTMLElement[]): HTMLElement =>
  el("div", { class: "actions" }, ...before, button(before.length ? say.cancel : say.close, "", close));

/** Goes to a line: the caret at its words, the line in the middle of the window. */
export function goToLine(view: EditorView, index: number): void {
  const t = view.state.field(comparison).lines[index];
  if (!t) return;
  const anchor = view.state.doc.line(index + 1).from + t.line.mark;
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
  view.focus();
}

/** Which clause people mean by what they typed: "res 5", "considering f", "cons f)", "title". -1 for none. */
export function findClause(names: readonly string[], wanted: string): number {
  const fold = (s: string) =>
    s
      .toLowerCase()
      .normalize("NFC")
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  const want = fold(wanted);
  if (!want) return -1;
  const folded = names.map(fold);
  const exact = folded.indexOf(want);
  if (exact >= 0) return exact;
  const parts = want.split(" ");
  return folded.findIndex((name) => {
    const words = name.split(" ");
    let at = 0;
    for (const p of parts) {
      while (at < words.length && !(/^\p{N}+$|^.$/u.test(p) ? words[at] === p : words[at]!.startsWith(p))) at++;
      if (at++ >= words.length) return false;
    }
    return true;
  });
}

/** Asks for a clause and goes there. */
export function showGoTo(view: EditorView): void {
  const field = el("input", { type: "text", autocomplete: "off", "aria-label": say.gotoField, placeholder: "res 5" });
  const problem = el("p", { class: "problem", role: "alert" });
  const form = el("form", { method: "dialog" }, el("p", { class: "muted" }, say.gotoField), field, problem);
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const index = findClause(clauseNames(view.state), field.value);
    if (index < 0) {
      problem.textContent = say.gotoNone(field.value);
      return;
    }
    d.close();
    goToLine(view, index);
  });
  const go = el("button", { class: "primary" }, say.goto);
  form.append(
    el(
      "div",
      { class: "actions" },
      go,
      button(say.cancel, "", () => d.close()),
    ),
  );
  const d = dialog(say.goto, [form]);
  field.focus();
}

/** Asks for the name of a save point. */
export function showSavePoint(make: (name: string) => void): void {
  const field = el("input", { type: "text", maxlength: "120", required: true, "aria-label": say.savePointField });
  const form = el("form", { method: "dialog" }, el("p", { class: "muted" }, say.savePointHelp), field);
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const name = field.value.trim();
    if (!name) return;
    d.close();
    make(name);
  });
  form.append(
    el(
      "div",
      { class: "actions" },
      el("button", { class: "primary" }, say.savePointMake),
      button(say.cancel, "", () => d.close()),
    ),
  );
  const d = dialog(say.savePoint, [form]);
  field.focus();
}

/** The list of checks; a click goes to the place. */
export function showChecks(view: EditorView): void {
  const checks = checksOf(view.state);
  const list = checks.map((c) =>
    el(
      "li",
      {},
      button(c.text, "quiet", () => {
        d.close();
        goToLine(view, c.line);
      }),
    ),
  );
  const d = dialog(say.checksTitle, [
    checks.length ? el("ul", { class: "checklist" }, ...list) : el("p", {}, say.checksNone),
    foot(() => d.close()),
  ]);
}

/** Label changes that close up bis labels and gaps. */
export interface Renumbering {
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

/** What Renumber would change. */
export function renumbering(
  lines: readonly { readonly line: { readonly kind: string; readonly level: number; readonly label: string } }[],
): Renumbering[] {
  const out: Renumbering[] = [];
  const open: number[][] = [];
  const close = (level: number) => {
    for (const list of open.splice(level)) {
      const labels = list.map((i) => lines[i]!.line.label);
      renumbered(labels).forEach((to, k) => {
        if (to !== labels[k]) out.push({ line: list[k]!, from: labels[k]!, to });
      });
    }
  };
  lines.forEach(({ line }, i) => {
    if (["opener", "division", "heading"].includes(line.kind)) close(0);
    if (line.kind !== "item" || /\d\.\d/.test(line.label)) return;
    close(line.level + 1);
    const list = open[line.level];
    const first = list?.[0];
    if (list && first !== undefined && sameCount(lines[first]!.line.label, line.label) && !/^(?:1\.|a\)|i\))$/.test(line.label))
      list.push(i);
    else {
      close(line.level);
      while (open.length < line.level) open.push([]);
      open[line.level] = [i];
    }
  });
  close(0);
  return out.sort((a, b) => a.line - b.line);
}

/** Shows which labels would change, and changes them when told. */
export function showRenumber(view: EditorView): void {
  const { lines } = view.state.field(comparison);
  const plan = renumbering(lines);
  const names = clauseNames(view.state);
  const rows = plan.map((r) =>
    el("tr", {}, el("td", {}, names[r.line] ?? ""), el("td", {}, r.from), el("td", {}, "→"), el("td", {}, r.to)),
  );
  const act = button(say.renumberDo(plan.length), "primary", () => {
    d.close();
    const now = view.state.field(comparison).lines;
    const changes: ChangeSpec[] = [];
    for (const r of plan) {
      const t = now[r.line];
      if (t?.line.kind !== "item" || t.line.label !== r.from) continue;
      const at = view.state.doc.line(r.line + 1).from + t.line.indent;
      changes.push({ from: at, to: at + r.from.length, insert: r.to });
    }
    view.dispatch({ changes, userEvent: "input.renumber" });
    view.focus();
  });
  const d = dialog(say.renumber, [
    el("p", { class: "muted" }, plan.length ? say.renumberHelp : say.renumberNone),
    plan.length ? el("div", { class: "scroll" }, el("table", { class: "list" }, el("tbody", {}, ...rows))) : null,
    plan.length && !view.state.readOnly ? foot(() => d.close(), act) : foot(() => d.close()),
  ]);
}
