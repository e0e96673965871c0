package docx

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// runKind says what a piece of a paragraph is.
type runKind uint8

const (
	runText   runKind = iota
	runSymbol         // a character of a symbol font; plain text leaves it out, as other readers do
	runTab
	runBreak
	runFieldBegin
	runFieldSeparate
	runFieldEnd
	runFootnote
	runEndnote
	runCommentStart
	runCommentEnd
)

// run is one piece of a paragraph with what the tracked changes say of it.
type run struct {
	kind        runKind
	text        string // of runText; the number of a note or comment
	inserted    bool   // gone when changes are rejected
	deleted     bool   // gone when changes are accepted
	emphasis    bool
	wasEmphasis bool // before a tracked change of format
}

func (r run) in(v View) bool {
	if v == Accept {
		return !r.deleted
	}
	return !r.inserted
}

// properties are what a paragraph says of its place, from its pPr.
type properties struct {
	style  string // id
	number string // numId; "" none given, "0" taken off
	level  int    // ilvl; -1 none given
}

// paragraph is one w:p with both its sides.
type paragraph struct {
	properties
	was          *properties // before a tracked change of format
	runs         []run
	markInserted bool
	markDeleted  bool
}

func (p *paragraph) markIn(v View) bool {
	if v == Accept {
		return !p.markDeleted
	}
	return !p.markInserted
}

func (p *paragraph) in(v View) properties {
	if v == Reject && p.was != nil {
		return *p.was
	}
	return p.properties
}

// tableEvent tells where a story goes into and out of tables.
type tableEvent uint8

const (
	tableStart tableEvent = iota
	rowStart
	cellStart
	cellEnd
	rowEnd
	tableEnd
)

// sink takes a story as it is read.
type sink interface {
	paragraph(p *paragraph) error
	table(e tableEvent, inserted, deleted bool) error
}

// Author is someone whose changes or comments are in a file.
type Author struct {
	Name    string
	Changes int // tracked insertions, deletions and moves
}

// story reads the text of one part: the body, or one note.
type story struct {
	d       *decoder
	to      sink
	styles  *styles
	authors *authors
	para    *paragraph
	// formulas tells whether changes inside the runs of a formula count. Readers do not agree on them: the plain text
	// of a file keeps both sides in both views, as most do; an import follows the standard.
	formulas bool
	math     int // formula runs around
	// paragraphID, if given, takes the id of the last paragraph, by which replies to a comment name it.
	paragraphID *string
	size        int // of the paragraph being read
}

// authors collects names in the order they come, each once.
type authors struct {
	list []Author
	at   map[string]int
}

func (a *authors) add(name string) {
	if a == nil {
		return
	}
	name = strings.TrimSpace(name)
	if a.at == nil {
		a.at = map[string]int{}
	}
	i, known := a.at[name]
	if !known {
		i = len(a.list)
		a.at[name] = i
		a.list = append(a.list, Author{Name: name})
	}
	a.list[i].Changes++
}

// scope is what the elements around say of the changes.
type scope struct{ inserted, deleted bool }

// walk reads the children of the element that just began.
func (s *story) walk(c scope) error {
	return s.d.children(func(el xml.StartElement) error { return s.element(el, c) })
}

// element reads one element to its end, wherever it stands: the same names mean the same thing in every place.
func (s *story) element(el xml.StartElement, c scope) error {
	switch el.Name.Space {
	case spaceWord:
		return s.word(el, c)
	case spaceMath:
		if el.Name.Local == "t" {
			return s.words(el, run{inserted: c.inserted, deleted: c.deleted})
		}
		if el.Name.Local == "r" {
			s.math++
			defer func() { s.math-- }()
		}
		return s.walk(c)
	case spaceCompat:
		if el.Name.Local == "AlternateContent" {
			return s.choice(c)
		}
	}
	return s.d.skip()
}

// word reads an element of Word's own name space.
func (s *story) word(el xml.StartElement, c scope) error {
	switch el.Name.Local {
	case "p":
		if s.paragraphID != nil {
			*s.paragraphID = attr(el, "paraId")
		}
		return s.readParagraph(c)
	case "pPr":
		return s.paragraphProperties(c)
	case "r":
		return s.readRun(c)
	case "tbl":
		return s.table(c)
	case "ins", "moveTo":
		s.authors.add(attr(el, "author"))
		c.inserted = c.inserted || s.math == 0 || s.formulas
		return s.walk(c)
	case "del", "moveFrom":
		s.authors.add(attr(el, "author"))
		c.deleted = c.deleted || s.math == 0 || s.formulas
		return s.walk(c)
	case "commentRangeStart":
		s.add(run{kind: runCommentStart, text: attr(el, "id")})
		return s.d.skip()
	case "commentRangeEnd":
		s.add(run{kind: runCommentEnd, text: attr(el, "id")})
		return s.d.skip()
	case "sdtPr", "sdtEndPr", "customXmlPr", "smartTagPr", "sectPr", "tblPr", "tblGrid", "tblPrEx", "drawing", "pict", "object", "rt", "rubyPr", "altChunk":
		return s.d.skip()
	default: // hyperlink, smartTag, customXml, sdt, sdtContent, fldSimple, dir, bdo, ruby ...
		return s.walk(c)
	}
}

