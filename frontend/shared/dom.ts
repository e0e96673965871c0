/** Small helpers to build the parts of the page around the text. */

type Child = Node | string | null | undefined;

/** Makes an element with a class and children; attributes go by name. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | boolean>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "boolean") e.toggleAttribute(name, value);
    else e.setAttribute(name, value);
  }
  e.append(...children.filter((c): c is Node | string => c !== null && c !== undefined));
  return e;
}

/** Makes a button that does something. */
export function button(label: string, cls: string, run: () => void): HTMLButtonElement {
  const b = el("button", { type: "button", class: cls }, label);
  b.addEventListener("click", run);
  return b;
}

/** The element of the page with this id, which the page's template always has. */
export function part<T extends HTMLElement = HTMLElement>(id: string): T {
  const e = document.getElementById(id);
  if (!e) throw new Error(`the page has no part "${id}"`);
  return e as T;
}

/** A delegation's code in its ink. */
export const tag = (label: string, slot: number, title?: string): HTMLElement =>
  el("span", title ? { class: `tag slot-${slot}`, title } : { class: `tag slot-${slot}` }, label);

/** The time of day as people write it. */
export const clock = (at: Date): string => at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Asks something in a dialog. It is taken away when it closes, and the focus goes back to where it was. */
export function dialog(title: string, body: readonly Child[], done?: () => void): HTMLDialogElement {
  const before = document.activeElement;
  const heading = el("h2", {}, title);
  heading.id = "dialog-title";
  const d = el("dialog", { class: "sheet-dialog", "aria-labelledby": "dialog-title" }, heading, ...body);
  d.addEventListener("close", () => {
    d.remove();
    if (before instanceof HTMLElement) before.focus();
    done?.();
  });
  document.body.append(d);
  d.showModal();
  return d;
}
