package diff

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"plenary/repo/resolution"
)

// Align pairs the blocks of two texts, in reading order of the revised text with deletions at their base place.
//
// Blocks with equal words come first (the heaviest run of them that keeps its order), then in each gap between
// those the likest in order, then, across gaps and sections, equal and very like blocks that moved; last, what
// is left beside a pair and fills it up is a split or a join. Labels, final list marks and the spelling of blanks
// and hyphens do not count as words. Number line, title, history and opening line pair by their role.
func Align(base, revised resolution.Text) []Pair {
	return align(features(base, keys(base)), features(revised, keys(revised)))
}

// align pairs two texts by their features.
func align(a, b []feature) []Pair {
	swapped := order(a, b) > 0
	if swapped {
		a, b = b, a
	}
	al := &aligner{a: a, b: b, toB: unpaired(len(a)), toA: unpaired(len(b)), bags: bags{ids: make(map[string]int32)}}
	al.gap(0, len(a), 0, len(b))
	al.moves()
	al.fill()
	if swapped {
		al = al.mirror()
	}
	return al.pairs()
}

// order ranks two texts by all that alignment looks at, so that both directions take the same road.
func order(a, b []feature) int {
	for i := range min(len(a), len(b)) {
		if c := cmp.Or(strings.Compare(a[i].key, b[i].key), cmp.Compare(a[i].kind, b[i].kind), cmp.Compare(a[i].label, b[i].label), cmp.Compare(a[i].role, b[i].role)); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

func unpaired(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	return out
}

type aligner struct {
	a, b     []feature
	toB, toA []int
	bags     bags
	moved    map[int]bool  // indices of a
	joinsA   map[int][]int // index of b: more blocks of a that went into it
	splitsB  map[int][]int // index of a: more blocks of b that came out of it
}

func (al *aligner) mirror() *aligner {
	m := &aligner{a: al.b, b: al.a, toA: al.toB, toB: al.toA, joinsA: al.splitsB, splitsB: al.joinsA, moved: make(map[int]bool)}
	for i := range al.moved {
		m.moved[al.toB[i]] = true
	}
	return m
}

func (al *aligner) pair(i, j int) { al.toB[i], al.toA[j] = j, i }

// gap aligns a[a0:a1] with b[b0:b1] in order.
func (al *aligner) gap(a0, a1, b0, b1 int) {
	for a0 < a1 && b0 < b1 && al.same(a0, b0) {
		al.pair(a0, b0)
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && al.same(a1-1, b1-1) {
		a1, b1 = a1-1, b1-1
		al.pair(a1, b1)
	}
	if a0 == a1 || b0 == b1 {
		return
	}
	anchors := al.anchors(a0, a1, b0, b1)
	if len(anchors) == 0 {
		al.similar(a0, a1, b0, b1)
		return
	}
	for _, p := range anchors {
		al.gap(a0, p.i, b0, p.j)
		al.pair(p.i, p.j)
		a0, b0 = p.i+1, p.j+1
	}
	al.gap(a0, a1, b0, b1)
}

func (al *aligner) same(i, j int) bool {
	return al.a[i].key == al.b[j].key && al.a[i].kind == al.b[j].kind && al.a[i].key != ""
}

type place struct{ i, j, weight int }

// anchors gives the heaviest run, in order, of blocks whose words stand once on each side.
func (al *aligner) anchors(a0, a1, b0, b1 int) []place {
	type seat struct{ a, b, countA, countB int }
	seats := make(map[string]*seat, a1-a0)
	for i := a0; i < a1; i++ {
		s := seats[al.a[i].key]
		if s == nil {
			s = &seat{}
			seats[al.a[i].key] = s
		}
		s.a, s.countA = i, s.countA+1
	}
	for j := b0; j < b1; j++ {
		if s := seats[al.b[j].key]; s != nil {
			s.b, s.countB = j, s.countB+1
		}
	}
	var found []place
	for i := a0; i < a1; i++ {
		if s := seats[al.a[i].key]; s.countA == 1 && s.countB == 1 && al.same(i, s.b) && al.holds(&al.a[i]) {
			found = append(found, place{i, s.b, 8 + utf8.RuneCountInString(al.a[i].key)})
		}
	}
	return heaviest(found)
}

// longKey is the length of a key from which on its words need no count.
const longKey = 24

// holds tells whether a block may be an anchor. Openers are none: they recur from text to text, and pairing them first
// would tear the clauses under them out of their order. Nor are lines of a word or two ("Option 2:"): they stay in
// their place while what stands under them goes elsewhere.
func (al *aligner) holds(f *feature) bool {
	return f.kind != resolution.KindOpener && (utf8.RuneCountInString(f.key) > longKey || len(al.bags.of(f)) > 2)
}

// heaviest gives the run of places, ascending in both, with the greatest weight. Places come ascending in i.
func heaviest(places []place) []place {
	js := make([]int, len(places))
	for k, p := range places {
		js[k] = p.j
	}
	slices.Sort(js)
	type cell struct{ weight, at int }
	tree := make([]cell, len(js)+1) // best run ending at or under a rank
	for k := range tree {
		tree[k].at = -1
	}
	previous, best := make([]int, len(places)), cell{0, -1}
	for k, p := range places {
		rank, _ := slices.BinarySearch(js, p.j)
		under := cell{0, -1}
		for r := rank; r > 0; r &= r - 1 {
			if tree[r].weight > under.weight {
				under = tree[r]
			}
		}
		previous[k] = under.at
		run := cell{under.weight + p.weight, k}
		for r := rank + 1; r < len(tree); r += r & -r {
			if run.weight > tree[r].weight {
				tree[r] = run
			}
		}
		if run.weight > best.weight {
			best = run
		}
	}
	var out []place
	for k := best.at; k >= 0; k = previous[k] {
		out = append(out, places[k])
	}
	slices.Reverse(out)
	return out
}
