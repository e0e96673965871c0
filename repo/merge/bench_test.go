package merge

import (
	"fmt"
	"strings"
	"testing"

	"plenary/repo/resolution"
)

// garden gives a text of n clauses of about 130 characters; those named have one word changed.
func garden(n int, changed map[int]string) resolution.Text {
	var t resolution.Text
	for i := range n {
		words := fmt.Sprintf("that clause number %d speaks of the %d gardens, their %d gardeners and all who care for the trees, herbs and bees of town %d;", i, i*7%31, i*5%17, i)
		if by := changed[i]; by != "" {
			words = strings.Replace(words, "all who", by+" who", 1)
		}
		if changed[-i-1] != "" {
			words = strings.Replace(words, "speaks", changed[-i-1], 1)
		}
		t.Blocks = append(t.Blocks, resolution.Block{Kind: resolution.KindItem, Label: resolution.Label(fmt.Sprintf("%d.", i+1)), Words: words})
	}
	return t
}

// drafts gives proposals that each change ten clauses, some the same words as others.
func drafts(n, clauses int) []Proposal {
	var out []Proposal
	for k := range n {
		changed := make(map[int]string)
		for c := range 10 {
			changed[(k*13+c*29)%clauses] = fmt.Sprintf("the %d", k%7)
			changed[-((k*17+c*31)%clauses)-1] = fmt.Sprintf("tells %d", k%5)
		}
		out = append(out, Proposal{Name: fmt.Sprintf("p%03d", k), Text: garden(clauses, changed)})
	}
	return out
}

func BenchmarkMerge(b *testing.B) {
	base := garden(300, nil)
	for _, n := range []int{2, 3, 10, 100, 400} {
		proposals := drafts(n, 300)
		b.Run(fmt.Sprintf("%d proposals on 40 KB", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Merge(base, proposals...)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	base := garden(300, nil)
	proposals := drafts(400, 300)
	b.Run("400 proposals from cold", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			NewCompilation(base, proposals...).Map()
		}
	})
	b.Run("one of 400 changed", func(b *testing.B) {
		c := NewCompilation(base, proposals...)
		c.Map()
		changed := [2]Proposal{{Name: proposals[7].Name, Text: proposals[8].Text}, proposals[7]}
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			c.Put(changed[n%2])
			c.Map()
		}
	})
}
