package merge

import (
	"slices"

	"plenary/repo/diff"
)

// Where clauses clash as wholes, a second reading looks at words that run over the borders of clauses. Somebody who
// strikes the end of one clause and the beginning of the next leaves one clause of the two: by clauses one is struck
// out, and whoever changed a word in the half that stayed seems to clash with that. Read as one run of words nothing
// clashes, and so it merges.
//
// The second reading is taken only if it leaves nothing in dispute, and only if there is proof that a proposal which
// is said to have struck a clause kept what others changed in it: words around their change that are not those of the
// clause next to it. Clauses that begin alike ("to request the Director to ...") prove nothing by their beginnings.
//
// Where that leaves a clash, a third reading takes all that stands between two clauses which nobody touched as one run
// of words, moves and insertions too, under the same terms.

// The measures of the second reading.
const (
	acrossReach = 8       // clauses looked at on each side of the clash
	acrossWords = 6000    // tokens of the base read at once
	acrossProof = 3       // words that must be kept around another's change
	acrossGain  = 2       // how much shorter a block must be told so than as the one clause it pairs with
	acrossWork  = 200_000 // tokens of the base times proposals that a merge reads a second or third time
)

// across gives runs of base blocks, first and last, that merge cleanly as one run of words where they clash as clauses.
func (m *merger) across() [][2]int {
	if partial(m.views) {
		return nil
	}
	var out [][2]int
	for _, d := range m.decisions {
		if !wordsClash(d) {
			continue
		}
		if n := len(out); n > 0 && out[n-1][1] >= d.Base {
			continue
		}
		if run, ok := m.runAround(d.Base); ok {
			out = append(out, run)
		}
	}
	return out
}

// partial tells whether some changes of a proposal are not taken.
func partial(views []*view) bool {
	return slices.ContainsFunc(views, func(v *view) bool { return v.refused != nil })
}

// rewords tells whether somebody changed words of a clause that others struck out, rather than moved or added to it.
func rewords(d *Decision) bool {
	return slices.ContainsFunc(d.Variants, func(v Variant) bool { return !v.Deleted && diff.Fold(v.Words) != diff.Fold(d.Words) })
}

// runAround finds the smallest run around a base block that merges cleanly as one run of words.
func (m *merger) runAround(at int) ([2]int, bool) {
	first, last := at, at
	for range 2 * acrossReach {
		if m.read == acrossWork {
			return [2]int{}, false
		}
		down, up := m.opens(first-1) && at-first < acrossReach, m.opens(last) && last-at < acrossReach
		switch {
		case !down && !up:
			return [2]int{}, false
		case up && (!down || last-at <= at-first):
			last++
		default:
			first--
		}
		if m.mergesAcross(first, last) {
			return [2]int{first, last}, true
		}
	}
	return [2]int{}, false
}

// opens tells whether the border after a base block may have been written over: some proposal struck, split or put
// something at one of its sides.
func (m *merger) opens(i int) bool {
	if i < 0 || i+1 >= len(m.base.Blocks) {
		return false
	}
	return slices.ContainsFunc(m.views, func(v *view) bool {
		x, y := v.home[i], v.home[i+1]
		return v.changed && (len(x) != 1 || len(y) != 1 || y[0] != x[0]+1)
	})
}

// mayRead takes from what a merge may read a second or third time; once too little is left, nothing more is read.
func (m *merger) mayRead(tokens int) bool {
	m.read = min(m.read+tokens*len(m.views), acrossWork)
	return m.read < acrossWork
}

// mergesAcross tells whether a run of base blocks merges cleanly as one run of words.
func (m *merger) mergesAcross(first, last int) bool {
	var base []int
	for i := first; i <= last; i++ {
		base = append(base, i)
		if len(m.dependants[i]) > 0 && m.orphans(i, m.strikers(i)) {
			return false // what was added under a clause that others struck out is for people to look at
		}
	}
	from := sequenceOf(m.base, base, -1, true)
	if len(from.tokens) > acrossWords || !m.mayRead(len(from.tokens)) {
		return false
	}
	r := newReading(m, first, from.tokens)
	for k, v := range m.views {
		if !v.changed {
			continue
		}
		blocks, whole := v.runOf(first, last)
		if !whole {
			return false
		}
		if m.differs(base, v, blocks) {
			r.add(k, blocks)
		}
	}
	return r.clean()
}

// strikers gives the views that have nothing for a base block.
func (m *merger) strikers(i int) []int {
	var out []int
	for k, v := range m.views {
		if v.changed && len(v.home[i]) == 0 {
			out = append(out, k)
		}
	}
	return out
}

// runOf gives the blocks a view has for a run of base blocks, if they stand together and are nothing else's.
func (v *view) runOf(first, last int) (blocks []int, whole bool) {
	blocks = v.blocks(group{first, last})
	if len(blocks) == 0 {
		return nil, false
	}
	for k, j := range blocks {
		if k > 0 && j != blocks[k-1]+1 || v.owner[j] >= 0 && (v.owner[j] < first || v.owner[j] > last || v.moved[v.owner[j]]) {
			return nil, false
		}
	}
	return blocks, true
}
