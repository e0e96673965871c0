package docx

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// readRun reads a w:r: its format, then its characters.
func (s *story) readRun(c scope) error {
	r := run{inserted: c.inserted, deleted: c.deleted}
	return s.d.children(func(el xml.StartElement) error { return s.inRun(el, &r, c) })
}

// inRun reads one element of a run.
func (s *story) inRun(el xml.StartElement, r *run, c scope) error {
	switch {
	case el.Name.Space == spaceCompat && el.Name.Local == "AlternateContent":
		return s.choice(func(el xml.StartElement) error { return s.inRun(el, r, c) })
	case el.Name.Space == spaceSymbol && el.Name.Local == "symEx":
		return s.symbol(el, *r)
	case el.Name.Space != spaceWord:
		return s.element(el, c)
	}
	switch el.Name.Local {
	case "rPr":
		return s.runProperties(r)
	case "t", "delText":
		return s.words(el, *r)
	case "tab", "ptab":
		return s.mark(*r, runTab, "")
	case "br", "cr":
		return s.mark(*r, runBreak, "")
	case "noBreakHyphen":
		return s.mark(*r, runText, "\u2011")
	case "sym":
		return s.symbol(el, *r)
	case "fldChar":
		return s.fieldMark(el, *r)
	case "footnoteReference":
		return s.mark(*r, runFootnote, attr(el, "id"))
	case "endnoteReference":
		return s.mark(*r, runEndnote, attr(el, "id"))
	case "instrText", "delInstrText", "softHyphen":
		return s.d.skip()
	}
	return s.element(el, c)
}

func (s *story) fieldMark(el xml.StartElement, r run) error {
	switch attr(el, "fldCharType") {
	case "begin":
		return s.mark(r, runFieldBegin, "")
	case "separate":
		return s.mark(r, runFieldSeparate, "")
	case "end":
		return s.mark(r, runFieldEnd, "")
	}
	return s.d.skip()
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

// preserved tells whether xml:space of an element, else of those around it, says that blanks count.
func preserved(el xml.StartElement, around bool) bool {
	for _, a := range el.Attr {
		if a.Name.Local == "space" && (a.Name.Space == "xml" || a.Name.Space == "http://www.w3.org/XML/1998/namespace") {
			return a.Value == "preserve"
		}
	}
	return around
}

// words adds the characters of an element. Without xml:space="preserve" the blanks at its ends do not count.
func (s *story) words(el xml.StartElement, r run) error {
	text, err := s.d.text()
	if err != nil {
		return err
	}
	if el.Name.Space != spaceMath && !preserved(el, s.preserve) {
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

// symbol reads a w:sym: a character of a font with signs of its own, or one of any text, which some programs write so.
func (s *story) symbol(el xml.StartElement, r run) error {
	char, kind := attr(el, "char"), runSymbol
	font := strings.ToLower(attr(el, "font"))
	if n, err := strconv.ParseUint(char, 16, 32); err == nil && (n < 0xe000 || n > 0xf8ff) && !strings.Contains(font, "symbol") && !strings.Contains(font, "dings") {
		kind = runText
	}
	return s.mark(r, kind, symbol(char))
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
