/** Puts a button beside each command that copies it. Where the browser does not let a page copy, the command is selected. */
export function offerCopies(selector: string): void {
  for (const command of document.querySelectorAll<HTMLElement>(selector)) {
    const code = command.querySelector("code");
    if (!code) continue;
    const words = code.textContent ?? "";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", code.classList.contains("secret") ? "Copy the token" : `Copy ${words}`);
    button.addEventListener("click", () => void copy(code, words, button));
    command.append(button);
  }
}

async function copy(code: HTMLElement, words: string, button: HTMLElement): Promise<void> {
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    getSelection()?.selectAllChildren(code);
    said = "Selected";
  }
  button.textContent = said;
  setTimeout(() => {
    button.textContent = "Copy";
  }, 2000);
}
