package merge

import (
	"cmp"
	"slices"
	"strings"

	"plenary/repo/resolution"
)

// arrival is a block that a view put at a gap of the base: a new one, or a base block that it moved there.
type arrival struct {
	view  int
	block int // in the view
	moved int // base block, -1 for a new one
}

// arrivals gives, by gap (0 before the first base block, i+1 after block i), what the views put there: each view's
// run in its own order, deep runs first so that they stay with the item above, new sections last, else in the order
// of the proposals. It also notes which base blocks have new blocks under them.
func (m *merger) arrivals() [][]arrival {
	runs := make([][][]arrival, len(m.base.Blocks)+1)
	for k, v := range m.views {
		if v.changed {
			m.viewArrivals(k, v, runs)
		}
	}
	out := make([][]arrival, len(runs))
	for gap, here := range runs {
		slices.SortStableFunc(here, func(x, y []arrival) int {
			return cmp.Or(cmp.Compare(m.opensWhat(x), m.opensWhat(y)), cmp.Compare(m.blockOf(y[0]).Level, m.blockOf(x[0]).Level))
		})
		for _, r := range here {
			out[gap] = append(out[gap], r...)
		}
	}
	return out
}

// opensWhat tells what the highest section is that a run opens anywhere in it.
func (m *merger) opensWhat(run []arrival) int {
	rank := 0
	for _, a := range run {
		rank = max(rank, sectionRank(m.blockOf(a).Kind))
	}
	return rank
}

func (m *merger) blockOf(a arrival) resolution.Block { return m.views[a.view].Text.Blocks[a.block] }

// sectionRank puts what opens a section behind what belongs to the section above.
func sectionRank(k resolution.Kind) int {
	switch k {
	case resolution.KindOpener, resolution.KindHeading:
		return 1
	case resolution.KindDivision, resolution.KindDivisionTitle:
		return 2
	case resolution.KindParagraph, resolution.KindNumber, resolution.KindTitle, resolution.KindHistory,
		resolution.KindItem, resolution.KindBullet, resolution.KindTable, resolution.KindFootnote:
	}
	return 0
}

func (m *merger) viewArrivals(k int, v *view, runs [][][]arrival) {
	taken := make(map[int]bool)
	for _, g := range m.groups {
		if g.first == g.last && len(v.home[g.first]) < 2 {
			continue
		}
		for _, j := range v.blocks(g) {
			taken[j] = v.owner[j] < 0
		}
	}
	anchor, fresh := -1, true
	for j, i := range v.owner {
		switch {
		case taken[j] || v.refusedNew[j] || i >= 0 && v.moved[i] && v.refused[i]:
			continue
		case i >= 0 && (!v.moved[i] || len(v.home[i]) > 1):
			for anchor < i || anchor+1 < len(v.home) && slices.Contains(v.home[anchor+1], j) {
				anchor++
			}
			fresh = true
			continue
		}
		if fresh {
			runs[anchor+1] = append(runs[anchor+1], nil)
			fresh = false
		}
		last := &runs[anchor+1][len(runs[anchor+1])-1]
		*last = append(*last, arrival{view: k, block: j, moved: i})
		if i < 0 {
			m.noteDependant(k, v, j)
		}
	}
}

// noteDependant notes the base block that a new block stands under.
func (m *merger) noteDependant(k int, v *view, j int) {
	if parent := v.parents[j]; parent >= 0 && v.owner[parent] >= 0 {
		i := v.owner[parent]
		if !slices.Contains(m.dependants[i], k) {
			m.dependants[i] = append(m.dependants[i], k)
		}
	}
}

// parentsOf gives, for every block, the item or section opener it stands under, -1 for none.
func parentsOf(t resolution.Text) []int {
	out := make([]int, len(t.Blocks))
	division, section := -1, -1
	var stack []int
	for j, b := range t.Blocks {
		for len(stack) > 0 && t.Blocks[stack[len(stack)-1]].Level >= b.Level {
			stack = stack[:len(stack)-1]
		}
		out[j] = section
		if len(stack) > 0 {
			out[j] = stack[len(stack)-1]
		}
		switch sectionRank(b.Kind) {
		case 1:
			out[j] = division
			section, stack = j, nil
			continue
		case 2:
			if b.Kind == resolution.KindDivisionTitle {
				out[j] = division
				continue
			}
			out[j] = -1
			division, section, stack = j, j, nil
			continue
		}
		stack = append(stack, j)
	}
	return out
}

