package pdf

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/go-text/typesetting/font"
)

func glyphID(g uint16) font.GID { return font.GID(g) }

var errFont = errors.New("the font is not a TrueType font that can be cut")

// tablesKept are what a reader of a PDF needs of a font whose shapes are named by number.
var tablesKept = []string{"cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "prep"}

// outlines are the shapes of a font by number.
type outlines struct {
	count      int
	long       bool // how places are written in loca
	loca, glyf []byte
}

// shape gives one outline; empty for a blank.
func (o outlines) shape(g int) ([]byte, error) {
	var from, to int
	switch {
	case g < 0 || g >= o.count:
		return nil, errFont
	case o.long && len(o.loca) >= 4*g+8:
		from, to = int(binary.BigEndian.Uint32(o.loca[4*g:])), int(binary.BigEndian.Uint32(o.loca[4*g+4:]))
	case !o.long && len(o.loca) >= 2*g+4:
		from, to = 2*int(binary.BigEndian.Uint16(o.loca[2*g:])), 2*int(binary.BigEndian.Uint16(o.loca[2*g+2:]))
	default:
		return nil, errFont
	}
	if from > to || to > len(o.glyf) {
		return nil, errFont
	}
	return o.glyf[from:to], nil
}

// with gives the outlines of the given shapes and of those they are composed of.
func (o outlines) with(shapes []uint16) (map[int][]byte, error) {
	wanted := map[int][]byte{}
	queue := []int{0}
	for _, g := range shapes {
		queue = append(queue, int(g))
	}
	for len(queue) > 0 {
		g := queue[0]
		queue = queue[1:]
		if _, known := wanted[g]; known {
			continue
		}
		shape, err := o.shape(g)
		if err != nil {
			return nil, err
		}
		wanted[g] = shape
		queue = append(queue, composedOf(shape)...)
	}
	return wanted, nil
}

// subset gives a font with the outlines of the given shapes, and of those they are composed of, and no others. The
// numbers of the shapes stay.
func subset(ttf []byte, shapes []uint16) ([]byte, error) {
	tables, err := tablesOf(ttf)
	if err != nil {
		return nil, err
	}
	head, maxp := tables["head"], tables["maxp"]
	if len(head) < 54 || len(maxp) < 6 || tables["glyf"] == nil {
		return nil, errFont
	}
	all := outlines{int(binary.BigEndian.Uint16(maxp[4:])), binary.BigEndian.Uint16(head[50:]) == 1, tables["loca"], tables["glyf"]}
	wanted, err := all.with(shapes)
	if err != nil {
		return nil, err
	}
	var glyf, loca []byte
	for g := range all.count {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, wanted[g]...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head = bytes.Clone(head)
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1)
	tables["head"], tables["loca"], tables["glyf"] = head, loca, glyf
	return assemble(tables), nil
}

// tablesOf gives the tables of a font by name.
func tablesOf(ttf []byte) (map[string][]byte, error) {
	if len(ttf) < 12 || binary.BigEndian.Uint32(ttf) != 0x00010000 {
		return nil, errFont
	}
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		entry := 12 + 16*i
		if len(ttf) < entry+16 {
			return nil, errFont
		}
		from, size := int(binary.BigEndian.Uint32(ttf[entry+8:])), int(binary.BigEndian.Uint32(ttf[entry+12:]))
		if from+size > len(ttf) {
			return nil, errFont
		}
		tables[string(ttf[entry:entry+4])] = ttf[from : from+size]
	}
	return tables, nil
}

// composedOf gives the shapes that a shape is composed of.
func composedOf(shape []byte) []int {
	if len(shape) < 10 || int16(binary.BigEndian.Uint16(shape)) >= 0 {
		return nil
	}
	var parts []int
	for at := 10; at+4 <= len(shape); {
		flags := binary.BigEndian.Uint16(shape[at:])
		parts = append(parts, int(binary.BigEndian.Uint16(shape[at+2:])))
		at += 6
		if flags&1 != 0 { // arguments are words
			at += 2
		}
		switch {
		case flags&8 != 0: // one scale
			at += 2
		case flags&0x40 != 0: // two
			at += 4
		case flags&0x80 != 0: // four
			at += 8
		}
		if flags&0x20 == 0 { // no more
			break
		}
	}
	return parts
}

// assemble writes a font of the tables that are kept.
func assemble(tables map[string][]byte) []byte {
	var kept []string
	for _, name := range tablesKept {
		if tables[name] != nil {
			kept = append(kept, name)
		}
	}
	out := []byte{0, 1, 0, 0}
	power, log := 1, 0
	for power*2 <= len(kept) {
		power, log = power*2, log+1
	}
	for _, n := range []int{len(kept), power * 16, log, (len(kept) - power) * 16} {
		out = binary.BigEndian.AppendUint16(out, uint16(n))
	}
	at := len(out) + 16*len(kept)
	var body []byte
	for _, name := range kept {
		table := tables[name]
		out = append(out, name...)
		var sum uint32
		for i := 0; i < len(table); i += 4 {
			var word [4]byte
			copy(word[:], table[i:])
			sum += binary.BigEndian.Uint32(word[:])
		}
		for _, n := range []uint32{sum, uint32(at + len(body)), uint32(len(table))} {
			out = binary.BigEndian.AppendUint32(out, n)
		}
		body = append(body, table...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	return append(out, body...)
}
