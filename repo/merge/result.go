package merge

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"plenary/repo/resolution"
)

// result writes labels and marks, and turns the pieces into a text with its decisions and attributions.
func (m *merger) result(pieces []piece) Result {
	m.relabel(pieces)
	if m.mode == ClauseOfBase {
		for k := range pieces {
			if p := &pieces[k]; p.open && p.base >= 0 {
				b := m.base.Blocks[p.base]
				p.label, p.mark = b.Label, headOf(b, -1, p.base).mark
			}
		}
	}
	var r Result
	position := make(map[int]int) // base block -> block of the result
	for _, p := range pieces {
		m.write(&r, p, position)
	}
	if !m.oneVoice() {
		r.Text = canonical(r.Text)
	}
	m.placeDecisions(&r, position)
	for _, loss := range m.losses {
		loss.Block = m.position(loss.Block, position)
		r.Attributions = append(r.Attributions, loss)
	}
	slices.SortStableFunc(r.Attributions, func(x, y Attribution) int {
		return cmp.Or(cmp.Compare(x.Block, y.Block), cmp.Compare(x.Start, y.Start))
	})
	r.References = m.references(r, position)
	for _, key := range slices.Sorted(maps.Keys(m.settled)) {
		if !slices.ContainsFunc(r.Decisions, func(d Decision) bool { return d.Key == key }) {
			r.Unknown = append(r.Unknown, key)
		}
	}
	return r
}

// canonical gives the text that the file of a merged text holds. Blocks that came together from several proposals may
// mean something else beside each other, such as two number lines; then they are what the file says they are.
func canonical(t resolution.Text) resolution.Text {
	file := resolution.Format(t)
	for range 4 {
		again, _, err := resolution.Parse(file)
		if err != nil || len(again.Blocks) != len(t.Blocks) {
			return t // too large to be read again, or blocks ran together: its saver refuses it or writes it anew
		}
		for k, b := range t.Blocks {
			again.Blocks[k].Sign = b.Sign // the file keeps none
		}
		t = again
		next := resolution.Format(t)
		if string(next) == string(file) {
			return t
		}
		file = next
	}
	return t
}

// edges are the blanks that no block begins or ends with; no-break spaces stay as typed.
const edges = " \t"

// write adds one piece to the result. A piece that lost all its words goes, but for an item, which is its label.
func (m *merger) write(r *Result, p piece, position map[int]int) {
	w := pieceWriter{m: m, index: len(r.Text.Blocks), cells: [][]string{nil}}
	for _, run := range p.runs {
		w.run(run)
	}
	block := resolution.Block{Kind: p.kind, Level: p.level, Label: p.label}
	if p.kind == resolution.KindBullet {
		block.Sign = p.sign
	}
	if p.kind == resolution.KindTable {
		w.endCell()
		block.Rows = squared(w.cells)
	} else {
		block.Words = tidy(strings.TrimRight(w.words.String()+p.mark, edges))
		if block.Words == "" && p.kind != resolution.KindItem && p.kind != resolution.KindBullet {
			m.losses = append(m.losses, lossesOf(w.attributions, p.base)...)
			return
		}
		w.attributions = clamped(w.attributions, len(block.Words))
	}
	if p.base >= 0 {
		if _, seen := position[p.base]; !seen {
			position[p.base] = w.index
		}
	}
	r.Text.Blocks = append(r.Text.Blocks, block)
	m.laid = append(m.laid, p)
	r.Attributions = append(r.Attributions, w.attributions...)
}

// pieceWriter writes the runs of one piece and keeps where decisions and proposals have their words.
type pieceWriter struct {
	m            *merger
	index        int // of the block in the result
	words        strings.Builder
	cell         int // where the current cell of a table begins in words
	cells        [][]string
	attributions []Attribution
}

func (w *pieceWriter) run(r run) {
	if r.border == rowBorder || r.border == cellBorder {
		w.endCell()
		if r.border == rowBorder {
			w.cells = append(w.cells, nil)
		}
	}
	start := w.words.Len()
	text := r.text
	if start == w.cell {
		text = strings.TrimLeft(text, edges)
	}
	w.words.WriteString(text)
	if d := r.decision; d != nil {
		if d.Block != w.index {
			d.Block, d.Start = w.index, start
		}
		d.End = w.words.Len()
	}
	if len(r.proposals) > 0 {
		w.attributions = w.m.attribute(w.attributions, Attribution{w.index, start, w.words.Len(), r.deleted, w.m.nameAll(r.proposals)})
	}
}

func (w *pieceWriter) endCell() {
	last := &w.cells[len(w.cells)-1]
	*last = append(*last, strings.Trim(w.words.String()[w.cell:], edges))
	w.cell = w.words.Len()
}

// attribute adds an attribution, joined to the one before if it goes on from it.
func (m *merger) attribute(all []Attribution, a Attribution) []Attribution {
	if n := len(all); n > 0 && all[n-1].End == a.Start && a.Deleted == "" && slices.Equal(all[n-1].Proposals, a.Proposals) {
		all[n-1].End = a.End
		return all
	}
	return append(all, a)
}

func lossesOf(attributions []Attribution, base int) []Attribution {
	var out []Attribution
	for _, a := range attributions {
		if a.Deleted != "" {
			out = append(out, Attribution{Block: base, Deleted: a.Deleted, Proposals: a.Proposals})
		}
	}
	return out
}

func clamped(attributions []Attribution, length int) []Attribution {
	for k := range attributions {
		a := &attributions[k]
		a.Start, a.End = min(a.Start, length), min(a.End, length)
	}
	return slices.DeleteFunc(attributions, func(a Attribution) bool { return a.Start == a.End && a.Deleted == "" })
}

// tidy gives words in the one spelling that the file has for them.
func tidy(words string) string { return resolution.FromSpans(resolution.Spans(words)) }

func escape(s string) string { return resolution.FromPlain(s) }

// squared makes all rows as wide as the widest.
func squared(rows [][]string) [][]string {
	width := 0
	for _, row := range rows {
		width = max(width, len(row))
	}
	for k, row := range rows {
		rows[k] = append(row, make([]string, width-len(row))...)
	}
	return rows
}

// position gives the place in the result of a base block, or of the nearest one before it that is there.
func (m *merger) position(base int, position map[int]int) int {
	for ; base >= 0; base-- {
		if at, ok := position[base]; ok {
			return at
		}
	}
	return 0
}

// placeDecisions says where each decision lies in the result and puts them in reading order.
func (m *merger) placeDecisions(r *Result, position map[int]int) {
	names := resolution.Names(r.Text)
	type placed struct {
		d  Decision
		at int
	}
	all := make([]placed, 0, len(m.decisions))
	for _, d := range m.decisions {
		at := d.Block
		if at < 0 {
			at = m.position(d.Base, position)
			if p, here := position[d.Base]; here && d.Kind != SamePlace && d.Kind != NearlySame {
				d.Block = p
			}
		} else if d.Kind == NearlySame || d.Kind == Agreement && d.Words == "" {
			d.Clause = names[d.Block]
		}
		if d.Block >= 0 {
			length := len(r.Text.Blocks[d.Block].Words)
			d.Start, d.End = min(d.Start, length), min(d.End, length)
		}
		all = append(all, placed{*d, at})
	}
	slices.SortStableFunc(all, func(x, y placed) int { return cmp.Compare(x.at, y.at) })
	for _, p := range all {
		r.Decisions = append(r.Decisions, p.d)
	}
}
