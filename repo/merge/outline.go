package merge

import (
	"maps"
	"slices"
	"strings"

	"plenary/repo/resolution"
)

// outline is the lists of a text and which block belongs to which.
type outline struct {
	lists []resolution.List
	of    []int // by block, -1 for none
}

func outlineOf(t resolution.Text) outline {
	o := outline{lists: resolution.Lists(t), of: make([]int, len(t.Blocks))}
	for i := range o.of {
		o.of[i] = -1
	}
	for k, l := range o.lists {
		for _, i := range l.Items {
			o.of[i] = k
		}
	}
	return o
}

// root names the list an item belongs to: a list of the base (view -1), or a new list of a view.
type root struct{ view, list, level int }

// rootOf finds the list of a merged piece: that of its base block, else the base list that its list in a view goes on,
// else the view's own list. A piece that a view gave a label of another style left its base list. False for what is in
// no list.
func (m *merger) rootOf(p piece) (root, bool) {
	home := -1
	if p.base >= 0 {
		home = m.baseLists.of[p.base]
	}
	if home >= 0 && p.label == m.base.Blocks[p.base].Label {
		return root{-1, home, p.level}, true
	}
	for k := range m.views {
		j, in := p.in[k]
		if !in || m.views[k].lists.of[j] < 0 || p.base >= 0 && m.views[k].Text.Blocks[j].Label != p.label {
			continue
		}
		v := m.views[k]
		list := v.lists.of[j]
		if home >= 0 && sameSort(m.baseLists.lists[home], v.lists.lists[list]) {
			return root{-1, home, p.level}, true
		}
		if base := m.baseListNear(v, list, j); base >= 0 {
			return root{-1, base, p.level}, true
		}
		return root{k, list, p.level}, true
	}
	return root{-1, home, p.level}, home >= 0
}

// baseListNear finds the base list that the items of a view's list nearest to one of them belong to, -1 if all are new.
func (m *merger) baseListNear(v *view, list, j int) int {
	items := v.lists.lists[list].Items
	at := slices.Index(items, j)
	for step := range len(items) {
		for _, near := range []int{at - step, at + step} {
			if near < 0 || near >= len(items) {
				continue
			}
			i := v.owner[items[near]]
			if i >= 0 && m.baseLists.of[i] >= 0 && sameSort(m.baseLists.lists[m.baseLists.of[i]], v.lists.lists[list]) {
				return m.baseLists.of[i]
			}
		}
	}
	return -1
}

// sameSort tells whether two lists count in one style at one level, so that one can be the other revised.
func sameSort(x, y resolution.List) bool { return x.Style == y.Style && x.Level == y.Level }

// relabel writes labels and final list marks anew where the changes of several proposals came together in one list.
func (m *merger) relabel(pieces []piece) {
	if m.oneVoice() {
		return // the labels are those of the one text
	}
	members := make(map[root][]int)
	var order []root
	for i, p := range pieces {
		if p.kind != resolution.KindItem && p.kind != resolution.KindBullet {
			continue
		}
		r, ok := m.rootOf(p)
		if !ok {
			continue
		}
		if members[r] == nil {
			order = append(order, r)
		}
		members[r] = append(members[r], i)
	}
	for _, r := range order {
		m.disregardStrikers(pieces, members[r])
		if m.scattered(r, pieces, members[r]) {
			continue
		}
		for _, items := range m.cutAtRestarts(pieces, members[r]) {
			model, sources := m.sourcesOf(r, pieces, items)
			m.writeLabels(pieces, items, model, sources)
			m.writeMarks(pieces, items, model, sources)
		}
	}
}

// cutAtRestarts parts a merged list where an item began a list anew in every text that went in and has both it and the
// item above.
func (m *merger) cutAtRestarts(pieces []piece, items []int) [][]int {
	var out [][]int
	from := 0
	for k := 1; k < len(items); k++ {
		if m.restarts(pieces[items[k-1]], pieces[items[k]]) {
			out = append(out, items[from:k])
			from = k
		}
	}
	return append(out, items[from:])
}

