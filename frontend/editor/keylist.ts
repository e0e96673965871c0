/** The keys of the editor, as the list of keys shows them. */
export const keyList: readonly (readonly [string, string])[] = [
  ["Alt+↓ / Alt+↑", "next / previous change"],
  ["Ctrl+Alt+Z", "restore adopted words"],
  ["Ctrl+Alt+M", "comment on the selection"],
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
