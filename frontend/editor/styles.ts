/**
 * The content security policy lets no page make style elements, and CodeMirror writes its own styles at run time. It
 * can also put them into an adopted style sheet, which the policy allows, but does so only inside a shadow root. So the
 * document is given the style set that a shadow root gets.
 */
import { StyleModule } from "style-mod";

/** Makes CodeMirror write its styles into an adopted style sheet. Call it before the first view is made. */
export function adoptStyles(): void {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const before = new Set(Object.getOwnPropertySymbols(root));
  StyleModule.mount(root, []);
  for (const key of Object.getOwnPropertySymbols(root)) {
    if (before.has(key) || Object.hasOwn(document, key)) continue;
    Object.defineProperty(document, key, { value: Reflect.get(root, key), configurable: true });
  }
}
