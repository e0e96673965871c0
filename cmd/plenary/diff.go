package main

import (
	"fmt"
	"slices"

	"plenary/repo/diff"
)

// DiffCommand compares two texts.
type DiffCommand struct {
	A      string `arg:"" help:"The text compared with: .md, .txt or .docx."`
	B      string `arg:"" help:"The text that is compared: .md, .txt or .docx."`
	Format string `default:"text" enum:"text,json,html" help:"text, json or html."`
	Out    string `short:"o" help:"Write the changes to this file instead: .docx (tracked changes), .pdf or .html."`
	Author string `help:"The delegation whose changes these are, for .docx."`
	Date   string `help:"When they were made, like 2026-03-01T09:00:00Z, for .docx; now if not given."`
}

// Run prints the changes from A to B. Its status is 0 whether or not the texts differ.
func (c DiffCommand) Run(s Streams) error {
	texts, err := readTexts([]string{c.A, c.B}, s)
	if err != nil {
		return err
	}
	if c.Out != "" {
		return writeChanges(c.Out, c.Author, c.Date, texts[0], texts[1])
	}
	changes := diff.Compare(texts[0], texts[1])
	switch c.Format {
	case "json":
		raw, err := diff.JSON(changes...)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.Out, "%s\n", raw)
		return err
	case "html":
		_, err := fmt.Fprintln(s.Out, diff.HTML(changes...))
		return err
	}
	if !slices.ContainsFunc(changes, diff.Change.Touched) {
		_, err := fmt.Fprintln(s.Out, "Both texts are the same, word for word.")
		return err
	}
	_, err = fmt.Fprint(s.Out, diff.Terminal(changes...))
	return err
}
