package docx

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plenary/repo/resolution"
)

func TestFusedIsRecognised(t *testing.T) {
	tests := []struct {
		name, text string
		want       bool
	}{
		{"a year with a word glued to it", "The Conference (Oslo, 2012Lisbon, 2016),\nconsidering", true},
		{"two marks in a row", "a)\tthe cost of lamps;,\nb)\tthe cost of oil", true},
		{"an ordinary text", "RESOLUTION 12 (Rev. Lisbon, 2016)\nThe Conference (Lisbon, 2016),\nconsidering\na)\tlamps, oil;", false},
		{"a year before a word", "in 2012 Lisbon met; WRC-2012A was held", false},
		{"an empty text", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Fused(tt.text); (len(got) > 0) != tt.want {
				t.Errorf("Fused gives %q, want signs: %v", got, tt.want)
			}
		})
	}
}

func TestSplitOfARealFlattenedText(t *testing.T) {
	dir := shared(t, "resolutions", "wtsa-res7")
	base := paperText(t, filepath.Join(dir, "base.txt"))
	proposal := paperText(t, filepath.Join(dir, "proposal-usa-48a5-1.txt"))
	pasted := append(readFile(t, filepath.Join(dir, "cover-usa-48a5-1.txt")), '\n')
	pasted = append(pasted, readFile(t, filepath.Join(dir, "fused.txt"))...)
	if len(Fused(string(pasted))) < 3 {
		t.Errorf("the warning names only %q", Fused(string(pasted)))
	}
	got, err := SplitFused(base, pasted)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got.Cover, "Abstract:") || !strings.HasSuffix(got.Cover, "USA/48A5/1") {
		t.Errorf("cover %q … %q", short(got.Cover), got.Cover[max(0, len(got.Cover)-40):])
	}
	if len(got.Proposal.Blocks) != len(proposal.Blocks) {
		t.Fatalf("%d blocks, want %d", len(got.Proposal.Blocks), len(proposal.Blocks))
	}
	right, settled := 0, 0
	for i, b := range got.Proposal.Blocks {
		want := proposal.Blocks[i]
		if b.Label != want.Label {
			t.Errorf("label %q, want %q", b.Label, want.Label)
		}
		doubtful := slices.ContainsFunc(got.Places, func(p Place) bool { return p.Block == i && !p.Certain })
		switch {
		case resolution.FoldWords(resolution.Plain(b.Words)) == resolution.FoldWords(resolution.Plain(want.Words)):
			right++
		case doubtful:
			settled++
		default:
			t.Errorf("wrong and not marked:\ngot  %s\nwant %s", b.Words, want.Words)
		}
	}
	t.Logf("%d places, %d of %d clauses right, %d marked for a person", len(got.Places), right, len(proposal.Blocks), settled)
	for _, p := range got.Places {
		t.Logf("%-16s certain=%-5v …%s[-%s-][+%s+]%s… %s", p.Clause, p.Certain, short(p.Before), p.Deleted, short(p.Inserted), short(p.After), p.Why)
	}
	if settled > 6 || len(got.Places) < 13 {
		t.Errorf("%d places, %d clauses left to a person", len(got.Places), settled)
	}
}

func TestSplitOfATextLikeItsBase(t *testing.T) {
	base := paperText(t, filepath.Join(shared(t, "resolutions", "wtsa-res7"), "base.txt"))
	got, err := SplitFused(base, resolution.FormatPaper(base))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Places) > 0 || string(resolution.Format(got.Proposal)) != string(resolution.Format(base)) {
		t.Errorf("places %+v", got.Places)
	}
}
