package merge

import (
	"cmp"
	"slices"

	"plenary/repo/diff"
)

// change is one replacement of base tokens, with everyone who made it.
type change struct {
	from, to  int
	with      []token
	folded    string
	proposals []int // ascending
}

// hunk is a place of the base where the merged words differ from the base's or are in dispute.
type hunk struct {
	change
	variants []variant // nil unless in dispute
}

type variant struct {
	with      []token
	folded    string
	proposals []int
}

// braid merges the tokens of one group of base blocks.
type braid struct {
	base    []token
	known   map[string]int
	baseIDs []int
	words   []int // words before each base token
	changes []change
	respelt map[int]respelling
}

// respelling is a token that some typed another way without changing it.
type respelling struct {
	text      string
	proposals []int
}

func newBraid(base []token) *braid {
	b := &braid{base: base, known: make(map[string]int), respelt: make(map[int]respelling)}
	b.baseIDs = ids(base, b.known)
	b.words = make([]int, len(base)+1)
	for i, t := range base {
		b.words[i+1] = b.words[i]
		if t.word() {
			b.words[i+1]++
		}
	}
	return b
}

// add compares one proposal's tokens with the base. It tells which head of the proposal each border of the base
// kept, a border that went is missing, and whether any word changed.
func (b *braid) add(view int, tokens []token) (borders map[int]int, changed bool) {
	return b.weave(view, tokens, b.match(tokens))
}

// match gives the edits that make a proposal's tokens of the base's.
func (b *braid) match(tokens []token) []diff.Edit {
	return diff.Match(b.baseIDs, ids(tokens, b.known))
}

// weave takes in a proposal's edits, as add does.
func (b *braid) weave(view int, tokens []token, edits []diff.Edit) (borders map[int]int, changed bool) {
	for _, e := range edits {
		b.record(change{from: e.From, to: e.To, with: tokens[e.RevFrom:e.RevTo], proposals: []int{view}})
	}
	borders = make(map[int]int)
	piece := pieces(tokens)
	i := 0
	for _, e := range append(edits, diff.Edit{From: len(b.base), RevFrom: len(tokens)}) {
		for ; i < e.From; i++ {
			at := e.RevFrom - (e.From - i)
			if b.base[i].border == blockBorder {
				borders[i] = piece[at]
			}
			if text := tokens[at].text; text != b.base[i].text {
				b.respell(i, text, view)
			}
		}
		i = e.To
	}
	return borders, len(edits) > 0
}

// pieces tells for each token of a run in which of its blocks it stands; a border heads the block after it.
func pieces(tokens []token) []int {
	out, n := make([]int, len(tokens)), 0
	for i, t := range tokens {
		if t.border == blockBorder {
			n++
		}
		out[i] = n
	}
	return out
}

func (b *braid) record(c change) {
	c.folded = folded(c.with)
	for k := range b.changes {
		if d := &b.changes[k]; d.from == c.from && d.to == c.to && d.folded == c.folded {
			d.proposals = append(d.proposals, c.proposals...)
			if typed(c.with) < typed(d.with) {
				d.with = c.with
			}
			return
		}
	}
	b.changes = append(b.changes, c)
}

func (b *braid) respell(at int, text string, view int) {
	r, seen := b.respelt[at]
	switch {
	case !seen || text < r.text:
		r = respelling{text, []int{view}}
	case text == r.text:
		r.proposals = append(r.proposals, view)
	}
	b.respelt[at] = r
}

// hunks settles which changes stand together and which are in dispute. Two changes dispute if no proposal made
// both and no word lies between them.
func (b *braid) hunks() []hunk {
	b.sort()
	hulls := b.hulls()
	var out []hunk
	k := 0
	for _, c := range b.changes {
		for k < len(hulls) && hulls[k].to <= c.from && !hulls[k].holds(c) {
			k++
		}
		if k < len(hulls) && hulls[k].holds(c) {
			continue
		}
		out = append(out, hunk{change: c})
	}
	for _, h := range hulls {
		out = append(out, b.dispute(h))
	}
	slices.SortStableFunc(out, func(x, y hunk) int {
		return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	return out
}

// hull is a range of the base in dispute.
type hull struct{ from, to int }

func (h hull) holds(c change) bool { return c.from >= h.from && c.to <= h.to }

// hulls finds the disputed ranges: the changes that dispute, joined, grown to whole words and over every change
// that reaches into them, until nothing more joins.
func (b *braid) hulls() []hull {
	var out []hull
	b.disputes(func(x, y change) {
		out = append(out, hull{from: min(x.from, y.from), to: max(x.to, y.to)})
	})
	for grown := len(out) > 0; grown; {
		out = union(out)
		grown = false
		for k := range out {
			h := b.whole(out[k])
			for _, c := range b.changes {
				if !h.holds(c) && (c.from < h.to && c.to > h.from) {
					h.from, h.to = min(h.from, c.from), max(h.to, c.to)
				}
			}
			if h.from != out[k].from || h.to != out[k].to {
				out[k], grown = h, true
			}
		}
	}
	return out
}

func (b *braid) sort() {
	slices.SortFunc(b.changes, func(x, y change) int {
		return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to), cmp.Compare(x.folded, y.folded))
	})
}

