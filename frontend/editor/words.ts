/** Every sentence the editor shows or says, in one place. */
const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
const quote = (words: string, longest = 160): string => (words.length > longest ? `${words.slice(0, longest)}…` : words);

export const say = {
  struck: "Struck from the adopted text. Click to see it and to restore it.",
  sign: (sign: string): string => ({ "+": "added", "−": "deleted", "±": "changed", "⇅": "moved" })[sign] ?? "",
  changeOf: (i: number, n: number): string => `Change ${i} of ${n}`,
  changesIn: (n: number, clauses: number): string =>
    n === 0 ? "No changes yet" : `${count(n, "change", "changes")} in ${count(clauses, "clause", "clauses")}`,
  tabStays: "Tab makes an empty clause a bullet; F6 leaves the text.",
  undoNothing: "There is nothing of yours to undo since this page was opened.",
  redoNothing: "There is nothing of yours to redo.",
  empty: "No changes yet. Type anywhere.",
  submitNothing: "Nothing to submit: the text is still the adopted text, word for word.",
  submitChecks: (n: number): string => `${count(n, "place", "places")} in this text may not be as you mean it:`,
  submitAnyway: "Submit all the same",
  submitLook: "Look at them",
  submitWaiting: "Your last words are not yet saved on the server. Wait until the line below says “Saved”, then submit.",
  textbox: (title: string, base: string): string => `${title}, changes shown against ${base}`,
  adoptedBox: (base: string): string => `${base}, read only`,
  change: (name: string, struck: string, added: string): string => {
    const parts = [struck && `deleted ${quote(struck.trim())}`, added && `inserted ${quote(added.trim())}`].filter(Boolean);
    return `Change in ${name}: ${parts.join(", ")}`;
  },
  clauseNew: "New clause",
  clauseGone: "Clause deleted",
  clauseMoved: (from: string): string => `Moved from ${from}`,
  clauseSplit: "One clause divided into several",
  clauseJoined: "Several clauses made one",
  restore: "Restore adopted words",
  restoreNew: "Take this clause out",
  restoreGone: "Put this clause back",
  restoreMoved: "Move it back",
  restoreShape: "Restore adopted clauses",
  cardName: (name: string): string => `Selected change in ${name}`,
  cardHint: (base: string): string => `Compared with ${base}`,
  cardWritten: (own: boolean, time: string): string => `last written ${own ? "by you" : "by others"}, ${time}`,
  cardDelegation: (name: string): string => `Proposed by ${name}`,

  saved: (time: string): string => `Saved to draft, ${time}`,
  savedAs: (name: string): string => `Save point “${name}” made`,
  opening: "Opening the draft…",
  saving: "Saving…",
  offline: (since: string, n: number): string =>
    `Offline since ${since}. ${n === 0 ? "No edits wait" : count(n, "edit waits", "edits wait")} on this computer`,
  catching: (done: number, all: number): string => `Catching up, ${done} of ${all} edits`,
  retryIn: (seconds: number): string => `next try in ${count(seconds, "second", "seconds")}`,
  tryNow: "Try now",
  readOnly: "You can read and copy this text",
  refused: (n: number): string => `Your ${count(n, "edit", "edits")} could not be added.`,
  keep: "Keep as own draft",
  download: "Download",
  copyThem: "Copy",
  kept: "Words that another draft could not take were kept for this one. They replace the text here; undo brings it back.",
  keptTake: "Put them in",
  discard: "Discard",
  signedOut: "You have been signed out. Your words stay here; sign in again to go on.",
  signIn: "Sign in again",
  baseMoved: "The adopted text has moved.",
  showMoved: "Show what changed",
  /** Puts the time into the server's sentence: "2 places changed by git push, 10:51 (Ms Carter)". */
  pushed: (sentence: string, time: string): string => sentence.replace(/(?: \([^()]*\))?\.?$/, (name) => `, ${time}${name}`),

  editingNow: "editing now",
  joined: (who: string): string => `${who} joined`,
  follow: (who: string): string => `Follow ${who}`,
  following: (who: string): string => `Following ${who}. Escape stops it`,
  notFollowing: "Stopped following",

  pasted: (clauses: number, formatting: boolean, struck: number): string => {
    const left = [formatting && "formatting", struck > 0 && count(struck, "struck passage", "struck passages")].filter(Boolean);
    return `Pasted ${count(clauses, "clause", "clauses")}${left.length ? `; ${left.join(" and ")} ${left.length > 1 || struck > 1 ? "were" : "was"} left out` : ""}.`;
  },
  undo: "Undo",
  show: "Show",
  dismiss: "Close",

  checks: (n: number): string => (n === 0 ? "No checks" : `Checks (${n})`),
  checksTitle: "Checks",
  checksNone: "Nothing to check: every clause could be read.",
  checkUnlabelled: (name: string): string => `A clause without a label stands between labelled ones, after ${name}`,
  checkEmpty: (name: string): string => `The clause ${name} has no words`,
  checkDoubled: (label: string, name: string): string => `The label ${label} is used twice, again in ${name}`,
  checkBrackets: (name: string): string => `Square brackets are not closed in ${name}`,

  clauses: (n: number): string => count(n, "clause", "clauses"),
  goto: "Go to clause",
  gotoField: "Clause, for example “res 5” or “considering f”",
  gotoNone: (what: string): string => `No clause is called “${what}”.`,
  find: "Find in text",
  findNext: "Next",
  findPrevious: "Previous",
  findCount: (i: number, n: number): string => (n === 0 ? "Not found" : i > 0 ? `${i} of ${n}` : `${n} found`),
  close: "Close",
  cancel: "Cancel",
  savePoint: "Save point",
  savePointHelp: "Saving itself is automatic. A save point has a name and is easy to find in the history.",
  savePointField: "Name of this save point",
  savePointMake: "Make save point",
  renumber: "Renumber",
  renumberHelp: "Labels that would change. References to them inside the text stay as they are.",
  renumberNone: "All lists already count without gaps.",
  renumberDo: (n: number): string => `Change ${count(n, "label", "labels")}`,
  keys: "Keys",
} as const;

/** The keys of the editor, as the list of keys shows them. */
export const keyList: readonly (readonly [string, string])[] = [
  ["Alt+↓ / Alt+↑", "next / previous change"],
  ["Ctrl+Alt+Z", "restore adopted words"],
  ["Ctrl+Z / Ctrl+Y", "undo / redo own edits"],
  ["Enter", "next clause with its label"],
  ["Shift+Enter", "new line without a label"],
  ["Tab / Shift+Tab", "in a new empty clause: make it a bullet / a labelled clause"],
  ["Ctrl+I", "italic words"],
  ["Ctrl+F, F3", "find in text, next"],
  ["Ctrl+G", "go to clause (“res 5”)"],
  ["Ctrl+Alt+1 / 2 / 3", "all changes / as proposed / adopted text"],
  ["Ctrl+S", "save point with a name (saving itself is automatic)"],
  ["F6", "next region of the page"],
  ["Escape", "leave a card or a panel, back to the text"],
  ["?", "this list (outside the text)"],
];
