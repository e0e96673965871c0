package resolution

import "strings"

// LabelAt gives the label of the item at an index of a list that counts by order: the style and the first label are the
// list's. It is empty for bullets and where the count cannot go so far.
func (l List) LabelAt(index int) Label {
	if l.Style == StyleBullet || l.Style == StyleNone {
		return ""
	}
	r := l.count
	r.bis = 0
	r.value += index
	return r.label()
}

// RenumberLists writes the labels of every list anew by order, which closes up gaps and bis labels: the explicit act
// Renumber. A list begins with the label it has now. Numbers in headings are words and stay; the sub-numbers under a
// renumbered one take its new number.
func RenumberLists(t Text) Text {
	out := Text{Blocks: append([]Block(nil), t.Blocks...)}
	renamed := map[string]string{} // beginnings of sub-numbers, old to new
	for _, list := range Lists(t) {
		if list.Style == StyleBullet {
			continue
		}
		for k, i := range list.Items {
			label := list.LabelAt(k)
			if label == "" {
				continue
			}
			out.Blocks[i].Label = label
		}
	}
	renameSubNumbers(t, &out, renamed)
	return out
}

// renameSubNumbers carries the new number of a sub-number to those under it.
func renameSubNumbers(old Text, out *Text, renamed map[string]string) {
	for i := range out.Blocks {
		before := old.Blocks[i].Label
		if out.Blocks[i].Kind == KindDivision {
			clear(renamed)
		}
		if out.Blocks[i].Kind != KindItem || !isSubNumber(before) {
			continue
		}
		r := readings(out.Blocks[i].Label)[0]
		if prefix, ok := renamed[r.prefix]; ok {
			r.prefix = prefix
			out.Blocks[i].Label = r.label()
		}
		renamed[string(before)+"."] = strings.TrimSuffix(string(out.Blocks[i].Label), ".") + "."
	}
}

// Next gives the label that comes after another when a new item is opened below it: the next one, or, when that label is
// taken by the item that follows in the list, the next bis of it: c), then c bis). Pass "" as following at a list's end.
// Empty when the count cannot go so far.
func Next(above, following Label, style Style) Label {
	r, ok := readingOf(above, style)
	if !ok {
		return ""
	}
	if following == "" || !sameCount(above, following) {
		r.value, r.bis = r.value+1, 0
		return r.label()
	}
	f, ok := readingAs(following, r)
	if ok && (f.value > r.value+1 || f.value < r.value) {
		r.value, r.bis = r.value+1, 0
		return r.label()
	}
	r.bis++
	if ok && f.value == r.value && f.bis <= r.bis {
		return ""
	}
	return r.label()
}

// readingOf reads a label in a style; StyleNone takes the likeliest.
func readingOf(label Label, style Style) (reading, bool) {
	all := readings(label)
	for _, r := range all {
		if r.style == style {
			return r, true
		}
	}
	if len(all) == 0 {
		return reading{}, false
	}
	first, _ := countOf([]Label{label})
	return first, true
}