// disputes gives every two sorted changes that dispute: no proposal made both, and no word lies between.
func (b *braid) disputes(found func(x, y change)) {
	for k, x := range b.changes {
		for _, y := range b.changes[k+1:] {
			if !b.near(x, y) {
				break // later ones begin still further right
			}
			if disjoint(x.proposals, y.proposals) {
				found(x, y)
			}
		}
	}
}

// near tells whether a change and a later one overlap or have no word between them.
func (b *braid) near(x, y change) bool {
	return y.from < x.to || b.words[y.from] == b.words[x.to]
}

// whole grows a range so that it cuts no compound word.
func (b *braid) whole(h hull) hull {
	for h.from > 0 && b.glued(h.from) {
		h.from--
	}
	for h.to > 0 && h.to < len(b.base) && b.glued(h.to) {
		h.to++
	}
	return h
}

// glued tells whether the border before base token k lies inside a compound word.
func (b *braid) glued(k int) bool {
	if k <= 0 || k >= len(b.base) {
		return false
	}
	x, y := b.base[k-1], b.base[k]
	switch {
	case x.border != inside || y.border != inside:
		return false
	case joint(y.text):
		return diff.IsWord(x.text) && k+1 < len(b.base) && b.base[k+1].border == inside && diff.IsWord(b.base[k+1].text)
	case joint(x.text):
		return diff.IsWord(y.text) && k > 1 && b.base[k-2].border == inside && diff.IsWord(b.base[k-2].text)
	}
	return false
}

func joint(s string) bool { return s == "-" || s == "‑" || s == "'" || s == "’" }

func disjoint(x, y []int) bool {
	for _, p := range x {
		if slices.Contains(y, p) {
			return false
		}
	}
	return true
}

// union joins ranges that overlap or touch.
func union(hulls []hull) []hull {
	slices.SortFunc(hulls, func(x, y hull) int { return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to)) })
	var out []hull
	for _, h := range hulls {
		if len(out) > 0 && h.from <= out[len(out)-1].to {
			out[len(out)-1].to = max(out[len(out)-1].to, h.to)
			continue
		}
		out = append(out, h)
	}
	return out
}

// dispute gathers what each proposal makes of a disputed range.
func (b *braid) dispute(h hull) hunk {
	d := hunk{change: change{from: h.from, to: h.to}}
	by := make(map[int][]change)
	for _, c := range b.changes {
		if !h.holds(c) {
			continue
		}
		for _, p := range c.proposals {
			by[p] = append(by[p], c)
			d.proposals = append(d.proposals, p)
		}
	}
	slices.Sort(d.proposals)
	d.proposals = slices.Compact(d.proposals)
	for _, p := range d.proposals {
		with := b.apply(h.from, h.to, by[p])
		d.variants = addVariant(d.variants, with, p)
	}
	sortVariants(d.variants)
	return d
}

// apply gives base tokens [from, to) with changes made.
func (b *braid) apply(from, to int, changes []change) []token {
	var out []token
	for _, c := range changes {
		out = append(append(out, b.base[from:c.from]...), c.with...)
		from = c.to
	}
	return append(out, b.base[from:to]...)
}

func addVariant(variants []variant, with []token, proposal int) []variant {
	key := folded(with)
	for k := range variants {
		if v := &variants[k]; v.folded == key {
			v.proposals = append(v.proposals, proposal)
			if typed(with) < typed(v.with) {
				v.with = with
			}
			return variants
		}
	}
	return append(variants, variant{with, key, []int{proposal}})
}

func sortVariants(variants []variant) {
	slices.SortFunc(variants, func(x, y variant) int { return cmp.Compare(x.folded, y.folded) })
}
