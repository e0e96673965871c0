package ot

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Encode returns the JSON form of the change set, without white space.
func (c ChangeSet) Encode() []byte {
	return c.AppendJSON(make([]byte, 0, 32))
}

// MarshalJSON makes a change set a part of larger JSON values.
func (c ChangeSet) MarshalJSON() ([]byte, error) { return c.Encode(), nil }

// AppendJSON appends the JSON form to out.
func (c ChangeSet) AppendJSON(out []byte) []byte {
	out = append(out, '[')
	for i, s := range c.spans {
		if i > 0 {
			out = append(out, ',')
		}
		if s.ins < 0 {
			out = strconv.AppendInt(out, int64(s.n), 10)
			continue
		}
		out = append(out, '[')
		out = strconv.AppendInt(out, int64(s.n), 10)
		if s.ins > 0 {
			out = append(out, ',', '"')
			out = appendLines(out, c.inserted(i))
			out = append(out, '"')
		}
		out = append(out, ']')
	}
	return append(out, ']')
}

// appendLines writes units as the inside of one or several JSON strings, a line each.
func appendLines(out []byte, units []uint16) []byte {
	for i := 0; i < len(units); i++ {
		u := units[i]
		switch {
		case u == '\n':
			out = append(out, `","`...)
		case u == '"' || u == '\\':
			out = append(out, '\\', byte(u))
		case u == '\t':
			out = append(out, `\t`...)
		case u >= ' ' && u < utf8.RuneSelf:
			out = append(out, byte(u))
		case u < ' ':
			out = append(out, `\u00`...)
			out = append(out, "0123456789abcdef"[u>>4], "0123456789abcdef"[u&15])
		case utf16.IsSurrogate(rune(u)) && i+1 < len(units):
			out = utf8.AppendRune(out, utf16.DecodeRune(rune(u), rune(units[i+1])))
			i++
		default:
			out = utf8.AppendRune(out, rune(u))
		}
	}
	return out
}
