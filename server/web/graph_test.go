package web

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"plenary/repo"
)

// Two proposals begun on one text and merged: three lines at their widest, one at both ends.
func TestGraphOfAMerge(t *testing.T) {
	g := grapher{slots: map[repo.Hash]int{"usa": 1, "eur": 2}}
	merged := g.step("merged", []repo.Hash{"base", "usa", "eur"})
	usa, eur := g.step("usa", []repo.Hash{"base"}), g.step("eur", []repo.Hash{"base"})
	base := g.step("base", nil)
	if !merged.Node.Big || usa.Node.Big {
		t.Error("a merge is drawn as one")
	}
	if merged.Node.X != base.Node.X || usa.Node.X == merged.Node.X || usa.Node.X == eur.Node.X {
		t.Errorf("merged at %d, USA at %d, EUR at %d, base at %d", merged.Node.X, usa.Node.X, eur.Node.X, base.Node.X)
	}
	if usa.Node.Slot != 1 || eur.Node.Slot != 2 {
		t.Error("the ink is another's")
	}
	if g.width() != 2*laneFirst+2*laneStep {
		t.Errorf("%d px wide", g.width())
	}
	if past := g.past(); len(past.Lines) != 0 {
		t.Errorf("lines run past the beginning: %+v", past.Lines)
	}
}

// Whatever the history: every line that leaves a row at its foot enters the next at its head, and the other way about.
func TestGraphIsOfOnePiece(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "steps")
		name := func(i int) repo.Hash { return repo.Hash(fmt.Sprint("step ", i)) }
		g := grapher{}
		feet := map[int]bool{}
		for i := range n {
			var parents []repo.Hash
			if i < n-1 {
				for _, p := range rapid.SliceOfNDistinct(rapid.IntRange(i+1, n-1), 1, min(3, n-1-i), rapid.ID[int]).Draw(t, "parents") {
					parents = append(parents, name(p))
				}
			}
			row := g.step(name(i), parents)
			heads, next := map[int]bool{}, map[int]bool{}
			for _, l := range row.Lines {
				if l.Y1 == "0" {
					heads[l.X1] = true
				}
				if l.Y2 == "100%" {
					next[l.X2] = true
				}
			}
			for x := range feet {
				if !heads[x] {
					t.Fatalf("the line at %d ends between rows %d and %d", x, i-1, i)
				}
			}
			for x := range heads {
				if !feet[x] {
					t.Fatalf("a line begins at %d between rows %d and %d", x, i-1, i)
				}
			}
			feet = next
		}
		if len(feet) > 0 {
			t.Fatalf("lines run past the beginning: %v", feet)
		}
	})
}
