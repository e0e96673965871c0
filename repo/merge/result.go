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
	block := resolution.Block{Kind: p.kind, Level: p.level, Label: p.label}
	index := len(r.Text.Blocks)
	var attributions []Attribution
	var words strings.Builder
	cells := [][]string{{}}
	cell := 0 // where the current cell begins in words
	for _, run := range p.runs {
		if run.border == rowBorder || run.border == cellBorder {
			last := &cells[len(cells)-1]
			*last = append(*last, strings.Trim(words.String()[cell:], edges))
			cell = words.Len()
			if run.border == rowBorder {
				cells = append(cells, nil)
			}
		}
		start := words.Len()
		text := run.text
		if start == cell {
			text = strings.TrimLeft(text, edges)
		}
		words.WriteString(text)
		if d := run.decision; d != nil && (d.Kind == Conflict || d.Kind == DeleteEdit || d.Kind == NearlySame || d.Kind == Agreement) {
			if d.Block != index {
				d.Block, d.Start = index, start
			}
			d.End = words.Len()
		}
		if len(run.proposals) > 0 {
			attributions = m.attribute(attributions, Attribution{index, start, words.Len(), run.deleted, m.nameAll(run.proposals)})
		}
	}
	if p.kind == resolution.KindTable {
		last := &cells[len(cells)-1]
		*last = append(*last, strings.Trim(words.String()[cell:], edges))
		block.Rows = squared(cells)
	} else {
		block.Words = tidy(strings.TrimRight(words.String()+p.mark, edges))
		if block.Words == "" && p.kind != resolution.KindItem && p.kind != resolution.KindBullet {
			m.losses = append(m.losses, lossesOf(attributions, p.base)...)
			return
		}
		attributions = clamped(attributions, len(block.Words))
	}
	if p.base >= 0 {
		if _, seen := position[p.base]; !seen {
			position[p.base] = index
		}
	}
	r.Text.Blocks = append(r.Text.Blocks, block)
	m.laid = append(m.laid, p)
	r.Attributions = append(r.Attributions, attributions...)
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
