/**
 * Keeps a page up to date without moving what somebody reads.
 *
 * The server tells, over an event stream, that something has happened; the page is then fetched again, under the
 * reader's own rights, and its parts are put in place of the old ones:
 *
 *   data-live="now"   the part is replaced at once: it does not push what is read (a feed, a count, a list beside the text)
 *   data-live="ask"   a quiet notice says what is new, and the part is replaced when the reader asks for it
 *   data-live="auto"  at once as long as it holds the same items (data-item), else as "ask"
 *
 * Every such part has an id. Pages are right without this script, as of when they were loaded. A page that is out of
 * sight does not follow; it catches up when it is seen again.
 */
import "./follow.css";

interface Stir {
  n: number;
  kind: string;
  verb?: string;
}

/** How long one waits for what comes along with a stir, and before a stream that broke is opened again. */
const gathering = 40;
const again = [1000, 2000, 5000, 10_000, 30_000];

function follow(at: string, since: number): void {
  let seen = since; // the last stir the page has been fetched for
  let known = since; // the last one it has heard of
  let stream: EventSource | null = null;
  let failed = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let fetching = false;
  const page = new Parts();

  function hear(n: number, stir?: Stir): void {
    if (n <= known && stir) return;
    known = Math.max(known, n);
    if (stir) page.count(stir);
    if (known !== seen) later(gathering);
  }

  function later(wait: number): void {
    clearTimeout(timer);
    timer = setTimeout(refresh, wait);
  }

  async function refresh(): Promise<void> {
    if (fetching || document.hidden) return;
    fetching = true;
    const now = known;
    try {
      const answer = await fetch(page.address(), { headers: { Accept: "text/html" }, redirect: "manual" });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        seen = Math.max(now, Number(fresh.body.dataset.since) || 0);
        known = Math.max(known, seen);
        page.take(fresh);
      } else {
        seen = now; // signed out, or the thing is gone: the page stays as it is
      }
    } catch {
      later(again[0]!); // offline: the stream comes back first, and asks again
    } finally {
      fetching = false;
      if (known !== seen) later(gathering);
    }
  }

  function open(): void {
    if (stream || document.hidden) return;
    const opened = new EventSource(at);
    stream = opened;
    opened.addEventListener("since", (e) => {
      failed = 0;
      const n = Number((e as MessageEvent<string>).data);
      known = seen === n ? n : Math.max(known, n);
      if (known !== seen) later(gathering);
    });
    opened.addEventListener("stir", (e) => {
      const stir = JSON.parse((e as MessageEvent<string>).data) as Stir;
      hear(stir.n, stir);
    });
    opened.addEventListener("error", () => {
      opened.close();
      if (stream !== opened) return;
      stream = null;
      setTimeout(open, again[Math.min(failed++, again.length - 1)]);
    });
  }

  function close(): void {
    stream?.close();
    stream = null;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else open();
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  addEventListener("online", () => {
    if (!stream) open();
  });
  open();
}

/** The parts of the page that are kept up to date. */
class Parts {
  private readonly last = new Map<string, string>(); // each part as the server wrote it
  private waiting: Document | null = null;
  private submissions = 0;
  private notice: HTMLElement | null = null;

  constructor() {
    for (const part of parts(document)) this.last.set(part.id, part.innerHTML);
  }

  count(stir: Stir): void {
    if (stir.verb === "submitted") this.submissions++;
  }

  /** The page's own address; a workbench asks for the decision that is open on it. */
  address(): string {
    const url = new URL(location.href);
    url.hash = "";
    const open = document.querySelector<HTMLFormElement>("form.decision")?.dataset.key;
    if (open) url.searchParams.set("clause", open);
    return url.href;
  }

  take(fresh: Document): void {
    let changed = 0;
    let ask = false;
    let words = "";
    for (const part of parts(document)) {
      const next = fresh.getElementById(part.id);
      if (!next || next.innerHTML === this.last.get(part.id)) continue;
      const how = part.dataset.live;
      if (how === "now" || (how === "auto" && sameItems(part, next))) {
        this.last.set(part.id, next.innerHTML);
        put(part, next);
      } else {
        ask = true;
        words ||= part.dataset.words ?? "";
        changed += changedItems(part, next);
      }
    }
    this.waiting = ask ? fresh : null;
    if (ask) this.say(changed, words);
    else this.quiet();
  }

