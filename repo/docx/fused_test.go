package docx

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plenary/repo/diff"
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
	got, err := SplitFused(base, pasted, nil)
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
		case diff.Fold(resolution.Plain(b.Words)) == diff.Fold(resolution.Plain(want.Words)):
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

// TestARealFlattenedTextIsSettled settles the doubtful places as a person who has the paper before them would, each by
// one of the choices offered, and reaches the proposal sign for sign.
func TestARealFlattenedTextIsSettled(t *testing.T) {
	dir := shared(t, "resolutions", "wtsa-res7")
	base := paperText(t, filepath.Join(dir, "base.txt"))
	proposal := paperText(t, filepath.Join(dir, "proposal-usa-48a5-1.txt"))
	fused := readFile(t, filepath.Join(dir, "fused.txt"))
	first, err := SplitFused(base, fused, nil)
	if err != nil {
		t.Fatal(err)
	}
	asPasted, _, err := resolution.ParsePaper(fused)
	if err != nil {
		t.Fatal(err)
	}
	settled := map[int]string{}
	for i, p := range first.Places {
		if p.Certain {
			continue
		}
		words, want := "\n"+resolution.Plain(asPasted.Blocks[p.Block].Words)+"\n", "\n"+resolution.Plain(proposal.Blocks[p.Block].Words)+"\n"
		at := strings.Index(words, p.Before+p.Deleted+p.Inserted)
		if at < 0 {
			t.Fatalf("%s: the new words stand nowhere", p.Clause)
		}
		before, after := words[:at+len(p.Before)+len(p.Deleted)], words[at+len(p.Before)+len(p.Deleted)+len(p.Inserted):]
		best := -1
		for _, struck := range p.Choices { // with which the words around it stand on the paper: few before, many after
			left, right, fits := strings.TrimSuffix(before, struck), after, 1000-len(struck)
			if left == before {
				right, fits = strings.TrimPrefix(after, struck), len(struck)
			}
			around := strings.ReplaceAll(left[max(0, len(left)-15):]+p.Inserted+right[:1], "  ", " ")
			if strings.Contains(want, around) && fits > best {
				best, settled[i] = fits, struck
			}
		}
		if best < 0 {
			t.Errorf("%s: none of the choices %q leads to the paper", p.Clause, p.Choices)
		}
	}
	got, err := SplitFused(base, fused, settled)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range got.Proposal.Blocks {
		if is, want := resolution.Plain(b.Words), resolution.Plain(proposal.Blocks[i].Words); is != want {
			t.Errorf("got  %s\nwant %s", is, want)
		}
	}
}

func TestSplitOfATextLikeItsBase(t *testing.T) {
	base := paperText(t, filepath.Join(shared(t, "resolutions", "wtsa-res7"), "base.txt"))
	got, err := SplitFused(base, resolution.FormatPaper(base), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Places) > 0 || string(resolution.Format(got.Proposal)) != string(resolution.Format(base)) {
		t.Errorf("places %+v", got.Places)
	}
}

func TestAPersonSettlesADoubtfulPlace(t *testing.T) {
	text := func(clause string) resolution.Text {
		parsed, _, err := resolution.Parse([]byte("# RESOLUTION 12\n\n## Harbour lights\n\nThe Conference,\n\n*resolves*\n\n1. " + clause + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	base := text("to ask keepers to trim the lamps;")
	pasted := resolution.FormatPaper(text("to ask keepersharbour masters to trim the lamps;"))
	got, err := SplitFused(base, pasted, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Places) != 1 || got.Places[0].Certain || got.Places[0].Deleted != "ask keepers" || got.Places[0].Settled {
		t.Fatalf("places %+v", got.Places)
	}
	for struck, want := range map[string]string{
		"":               "to ask keepersharbour masters to trim the lamps;",
		"keepers":        "to ask harbour masters to trim the lamps;",
		"to ask keepers": "harbour masters to trim the lamps;",
		"lamps":          "to harbour masters to trim the lamps;", // no words beside the new ones: not taken
	} {
		got, err := SplitFused(base, pasted, map[int]string{0: struck})
		if err != nil {
			t.Fatal(err)
		}
		if words := got.Proposal.Blocks[len(got.Proposal.Blocks)-1].Words; words != want || got.Places[0].Settled == (struck == "lamps") {
			t.Errorf("struck %q: %q, settled %v", struck, words, got.Places[0].Settled)
		}
	}
}

func TestPastedContribution(t *testing.T) {
	dir := shared(t, "resolutions", "wtsa-res7")
	pasted := append(readFile(t, filepath.Join(dir, "cover-usa-48a5-1.txt")), '\n')
	pasted = append(pasted, readFile(t, filepath.Join(dir, "fused.txt"))...)
	got, err := ImportPlain(append(pasted, "\nReasons:\tBetter so.\n______\n"...))
	if err != nil {
		t.Fatal(err)
	}
	p := got.Proposals[0]
	if len(got.Proposals) != 1 || p.Instruction != "MOD" || p.Number != "USA/48A5/1" || len(p.Fused) < 3 || p.Reasons != "Better so." {
		t.Errorf("%s %s, run together %q, reasons %q", p.Instruction, p.Number, p.Fused, p.Reasons)
	}
	for _, want := range []string{"## Abstract\n", "## Introduction\n", "## Proposal\n", "## Reasons\n\nBetter so.\n"} {
		if !strings.Contains(string(got.Cover), want) {
			t.Errorf("the covering note lacks %q:\n%s", want, got.Cover)
		}
	}
	base := paperText(t, filepath.Join(dir, "base.txt"))
	direct, err := SplitFused(base, pasted, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := SplitFused(base, resolution.FormatPaper(p.Proposal), nil)
	if err != nil {
		t.Fatal(err)
	}
	if string(resolution.Format(direct.Proposal)) != string(resolution.Format(again.Proposal)) || len(direct.Places) != len(again.Places) {
		t.Errorf("the text as it was read splits otherwise: %d and %d places", len(direct.Places), len(again.Places))
	}
	if _, err := ImportPlain([]byte("RESOLUTION 1\n\x01")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a control character: %v", err)
	}
}
