package merge

import (
	"slices"

	"plenary/repo/diff"
)

// reading compares a run of base blocks with what proposals have for it as one run of words.
type reading struct {
	m     *merger
	block []int // by base token: its base block, one more at the end
	braid *braid
	of    map[int]*placed
}

// placed says where a view has the base tokens of a reading.
type placed struct {
	at    []int // by base token: the view's block that holds it, -1 where it went
	edits []diff.Edit
	ends  map[int][2]int // by the view's block: its tokens among those of the run
	gain  map[int]int    // by the view's block, once asked
}

func newReading(m *merger, first int, base []token) *reading {
	r := &reading{m: m, block: make([]int, len(base)+1), braid: newBraid(base), of: make(map[int]*placed)}
	for i, t := range base {
		if t.border == blockBorder {
			first++
		}
		r.block[i] = first
	}
	r.block[len(base)] = first
	return r
}

// add takes in the blocks that a view has for the run.
func (r *reading) add(view int, blocks []int) {
	tokens := sequenceOf(r.m.views[view].Text, blocks, view, true).tokens
	edits := r.braid.match(tokens)
	r.braid.weave(view, tokens, edits)
	p := &placed{at: make([]int, len(r.braid.base)), edits: edits, ends: endsOf(blocks, tokens), gain: make(map[int]int)}
	piece := pieces(tokens)
	i := 0
	for _, e := range append(edits, diff.Edit{From: len(p.at), To: len(p.at), RevFrom: len(tokens), RevTo: len(tokens)}) {
		for ; i < e.From; i++ {
			p.at[i] = blocks[piece[e.RevFrom-(e.From-i)]]
		}
		for ; i < e.To; i++ {
			p.at[i] = -1
		}
	}
	r.of[view] = p
}

// clean tells whether nothing is in dispute and every proposal is proven to have kept what others changed.
func (r *reading) clean() bool {
	r.braid.sort()
	clean := true
	r.braid.disputes(func(_, _ change) { clean = false })
	if !clean {
		return false
	}
	for view := range r.of {
		for _, c := range r.braid.changes {
			if !slices.Contains(c.proposals, view) && !r.kept(view, c) {
				return false
			}
		}
	}
	return true
}

// kept tells whether a view is proven to have kept the clauses in which others made a change: the words around it stand
// in the block that pairs with the clause, or in one that is told better as made of this clause too than as the clause it
// pairs with alone.
func (r *reading) kept(view int, c change) bool {
	v := r.m.views[view]
	from, to := r.around(view, c)
	first, last := r.touches(c)
	for i := first; i <= last; i++ {
		elsewhere := append(r.elsewhere(view, i, from, c.from), r.elsewhere(view, i, c.to, to)...)
		if len(v.home[i]) > 0 && len(elsewhere) == 0 {
			continue
		}
		b := r.braid
		if b.words[c.from]-b.words[from]+b.words[to]-b.words[c.to] < acrossProof {
			return false
		}
		if slices.ContainsFunc(elsewhere, func(at int) bool { return v.owner[at] >= 0 && r.gain(view, at) < acrossGain }) {
			return false
		}
	}
	return true
}

// touches gives the first and the last base block that a change says something about. What is put in at the end of a
// block is not about the next.
func (r *reading) touches(c change) (first, last int) {
	border := func(x int) bool { return x < len(r.braid.base) && r.braid.base[x].border == blockBorder }
	first, last = r.block[c.from], r.block[max(c.to-1, c.from)]
	if border(c.from) {
		first--
		if c.from == c.to {
			last--
		}
	}
	return first, last
}

// elsewhere gives the view's blocks that hold words of a base block among base tokens [from, to) but do not pair with it.
func (r *reading) elsewhere(view, block, from, to int) []int {
	var out []int
	for x := from; x < to; x++ {
		if t := r.braid.base[x]; r.block[x] != block || t.border != inside || !t.word() {
			continue
		}
		if at := r.of[view].at[x]; !slices.Contains(r.m.views[view].home[block], at) && !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return out
}

// around gives the base tokens around a change, up to the next change of a view on either side.
func (r *reading) around(view int, c change) (from, to int) {
	at := r.of[view].at
	for from = c.from; from > 0 && at[from-1] >= 0; {
		from--
	}
	for to = c.to; to < len(at) && at[to] >= 0; {
		to++
	}
	return from, to
}

// endsOf gives the first token of each block and the one after its last.
func endsOf(blocks []int, tokens []token) map[int][2]int {
	out := make(map[int][2]int)
	from, piece := 0, 0
	for x, t := range tokens {
		if t.border == blockBorder {
			out[blocks[piece]] = [2]int{from, x}
			from, piece = x+1, piece+1
		}
	}
	out[blocks[piece]] = [2]int{from, len(tokens)}
	return out
}

// gain tells how much shorter a view's block is told as made of the whole run, rather than of the clause it pairs with:
// by words and marks of the base that it keeps, and by places where they change.
func (r *reading) gain(view, at int) int {
	p := r.of[view]
	if n, known := p.gain[at]; known {
		return n
	}
	n := 0
	for x, t := range r.braid.base {
		if p.at[x] == at && counts(t) {
			n++
		}
	}
	ends := p.ends[at]
	for _, e := range p.edits {
		if e.RevFrom <= ends[1] && e.RevTo >= ends[0] {
			n--
		}
	}
	n += r.alone(view, at)
	p.gain[at] = n
	return n
}

// alone counts, for a view's block told as the clause it pairs with, the places where words change, less the words and
// marks it keeps. That the clauses beside it went is one place more.
func (r *reading) alone(view, at int) int {
	v := r.m.views[view]
	b := newBraid(sequenceOf(r.m.base, []int{v.owner[at]}, -1, true).tokens)
	edits := b.match(sequenceOf(v.Text, []int{at}, view, true).tokens)
	n, x := 1+len(edits), 0
	for _, e := range append(edits, diff.Edit{From: len(b.base)}) {
		for ; x < e.From; x++ {
			if counts(b.base[x]) {
				n--
			}
		}
		x = e.To
	}
	return n
}

// counts holds for words and marks.
func counts(t token) bool { return t.border == inside && !diff.IsBlank(t.text) }