func (m *merger) restarts(above, p piece) bool {
	parted, joined := false, false
	see := func(o outline, x, y int) {
		if o.of[x] < 0 || o.of[y] < 0 {
			return
		}
		parted, joined = parted || o.of[x] != o.of[y], joined || o.of[x] == o.of[y]
	}
	if above.base >= 0 && p.base >= 0 {
		see(m.baseLists, above.base, p.base)
	}
	for k, y := range p.in {
		if x, in := above.in[k]; in {
			see(m.views[k].lists, x, y)
		}
	}
	return parted && !joined && m.begins(p)
}

// disregardStrikers takes back what those who struck a clause did to the labels of its list, where the clause stays for
// the time being: they renumbered because of a deletion that is not made.
func (m *merger) disregardStrikers(pieces []piece, items []int) {
	var strikers []int
	for _, i := range items {
		if p := pieces[i]; p.base >= 0 && m.kept[p.base] {
			strikers = append(strikers, m.strikers(p.base)...)
		}
	}
	if len(strikers) == 0 {
		return
	}
	for _, i := range items {
		p := &pieces[i]
		if p.base < 0 {
			continue
		}
		label := newVote(m.base.Blocks[p.base].Label)
		for _, k := range slices.Sorted(maps.Keys(p.in)) {
			if !slices.Contains(strikers, k) {
				label.cast(k, m.views[k].Text.Blocks[p.in[k]].Label)
			}
		}
		p.label = label.result()
	}
}

// scattered tells whether items of the list a merged list goes back to are now in several lists. Then every item keeps
// the label and mark that was voted for it.
func (m *merger) scattered(r root, pieces []piece, items []int) bool {
	for i, p := range pieces {
		at, in, o := p.base, p.base >= 0, m.baseLists
		if r.view >= 0 {
			at, in = p.in[r.view]
			o = m.views[r.view].lists
		}
		if in && at >= 0 && o.of[at] == r.list && !slices.Contains(items, i) {
			return true
		}
	}
	return false
}

// oneVoice tells whether all views that change anything are the same text, taken whole.
func (m *merger) oneVoice() bool {
	var voice *view
	for _, v := range m.views {
		switch {
		case v.refused != nil:
			return false
		case !v.changed:
		case voice == nil:
			voice = v
		case !same(voice.Text, v.Text):
			return false
		}
	}
	return true
}

// sourcesOf gives the list that shows how a merged list counts, and every list of the base and the views that went
// into it.
func (m *merger) sourcesOf(r root, pieces []piece, items []int) (model resolution.List, sources []resolution.List) {
	if r.view < 0 {
		model = m.baseLists.lists[r.list]
	} else {
		model = m.views[r.view].lists.lists[r.list]
	}
	sources = append(sources, model)
	seen := make(map[root]bool)
	for _, i := range items {
		for k, j := range pieces[i].in {
			list := m.views[k].lists.of[j]
			if list >= 0 && !seen[root{view: k, list: list}] {
				seen[root{view: k, list: list}] = true
				sources = append(sources, m.views[k].lists.lists[list])
			}
		}
	}
	return model, sources
}

// writeLabels numbers a merged list by order if every list that went into it does so; else labels stay, and only a
// label that would stand twice, or a bis label whose item above was renumbered, is written anew.
func (m *merger) writeLabels(pieces []piece, items []int, model resolution.List, sources []resolution.List) {
	if model.Style == resolution.StyleBullet {
		return
	}
	if inOrder(pieces, items) && m.begins(pieces[items[0]]) {
		return
	}
	ordered := !slices.ContainsFunc(sources, func(l resolution.List) bool { return !l.Ordered })
	if ordered {
		for k, i := range items {
			if label := model.LabelAt(k); label != "" {
				pieces[i].label = label
			}
		}
		return
	}
	if m.twice(pieces, items) && !m.asInBase(pieces, items) {
		m.squeeze(pieces, items, model)
	}
	for k := range items {
		if k > 0 && m.strayBis(pieces, items, k) {
			m.writeBis(pieces, items, k, model)
		}
	}
}

