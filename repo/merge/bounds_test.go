package merge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// within fails a test that takes longer than a loose bound; what is meant is seconds, not minutes.
func within(t *testing.T, bound time.Duration, do func()) {
	t.Helper()
	begun := time.Now()
	do()
	if took := time.Since(begun); took > bound {
		t.Errorf("took %v, the bound is %v", took, bound)
	} else {
		t.Logf("took %v of %v", took, bound)
	}
}

// strange gives n clauses whose words come from a small vocabulary, so that everything is a little like everything.
func strange(n, seed int) resolution.Text {
	var t resolution.Text
	x := uint32(seed)*2654435761 + 1
	for i := range n {
		var b strings.Builder
		for k := range 12 {
			x = x*1664525 + 1013904223
			fmt.Fprintf(&b, "w%d ", x>>8%500)
			if k == 5 {
				fmt.Fprintf(&b, "s%dn%d ", seed, i)
			}
		}
		t.Blocks = append(t.Blocks, resolution.Block{Kind: resolution.KindBullet, Words: strings.TrimSpace(b.String()) + ";"})
	}
	return t
}

func oneClause(words ...string) resolution.Text {
	return resolution.Text{Blocks: []resolution.Block{{Words: strings.Join(words, " ")}}}
}

// TestBounds shows that odd input gets an answer in bounded time: each takes at most three seconds alone, 20 s is for a busy machine.
func TestBounds(t *testing.T) {
	const bound = 20 * time.Second
	merge := func(base resolution.Text, texts ...resolution.Text) Result {
		var proposals []Proposal
		for k, text := range texts {
			proposals = append(proposals, Proposal{Name: fmt.Sprintf("p%d", k), Text: text})
		}
		return Merge(base, proposals...)
	}
	long := make([]string, 16_000)
	other := make([]string, 16_000)
	same := make([]string, 16_000)
	for k := range long {
		long[k], other[k], same[k] = fmt.Sprintf("the%d", k%900), fmt.Sprintf("the%d", (k*7+k/11)%900), "the"
	}
	edited := append([]string{"new"}, long...)
	edited[9000] = "other"
	for _, c := range []struct {
		name  string
		base  resolution.Text
		texts []resolution.Text
		open  bool // conflicts are expected
	}{
		{"empty texts", resolution.Text{}, []resolution.Text{{}, {}}, false},
		{"into an empty base", resolution.Text{}, []resolution.Text{garden(50, nil), strange(50, 1)}, false},
		{"all deleted and edited", garden(300, nil), []resolution.Text{{}, garden(300, map[int]string{7: "some"})}, true},
		{"a proposal on another resolution", garden(300, nil), []resolution.Text{strange(300, 1), garden(300, map[int]string{7: "some"})}, true},
		{"10,000 clauses", garden(10_000, nil), []resolution.Text{garden(10_000, map[int]string{7: "some"}), garden(10_000, map[int]string{9000: "few"})}, false},
		{"10,000 clauses that differ everywhere", strange(10_000, 1), []resolution.Text{strange(10_000, 2)}, false},
		{"1 MiB with every clause changed by two", garden(7_900, nil), []resolution.Text{garden(7_900, everywhere(7_900, 1)), garden(7_900, everywhere(7_900, -1))}, false},
		{"10,000 equal clauses", repeated(10_000, "to be continued;"), []resolution.Text{repeated(9_990, "to be continued;")}, false},
		{"a clause of 100 KB", oneClause(long...), []resolution.Text{oneClause(edited...)}, false},
		{"a clause of 100 KB, all else", oneClause(long...), []resolution.Text{oneClause(other...)}, false},
		{"a clause of one word 16,000 times", oneClause(same...), []resolution.Text{oneClause(same[:15_000]...)}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			within(t, bound, func() {
				r := merge(c.base, c.texts...)
				if r.Clean() == c.open {
					t.Errorf("clean = %v", r.Clean())
				}
				if len(c.texts) == 1 && equal(c.texts[0], r.Text) != "" {
					t.Error("one proposal comes out otherwise")
				}
			})
		})
	}
	t.Run("compared", func(t *testing.T) {
		within(t, bound, func() { diff.Compare(strange(10_000, 1), strange(10_000, 2)) })
	})
}

// TestReadingAgainIsBounded counts the tokens that a merge reads a second and third time where everything clashes, and
// sees that it stops there.
func TestReadingAgainIsBounded(t *testing.T) {
	for _, n := range []int{100, 1_000, 8_000} {
		texts := []Proposal{{Name: "p", Text: strange(n, 2)}, {Name: "q", Text: strange(n/2, 3)}, {Name: "r", Text: garden(n, everywhere(n, 1))}}
		base := garden(n, everywhere(n, -1))
		m := newMerger(base, alignAll(base, texts), nil)
		m.arrivals()
		m.clauses()
		m.across()
		m.regions()
		if m.read > acrossWork {
			t.Errorf("%d clauses: %d tokens read again, the bound is %d", n, m.read, acrossWork)
		}
		if m.mayRead(acrossWork) || m.mayRead(1) {
			t.Errorf("%d clauses: reads on when all is spent", n)
		}
	}
}

// everywhere names a change of every clause: of one word, or of another if sign is negative.
func everywhere(n, sign int) map[int]string {
	out := make(map[int]string)
	for i := range n {
		if sign < 0 {
			out[-i-1] = "tells"
			continue
		}
		out[i] = "some"
	}
	return out
}

func repeated(n int, words string) resolution.Text {
	var t resolution.Text
	for range n {
		t.Blocks = append(t.Blocks, resolution.Block{Kind: resolution.KindBullet, Words: words})
	}
	return t
}

// FuzzMerge merges any three texts: it must not fail, one proposal must come out as itself, and a file must come out
// that parses to the same text.
func FuzzMerge(f *testing.F) {
	f.Add("# R\n\n*noting*\n\na) one two;\n\nb) three four,\n", "# R\n\n*noting*\n\na) one 2;\n", "# R\n\n*noting*\n\na) one two;\n\nb) three four;\n\nc) five,\n")
	f.Add("| a | b |\n| --- | --- |\n| 1 | 2 |\n", "| a | c |\n| --- | --- |\n| 1 | 2 |\n", "plain\n")
	f.Add("", "# 0\n\nA) 0\n", "# 1\n")
	f.Fuzz(func(t *testing.T, base, p, q string) {
		var texts []resolution.Text
		for _, s := range []string{base, p, q} {
			text, _, err := resolution.Parse([]byte(s))
			if err != nil {
				return
			}
			texts = append(texts, text)
		}
		if one := Merge(texts[0], Proposal{Name: "p", Text: texts[1]}); equal(texts[1], one.Text) != "" {
			t.Fatalf("one proposal comes out otherwise: %s", equal(texts[1], one.Text))
		}
		for _, mode := range []Mode{WordsOfBase, ClauseOfBase, InBrackets} {
			out := Unsettled(texts[0], []Proposal{{Name: "p", Text: texts[1]}, {Name: "q", Text: texts[2]}}, mode)
			file := resolution.Format(out)
			again, _, err := resolution.Parse(file)
			if err != nil {
				t.Fatalf("the merged file does not parse: %v", err)
			}
			if string(resolution.Format(again)) != string(file) {
				t.Fatalf("the merged file is not canonical:\n%s\nbut\n%s", file, resolution.Format(again))
			}
		}
	})
}
