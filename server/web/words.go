package web

import (
	"strings"

	"plenary/repo/diff"
)

// Run is a stretch of words that stayed, came or went, as a template shows it.
type Run struct {
	Kind   string // "" stayed, "ins" came, "del" went
	Slot   int    // whose ink an insertion is in; -1: nobody's in particular
	Pieces []Piece
	Source *WordSource // where the words come from, on the page that tells it
}

// Piece is words with one look.
type Piece struct {
	Text     string
	Emphasis bool
	Note     string // the name of a footnote this piece points to; Text is what is printed
	Source   string // who stands behind unagreed words: "USA, EUR"
}

// anyInk is the slot of words that are nobody's in particular.
const anyInk = -1

// plainRuns shows words without any change.
func plainRuns(words string) []Run {
	return runs([]diff.Op{{Kind: diff.Equal, Text: words}}, anyInk)
}

// runs turns a word difference into what a template shows. Emphasis is followed through both texts apart, since its
// marks are words of the text like any others and may stand in what came or went.
func runs(ops []diff.Op, slot int) []Run {
	slots := make([]int, len(ops))
	for i := range slots {
		slots[i] = slot
	}
	return slottedRuns(ops, slots)
}

// slottedRuns is runs with an ink for each operation.
func slottedRuns(ops []diff.Op, slots []int) []Run {
	var base, revised reader
	var shown []Run
	for i, op := range ops {
		run := Run{Slot: slots[i]}
		switch op.Kind {
		case diff.Delete:
			run.Kind, run.Pieces = "del", base.read(op.Text)
		case diff.Insert:
			run.Kind, run.Pieces = "ins", revised.read(op.Text)
		default:
			base.read(op.Text)
			run.Pieces = revised.read(op.Text)
		}
		if len(run.Pieces) > 0 {
			shown = append(shown, run)
		}
	}
	return shown
}

// reader takes inline Markdown apart, piece by piece: the state at the end of one piece is that at the beginning of
// the next.
type reader struct {
	emphasis bool
	escaped  bool // the last piece ended in a lone backslash
}

// read gives the pieces of s. Every character of it but marks and escapes is in one of them, in order.
func (r *reader) read(s string) []Piece {
	var pieces []Piece
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			pieces = append(pieces, Piece{Text: text.String(), Emphasis: r.emphasis})
			text.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case r.escaped:
			r.escaped = false
			text.WriteByte(c)
		case c == '\\' && (i+1 == len(s) || punctuation(s[i+1])):
			r.escaped = true
		case c == '*':
			flush()
			r.emphasis = !r.emphasis
		case c == '[' && noteName(s[i:]) != "":
			flush()
			name := noteName(s[i:])
			pieces = append(pieces, Piece{Text: name, Note: name})
			i += len("[^]") + len(name) - 1
		case c == '{' && i > 0 && s[i-1] == ']' && sourceName(s[i:]) != "":
			flush()
			source := sourceName(s[i:])
			pieces = append(pieces, Piece{Source: source})
			i += len("{}") + len(source) - 1
		default:
			text.WriteByte(c)
		}
	}
	flush()
	return pieces
}

// punctuation tells whether a backslash before c is an escape.
func punctuation(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}

// noteName gives the name of a footnote mark "[^1]" that s begins with, empty where it does not.
func noteName(s string) string { return between(s, "[^", ']') }

// sourceName gives the source "USA, EUR" of unagreed words where s begins "{USA, EUR}", empty where it does not.
func sourceName(s string) string { return between(s, "{", '}') }

// longestName bounds how far a mark's end is sought, so that a text full of beginnings is still read in one pass.
const longestName = 120

func between(s, open string, end byte) string {
	rest, ok := strings.CutPrefix(s, open)
	if !ok {
		return ""
	}
	i := strings.IndexByte(rest[:min(len(rest), longestName)], end)
	if i <= 0 || strings.ContainsAny(rest[:i], "[]{}\\*") {
		return ""
	}
	return rest[:i]
}

// readable gives words as a person reads them, for titles and notes: marks and escapes off.
func readable(words string) string {
	var r reader
	var out strings.Builder
	for _, piece := range r.read(words) {
		out.WriteString(piece.Text)
	}
	return out.String()
}
