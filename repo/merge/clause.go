package merge

import (
	"slices"
	"strings"

	"plenary/repo/resolution"
)

// piece is one block of the merged text before labels are written: its words as runs, and where it comes from.
type piece struct {
	head
	base    int         // base block it is, -1 if inserted
	in      map[int]int // view -> its block there
	runs    []run
	touched []int // views that changed, inserted or moved it, ascending
	open    bool  // belongs to an open conflict
	group   int   // index of its group, -1 if inserted
}

// run is a stretch of merged words of one origin.
type run struct {
	text      string
	border    border
	proposals []int  // who brought it, nil for the base
	deleted   string // base words struck out here
	decision  *Decision
}

// stand is what one view makes of a group of base blocks.
type stand struct {
	view   int
	blocks []int
	seq    sequence
}

// clause merges one group of base blocks where it stands and notes the decisions it asks for.
func (m *merger) clause(index int) []piece {
	g := m.groups[index]
	base := make([]int, 0, 1)
	for i := g.first; i <= g.last; i++ {
		base = append(base, i)
	}
	var edited []stand
	var deleted, edits []int
	for k, v := range m.views {
		if !v.changed {
			continue
		}
		blocks := v.blocks(g)
		switch {
		case v.refused[g.first]:
		case len(blocks) == 0:
			deleted = append(deleted, k)
		case v.moved[g.first]:
			edits = append(edits, k)
			edited = append(edited, stand{view: k, blocks: blocks})
		case m.differs(base, v, blocks):
			edited = append(edited, stand{view: k, blocks: blocks})
		}
	}
	if len(edited) == 0 && len(deleted) == 0 {
		return m.untouched(index, base)
	}
	t := &tangle{index: index, base: base, edited: edited, marksAreWords: m.marksAreWords(base, edited)}
	t.from = sequenceOf(m.base, base, -1, t.marksAreWords)
	t.braid = newBraid(t.from.tokens)
	for k := range edited {
		s := &edited[k]
		s.seq = sequenceOf(m.views[s.view].Text, s.blocks, s.view, t.marksAreWords)
		borders, changed := t.braid.add(s.view, s.seq.tokens)
		t.borders = append(t.borders, borders)
		if changed {
			edits = append(edits, s.view)
		}
	}
	if len(deleted) == 0 {
		return m.woven(t)
	}
	if m.orphans(g.first, deleted) {
		edits = append(edits, m.dependants[g.first]...)
	}
	slices.Sort(edits)
	edits = without(slices.Compact(edits), deleted)
	if len(edits) == 0 {
		return m.struck(t, deleted)
	}
	return m.deleteEdit(t, deleted, edits)
}

// orphans tells whether new blocks under a deleted one would be left alone: some of those who deleted it deleted all
// that stood under it too.
func (m *merger) orphans(parent int, deleted []int) bool {
	for _, k := range deleted {
		home := m.views[k].home
		alone := true
		for i := parent + 1; i < len(home) && alone && m.under(i, parent); i++ {
			alone = len(home[i]) == 0
		}
		if alone {
			return true
		}
	}
	return false
}

// under tells whether a base block stands under another, at any depth.
func (m *merger) under(i, parent int) bool {
	for ; i > parent; i = m.parents[i] {
		if m.parents[i] == parent {
			return true
		}
	}
	return false
}

// marksAreWords tells whether final marks count as words in a group: where blocks run together, or some are items and
// some are not, the same mark is a list mark here and a full stop there.
func (m *merger) marksAreWords(base []int, edited []stand) bool {
	if len(base) > 1 {
		return true
	}
	item := func(b resolution.Block) bool { return b.Kind == resolution.KindItem || b.Kind == resolution.KindBullet }
	first := item(m.base.Blocks[base[0]])
	return slices.ContainsFunc(edited, func(s stand) bool {
		return slices.ContainsFunc(s.blocks, func(j int) bool { return item(m.views[s.view].Text.Blocks[j]) != first })
	})
}

// tangle is a group of base blocks that some views changed, with everything its merge needs.
type tangle struct {
	index         int
	base          []int
	from          sequence
	edited        []stand
	braid         *braid
	borders       []map[int]int // by edited: border token of the base -> index into the view's heads
	marksAreWords bool
}

func without(list, gone []int) []int {
	return slices.DeleteFunc(list, func(p int) bool { return slices.Contains(gone, p) })
}

// differs tells whether a view's blocks are not letter for letter those of the base.
func (m *merger) differs(base []int, v *view, blocks []int) bool {
	if len(base) != len(blocks) {
		return true
	}
	for k, i := range base {
		x, y := m.base.Blocks[i], v.Text.Blocks[blocks[k]]
		if x.Kind != y.Kind || x.Level != y.Level || x.Label != y.Label || x.Sign != y.Sign || x.Words != y.Words ||
			!slices.EqualFunc(x.Rows, y.Rows, slices.Equal) {
			return true
		}
	}
	return false
}

