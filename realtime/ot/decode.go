package ot

import (
	"unicode/utf16"
	"unicode/utf8"
)

// MaxUnits is the greatest length of a text, before and after a change.
const MaxUnits = 1 << 24

// AnyLength given to Decode takes the text's length from the change set itself; whoever
// applies it has to compare LengthBefore.
const AnyLength = -1

// Decode reads the JSON form of a change set for a text of the given length. It takes
// only what ChangeSet.toJSON writes: whole numbers, sections joined where they can be,
// lines without breaks, no control characters but the tab, no half surrogate pairs.
func Decode(raw []byte, lengthBefore int) (ChangeSet, error) {
	d := decoder{raw: raw}
	set, err := d.changeSet()
	if err != nil {
		return ChangeSet{}, err
	}
	if n := set.LengthBefore(); lengthBefore != AnyLength && n != lengthBefore {
		return ChangeSet{}, refuse("it is for a text of %d units, but the text has %d", n, lengthBefore)
	}
	return set, nil
}

type decoder struct {
	raw []byte
	pos int
	// buf collects the units of all inserted words; the sections share it.
	buf []uint16
}

func (d *decoder) changeSet() (ChangeSet, error) {
	var set ChangeSet
	if err := d.expect('['); err != nil {
		return set, err
	}
	if d.accept(']') {
		return set, d.end()
	}
	set.spans = make([]span, 0, 3)
	total, totalAfter := 0, 0
	for {
		s, words, err := d.section()
		if err != nil {
			return set, err
		}
		if err := joined(set.spans, s); err != nil {
			return set, err
		}
		set.spans = append(set.spans, s)
		if len(words) > 0 {
			for len(set.text) < len(set.spans)-1 {
				set.text = append(set.text, nil)
			}
			set.text = append(set.text, words)
		}
		total, totalAfter = total+s.n, totalAfter+s.lengthAfter()
		if total > MaxUnits || totalAfter > MaxUnits {
			return set, refuse("the text would be longer than %d units", MaxUnits)
		}
		if d.accept(']') {
			return set, d.end()
		}
		if err := d.expect(','); err != nil {
			return set, err
		}
	}
}

// joined refuses a section that should have been one with the section before it.
func joined(before []span, s span) error {
	if s.n == 0 && s.ins <= 0 {
		return refuse("a section keeps, deletes and inserts nothing")
	}
	if len(before) == 0 {
		return nil
	}
	last := before[len(before)-1]
	if s.ins <= 0 && s.ins == last.ins || s.n == 0 && last.n == 0 {
		return refuse("two neighbouring sections of one kind are not joined")
	}
	return nil
}

// section reads n, [n] or [n,"line",...].
func (d *decoder) section() (span, []uint16, error) {
	if !d.accept('[') {
		n, err := d.number()
		return span{n: n, ins: keep}, nil, err
	}
	n, err := d.number()
	if err != nil {
		return span{}, nil, err
	}
	start, lines := len(d.buf), 0
	for !d.accept(']') {
		if err := d.expect(','); err != nil {
			return span{}, nil, err
		}
		if lines > 0 {
			d.buf = append(d.buf, '\n')
		}
		if err := d.line(); err != nil {
			return span{}, nil, err
		}
		lines++
	}
	words := d.buf[start:len(d.buf):len(d.buf)]
	if lines > 0 && len(words) == 0 {
		return span{}, nil, refuse("a section inserts an empty line of words")
	}
	return span{n: n, ins: len(words)}, words, nil
}

// number reads a whole number without sign, leading zero, fraction or exponent.
func (d *decoder) number() (int, error) {
	d.blank()
	start, n := d.pos, 0
	for d.pos < len(d.raw) && d.raw[d.pos] >= '0' && d.raw[d.pos] <= '9' {
		n = n*10 + int(d.raw[d.pos]-'0')
		if n > MaxUnits {
			return 0, refuse("a section is longer than %d units", MaxUnits)
		}
		d.pos++
	}
	if d.pos == start || d.raw[start] == '0' && d.pos > start+1 {
		return 0, refuse("a whole number is expected at byte %d", start)
	}
	return n, nil
}

// line reads a JSON string into buf.
func (d *decoder) line() error {
	if err := d.expect('"'); err != nil {
		return err
	}
	for d.pos < len(d.raw) {
		c := d.raw[d.pos]
		switch {
		case c == '"':
			d.pos++
			return nil
		case c == '\\':
			if err := d.escape(); err != nil {
				return err
			}
		case c < utf8.RuneSelf:
			d.pos++
			if err := d.put(rune(c)); err != nil {
				return err
			}
		default:
			r, size := utf8.DecodeRune(d.raw[d.pos:])
			if r == utf8.RuneError && size <= 1 {
				return refuse("byte %d is not valid UTF-8", d.pos)
			}
			d.pos += size
			if err := d.put(r); err != nil {
				return err
			}
		}
	}
	return refuse("a line of words does not end")
}

// put appends a character unless the text may not hold it.
func (d *decoder) put(r rune) error {
	switch {
	case r == '\n' || r == '\r':
		return refuse("a line of words holds a line break")
	case r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0:
		return refuse("a line of words holds the control character U+%04X", r)
	}
	if r < 0x10000 {
		d.buf = append(d.buf, uint16(r))
		return nil
	}
	d.buf = utf16.AppendRune(d.buf, r)
	return nil
}

// escapes are the one-letter escapes of JSON strings.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (d *decoder) escape() error {
	if d.pos+1 >= len(d.raw) {
		return refuse("a line of words does not end")
	}
	letter := d.raw[d.pos+1]
	if letter != 'u' {
		if escapes[letter] == 0 {
			return refuse("unknown escape at byte %d", d.pos)
		}
		d.pos += 2
		return d.put(rune(escapes[letter]))
	}
	first, err := d.hex()
	if err != nil {
		return err
	}
	if !utf16.IsSurrogate(first) {
		return d.put(first)
	}
	if d.pos+1 < len(d.raw) && d.raw[d.pos] == '\\' && d.raw[d.pos+1] == 'u' {
		second, err := d.hex()
		if err != nil {
			return err
		}
		if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
			return d.put(r)
		}
	}
	return refuse("half of a surrogate pair before byte %d", d.pos)
}

// hex reads an escape of the form \uXXXX.
func (d *decoder) hex() (rune, error) {
	if d.pos+6 > len(d.raw) {
		return 0, refuse("a line of words does not end")
	}
	var r rune
	for _, c := range d.raw[d.pos+2 : d.pos+6] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, refuse("bad escape at byte %d", d.pos)
		}
	}
	d.pos += 6
	return r, nil
}

// blank passes JSON white space.
func (d *decoder) blank() {
	for d.pos < len(d.raw) {
		switch d.raw[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

func (d *decoder) accept(c byte) bool {
	d.blank()
	if d.pos < len(d.raw) && d.raw[d.pos] == c {
		d.pos++
		return true
	}
	return false
}

func (d *decoder) expect(c byte) error {
	if !d.accept(c) {
		return refuse("%q is expected at byte %d", c, d.pos)
	}
	return nil
}

func (d *decoder) end() error {
	d.blank()
	if d.pos < len(d.raw) {
		return refuse("something follows the last section")
	}
	return nil
}
