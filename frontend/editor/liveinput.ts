/** Keeps out of the text what the server does not take: control characters and halves of surrogate pairs. */
import { type ChangeSpec, EditorState, Transaction } from "@codemirror/state";

// biome-ignore lint/complexity/useRegexLiterals: control characters are easier to read as escapes in a string
const unwanted = new RegExp(
  "[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]",
  "g",
);

/** Takes from typed or pasted words what cannot be in a text. Everything else about the edit stays. */
export const cleanInput = EditorState.transactionFilter.of((tr) => {
  if (!tr.docChanged || tr.annotation(Transaction.remote)) return tr;
  const clean: ChangeSpec[] = [];
  let dirty = false;
  tr.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    const words = inserted.toString();
    const insert = words.replace(unwanted, "");
    dirty ||= insert !== words;
    clean.push({ from, to, insert });
  });
  if (!dirty) return tr;
  const event = tr.annotation(Transaction.userEvent);
  return { changes: clean, effects: tr.effects, scrollIntoView: tr.scrollIntoView, ...(event ? { userEvent: event } : {}) };
});
