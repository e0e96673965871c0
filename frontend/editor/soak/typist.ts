/** Somebody who types into a draft, in a tab that is closed and opened again, and remembers what was acknowledged. */
import { getSyncedVersion } from "@codemirror/collab";
import { history } from "@codemirror/commands";
import { EditorView } from "@codemirror/view";
import { connectLive, type Live } from "../live";
import type { WorkStore } from "../work";
import type { House } from "./house";
import { openThrough, type Weather } from "./network";

/** A word that is typed once in the whole run. */
export const marks = /Q\d+x\d+Z/g;

/** One person, with one tab at a time. */
export class Typist {
  /** Marks the server has acknowledged. */
  readonly acknowledged = new Set<string>();
  readonly typed = new Set<string>();
  tabs = 0;
  private waiting: string[] = [];
  private live: Live | undefined;
  private view: EditorView | undefined;
  private stopped = false;
  private count = 0;

  constructor(
    private readonly house: House,
    private readonly weather: Weather,
    private readonly store: WorkStore,
    readonly number: number,
  ) {}

  private get token(): string {
    return this.house.tokens[this.number]!;
  }

  /** Opens a tab. */
  async open(): Promise<void> {
    this.tabs++;
    this.stopped = false;
    this.live = connectLive({
      url: this.house.room,
      person: `${this.number}`,
      store: this.store,
      locks: undefined,
      open: () => openThrough(this.weather, this.house.room, this.token),
      probe: () => this.house.probe(this.token),
      onState: (s) => {
        if (s.kind === "stopped") this.stopped = true;
      },
    });
    const { live } = this;
    try {
      const opened = await live.opened;
      if (this.live !== live) return;
      this.view = new EditorView({ doc: opened.doc, extensions: [opened.extension, history()] });
    } catch {
      this.stopped = true; // not allowed just now
    }
  }

  /** Closes the tab. What is not acknowledged stays stored in the browser. */
  close(): void {
    this.note();
    this.waiting = [];
    this.live?.stop();
    this.view?.destroy();
    this.view = undefined;
    this.live = undefined;
  }

  get text(): string | undefined {
    return this.view?.state.doc.toString();
  }

  get unsent(): number {
    return this.live?.unsent() ?? 0;
  }

  /** Whether writing has ended in this tab. */
  get ended(): boolean {
    return this.stopped;
  }

  save(message: string): void {
    this.live?.save(message);
  }

  /** A word that stands in the text, with its place and the version of the text, when nothing waits to be sent. */
  aWord(): { readonly version: number; readonly from: number; readonly to: number; readonly quote: string } | undefined {
    if (!this.view || !this.live || this.stopped || this.live.unsent() > 0) return undefined;
    const all = [...this.view.state.doc.toString().matchAll(marks)];
    const m = all[Math.floor(Math.random() * all.length)];
    return m && { version: getSyncedVersion(this.view.state), from: m.index, to: m.index + m[0].length, quote: m[0] };
  }

  /** Notes what has been acknowledged. */
  note(): void {
    if (!this.view || !this.live || this.stopped || this.live.unsent() > 0) return;
    for (const mark of this.waiting) this.acknowledged.add(mark);
    this.waiting = [];
  }

  /** Does something to the text, as people do. */
  act(): void {
    const { view } = this;
    if (!view || this.stopped) return;
    this.note();
    const { doc } = view.state;
    const line = doc.line(6 + Math.floor(Math.random() * Math.max(1, doc.lines - 6)));
    const at = line.from + Math.floor(Math.random() * (line.length + 1));
    const chance = Math.random();
    if (chance < 0.6) {
      const mark = `Q${this.number}x${this.count++}Z`;
      this.typed.add(mark);
      this.waiting.push(mark);
      const place = outside(line.text, at - line.from) + line.from;
      view.dispatch({ changes: { from: place, insert: ` ${mark} ` }, userEvent: "input.type" });
    } else if (chance < 0.9) {
      const to = Math.min(line.to, at + 1 + Math.floor(Math.random() * 8));
      if (to > at && untouched(line.text, at - line.from, to - line.from)) {
        view.dispatch({ changes: { from: at, to, insert: Math.random() < 0.5 ? "" : "水 ü" }, userEvent: "input.type" });
      }
    } else {
      view.dispatch({ changes: { from: line.to, insert: "\n9. to hear the members;" }, userEvent: "input.type" });
    }
  }
}

/** The nearest place at or after one that is inside no mark and no pair of units. */
function outside(text: string, at: number): number {
  for (const m of text.matchAll(marks)) if (m.index < at && at < m.index + m[0].length) return m.index + m[0].length;
  return at;
}

/** Whether a range holds no part of a mark. */
function untouched(text: string, from: number, to: number): boolean {
  for (const m of text.matchAll(marks)) if (m.index < to && from < m.index + m[0].length) return false;
  return true;
}
