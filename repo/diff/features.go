package diff

import (
	"slices"
	"strings"
	"unicode/utf8"

	"plenary/repo/resolution"
)

// feature is what alignment sees of one block.
type feature struct {
	kind  resolution.Kind
	label resolution.Label
	key   string // folded words without the final list mark
	role  role
	words []int32 // sorted ids of lower-case words, with repetition; nil until asked for
	done  bool
}

// role marks the lines that keep their identity whatever their words: there is one of each in a text.
type role uint8

const (
	roleNone role = iota
	roleNumber
	roleTitle
	roleHistory
	roleOpening
)

// Key gives a block's words as comparing sees them: folded, without the final list mark. The rows of a table
// are joined with control characters that no text holds.
func Key(b resolution.Block) string {
	if b.Kind == resolution.KindTable {
		rows := make([]string, len(b.Rows))
		for i, row := range b.Rows {
			rows[i] = strings.Join(row, "\x01")
		}
		return Fold(strings.Join(rows, "\x02"))
	}
	words := Fold(b.Words)
	if b.Kind == resolution.KindItem || b.Kind == resolution.KindBullet {
		words, _ = resolution.FinalMark(words)
	}
	return words
}

// keys gives the [Key] of every block.
func keys(t resolution.Text) []string {
	out := make([]string, len(t.Blocks))
	for i, b := range t.Blocks {
		out[i] = Key(b)
	}
	return out
}

// features gives what alignment sees of a text with these keys.
func features(t resolution.Text, keys []string) []feature {
	out := make([]feature, len(t.Blocks))
	opening, seen := false, [roleOpening + 1]bool{}
	for i, b := range t.Blocks {
		f := feature{kind: b.Kind, label: b.Label, key: keys[i]}
		switch b.Kind {
		case resolution.KindNumber:
			f.role = roleNumber
		case resolution.KindTitle:
			f.role = roleTitle
		case resolution.KindHistory:
			f.role = roleHistory
		case resolution.KindOpener, resolution.KindDivision, resolution.KindHeading:
			opening = true
		case resolution.KindParagraph:
			if !opening && b.Level == 0 && strings.HasSuffix(b.Words, ",") {
				f.role, opening = roleOpening, true
			}
		case resolution.KindDivisionTitle, resolution.KindItem, resolution.KindBullet, resolution.KindTable, resolution.KindFootnote:
		}
		if f.role != roleNone && seen[f.role] {
			f.role = roleNone
		}
		seen[f.role] = true
		out[i] = f
	}
	return out
}

// bags gives blocks their word ids on demand, with one numbering for both texts.
type bags struct {
	ids  map[string]int32
	long []bool // by id: the word has more than three letters
}

func (g *bags) of(f *feature) []int32 {
	if f.done {
		return f.words
	}
	f.done = true
	for _, t := range FineTokens(strings.ToLower(f.key)) {
		if !IsWord(t) {
			continue
		}
		id, known := g.ids[t]
		if !known {
			id = int32(len(g.ids))
			g.ids[t] = id
			g.long = append(g.long, utf8.RuneCountInString(t) > 3)
		}
		f.words = append(f.words, id)
	}
	slices.Sort(f.words)
	return f.words
}

// Likeness tells how alike the words of two blocks are, from 0 to 1000: twice the shared words over all words.
func Likeness(x, y resolution.Block) int {
	g := bags{ids: make(map[string]int32)}
	return g.likeness(&feature{kind: x.Kind, key: Key(x)}, &feature{kind: y.Kind, key: Key(y)})
}

// Bag is the words of one block, read once to be compared with many others of the same [Bags].
type Bag struct{ of feature }

// Bags makes bags that can be compared with each other. It is not safe for use by several goroutines at once.
type Bags struct{ bags bags }

// NewBags gives an empty set of bags.
func NewBags() *Bags { return &Bags{bags{ids: make(map[string]int32)}} }

// Bag reads the words of a block.
func (g *Bags) Bag(b resolution.Block) *Bag {
	out := &Bag{feature{kind: b.Kind, key: Key(b)}}
	g.bags.of(&out.of)
	return out
}

// Likeness is [Likeness] of the blocks that two bags were made of.
func (g *Bags) Likeness(x, y *Bag) int { return g.bags.likeness(&x.of, &y.of) }

// common counts the words two sorted bags share.
func common(x, y []int32) int {
	n, i, j := 0, 0, 0
	for i < len(x) && j < len(y) {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

// minus gives the words of x that y does not have.
func minus(x, y []int32) []int32 {
	var out []int32
	j := 0
	for _, w := range x {
		for j < len(y) && y[j] < w {
			j++
		}
		if j < len(y) && y[j] == w {
			j++
			continue
		}
		out = append(out, w)
	}
	return out
}

// substance is likeness by longer words alone: "the", "of", "de", "les" are in everything and say nothing of what a
// clause is about.
func (g *bags) substance(x, y *feature) int {
	var shared, all int
	a, b := g.of(x), g.of(y)
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			all += g.counts(a[i])
			i++
		case i == len(a) || a[i] > b[j]:
			all += g.counts(b[j])
			j++
		default:
			all, shared = all+2*g.counts(a[i]), shared+g.counts(a[i])
			i, j = i+1, j+1
		}
	}
	if all == 0 {
		return 1000
	}
	return 2000 * shared / all
}

func (g *bags) counts(word int32) int {
	if g.long[word] {
		return 1
	}
	return 0
}

// likeness tells how alike two blocks are, 0 to 1000: twice the shared words over all words.
func (g *bags) likeness(x, y *feature) int {
	if x.key == y.key && x.kind == y.kind {
		return 1000
	}
	a, b := g.of(x), g.of(y)
	if len(a)+len(b) == 0 {
		if x.key == y.key {
			return 1000
		}
		return 0
	}
	return 2000 * common(a, b) / (len(a) + len(b))
}
