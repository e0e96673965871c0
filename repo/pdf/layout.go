package pdf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// line is one line of words, laid out but not yet at its place on a page.
type line struct {
	width float64
	runs  []placedRun
}

// placedRun is shaped words of one look in one font.
type placedRun struct {
	out   shaping.Output
	words []rune
	look
}

// printer fills pages.
type printer struct {
	fonts   []*file
	heading string
	rtl     bool

	pages   []*strings.Builder
	used    map[string]map[uint16]glyphUse // by font: the characters that a page shows
	y       float64                        // of the last line's foot, from the top
	number  int                            // of the last line
	seg     shaping.Segmenter
	shaper  shaping.HarfbuzzShaper
	wrapper shaping.LineWrapper
}

// rightToLeft tells whether most letters are of scripts that run from the right.
func rightToLeft(all []paragraph) bool {
	right, letters := 0, 0
	for _, p := range all {
		for _, s := range p.words {
			for _, r := range s.words {
				if unicode.IsLetter(r) {
					letters++
					if unicode.In(r, unicode.Arabic, unicode.Hebrew) {
						right++
					}
				}
			}
		}
	}
	return right*2 > letters
}

func (p *printer) direction() di.Direction {
	if p.rtl {
		return di.DirectionRTL
	}
	return di.DirectionLTR
}

// lines breaks words into lines of a width.
func (p *printer) lines(all []stretch, size, width float64) ([]line, error) {
	var words []rune
	var looks []look
	for _, s := range all {
		for _, r := range s.words {
			if r == '\t' || r == '\n' {
				r = ' '
			}
			words, looks = append(words, r), append(looks, s.look)
		}
	}
	if len(words) == 0 {
		return []line{{}}, nil
	}
	outputs, err := p.shape(words, looks, size)
	if err != nil {
		return nil, err
	}
	config := shaping.WrapConfig{Direction: p.direction()}
	broken, _ := p.wrapper.WrapParagraphF(config, fixed.Int26_6(width*64), words, shaping.NewSliceIterator(outputs))
	lines := make([]line, len(broken))
	for i, one := range broken {
		runs := slices.Clone(one)
		slices.SortStableFunc(runs, func(a, b shaping.Output) int { return int(a.VisualIndex - b.VisualIndex) })
		for _, out := range runs {
			out.Glyphs = slices.Clone(out.Glyphs)
			lines[i].width += points(out.Advance)
			lines[i].runs = append(lines[i].runs, placedRun{out, words, looks[out.Runes.Offset]})
		}
	}
	return lines, nil
}

// shape shapes words, each stretch of one look, script and direction by itself.
func (p *printer) shape(words []rune, looks []look, size float64) ([]shaping.Output, error) {
	var outputs []shaping.Output
	var missing rune
	for from := 0; from < len(words); {
		to := from + 1
		for to < len(words) && looks[to] == looks[from] {
			to++
		}
		in := shaping.Input{Text: words, RunStart: from, RunEnd: to, Direction: p.direction(), Size: fixed.Int26_6(size * 64), Language: language.NewLanguage("en")}
		for _, one := range p.seg.Split(in, chooser{p.fonts, looks[from], &missing}) {
			outputs = append(outputs, p.shaper.Shape(one))
		}
		from = to
	}
	if missing != 0 {
		return nil, &UnprintableError{missing}
	}
	return outputs, nil
}

func points(v fixed.Int26_6) float64 { return float64(v) / 64 }

// print lays out one paragraph and puts it on pages.
func (p *printer) print(one paragraph) error {
	if len(one.rows) > 0 {
		return p.printTable(one)
	}
	indent := one.indent
	if len(one.label) > 0 {
		indent += labelWidth
	}
	lines, err := p.lines(one.words, one.size, textWidth-indent)
	if err != nil {
		return err
	}
	var label []line
	if len(one.label) > 0 {
		if label, err = p.lines(one.label, one.size, textWidth); err != nil {
			return err
		}
	}
	need := 2
	if one.keep {
		need += 2
	}
	height := one.size * leading
	if p.room() < one.before+height*float64(min(need, len(lines)+need-2)) {
		p.turn()
	}
	p.y += one.before
	for k, l := range lines {
		if p.room() < height {
			p.turn()
		}
		p.y += height
		p.count()
		start := indent
		if one.centered {
			start = (textWidth - l.width) / 2
		}
		p.put(l, start, one.size)
		if k == 0 && len(label) > 0 {
			p.put(label[0], one.indent, one.size)
		}
	}
	return nil
}

// room is how much of the page is left.
func (p *printer) room() float64 {
	if len(p.pages) == 0 {
		return 0
	}
	return pageHeight - marginBottom - p.y
}

// turn begins a page.
func (p *printer) turn() {
	p.pages = append(p.pages, &strings.Builder{})
	p.y = marginTop
}

// count numbers a line in the margin.
func (p *printer) count() {
	p.number++
	number, err := p.lines([]stretch{{words: strconv.Itoa(p.number)}}, 7.5, textWidth)
	if err != nil || len(number) == 0 {
		return // digits are in every font
	}
	fmt.Fprint(p.page(), "0.45 g\n")
	x := marginStart - 22 - number[0].width
	if p.rtl {
		x = pageWidth - marginStart + 22
	}
	p.draw(number[0], x, p.y, 7.5)
	fmt.Fprint(p.page(), "0 g\n")
}

func (p *printer) page() *strings.Builder { return p.pages[len(p.pages)-1] }

// put draws a line at a distance from the margin where lines begin.
func (p *printer) put(l line, start, size float64) {
	x := marginStart + start
	if p.rtl {
		x = pageWidth - marginStart - start - l.width
	}
	p.draw(l, x, p.y, size)
}

// printTable puts a table on pages, row by row: columns of one width, a rule around every cell.
func (p *printer) printTable(one paragraph) error {
	columns := 1
	for _, row := range one.rows {
		columns = max(columns, len(row))
	}
	width := (textWidth - one.indent) / float64(columns)
	size := one.size - 1
	p.y += one.before
	for _, row := range one.rows {
		cells := make([][]line, len(row))
		for k, cell := range row {
			var err error
			if cells[k], err = p.lines(cell, size, width-2*cellPadding); err != nil {
				return err
			}
		}
		p.printRow(cells, one.indent, width, columns, size)
	}
	return nil
}

// printRow puts one row of a table on the page, or on several.
func (p *printer) printRow(cells [][]line, indent, width float64, columns int, size float64) {
	tallest, height := 1, size*leading
	for _, cell := range cells {
		tallest = max(tallest, len(cell))
	}
	if p.room() < min(float64(tallest)*height, pageHeight/2)+2*cellPadding {
		p.turn()
	}
	top := p.y
	p.y += cellPadding / 2
	for n := range tallest {
		if p.room() < height+cellPadding {
			p.rules(indent, width, columns, top)
			p.turn()
			top = p.y
		}
		p.y += height
		p.count()
		for k, cell := range cells {
			if n < len(cell) {
				p.put(cell[n], indent+float64(k)*width+cellPadding, size)
			}
		}
	}
	p.y += cellPadding
	p.rules(indent, width, columns, top)
}

// rules draws the edges of a row's cells, from top to where the page is filled.
func (p *printer) rules(indent, width float64, columns int, top float64) {
	fmt.Fprint(p.page(), "0.5 w 0.5 G\n")
	for k := range columns {
		x := marginStart + indent + float64(k)*width
		if p.rtl {
			x = pageWidth - x - width
		}
		fmt.Fprintf(p.page(), "%.2f %.2f %.2f %.2f re S\n", x, pageHeight-p.y, width, p.y-top)
	}
}
