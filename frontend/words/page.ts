/**
 * Who brought each word, without going to another page: hovering or focusing a word tells it in the margin, arrow keys
 * go from word to word. Without this script every word is a link to a page that tells the same.
 */

const words = [...document.querySelectorAll<HTMLAnchorElement>("#words a.sourced")];
const told = document.getElementById("told");
if (words.length > 0 && told) open(told);

function open(margin: HTMLElement): void {
  let current = Math.max(
    0,
    words.findIndex((word) => word.getAttribute("aria-current")),
  );
  let held = words[current]?.getAttribute("aria-current") ? words[current] : undefined;
  margin.setAttribute("aria-live", "polite");
  // One stop of the Tab key for the whole text; arrows go on inside.
  words.forEach((word, i) => {
    word.tabIndex = i === current ? 0 : -1;
  });

  let last = words[current];
  const asked = new Set<string>();

  // A text of many origins tells of each when it is asked for.
  async function ask(word: HTMLAnchorElement): Promise<void> {
    const origin = word.dataset.origin ?? "";
    if (margin.dataset.part === undefined || asked.has(origin)) return;
    asked.add(origin);
    const answer = await fetch(margin.dataset.part + origin).catch(() => undefined);
    if (!answer?.ok) {
      asked.delete(origin);
      return;
    }
    const box = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".origin");
    if (box && !document.getElementById(box.id)) margin.append(document.adoptNode(box));
    if (last) tell(last);
  }

  function tell(word: HTMLAnchorElement): void {
    last = word;
    for (const box of margin.querySelectorAll<HTMLElement>(".origin, .ask")) box.hidden = box.id !== `origin-${word.dataset.origin}`;
    const box = margin.querySelector<HTMLElement>(`#origin-${word.dataset.origin}`);
    if (!box) {
      void ask(word);
      return;
    }
    let quote = box.querySelector<HTMLElement>(".quote");
    if (!quote) {
      quote = document.createElement("p");
      quote.className = "quote";
      box.prepend(quote);
    }
    const said = word.textContent ?? "";
    quote.textContent = `“${said.length > 160 ? `${said.slice(0, 160)}…` : said}”`;
  }

  function hold(word: HTMLAnchorElement): void {
    held?.removeAttribute("aria-current");
    held = word;
    word.setAttribute("aria-current", "true");
    tell(word);
  }

  function go(to: number): void {
    const word = words[Math.min(Math.max(to, 0), words.length - 1)];
    const before = words[current];
    if (!word || !before) return;
    before.tabIndex = -1;
    current = words.indexOf(word);
    word.tabIndex = 0;
    word.focus();
  }

  for (const word of words) {
    word.addEventListener("mouseenter", () => tell(word));
    word.addEventListener("mouseleave", () => {
      if (held) tell(held);
    });
    word.addEventListener("focus", () => {
      current = words.indexOf(word);
      hold(word);
    });
    word.addEventListener("click", (e) => {
      if (e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      go(words.indexOf(word));
      history.replaceState(null, "", word.href.replace(/#.*$/, ""));
    });
  }
  document.getElementById("words")?.addEventListener("keydown", (e) => {
    if (e.altKey || e.ctrlKey || e.metaKey || !(e.target instanceof HTMLAnchorElement)) return;
    const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = e.key === "Home" ? -words.length : e.key === "End" ? words.length : steps[e.key];
    if (step === undefined) return;
    e.preventDefault();
    go(current + step);
  });
}
