package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// MergeCommand merges proposals into the text they were made on.
type MergeCommand struct {
	Base      string   `arg:"" help:"The text the proposals were made on: .md or .txt."`
	Proposals []string `arg:"" help:"The proposals, each a whole text: .md or .txt. They are called p1, p2 ... in the report."`
	Out       string   `short:"o" help:"Where to write the merged text, form by extension; standard output when not given."`
	JSON      bool     `name:"json" help:"Report decisions as JSON on standard output."`
	Unsettled string   `default:"base" enum:"base,brackets" help:"What stands where proposals conflict: the base clause whole, or the differing words in attributed square brackets."`
}

// Run merges: status 0 when nothing conflicts, 1 when something does. Out is written in both cases. For people, decisions
// and references that no longer fit are listed beside the text: on standard output, or on standard error if the text
// goes to standard output.
func (c MergeCommand) Run(s Streams) error {
	base, proposals, err := readProposals(c.Base, c.Proposals, s)
	if err != nil {
		return err
	}
	result := merge.Merge(base, proposals...)
	mode := merge.ClauseOfBase
	if c.Unsettled == "brackets" {
		mode = merge.InBrackets
	}
	text := merge.Unsettled(base, proposals, mode)
	if c.allPaper() {
		// A paper's bullets nest by their signs, so the levels of the merged one are those it has when read.
		if text, _, err = resolution.ReadPaper(resolution.FormatPaper(text)); err != nil {
			return err
		}
	}
	form := c.Out
	if form == "" || form == "-" {
		form = c.Base
	}
	content, err := encodeText(form, text)
	if err != nil {
		return err
	}
	if c.Out != "" && c.Out != "-" {
		if err := writeFile(c.Out, content); err != nil {
			return err
		}
	}
	switch {
	case c.JSON:
		report := merge.JSON(result)
		report.Text = string(content)
		err = printJSON(s, report)
	case c.Out == "" || c.Out == "-":
		if _, err = s.Out.Write(content); err == nil {
			err = printDecisions(s.Err, result)
		}
	default:
		err = printDecisions(s.Out, result)
	}
	if err != nil {
		return err
	}
	if !result.Clean() {
		return errPerson
	}
	return nil
}

// allPaper tells whether every text given is paper text.
func (c MergeCommand) allPaper() bool {
	return !slices.ContainsFunc(append([]string{c.Base}, c.Proposals...), func(path string) bool {
		return !strings.EqualFold(filepath.Ext(path), ".txt")
	})
}

// readProposals reads the base and the proposals, which are called p1, p2 ... Bullets of papers keep their signs.
func readProposals(basePath string, paths []string, s Streams) (resolution.Text, []merge.Proposal, error) {
	texts, err := readTextsAs(append([]string{basePath}, paths...), resolution.ReadPaper, s)
	if err != nil {
		return resolution.Text{}, nil, err
	}
	base, texts := texts[0], texts[1:]
	proposals := make([]merge.Proposal, len(texts))
	for i, t := range texts {
		proposals[i] = merge.Proposal{Name: fmt.Sprintf("p%d", i+1), Text: t}
	}
	return base, proposals, nil
}

// printJSON prints one value without escaping what only HTML needs escaped.
func printJSON(s Streams, value any) error {
	enc := json.NewEncoder(s.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}

// printDecisions lists, for people, where more than one proposal speaks, and which references no longer fit.
func printDecisions(out io.Writer, r merge.Result) error {
	for _, d := range r.Decisions {
		if _, err := fmt.Fprintf(out, "%s: %s\n", d.Clause.Spoken, d.Kind); err != nil {
			return err
		}
		for _, v := range d.Variants {
			words := v.Words
			if v.Deleted {
				words = "(deleted)"
			}
			if _, err := fmt.Fprintf(out, "  %s: %s\n", strings.Join(v.Proposals, ", "), words); err != nil {
				return err
			}
		}
	}
	for _, ref := range r.References {
		then := "is gone"
		if ref.Suggestion != "" {
			then = fmt.Sprintf("is %q now", ref.Suggestion)
		}
		if _, err := fmt.Fprintf(out, "%s: speaks of %q; the clause meant %s\n", ref.Clause, ref.Words, then); err != nil {
			return err
		}
	}
	return nil
}
