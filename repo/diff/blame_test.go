package diff

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/repo/resolution"
)

// told writes runs as version:words, with ^merge behind those a merge took in.
func told(a Annotated, block int) string {
	var out []string
	for _, r := range a.Runs[block] {
		s := fmt.Sprintf("%d:%s", r.Version, a.Text.Blocks[block].Words[r.Start:r.End])
		if r.Merge >= 0 {
			s += fmt.Sprintf("^%d", r.Merge)
		}
		out = append(out, s)
	}
	return strings.Join(out, "|")
}

func TestAnnotateFollowsWordsThroughMovesSplitsAndMerges(t *testing.T) {
	v0 := Annotate(text(item("a)", "to plant many trees in every town of the land"), item("b)", "to keep rivers clean")), 0)
	v1 := Annotate(text(item("a)", "to plant many old trees in every town of the land"), item("b)", "to keep rivers clean")), 1, v0)
	v2 := Annotate(text(item("a)", "to plant many trees in every town of the land"), item("b)", "to keep all rivers clean")), 2, v0)
	merged := Annotate(text(item("a)", "to plant many old trees in every town of the land"), item("b)", "to keep all rivers clean")), 3, v1, v2)
	moved := Annotate(text(item("a)", "to keep all rivers clean"), item("b)", "to plant many old trees"), item("c)", "in every town of the land")), 4, merged)
	for _, c := range []struct {
		a     Annotated
		block int
		want  string
	}{
		{v1, 0, "0:to plant many |1:old |0:trees in every town of the land"},
		{merged, 0, "0:to plant many |1:old |0:trees in every town of the land"},
		{merged, 1, "0:to keep |2:all ^3|0:rivers clean"},
		{moved, 0, "0:to keep |2:all ^3|0:rivers clean"},
		{moved, 1, "0:to plant many |1:old |0:trees"},
		{moved, 2, "0:in every town of the land"},
	} {
		if got := told(c.a, c.block); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// TestAnnotateOwesNothingToWhatItKeeps annotates a history with what is kept from step to step, and with nothing kept.
func TestAnnotateOwesNothingToWhatItKeeps(t *testing.T) {
	bare := func(a Annotated) Annotated { return Annotated{Text: a.Text, Runs: a.Runs} }
	rapid.Check(t, func(t *rapid.T) {
		made := []Annotated{Annotate(drawText(t, "first"), 0)}
		for n := 1; n < 6; n++ {
			next := drawText(t, "next")
			of := []Annotated{rapid.SampledFrom(made).Draw(t, "parent")}
			if rapid.Bool().Draw(t, "merge") {
				of = append(of, rapid.SampledFrom(made).Draw(t, "taken in"))
			}
			anew := make([]Annotated, len(of))
			for k := range of {
				anew[k] = bare(of[k])
			}
			made = append(made, Annotate(next, n, of...))
			if got, want := made[n].Runs, Annotate(next, n, anew...).Runs; !cmp.Equal(got, want) {
				t.Fatalf("with what was kept:\n%v\nwith nothing kept:\n%v", got, want)
			}
			for j, runs := range made[n].Runs {
				end := 0
				for _, r := range runs {
					if r.Start != end || r.End <= r.Start {
						t.Fatalf("block %d has runs %v", j, runs)
					}
					end = r.End
				}
				if end != len(WordsOf(next.Blocks[j])) {
					t.Fatalf("block %d: runs end at %d", j, end)
				}
			}
		}
	})
}

func BenchmarkAnnotate(b *testing.B) {
	v := Annotate(long(300, 0), 0)
	for n := 1; b.Loop(); n++ {
		v = Annotate(long(300, n), n, v)
	}
}

// long gives a text of n clauses, one of which changes with the turn.
func long(n, turn int) resolution.Text {
	var t resolution.Text
	for i := range n {
		words := fmt.Sprintf("that clause number %d speaks of the %d gardens, their %d gardeners and all who care for them in town %d;", i, i*7%31, i*5%17, i)
		if i == turn%n {
			words = strings.Replace(words, "all who", fmt.Sprintf("the %d who", turn), 1)
		}
		t.Blocks = append(t.Blocks, resolution.Block{Kind: resolution.KindItem, Label: resolution.Label(fmt.Sprintf("%d.", i+1)), Words: words})
	}
	return t
}

func BenchmarkAlign300(b *testing.B) {
	x, y := long(300, 5), long(300, 200)
	for b.Loop() {
		Align(x, y)
	}
}
