package merge

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/repo/resolution"
)

// author makes proposals by random changes. Every word it writes stands nowhere else, so that it can be followed.
type author struct {
	pick func(n int) int // below n
	name string
	next int
	// what it did, by word
	wrote, struck map[string]bool
}

func (a *author) word() string {
	a.next++
	w := fmt.Sprintf("%s%dx", a.name, a.next)
	a.wrote[w] = true
	return w
}

func (a *author) sentence(n int) string {
	words := make([]string, n)
	for k := range words {
		words[k] = a.word()
	}
	return strings.Join(words, " ")
}

func (a *author) strike(words string) {
	for _, w := range strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune(" ;,.", r) }) {
		if a.wrote[w] {
			delete(a.wrote, w)
			continue
		}
		a.struck[w] = true
	}
}

// invented gives a base: two sections of items with words that stand once each.
func (a *author) invented() resolution.Text {
	t := resolution.Text{Blocks: []resolution.Block{
		{Kind: resolution.KindNumber, Words: "RESOLUTION 7"},
		{Kind: resolution.KindOpener, Words: "*noting*"},
	}}
	section := func(n int, label func(k int) string) {
		for k := range n {
			mark := ";"
			if k == n-1 {
				mark = ","
			}
			t.Blocks = append(t.Blocks, resolution.Block{
				Kind: resolution.KindItem, Label: resolution.Label(label(k)), Words: a.sentence(6+a.pick(10)) + mark,
			})
		}
	}
	section(1+a.pick(5), func(k int) string { return string(rune('a'+k)) + ")" })
	t.Blocks = append(t.Blocks, resolution.Block{Kind: resolution.KindOpener, Words: "*resolves*"})
	section(1+a.pick(5), func(k int) string { return fmt.Sprintf("%d.", k+1) })
	return t
}

// revised changes a text in some places among the blocks it may touch.
func (a *author) revised(base resolution.Text, changes int, may func(i int) bool) resolution.Text {
	t := resolution.Text{Blocks: slices.Clone(base.Blocks)}
	var items []int
	for i, b := range t.Blocks {
		if b.Kind == resolution.KindItem && may(i) {
			items = append(items, i)
		}
	}
	if len(items) == 0 {
		return t
	}
	gone := make(map[int]bool)
	after := make(map[int][]resolution.Block)
	for range changes {
		i := items[a.pick(len(items))]
		if gone[i] {
			continue
		}
		b := &t.Blocks[i]
		words := strings.Fields(b.Words)
		k := a.pick(len(words))
		switch a.pick(8) {
		case 0:
			if a.pick(2) == 0 {
				gone[i] = true
				a.strike(b.Words)
			}
		case 1:
			after[i] = append(after[i], resolution.Block{Kind: resolution.KindItem, Label: b.Label, Words: a.sentence(5+a.pick(6)) + ";"})
		case 2, 3:
			words = slices.Insert(words, k, a.word())
		case 4:
			if len(words) > 2 && k < len(words)-1 {
				a.strike(words[k])
				words = slices.Delete(words, k, k+1)
			}
		default:
			if k < len(words)-1 {
				a.strike(words[k])
				words[k] = a.word()
			}
		}
		b.Words = strings.Join(words, " ")
	}
	var out resolution.Text
	for i, b := range t.Blocks {
		if !gone[i] {
			out.Blocks = append(out.Blocks, b)
		}
		out.Blocks = append(out.Blocks, after[i]...)
	}
	return resolution.RenumberLists(numbered(out))
}

// numbered gives the items of each section labels by order.
func numbered(t resolution.Text) resolution.Text {
	n := 0
	for i := range t.Blocks {
		b := &t.Blocks[i]
		if b.Kind != resolution.KindItem {
			n = 0
			continue
		}
		n++
		if strings.HasSuffix(string(b.Label), ")") {
			b.Label = resolution.Label(string(rune('a'+n-1)) + ")")
		} else {
			b.Label = resolution.Label(fmt.Sprintf("%d.", n))
		}
	}
	return t
}

func newAuthor(name string, pick func(int) int) *author {
	return &author{pick: pick, name: name, wrote: map[string]bool{}, struck: map[string]bool{}}
}

func anywhere(int) bool { return true }

// drawn picks by rapid.
func drawn(t *rapid.T) func(int) int {
	return func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }
}

func equal(x, y resolution.Text) string { return cmp.Diff(lines(x), lines(y)) }

func TestMergingNothingGivesTheBase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := newAuthor("b", drawn(t)).invented()
		if d := equal(base, Merge(base).Text); d != "" {
			t.Fatal(d)
		}
	})
}

func TestMergingOneGivesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := newAuthor("b", drawn(t)).invented()
		p := newAuthor("p", drawn(t)).revised(base, 8, anywhere)
		r := Merge(base, Proposal{Name: "p", Text: p})
		if d := equal(p, r.Text); d != "" || len(r.Decisions) > 0 {
			t.Fatalf("%s\n%+v", d, r.Decisions)
		}
	})
}

func TestMergingTwiceTheSameGivesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := newAuthor("b", drawn(t)).invented()
		p := newAuthor("p", drawn(t)).revised(base, 8, anywhere)
		r := Merge(base, Proposal{Name: "p", Text: p}, Proposal{Name: "q", Text: p}, Proposal{Name: "r", Text: p})
		if d := equal(p, r.Text); d != "" || !r.Clean() {
			t.Fatalf("%s\n%+v", d, r.Decisions)
		}
	})
}

