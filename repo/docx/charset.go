package docx

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Word writes UTF-8. Other programs may write UTF-16, which every reader of XML must know, or one of the single-byte
// sets of the West; a part in any other set is refused.

// utf8Reader gives a part as UTF-8 if its first bytes say that it is UTF-16, else as it is.
func utf8Reader(in io.Reader) io.Reader {
	b := bufio.NewReader(in)
	start, err := b.Peek(2)
	if err != nil {
		return b
	}
	switch string(start) {
	case "\xff\xfe", "<\x00":
		return &recoder{in: b, next: units(b, 0, 1)}
	case "\xfe\xff", "\x00<":
		return &recoder{in: b, next: units(b, 1, 0)}
	}
	return b
}

// charsetReader is what an XML declaration of a character set other than UTF-8 leads to; nil if the set is not known.
func charsetReader(label string, in io.Reader) io.Reader {
	b := bufio.NewReader(in)
	switch strings.ToLower(label) {
	case "utf-16", "utf-16le", "utf-16be": // recognised by its first bytes, and UTF-8 by now
		return in
	case "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252":
		return &recoder{in: b, next: func() (rune, error) {
			c, err := b.ReadByte()
			if c >= 0x80 && c < 0xa0 {
				return windows1252[c-0x80], err
			}
			return rune(c), err
		}}
	}
	return nil
}

// windows1252 are the characters 80 to 9F, which ISO 8859-1 leaves to controls that no text holds.
var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

// recoder writes runes as UTF-8.
type recoder struct {
	in   *bufio.Reader
	next func() (rune, error)
	rest []byte
}

// Read gives at least one character.
func (r *recoder) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		for len(r.rest) < 1024 && (len(r.rest) == 0 || r.in.Buffered() >= 4) {
			c, err := r.next()
			if err != nil {
				if len(r.rest) > 0 {
					break // told again at the next call
				}
				return 0, err
			}
			r.rest = utf8.AppendRune(r.rest, c)
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// units reads the characters of UTF-16, in either order of bytes; a half of a pair alone is the sign for it.
func units(in *bufio.Reader, low, high int) func() (rune, error) {
	unit := func() (rune, error) {
		var two [2]byte
		if _, err := io.ReadFull(in, two[:]); err != nil {
			return 0, err //nolint:wrapcheck // io.EOF must reach the reader as it is
		}
		return rune(two[low]) | rune(two[high])<<8, nil
	}
	return func() (rune, error) {
		c, err := unit()
		if err != nil || !utf16.IsSurrogate(c) {
			return c, err
		}
		second, err := unit()
		return utf16.DecodeRune(c, second), err
	}
}
