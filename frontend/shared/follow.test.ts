// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** A stream as a test tells it. */
class Stream extends EventTarget {
  static all: Stream[] = [];
  closed = false;
  constructor(readonly url: string) {
    super();
    Stream.all.push(this);
  }
  close(): void {
    this.closed = true;
  }
  tell(name: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

let served = "";
let asked = 0;
const page = (feed: string, text: string, since: number, rows = "<tr data-item='7'><td>7</td></tr>") =>
  `<html><body data-follow="/live" data-since="${since}"><main><div id="feed" data-live="now">${feed}</div>` +
  `<table><tbody id="rows" data-live="auto">${rows}</tbody></table><div id="text" data-live="ask">${text}</div></main></body></html>`;
const item = (words: string) => `<p data-item="resolves 1">${words}</p>`;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  Stream.all = [];
  asked = 0;
  vi.stubGlobal("EventSource", Stream);
  vi.stubGlobal("scrollBy", () => {});
  vi.stubGlobal("fetch", async () => {
    asked++;
    return { ok: true, text: async () => served };
  });
  const first = new DOMParser().parseFromString(page("one", item("old"), 1), "text/html");
  document.body.replaceWith(document.importNode(first.body, true));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function opened(): Promise<Stream> {
  await import("./follow");
  const stream = Stream.all[0]!;
  stream.tell("since", 1);
  await vi.advanceTimersByTimeAsync(200);
  return stream;
}
const text = (id: string) => document.getElementById(id)?.textContent;

test("nothing is fetched while nothing has happened", async () => {
  await opened();
  expect(asked).toBe(0);
});

test("a feed follows at once; what moves the text waits until it is asked for", async () => {
  const stream = await opened();
  served = page("two", item("new"), 2);
  stream.tell("stir", { n: 2, kind: "activity", verb: "submitted" });
  await vi.advanceTimersByTimeAsync(200);
  expect(text("feed")).toBe("two");
  expect(text("text")).toBe("old");
  expect(document.querySelector(".news [role=status]")?.textContent).toBe("1 new submission");
  document.querySelector<HTMLButtonElement>(".news button")!.click();
  expect(text("text")).toBe("new");
  expect(document.querySelector(".news")).toBeNull();
  expect(document.activeElement?.textContent).toBe("new");
});

test("rows change where they are, and wait where rows come or go", async () => {
  const stream = await opened();
  served = page("one", item("old"), 2, "<tr data-item='7'><td>seven</td></tr>");
  stream.tell("stir", { n: 2, kind: "activity" });
  await vi.advanceTimersByTimeAsync(200);
  expect(text("rows")).toBe("seven");
  expect(document.querySelector(".news")).toBeNull();
  served = page("one", item("old"), 3, "<tr data-item='7'><td>seven</td></tr><tr data-item='8'><td>eight</td></tr>");
  stream.tell("stir", { n: 3, kind: "activity" });
  await vi.advanceTimersByTimeAsync(200);
  expect(text("rows")).toBe("seven");
  expect(document.querySelector(".news")).not.toBeNull();
});

test("a stream that breaks is opened again, and what was missed is caught up with", async () => {
  const stream = await opened();
  stream.dispatchEvent(new Event("error"));
  expect(stream.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(1100);
  expect(Stream.all).toHaveLength(2);
  served = page("three", item("old"), 5);
  Stream.all[1]!.tell("since", 5);
  await vi.advanceTimersByTimeAsync(200);
  expect(text("feed")).toBe("three");
});

test("what is typed and the focus stay in a part that is replaced", async () => {
  const field = '<input name="sentence" value=""><a href="/x">x</a>';
  document.getElementById("feed")!.innerHTML = field;
  const stream = await opened();
  const input = document.querySelector<HTMLInputElement>("#feed input")!;
  input.value = "Agreed.";
  document.querySelector<HTMLElement>("#feed a")!.focus();
  served = page(`<b>new</b>${field}`, item("old"), 2);
  stream.tell("stir", { n: 2, kind: "merge" });
  await vi.advanceTimersByTimeAsync(200);
  expect(document.querySelector("#feed b")).not.toBeNull();
  expect(document.querySelector<HTMLInputElement>("#feed input")!.value).toBe("Agreed.");
  expect(document.activeElement?.getAttribute("href")).toBe("/x");
});
