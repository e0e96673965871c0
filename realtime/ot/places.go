package ot

import "slices"

// Range is a part of a text, in UTF-16 units.
type Range struct {
	From, To int
}

// Edits returns what the changes put in place, as ranges of the new text; a range is
// empty where something was only deleted. Touching sections are one edit.
func (d Desc) Edits() []Range {
	var out []Range
	pos := 0
	for _, s := range d.spans {
		end := pos + s.lengthAfter()
		if s.ins >= 0 {
			if n := len(out); n > 0 && out[n-1].To == pos {
				out[n-1].To = end
			} else {
				out = append(out, Range{From: pos, To: end})
			}
		}
		pos = end
	}
	return out
}

// Lines returns the lines that the ranges touch, each once, in order and without their
// breaks. Ranges outside the text are left out.
func (b *Buffer) Lines(ranges []Range) []Range {
	var out []Range
	for _, r := range ranges {
		if r.From < 0 || r.To < r.From || r.To > b.Len() {
			continue
		}
		from := r.From
		for from > 0 && b.at(from-1) != '\n' {
			from--
		}
		for from <= r.To {
			to := from
			for to < b.Len() && b.at(to) != '\n' {
				to++
			}
			if line := (Range{From: from, To: to}); !slices.Contains(out[max(0, len(out)-1):], line) {
				out = append(out, line)
			}
			from = to + 1
		}
	}
	return out
}

// SameWords tells whether two sets insert the same words one after the other, as a set
// and what became of it by rebasing do.
func SameWords(a, b ChangeSet) bool {
	return slices.Equal(slices.Concat(a.text...), slices.Concat(b.text...))
}
