// Package page writes a text as one self-contained HTML page.
//
// Start with [Text] and [Changes]. Promises: nothing is fetched and no script runs; the page prints on white paper,
// follows the reader's choice of light or dark, reads aloud, and shows right-to-left scripts in their direction. The
// same input gives the same bytes.
package page

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"
	"unicode"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// sheet is what the template shows.
type sheet struct {
	Title  string
	Dir    string
	Style  template.CSS
	Blocks []block
	Notes  []block
}

type block struct {
	Kind  string // of the class
	Tag   string
	Level int
	Link  string
	Label string
	Words template.HTML
	Rows  [][]template.HTML
}

var sheetTemplate = template.Must(template.New("sheet").Parse(`<!DOCTYPE html>
<html{{if .Dir}} dir="{{.Dir}}"{{end}}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{.Title}}</title>
<style>{{.Style}}</style>
</head>
<body>
<main>
{{range .Blocks}}{{template "block" .}}{{end}}{{if .Notes}}<hr>
<section aria-label="Notes">
{{range .Notes}}{{template "block" .}}{{end}}</section>
{{end}}</main>
</body>
</html>
{{define "block"}}{{if .Rows}}<table class="l{{.Level}}" id="{{.Link}}">{{range .Rows}}<tr>{{range .}}<td>{{.}}</td>{{end}}</tr>
{{end}}</table>
{{else if eq .Tag "h1"}}<h1 class="{{.Kind}}" id="{{.Link}}">{{.Words}}</h1>
{{else if eq .Tag "h2"}}<h2 class="{{.Kind}}" id="{{.Link}}">{{.Words}}</h2>
{{else if eq .Tag "h3"}}<h3 class="{{.Kind}}" id="{{.Link}}">{{.Words}}</h3>
{{else}}<p class="{{.Kind}} l{{.Level}}" id="{{.Link}}">{{if .Label}}<span class="label">{{.Label}}</span> {{end}}{{.Words}}</p>
{{end}}{{end}}`))

const style = `
:root{color-scheme:light dark}
body{margin:0;font:1.05rem/1.55 "Times New Roman",Times,"Noto Serif",serif}
main{max-width:42rem;margin:2rem auto;padding:0 1.2rem}
h1,h2,h3{line-height:1.25;text-align:center;font-size:1.15rem}
h1{font-weight:normal;font-size:1.2rem}
h3.heading{text-align:start}
.history{text-align:center;font-style:italic}
.opener{margin-inline-start:2.4rem;font-style:italic;break-after:avoid}
.item,.bullet{position:relative}
.label{display:inline-block;min-width:2.2rem}
.l1{margin-inline-start:2.4rem}.l2{margin-inline-start:4.8rem}.l3{margin-inline-start:7.2rem}
table{border-collapse:collapse;margin-block:1rem}
td{border:1px solid;padding:.25rem .6rem;vertical-align:top}
ins{text-decoration:underline;text-decoration-thickness:2px;color:#0b5d1e}
del{text-decoration:line-through;color:#9b1c1c}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
p.inserted{border-inline-start:3px solid #0b5d1e;padding-inline-start:.6rem}
p.deleted{border-inline-start:3px solid #9b1c1c;padding-inline-start:.6rem}
@media (prefers-color-scheme:dark){ins{color:#7fd494}del{color:#f2a3a3}}
@media print{:root{color-scheme:light}main{max-width:none;margin:0}a{color:inherit}p,tr{break-inside:avoid}}
@page{margin:2.2cm}
`

// Text gives a text as a page.
func Text(t resolution.Text) ([]byte, error) {
	s := sheet{Title: title(t), Dir: direction(t), Style: style}
	names := resolution.Names(t)
	for i, b := range t.Blocks {
		one := shape(b)
		one.Link = names[i].Link
		one.Words = inline(b.Words)
		for _, row := range b.Rows {
			var cells []template.HTML
			for _, cell := range row {
				cells = append(cells, inline(cell))
			}
			one.Rows = append(one.Rows, cells)
		}
		s.add(b.Kind, one)
	}
	return s.render()
}

