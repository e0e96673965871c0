// @vitest-environment jsdom
import { history } from "@codemirror/commands";
import { EditorView } from "@codemirror/view";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connectLive, type Live } from "./live";
import { Room } from "./livefake";
import { pushOf } from "./livewire";
import { Keeper, openStore, type StoredWork, type WorkStore } from "./work";

// jsdom lays nothing out.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

/** Numbers that look random and are the same for the same seed. */
function seeded(seed: number): (below: number) => number {
  let a = seed * 0x9e3779b9;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Lets messages and the store come to rest, and time go by. */
async function rest(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Web Locks of one browser. */
class Locks {
  private readonly held = new Set<string>();
  private readonly queue = new Map<string, (() => void)[]>();

  async request(name: string, ...more: unknown[]): Promise<void> {
    const run = more.at(-1) as (lock: object | null) => Promise<void>;
    if (this.held.has(name)) {
      if (more.length > 1) return run(null); // ifAvailable
      await new Promise<void>((resolve) => this.queue.set(name, [...(this.queue.get(name) ?? []), resolve]));
    }
    this.held.add(name);
    await run({}).finally(() => {
      this.held.delete(name);
      this.queue.get(name)?.shift()?.();
    });
  }
}

/** One browser of one person, with tabs that come and go, and a store that may fail. */
class Browser {
  full = false;
  readonly typed: string[] = [];
  readonly unsent: string[] = [];
  private readonly store: WorkStore;
  private readonly locks = new Locks() as unknown as LockManager;
  private readonly tabs: { live: Live; view?: EditorView }[] = [];

  constructor(
    private readonly room: Room,
    readonly inner: WorkStore = openStore(new IDBFactory()),
  ) {
    this.store = {
      ...inner,
      put: (work) => (this.full ? Promise.reject(new Error("the disk is full")) : inner.put(work)),
    };
  }

  get open(): number {
    return this.tabs.length;
  }

  /** Opens a tab; the text comes when the network lets it. */
  start(): void {
    const live = connectLive({
      url: "/live",
      person: "7",
      open: this.room.open,
      store: this.store,
      locks: this.locks,
      probe: () => Promise.resolve(0),
      onState: () => {},
      onUnsent: (u) => this.unsent.push(u.text),
    });
    const tab: { live: Live; view?: EditorView } = { live };
    this.tabs.push(tab);
    live.opened.then(
      (o) => {
        tab.view = new EditorView({ doc: o.doc, extensions: [o.extension, history()] });
      },
      () => {},
    );
  }

  /** Types a word of its own somewhere, or takes out something that is no word. */
  type(pick: (below: number) => number): void {
    const view = this.tabs[pick(this.tabs.length)]?.view;
    if (!view) return;
    const text = view.state.doc.toString();
    const dots = [...text.matchAll(/\./g)].map((m) => m.index);
    const at = dots[pick(dots.length)] ?? 0;
    if (pick(4) === 0 && dots.length > 5) {
      view.dispatch({ changes: { from: at, to: at + 1 }, userEvent: "delete" });
      return;
    }
    const word = `<${this.typed.length}>`;
    this.typed.push(word);
    view.dispatch({ changes: { from: at, insert: `.${word}` }, userEvent: "input.type" });
  }

  close(tab: number): void {
    const [gone] = this.tabs.splice(tab, 1);
    gone?.live.stop();
    gone?.view?.destroy();
  }

  retry(): void {
    for (const { live } of this.tabs) live.retry();
  }

  waiting(): number {
    return this.tabs.reduce((n, t) => n + t.live.unsent(), 0);
  }
}

const times = (text: string, word: string) => text.split(word).length - 1;

async function weather(seed: number, diskFills: boolean): Promise<{ browser: Browser; text: string }> {
  const pick = seeded(seed);
  const room = new Room("..........");
  const browser = new Browser(room);
  browser.start();
  await rest(50);
  const acts: (() => void)[] = [
    ...Array<() => void>(8).fill(() => browser.type(pick)),
    () => room.type(Math.max(0, room.text.toString().indexOf(".", pick(room.text.length))), "."), // never inside a word
    () => room.cut(),
    () => {
      room.reachable = true;
      browser.retry();
    },
    () => {
      room.mute = pick(2) === 0;
    },
    () => {
      room.silent = pick(2) === 0;
    },
    () => browser.open > 0 && browser.close(pick(browser.open)),
    () => browser.open < 3 && browser.start(),
    () => {
      browser.full = diskFills && pick(2) === 0;
    },
  ];
  for (let i = 0; i < 70; i++) {
    acts[pick(acts.length)]!();
    if (pick(3) === 0) await rest(pick(4) === 0 ? 2_500 : pick(20));
  }
  // The weather clears. Tabs that were closed are opened again, two at once.
  Object.assign(room, { reachable: true, mute: false, silent: false });
  browser.full = false;
  room.type(0, "."); // whoever missed a frame finds out
  while (browser.open > 1) browser.close(0);
  browser.start();
  browser.start();
  browser.retry();
  for (let i = 0; i < 40; i++) {
    await rest(2_000);
    if (browser.waiting() === 0 && (await browser.inner.of("/live", "7")).length === 0) break;
  }
  expect(browser.waiting()).toBe(0);
  expect(await browser.inner.of("/live", "7")).toEqual([]);
  while (browser.open > 0) browser.close(0);
  return { browser, text: room.text.toString() };
}

describe("whatever happens to tabs and the network", () => {
  test.each(Array.from({ length: 40 }, (_, i) => i + 1))("every word that was typed stands in the text once (seed %i)", async (seed) => {
    const { browser, text } = await weather(seed, false);
    expect(browser.unsent).toEqual([]);
    expect(browser.typed.filter((word) => times(text, word) !== 1)).toEqual([]);
  });

  test.each(Array.from({ length: 20 }, (_, i) => i + 101))(
    "no word stands twice when the disk is full now and then (seed %i)",
    async (seed) => {
      const { browser, text } = await weather(seed, true);
      expect(browser.unsent).toEqual([]);
      expect(browser.typed.filter((word) => times(text, word) > 1)).toEqual([]);
    },
  );
});

describe("keeper", () => {
  const work = (n: number): StoredWork => ({
    clientID: "e",
    room: "/live",
    person: "7",
    v: 0,
    updates: Array.from({ length: n }, () => [[0, "x"]] as const),
    at: 1,
  });

  test("nothing may be sent before it is stored, and a slow store is asked once for what came meanwhile", async () => {
    const puts: number[] = [];
    let finish = () => {};
    const store: WorkStore = {
      put: (w) => {
        puts.push(w.updates.length);
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
      drop: async () => {},
      of: async () => [],
    };
    let pending = 1;
    const keeper = new Keeper(
      "e",
      store,
      () => work(pending),
      () => {},
    );
    keeper.keep();
    for (pending of [2, 3, 4]) keeper.keep();
    expect(keeper.ready).toBe(0);
    finish();
    await rest(0);
    expect([keeper.ready, ...puts]).toEqual([1, 1, 4]);
    finish();
    await rest(0);
    expect(keeper.ready).toBe(4);
    keeper.acknowledged(3);
    expect(keeper.ready).toBe(1);
  });

  test("a store that fails keeps no words from the server", async () => {
    let told = 0;
    const store: WorkStore = { put: () => Promise.reject(new Error("full")), drop: async () => {}, of: async () => [] };
    const keeper = new Keeper(
      "e",
      store,
      () => work(2),
      () => told++,
    );
    keeper.keep();
    await rest(0);
    expect([keeper.ready, told]).toEqual([2, 1]);
  });
});

test("a push holds what the server takes: 900 updates, under a megabyte, and at least one", () => {
  const update = (n: number) => ({ changes: { toJSON: () => [[0, "水".repeat(n)]] } });
  expect(
    pushOf(
      "e",
      Array.from({ length: 2000 }, () => update(1)),
    ),
  ).toHaveLength(900);
  const large = pushOf(
    "e",
    Array.from({ length: 50 }, () => update(40_000)),
  );
  expect(new TextEncoder().encode(JSON.stringify({ t: "push", v: 1, u: large })).length).toBeLessThan(1 << 20);
  expect(large.length).toBeGreaterThan(1);
  expect(pushOf("e", [update(900_000), update(1)])).toHaveLength(1);
});
