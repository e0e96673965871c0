import "../shared/follow";

/**
 * Keys for the merge workbench: digits choose, Enter decides, Backspace goes back. The page works without them; this
 * script only adds the keys, shows the small editor where it is chosen, and says so in a line at the foot.
 */

const decision = document.querySelector<HTMLFormElement>("form.decision");
if (decision) open(decision);
else backToTheLast();

/** Once all is decided, Backspace goes to the last decision. */
function backToTheLast(): void {
  const last = document.querySelector<HTMLAnchorElement>("a#last");
  if (!last) return;
  document.addEventListener("keydown", (e) => {
    const target = e.target instanceof Element ? e.target : document.body;
    if (
      e.key !== "Backspace" ||
      e.defaultPrevented ||
      e.ctrlKey ||
      e.metaKey ||
      e.altKey ||
      target.closest("textarea, input, select, dialog")
    )
      return;
    last.click();
    e.preventDefault();
  });
}

function open(form: HTMLFormElement): void {
  const combine = form.querySelector<HTMLTextAreaElement>("textarea");
  const options = [...form.querySelectorAll<HTMLLabelElement>("label.opt")];
  const radioOf = (option: HTMLLabelElement) => option.querySelector<HTMLInputElement>("input[type=radio]")!;

  /** The small editor is open only while its option is chosen. */
  function settle(focus: boolean): void {
    const box = combine?.closest<HTMLElement>(".combine");
    if (!combine || !box) return;
    const owner = options.find((o) => o.nextElementSibling === box);
    const on = owner !== undefined && radioOf(owner).checked;
    box.hidden = !on;
    combine.required = on;
    if (on && focus) combine.focus();
  }

  function choose(digit: string): boolean {
    const option = options.find((o) => o.querySelector("kbd")?.textContent === digit);
    if (!option) return false;
    const radio = radioOf(option);
    radio.checked = true;
    radio.focus();
    settle(true);
    return true;
  }

  document.addEventListener("keydown", (e) => {
    const target = e.target instanceof Element ? e.target : document.body;
    if (target === combine && e.key === "Escape") {
      options
        .map(radioOf)
        .find((r) => r.checked)
        ?.focus();
      e.preventDefault();
      return;
    }
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || target.closest("textarea, input:not([type=radio]), select, dialog"))
      return;
    const back = form.querySelector<HTMLAnchorElement>(".actions a.button");
    if (/^[1-9]$/.test(e.key) && choose(e.key)) e.preventDefault();
    else if (e.key === "Enter" && !target.closest("a, button, summary")) {
      form.requestSubmit();
      e.preventDefault();
    } else if (e.key === "Backspace" && back) {
      back.click();
      e.preventDefault();
    }
  });
  form.addEventListener("change", () => settle(true));
  settle(false);
  const last = options.filter((o) => o.querySelector("kbd")).length;
  if (last > 0) document.body.append(keysLine(last));
}

/** The line that tells the keys. */
function keysLine(last: number): HTMLElement {
  const line = document.createElement("footer");
  line.className = "status keys";
  const add = (keys: string[], words: string) => {
    const part = document.createElement("span");
    keys.forEach((key, i) => {
      const kbd = document.createElement("kbd");
      kbd.textContent = key;
      if (i > 0) part.append("–");
      part.append(kbd);
    });
    part.append(` ${words}`);
    line.append(part);
  };
  add(["1", String(last)], "choose");
  add(["Enter"], "decide");
  add(["Backspace"], "back");
  return line;
}