func (w wording) views() []int {
	var out []int
	for _, a := range w.arrivals {
		out = append(out, a.view)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// inserted gives what stands at one gap after a base block (-1 before the first).
func (m *merger) inserted(after int, here []arrival, clauses [][]piece) []piece {
	if len(here) == 0 {
		return nil
	}
	guests := m.guests(here)
	var out []piece
	var fresh []Variant
	for _, g := range guests {
		if g.moved >= 0 {
			moved := m.movedHere(g, after+1, clauses)
			if len(moved) > 0 {
				fresh = append(fresh, Variant{Words: wordsIn(m.base.Blocks[g.moved]), Proposals: m.nameAll(g.views())})
			}
			out = append(out, moved...)
			continue
		}
		slices.SortFunc(g.wordings, func(x, y wording) int { return cmp.Compare(x.fold, y.fold) })
		if len(g.wordings) > 1 {
			out = append(out, m.rivals(after, g)...)
			continue
		}
		w := g.wordings[0]
		p := m.newPiece(w)
		views := w.views()
		v := Variant{Words: wordsIn(m.blockOf(w.arrivals[0])), Proposals: m.nameAll(views)}
		if len(views) > 1 {
			tie(&p, m.note(Agreement, after, "", v))
		}
		out = append(out, p)
		fresh = append(fresh, v)
	}
	for _, v := range fresh {
		if !slices.Equal(v.Proposals, fresh[0].Proposals) {
			m.note(SamePlace, after, "", fresh...)
			break
		}
	}
	return out
}

// tie lets a decision know which piece it is about.
func tie(p *piece, d *Decision) { p.runs = append([]run{{decision: d}}, p.runs...) }

// newPiece makes the merged piece of an inserted clause; the lowest spelling in code order stands.
func (m *merger) newPiece(w wording) piece {
	best := slices.MinFunc(w.arrivals, func(x, y arrival) int {
		return cmp.Compare(wordsIn(m.blockOf(x)), wordsIn(m.blockOf(y)))
	})
	b := m.blockOf(best)
	p := piece{head: headOf(b, best.view, best.block), base: -1, in: make(map[int]int), touched: w.views(), group: -1}
	for _, a := range w.arrivals {
		p.in[a.view] = a.block
	}
	p.runs = wordsOf(b, p.mark)
	for k := range p.runs {
		p.runs[k].proposals = p.touched
	}
	return p
}

// rivals decides between nearly the same clauses inserted at one place.
func (m *merger) rivals(after int, g guest) []piece {
	d := &Decision{Kind: NearlySame, Clause: m.name(after), Base: after, Block: -1}
	for _, w := range g.wordings {
		d.Variants = append(d.Variants, Variant{Words: wordsIn(m.blockOf(w.arrivals[0])), Proposals: m.nameAll(w.views())})
	}
	m.decide(d)
	switch {
	case d.Settled != nil && d.Settled.Choice == Take:
		return []piece{m.newPiece(g.wordings[d.Settled.Variant])}
	case d.Settled != nil && d.Settled.Choice == Combine:
		p := m.newPiece(g.wordings[0])
		p.runs = []run{{text: strings.TrimSuffix(d.Settled.Words, p.mark), proposals: g.views()}}
		p.touched = g.views()
		return []piece{p}
	case d.Settled != nil && d.Settled.Choice == Brackets, d.Settled == nil && m.mode == InBrackets:
		p := m.newPiece(g.wordings[0])
		p.runs = m.sideBySide(g, d)
		p.touched, p.open = g.views(), d.Settled == nil
		return []piece{p}
	}
	return nil
}

func (g guest) views() []int {
	var out []int
	for _, w := range g.wordings {
		out = append(out, w.views()...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sideBySide gives nearly the same clauses in one: what all share outside, the rest in attributed brackets.
func (m *merger) sideBySide(g guest, d *Decision) []run {
	var variants []variant
	for _, w := range g.wordings {
		a := w.arrivals[0]
		s := sequenceOf(m.views[a.view].Text, []int{a.block}, a.view, false)
		variants = append(variants, variant{with: s.tokens, proposals: w.views()})
	}
	same := func(at func(v variant) string) bool {
		first := at(variants[0])
		return first != "" && !slices.ContainsFunc(variants, func(v variant) bool { return at(v) != first })
	}
	lead, tail := 0, 0
	for same(func(v variant) string { return foldAt(v.with, lead) }) {
		lead++
	}
	for same(func(v variant) string {
		if len(v.with)-tail <= lead {
			return ""
		}
		return foldAt(v.with, len(v.with)-tail-1)
	}) {
		tail++
	}
	whole := variants[0].with
	out := runsOf(whole[:lead], g.views())
	for k := range variants {
		variants[k].with = variants[k].with[lead : len(variants[k].with)-tail]
	}
	out = append(out, run{text: m.undecided(variants), proposals: g.views(), decision: d})
	return append(out, runsOf(whole[len(whole)-tail:], g.views())...)
}

func foldAt(tokens []token, k int) string {
	if k < 0 || k >= len(tokens) {
		return ""
	}
	return tokens[k].fold()
}
