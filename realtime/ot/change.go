package ot

import (
	"fmt"
	"slices"
	"unicode/utf16"
)

// ChangeError tells why a change set is refused.
type ChangeError struct {
	Reason string
}

// Error gives the reason.
func (e *ChangeError) Error() string { return "change set: " + e.Reason }

func refuse(format string, args ...any) error {
	return &ChangeError{Reason: fmt.Sprintf(format, args...)}
}

// keep marks a span that is left as it is.
const keep = -1

// span is one section: n units of the old text, and how many units stand in their place
// (keep: the same ones).
type span struct {
	n, ins int
}

// Desc is a change set without its words: lengths only, enough to map positions and to
// map other changes over it. The zero Desc changes an empty text into an empty text.
type Desc struct {
	spans []span
}

// ChangeSet describes how one text becomes another, section by section. It is a value:
// no function changes the sets it is given.
type ChangeSet struct {
	Desc
	text [][]uint16 // text[i] is what spans[i] inserts; may be shorter than spans
}

// LengthBefore is the length of the text the changes start from.
func (d Desc) LengthBefore() int {
	total := 0
	for _, s := range d.spans {
		total += s.n
	}
	return total
}

// LengthAfter is the length of the text the changes lead to.
func (d Desc) LengthAfter() int {
	total := 0
	for _, s := range d.spans {
		total += s.lengthAfter()
	}
	return total
}

func (s span) lengthAfter() int {
	if s.ins < 0 {
		return s.n
	}
	return s.ins
}

// Empty tells whether nothing is changed.
func (d Desc) Empty() bool {
	return len(d.spans) == 0 || len(d.spans) == 1 && d.spans[0].ins < 0
}

// Units is the number of units deleted and inserted, a measure of work done.
func (d Desc) Units() int {
	total := 0
	for _, s := range d.spans {
		if s.ins >= 0 {
			total += s.n + s.ins
		}
	}
	return total
}

// LastEdit returns the position in the new text at the end of the last change: where the
// caret of whoever typed it stands. It returns false if nothing is changed.
func (d Desc) LastEdit() (int, bool) {
	pos, last, found := 0, 0, false
	for _, s := range d.spans {
		pos += s.lengthAfter()
		if s.ins >= 0 {
			last, found = pos, true
		}
	}
	return last, found
}

// inserted returns what the i-th span inserts.
func (c ChangeSet) inserted(i int) []uint16 {
	if i >= len(c.text) {
		return nil
	}
	return c.text[i]
}

// Equal tells whether both sets have the same sections and insert the same words.
func (c ChangeSet) Equal(d ChangeSet) bool {
	if !slices.Equal(c.spans, d.spans) {
		return false
	}
	for i := range c.spans {
		if !slices.Equal(c.inserted(i), d.inserted(i)) {
			return false
		}
	}
	return true
}

// Replace returns the set that puts words in place of units from..to of a text of the
// given length. Positions outside the text are an error.
func Replace(length, from, to int, words string) (ChangeSet, error) {
	return Changes(length, []Place{{Range{from, to}, words}})
}

// Place is a range of a text and the words that are put in its place.
type Place struct {
	Range
	Words string
}

// Changes returns the set that makes changes at several places of a text of the given length. Places ascend and do not
// overlap; other places are an error.
func Changes(length int, places []Place) (ChangeSet, error) {
	var b builder
	at := 0
	for _, p := range places {
		if p.From < at || p.To < p.From || p.To > length {
			return ChangeSet{}, refuse("range %d to %d is behind %d or outside a text of %d units", p.From, p.To, at, length)
		}
		units := utf16.Encode([]rune(p.Words))
		b.add(p.From-at, keep, nil, false)
		b.add(p.To-p.From, len(units), units, false)
		at = p.To
	}
	b.add(length-at, keep, nil, false)
	return b.set(), nil
}

// Invert returns the set that undoes c; before is the text c starts from.
func (c ChangeSet) Invert(before *Buffer) (ChangeSet, error) {
	if n := c.LengthBefore(); n != before.Len() {
		return ChangeSet{}, refuse("it is for a text of %d units, not %d", n, before.Len())
	}
	out := ChangeSet{Desc: Desc{spans: make([]span, len(c.spans))}, text: make([][]uint16, len(c.spans))}
	pos := 0
	for i, s := range c.spans {
		out.spans[i] = s
		if s.ins >= 0 {
			out.spans[i] = span{n: s.ins, ins: s.n}
			out.text[i] = before.units(pos, pos+s.n)
		}
		pos += s.n
	}
	return out, nil
}

// builder joins sections as they come, the way CodeMirror does.
type builder struct {
	spans []span
	text  [][]uint16
	words bool // keep the inserted words
}

func newBuilder(sections int, words bool) builder {
	b := builder{spans: make([]span, 0, sections), words: words}
	if words {
		b.text = make([][]uint16, 0, sections)
	}
	return b
}

// add puts a section at the end. Neighbouring kept sections, pure deletions and pure
// insertions become one; with open, the section becomes part of the one before it.
func (b *builder) add(n, ins int, words []uint16, open bool) {
	if n == 0 && ins <= 0 {
		return
	}
	last := len(b.spans) - 1
	switch {
	case last >= 0 && ins <= 0 && ins == b.spans[last].ins:
		b.spans[last].n += n
	case last >= 0 && n == 0 && b.spans[last].n == 0:
		b.spans[last].ins += ins
		b.addWords(words)
	case open && last >= 0:
		b.spans[last].n += n
		b.spans[last].ins += ins
		b.addWords(words)
	default:
		b.spans = append(b.spans, span{n: n, ins: ins})
		b.addWords(words)
	}
}

// addWords puts words at the end of what the last section inserts.
func (b *builder) addWords(words []uint16) {
	if len(words) == 0 {
		return
	}
	last := len(b.spans) - 1
	for len(b.text) <= last {
		b.text = append(b.text, nil)
	}
	if b.text[last] == nil {
		b.text[last] = slices.Clip(words)
		return
	}
	b.text[last] = append(b.text[last], words...)
}

func (b *builder) set() ChangeSet {
	return ChangeSet{Desc: Desc{spans: b.spans}, text: b.text}
}
