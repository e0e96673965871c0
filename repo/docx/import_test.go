package docx

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/resolution"
)

func paperText(t testing.TB, path string) resolution.Text {
	t.Helper()
	text, _, err := resolution.ParsePaper(readFile(t, path))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestImportOfAContribution(t *testing.T) {
	res7 := shared(t, "resolutions", "wtsa-res7")
	got, err := Import(readFile(t, filepath.Join(shared(t, "docx"), "usa-48a5-1.docx")))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Proposals) != 1 {
		t.Fatalf("%d proposals, want 1", len(got.Proposals))
	}
	p := got.Proposals[0]
	if diff := cmp.Diff(paperText(t, filepath.Join(res7, "base.txt")), p.Base); diff != "" {
		t.Errorf("base (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(paperText(t, filepath.Join(res7, "proposal-usa-48a5-1.txt")), p.Proposal); diff != "" {
		t.Errorf("proposal (-want +got):\n%s", diff)
	}
	if p.Instruction != "MOD" || p.Number != "USA/48A5/1" || !p.Changed {
		t.Errorf("mark %q %q, changed %v", p.Instruction, p.Number, p.Changed)
	}
	if got.Source != "United States of America" || got.Title != "Proposed revisions to WTSA Resolution 7" {
		t.Errorf("source %q, title %q", got.Source, got.Title)
	}
	if len(got.Authors) != 1 || got.Authors[0].Name != "United States of America" || got.Authors[0].Changes < 30 {
		t.Errorf("authors %+v, want one with at least 30 changes", got.Authors)
	}
	if len(got.Comments) != 1 {
		t.Fatalf("comments %+v, want one", got.Comments)
	}
	c := got.Comments[0]
	words := []rune(resolution.Plain(p.Proposal.Blocks[max(c.Block, 0)].Words))
	if c.Author != "TSB Secretariat" || c.Clause != "resolves 2" || c.Quote != string(words[c.From:c.To]) || c.Quote == "" {
		t.Errorf("comment %+v", c)
	}
	if len(got.Warnings) > 0 {
		t.Errorf("warnings %q", got.Warnings)
	}
}

// The covering note of the pasted original has the same words as that of the Word file, but for source, title and mark.
func TestCoveringNoteKeepsItsWords(t *testing.T) {
	want := string(readFile(t, filepath.Join(shared(t, "resolutions", "wtsa-res7"), "cover-usa-48a5-1.txt")))
	got, err := Import(readFile(t, filepath.Join(shared(t, "docx"), "usa-48a5-1.docx")))
	if err != nil {
		t.Fatal(err)
	}
	cover := strings.NewReplacer("#", "", "Abstract", "Abstract:").Replace(string(got.Cover))
	for line := range strings.SplitSeq(want, "\n") {
		line = strings.TrimSpace(line)
		if !strings.Contains(cover, line) && !strings.HasPrefix(line, "MOD") {
			t.Errorf("the note lacks %q", line)
		}
	}
}

// Every real file imports, and its views keep the words of the plain text; only what is not text goes.
func TestRealFilesImport(t *testing.T) {
	dir := shared(t, "docx")
	for _, row := range manifest(t) {
		t.Run(row[0], func(t *testing.T) {
			t.Parallel()
			file := readFile(t, filepath.Join(dir, row[0]))
			got, err := Import(file)
			if strings.HasPrefix(row[0], "safedocx--") {
				if err == nil {
					t.Error("a file that is not well-formed was imported")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range got.Proposals {
				for _, text := range []resolution.Text{p.Base, p.Proposal} {
					again, _, err := resolution.Parse(resolution.Format(text))
					if err != nil || !cmp.Equal(again, text) {
						t.Errorf("a text is not canonical: %v", err)
					}
				}
			}
		})
	}
}
