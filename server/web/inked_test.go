package web

import (
	"testing"

	"plenary/repo/diff"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

func TestEachInsertionHasItsOwnInk(t *testing.T) {
	t.Parallel()
	// "to plant 60 old trees": AFR brought "60 ", EUR brought "old ", in one insertion.
	ink := func(at int) (int, int) {
		switch {
		case at < 9:
			return anyInk, 9
		case at < 12:
			return 1, 12
		case at < 16:
			return 0, 16
		}
		return anyInk, 21
	}
	ops := []diff.Op{{Kind: diff.Equal, Text: "to plant "}, {Kind: diff.Delete, Text: "some "}, {Kind: diff.Insert, Text: "60 old "}, {Kind: diff.Equal, Text: "trees"}}
	got := inkedRuns(ops, ink)
	want := []struct {
		kind, text string
		slot       int
	}{{"", "to plant ", anyInk}, {"del", "some ", anyInk}, {"ins", "60 ", 1}, {"ins", "old ", 0}, {"", "trees", anyInk}}
	if len(got) != len(want) {
		t.Fatalf("%d runs, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		if got[i].Kind != w.kind || got[i].Slot != w.slot || got[i].Pieces[0].Text != w.text {
			t.Errorf("run %d is %+v, want %+v", i, got[i], w)
		}
	}
}

func TestBracketsByClauseAndHolder(t *testing.T) {
	t.Parallel()
	text, _, err := resolution.Parse([]byte("# RESOLUTION 1\n\nThe Assembly,\n\n*resolves*\n\n1. to publish [every day]{USA}[every hour]{EUR, ARB};\n\n2. to plant trees.\n"))
	if err != nil {
		t.Fatal(err)
	}
	reading := drafting.Reading{Text: text, Names: resolution.Names(text)}
	known := inks{"usa": {Code: "usa", Label: "USA", Slot: 4}}
	for _, c := range []struct {
		holder string
		open   int
	}{{"", 2}, {"ARB", 1}, {"AFR", 0}} {
		var page BracketsPage
		page.fill(known, reading, "/read", c.holder)
		n := 0
		for _, clause := range page.Clauses {
			if clause.Name != "resolves 1" {
				t.Errorf("%s has brackets", clause.Name)
			}
			n += len(clause.Open)
		}
		if n != c.open || len(page.Holders) != 3 || page.Holders[2].Tag.Slot != 4 {
			t.Errorf("held by %q: %d open, holders %+v", c.holder, n, page.Holders)
		}
	}
}