// choice reads the first Choice of an AlternateContent, or its Fallback when it has none.
func (s *story) choice(c scope) error {
	taken := false
	return s.d.children(func(el xml.StartElement) error {
		if el.Name.Space == spaceCompat && !taken && (el.Name.Local == "Choice" || el.Name.Local == "Fallback") {
			taken = true
			return s.walk(c)
		}
		return s.d.skip()
	})
}

func (s *story) readParagraph(c scope) error {
	if s.para != nil { // a paragraph inside a paragraph is a text box of some kind, not the text
		return s.d.skip()
	}
	p := &paragraph{properties: properties{level: -1}, markInserted: c.inserted, markDeleted: c.deleted}
	s.para, s.size = p, 0
	err := s.walk(c)
	s.para = nil
	if err != nil {
		return err
	}
	return s.to.paragraph(p)
}

func (s *story) add(r run) {
	if s.para == nil {
		return
	}
	s.size += len(r.text) + 1
	if n := len(s.para.runs); n > 0 && r.kind == runText {
		last := &s.para.runs[n-1]
		same := *last
		same.text = r.text
		if same == r && len(last.text) < 1024 { // longer ones are not joined: that would copy them again and again
			last.text += r.text
			return
		}
	}
	s.para.runs = append(s.para.runs, r)
}

// paragraphProperties reads a pPr: style, number, the state of the paragraph mark, and what stood there before.
func (s *story) paragraphProperties(c scope) error {
	p := s.para
	if p == nil {
		return s.d.skip()
	}
	return s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "rPr":
			return s.markProperties()
		case "pPrChange":
			was := &properties{level: -1}
			p.was = was
			return s.d.children(func(old xml.StartElement) error {
				if old.Name.Local != "pPr" {
					return s.d.skip()
				}
				return s.d.children(func(el xml.StartElement) error { return s.placeProperty(el, was, c) })
			})
		}
		return s.placeProperty(el, &p.properties, c)
	})
}

// placeProperty reads one property that says where a paragraph stands: its style or its number.
func (s *story) placeProperty(el xml.StartElement, to *properties, _ scope) error {
	switch el.Name.Local {
	case "pStyle":
		to.style = attr(el, "val")
	case "numPr":
		return s.numberProperties(to)
	}
	return s.d.skip()
}

func (s *story) numberProperties(to *properties) error {
	inserted := false
	err := s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "numId":
			to.number = attr(el, "val")
		case "ilvl":
			to.level = min(max(number(attr(el, "val"), 0), 0), 8)
		case "ins":
			inserted = true
		}
		return s.d.skip()
	})
	if inserted && s.para != nil && s.para.was == nil { // the number itself was inserted: none before
		s.para.was = &properties{style: s.para.style, number: "0", level: -1}
	}
	return err
}

// markProperties reads the rPr of a paragraph mark.
func (s *story) markProperties() error {
	return s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "ins", "moveTo":
			s.para.markInserted = true
			s.authors.add(attr(el, "author"))
		case "del", "moveFrom":
			s.para.markDeleted = true
			s.authors.add(attr(el, "author"))
		}
		return s.d.skip()
	})
}

// readRun reads a w:r: its format, then its characters.
func (s *story) readRun(c scope) error {
	r := run{inserted: c.inserted, deleted: c.deleted}
	return s.d.children(func(el xml.StartElement) error {
		if el.Name.Space != spaceWord {
			return s.element(el, c)
		}
		switch el.Name.Local {
		case "rPr":
			return s.runProperties(&r)
		case "t", "delText":
			return s.words(el, r)
		case "tab", "ptab":
			return s.mark(r, runTab, "")
		case "br", "cr":
			return s.mark(r, runBreak, "")
		case "noBreakHyphen":
			return s.mark(r, runText, "\u2011")
		case "sym":
			return s.mark(r, runSymbol, symbol(attr(el, "char")))
		case "fldChar":
			switch attr(el, "fldCharType") {
			case "begin":
				return s.mark(r, runFieldBegin, "")
			case "separate":
				return s.mark(r, runFieldSeparate, "")
			case "end":
				return s.mark(r, runFieldEnd, "")
			}
			return s.d.skip()
		case "footnoteReference":
			return s.mark(r, runFootnote, attr(el, "id"))
		case "endnoteReference":
			return s.mark(r, runEndnote, attr(el, "id"))
		case "instrText", "delInstrText", "softHyphen":
			return s.d.skip()
		}
		return s.element(el, c)
	})
}

func (s *story) mark(r run, kind runKind, text string) error {
	r.kind, r.text = kind, text
	if kind != runText && kind != runSymbol || text != "" {
		s.add(r)
	}
	if s.size > maxParagraph {
		return s.tooLong()
	}
	return s.d.skip()
}

func (s *story) tooLong() error {
	return s.d.refuse("a paragraph is longer than %d characters, which no resolution needs: split it", maxParagraph)
}