func (m *merger) untouched(index int, base []int) []piece {
	out := make([]piece, 0, len(base))
	for _, i := range base {
		b := m.base.Blocks[i]
		p := piece{head: headOf(b, -1, i), base: i, in: m.places(i), group: index}
		p.runs = wordsOf(b, p.mark)
		out = append(out, p)
	}
	return out
}

// places gives, for a base block, its block in every view that has just one for it.
func (m *merger) places(i int) map[int]int {
	out := make(map[int]int)
	for k, v := range m.views {
		if v.changed && len(v.home[i]) == 1 && !v.refused[i] {
			out[k] = v.home[i][0]
		}
	}
	return out
}

// wordsOf gives a block's words without its final list mark as runs of the base.
func wordsOf(b resolution.Block, mark string) []run {
	if b.Kind != resolution.KindTable {
		return []run{{text: strings.TrimSuffix(b.Words, mark)}}
	}
	var s sequence
	s.table(b.Rows)
	return runsOf(s.tokens, nil)
}

func runsOf(tokens []token, proposals []int) []run {
	out := make([]run, 0, len(tokens))
	for _, t := range tokens {
		out = append(out, run{text: t.text, border: t.border, proposals: proposals})
	}
	return out
}

// woven merges a group that nobody deleted.
func (m *merger) woven(t *tangle) []piece {
	hunks := t.braid.hunks()
	w := &weaver{m: m, tangle: t}
	w.begin(m.mergedHead(t, 0, -1), t.base[0])
	for _, h := range hunks {
		w.upTo(h.from)
		w.hunk(h)
	}
	w.upTo(len(t.braid.base))
	w.end(m.mergedMark(t, w.block))
	m.noteReview(t, hunks)
	return w.pieces
}

// mergedHead merges kind, level and label of one base block of a group. The border is the base token before
// the block, -1 for the first.
func (m *merger) mergedHead(t *tangle, k, border int) head {
	h := t.from.heads[k]
	kind, level := newVote(h.kind), newVote(h.level)
	label, sign := newVote(h.label), newVote(h.sign)
	for e, s := range t.edited {
		at := 0
		if border >= 0 {
			place, kept := t.borders[e][border]
			if !kept {
				continue
			}
			at = place
		}
		v := s.seq.heads[at]
		kind.cast(s.view, v.kind)
		level.cast(s.view, v.level)
		label.cast(s.view, v.label)
		sign.cast(s.view, v.sign)
	}
	h.kind, h.level = kind.result(), level.result()
	if kind.split() {
		h.kind = m.structure(h.block, kind)
	}
	if level.split() {
		h.level = slices.Min(level.changed) // a level follows from what stands around, so the flattest is no guess at meaning
		m.noteLevels(h.block, level)
	}
	h.label, h.sign = label.result(), sign.result()
	return h
}

// mergedMark merges the final mark at the end of one base block of a group.
func (m *merger) mergedMark(t *tangle, k int) string {
	mark := newVote(t.from.heads[k].mark)
	for e, s := range t.edited {
		at := len(s.seq.heads) - 1
		if k+1 < len(t.base) {
			place, kept := t.borders[e][t.borderOf(k+1)]
			if !kept {
				continue
			}
			at = place - 1
		}
		mark.cast(s.view, s.seq.heads[at].mark)
	}
	return mark.result()
}

// borderOf gives the base token that is the border before the k-th block of a group.
func (t *tangle) borderOf(k int) int {
	for i, token := range t.braid.base {
		if token.border == blockBorder {
			if k--; k == 0 {
				return i
			}
		}
	}
	return len(t.braid.base)
}

// vote merges a value that is one thing: whoever changes it gets the change; several changes leave the base value.
type vote[T comparable] struct {
	base    T
	changed []T
	voters  [][]int
}

func newVote[T comparable](base T) *vote[T] { return &vote[T]{base: base} }

func (v *vote[T]) cast(view int, value T) {
	if value == v.base {
		return
	}
	k := slices.Index(v.changed, value)
	if k < 0 {
		k = len(v.changed)
		v.changed = append(v.changed, value)
		v.voters = append(v.voters, nil)
	}
	v.voters[k] = append(v.voters[k], view)
}

func (v *vote[T]) split() bool { return len(v.changed) > 1 }

func (v *vote[T]) result() T {
	if len(v.changed) == 1 {
		return v.changed[0]
	}
	return v.base
}