// checkWords holds a merge to the law that nothing is lost: a word nobody struck is in the text, a word somebody
// wrote is in the text or in a variant.
func checkWords(base resolution.Text, r Result, authors []*author) string {
	text := " " + strings.Join(lines(r.Text), " ") + " "
	offered := text
	for _, d := range r.Decisions {
		for _, v := range d.Variants {
			offered += v.Words + " "
		}
	}
	has := func(in, word string) bool {
		at := strings.Index(in, word)
		return at >= 0 && (at == 0 || !strings.Contains("abcdefghijklmnopqrstuvwxyz", in[at-1:at]))
	}
	for _, b := range base.Blocks {
		if b.Kind != resolution.KindItem {
			continue
		}
		for _, w := range strings.FieldsFunc(b.Words, func(r rune) bool { return strings.ContainsRune(" ;,.", r) }) {
			if !slices.ContainsFunc(authors, func(a *author) bool { return a.struck[w] }) && !has(text, w) {
				return "nobody struck " + w + " but it is gone"
			}
		}
	}
	for _, a := range authors {
		for w := range a.wrote {
			if !has(offered, w) {
				return a.name + " wrote " + w + " but it is neither in the text nor in a variant"
			}
		}
	}
	return ""
}

// proposalsOf makes n proposals over a base.
func proposalsOf(n int, base resolution.Text, pick func(int) int) ([]Proposal, []*author) {
	var proposals []Proposal
	var authors []*author
	for k := range n {
		a := newAuthor(string(rune('p'+k)), pick)
		authors = append(authors, a)
		proposals = append(proposals, Proposal{Name: a.name, Text: a.revised(base, 1+pick(6), anywhere)})
	}
	return proposals, authors
}

func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := newAuthor("b", drawn(t)).invented()
		proposals, authors := proposalsOf(1+rapid.IntRange(0, 3).Draw(t, "more"), base, drawn(t))
		if wrong := checkWords(base, Merge(base, proposals...), authors); wrong != "" {
			t.Fatal(wrong)
		}
	})
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := newAuthor("b", drawn(t)).invented()
		proposals, _ := proposalsOf(3, base, drawn(t))
		one := Merge(base, proposals...)
		slices.Reverse(proposals)
		other := Merge(base, proposals...)
		if d := cmp.Diff(keys(one), keys(other)); d != "" {
			t.Fatal(d)
		}
		samePlace := func(d Decision) bool { return d.Kind == SamePlace || d.Kind == NearlySame }
		if slices.ContainsFunc(one.Decisions, samePlace) {
			return // the order of insertions at one place follows the proposals
		}
		if d := equal(one.Text, other.Text); d != "" {
			t.Fatal(d)
		}
	})
}

func keys(r Result) []string {
	var out []string
	for _, d := range r.Decisions {
		if d.Kind.Open() {
			out = append(out, d.Key)
		}
	}
	slices.Sort(out)
	return out
}

func TestDisjointClausesNeverConflict(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := newAuthor("b", drawn(t)).invented()
		n := 1 + rapid.IntRange(0, 2).Draw(t, "more")
		var proposals []Proposal
		var authors []*author
		for k := range n {
			a := newAuthor(string(rune('p'+k)), drawn(t))
			authors = append(authors, a)
			proposals = append(proposals, Proposal{Name: a.name, Text: a.revised(base, 4, func(i int) bool { return i%n == k })})
		}
		r := Merge(base, proposals...)
		if !r.Clean() {
			t.Fatal(openOnes(r))
		}
		if wrong := checkWords(base, r, authors); wrong != "" {
			t.Fatal(wrong)
		}
	})
}

func TestResultIsCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := newAuthor("b", drawn(t)).invented()
		proposals, _ := proposalsOf(3, base, drawn(t))
		for _, mode := range []Mode{WordsOfBase, ClauseOfBase, InBrackets} {
			text := Unsettled(base, proposals, mode)
			again, _, err := resolution.Parse(resolution.Format(text))
			if err != nil {
				t.Fatal(err)
			}
			if d := equal(text, again); d != "" {
				t.Fatalf("mode %d: %s", mode, d)
			}
		}
	})
}

// TestRealTextsObeyTheLaws merges random changes of real texts. PLENARY_LONG=1 makes a hundred thousand merges.
func TestRealTextsObeyTheLaws(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "resolutions"), "*", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	rounds := 1
	if os.Getenv("PLENARY_LONG") != "" {
		rounds = 100_000/len(files) + 1
	}
	for n, file := range files {
		base := paper(t, file)
		random := rand.New(rand.NewPCG(uint64(n), 7)) // a fixed seed, so that a failure can be seen again
		for round := range rounds {
			proposals, authors := proposalsOf(1+random.IntN(4), base, random.IntN)
			r := Merge(base, proposals...)
			wrote := make([]*author, len(authors))
			for k, a := range authors {
				wrote[k] = &author{name: a.name, wrote: a.wrote, struck: map[string]bool{}}
			}
			if wrong := checkWords(resolution.Text{}, r, wrote); wrong != "" {
				t.Fatalf("%s, round %d: %s", filepath.Base(file), round, wrong)
			}
			if len(proposals) == 1 && equal(proposals[0].Text, r.Text) != "" {
				t.Fatalf("%s, round %d: one proposal comes out otherwise: %s", filepath.Base(file), round, equal(proposals[0].Text, r.Text))
			}
		}
	}
}