// twice tells whether two items bear one label that no text that went in gave to both.
func (m *merger) twice(pieces []piece, items []int) bool {
	for k, i := range items {
		if m.taken(pieces, items[:k], pieces[i]) {
			return true
		}
	}
	return false
}

func (m *merger) taken(pieces []piece, above []int, p piece) bool {
	return slices.ContainsFunc(above, func(i int) bool { return pieces[i].label == p.label && !m.sideBySideIn(pieces[i], p) })
}

// asInBase gives the base items their base labels back if no label stands twice then: what others renumbered because
// of a deletion is as it was if the deletion is not made.
func (m *merger) asInBase(pieces []piece, items []int) bool {
	before := make([]resolution.Label, len(items))
	for k, i := range items {
		p := &pieces[i]
		before[k] = p.label
		if p.base >= 0 && m.base.Blocks[p.base].Label != "" {
			p.label = m.base.Blocks[p.base].Label
		}
	}
	if !m.twice(pieces, items) {
		return true
	}
	for k, i := range items {
		pieces[i].label = before[k]
	}
	return false
}

// squeeze gives each item whose label another already bears the next bis of the one above it.
func (m *merger) squeeze(pieces []piece, items []int, model resolution.List) {
	for k, i := range items {
		if k > 0 && m.taken(pieces, items[:k], pieces[i]) {
			m.writeBis(pieces, items, k, model)
		}
	}
}

// writeBis gives an item the label that goes between its neighbours, if there is one.
func (m *merger) writeBis(pieces []piece, items []int, k int, model resolution.List) {
	following := resolution.Label("")
	if k+1 < len(items) {
		following = pieces[items[k+1]].label
	}
	label := resolution.Next(pieces[items[k-1]].label, following, model.Style)
	if label != "" && !slices.ContainsFunc(items, func(i int) bool { return pieces[i].label == label }) {
		pieces[items[k]].label = label
	}
}

// sideBySideIn tells whether one text that went in has both items with the label they share, on purpose or not.
func (m *merger) sideBySideIn(x, y piece) bool {
	if x.base >= 0 && y.base >= 0 && m.base.Blocks[x.base].Label == x.label && m.base.Blocks[y.base].Label == y.label {
		return true
	}
	for k, j := range x.in {
		blocks := m.views[k].Text.Blocks
		if other, in := y.in[k]; in && blocks[j].Label == x.label && blocks[other].Label == y.label {
			return true
		}
	}
	return false
}

// begins tells whether an item bore its label as the first of a list in a text that went in.
func (m *merger) begins(p piece) bool {
	first := func(t resolution.Text, o outline, block int) bool {
		list := o.of[block]
		return list >= 0 && o.lists[list].Items[0] == block && t.Blocks[block].Label == p.label
	}
	if p.base >= 0 && first(m.base, m.baseLists, p.base) {
		return true
	}
	for k, j := range p.in {
		if first(m.views[k].Text, m.views[k].lists, j) {
			return true
		}
	}
	return false
}

// inOrder tells whether labels already go on one after the other from where a list may begin.
func inOrder(pieces []piece, items []int) bool {
	var t resolution.Text
	for _, i := range items {
		t.Blocks = append(t.Blocks, resolution.Block{Kind: resolution.KindItem, Label: pieces[i].label, Words: "x"})
	}
	lists := resolution.Lists(t)
	return len(lists) == 1 && lists[0].Ordered
}

var bisWords = []string{"bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "nonies", "decies"}

// strayBis tells whether an inserted bis item stands under an item whose label is not the one it was written under.
func (m *merger) strayBis(pieces []piece, items []int, k int) bool {
	p := pieces[items[k]]
	if p.base >= 0 || !slices.ContainsFunc(bisWords, func(w string) bool { return strings.Contains(string(p.label), w) }) {
		return false
	}
	for v, j := range p.in {
		list := m.views[v].lists.of[j]
		if list < 0 {
			continue
		}
		siblings := m.views[v].lists.lists[list].Items
		at := slices.Index(siblings, j)
		if at > 0 && m.views[v].Text.Blocks[siblings[at-1]].Label == pieces[items[k-1]].label {
			return false
		}
	}
	return true
}
