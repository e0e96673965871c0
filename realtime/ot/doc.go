// Package ot changes one text on behalf of several writers at once.
//
// It is a port of CodeMirror's ChangeSet: for the same input it gives, section for
// section, what the npm package @codemirror/state gives, because both ends of a live
// draft rebase on their own and never look at the other's result. Start with Decode,
// Buffer.Apply and Rebase.
//
// All positions and lengths are UTF-16 code units, as in the browser. A line break is one
// unit, "\n". Errors of type *ChangeError say what is wrong with a change set.
package ot
