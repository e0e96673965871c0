package ot

import (
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Buffer is a text that is edited at one place after the other: UTF-16 units with a gap
// where the last change was. It is not safe for use by several goroutines.
type Buffer struct {
	store            []uint16
	gapStart, gapEnd int
	bytes            int // length in UTF-8
}

// gapRoom is how much room a new gap has at least.
const gapRoom = 256

// NewBuffer returns a buffer that holds text. Invalid UTF-8 becomes U+FFFD.
func NewBuffer(text string) *Buffer {
	units := make([]uint16, 0, len(text)+gapRoom)
	for _, r := range text {
		units = utf16.AppendRune(units, r)
	}
	n := len(units)
	b := &Buffer{store: units[:cap(units)], gapStart: n, gapEnd: cap(units)}
	b.bytes = utf8Length(units)
	return b
}

// Len is the length of the text in UTF-16 units.
func (b *Buffer) Len() int { return len(b.store) - (b.gapEnd - b.gapStart) }

// Bytes is the length of the text in UTF-8.
func (b *Buffer) Bytes() int { return b.bytes }

// String returns the text.
func (b *Buffer) String() string {
	out := make([]byte, 0, b.bytes)
	out = appendUTF8(out, b.store[:b.gapStart])
	out = appendUTF8(out, b.store[b.gapEnd:])
	return string(out)
}

// Slice returns the text from one position to another. Both must lie inside the text.
func (b *Buffer) Slice(from, to int) string {
	return string(utf16.Decode(b.units(from, to)))
}

// units copies a part of the text.
func (b *Buffer) units(from, to int) []uint16 {
	out := make([]uint16, 0, to-from)
	if from < b.gapStart {
		out = append(out, b.store[from:min(to, b.gapStart)]...)
	}
	if to > b.gapStart {
		gap := b.gapEnd - b.gapStart
		out = append(out, b.store[max(from, b.gapStart)+gap:to+gap]...)
	}
	return out
}

func (b *Buffer) at(pos int) uint16 {
	if pos >= b.gapStart {
		pos += b.gapEnd - b.gapStart
	}
	return b.store[pos]
}

// Check tells whether the change set fits the text: the same length, and no edge of a
// section between the halves of a surrogate pair.
func (b *Buffer) Check(c ChangeSet) error {
	pos := 0
	for _, s := range c.spans {
		if s.n > b.Len()-pos {
			return refuse("it is for a longer text than %d units", b.Len())
		}
		if s.ins >= 0 && (b.insidePair(pos) || b.insidePair(pos+s.n)) {
			return refuse("it cuts a surrogate pair")
		}
		pos += s.n
	}
	if pos != b.Len() {
		return refuse("it is for a text of %d units, but the text has %d", pos, b.Len())
	}
	return nil
}

func (b *Buffer) insidePair(pos int) bool {
	return pos > 0 && pos < b.Len() && isHigh(b.at(pos-1)) && isLow(b.at(pos))
}

func isHigh(u uint16) bool { return u&0xfc00 == 0xd800 }
func isLow(u uint16) bool  { return u&0xfc00 == 0xdc00 }

// Apply checks the change set and makes the changes. On an error the text is as it was.
func (b *Buffer) Apply(c ChangeSet) error {
	if err := b.Check(c); err != nil {
		return err
	}
	pos := 0
	for i, s := range c.spans {
		if s.ins >= 0 {
			b.replace(pos, s.n, c.inserted(i))
		}
		pos += s.lengthAfter()
	}
	return nil
}

// replace puts words in place of n units at pos.
func (b *Buffer) replace(pos, n int, words []uint16) {
	b.moveGap(pos)
	b.bytes -= utf8Length(b.store[b.gapEnd : b.gapEnd+n])
	b.gapEnd += n
	if len(words) > b.gapEnd-b.gapStart {
		b.widen(len(words))
	}
	b.gapStart += copy(b.store[b.gapStart:], words)
	b.bytes += utf8Length(words)
}

func (b *Buffer) moveGap(pos int) {
	switch {
	case pos < b.gapStart:
		n := b.gapStart - pos
		copy(b.store[b.gapEnd-n:b.gapEnd], b.store[pos:b.gapStart])
		b.gapStart, b.gapEnd = pos, b.gapEnd-n
	case pos > b.gapStart:
		n := pos - b.gapStart
		copy(b.store[b.gapStart:], b.store[b.gapEnd:b.gapEnd+n])
		b.gapStart, b.gapEnd = pos, b.gapEnd+n
	}
}

// widen makes a gap that holds at least n units, in proportion to the text.
func (b *Buffer) widen(n int) {
	tail := b.store[b.gapEnd:]
	room := n + gapRoom + b.Len()/8
	store := make([]uint16, b.gapStart+room+len(tail))
	copy(store, b.store[:b.gapStart])
	copy(store[b.gapStart+room:], tail)
	b.store, b.gapEnd = store, b.gapStart+room
}

// Clone returns a copy that shares nothing with b.
func (b *Buffer) Clone() *Buffer {
	out := *b
	out.store = slices.Clone(b.store)
	return &out
}

// utf8Length is the length of whole characters in UTF-8.
func utf8Length(units []uint16) int {
	n := 0
	for _, u := range units {
		switch {
		case u < 0x80:
			n++
		case u < 0x800 || utf16.IsSurrogate(rune(u)): // half of four
			n += 2
		default:
			n += 3
		}
	}
	return n
}

// appendUTF8 appends whole characters in UTF-8. The gap never lies inside a pair.
func appendUTF8(out []byte, units []uint16) []byte {
	for i := 0; i < len(units); i++ {
		u := units[i]
		switch {
		case u < utf8.RuneSelf:
			out = append(out, byte(u))
		case isHigh(u) && i+1 < len(units):
			out = utf8.AppendRune(out, utf16.DecodeRune(rune(u), rune(units[i+1])))
			i++
		default:
			out = utf8.AppendRune(out, rune(u))
		}
	}
	return out
}
