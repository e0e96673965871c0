package main

import (
	"fmt"
	"html/template"
	"strings"

	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// CompileCommand prints each distinct wording of each clause with those who propose it.
type CompileCommand struct {
	Base      string   `arg:"" help:"The text the proposals were made on: .md or .txt."`
	Proposals []string `arg:"" help:"The proposals, each a whole text: .md or .txt. They are called p1, p2 ..."`
	JSON      bool     `name:"json" xor:"form" help:"As JSON."`
	HTML      bool     `name:"html" xor:"form" help:"As an HTML fragment."`
	All       bool     `help:"List clauses that nobody touches too."`
}

// compiledReport is one clause as --json prints it.
type compiledReport struct {
	Clause   string            `json:"clause"`
	Link     string            `json:"link"`
	After    bool              `json:"after,omitempty"` // the variants are new clauses after this one
	Base     string            `json:"base"`
	Variants []compiledVariant `json:"variants"`
}

type compiledVariant struct {
	Label     resolution.Label `json:"label,omitempty"`
	Words     string           `json:"words"`
	Deleted   bool             `json:"deleted,omitempty"`
	Moved     bool             `json:"moved,omitempty"`
	Proposals []string         `json:"proposals"`
}

// Run prints the compilation.
func (c CompileCommand) Run(s Streams) error {
	base, proposals, err := readProposals(c.Base, c.Proposals, s)
	if err != nil {
		return err
	}
	var clauses []merge.CompiledClause
	for _, clause := range merge.NewCompilation(base, proposals...).Clauses() {
		if c.All || len(clause.Variants) > 0 {
			clauses = append(clauses, clause)
		}
	}
	switch {
	case c.JSON:
		return printJSON(s, compiledReports(clauses))
	case c.HTML:
		return compilationHTML.Execute(s.Out, clauses)
	}
	if len(clauses) == 0 {
		_, err := fmt.Fprintln(s.Out, "No proposal changes a word of the base.")
		return err
	}
	for _, clause := range clauses {
		if err := printCompiled(s, clause); err != nil {
			return err
		}
	}
	return nil
}

func compiledReports(clauses []merge.CompiledClause) []compiledReport {
	out := make([]compiledReport, len(clauses))
	for i, clause := range clauses {
		out[i] = compiledReport{
			Clause: clause.Name.Spoken, Link: clause.Name.Link, After: clause.Inserted, Base: clause.Block.Words,
			Variants: make([]compiledVariant, len(clause.Variants)),
		}
		for k, v := range clause.Variants {
			out[i].Variants[k] = compiledVariant{Label: v.Label, Words: v.Words, Deleted: v.Deleted, Moved: v.Moved, Proposals: v.Proposals}
		}
	}
	return out
}

// placeOf names a clause as people say it.
func placeOf(c merge.CompiledClause) string {
	switch {
	case c.Inserted && c.Base < 0:
		return "at the beginning"
	case c.Inserted:
		return "after " + c.Name.Spoken
	}
	return c.Name.Spoken
}

func printCompiled(s Streams, c merge.CompiledClause) error {
	if _, err := fmt.Fprintln(s.Out, placeOf(c)); err != nil {
		return err
	}
	for _, v := range c.Variants {
		if _, err := fmt.Fprintf(s.Out, "  %s: %s\n", strings.Join(v.Proposals, ", "), variantWords(v)); err != nil {
			return err
		}
	}
	return nil
}

// variantWords shows a wording as a difference: {-old-}{+new+}.
func variantWords(v merge.CompiledVariant) string {
	var b strings.Builder
	if v.Moved {
		b.WriteString("(moved) ")
	}
	if v.Label != "" {
		b.WriteString(string(v.Label) + " ")
	}
	b.WriteString(diff.WordsTerminal(v.Ops))
	return b.String()
}

var compilationHTML = template.Must(template.New("compilation").Funcs(template.FuncMap{
	"place": placeOf, "words": diff.WordsHTML, "join": func(names []string) string { return strings.Join(names, ", ") },
}).Parse(`{{range .}}<section class="clause"><h2>{{place .}}</h2>
{{range .Variants}}<div class="variant"><p class="who">{{join .Proposals}}</p><p>{{with .Label}}{{.}} {{end}}{{words .Ops}}</p></div>
{{end}}</section>
{{end}}`))
