package pdf

import (
	"fmt"
	"strings"

	"github.com/go-text/typesetting/shaping"
)

// glyphUse is what is known of a character shape that a page shows.
type glyphUse struct {
	text string // what it says, for copying and searching
}

// draw puts a line on the page, its foot at y from the top.
func (p *printer) draw(l line, x, y float64, size float64) {
	for _, run := range l.runs {
		width := points(run.out.Advance)
		switch {
		case run.struck:
			fmt.Fprintf(p.page(), "0.55 0.13 0.15 rg 0.55 0.13 0.15 RG %.2f w %.2f %.2f m %.2f %.2f l S\n", size*0.06, x, pageHeight-y+size*0.27, x+width, pageHeight-y+size*0.27)
		case run.came:
			fmt.Fprintf(p.page(), "0.1 0.27 0.5 rg 0.1 0.27 0.5 RG %.2f w %.2f %.2f m %.2f %.2f l S\n", size*0.06, x, pageHeight-y-size*0.14, x+width, pageHeight-y-size*0.14)
		}
		p.drawRun(run, x, y, size)
		if run.struck || run.came {
			fmt.Fprint(p.page(), "0 g 0 G\n")
		}
		x += width
	}
}

// drawRun shows the shapes of one run, each at the place that the shaper gave it.
func (p *printer) drawRun(run placedRun, x, y, size float64) {
	at, name := p.font(run.out)
	if at < 0 || len(run.out.Glyphs) == 0 {
		return
	}
	fmt.Fprintf(p.page(), "BT /F%d %.2f Tf ", at, size)
	said := map[int]bool{}
	for _, g := range run.out.Glyphs {
		text := ""
		if !said[g.TextIndex()] {
			said[g.TextIndex()] = true
			text = string(run.words[g.TextIndex():min(len(run.words), g.TextIndex()+g.RunesCount())])
		}
		p.use(name, uint16(g.GlyphID), text)
		fmt.Fprintf(p.page(), "1 0 0 1 %.3f %.3f Tm <%04X> Tj ", x+points(g.XOffset), pageHeight-y+points(g.YOffset), uint16(g.GlyphID))
		x += points(g.Advance)
	}
	fmt.Fprint(p.page(), "ET\n")
}

// font finds the font of a run by its face.
func (p *printer) font(out shaping.Output) (int, string) {
	for i, f := range p.fonts {
		if f.face == out.Face {
			return i, f.name
		}
	}
	return -1, ""
}

// use notes that a shape is shown, and what it says.
func (p *printer) use(name string, glyph uint16, text string) {
	if p.used == nil {
		p.used = map[string]map[uint16]glyphUse{}
	}
	if p.used[name] == nil {
		p.used[name] = map[uint16]glyphUse{}
	}
	if known, ok := p.used[name][glyph]; !ok || known.text == "" {
		p.used[name][glyph] = glyphUse{strings.ToValidUTF8(text, "")}
	}
}
