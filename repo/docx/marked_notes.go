package docx

import (
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// firstNote is the first stand-in character for notes, in a plane that no text uses.
const firstNote = 0xf0000

// noteTable holds the footnotes of both texts that are written as footnotes: those that words refer to.
type noteTable struct {
	m     *marker
	known []knownNote
	out   []markedNote // in the order of their references
}

// knownNote is one note on its one or two sides.
type knownNote struct {
	base, revised int // index of its block, -1 if none
}

// markedNote is a note to be written.
type markedNote struct{ pieces []piece }

func (t *noteTable) has(r rune) bool {
	return r >= firstNote && int(r-firstNote) < len(t.known)
}

// prepare finds the notes, puts their stand-ins into the words of both sides, and gives the blocks that are notes.
func (t *noteTable) prepare(m *marker, pairs []diff.Pair) (skipBase, skipRevised map[int]bool) {
	t.m = m
	skipBase, skipRevised = map[int]bool{}, map[int]bool{}
	for _, s := range []*side{&m.base, &m.revised} {
		s.words = make([]string, len(s.text.Blocks))
		for i, b := range s.text.Blocks {
			s.words[i] = b.Words
			if strings.ContainsFunc(b.Words, func(r rune) bool { return r >= firstNote && r < firstNote+0xffff }) {
				return skipBase, skipRevised
			}
		}
	}
	note := func(s *side, at []int) int {
		if len(at) != 1 || s.text.Blocks[at[0]].Kind != resolution.KindFootnote || !s.refersTo(s.text.Blocks[at[0]].Label) {
			return -1
		}
		return at[0]
	}
	for _, p := range pairs {
		b, r := note(&m.base, p.Base), note(&m.revised, p.Revised)
		if b < 0 && r < 0 {
			continue
		}
		t.known = append(t.known, knownNote{base: b, revised: r})
		standIn := string(rune(firstNote + len(t.known) - 1))
		if b >= 0 {
			skipBase[b] = true
			m.base.substitute(m.base.text.Blocks[b].Label, standIn)
		}
		if r >= 0 {
			skipRevised[r] = true
			m.revised.substitute(m.revised.text.Blocks[r].Label, standIn)
		}
	}
	return skipBase, skipRevised
}

func (s *side) refersTo(label resolution.Label) bool {
	for i, b := range s.text.Blocks {
		if b.Kind != resolution.KindFootnote && strings.Contains(s.words[i], "[^"+string(label)+"]") {
			return true
		}
	}
	return false
}

// substitute puts the stand-in for the first reference to a note; a note has one reference in Word.
func (s *side) substitute(label resolution.Label, standIn string) {
	for i, b := range s.text.Blocks {
		if b.Kind == resolution.KindFootnote {
			continue
		}
		if mark := "[^" + string(label) + "]"; strings.Contains(s.words[i], mark) {
			s.words[i] = strings.Replace(s.words[i], mark, standIn, 1)
			return
		}
	}
}

// use writes the note that a stand-in refers to and gives its number.
func (t *noteTable) use(r rune, kind diff.OpKind, c change) int {
	n := t.known[r-firstNote]
	var was, is string
	if n.base >= 0 {
		was = t.m.base.text.Blocks[n.base].Words
	}
	if n.revised >= 0 {
		is = t.m.revised.text.Blocks[n.revised].Words
	}
	var pieces []piece
	switch {
	case kind == diff.Equal && c.state == kept:
		pieces = t.m.pieces(diff.Words(was, is), false, nil)
	case kind == diff.Delete:
		pieces = t.m.pieces([]diff.Op{{Kind: diff.Delete, Text: was}}, false, &c)
	default:
		pieces = t.m.pieces([]diff.Op{{Kind: diff.Insert, Text: is}}, false, &c)
	}
	t.out = append(t.out, markedNote{pieces})
	return len(t.out)
}
