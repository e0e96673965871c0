package docx

import (
	"strings"

	"plenary/repo/diff"
)

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
