package docx

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"plenary/repo/resolution"
)

// writer writes the XML of the parts. Numbers of changes count through all parts.
type writer struct {
	options Options
	b       strings.Builder
	id      int
	rtl     bool
	later   bool // date changes two minutes later; see paragraph
}

func (w *writer) raw(s string) { w.b.WriteString(s) }

func (w *writer) take() string {
	s := w.b.String()
	w.b.Reset()
	return s
}

const (
	xmlHead     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordSpaces  = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	threadSpace = `xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="w14"`

	documentStart = xmlHead + `<w:document ` + wordSpaces + `><w:body>`
)

// escape writes characters into text or an attribute; those that XML forbids are dropped.
func escape(s string) string {
	clean := true
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '&' || c == '<' || c == '>' || c == '"' || c >= 0xed {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r < 0x20, r == 0xfffe, r == 0xffff, r == utf8.RuneError:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// by writes the attributes of a change.
func (w *writer) by(author string) string {
	w.id++
	date := w.options.Date
	if w.later {
		date = shifted(date)
	}
	if date != "" {
		date = ` w:date="` + escape(date) + `"`
	}
	if author == "" {
		author = "Plenary"
	}
	return ` w:id="` + strconv.Itoa(w.id) + `" w:author="` + escape(author) + `"` + date
}

// shifted gives a time of the form YYYY-MM-DDThh:mm:ssZ two minutes later, or earlier at the end of an hour.
func shifted(date string) string {
	if len(date) != len(noDate) {
		return date
	}
	minute, err := strconv.Atoi(date[14:16])
	if err != nil {
		return date
	}
	if minute += 2; minute > 59 {
		minute -= 4
	}
	return fmt.Sprintf("%s%02d%s", date[:14], minute, date[16:])
}

var tags = map[state]string{inserted: "ins", deleted: "del"}

func (w *writer) part(p part) {
	if p.rows != nil {
		w.table(p.rows)
		return
	}
	w.paragraph(p.marked)
}

// paragraph writes one paragraph.
//
// LibreOffice takes two insertions by one author within a minute for one, even with a paragraph mark between that was
// there before, and a rejection then takes that mark too. So inserted paragraphs are dated two minutes later than
// insertions in paragraphs that stay.
func (w *writer) paragraph(p *marked) {
	w.later = p.mark.state == inserted
	defer func() { w.later = false }()
	w.raw(`<w:p>`)
	w.properties(p.style, p.was, p.mark)
	w.pieces(p.pieces)
	w.raw(`</w:p>`)
}

// properties writes a pPr in the order that the schema asks for.
func (w *writer) properties(style, was string, mark change) {
	if style == "" && was == "" && mark.state == kept && !w.rtl {
		return
	}
	w.raw(`<w:pPr>`)
	w.place(style)
	if mark.state != kept {
		fmt.Fprintf(&w.b, `<w:rPr><w:%s%s/></w:rPr>`, tags[mark.state], w.by(mark.author))
	}
	if was != style {
		author := mark.author
		if author == "" {
			author = w.options.Author
		}
		fmt.Fprintf(&w.b, `<w:pPrChange%s><w:pPr>`, w.by(author))
		w.place(was)
		w.raw(`</w:pPr></w:pPrChange>`)
	}
	w.raw(`</w:pPr>`)
}

func (w *writer) place(style string) {
	if style != "" {
		w.raw(`<w:pStyle w:val="` + style + `"/>`)
	}
	if w.rtl {
		w.raw(`<w:bidi/>`)
	}
}

// pieces writes runs; neighbours of the same change share one element.
func (w *writer) pieces(pieces []piece) {
	var open change
	end := func() {
		if open.state != kept {
			w.raw(`</w:` + tags[open.state] + `>`)
		}
		open = change{}
	}
	for _, p := range pieces {
		if p.change != open {
			end()
			if open = p.change; open.state != kept {
				fmt.Fprintf(&w.b, `<w:%s%s>`, tags[open.state], w.by(open.author))
			} else {
				open = change{}
			}
		}
		w.piece(p)
	}
	end()
}

func (w *writer) piece(p piece) {
	switch p.kind {
	case pieceCommentStart:
		fmt.Fprintf(&w.b, `<w:commentRangeStart w:id="%d"/>`, p.id)
	case pieceCommentEnd:
		fmt.Fprintf(&w.b, `<w:commentRangeEnd w:id="%d"/><w:r><w:rPr><w:rStyle w:val="CommentReference"/></w:rPr><w:commentReference w:id="%d"/></w:r>`, p.id, p.id)
	case pieceNote:
		fmt.Fprintf(&w.b, `<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="%d"/></w:r>`, p.id+1)
	case pieceTab:
		w.raw(`<w:r>`)
		w.format(p)
		w.raw(`<w:tab/></w:r>`)
	case pieceText:
		w.raw(`<w:r>`)
		w.format(p)
		w.characters(p)
		w.raw(`</w:r>`)
	}
}

func (w *writer) format(p piece) {
	if !p.emphasis && p.was == p.emphasis && !w.rtl {
		return
	}
	w.raw(`<w:rPr>`)
	if p.emphasis {
		w.raw(`<w:i/><w:iCs/>`)
	}
	if w.rtl {
		w.raw(`<w:rtl/>`)
	}
	if p.was != p.emphasis {
		fmt.Fprintf(&w.b, `<w:rPrChange%s><w:rPr>`, w.by(w.options.Author))
		if p.was {
			w.raw(`<w:i/><w:iCs/>`)
		}
		w.raw(`</w:rPr></w:rPrChange>`)
	}
	w.raw(`</w:rPr>`)
}

// characters writes the text of a run; the non-breaking hyphen is an element, as fonts may lack its character.
func (w *writer) characters(p piece) {
	tag := "t"
	if p.state == deleted {
		tag = "delText"
	}
	for i, text := range strings.Split(p.text, "\u2011") {
		if i > 0 {
			w.raw(`<w:noBreakHyphen/>`)
		}
		if text != "" {
			w.raw(`<w:` + tag + ` xml:space="preserve">` + escape(text) + `</w:` + tag + `>`)
		}
	}
}

// tableWidth is the room between the margins, in twentieths of a point.
const tableWidth = 9638

func (w *writer) table(rows []markedRow) {
	columns := 1
	for _, row := range rows {
		columns = max(columns, len(row.cells))
	}
	w.raw(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>`)
	if w.rtl {
		w.raw(`<w:bidiVisual/>`)
	}
	w.raw(`<w:tblW w:w="5000" w:type="pct"/></w:tblPr><w:tblGrid>`)
	for range columns {
		fmt.Fprintf(&w.b, `<w:gridCol w:w="%d"/>`, tableWidth/columns)
	}
	w.raw(`</w:tblGrid>`)
	for _, row := range rows {
		w.raw(`<w:tr>`)
		if row.state != kept {
			fmt.Fprintf(&w.b, `<w:trPr><w:%s%s/></w:trPr>`, tags[row.state], w.by(row.author))
		}
		for k := range max(len(row.cells), 1) {
			var pieces []piece
			if k < len(row.cells) {
				pieces = row.cells[k]
			}
			fmt.Fprintf(&w.b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, tableWidth/columns)
			w.paragraph(&marked{style: "Tabletext", was: "Tabletext", pieces: pieces, mark: row.change})
			w.raw(`</w:tc>`)
		}
		w.raw(`</w:tr>`)
	}
	w.raw(`</w:tbl>`)
}

// cover writes what stands before the text: source, title, covering note, the proposal's mark.
func (w *writer) cover() {
	o := w.options
	plain := func(style, words string) {
		if words != "" {
			w.paragraph(&marked{style: style, was: style, pieces: []piece{{text: words}}})
		}
	}
	plain("Source", o.Source)
	plain("Title1", o.Title)
	for line := range strings.SplitSeq(string(o.Note), "\n") {
		line = strings.TrimSpace(line)
		style := ""
		switch {
		case line == "":
			continue
		case strings.HasPrefix(line, "# "):
			style, line = "Title1", line[2:]
		case strings.HasPrefix(line, "## "):
			style, line = "Headingb", line[3:]
		}
		words := resolution.Plain(line)
		if words == o.Source || words == o.Title {
			continue
		}
		var pieces []piece
		for _, s := range resolution.Spans(line) {
			pieces = append(pieces, piece{text: s.Text, emphasis: s.Emphasis, was: s.Emphasis})
		}
		w.paragraph(&marked{style: style, was: style, pieces: pieces})
	}
	if o.Instruction != "" {
		w.paragraph(&marked{style: "Proposal", was: "Proposal", pieces: []piece{{text: o.Instruction}, {kind: pieceTab}, {text: o.Number}}})
	}
}

// ending closes the body with an empty paragraph, so that no paragraph of the text is the last one, whose mark no
// change can take.
func (w *writer) ending() {
	w.raw(`<w:p/><w:sectPr>`)
	if w.options.Number != "" {
		w.raw(`<w:headerReference w:type="default" r:id="rId3"/>`)
	}
	w.raw(`<w:pgSz w:w="11907" w:h="16840"/><w:pgMar w:top="1418" w:right="1134" w:bottom="1418" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/>`)
	if w.rtl {
		w.raw(`<w:bidi/>`)
	}
	w.raw(`</w:sectPr></w:body></w:document>`)
}

func (w *writer) header() string {
	w.raw(xmlHead + `<w:hdr ` + wordSpaces + `>`)
	w.paragraph(&marked{style: "Header", was: "Header", pieces: []piece{{text: w.options.Number}}})
	w.raw(`</w:hdr>`)
	return w.take()
}

func (w *writer) footnotes(notes []markedNote) string {
	w.raw(xmlHead + `<w:footnotes ` + wordSpaces + `>` +
		`<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>` +
		`<w:footnote w:type="continuationSeparator" w:id="1"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>`)
	for i, n := range notes {
		fmt.Fprintf(&w.b, `<w:footnote w:id="%d"><w:p>`, i+2)
		w.properties("FootnoteText", "FootnoteText", change{})
		w.raw(`<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> </w:t></w:r>`)
		w.pieces(n.pieces)
		w.raw(`</w:p></w:footnote>`)
	}
	w.raw(`</w:footnotes>`)
	return w.take()
}

func (w *writer) comments(comments []writtenComment) string {
	w.raw(xmlHead + `<w:comments ` + wordSpaces + ` ` + threadSpace + `>`)
	for _, c := range comments {
		initials := c.Initials
		if initials == "" {
			initials = initialsOf(c.Author)
		}
		date := ""
		if c.Date != "" {
			date = ` w:date="` + escape(c.Date) + `"`
		}
		fmt.Fprintf(&w.b, `<w:comment w:id="%d" w:author="%s"%s w:initials="%s">`, c.id, escape(c.Author), date, escape(initials))
		paragraphs := strings.Split(c.Text, "\n")
		for i, text := range paragraphs {
			id := ""
			if i == len(paragraphs)-1 {
				id = fmt.Sprintf(` w14:paraId="%s"`, threadID(c.id))
			}
			fmt.Fprintf(&w.b, `<w:p%s><w:pPr><w:pStyle w:val="CommentText"/></w:pPr>`, id)
			if i == 0 {
				w.raw(`<w:r><w:rPr><w:rStyle w:val="CommentReference"/></w:rPr><w:annotationRef/></w:r>`)
			}
			w.raw(`<w:r><w:t xml:space="preserve">` + escape(text) + `</w:t></w:r></w:p>`)
		}
		w.raw(`</w:comment>`)
	}
	w.raw(`</w:comments>`)
	return w.take()
}

func threadID(id int) string { return fmt.Sprintf("%08X", 0x50000000+id) }

// commentThreads says which comment replies to which.
func commentThreads(comments []writtenComment) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w15:commentsEx xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">`)
	for _, c := range comments {
		parent := ""
		if c.parent >= 0 {
			parent = ` w15:paraIdParent="` + threadID(c.parent) + `"`
		}
		fmt.Fprintf(&b, `<w15:commentEx w15:paraId="%s"%s w15:done="0"/>`, threadID(c.id), parent)
	}
	b.WriteString(`</w15:commentsEx>`)
	return b.String()
}

func initialsOf(name string) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(name) {
		r, _ := utf8.DecodeRuneInString(word)
		b.WriteRune(r)
	}
	return b.String()
}

func (w *writer) core() string {
	date := ""
	if w.options.Date != "" {
		date = `<dcterms:created xsi:type="dcterms:W3CDTF">` + escape(w.options.Date) + `</dcterms:created>`
	}
	return xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + escape(strings.TrimSpace(w.options.Instruction+" "+w.options.Number+" "+w.options.Title)) + `</dc:title><dc:creator>` + escape(w.options.Author) + `</dc:creator>` + date + `</cp:coreProperties>`
}
