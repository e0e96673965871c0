package docx

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plenary/repo/resolution"
)

// What a contribution brings survives leaving and coming back: texts, mark, covering note, comments with their words.
func TestContributionSurvivesTheRoundTrip(t *testing.T) {
	was, err := Import(readFile(t, filepath.Join(shared(t, "docx"), "usa-48a5-1.docx")))
	if err != nil {
		t.Fatal(err)
	}
	p := was.Proposals[0]
	o := Options{Author: was.Authors[0].Name, Date: "2016-09-22T10:00:00Z", Number: p.Number, Instruction: p.Instruction, Source: was.Source, Title: was.Title, Note: was.Cover}
	for _, c := range was.Comments {
		o.Comments = append(o.Comments, ExportComment{Author: c.Author, Initials: c.Initials, Date: c.Date, Text: c.Text, Block: c.Block, From: c.From, To: c.To, Replies: []ExportReply{{Author: "Exampleland", Text: "Yes."}}})
	}
	file, err := Export(p.Base, p.Proposal, o)
	if err != nil {
		t.Fatal(err)
	}
	is, err := Import(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(is.Cover) != string(was.Cover) || is.Source != was.Source || is.Title != was.Title {
		t.Errorf("cover:\n%s\nwant\n%s", is.Cover, was.Cover)
	}
	q := is.Proposals[0]
	if q.Instruction != p.Instruction || q.Number != p.Number {
		t.Errorf("mark %s %s", q.Instruction, q.Number)
	}
	if string(resolution.Format(q.Base)) != string(resolution.Format(p.Base)) || string(resolution.Format(q.Proposal)) != string(resolution.Format(p.Proposal)) {
		t.Error("the texts are not the same")
	}
	if len(is.Comments) != 2 || is.Comments[0].Quote != was.Comments[0].Quote || is.Comments[0].Clause != was.Comments[0].Clause || is.Comments[1].Parent != 0 {
		t.Errorf("comments %+v, want %+v and an answer", is.Comments, was.Comments)
	}
	if is.Authors[0].Name != was.Authors[0].Name || is.Authors[0].Changes > was.Authors[0].Changes+8 {
		t.Errorf("%+v, want about as many changes as %+v", is.Authors, was.Authors)
	}
}

func TestMergedTextNamesWhoseWordsItTook(t *testing.T) {
	parse := func(words string) resolution.Text {
		text, _, err := resolution.Parse([]byte(words))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	base := parse("a) lamps burn oil all night;\n\nb) wicks are cut each morning,\n")
	north, south := parse("a) lamps burn gas all night;\n\nb) wicks are cut each morning,\n"), parse("a) lamps burn oil all night;\n\nb) wicks are trimmed each morning,\n")
	file, err := Export(base, parse("a) lamps burn gas all night;\n\nb) wicks are trimmed each morning,\n"), Options{Author: "Secretariat", Sources: []Attributed{{"Northland", north}, {"Southland", south}}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Import(file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range got.Authors {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	if strings.Join(names, " ") != "Northland Southland" {
		t.Errorf("authors %q", names)
	}
}
