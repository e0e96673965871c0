package docx

import (
	"encoding/xml"
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
	size        int  // of the paragraph being read
	preserve    bool // xml:space of the elements around: blanks at the ends of a text count
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
	around := s.preserve
	s.preserve = preserved(el, around)
	defer func() { s.preserve = around }()
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
			return s.choice(func(el xml.StartElement) error { return s.element(el, c) })
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
func (s *story) choice(visit func(xml.StartElement) error) error {
	taken := false
	return s.d.children(func(el xml.StartElement) error {
		if el.Name.Space == spaceCompat && !taken && (el.Name.Local == "Choice" || el.Name.Local == "Fallback") {
			taken = true
			return s.d.children(visit)
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