  private say(changed: number, named: string): void {
    const words =
      this.submissions > 0
        ? `${this.submissions} new ${this.submissions === 1 ? "submission" : "submissions"}`
        : changed > 0
          ? `${changed} ${changed === 1 ? "clause has" : "clauses have"} changed`
          : named || "This page has changed";
    if (!this.notice) {
      this.notice = document.createElement("div");
      this.notice.className = "news";
      const line = document.createElement("span");
      line.setAttribute("role", "status");
      const button = document.createElement("button");
      button.textContent = "Show";
      button.addEventListener("click", () => this.show());
      this.notice.append(line, button);
      document.body.append(this.notice);
    }
    const line = this.notice.querySelector("span")!;
    if (line.textContent !== words) line.textContent = words;
  }

  private quiet(): void {
    this.notice?.remove();
    this.notice = null;
    this.submissions = 0;
  }

  private show(): void {
    const fresh = this.waiting;
    if (!fresh) return;
    const stale = parts(document).some((p) => "reload" in p.dataset && fresh.getElementById(p.id)?.innerHTML !== this.last.get(p.id));
    if (stale) {
      location.assign(this.address()); // a form with keys of its own: it begins anew
      return;
    }
    const anchor = atTop();
    let first: HTMLElement | null = null; // what is new, or else the part it belongs to
    let around: HTMLElement | null = null;
    for (const part of parts(document)) {
      const next = fresh.getElementById(part.id);
      if (!next || next.innerHTML === this.last.get(part.id)) continue;
      const before = new Map(items(part).map((i) => [i.dataset.item, i.innerHTML]));
      this.last.set(part.id, next.innerHTML);
      put(part, next);
      for (const item of items(part)) {
        if (before.get(item.dataset.item) === item.innerHTML) continue;
        item.classList.add("news-here");
        first ??= item;
      }
      around ??= part;
    }
    if (anchor) {
      const now = document.getElementById(anchor.id);
      if (now) scrollBy(0, now.getBoundingClientRect().top - anchor.top);
    }
    this.waiting = null;
    this.quiet();
    const landed = first ?? around;
    if (landed) {
      landed.tabIndex = -1;
      landed.focus({ preventScroll: true });
    }
  }
}

const parts = (root: Document): HTMLElement[] => [...root.querySelectorAll<HTMLElement>("[data-live][id]")];
const items = (part: Element): HTMLElement[] => [...part.querySelectorAll<HTMLElement>("[data-item]")];
const names = (part: Element): string =>
  items(part)
    .map((i) => i.dataset.item)
    .join("\n");
const sameItems = (a: Element, b: Element): boolean => names(a) === names(b);

function changedItems(old: Element, next: Element): number {
  const before = new Map(items(old).map((i) => [i.dataset.item, i.innerHTML]));
  const after = items(next);
  const gone = [...before.keys()].filter((name) => !after.some((i) => i.dataset.item === name)).length;
  return gone + after.filter((i) => before.get(i.dataset.item) !== i.innerHTML).length;
}

/** Puts new content into a part; what was ticked, typed or opened in it stays, and so does the focus. */
function put(part: HTMLElement, next: Element): void {
  const focus = part.contains(document.activeElement) ? same(document.activeElement!) : null;
  const typed = new Map<string, HTMLInputElement | HTMLTextAreaElement>();
  for (const field of fields(part)) typed.set(field.name + field.getAttribute("value"), field);
  const open = [...part.querySelectorAll("details")].map((d) => d.open);
  part.replaceChildren(...[...next.childNodes].map((n) => document.importNode(n, true)));
  for (const field of fields(part)) {
    const was = typed.get(field.name + field.getAttribute("value"));
    if (!was || field.type === "hidden") continue;
    if (field instanceof HTMLInputElement && was instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio"))
      field.checked = was.checked;
    else if (was.value !== was.defaultValue) field.value = was.value;
  }
  [...part.querySelectorAll("details")].forEach((d, i) => {
    if (open[i]) d.open = true;
  });
  focus?.(part)?.focus({ preventScroll: true });
}

const fields = (part: Element) => [...part.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")];

/** Finds in new content the element that is what another one was, by what names it. */
function same(was: Element): (part: Element) => HTMLElement | undefined {
  const name = (e: Element) => ["id", "href", "value", "name"].map((key) => e.getAttribute(key)).join("\n");
  const wanted = name(was);
  return (part) => [...part.querySelectorAll<HTMLElement>(was.localName)].find((e) => name(e) === wanted);
}

/** The first named thing that is read at the top of the window. */
function atTop(): { id: string; top: number } | null {
  for (const e of document.querySelectorAll<HTMLElement>("main [id]")) {
    const { top, bottom } = e.getBoundingClientRect();
    if (bottom > 0 && top > -200 && e.getClientRects().length > 0 && !e.dataset.live) return { id: e.id, top };
  }
  return null;
}

const address = document.body.dataset.follow;
if (address) follow(address, Number(document.body.dataset.since));
