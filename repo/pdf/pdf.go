// Package pdf writes a text as pages for paper, every line numbered so that a whole room can speak of "line 214".
//
// Start with [Text], or with [Changes] for what one text makes of another: struck words are struck through, new ones
// underlined. Text is shaped, so Arabic is joined and runs from the right; fonts are embedded with only the characters
// that are used. The fonts come with the program and hold Latin, Greek, Cyrillic and Arabic script; a text with other
// characters is refused with an [*UnprintableError], never printed with holes.
//
// Promises: values in, bytes out, no effects; the same input gives the same bytes.
package pdf

import (
	"fmt"
	"regexp"
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Options say what stands around a text.
type Options struct {
	Heading string // at the top of every page: a document's number, the name of a version
}

// UnprintableError says that no font at hand has a character of the text.
type UnprintableError struct{ Character rune }

// Error gives the reason and what to do, as a sentence.
func (e *UnprintableError) Error() string {
	return fmt.Sprintf("no font here has the character “%c” (U+%04X), so the text cannot be printed as PDF: export it as Word or HTML, and print that", e.Character, e.Character)
}

// Text writes a text.
func Text(t resolution.Text, o Options) ([]byte, error) { return Changes(t, t, o) }

// Changes writes a revised text with what was struck from base.
func Changes(base, revised resolution.Text, o Options) ([]byte, error) {
	var all []paragraph
	for _, c := range diff.Compare(base, revised) {
		all = append(all, paragraphs(c, base, revised)...)
	}
	fonts, err := loadFonts()
	if err != nil {
		return nil, err
	}
	p := &printer{fonts: fonts, heading: o.Heading, rtl: rightToLeft(all)}
	for _, one := range all {
		if err := p.print(one); err != nil {
			return nil, err
		}
	}
	return p.finish()
}

// look is how words are printed.
type look struct {
	bold, italic bool
	came, struck bool
}

// stretch is words of one look.
type stretch struct {
	words string
	look
}

// paragraph is one block ready to be laid out.
type paragraph struct {
	size     float64
	before   float64 // space above
	indent   float64
	label    []stretch
	words    []stretch
	centered bool
	keep     bool // it stays with what follows
	rows     [][][]stretch
}

// Measures of the pages, in points.
const (
	pageWidth, pageHeight = 595.28, 841.89
	marginStart           = 86.0
	marginEnd             = 62.0
	marginTop             = 78.0
	marginBottom          = 70.0
	textWidth             = pageWidth - marginStart - marginEnd
	textSize              = 11.0
	leading               = 1.36 // line to line, by the size of the text
	labelWidth            = 26.0
	levelWidth            = 26.0
	cellPadding           = 4.0
)

// paragraphs lays out one pair of blocks: one paragraph, or one for each part where a clause was split or joined.
func paragraphs(c diff.Change, base, revised resolution.Text) []paragraph {
	var b resolution.Block
	switch {
	case len(c.Revised) > 0:
		b = revised.Blocks[c.Revised[0]]
	case len(c.Base) > 0:
		b = base.Blocks[c.Base[0]]
	}
	first := styled(b)
	first.label = labelled(c)
	if b.Kind == resolution.KindFootnote {
		for i := range first.label {
			first.label[i].words = raised("[^" + first.label[i].words + "]")
		}
	}
	if len(c.Rows) > 0 {
		for _, row := range c.Rows {
			cells := make([][]stretch, len(row))
			for k, cell := range row {
				cells[k] = stretches(cell, look{})
			}
			first.rows = append(first.rows, cells)
		}
		return []paragraph{first}
	}
	out := []paragraph{first}
	usual := look{bold: b.Kind == resolution.KindTitle || b.Kind == resolution.KindDivisionTitle || b.Kind == resolution.KindHeading, italic: b.Kind == resolution.KindOpener || b.Kind == resolution.KindHistory}
	for _, s := range stretches(c.Ops, usual) {
		for k, words := range strings.Split(s.words, "\n") {
			if k > 0 {
				next := first
				next.label, next.words, next.before = nil, nil, 2
				out = append(out, next)
			}
			last := &out[len(out)-1]
			last.words = append(last.words, stretch{words, s.look})
		}
	}
	return out
}

// styled gives the look of a kind of block.
func styled(b resolution.Block) paragraph {
	p := paragraph{size: textSize, before: 5, indent: float64(b.Level) * levelWidth}
	switch b.Kind {
	case resolution.KindNumber, resolution.KindDivision:
		p.size, p.before, p.centered, p.keep = 13, 20, true, true
	case resolution.KindTitle, resolution.KindDivisionTitle:
		p.size, p.before, p.centered, p.keep = 13, 8, true, true
	case resolution.KindHistory:
		p.before, p.centered = 8, true
	case resolution.KindOpener:
		p.before, p.indent, p.keep = 10, labelWidth, true
	case resolution.KindHeading:
		p.before, p.keep = 12, true
	case resolution.KindFootnote:
		p.size = 9
	case resolution.KindParagraph, resolution.KindItem, resolution.KindBullet, resolution.KindTable:
	}
	return p
}

// labelled gives the label that stands before the words, with the one it was.
func labelled(c diff.Change) []stretch {
	show := func(l resolution.Label) string { return strings.TrimSuffix(string(l), ".") }
	was, is := show(c.LabelBase), show(c.LabelRevised)
	italic := func(l string) bool { return strings.HasSuffix(l, ")") }
	switch {
	case len(c.Revised) == 0 && was != "":
		return []stretch{{was, look{italic: italic(was), struck: true}}}
	case len(c.Base) == 0 && is != "":
		return []stretch{{is, look{italic: italic(is), came: true}}}
	case is != "":
		return []stretch{{is, look{italic: italic(is)}}}
	}
	return nil
}

var noteMark = regexp.MustCompile(`\[\^([0-9]{1,6})\]`)

// raised writes the marks of notes as raised digits.
func raised(words string) string {
	return noteMark.ReplaceAllStringFunc(words, func(mark string) string {
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0']
		}, mark)
	})
}

// stretches turns word operations into words of a look, following the emphasis of both sides.
func stretches(ops []diff.Op, usual look) []stretch {
	var out []stretch
	for _, op := range ops {
		for _, span := range resolution.Spans(op.Text) {
			l := usual
			l.italic = l.italic || span.Emphasis
			l.came, l.struck = op.Kind == diff.Insert, op.Kind == diff.Delete
			out = append(out, stretch{raised(span.Text), l})
		}
	}
	return out
}
