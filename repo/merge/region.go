package merge

import (
	"slices"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// region is a stretch of base blocks, first and last, between two that nobody touched.
type region struct{ first, last int }

// regions finds, for every clash that is left, the stretch around it that merges cleanly as one run of words, and gives
// the views as they are read there. It gives the same views back if there is none.
func (m *merger) regions() ([]*view, [][2]int) {
	var runs [][2]int
	views, tried := m.views, region{-1, -1}
	firm := make([]bool, len(m.base.Blocks))
	for i := range firm {
		firm[i] = m.untouchedByAll(i)
	}
	for _, d := range m.decisions {
		if !wordsClash(d) || tried.first <= d.Base && d.Base <= tried.last {
			continue
		}
		tried = m.regionAround(d.Base, firm)
		if tried.first == tried.last {
			continue
		}
		if read, clean := m.readRegion(tried, views); clean {
			views, runs = read, append(runs, [2]int{tried.first, tried.last})
		}
	}
	return views, runs
}

// wordsClash tells whether words of a base clause are in dispute, rather than its place or what was put beside it.
func wordsClash(d *Decision) bool {
	return d.Base >= 0 && (d.Kind == Conflict || d.Kind == DeleteEdit && rewords(d))
}

// regionAround gives the stretch between the two nearest untouched base blocks, or the whole text if a proposal moved
// something into that stretch or out of it.
func (m *merger) regionAround(at int, firm []bool) region {
	g := region{at, at}
	for g.first > 0 && !firm[g.first-1] {
		g.first--
	}
	for g.last < len(firm)-1 && !firm[g.last+1] {
		g.last++
	}
	for _, v := range m.views {
		if v.changed && !m.closed(v, g) {
			return region{0, len(firm) - 1}
		}
	}
	return g
}

// untouchedByAll tells whether every proposal has a base block word for word where it stood.
func (m *merger) untouchedByAll(i int) bool {
	return !slices.ContainsFunc(m.views, func(v *view) bool {
		if !v.changed {
			return false
		}
		if len(v.home[i]) != 1 || v.moved[i] || v.owner[v.home[i][0]] != i {
			return true
		}
		x, y := m.base.Blocks[i], v.Text.Blocks[v.home[i][0]]
		return x.Kind != y.Kind || diff.Key(x) != diff.Key(y) || slices.ContainsFunc(v.joins, func(j [2]int) bool { return j[0] <= i && i <= j[1] })
	})
}

// span gives the view's blocks between those beside a region: from the first to before the end.
func (v *view) span(g region) (from, end int) {
	end = len(v.Text.Blocks)
	if g.first > 0 {
		from = v.home[g.first-1][0] + 1
	}
	if g.last+1 < len(v.home) {
		end = v.home[g.last+1][0]
	}
	return from, end
}

// lacks tells whether a view has nothing for a region.
func (v *view) lacks(g region) bool {
	from, end := v.span(g)
	return from >= end
}

// closed tells whether a view has all of a region, and nothing else, between the blocks beside it.
func (m *merger) closed(v *view, g region) bool {
	from, end := v.span(g)
	for j := from; j < end; j++ {
		if i := v.owner[j]; i >= 0 && (i < g.first || i > g.last) {
			return false
		}
	}
	for i := g.first; i <= g.last; i++ {
		if slices.ContainsFunc(v.home[i], func(j int) bool { return j < from || j >= end }) {
			return false
		}
	}
	return true
}

// readRegion gives the views with a region as one run of words, if that leaves nothing in dispute.
func (m *merger) readRegion(g region, views []*view) ([]*view, bool) {
	if slices.ContainsFunc(m.views, func(v *view) bool { return v.changed && v.lacks(g) }) {
		return nil, false
	}
	var base []int
	for i := g.first; i <= g.last; i++ {
		if m.base.Blocks[i].Kind == resolution.KindTable || len(m.dependants[i]) > 0 && m.orphans(i, m.strikers(i)) {
			return nil, false
		}
		base = append(base, i)
	}
	from := sequenceOf(m.base, base, -1, true)
	if !m.mayRead(len(from.tokens)) {
		return nil, false
	}
	r := newReading(m, g.first, from.tokens)
	out := slices.Clone(views)
	for k, v := range m.views {
		if !v.changed {
			continue
		}
		start, end := v.span(g)
		var blocks []int
		for j := start; j < end; j++ {
			blocks = append(blocks, j)
		}
		if m.differs(base, v, blocks) {
			r.add(k, blocks)
			out[k] = views[k].asRun(g, start, end)
		}
	}
	return out, r.clean()
}

// asRun gives a view in which the blocks from start to before end stand for a region in their order: nothing in it is
// moved, and what was put in at its ends belongs to its first and last.
func (v *view) asRun(g region, start, end int) *view {
	w := *v
	w.home, w.owner, w.moved = slices.Clone(v.home), slices.Clone(v.owner), slices.Clone(v.moved)
	for i := g.first; i <= g.last; i++ {
		w.moved[i] = false
	}
	for _, j := range []int{start, end - 1} {
		if w.owner[j] >= 0 {
			continue
		}
		i := g.first
		if j > start {
			i = g.last
		}
		w.owner[j] = i
		w.home[i] = append(slices.Clone(w.home[i]), j)
		slices.Sort(w.home[i])
	}
	return &w
}
