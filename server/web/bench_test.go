package web

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// longText gives a text of n clauses; every step-th one ends in other words.
func longText(b *testing.B, n, step, seed int) resolution.Text {
	b.Helper()
	var file strings.Builder
	file.WriteString("# RESOLUTION 1\n\nThe Assembly,\n\n*resolves*\n")
	for i := range n {
		words := "as adopted before"
		if step > 0 && (i+seed)%step == 0 {
			words = fmt.Sprintf("as the delegation numbered %d proposes", seed)
		}
		fmt.Fprintf(&file, "\n%d. that clause number %d of this text shall be read by everybody who takes part in the work, %s;\n", i+1, i+1, words)
	}
	text, _, err := resolution.Parse([]byte(file.String()))
	if err != nil {
		b.Fatal(err)
	}
	return text
}

func BenchmarkReadingOf300Clauses(b *testing.B) {
	templates, err := parseTemplates()
	if err != nil {
		b.Fatal(err)
	}
	changes := diff.Compare(longText(b, 300, 0, 0), longText(b, 300, 10, 3))
	for b.Loop() {
		page := view[ReadPage]{Frame{Folder: "read"}, ReadPage{Clauses: changedText(changes, 1)}}
		if err := templates["read"].ExecuteTemplate(io.Discard, "layout", page); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompilationOf60Proposals(b *testing.B) {
	templates, err := parseTemplates()
	if err != nil {
		b.Fatal(err)
	}
	base := longText(b, 300, 0, 0)
	v := drafting.CompilationView{Text: base, Names: resolution.Names(base)}
	var shown []CompilationProposal
	for i := range 60 {
		d := repo.DraftName{Circle: repo.Circle(fmt.Sprintf("c%d", i)), Name: "1"}
		v.Carried = append(v.Carried, merge.Proposal{Name: d.String(), Text: longText(b, 300, 20, i)})
		v.Changes = append(v.Changes, diff.Compare(base, v.Carried[i].Text))
		shown = append(shown, CompilationProposal{Tag: Tag{Label: fmt.Sprint(i), Slot: i % slots}, Label: d.String(), Value: d.String(), Shown: true})
	}
	for b.Loop() {
		k := compiler{view: v, variants: make(map[place][]variant)}
		for i, changes := range v.Changes {
			k.add(changes, shown[i])
		}
		page := CompilationPage{Proposals: shown}
		page.Sections, page.Summary = k.sections(false)
		if err := templates["compilation"].ExecuteTemplate(io.Discard, "layout", view[CompilationPage]{Frame{Folder: "compilation"}, page}); err != nil {
			b.Fatal(err)
		}
	}
}
