// @vitest-environment jsdom
import { webcrypto } from "node:crypto";
import { history, undo } from "@codemirror/commands";
import { Text } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { connectLive, difference, type Live, type LiveOptions, type LivePeer, type LiveState, type Opened } from "./live";
import { Room } from "./livefake";
import { openStore, type Unsent, type WorkStore, wordsOf } from "./work";

// jsdom lays nothing out.
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;

interface Person {
  live: Live;
  view: EditorView;
  states: LiveState[];
  peers: readonly LivePeer[];
  unsent: Unsent[];
  opened: Opened;
}

const people: Person[] = [];
let store: WorkStore;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  store = openStore(new IDBFactory());
});
afterEach(() => {
  for (const p of people.splice(0)) {
    p.live.stop();
    p.view.destroy();
  }
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Lets messages and the store come to rest, and time go by. */
async function rest(ms = 50): Promise<void> {
  for (let i = 0; i < 4; i++) {
    await vi.advanceTimersByTimeAsync(ms / 4);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function connect(room: Room, more: Partial<LiveOptions> = {}): Promise<Person> {
  const p = { states: [], unsent: [], peers: [] as readonly LivePeer[] } as unknown as Person;
  p.live = connectLive({
    url: "/live?ref=drafts/usa/1",
    person: "7",
    open: room.open,
    store,
    locks: undefined,
    probe: () => Promise.resolve(0),
    onState: (s) => p.states.push(s),
    onPeers: (peers) => {
      p.peers = peers;
    },
    onUnsent: (u) => p.unsent.push(u),
    ...more,
  });
  for (let i = 0; i < 20 && room.sockets.size === 0 && room.reachable; i++) await rest();
  p.opened = await p.live.opened;
  p.view = new EditorView({ doc: p.opened.doc, extensions: [p.opened.extension, history()] });
  people.push(p);
  await rest();
  return p;
}

const type = (p: Person, from: number, insert: string, to = from) =>
  p.view.dispatch({ changes: { from, to, insert }, userEvent: "input.type" });
const last = (p: Person) => p.states[p.states.length - 1];

describe("live", () => {
  test("two people type in one text and undo takes back one's own words only", async () => {
    const room = new Room("considering");
    const [a, b] = [await connect(room), await connect(room)];
    type(a, 0, "A");
    type(b, 11, "B");
    await rest();
    type(a, 1, "C");
    await rest();
    expect([a.view.state.doc.toString(), b.view.state.doc.toString(), room.text.toString()]).toEqual(Array(3).fill("ACconsideringB"));
    undo(a.view);
    await rest();
    expect(b.view.state.doc.toString()).toBe("consideringB");
    expect(last(a)?.kind).toBe("saved");
    expect(await store.of("/live?ref=drafts/usa/1", "7")).toEqual([]);
  });

  test("an update is stored before it is sent, and one push is under way at a time", async () => {
    const room = new Room("");
    const stored: number[] = [];
    const slow: WorkStore = {
      ...store,
      put: async (work) => {
        await store.put(work);
        if (stored.length === 0) expect(room.heard.filter((f) => f.t === "push")).toEqual([]);
        stored.push(work.updates.length);
      },
    };
    const p = await connect(room, { store: slow });
    room.mute = true;
    type(p, 0, "a");
    await rest();
    type(p, 1, "b");
    type(p, 2, "c");
    await rest();
    expect(room.heard.filter((f) => f.t === "push").length).toBe(1);
    // What is typed while a push is under way is stored too.
    expect(stored.at(-1)).toBe(3);
    expect((await store.of("/live?ref=drafts/usa/1", "7"))[0]?.updates).toHaveLength(3);
  });

  test("offline with edits on both sides, then back", async () => {
    const room = new Room("one two");
    const p = await connect(room);
    room.cut();
    type(p, 3, " and");
    room.type(7, " three");
    await rest(2000);
    expect(last(p)).toMatchObject({ kind: "offline", waiting: 1 });
    expect((await store.of("/live?ref=drafts/usa/1", "7"))[0]).toMatchObject({ doc: "one and two", v: 0 });
    await rest(40_000);
    const offline = last(p);
    expect(offline?.kind === "offline" && offline.retryAt && offline.tryNow).toBeTruthy();
    room.reachable = true;
    p.live.retry();
    await rest();
    expect(p.view.state.doc.toString()).toBe("one and two three");
    expect(room.text.toString()).toBe("one and two three");
    expect(p.states.map((s) => s.kind)).toContain("catching");
    expect(last(p)?.kind).toBe("saved");
  });

  test("an acknowledgement that was lost is not typed twice", async () => {
    const room = new Room("");
    const p = await connect(room);
    type(p, 0, "once");
    // The server takes it, but the answer does not arrive.
    await vi.waitFor(() => expect(room.heard.some((f) => f.t === "push")).toBe(true));
    room.cut();
    room.reachable = true;
    await rest(3000);
    expect(room.text.toString()).toBe("once");
    expect(p.view.state.doc.toString()).toBe("once");
    expect(p.live.unsent()).toBe(0);
  });

  test("work of a closed tab is sent by the next one, what had arrived only once", async () => {
    const room = new Room("text");
    const p = await connect(room);
    type(p, 0, "sent ");
    await rest();
    room.cut();
    type(p, 5, "unsent ");
    type(p, 12, "words ");
    await rest();
    p.live.stop();
    p.view.destroy();
    people.splice(0);
    // The first of the three is stored as if its acknowledgement had been lost.
    const [work] = await store.of("/live?ref=drafts/usa/1", "7");
    if (!work) throw new Error("nothing is stored");
    await store.put({
      ...work,
      v: 0,
      updates: [[[0, "sent "], 4], ...work.updates],
    });
    room.type(9, "!");
    room.reachable = true;
    const next = await connect(room);
    await rest();
    expect(room.text.toString()).toBe("sent unsent words text!");
    expect(next.view.state.doc.toString()).toBe("sent unsent words text!");
    expect(room.updates.map((u) => u.clientID)).toEqual(["id1", "other", "id1", "id1"]);
    expect(await store.of("/live?ref=drafts/usa/1", "7")).toEqual([]);
  });

  test("nobody sends another person's work", async () => {
    const room = new Room("");
    await store.put({ clientID: "id9", room: "/live?ref=drafts/usa/1", person: "8", v: 0, updates: [[[0, "theirs"]]], at: 1 });
    await connect(room);
    expect(room.text.toString()).toBe("");
    expect(await store.of("/live?ref=drafts/usa/1", "8")).toHaveLength(1);
  });

  test("a draft closed while typing: nothing is lost", async () => {
    const room = new Room("text");
    const p = await connect(room);
    room.refuse = { t: "error", code: "closed", text: "Submitting closed at 18:00.", retry: false };
    type(p, 4, " late");
    await rest();
    expect(last(p)).toEqual({ kind: "stopped", code: "closed", text: "Submitting closed at 18:00." });
    expect(p.unsent).toHaveLength(1);
    expect(p.unsent[0]).toMatchObject({ edits: 1, doc: "text late", words: [" late"], code: "closed" });
    expect(await store.of("/live?ref=drafts/usa/1", "7")).toHaveLength(1);
    await p.unsent[0]?.discard();
    expect(await store.of("/live?ref=drafts/usa/1", "7")).toEqual([]);
    expect(p.view.state.doc.toString()).toBe("text late");
  });

  test("a text that has diverged is loaded again and the caret stays at its words", async () => {
    const room = new Room("one two three");
    const p = await connect(room);
    p.view.dispatch({ selection: { anchor: 8 } });
    room.text = Text.of(["one 2 two three"]);
    room.tell({ t: "error", code: "diverged", text: "Your text is not the server's.", retry: true });
    await rest(1000);
    expect(p.view.state.doc.toString()).toBe("one 2 two three");
    expect(p.view.state.selection.main.head).toBe(10);
    type(p, 0, "x");
    await rest();
    expect(room.text.toString()).toBe("xone 2 two three");
    expect(last(p)?.kind).toBe("saved");
  });

  test("busy is tried again", async () => {
    const room = new Room("");
    const p = await connect(room);
    room.refuse = { t: "error", code: "busy", text: "Too much is going on.", retry: true };
    type(p, 0, "patient");
    await rest();
    room.refuse = undefined;
    await rest(1500);
    expect(room.text.toString()).toBe("patient");
    expect(p.unsent).toEqual([]);
  });

  test("signed out: the words stay and go on after signing in", async () => {
    const room = new Room("");
    const p = await connect(room, { probe: () => Promise.resolve(401) });
    room.cut();
    type(p, 0, "kept");
    await rest(3000);
    expect(last(p)).toEqual({ kind: "signed-out", waiting: 1 });
    room.reachable = true;
    p.live.retry();
    await rest();
    expect(room.text.toString()).toBe("kept");
  });

  test("signed out by the server: the words stay and go on after signing in", async () => {
    const room = new Room("");
    const p = await connect(room, { probe: () => Promise.resolve(401) });
    room.reachable = false;
    room.refuse = { t: "error", code: "signed-out", text: "You have been signed out.", retry: true };
    type(p, 0, "kept");
    await rest(3000);
    expect(last(p)).toEqual({ kind: "signed-out", waiting: 1 });
    expect(p.unsent).toEqual([]);
    room.refuse = undefined;
    room.reachable = true;
    p.live.retry();
    await rest();
    expect(room.text.toString()).toBe("kept");
  });

  test("saving is shown after two seconds", async () => {
    const room = new Room("");
    const p = await connect(room);
    room.mute = true;
    type(p, 0, "x");
    await rest(1000);
    expect(last(p)?.kind).toBe("saved");
    await rest(1500);
    expect(last(p)?.kind).toBe("saving");
  });

  test("carets follow reports and what others type", async () => {
    const room = new Room("one two");
    const p = await connect(room);
    room.tell({ t: "peer", joined: [{ clientID: "other", name: "Ms Okafor", circle: "eur", write: true }] });
    await rest();
    expect(p.peers).toMatchObject([{ name: "Ms Okafor", circle: "eur", active: 0 }]);
    room.tell({ t: "at", clientID: "other", anchor: 4, head: 7, v: 0 });
    await rest();
    expect(p.peers).toMatchObject([{ anchor: 4, head: 7 }]);
    room.type(3, " and");
    await rest();
    expect(p.peers).toMatchObject([{ anchor: 7, head: 7 }]);
    type(p, 0, "xx");
    await rest();
    room.tell({ t: "at", clientID: "other", anchor: 0, head: 3, v: 1 }); // in a text that has moved on
    await rest();
    expect(p.peers).toMatchObject([{ anchor: 2, head: 5 }]);
    p.view.dispatch({ selection: { anchor: 1 } });
    await rest(500);
    expect(room.heard.filter((f) => f.t === "at")).toMatchObject([{ anchor: 1, head: 1, v: 2 }]);
  });

  test("what the server does not take never enters the text", async () => {
    const room = new Room("");
    const p = await connect(room);
    type(p, 0, "a\u0000b\u007fc\ud83dd\u{1F30D}\te");
    await rest();
    expect(p.view.state.doc.toString()).toBe("abcd\u{1F30D}\te");
    expect(room.text.toString()).toBe("abcd\u{1F30D}\te");
  });

  test("in quiet moments the text is compared", async () => {
    vi.stubGlobal("crypto", webcrypto);
    const room = new Room("abc");
    await connect(room);
    for (let i = 0; i < 20; i++) await rest(1000);
    await vi.waitFor(() => expect(room.heard.some((f) => f.t === "hash")).toBe(true), { timeout: 10_000 });
    expect(room.heard.filter((f) => f.t === "hash")).toEqual([
      { t: "hash", v: 0, h: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    ]);
  });
});

test.each([
  ["abc", "abc", undefined],
  ["abc", "axc", { from: 1, to: 2, insert: "x" }],
  ["aa", "aaa", { from: 2, to: 2, insert: "a" }],
  ["x\u{1F30D}y", "x\u{1F30E}y", { from: 1, to: 3, insert: "\u{1F30E}" }],
])("difference of %s and %s", (a, b, want) => {
  expect(difference(a, b)).toEqual(want);
});

test("the words of updates are those that are left of them", () => {
  expect(
    wordsOf([
      [[0, "one", "two"], 4],
      [[4], 7],
    ]),
  ).toEqual(["two"]);
});
