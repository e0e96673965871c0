// Answers random cases with the npm packages, for the fuzz of the Go port.
//
//     node oracle.mjs NODE_MODULES < cases.jsonl > answers.jsonl
//
// A case has a text, two change sets on it (a, b), one after a (c), positions, and frames
// of updates by others that an editor receives after it has typed a and c.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const from = (path) => import(pathToFileURL(`${process.argv[2]}/@codemirror/${path}/dist/index.js`).href);
const { ChangeSet, EditorState, MapMode, Text } = await from("state");
const { collab, rebaseUpdates, receiveUpdates, sendableUpdates } = await from("collab");

const modes = [
  [-1, MapMode.Simple],
  [1, MapMode.Simple],
  [-1, MapMode.TrackDel],
  [-1, MapMode.TrackBefore],
  [1, MapMode.TrackAfter],
];

function answer(c) {
  const doc = Text.of(c.doc.split("\n"));
  const [a, b, after] = [c.a, c.b, c.c].map((x) => ChangeSet.fromJSON(x));
  const over = c.frames.flat().map((x) => ({ clientID: "other", changes: ChangeSet.fromJSON(x) }));
  const push = [a, after].map((changes) => ({ clientID: "me", changes }));
  let state = EditorState.create({ doc, extensions: [collab({ startVersion: 0, clientID: "me" })] });
  for (const { changes } of push) if (!changes.empty) state = state.update({ changes }).state;
  for (const frame of c.frames) {
    state = receiveUpdates(
      state,
      frame.map((x) => ({ clientID: "other", changes: ChangeSet.fromJSON(x) })),
    ).state;
  }
  return {
    applied: a.apply(doc).toString(),
    inverse: a.invert(doc),
    composed: a.compose(after),
    over: a.map(b),
    overBefore: a.map(b, true),
    beside: b.map(a, true),
    positions: Array.from({ length: doc.length + 1 }, (_, pos) => modes.map(([assoc, mode]) => a.mapPos(pos, assoc, mode))),
    rebased: rebaseUpdates(push, over).map((u) => u.changes),
    unconfirmed: sendableUpdates(state).map((u) => u.changes),
    text: state.doc.toString(),
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
