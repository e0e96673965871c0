import { EditorState, Transaction } from "@codemirror/state";
import { expect, test } from "vitest";
import { say } from "./words";
import { lastOfOthers, lastWritten, writers } from "./writers";

test("who last wrote where is known, and moves with the words", () => {
  let state = EditorState.create({ doc: "one two three", extensions: writers });
  const write = (from: number, insert: string, remote = false) => {
    state = state.update({ changes: { from, insert }, ...(remote && { annotations: Transaction.remote.of(true) }) }).state;
  };
  expect(lastWritten(state, 0, 13)).toBeUndefined();
  write(8, "X");
  write(9, "Y");
  write(0, "others ", true);
  expect(state.doc.toString()).toBe("others one two XYthree");
  expect(lastWritten(state, 15, 17)).toMatchObject({ own: true, from: 15, to: 17 });
  expect(lastWritten(state, 0, 3)).toMatchObject({ own: false });
  expect(lastWritten(state, 9, 12)).toBeUndefined();
  expect(lastOfOthers(state)).toMatchObject({ from: 0, to: 7 });
  state = state.update({ changes: { from: 0, to: 22 } }).state;
  expect(lastWritten(state, 0, 0)).toMatchObject({ own: true });
});

test("the time stands in the sentence about a push", () => {
  expect(say.pushed("2 places changed by git push (Ms Carter)", "10:51")).toBe("2 places changed by git push, 10:51 (Ms Carter)");
  expect(say.pushed("1 place changed by git push", "10:51")).toBe("1 place changed by git push, 10:51");
});
