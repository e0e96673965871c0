package merge

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// edit is one thing a delegation does to a text. Edits of one case touch different words, so all can be made.
type edit func(*resolution.Text)

// marker is a word no real text has.
func marker(n int) string { return fmt.Sprintf("zyx%d", n) }

// longItems gives the items of a text that have a label and at least twenty words and stand one after another.
func longItems(t resolution.Text) []int {
	var out []int
	for i, b := range t.Blocks {
		plain := !strings.ContainsAny(b.Words, `*\[]{}^<|`)
		if b.Kind == resolution.KindItem && b.Label != "" && plain && len(strings.Fields(b.Words)) >= 20 {
			out = append(out, i)
		}
	}
	return out
}

// reworded puts a word behind the n-th word of a block.
func reworded(block, n int, word string) edit {
	return func(t *resolution.Text) {
		words := strings.Fields(t.Blocks[block].Words)
		t.Blocks[block].Words = strings.Join(slices.Insert(words, n, word), " ")
	}
}

// bracketed puts words from..to of a block in brackets.
func bracketed(block, from, to int) edit {
	return func(t *resolution.Text) {
		words := strings.Fields(t.Blocks[block].Words)
		words[from], words[to-1] = "["+words[from], words[to-1]+"]"
		t.Blocks[block].Words = strings.Join(words, " ")
	}
}

// splitAt makes two blocks of one.
func splitAt(block, n int) edit {
	return func(t *resolution.Text) {
		words, second := strings.Fields(t.Blocks[block].Words), t.Blocks[block]
		t.Blocks[block].Words, second.Words = strings.Join(words[:n], " "), strings.Join(words[n:], " ")
		second.Label = "x)"
		t.Blocks = slices.Insert(t.Blocks, block+1, second)
	}
}

// joined makes one block of two neighbours.
func joined(block int) edit {
	return func(t *resolution.Text) {
		t.Blocks[block].Words += " " + t.Blocks[block+1].Words
		t.Blocks = slices.Delete(t.Blocks, block+1, block+2)
	}
}

// insertedAfter puts a new item behind a block.
func insertedAfter(block int, label, words string) edit {
	return func(t *resolution.Text) {
		b := resolution.Block{Kind: resolution.KindItem, Level: t.Blocks[block].Level, Label: resolution.Label(label), Words: words}
		t.Blocks = slices.Insert(t.Blocks, block+1, b)
	}
}

// movedBefore takes a block elsewhere.
func movedBefore(from, to int) edit {
	return func(t *resolution.Text) {
		b := t.Blocks[from]
		t.Blocks = slices.Delete(t.Blocks, from, from+1)
		t.Blocks = slices.Insert(t.Blocks, to, b)
	}
}

// edited makes edits of a text, those of later blocks first, so that places hold.
func edited(base resolution.Text, edits ...edit) resolution.Text {
	t := resolution.Text{Blocks: slices.Clone(base.Blocks)}
	for _, e := range edits {
		e(&t)
	}
	return t
}

// inventedCase is two proposals by their edits; both is all edits in an order in which their places hold.
type inventedCase struct {
	name   string
	p1, p2 edit
	both   []edit
}

// inventedCases makes cases at one item of a text, and at the next where that is an item too.
func inventedCases(t resolution.Text, i int, next bool, r *rand.Rand) []inventedCase {
	n := len(strings.Fields(t.Blocks[i].Words))
	half := n / 2
	early, late := 2+r.IntN(half-6), half+4+r.IntN(n-half-6)
	bis := strings.TrimSuffix(string(t.Blocks[i].Label), ".") + "bis."
	if letter, is := strings.CutSuffix(string(t.Blocks[i].Label), ")"); is {
		bis = letter + " bis)"
	}
	pair := func(name string, first, second edit) inventedCase {
		return inventedCase{name, first, second, []edit{first, second}}
	}
	swap := func(name string, first, second edit) inventedCase {
		return inventedCase{name, first, second, []edit{second, first}}
	}
	out := []inventedCase{
		pair("split, a word in the first half", splitAt(i, half), reworded(i, early, marker(1))),
		{"split, a word in the second half", splitAt(i, half), reworded(i, late, marker(2)), []edit{reworded(i, late, marker(2)), splitAt(i, half)}},
		pair("brackets early, a word late", bracketed(i, 1, 4), reworded(i, late, marker(3))),
		pair("brackets late, a word early", bracketed(i, late, late+2), reworded(i, early, marker(4))),
		swap("brackets early and late", bracketed(i, 1, 4), bracketed(i, late, late+2)),
		swap("a bis item, a word in the item above", insertedAfter(i, bis, "to invite "+marker(5)+" to take part in the yearly count"), reworded(i, early, marker(6))),
	}
	if next {
		out = append(out,
			swap("joined, a word in the first", joined(i), reworded(i, early, marker(7))),
			inventedCase{"joined, a word in the second", joined(i), reworded(i+1, 3, marker(8)), []edit{reworded(i+1, 3, marker(8)), joined(i)}},
			pair("a bis item, a word in the item below", reworded(i+1, 3, marker(9)), insertedAfter(i, bis, "to invite "+marker(5)+" to take part in the yearly count")),
			swap("moved down, a word changed", movedBefore(i, i+1), reworded(i, early, marker(10))),
			pair("the next moved up, a word changed in this", reworded(i, early, marker(11)), movedBefore(i+1, i)),
		)
	}
	return out
}

// TestInventedSplitsMovesAndBracketsMerge lets one delegation split, join, move, add a bis item or set brackets in items
// of real texts, while another changes a word there. The merge is the union or an honest conflict, never anything else.
func TestInventedSplitsMovesAndBracketsMerge(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t, "resolutions"), "*", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	exact, conflicts := make(map[string]int), make(map[string]int)
	for n, file := range files {
		base := paper(t, file)
		if repeats(base) {
			continue
		}
		r := rand.New(rand.NewPCG(uint64(n), 5)) // a fixed seed, so that a failure can be seen again
		items := longItems(base)
		r.Shuffle(len(items), func(x, y int) { items[x], items[y] = items[y], items[x] })
		for _, i := range items[:min(len(items), 4)] {
			for _, c := range inventedCases(base, i, slices.Contains(items, i+1), r) {
				want := edited(base, c.both...)
				result := Merge(base, Proposal{Name: "p1", Text: edited(base, c.p1)}, Proposal{Name: "p2", Text: edited(base, c.p2)})
				switch {
				case !result.Clean():
					conflicts[c.name]++
				case wordsOnly(want) == wordsOnly(result.Text):
					exact[c.name]++
				default:
					t.Errorf("%s, block %d, %s: silently other\n%s", filepath.Base(file), i, c.name, cmp.Diff(strings.Split(wordsOnly(want), "\n"), strings.Split(wordsOnly(result.Text), "\n")))
				}
			}
		}
	}
	var all, open int
	for name, k := range exact {
		all, open = all+k+conflicts[name], open+conflicts[name]
		t.Logf("%s: %d exact, %d conflicts", name, k, conflicts[name])
	}
	if open*50 > all {
		t.Errorf("%d of %d are conflicts that need not be, more than one in fifty", open, all)
	}
}

// wordsOnly gives the words of each block, marks at its end left out: where blocks are cut, they follow their place.
func wordsOnly(t resolution.Text) string {
	var out []string
	for _, b := range t.Blocks {
		out = append(out, strings.TrimRight(diff.Key(b), " ;,.:"))
	}
	return strings.Join(out, "\n")
}
