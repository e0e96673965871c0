// Package akn writes a text as Akoma Ntoso 3.0, the exchange form of legislative bodies.
//
// Start with [Document]. Preambular items become recitals, operative items numbered paragraphs, labels num, openers
// heading or intro, notes authorial notes, the covering note part of the preface; names follow AKN4UN. Promises: every
// word of the text is in the document, no change marks are; the same input gives the same bytes.
package akn

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"plenary/repo/resolution"
)

// Naming says what the document is called. What is empty is read from the text, or left general.
type Naming struct {
	Body     string // itu-wtsa: who adopts
	Number   string // 7
	Date     string // YYYY-MM-DD: of the version
	Language string // eng, fra, spa, rus, zho, ara
	Author   string // the delegation or body that this version is from
	Note     string // the covering note, plain text, a paragraph a line
}

// Document gives the text as an Akoma Ntoso statement.
func Document(t resolution.Text, n Naming) ([]byte, error) {
	w := &writer{text: t, names: resolution.Names(t), used: map[string]bool{}, notes: map[string]int{}}
	for i, b := range t.Blocks {
		if b.Kind == resolution.KindFootnote {
			w.notes[string(b.Label)] = i
		}
	}
	n = n.fill(t)
	w.raw(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><statement name="resolution" contains="originalVersion">`)
	w.meta(n)
	at := w.preface(n)
	at = w.preamble(at)
	w.mainBody(at)
	w.raw("</statement></akomaNtoso>\n")
	if w.err != nil {
		return nil, fmt.Errorf("write Akoma Ntoso: %w", w.err)
	}
	return []byte(w.b.String()), nil
}

var (
	digits = regexp.MustCompile(`[0-9]+`)
	years  = regexp.MustCompile(`(?:19|20)[0-9]{2}`)
)

// fill completes the names from the text.
func (n Naming) fill(t resolution.Text) Naming {
	if n.Body == "" {
		n.Body = "assembly"
	}
	for _, b := range t.Blocks {
		if b.Kind != resolution.KindNumber {
			continue
		}
		if n.Number == "" {
			n.Number = digits.FindString(b.Words)
		}
		if all := years.FindAllString(b.Words, -1); n.Date == "" && len(all) > 0 {
			n.Date = all[len(all)-1] + "-01-01"
		}
	}
	if n.Number == "" {
		n.Number = "0"
	}
	if n.Date == "" {
		n.Date = "2000-01-01"
	}
	if n.Language == "" {
		n.Language = language(t)
	}
	if n.Author == "" {
		n.Author = "Assembly"
	}
	return n
}

// language guesses the language by script, and English, French and Spanish apart by their articles.
func language(t resolution.Text) string {
	scripts := map[string]int{}
	small := map[string]int{}
	for _, b := range t.Blocks {
		for _, r := range b.Words {
			switch {
			case unicode.Is(unicode.Arabic, r):
				scripts["ara"]++
			case unicode.Is(unicode.Cyrillic, r):
				scripts["rus"]++
			case unicode.Is(unicode.Han, r):
				scripts["zho"] += 2
			case unicode.Is(unicode.Latin, r):
				scripts["latin"]++
			}
		}
		for word := range strings.FieldsSeq(b.Words) {
			switch word {
			case "the", "of", "and", "to":
				small["eng"]++
			case "le", "les", "des", "du", "et", "à":
				small["fra"]++
			case "el", "los", "del", "las", "y":
				small["spa"]++
			}
		}
	}
	if best := most(scripts, []string{"latin", "ara", "rus", "zho"}); best != "latin" {
		return best
	}
	return most(small, []string{"eng", "fra", "spa"})
}

func most(count map[string]int, order []string) string {
	return slices.MaxFunc(order, func(a, b string) int { return count[a] - count[b] })
}

// writer writes the elements. The first error of escaping is kept.
type writer struct {
	text  resolution.Text
	names []resolution.Name
	b     strings.Builder
	used  map[string]bool
	notes map[string]int
	err   error
}

func (w *writer) raw(s string) { w.b.WriteString(s) }

// take gives what was written and begins anew.
func (w *writer) take() string {
	s := w.b.String()
	w.b.Reset()
	return s
}

func (w *writer) escape(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil && w.err == nil {
		w.err = err
	}
	return b.String()
}

// id gives an eId of its own: letters, digits and the marks the naming convention uses.
func (w *writer) id(parts ...string) string {
	id := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_' || r == '-' {
			return r
		}
		return '-'
	}, strings.Join(parts, "__"))
	whole := id
	for i := 2; w.used[whole]; i++ {
		whole = id + "_" + strconv.Itoa(i)
	}
	w.used[whole] = true
	return whole
}

func (w *writer) meta(n Naming) {
	year, _, _ := strings.Cut(n.Date, "-")
	work := "/akn/un/statement/deliberation/" + w.escape(n.Body) + "/" + year + "/res-" + w.escape(n.Number)
	expression := work + "/" + n.Language + "@" + w.escape(n.Date)
	author := "#" + w.id("author")
	w.raw(`<meta><identification source="` + author + `"><FRBRWork>`)
	w.raw(`<FRBRthis value="` + work + `/!main"/><FRBRuri value="` + work + `"/><FRBRdate date="` + w.escape(n.Date) + `" name="version"/><FRBRauthor href="` + author + `"/><FRBRcountry value="un"/><FRBRnumber value="` + w.escape(n.Number) + `"/></FRBRWork>`)
	w.raw(`<FRBRExpression><FRBRthis value="` + expression + `/!main"/><FRBRuri value="` + expression + `"/><FRBRdate date="` + w.escape(n.Date) + `" name="version"/><FRBRauthor href="` + author + `"/><FRBRlanguage language="` + n.Language + `"/></FRBRExpression>`)
	w.raw(`<FRBRManifestation><FRBRthis value="` + expression + `/!main.xml"/><FRBRuri value="` + expression + `.akn"/><FRBRdate date="` + w.escape(n.Date) + `" name="export"/><FRBRauthor href="` + author + `"/></FRBRManifestation></identification>`)
	w.raw(`<references source="` + author + `"><TLCOrganization eId="author" href="/akn/ontology/organization/un/` + w.escape(n.Body) + `" showAs="` + w.escape(n.Author) + `"/></references></meta>` + "\n")
}

// preface writes number line, title, history and covering note, and gives the block after them.
func (w *writer) preface(n Naming) int {
	var b strings.Builder
	tags := map[resolution.Kind]string{resolution.KindNumber: "docNumber", resolution.KindTitle: "docTitle", resolution.KindHistory: ""}
	at := 0
	for ; at < len(w.text.Blocks); at++ {
		block := w.text.Blocks[at]
		tag, head := tags[block.Kind]
		if !head {
			break
		}
		words := w.inline(block.Words)
		if tag != "" {
			words = "<" + tag + ">" + words + "</" + tag + ">"
		}
		b.WriteString("<p>" + words + "</p>")
	}
	for line := range strings.SplitSeq(n.Note, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString("<p>" + w.escape(line) + "</p>")
		}
	}
	if b.Len() > 0 {
		w.raw("<preface>" + b.String() + "</preface>\n")
	}
	return at
}

// operative are openers with which the operative part begins, in the six languages.
var operative = regexp.MustCompile(`^(?i:resolves?|decides?|recommends?|instructs?|invites?|requests?|urges?|encourages?|adopts?|approves?|declares?|calls|décide|recommande|charge|invite|prie|encourage|adopte|déclare|resuelve|decide|recomienda|encarga|invita|решает|рекомендует|поручает|предлагает|做出决议|决定|决议|建议|责成|请|يقرر|تقرر|يوصي|يكلف|يدعو|تدعو)`)

func (w *writer) isOperative(i int) bool {
	plain := strings.ReplaceAll(resolution.Plain(w.text.Blocks[i].Words), "\u0640", "")
	if operative.MatchString(plain) {
		return true
	}
	return i+1 < len(w.text.Blocks) && w.text.Blocks[i+1].Label != "" && unicode.IsDigit(rune(w.text.Blocks[i+1].Label[0]))
}

// section gives the end of the section that begins with the opener at i.
func (w *writer) section(i int) int {
	end := i + 1
	for end < len(w.text.Blocks) {
		switch w.text.Blocks[end].Kind {
		case resolution.KindOpener, resolution.KindDivision, resolution.KindHeading:
			return end
		default:
			end++
		}
	}
	return end
}

// preamble writes the opening line and the sections before the operative part, and gives the block after them.
func (w *writer) preamble(at int) int {
	outer := w.take()
	blocks := w.text.Blocks
	for at < len(blocks) && blocks[at].Kind == resolution.KindParagraph && w.hasOpener(at) {
		fmt.Fprintf(&w.b, `<formula name="enactingAuthority"><p>%s</p></formula>`, w.inline(blocks[at].Words))
		at++
	}
	for at < len(blocks) && blocks[at].Kind == resolution.KindOpener && !w.isOperative(at) {
		end := w.section(at)
		if !slices.ContainsFunc(blocks[at+1:end], isText) {
			break
		}
		id := w.id("pream", "recs_"+w.names[at].Link)
		w.raw(`<recitals eId="` + id + `"><intro eId="` + w.id(id, "intro") + `"><p>` + w.inline(blocks[at].Words) + `</p></intro>`)
		for _, b := range tree(blocks, at+1, end) {
			w.recital(id, b)
		}
		w.raw("</recitals>\n")
		at = end
	}
	inner := w.take()
	w.raw(outer)
	if inner != "" {
		w.raw("<preamble>" + inner + "</preamble>\n")
	}
	return at
}

// hasOpener tells whether an opener stands further down, so that a paragraph above it opens the text.
func (w *writer) hasOpener(at int) bool {
	for _, b := range w.text.Blocks[at:] {
		switch b.Kind {
		case resolution.KindOpener:
			return true
		case resolution.KindParagraph:
		default:
			return false
		}
	}
	return false
}

func isText(b resolution.Block) bool { return b.Kind != resolution.KindFootnote }

// node is a block with those that stand under it.
type node struct {
	at       int
	children []node
}

// tree hangs the blocks from..to under each other by their levels. Notes are written where they are referred to.
func tree(blocks []resolution.Block, from, to int) []node {
	var out []node
	for i := from; i < to; {
		if !isText(blocks[i]) {
			i++
			continue
		}
		end := i + 1
		for end < to && (blocks[end].Level > blocks[i].Level || !isText(blocks[end])) {
			end++
		}
		out = append(out, node{i, tree(blocks, i+1, end)})
		i = end
	}
	return out
}

func (w *writer) num(i int) string {
	b := w.text.Blocks[i]
	switch b.Kind {
	case resolution.KindItem:
		return "<num>" + w.escape(string(b.Label)) + "</num>"
	case resolution.KindBullet:
		return "<num>•</num>"
	default:
		return ""
	}
}

// recital writes one preambular item with what stands under it.
func (w *writer) recital(parent string, n node) {
	id := w.id(parent, "rec_"+w.names[n.at].Link)
	w.raw(`<recital eId="` + id + `">` + w.num(n.at))
	w.block(id, n.at)
	w.list(id, n.children)
	w.raw(`</recital>`)
}

// list writes items as blocks inside a recital.
func (w *writer) list(parent string, nodes []node) {
	if len(nodes) == 0 {
		return
	}
	id := w.id(parent, "list")
	w.raw(`<blockList eId="` + id + `">`)
	for _, n := range nodes {
		item := w.id(id, "item")
		w.raw(`<item eId="` + item + `">` + w.num(n.at))
		w.block(item, n.at)
		w.list(item, n.children)
		w.raw(`</item>`)
	}
	w.raw(`</blockList>`)
}

// block writes the words of a block, or its table.
func (w *writer) block(parent string, i int) {
	b := w.text.Blocks[i]
	if b.Kind != resolution.KindTable {
		w.raw("<p>" + w.inline(b.Words) + "</p>")
		return
	}
	w.raw(`<table eId="` + w.id(parent, "table") + `">`)
	for _, row := range b.Rows {
		w.raw("<tr>")
		for _, cell := range row {
			w.raw("<td><p>" + w.inline(cell) + "</p></td>")
		}
		w.raw("</tr>")
	}
	w.raw("</table>")
}

// mainBody writes all that is not preface and preamble, section by section.
func (w *writer) mainBody(at int) {
	w.raw("<mainBody>")
	blocks := w.text.Blocks
	written := false
	for at < len(blocks) {
		switch blocks[at].Kind {
		case resolution.KindOpener, resolution.KindHeading:
			end := w.section(at)
			name := "operative"
			if blocks[at].Kind == resolution.KindHeading || !w.isOperative(at) {
				name = "section"
			}
			w.container(name, at, "", w.inline(blocks[at].Words), at+1, end)
			at = end
		case resolution.KindDivision:
			end, heading := at+1, ""
			if end < len(blocks) && blocks[end].Kind == resolution.KindDivisionTitle {
				heading = w.inline(blocks[end].Words)
				end++
			}
			stop := max(w.section(at), end)
			w.container("annex", at, w.inline(blocks[at].Words), heading, end, stop)
			at = stop
		default:
			end := w.section(at)
			for _, n := range tree(blocks, at, end) {
				w.paragraph("body", "paragraph", n)
				written = true
			}
			at = end
			continue
		}
		written = true
	}
	if !written {
		w.raw("<p/>")
	}
	w.raw("</mainBody>")
}

func (w *writer) container(name string, at int, num, heading string, from, to int) {
	id := w.id(name + "_" + w.names[at].Link)
	w.raw(`<hcontainer name="` + name + `" eId="` + id + `">`)
	if num != "" {
		w.raw("<num>" + num + "</num>")
	}
	if heading != "" {
		w.raw("<heading>" + heading + "</heading>")
	}
	nodes := tree(w.text.Blocks, from, to)
	for _, n := range nodes {
		w.paragraph(id, "paragraph", n)
	}
	if len(nodes) == 0 {
		w.raw(`<content eId="` + w.id(id, "content") + `"><p/></content>`)
	}
	w.raw("</hcontainer>\n")
}

// paragraph writes one item of the body with what stands under it.
func (w *writer) paragraph(parent, tag string, n node) {
	id := w.id(parent, map[string]string{"paragraph": "para_", "point": "point_"}[tag]+w.names[n.at].Link)
	w.raw("<" + tag + ` eId="` + id + `">` + w.num(n.at))
	part := "content"
	if len(n.children) > 0 {
		part = "intro"
	}
	w.raw("<" + part + ` eId="` + w.id(id, part) + `">`)
	w.block(id, n.at)
	w.raw("</" + part + ">")
	for _, child := range n.children {
		w.paragraph(id, "point", child)
	}
	w.raw("</" + tag + ">")
}

var noteMark = regexp.MustCompile(`\[\^([^\]]{1,30})\]`)

// inline writes words: emphasis, and notes where they are referred to.
func (w *writer) inline(words string) string {
	var b strings.Builder
	for _, span := range resolution.Spans(words) {
		if span.Emphasis {
			b.WriteString("<i>")
		}
		at := 0
		for _, m := range noteMark.FindAllStringSubmatchIndex(span.Text, -1) {
			label := span.Text[m[2]:m[3]]
			note, known := w.notes[label]
			if !known {
				continue
			}
			b.WriteString(w.escape(span.Text[at:m[0]]))
			at = m[1]
			delete(w.notes, label) // a second reference stays words
			fmt.Fprintf(&b, `<authorialNote eId="%s" marker="%s" placement="bottom"><p>%s</p></authorialNote>`, w.id("note_"+label), w.escape(label), w.inline(w.text.Blocks[note].Words))
		}
		b.WriteString(w.escape(span.Text[at:]))
		if span.Emphasis {
			b.WriteString("</i>")
		}
	}
	return b.String()
}
