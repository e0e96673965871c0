package merge

import (
	"cmp"
	"slices"
	"strings"
)

// weaver writes the merged pieces of one group of base blocks.
type weaver struct {
	m      *merger
	tangle *tangle
	pieces []piece
	at     int // next base token
	block  int // base block of the group that the last block border began
}

func (w *weaver) begin(h head, base int) {
	p := piece{head: h, base: base, group: w.tangle.index}
	if w.tangle.marksAreWords {
		p.mark = ""
	}
	if base >= 0 {
		p.in = w.places(base)
	} else {
		p.in = map[int]int{h.of: h.block}
	}
	for _, s := range w.tangle.edited {
		p.touched = append(p.touched, s.view)
	}
	w.pieces = append(w.pieces, p)
}

// places gives, for the base block that begins here, the block in each view that begins with it.
func (w *weaver) places(base int) map[int]int {
	out := w.m.places(base)
	border := -1
	if w.block > 0 {
		border = w.at
	}
	for e, s := range w.tangle.edited {
		delete(out, s.view)
		at, kept := 0, true
		if border >= 0 {
			at, kept = w.tangle.borders[e][border]
		}
		if kept {
			out[s.view] = s.blocks[at]
		}
	}
	return out
}

func (w *weaver) write(runs ...run) {
	p := &w.pieces[len(w.pieces)-1]
	p.runs = append(p.runs, runs...)
}

// end gives the current piece its final mark.
func (w *weaver) end(mark string) { w.pieces[len(w.pieces)-1].mark = mark }

// upTo writes the base tokens before a place, as they are or as somebody respelt them.
func (w *weaver) upTo(place int) {
	for ; w.at < place; w.at++ {
		t := w.tangle.braid.base[w.at]
		if t.border == blockBorder {
			w.end(w.m.mergedMark(w.tangle, w.block))
			w.block++
			w.begin(w.m.mergedHead(w.tangle, w.block, w.at), w.tangle.base[w.block])
			continue
		}
		r := run{text: t.text, border: t.border}
		if other, respelt := w.tangle.braid.respelt[w.at]; respelt {
			r.text, r.proposals = other.text, other.proposals
		}
		w.write(r)
	}
}

// skip passes over base tokens that do not stay.
func (w *weaver) skip(place int) {
	for ; w.at < place; w.at++ {
		if w.tangle.braid.base[w.at].border == blockBorder {
			w.block++
		}
	}
}

// hunk writes one hunk: the change all agree on, or what is decided about a dispute.
func (w *weaver) hunk(h hunk) {
	gone := typed(w.tangle.braid.base[h.from:h.to])
	if h.variants == nil {
		w.replace(h.with, h.proposals, gone)
		w.skip(h.to)
		return
	}
	d := w.m.dispute(w.tangle, w.tangle.base[w.block], h)
	if d.Settled == nil && w.m.mode != InBrackets || d.Settled != nil && d.Settled.Choice == KeepBase {
		if d.Settled == nil {
			w.open()
		}
		first := len(w.pieces[len(w.pieces)-1].runs)
		piece := len(w.pieces) - 1
		w.write(run{decision: d})
		w.upTo(h.to)
		if d.Settled == nil {
			mark(w.pieces[piece:], first, d)
			w.open()
		}
		return
	}
	w.skip(h.to)
	if d.Settled != nil && d.Settled.Choice == Take {
		v := h.variants[d.Settled.Variant]
		w.replace(v.with, v.proposals, gone)
		return
	}
	text := w.m.undecided(h.variants)
	if d.Settled != nil && d.Settled.Choice == Combine {
		text = spaced(d.Settled.Words, h.variants)
	}
	w.write(run{text: text, proposals: h.proposals, deleted: gone, decision: d})
	if d.Settled == nil {
		w.open()
	}
}

func (w *weaver) open() { w.pieces[len(w.pieces)-1].open = true }

// mark ties runs to the decision about them, from run first of the first piece.
func mark(pieces []piece, first int, d *Decision) {
	for k := range pieces {
		from := 0
		if k == 0 {
			from = first
		}
		for r := from; r < len(pieces[k].runs); r++ {
			pieces[k].runs[r].decision = d
		}
		pieces[k].open = true
	}
}

// replace writes tokens that proposals put in the place of base words.
func (w *weaver) replace(with []token, proposals []int, gone string) {
	w.write(run{deleted: gone, proposals: proposals})
	for _, t := range with {
		if t.border == blockBorder {
			above := w.m.views[t.head.of].Text.Blocks[t.head.block-1]
			if !w.tangle.marksAreWords {
				w.end(headOf(above, t.head.of, t.head.block-1).mark)
			}
			w.begin(*t.head, -1)
			continue
		}
		w.write(run{text: t.text, border: t.border, proposals: proposals})
	}
}

// undecided puts the variants of a dispute side by side in square brackets with their sources, in the order of the
// proposals that first brought them.
func (m *merger) undecided(variants []variant) string {
	lead, trail := rims(variants)
	variants = slices.Clone(variants)
	slices.SortStableFunc(variants, func(x, y variant) int { return cmp.Compare(slices.Min(x.proposals), slices.Min(y.proposals)) })
	var b strings.Builder
	b.WriteString(lead)
	for _, v := range variants {
		b.WriteString("[" + strings.Trim(typed(v.with), blanks) + "]{" + m.sources(v.proposals) + "}")
	}
	b.WriteString(trail)
	return b.String()
}

func (m *merger) sources(proposals []int) string {
	var names []string
	for _, p := range proposals {
		if s := escape(m.views[p].source()); !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

const blanks = " \t\u00a0\u202f"

// rims tells which blanks stand around every variant that has words, so that other words can take their place.
func rims(variants []variant) (lead, trail string) {
	lead, trail = " ", " "
	for _, v := range variants {
		words := typed(v.with)
		if strings.Trim(words, blanks) == "" {
			continue
		}
		if strings.TrimLeft(words, blanks) == words {
			lead = ""
		}
		if strings.TrimRight(words, blanks) == words {
			trail = ""
		}
	}
	return lead, trail
}

func spaced(words string, variants []variant) string {
	lead, trail := rims(variants)
	words = strings.Trim(words, blanks)
	if words == "" {
		return strings.TrimSuffix(lead+trail, " ")
	}
	return lead + words + trail
}
