package main

import (
	"fmt"
	"slices"

	"plenary/repo/diff"
)

// DiffCommand compares two texts.
type DiffCommand struct {
	A      string `arg:"" help:"The text compared with: .md or .txt."`
	B      string `arg:"" help:"The text that is compared: .md or .txt."`
	Format string `default:"text" enum:"text,json,html" help:"text, json or html."`
}

// Run prints the changes from A to B. Its status is 0 whether or not the texts differ.
func (c DiffCommand) Run(s Streams) error {
	texts, err := readTexts([]string{c.A, c.B}, s)
	if err != nil {
		return err
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
