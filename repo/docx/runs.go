package docx

import (
	"strings"

	"plenary/repo/diff"
)

// tableRows compares two tables: rows that stayed, rows that changed cell by cell, rows that came or went whole.
func (m *marker) tableRows(was, is [][]string) []markedRow {
	var out []markedRow
	i := 0
	same := func(to int) {
		for ; i < to; i++ {
			out = append(out, m.wholeRow(was[i], change{}))
		}
	}
	for _, e := range diff.Rows(was, is) {
		same(e.From)
		k := 0
		for ; e.From+k < e.To && e.RevFrom+k < e.RevTo && len(was[e.From+k]) == len(is[e.RevFrom+k]); k++ {
			row := markedRow{}
			for c, cell := range is[e.RevFrom+k] {
				row.cells = append(row.cells, m.pieces(diff.Words(was[e.From+k][c], cell), false, nil))
			}
			out = append(out, row)
		}
		i += k
		for ; i < e.To; i++ {
			out = append(out, m.wholeRow(was[i], m.by(deleted, strings.Join(was[i], " "))))
		}
		for j := e.RevFrom + k; j < e.RevTo; j++ {
			out = append(out, m.wholeRow(is[j], m.by(inserted, strings.Join(is[j], " "))))
		}
	}
	same(len(was))
	return out
}

// writtenOp is a word operation with the change it is.
type writtenOp struct {
	diff.Op
	change
}

// pieces turns word operations into runs. All belong to one change if given.
func (m *marker) pieces(ops []diff.Op, flat bool, all *change) []piece {
	written := make([]writtenOp, len(ops))
	for i, op := range ops {
		written[i].Op = op
		switch {
		case all != nil:
			written[i].change = *all
		case op.Kind == diff.Insert:
			written[i].change = m.by(inserted, op.Text)
		case op.Kind == diff.Delete:
			written[i].change = m.by(deleted, op.Text)
		}
	}
	return m.runs(written, flat)
}

// runs turns word operations into runs, following the emphasis on both sides.
func (m *marker) runs(ops []writtenOp, flat bool) []piece {
	var out []piece
	was, is := false, false
	for _, op := range ops {
		c := op.change
		var b strings.Builder
		flush := func() {
			if b.Len() == 0 {
				return
			}
			p := piece{text: b.String(), change: c, emphasis: is && !flat, was: was && !flat}
			switch op.Kind {
			case diff.Delete:
				p.emphasis = p.was
			case diff.Insert:
				p.was = p.emphasis
			case diff.Equal:
			}
			out = append(out, p)
			b.Reset()
		}
		escaped := false
		for _, r := range op.Text {
			switch {
			case escaped:
				if !isMarkupMark(r) {
					b.WriteByte('\\')
				}
				b.WriteRune(r)
				escaped = false
			case r == '\\':
				escaped = true
			case r == '*':
				flush()
				was = was != (op.Kind != diff.Insert)
				is = is != (op.Kind != diff.Delete)
			case m.notes.has(r):
				flush()
				out = append(out, piece{kind: pieceNote, id: m.notes.use(r, op.Kind, c), change: c})
			default:
				b.WriteRune(r)
			}
		}
		flush()
	}
	return out
}

// isMarkupMark tells whether a backslash before a character is an escape.
func isMarkupMark(r rune) bool {
	return r > ' ' && r < 0x7f && (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9')
}
