package merge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/repo/resolution"
)

// crowd gives n clauses of six words out of thirty: everything is a little like everything, nothing is the same.
func crowd(n, seed int) resolution.Text {
	var t resolution.Text
	x := uint32(seed)*2654435761 + 1
	for range n {
		words := make([]string, 6)
		for k := range words {
			x = x*1664525 + 1013904223
			words[k] = fmt.Sprintf("w%d", x>>8%30)
		}
		t.Blocks = append(t.Blocks, resolution.Block{Kind: resolution.KindBullet, Words: strings.Join(words, " ") + ";"})
	}
	return t
}

// TestCrowdIsBounded shows that thousands of clauses at one place cost seconds, not minutes, in the merge, in the
// compilation and in the map. Comparing each with each would take several minutes.
func TestCrowdIsBounded(t *testing.T) {
	const n = 6000
	base := garden(60, nil)
	var proposals []Proposal
	for k := range 3 {
		text := base
		text.Blocks = append(append([]resolution.Block(nil), base.Blocks...), crowd(n, k+1).Blocks...)
		proposals = append(proposals, Proposal{Name: fmt.Sprintf("p%d", k), Text: text})
	}
	within(t, 40*time.Second, func() {
		c := NewCompilation(base, proposals...)
		if r := c.Result(nil); len(r.Text.Blocks) < 2*n {
			t.Errorf("%d blocks came out", len(r.Text.Blocks))
		}
		if rows := c.Map().Clauses; len(rows) == 0 {
			t.Error("the map is empty")
		}
	})
}

// TestGuestBudget shows what the budget changes: over it, clauses that are nearly the same stand beside each other;
// equal ones are one clause still.
func TestGuestBudget(t *testing.T) {
	base := resolution.Text{Blocks: []resolution.Block{{Words: "resolves"}}}
	text := func(n int, last string) resolution.Text {
		out := resolution.Text{Blocks: []resolution.Block{base.Blocks[0]}}
		for _, words := range append(distinct(n), "to keep one and the same clause for ever here", "to open the tall green gate on every "+last) {
			out.Blocks = append(out.Blocks, resolution.Block{Kind: resolution.KindBullet, Words: words + ";"})
		}
		return out
	}
	for _, c := range []struct {
		each int
		want Kind
	}{{20, NearlySame}, {400, SamePlace}} {
		r := Merge(base, Proposal{Name: "p", Text: text(c.each, "Monday")}, Proposal{Name: "q", Text: text(c.each, "Friday")})
		kinds := map[Kind]int{}
		for _, d := range r.Decisions {
			kinds[d.Kind]++
		}
		if kinds[c.want] == 0 || kinds[NearlySame] > 0 != (c.want == NearlySame) || kinds[Agreement] != c.each+1 {
			t.Errorf("%d clauses each: %v, want %s", c.each, kinds, c.want)
		}
	}
}

func distinct(n int) []string {
	out := make([]string, n)
	for k := range out {
		out[k] = fmt.Sprintf("alpha%d beta%d gamma%d delta%d", k, k, k, k)
	}
	return out
}