// Changes gives the changes from base to revised as a page, the whole text with its insertions and deletions.
func Changes(base, revised resolution.Text) ([]byte, error) {
	s := sheet{Title: title(revised), Dir: direction(revised), Style: style}
	for i, c := range diff.Compare(base, revised) {
		one := shape(c.Blocks[0])
		one.Kind += " " + c.Kind.String()
		one.Link = c.Name.Link
		if c.Kind == diff.Deleted {
			one.Link = fmt.Sprintf("was-%d-%s", i, c.Name.Link)
		}
		one.Words = diff.WordsHTML(c.Ops)
		for _, row := range c.Rows {
			var cells []template.HTML
			for _, cell := range row {
				cells = append(cells, diff.WordsHTML(cell))
			}
			one.Rows = append(one.Rows, cells)
		}
		s.add(c.Blocks[0].Kind, one)
	}
	return s.render()
}

func (s *sheet) add(kind resolution.Kind, b block) {
	if kind == resolution.KindFootnote {
		s.Notes = append(s.Notes, b)
		return
	}
	s.Blocks = append(s.Blocks, b)
}

func (s *sheet) render() ([]byte, error) {
	var b bytes.Buffer
	if err := sheetTemplate.Execute(&b, s); err != nil {
		return nil, fmt.Errorf("write page: %w", err)
	}
	return b.Bytes(), nil
}

// shape gives a block its element, class and label.
func shape(b resolution.Block) block {
	one := block{Kind: "paragraph", Tag: "p", Level: min(b.Level, 3), Label: string(b.Label)}
	switch b.Kind {
	case resolution.KindNumber:
		one.Kind, one.Tag = "number", "h1"
	case resolution.KindTitle:
		one.Kind, one.Tag = "title", "h2"
	case resolution.KindDivision:
		one.Kind, one.Tag = "division", "h2"
	case resolution.KindDivisionTitle:
		one.Kind, one.Tag = "division-title", "h2"
	case resolution.KindHeading:
		one.Kind, one.Tag = "heading", "h3"
	case resolution.KindHistory:
		one.Kind = "history"
	case resolution.KindOpener:
		one.Kind = "opener"
	case resolution.KindItem:
		one.Kind = "item"
	case resolution.KindBullet:
		one.Kind, one.Label = "bullet", "•"
	case resolution.KindFootnote:
		one.Kind = "note"
	case resolution.KindParagraph, resolution.KindTable:
	}
	return one
}

var noteMark = regexp.MustCompile(`\[\^([^\]]{1,30})\]`)

// inline gives words as HTML: emphasis, and references to notes as links.
func inline(words string) template.HTML {
	var b strings.Builder
	for _, span := range resolution.Spans(words) {
		text := noteMark.ReplaceAllString(template.HTMLEscapeString(span.Text), `<sup><a href="#note-$1">$1</a></sup>`)
		if span.Emphasis {
			text = "<em>" + text + "</em>"
		}
		b.WriteString(text)
	}
	return template.HTML(b.String()) //nolint:gosec // every text in it was escaped
}

// title gives the words of number line and title.
func title(t resolution.Text) string {
	var out []string
	for _, b := range t.Blocks {
		if b.Kind == resolution.KindNumber || b.Kind == resolution.KindTitle {
			out = append(out, resolution.Plain(b.Words))
		}
	}
	if len(out) == 0 {
		return "Resolution"
	}
	return strings.Join(out, ": ")
}

// direction is rtl where most letters are of a script written so.
func direction(t resolution.Text) string {
	right, all := 0, 0
	for _, b := range t.Blocks {
		for _, r := range b.Words {
			if unicode.IsLetter(r) {
				all++
				if unicode.In(r, unicode.Arabic, unicode.Hebrew) {
					right++
				}
			}
		}
	}
	if right*2 > all {
		return "rtl"
	}
	return ""
}
