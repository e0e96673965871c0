/** The cards of comments: what was said, by whom and to whom, and the forms to say something. */
import type { API } from "../shared/api";
import { button, clock, el, tag } from "../shared/dom";
import { talk } from "./commentwords";

/** A thread and the text it is about. */
export interface Spoken {
  readonly key: string;
  readonly text: string;
  readonly thread: API["CommentThread"];
  /** It is about what is submitted, not about the draft. */
  readonly submitted: boolean;
}

/** What can be done with a thread. */
export interface CardActs {
  readonly speaks: boolean;
  answer(s: Spoken, words: string): Promise<void>;
  resolve(s: Spoken, resolved: boolean): Promise<void>;
  leave(): void;
  /** Goes to its words. */
  show(s: Spoken): void;
}

/** When something was said: the hour today, else the day. */
function moment(iso: string): HTMLElement {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const words = today ? clock(at) : at.toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  return el("time", { class: "muted", datetime: iso }, words);
}

function said(c: API["Comment"]): HTMLElement {
  const words = c.words.split("\n").filter((line) => line.trim() !== "");
  return el(
    "div",
    { class: "said" },
    el("p", { class: "by" }, c.label ? tag(c.label, c.slot) : null, c.label ? " " : null, el("b", {}, c.name), " ", moment(c.at)),
    ...words.map((line) => el("p", { dir: "auto" }, line)),
  );
}

/** The card of one thread. */
export function threadCard(s: Spoken, acts: CardActs): HTMLElement {
  const t = s.thread;
  const name = el("button", { type: "button", class: "quiet where", title: talk.goTo(t.name) }, t.name);
  name.addEventListener("click", () => acts.show(s));
  const about = [talk.audience[t.audience], ...(s.submitted ? [talk.onSubmitted] : [])].join(", ");
  const footer = el("footer", {});
  const box = el(
    "section",
    {
      class: `card talk slot-${t.comment.slot}${t.resolved ? " done" : ""}`,
      "aria-label": talk.card(t.name, t.comment.name),
      tabindex: "-1",
    },
    el(
      "header",
      {},
      name,
      t.new > 0 ? el("span", { class: "pill ok" }, talk.fresh(t.new)) : null,
      t.gone && t.quote ? el("span", { class: "pill warn" }, talk.gone) : null,
    ),
    t.quote && (t.gone || s.submitted) ? el("p", { class: "q", dir: "auto" }, `“${t.quote}”`) : null,
    said(t.comment),
    ...t.answers.map(said),
    el("p", { class: "muted small" }, `${talk.seenBy}: ${about}`),
    footer,
  );
  if (acts.speaks) {
    const reply = button(talk.answer, "quiet", () => {
      if (box.querySelector("form")) return;
      const form = replyForm(s, acts, () => {
        form.remove();
        reply.focus();
      });
      footer.before(form);
      form.querySelector("textarea")?.focus();
    });
    footer.append(
      reply,
      button(t.resolved ? talk.reopen : talk.resolve, "quiet", () => void acts.resolve(s, !t.resolved)),
    );
  } else footer.remove();
  box.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    e.stopPropagation();
    acts.leave();
  });
  return box;
}

function replyForm(s: Spoken, acts: CardActs, done: () => void): HTMLFormElement {
  const words = el("textarea", { "aria-label": talk.answerField, maxlength: "8000", required: true, rows: "3" });
  const problem = el("p", { class: "problem", role: "alert" });
  const send = el("button", { class: "primary" }, talk.answer);
  const form = el("form", {}, words, problem, el("div", { class: "actions" }, send, button(talk.cancel, "", done)));
  sends(form, words, send, problem, () => acts.answer(s, words.value.trim()));
  return form;
}

/** Sends a form once at a time; what was written stays until it has arrived. */
function sends(form: HTMLFormElement, words: HTMLTextAreaElement, send: HTMLButtonElement, problem: HTMLElement, act: () => Promise<void>) {
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    if (send.getAttribute("aria-disabled") === "true" || words.value.trim() === "") return;
    send.setAttribute("aria-disabled", "true");
    problem.textContent = "";
    act().catch((why: unknown) => {
      problem.textContent = why instanceof Error ? why.message : String(why);
      send.setAttribute("aria-disabled", "false");
    });
  });
  words.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) form.requestSubmit();
  });
}

/** What a new comment is begun with. */
export interface Beginning {
  readonly name: string;
  readonly quote: string;
  readonly audiences: readonly API["Audience"][];
  /** Some audiences read it beside what is submitted. */
  readonly published: boolean;
  send(audience: API["Audience"], words: string, tell: (sentence: string) => void): Promise<void>;
  cancel(): void;
}

/** The card in which a comment is written. */
export function newCard(b: Beginning): HTMLElement {
  const words = el("textarea", {
    "aria-label": talk.field,
    maxlength: "8000",
    required: true,
    rows: "4",
    "aria-describedby": "comment-help",
  });
  const problem = el("p", { class: "problem", role: "alert" });
  const send = el("button", { class: "primary" }, talk.send);
  const choices = b.audiences.map((audience, i) =>
    el("label", {}, el("input", { type: "radio", name: "audience", value: audience, checked: i === 0 }), ` ${talk.audience[audience]}`),
  );
  const form = el(
    "form",
    {},
    el("fieldset", {}, el("legend", {}, talk.seenBy), ...choices),
    words,
    el("p", { class: "muted small", id: "comment-help" }, b.published ? `${talk.fieldHelp} ${talk.audienceHelp}` : talk.fieldHelp),
    problem,
    el("div", { class: "actions" }, send, button(talk.cancel, "", b.cancel)),
  );
  sends(form, words, send, problem, () => {
    const audience = new FormData(form).get("audience") as API["Audience"];
    return b.send(audience, words.value.trim(), (sentence) => {
      problem.textContent = sentence;
    });
  });
  const box = el(
    "section",
    { class: "card talk writing", "aria-label": talk.beginOn(b.name) },
    el("header", {}, el("b", { dir: "auto" }, talk.beginOn(b.name))),
    b.quote ? el("p", { class: "q", dir: "auto" }, `“${b.quote}”`) : null,
    form,
  );
  box.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || words.value.trim() !== "") return;
    e.stopPropagation();
    b.cancel();
  });
  return box;
}
