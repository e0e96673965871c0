package demo

import (
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/resolution"
)

func TestTextsAreCanonical(t *testing.T) {
	files, err := fs.Glob(texts, "texts/*.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 8 {
		t.Fatalf("found %d texts: %v", len(files), files)
	}
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			file, err := fs.ReadFile(texts, name)
			if err != nil {
				t.Fatal(err)
			}
			canonical, warnings, err := resolution.Canonical(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range warnings {
				t.Errorf("line %d: %s", w.Line, w.Text)
			}
			if d := cmp.Diff(string(canonical), string(file)); d != "" {
				t.Errorf("not canonical (-canonical +file):\n%s", d)
			}
			if got := string(resolution.FromLive(resolution.Live(file))); got != string(file) {
				t.Errorf("the editor would change it (-file +editor):\n%s", cmp.Diff(string(file), got))
			}
		})
	}
}

// TestTextsHoldEveryKindOfBlock keeps the demonstration showing what the format can do.
func TestTextsHoldEveryKindOfBlock(t *testing.T) {
	seen := map[resolution.Kind]bool{}
	bis := false
	for _, slug := range []string{"wtda-5", "wtda-11", "wtda-23"} {
		file, err := fs.ReadFile(texts, "texts/"+slug+".md")
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := resolution.Parse(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range text.Blocks {
			seen[b.Kind] = true
			bis = bis || b.Label == "2bis." || b.Label == "a bis)"
		}
	}
	for kind := resolution.KindParagraph; kind <= resolution.KindFootnote; kind++ {
		if !seen[kind] && kind != resolution.KindHeading {
			t.Errorf("no block of kind %d", kind)
		}
	}
	if !bis {
		t.Error("no clause with a bis label")
	}
}
