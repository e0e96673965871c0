package merge

import (
	"cmp"
	"slices"
	"strings"

	"plenary/repo/diff"
)

// settleMoves decides where each moved base block goes: to the one place all its movers chose. It stays where it is if
// they chose different places, or if whether it stays at all is in question.
func (m *merger) settleMoves(clauses [][]piece, arrivals [][]arrival) {
	places := make(map[int]*vote[int])
	for gap, here := range arrivals {
		for _, a := range here {
			if a.moved < 0 {
				continue
			}
			if places[a.moved] == nil {
				places[a.moved] = newVote(-2)
			}
			places[a.moved].cast(a.view, gap)
		}
	}
	for index, g := range m.groups {
		v := places[g.first]
		if v == nil {
			continue
		}
		m.goes[g.first] = v.changed[0]
		if v.split() {
			m.goes[g.first] = m.place(g.first, v)
		}
		if g.first != g.last || len(clauses[index]) == 0 || m.kept[g.first] {
			delete(m.goes, g.first)
		}
		if m.goes[g.first] == stays {
			delete(m.goes, g.first)
		}
	}
}

// stays stands for a move that is not made.
const stays = -1

// place decides about a clause that was moved to several places.
func (m *merger) place(base int, v *vote[int]) int {
	d := &Decision{Kind: TwoPlaces, Clause: m.name(base), Base: base, Block: -1, Words: wordsIn(m.base.Blocks[base])}
	type seat struct {
		words string
		gap   int
		views []int
	}
	var seats []seat
	for k, gap := range v.changed {
		words := "at the beginning"
		if gap > 0 {
			words = "after " + m.name(gap-1).Spoken
		}
		seats = append(seats, seat{words, gap, v.voters[k]})
	}
	slices.SortFunc(seats, func(x, y seat) int { return cmp.Or(cmp.Compare(x.words, y.words), cmp.Compare(x.gap, y.gap)) })
	for _, s := range seats {
		d.Variants = append(d.Variants, Variant{Words: s.words, Proposals: m.nameAll(s.views)})
	}
	m.decide(d)
	if d.Settled != nil && d.Settled.Choice == Take {
		return seats[d.Settled.Variant].gap
	}
	return stays
}

// left tells whether a group goes to another place.
func (m *merger) left(g group) bool {
	_, goes := m.goes[g.first]
	return goes
}

// movedHere gives a base block that was moved to a gap, with what others changed in it.
func (m *merger) movedHere(g guest, gap int, clauses [][]piece) []piece {
	if to, goes := m.goes[g.moved]; !goes || to != gap {
		return nil
	}
	index := slices.IndexFunc(m.groups, func(x group) bool { return x.first <= g.moved && g.moved <= x.last })
	return clauses[index]
}

// deleteEdit decides about clauses that some deleted and others changed, moved, or added to.
func (m *merger) deleteEdit(t *tangle, deleted, edits []int) []piece {
	words := m.words(t.base)
	type option struct {
		Variant
		view int // whose blocks stand for it, -1 for the base's
		gone bool
	}
	options := []option{{Variant: Variant{Deleted: true, Proposals: m.nameAll(deleted)}, gone: true, view: -1}}
	for _, e := range edits {
		o := option{Variant: Variant{Words: words, Proposals: m.nameAll([]int{e})}, view: -1}
		if k := slices.IndexFunc(t.edited, func(s stand) bool { return s.view == e }); k >= 0 {
			o.Words, o.view = m.standing(t.edited[k]), e
		}
		same := slices.IndexFunc(options, func(x option) bool { return !x.gone && diff.Fold(x.Words) == diff.Fold(o.Words) })
		if same >= 0 {
			options[same].Proposals = append(options[same].Proposals, o.Proposals...)
			continue
		}
		options = append(options, o)
	}
	slices.SortStableFunc(options[1:], func(x, y option) int { return cmp.Compare(diff.Fold(x.Words), diff.Fold(y.Words)) })
	d := &Decision{Kind: DeleteEdit, Clause: m.name(t.base[0]), Base: t.base[0], Block: -1, Words: words}
	for _, o := range options {
		d.Variants = append(d.Variants, o.Variant)
	}
	m.decide(d)
	m.kept[t.base[0]] = true
	out := m.untouched(t.index, t.base)
	if len(t.base) == 1 {
		label := newVote(out[0].label)
		for _, s := range t.edited {
			label.cast(s.view, s.seq.heads[0].label)
		}
		out[0].label = label.result()
	}
	switch {
	case d.Settled != nil && d.Settled.Choice == Take:
		o := options[d.Settled.Variant]
		if o.gone {
			return m.struck(t, deleted)
		}
		if o.view >= 0 {
			return m.takenFrom(t, o.view)
		}
		return out
	case d.Settled != nil && d.Settled.Choice == KeepBase:
		return out
	case d.Settled != nil && d.Settled.Choice == Combine:
		out = out[:1]
		out[0].runs = []run{{text: strings.TrimSuffix(d.Settled.Words, out[0].mark), proposals: edits, deleted: words}}
		return out
	case d.Settled != nil && d.Settled.Choice == Brackets, m.mode == InBrackets:
		out = out[:1]
		var b strings.Builder
		for _, o := range options[1:] {
			b.WriteString("[" + strings.TrimSuffix(o.Words, out[0].mark) + "]{" + m.sourcesOfNames(o.Proposals) + "}")
		}
		b.WriteString("[]{" + m.sources(deleted) + "}")
		out[0].runs = []run{{text: b.String(), proposals: edits, deleted: words, decision: d}}
		out[0].open = d.Settled == nil
		return out
	}
	for k := range out {
		out[k].open = true
		for r := range out[k].runs {
			out[k].runs[r].decision = d
		}
	}
	return out
}

// standing gives the words a view has for a group, in one line.
func (m *merger) standing(s stand) string {
	var out []string
	for _, j := range s.blocks {
		out = append(out, wordsIn(m.views[s.view].Text.Blocks[j]))
	}
	return strings.Join(out, " ")
}

// takenFrom gives a view's blocks for a group as they are.
func (m *merger) takenFrom(t *tangle, view int) []piece {
	s := t.edited[slices.IndexFunc(t.edited, func(s stand) bool { return s.view == view })]
	var out []piece
	for k, j := range s.blocks {
		b := m.views[view].Text.Blocks[j]
		p := piece{head: headOf(b, view, j), base: -1, in: map[int]int{view: j}, touched: []int{view}, group: t.index}
		if k < len(t.base) {
			p.base = t.base[k]
		}
		p.runs = wordsOf(b, p.mark)
		for r := range p.runs {
			p.runs[r].proposals = p.touched
		}
		out = append(out, p)
	}
	return out
}

func (m *merger) sourcesOfNames(names []string) string {
	var views []int
	for k, v := range m.views {
		if slices.Contains(names, v.Name) {
			views = append(views, k)
		}
	}
	return m.sources(views)
}
