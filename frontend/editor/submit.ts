/** The Submit button: disabled with the reason while there is nothing to submit, and never before all words are saved. */

import { button, dialog, el, part } from "../shared/dom";
import type { Bootstrap } from "./bootstrap";
import { type Check, checksOf } from "./checks";
import type { Desk } from "./desk";
import { showChecks } from "./dialogs";
import type { LiveState } from "./live";
import type { openBars } from "./status";
import { say } from "./words";

interface Now {
  readonly desk: Desk | undefined;
  readonly state: LiveState;
  readonly unsent: number;
}

/** Looks after the form. */
export function wireSubmit(b: Bootstrap, now: () => Now, bars: ReturnType<typeof openBars>): { refresh(): void } {
  const form = part<HTMLFormElement>("submit");
  const submit = form.querySelector("button")!;
  form.action = b.urls.submit;
  let asked = false;

  const reason = (): string => {
    const { desk, state } = now();
    if (!desk) return say.opening;
    if (state.kind === "stopped") return state.text;
    return desk.changes() === 0 ? say.submitNothing : "";
  };

  function refresh() {
    const why = reason();
    // aria-disabled keeps the button in reach, so that the reason can be read.
    submit.setAttribute("aria-disabled", String(why !== ""));
    submit.title = why;
  }

  form.addEventListener("submit", (e) => {
    const { desk, unsent } = now();
    const why = reason();
    if (why || !desk) {
      e.preventDefault();
      bars.put({ key: "submit", tone: "plain", text: why, lasts: 8000 });
      return;
    }
    if (unsent > 0) {
      e.preventDefault();
      bars.put({ key: "submit", tone: "warn", text: say.submitWaiting, lasts: 12_000 });
      return;
    }
    const checks = checksOf(desk.view.state);
    if (checks.length === 0 || asked) return;
    e.preventDefault();
    ask(checks, desk);
  });

  /** Names every open check before the text goes to the secretariat. */
  function ask(checks: readonly Check[], desk: Desk) {
    const d = dialog(submit.textContent ?? "", [
      el("p", {}, say.submitChecks(checks.length)),
      el("ul", { class: "scroll" }, ...checks.map((c) => el("li", {}, c.text))),
      el(
        "div",
        { class: "actions" },
        button(say.submitLook, "primary", () => {
          d.close();
          showChecks(desk.view);
        }),
        button(say.submitAnyway, "", () => {
          asked = true;
          d.close();
          form.requestSubmit();
          asked = false;
        }),
        button(say.cancel, "", () => d.close()),
      ),
    ]);
  }
  refresh();
  return { refresh };
}
