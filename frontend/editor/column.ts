/**
 * The cards in the margin: each stands beside its words, and where two would overlap the selected one stays and the
 * others make way. On narrow pages only the selected one is shown, as a sheet at the bottom.
 */
import type { EditorView } from "@codemirror/view";

/** A card beside words of the text. */
export interface MarginCard {
  readonly element: HTMLElement;
  /** Where its words are in the text now. */
  at(): number;
}

/** The margin of a text. */
export interface Column {
  /** Puts a card into the margin, in place of the one with its key; null takes it away. */
  set(key: string, card: MarginCard | null): void;
  /** Selects a card, or none. */
  select(key: string | null): void;
  /** The key of the selected card. */
  selected(): string | null;
  /** Puts the cards beside their words again after the page has moved. */
  place(): void;
  /** Told when another card is selected. */
  onSelect(run: (key: string | null) => void): void;
}

const gap = 8;

/** Builds the margin of a view. */
export function openColumn(view: EditorView, margin: HTMLElement): Column {
  const cards = new Map<string, MarginCard>();
  const listeners: ((key: string | null) => void)[] = [];
  let chosen: string | null = null;

  const isSheet = () => getComputedStyle(margin).position === "fixed";

  function place() {
    // A sheet at the bottom stands on the line that says whether all is saved, and does not cover it.
    const foot = document.getElementById("status");
    const sheet = isSheet();
    margin.style.insetBlockEnd = foot && sheet ? `${foot.offsetHeight}px` : "";
    margin.classList.toggle("open", chosen !== null && cards.has(chosen));
    if (sheet || cards.size === 0) return;
    const top = margin.getBoundingClientRect().top;
    const wanted = [...cards.entries()]
      .map(([key, card]) => {
        const at = Math.min(card.at(), view.state.doc.length);
        return { key, card, at, top: view.lineBlockAt(at).top + view.documentTop - top, height: card.element.offsetHeight };
      })
      .sort((a, b) => a.at - b.at || Number(b.key === chosen) - Number(a.key === chosen));
    const fixed = Math.max(
      0,
      wanted.findIndex((w) => w.key === chosen),
    );
    for (let i = fixed + 1; i < wanted.length; i++) {
      const above = wanted[i - 1]!;
      wanted[i]!.top = Math.max(wanted[i]!.top, above.top + above.height + gap);
    }
    for (let i = fixed - 1; i >= 0; i--) wanted[i]!.top = Math.min(wanted[i]!.top, wanted[i + 1]!.top - wanted[i]!.height - gap);
    for (const w of wanted) w.card.element.style.insetBlockStart = `${Math.round(w.top)}px`;
  }

  function select(key: string | null) {
    const now = key !== null && cards.has(key) ? key : null;
    const changed = now !== chosen;
    chosen = now;
    for (const [k, card] of cards) card.element.classList.toggle("on", k === chosen);
    place();
    if (changed) for (const run of listeners) run(chosen);
  }

  return {
    place,
    select,
    selected: () => chosen,
    onSelect: (run) => listeners.push(run),
    set(key, card) {
      const before = cards.get(key);
      if (before && before.element !== card?.element) before.element.remove();
      if (card) {
        cards.set(key, card);
        card.element.classList.toggle("on", key === chosen);
        if (card.element.parentElement !== margin) margin.append(card.element);
      } else cards.delete(key);
      if (!card && key === chosen) select(null);
      else place();
    },
  };
}