// words adds the characters of an element. Without xml:space="preserve" the blanks at its ends do not count.
func (s *story) words(el xml.StartElement, r run) error {
	text, err := s.d.text()
	if err != nil {
		return err
	}
	preserved := el.Name.Space == spaceMath
	for _, a := range el.Attr {
		preserved = preserved || a.Name.Local == "space" && a.Value == "preserve"
	}
	if !preserved {
		text = strings.Trim(text, " \t\r\n")
	}
	r.text = strings.ReplaceAll(text, "\u00ad", "")
	if r.text != "" {
		s.add(r)
	}
	if s.size > maxParagraph {
		return s.tooLong()
	}
	return nil
}

// runProperties reads the format of a run, as far as it is emphasis.
func (s *story) runProperties(r *run) error {
	emphasis, known, changed := false, false, false
	err := s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "i":
			emphasis, known = isOn(el), true
		case "rStyle":
			if !known && s.styles != nil {
				emphasis = s.styles.isItalic(attr(el, "val"))
			}
		case "rPrChange":
			changed = true
			return s.d.children(func(xml.StartElement) error {
				return s.d.children(func(el xml.StartElement) error {
					if el.Name.Local == "i" {
						r.wasEmphasis = isOn(el)
					}
					return s.d.skip()
				})
			})
		}
		return s.d.skip()
	})
	r.emphasis = emphasis
	if !changed {
		r.wasEmphasis = emphasis
	}
	return err
}

// symbol gives the character of a w:sym; those of symbol fonts that stand for bullets and dashes are known.
func symbol(hex string) string {
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil || n < 0x20 {
		return ""
	}
	if r, known := symbolFont[rune(n)]; known {
		return string(r)
	}
	if n >= 0xe000 && n <= 0xf8ff {
		return ""
	}
	return string(rune(n))
}

// symbolFont maps characters of symbol fonts, which lie in the private area, to what they look like.
var symbolFont = map[rune]rune{
	0xf0b7: '•', 0xf0a7: '▪', 0xf0a8: '◦', 0xf0d8: '➢', 0xf0fc: '✓', 0xf02d: '–', 0xf02a: '*', 0xf0be: '–', 0xf06f: '◦', 0xf06e: '▪',
	0xf0b0: '°', 0xf0b1: '±', 0xf0a3: '≤', 0xf0b3: '≥', 0xf0b4: '×', 0xf06d: 'µ', 0xf061: 'α', 0xf062: 'β', 0xf044: 'Δ', 0xf0ae: '→',
}

func number(s string, otherwise int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return otherwise
	}
	return n
}

// table reads a w:tbl and tells the sink its rows and cells.
func (s *story) table(c scope) error {
	if s.para != nil {
		return s.d.skip()
	}
	if err := s.to.table(tableStart, c.inserted, c.deleted); err != nil {
		return err
	}
	if err := s.rows(c); err != nil {
		return err
	}
	return s.to.table(tableEnd, c.inserted, c.deleted)
}

// rows reads what stands between a table and its rows.
func (s *story) rows(c scope) error {
	return s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case "tr":
			return s.row(c)
		case "sdt", "sdtContent", "customXml", "ins", "del", "moveFrom", "moveTo":
			return s.rows(c)
		}
		return s.d.skip()
	})
}

func (s *story) row(c scope) error {
	begun := false
	var read func() error
	read = func() error {
		return s.d.children(func(el xml.StartElement) error {
			switch el.Name.Local {
			case "trPr":
				return s.changeProperty(&c, "ins", "del")
			case "sdt", "sdtContent", "customXml":
				return read()
			case "tc":
				if !begun {
					begun = true
					if err := s.to.table(rowStart, c.inserted, c.deleted); err != nil {
						return err
					}
				}
				return s.cell(c)
			}
			return s.d.skip()
		})
	}
	if err := read(); err != nil || !begun {
		return err
	}
	return s.to.table(rowEnd, c.inserted, c.deleted)
}

// changeProperty reads properties that say a row or cell was inserted or deleted.
func (s *story) changeProperty(c *scope, inserted, deleted string) error {
	return s.d.children(func(el xml.StartElement) error {
		switch el.Name.Local {
		case inserted:
			c.inserted = true
			s.authors.add(attr(el, "author"))
		case deleted:
			c.deleted = true
			s.authors.add(attr(el, "author"))
		}
		return s.d.skip()
	})
}

func (s *story) cell(c scope) error {
	begun := false
	begin := func() error {
		if begun {
			return nil
		}
		begun = true
		return s.to.table(cellStart, c.inserted, c.deleted)
	}
	err := s.d.children(func(el xml.StartElement) error {
		if el.Name.Space == spaceWord && el.Name.Local == "tcPr" {
			return s.changeProperty(&c, "cellIns", "cellDel")
		}
		if err := begin(); err != nil {
			return err
		}
		return s.element(el, c)
	})
	if err != nil {
		return err
	}
	if err := begin(); err != nil {
		return err
	}
	return s.to.table(cellEnd, c.inserted, c.deleted)
}
