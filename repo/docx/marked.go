package docx

import (
	"slices"
	"strings"
	"unicode/utf8"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// state says what became of words, of a paragraph mark, or of a row.
type state uint8

const (
	kept state = iota
	inserted
	deleted
)

// change is a state with who made it.
type change struct {
	state  state
	author string
}

// pieceKind says what a piece of a paragraph is.
type pieceKind uint8

const (
	pieceText pieceKind = iota
	pieceTab
	pieceNote
	pieceCommentStart
	pieceCommentEnd
)

// piece is a run to be written.
type piece struct {
	kind     pieceKind
	text     string
	id       int // of a note or comment
	emphasis bool
	was      bool // the emphasis before
	change
}

// marked is a paragraph to be written, with both its sides.
type marked struct {
	style  string // id; "" is Normal
	was    string // the style before
	pieces []piece
	mark   change // of the paragraph mark
	block  int    // of the proposal's text, -1 if in none
	words  int    // index of the first piece after the label
}

// markedRow is a row of a table.
type markedRow struct {
	cells [][]piece
	change
}

// part is a paragraph or a table of the file.
type part struct {
	*marked
	rows []markedRow
}

// styleOf gives the paragraph style of a block.
func styleOf(b resolution.Block) string {
	switch b.Kind {
	case resolution.KindNumber:
		return "ResNo"
	case resolution.KindTitle:
		return "Restitle"
	case resolution.KindHistory:
		return "Resref"
	case resolution.KindOpener:
		return "Call"
	case resolution.KindDivision:
		return "AnnexNo"
	case resolution.KindDivisionTitle:
		return "Annextitle"
	case resolution.KindHeading:
		return "Headingb"
	case resolution.KindFootnote:
		return "FootnoteText"
	case resolution.KindParagraph, resolution.KindItem, resolution.KindBullet, resolution.KindTable:
	}
	switch {
	case b.Level <= 0:
		return ""
	case b.Level == 1:
		return "enumlev1"
	case b.Level == 2:
		return "enumlev2"
	}
	return "enumlev3"
}

// labels gives what each block has before its words on paper: "5", "a)", "•".
func labels(t resolution.Text) []string {
	out := make([]string, len(t.Blocks))
	var bullets []int
	for i, b := range t.Blocks {
		for len(bullets) > 0 && bullets[len(bullets)-1] >= b.Level {
			bullets = bullets[:len(bullets)-1]
		}
		switch b.Kind {
		case resolution.KindItem:
			out[i] = strings.TrimSuffix(string(b.Label), ".")
		case resolution.KindBullet:
			out[i] = "•"
			if len(bullets) > 0 {
				out[i] = "–"
			}
			bullets = append(bullets, b.Level)
		case resolution.KindFootnote:
			out[i] = "[^" + string(b.Label) + "]:"
		default:
		}
	}
	return out
}

// side is one text with what writing it needs.
type side struct {
	text   resolution.Text
	labels []string
	words  []string // with a stand-in character for every note that is written as one
}

// marker compares two texts and builds the paragraphs with both sides.
type marker struct {
	base, revised side
	notes         *noteTable
	author        func(inserted bool, words string) string
	parts         []part
}

// step is what is written at one place: the blocks of both sides.
type step struct {
	base, revised []int
	split         bool
}

// layout collects steps, and the base blocks that are deletions at a place to be found.
type layout struct {
	steps []step
	gone  []int
	last  int // the last base block laid out
}

// steps lays out both texts in one order: deletions at their place in the base, insertions at theirs in the revised
// text. What moved is a deletion and an insertion.
func steps(pairs []diff.Pair, skipBase, skipRevised map[int]bool) []step {
	l := layout{last: -1}
	for _, p := range pairs {
		base := slices.DeleteFunc(slices.Clone(p.Base), func(i int) bool { return skipBase[i] })
		revised := slices.DeleteFunc(slices.Clone(p.Revised), func(j int) bool { return skipRevised[j] })
		whole := len(base) == len(p.Base) && len(revised) == len(p.Revised)
		l.add(base, revised, whole && !p.Moved)
	}
	slices.Sort(l.gone)
	for _, i := range l.gone {
		at := slices.IndexFunc(l.steps, func(s step) bool { return len(s.base) > 0 && s.base[0] > i })
		if at < 0 {
			at = len(l.steps)
		}
		l.steps = slices.Insert(l.steps, at, step{base: []int{i}})
	}
	return l.steps
}

// add lays out one pair: in one step if it stays in place, else as deletions and insertions.
func (l *layout) add(base, revised []int, stays bool) {
	if stays && (len(base) == 0 || base[0] > l.last) {
		if len(base) > 0 {
			l.last = base[len(base)-1]
		}
		l.steps = append(l.steps, step{base: base, revised: revised, split: len(base)+len(revised) > 2})
		return
	}
	l.gone = append(l.gone, base...)
	for _, j := range revised {
		l.steps = append(l.steps, step{revised: []int{j}})
	}
}

// run builds all parts.
func (m *marker) run() {
	pairs := diff.Align(m.base.text, m.revised.text)
	skipBase, skipRevised := m.notes.prepare(m, pairs)
	for _, s := range steps(pairs, skipBase, skipRevised) {
		m.step(s)
	}
}

func (m *marker) step(s step) {
	switch {
	case len(s.revised) == 0:
		for _, i := range s.base {
			m.whole(&m.base, i, deleted)
		}
	case len(s.base) == 0:
		for _, j := range s.revised {
			m.whole(&m.revised, j, inserted)
		}
	case s.split:
		m.divided(s)
	default:
		i, j := s.base[0], s.revised[0]
		b, r := m.base.text.Blocks[i], m.revised.text.Blocks[j]
		switch {
		case b.Rows != nil && r.Rows != nil:
			m.parts = append(m.parts, part{rows: m.tableRows(b.Rows, r.Rows)})
		case b.Rows != nil || r.Rows != nil:
			m.whole(&m.base, i, deleted)
			m.whole(&m.revised, j, inserted)
		default:
			m.changed(i, j)
		}
	}
}

// by gives a change with its author.
func (m *marker) by(s state, words string) change {
	if s == kept {
		return change{}
	}
	return change{s, m.author(s == inserted, words)}
}

// whole writes a block that stands on one side only.
func (m *marker) whole(s *side, i int, st state) {
	b := s.text.Blocks[i]
	c := m.by(st, s.words[i])
	block := -1
	if st != deleted {
		block = i
	}
	if b.Rows != nil {
		rows := make([]markedRow, len(b.Rows))
		for k, row := range b.Rows {
			rows[k] = m.wholeRow(row, c)
		}
		m.parts = append(m.parts, part{rows: rows})
		return
	}
	p := &marked{style: styleOf(b), mark: c, block: block}
	p.was = p.style
	p.pieces = append(p.pieces, labelPieces(s.labels[i], c)...)
	p.words = len(p.pieces)
	kind := map[state]diff.OpKind{kept: diff.Equal, inserted: diff.Insert, deleted: diff.Delete}[st]
	p.pieces = append(p.pieces, m.pieces([]diff.Op{{Kind: kind, Text: s.words[i]}}, b.Kind == resolution.KindOpener, &c)...)
	m.parts = append(m.parts, part{marked: p})
}

func (m *marker) wholeRow(row []string, c change) markedRow {
	out := markedRow{change: c}
	kind := map[state]diff.OpKind{kept: diff.Equal, inserted: diff.Insert, deleted: diff.Delete}[c.state]
	for _, cell := range row {
		out.cells = append(out.cells, m.pieces([]diff.Op{{Kind: kind, Text: cell}}, false, &c))
	}
	return out
}

// changed writes a paragraph that stands on both sides.
func (m *marker) changed(i, j int) {
	b, r := m.base.text.Blocks[i], m.revised.text.Blocks[j]
	p := &marked{style: styleOf(r), was: styleOf(b), block: j}
	p.pieces = m.labelChange(m.base.labels[i], m.revised.labels[j])
	p.words = len(p.pieces)
	p.pieces = append(p.pieces, m.pieces(diff.Words(m.base.words[i], m.revised.words[j]), r.Kind == resolution.KindOpener, nil)...)
	m.parts = append(m.parts, part{marked: p})
}

func labelPieces(label string, c change) []piece {
	if label == "" {
		return nil
	}
	first, _ := utf8.DecodeRuneInString(label)
	italic := strings.HasSuffix(label, ")") && first >= 'a' && first <= 'z'
	return []piece{{text: label, emphasis: italic, was: italic, change: c}, {kind: pieceTab, change: c}}
}

// labelChange writes the labels of both sides; labels are words on paper.
func (m *marker) labelChange(was, is string) []piece {
	if was == is {
		return labelPieces(is, change{})
	}
	if was == "" {
		return labelPieces(is, m.by(inserted, is))
	}
	if is == "" {
		return labelPieces(was, m.by(deleted, was))
	}
	return append(labelPieces(was, m.by(deleted, was))[:1:1], append(labelPieces(is, m.by(inserted, is))[:1:1], piece{kind: pieceTab})...)
}
