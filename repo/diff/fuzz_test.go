package diff

import (
	"slices"
	"strings"
	"testing"

	"plenary/repo/resolution"
)

// FuzzAlign pairs whatever parses: every block of both texts stands in just one pair, and the two directions mirror
// each other.
func FuzzAlign(f *testing.F) {
	f.Add("*noting*\n\na) that bees need flowers;\n\nb) shade.\n", "*noting*\n\na) shade;\n\nb) that bees need many flowers.\n")
	f.Add("# RESOLUTION 9\n\none and two and three and four\n", "# RESOLUTION 9\n\none and two\n\nthree and four\n")
	f.Add("", "| x | y |\n| --- | --- |\n| 1 | 2 |\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 20_000 {
			return
		}
		base, _, err := resolution.Parse([]byte(a))
		if err != nil {
			return
		}
		revised, _, err := resolution.Parse([]byte(b))
		if err != nil {
			return
		}
		pairs := Align(base, revised)
		var left, right []int
		for _, p := range pairs {
			left, right = append(left, p.Base...), append(right, p.Revised...)
		}
		slices.Sort(left)
		slices.Sort(right)
		if !slices.Equal(left, span(0, len(base.Blocks))) || !slices.Equal(right, span(0, len(revised.Blocks))) {
			t.Errorf("blocks in pairs: %v and %v of %d and %d", left, right, len(base.Blocks), len(revised.Blocks))
		}
		if back := Align(revised, base); len(back) != len(pairs) {
			t.Errorf("%d pairs one way, %d the other", len(pairs), len(back))
		}
	})
}

// FuzzWords compares any two strings: the operations joined give both of them back.
func FuzzWords(f *testing.F) {
	f.Add("that bees need flowers", "that all bees need no flowers")
	f.Add("l’Union\u00a0; 大会", "l'Union et 大 会")
	f.Add("a\xffb", "\\*a ")
	f.Fuzz(func(t *testing.T, base, revised string) {
		if len(base)+len(revised) > 20_000 {
			return
		}
		var was, is strings.Builder
		for _, o := range Words(base, revised) {
			if o.Kind != Insert {
				was.WriteString(o.Text)
			}
			if o.Kind != Delete {
				is.WriteString(o.Text)
			}
		}
		if was.String() != base || is.String() != revised {
			t.Errorf("%q and %q come back as %q and %q", base, revised, was.String(), is.String())
		}
	})
}
