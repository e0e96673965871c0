package livediff_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plenary/realtime/livediff"
	"plenary/realtime/ot"
)

var alphabet = []rune("ab c\n, 条約é😀")

func drawText(t *rapid.T, label string, most int) string {
	return string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, most).Draw(t, label))
}

func TestBetweenLeadsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawText(t, "before", 40), drawText(t, "after", 40)
		c, err := livediff.Between(before, after)
		if err != nil {
			t.Fatal(err)
		}
		text := ot.NewBuffer(before)
		if err := text.Apply(c); err != nil || text.String() != after {
			t.Fatalf("between %q and %q: %s gives %q, %v", before, after, c.Encode(), text, err)
		}
		if _, err := ot.Decode(c.Encode(), ot.NewBuffer(before).Len()); err != nil {
			t.Fatalf("%s: %v", c.Encode(), err)
		}
	})
}

func TestBetweenIsSmall(t *testing.T) {
	long := strings.Repeat("noting the working methods of the group,\n", 400)
	for _, try := range []struct{ name, before, after, want string }{
		{"nothing", "a\nb", "a\nb", "[3]"},
		{"a word", "a) the old words\nb) two", "a) the new words\nb) two", `[7,[3,"new"],13]`},
		{"a line put in", "a\nc\n", "a\nb\nc\n", `[2,[0,"b",""],2]`},
		{"a line taken out", "a\nb\nc\n", "a\nc\n", `[2,[2],2]`},
		{"ideographs stand alone", "条約案", "条約本", `[2,[1,"本"]]`},
		{"one word of a long text", long, strings.Replace(long, "working", "new", 1), `[11,[7,"new"],16382]`},
		{"empty", "", "a", `[[0,"a"]]`},
	} {
		t.Run(try.name, func(t *testing.T) {
			if set, err := livediff.Between(try.before, try.after); err != nil || string(set.Encode()) != try.want {
				t.Errorf("got %s, %v, want %s", set.Encode(), err, try.want)
			}
		})
	}
}

// TestBetweenIsBounded compares texts of a mebibyte that have no line in common.
func TestBetweenIsBounded(t *testing.T) {
	before := strings.Repeat("noting the working methods of the group,\n", 25_000)
	after := strings.Repeat("recalling the working methods of each group;\n", 23_000)
	set, err := livediff.Between(before, after)
	if err != nil {
		t.Fatal(err)
	}
	text := ot.NewBuffer(before)
	if err := text.Apply(set); err != nil || text.String() != after {
		t.Errorf("it does not lead there: %v", err)
	}
}
