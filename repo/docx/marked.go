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

// divided writes a split or a join: the paragraph marks between the parts came or went. Two other readers stumble over
// such marks where the first label changes too or no blank stood at the cut: there one part is the changed paragraph
// and the others came or went whole.
func (m *marker) divided(s step) {
	pieces, ok := m.dividedPieces(s)
	if !ok {
		m.apart(s)
		return
	}
	bi, rj := 0, 0
	p := &marked{block: s.revised[0]}
	p.pieces = m.labelChange(m.base.labels[s.base[0]], m.revised.labels[s.revised[0]])
	p.words = len(p.pieces)
	style := func() {
		p.style, p.was = styleOf(m.revised.text.Blocks[s.revised[rj]]), styleOf(m.base.text.Blocks[s.base[bi]])
	}
	style()
	for _, pc := range pieces {
		if pc.kind != pieceText {
			p.pieces = append(p.pieces, pc)
			continue
		}
		for n, words := range strings.Split(pc.text, "\n") {
			if n > 0 {
				p.mark = pc.change
				m.parts = append(m.parts, part{marked: p})
				next := &marked{block: -1}
				switch pc.state {
				case inserted:
					p.was, rj = p.style, min(rj+1, len(s.revised)-1)
					next.block = s.revised[rj]
					next.pieces = labelPieces(m.revised.labels[next.block], pc.change)
				case deleted:
					p.style, bi = p.was, min(bi+1, len(s.base)-1)
					next.pieces = labelPieces(m.base.labels[s.base[bi]], pc.change)
				case kept:
				}
				next.words = len(next.pieces)
				p = next
				style()
			}
			if words != "" {
				one := pc
				one.text = words
				p.pieces = append(p.pieces, one)
			}
		}
	}
	m.parts = append(m.parts, part{marked: p})
}

// dividedPieces compares the parts of a split or join as one paragraph each, and tells whether all readers will read
// the marks between them.
func (m *marker) dividedPieces(s step) ([]piece, bool) {
	join := func(side side, at []int) (string, bool) {
		words := make([]string, len(at))
		for k, i := range at {
			words[k] = side.words[i]
			if b := side.text.Blocks[i]; b.Rows != nil || b.Words == "" {
				return "", false
			}
		}
		return strings.Join(words, "\n"), true
	}
	was, ok1 := join(m.base, s.base)
	is, ok2 := join(m.revised, s.revised)
	if !ok1 || !ok2 || m.base.labels[s.base[0]] != m.revised.labels[s.revised[0]] {
		return nil, false
	}
	pieces := insertionsFirst(m.pieces(diff.Words(was, is), false, nil))
	for i, p := range pieces {
		if !strings.Contains(p.text, "\n") {
			continue
		}
		if p.text != "\n" || i == 0 || !strings.HasSuffix(pieces[i-1].text, " ") {
			return nil, false
		}
	}
	return pieces, true
}

// apart writes the likest two blocks of a split or join as one changed paragraph, the others whole.
func (m *marker) apart(s step) {
	bestI, bestJ, best := s.base[0], s.revised[0], -1
	for _, i := range s.base {
		for _, j := range s.revised {
			if n := diff.Likeness(m.base.text.Blocks[i], m.revised.text.Blocks[j]); n > best {
				bestI, bestJ, best = i, j, n
			}
		}
	}
	for _, i := range s.base {
		if i < bestI {
			m.whole(&m.base, i, deleted)
		}
	}
	for _, j := range s.revised {
		if j < bestJ {
			m.whole(&m.revised, j, inserted)
		}
	}
	m.step(step{base: []int{bestI}, revised: []int{bestJ}})
	for _, i := range s.base {
		if i > bestI {
			m.whole(&m.base, i, deleted)
		}
	}
	for _, j := range s.revised {
		if j > bestJ {
			m.whole(&m.revised, j, inserted)
		}
	}
}

// insertionsFirst puts what was inserted at a deleted paragraph mark before the mark, and cuts the mark out.
func insertionsFirst(pieces []piece) []piece {
	var out []piece
	for i := 0; i < len(pieces); i++ {
		p := pieces[i]
		before, after, found := strings.Cut(p.text, "\n")
		if p.kind != pieceText || !found {
			out = append(out, p)
			continue
		}
		add := func(text string) {
			if text != "" {
				one := p
				one.text = text
				out = append(out, one)
			}
		}
		add(before)
		if p.state == deleted && i+1 < len(pieces) && pieces[i+1].state == inserted && !strings.Contains(pieces[i+1].text, "\n") {
			i++
			out = append(out, pieces[i])
		}
		add("\n")
		add(after)
	}
	return out
}

// tableRows compares two tables: rows that stayed, rows that changed cell by cell, rows that came or went whole.
func (m *marker) tableRows(was, is [][]string) []markedRow {
	ids := map[string]int{}
	number := func(rows [][]string) []int {
		out := make([]int, len(rows))
		for i, row := range rows {
			key := strings.Join(row, "\x01")
			if ids[key] == 0 {
				ids[key] = len(ids) + 1
			}
			out[i] = ids[key]
		}
		return out
	}
	var out []markedRow
	i := 0
	same := func(to int) {
		for ; i < to; i++ {
			out = append(out, m.wholeRow(was[i], change{}))
		}
	}
	for _, e := range diff.Match(number(was), number(is)) {
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

// pieces turns word operations into runs, following the emphasis on both sides. All belong to one change if given.
func (m *marker) pieces(ops []diff.Op, flat bool, all *change) []piece {
	var out []piece
	was, is := false, false
	for _, op := range ops {
		c := change{}
		switch {
		case all != nil:
			c = *all
		case op.Kind == diff.Insert:
			c = m.by(inserted, op.Text)
		case op.Kind == diff.Delete:
			c = m.by(deleted, op.Text)
		}
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
