package merge

import (
	"slices"
	"strings"

	"plenary/repo/resolution"
)

// writeMarks gives an item its final mark by place if it stands at another place than where the mark was written:
// once last and now followed by others, or the other way round. It does so only where every list that went into the
// merged one keeps to one convention.
func (m *merger) writeMarks(pieces []piece, items []int, model resolution.List, sources []resolution.List) {
	if len(items) < 2 || !model.Marks.Kept || slices.ContainsFunc(sources, func(l resolution.List) bool { return !l.Marks.Kept }) {
		return
	}
	marks := model.Marks
	item, beforeLast, last := newVote(marks.Item), newVote(marks.BeforeLast), newVote(marks.Last)
	for k, l := range sources {
		item.cast(k, l.Marks.Item)
		beforeLast.cast(k, l.Marks.BeforeLast)
		last.cast(k, l.Marks.Last)
	}
	marks.Item, marks.BeforeLast, marks.Last = item.result(), beforeLast.result(), last.result()
	if m.membersKnown(pieces, items) {
		m.keepAnd(pieces, items, marks) // nothing came together that did not stand together before
		return
	}
	moved := slices.ContainsFunc(items[:len(items)-2], func(i int) bool { return strings.ContainsRune(pieces[i].mark, ' ') })
	for k, i := range items {
		p := &pieces[i]
		mark := marks.At(k, len(items))
		if p.mark == "" || mark == "" {
			continue
		}
		and := strings.ContainsRune(p.mark, ' ')
		switch {
		case and && !strings.ContainsRune(marks.BeforeLast, ' '): // its "and" would be lost, so it is words
		case and && k != len(items)-2, !m.stoodAlike(*p, k == len(items)-1), k == len(items)-2 && moved:
			p.mark = mark
		}
	}
	m.keepAnd(pieces, items, marks)
}

// keepAnd gives the "; and" before the last item to the item that stands there now, if the one that bore it was struck.
func (m *merger) keepAnd(pieces []piece, items []int, marks resolution.Marks) {
	last := pieces[items[len(items)-1]].base
	if last < 0 || !strings.ContainsRune(marks.BeforeLast, ' ') || pieces[items[len(items)-2]].mark != marks.Item {
		return
	}
	for i := last - 1; i >= 0 && m.baseLists.of[i] == m.baseLists.of[last]; i-- {
		if slices.ContainsFunc(pieces, func(p piece) bool { return p.base == i }) {
			return
		}
		for _, v := range m.views {
			if v.changed && len(v.home[i]) == 1 && headOf(v.Text.Blocks[v.home[i][0]], -1, i).mark == marks.BeforeLast {
				pieces[items[len(items)-2]].mark = marks.BeforeLast
				return
			}
		}
	}
}

// membersKnown tells whether the base or a view has a list of just these items.
func (m *merger) membersKnown(pieces []piece, items []int) bool {
	just := func(o outline, block func(p piece) (int, bool)) bool {
		list := -1
		for _, i := range items {
			at, in := block(pieces[i])
			if !in || o.of[at] < 0 || list >= 0 && o.of[at] != list {
				return false
			}
			list = o.of[at]
		}
		return len(o.lists[list].Items) == len(items)
	}
	if just(m.baseLists, func(p piece) (int, bool) { return p.base, p.base >= 0 }) {
		return true
	}
	for k, v := range m.views {
		if v.changed && just(v.lists, func(p piece) (int, bool) { j, in := p.in[k]; return j, in }) {
			return true
		}
	}
	return false
}

// stoodAlike tells whether an item bore its mark as last of its list, or not as last, in a text that went in.
func (m *merger) stoodAlike(p piece, last bool) bool {
	stood := func(t resolution.Text, o outline, block int) bool {
		list := o.of[block]
		if list < 0 || headOf(t.Blocks[block], -1, block).mark != p.mark {
			return false
		}
		items := o.lists[list].Items
		return (items[len(items)-1] == block) == last
	}
	if p.base >= 0 && stood(m.base, m.baseLists, p.base) {
		return true
	}
	for k, j := range p.in {
		if stood(m.views[k].Text, m.views[k].lists, j) {
			return true
		}
	}
	return false
}
