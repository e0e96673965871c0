/** Comments beside the text: read from the server, held to their words, listed, begun and answered. Loaded after the text. */
import { StateEffect } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type API, call, Refused } from "../shared/api";
import { part } from "../shared/dom";
import { namesOf } from "../shared/names";
import type { Bootstrap } from "./bootstrap";
import { type CardActs, newCard, type Spoken, threadCard } from "./commentcards";
import { openList } from "./commentlist";
import { type Place, places, selectPlace, setPlaces, settled, synced, Versions } from "./commentplaces";
import { talk } from "./commentwords";
import type { Desk } from "./desk";
import { plain } from "./inline";
import { comparison } from "./tracked";

const writingCard = "writing";
const patience = 8000;

/** The comments of an open editor. */
export interface Comments {
  /** Begins one on words of the text; without them, on the selection or the clause of the caret. */
  begin(from?: number, to?: number): void;
  /** Reads them again: somebody has said something. */
  reload(): Promise<void>;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** Shows the comments of the draft, and of what was submitted of it. */
export async function openComments(b: Bootstrap, desk: Desk, tell: (sentence: string) => void): Promise<Comments> {
  const { view, column } = desk;
  const versions = new Versions(view.state);
  let spoken: readonly Spoken[] = [];
  let speaksTo: readonly API["Audience"][] = [];
  let publicTo: readonly API["Audience"][] = [];
  const shown = new Set<string>();
  view.dispatch({
    effects: StateEffect.appendConfig.of([
      places,
      EditorView.updateListener.of((u) => versions.update(u)),
      EditorView.domEventHandlers({
        click(event) {
          const mark = event.target instanceof Element ? event.target.closest<HTMLElement>(".noted") : null;
          if (mark?.dataset.comment) column.select(mark.dataset.comment);
          return false;
        },
      }),
    ]),
  });
  const list = openList(part<HTMLAnchorElement>("comments"), {
    all: b.urls.comments,
    threads: () => spoken,
    show: (s) => acts.show(s),
  });
  column.onSelect((key) => {
    view.dispatch({ effects: selectPlace.of(key) });
    const s = spoken.find((t) => t.key === key);
    if (s && s.thread.new > 0) void read(s);
  });

  const acts: CardActs = {
    get speaks() {
      return speaksTo.length > 0;
    },
    async answer(s, words) {
      await call("POST", b.urls.commentsAPI, { text: s.text, thread: s.thread.comment.id, words });
      await reload();
      column.select(s.key);
    },
    async resolve(s, resolved) {
      await call("PUT", `${b.urls.commentsAPI}/${s.thread.comment.id}`, { resolved }).catch(refused);
      await reload();
    },
    leave() {
      const at = placeOf(column.selected());
      if (at) view.dispatch({ selection: { anchor: at.from } });
      column.select(null);
      view.focus();
    },
    show(s) {
      const at = placeOf(s.key);
      if (!shown.has(s.key)) column.set(s.key, cardFor(s));
      if (at) view.dispatch({ effects: EditorView.scrollIntoView(at.from, { y: "center" }) });
      column.select(s.key);
      requestAnimationFrame(() => {
        column.place();
        document.querySelector<HTMLElement>("#margin .card.talk.on")?.focus({ preventScroll: true });
      });
    },
  };

  const refused = (why: unknown) => tell(why instanceof Error ? why.message : String(why));
  const placeOf = (key: string | null): Place | undefined => view.state.field(places).all.find((p) => p.key === key);
  const cardFor = (s: Spoken) => ({ element: cardElement(s), at: () => placeOf(s.key)?.from ?? 0 });

  function cardElement(s: Spoken): HTMLElement {
    const card = threadCard(s, acts);
    card.addEventListener("focusin", () => column.select(s.key));
    card.addEventListener("click", () => column.select(s.key));
    return card;
  }

  async function read(s: Spoken): Promise<void> {
    await call("POST", `${b.urls.commentsAPI}/read`, { text: s.text, thread: s.thread.comment.id }).catch(() => undefined);
    spoken = spoken.map((t) => (t.key === s.key ? { ...t, thread: { ...t.thread, new: 0 } } : t));
    list.refresh();
  }

  const about = (text: string) => call<API["Comments"]>("GET", `${b.urls.commentsAPI}?${new URLSearchParams({ text })}`);

  async function reload(): Promise<void> {
    const [draft, submitted] = await Promise.all([about(b.ref), b.submitted ? about(b.submitted) : null]);
    speaksTo = draft.audiences;
    publicTo = submitted?.audiences.filter((a) => a !== "own") ?? [];
    spoken = [
      ...draft.threads.map((thread): Spoken => ({ key: `c${thread.comment.id}`, text: draft.text, thread, submitted: false })),
      ...(submitted?.threads ?? []).map((thread): Spoken => ({ key: `c${thread.comment.id}`, text: b.submitted, thread, submitted: true })),
    ];
    // A place is told at a version that may be on its way.
    for (let waited = 0; versions.ahead(draft.version) && waited < patience; waited += 50) await pause(50);
    view.dispatch({ effects: setPlaces.of(spoken.map((s) => ({ key: s.key, ...locate(s, draft.version) }))) });
    for (const key of shown) if (!spoken.some((s) => s.key === key && !s.thread.resolved)) column.set(key, null);
    shown.clear();
    for (const s of spoken) {
      if (s.thread.resolved) continue;
      column.set(s.key, cardFor(s));
      shown.add(s.key);
    }
    list.refresh();
  }

  /** Where a thread is in the text shown: where the server says, else where its words are, else at its clause. */
  function locate(s: Spoken, version: number): { from: number; to: number } {
    const { thread: t } = s;
    const held = !s.submitted && t.to > t.from ? versions.find(version, t.from, t.to) : undefined;
    if (held) return held;
    const { lines } = view.state.field(comparison);
    const names = namesOf(
      lines.map((l) => l.text),
      lines.map((l) => l.line),
    );
    const index = names.findIndex((n) => n.link === t.clause);
    const byClause = index >= 0 ? lines[index] : undefined;
    const order = byClause ? [byClause, ...lines] : lines;
    const line = t.quote ? order.find((l) => l.text.includes(t.quote)) : undefined;
    if (line) {
      const from = view.state.doc.line(lines.indexOf(line) + 1).from + line.text.indexOf(t.quote);
      return { from, to: from + t.quote.length };
    }
    const from = index >= 0 ? view.state.doc.line(index + 1).from : view.state.doc.length;
    return { from, to: from };
  }

  function begin(from?: number, to?: number): void {
    if (speaksTo.length === 0) {
      tell(talk.readOnly);
      return;
    }
    const { main } = view.state.selection;
    const range = trimmed(from ?? main.from, to ?? main.to);
    const index = view.state.doc.lineAt(range.from).number - 1;
    const { lines } = view.state.field(comparison);
    const name = namesOf(
      lines.map((l) => l.text),
      lines.map((l) => l.line),
    )[index];
    if (!name?.link) {
      tell(talk.selectFirst);
      return;
    }
    const quote = plain(view.state.sliceDoc(range.from, range.to).replaceAll("\n", " "));
    const all: Place[] = [...view.state.field(places).all.filter((p) => p.key !== writingCard), { key: writingCard, ...range }];
    view.dispatch({ effects: setPlaces.of(all) });
    const done = () => {
      column.set(writingCard, null);
      view.dispatch({ effects: setPlaces.of(view.state.field(places).all.filter((p) => p.key !== writingCard)) });
      view.focus();
    };
    const element = newCard({
      name: name.spoken,
      quote,
      audiences: [...speaksTo, ...publicTo],
      published: publicTo.length > 0,
      cancel: done,
      async send(audience, words, say) {
        if (audience === "own") await sendToDraft(name.link, quote, words, say);
        else await call("POST", b.urls.commentsAPI, { text: b.submitted, clause: name.link, quote, audience, words });
        done();
        await reload();
      },
    });
    column.set(writingCard, { element, at: () => placeOf(writingCard)?.from ?? 0 });
    column.select(writingCard);
    element.querySelector("textarea")?.focus({ preventScroll: true });
  }

  /** The words are marked in the text that the server has, so what was typed last goes first. */
  async function sendToDraft(clause: string, quote: string, words: string, say: (sentence: string) => void): Promise<void> {
    for (let waited = 0; !settled(view.state); waited += 50) {
      if (waited >= patience) throw new Refused(0, talk.waited);
      if (waited === 1000) say(talk.waiting);
      await pause(50);
    }
    const at = placeOf(writingCard);
    const range = at && at.to > at.from ? { version: synced(view.state), from: at.from, to: at.to } : {};
    await call("POST", b.urls.commentsAPI, {
      text: b.ref,
      clause,
      quote: range.version === undefined ? "" : quote,
      audience: "own",
      words,
      ...range,
    });
  }

  /** A selection without the blanks at its ends, within one clause. */
  function trimmed(from: number, to: number): { from: number; to: number } {
    const line = view.state.doc.lineAt(from);
    const end = Math.min(to, line.to);
    const text = view.state.sliceDoc(from, end);
    const lead = text.length - text.trimStart().length;
    return { from: from + lead, to: Math.max(from + lead, end - (text.length - text.trimEnd().length)) };
  }

  await reload();
  desk.onSettled(() => column.place());
  return { begin, reload };
}
