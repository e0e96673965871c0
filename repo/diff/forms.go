package diff

import (
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"strings"

	"plenary/repo/resolution"
)

// HTML shows changes as a fragment that needs no further escaping: one paragraph a clause with its label, "ins"
// and "del" around words, and spoken prefixes of class "vh" for those who hear the page. A table is a table.
func HTML(changes ...Change) template.HTML {
	var b strings.Builder
	for _, c := range changes {
		writeChange(&b, c)
	}
	return template.HTML(b.String()) //nolint:gosec // every text in it went through html.EscapeString
}

// WordsHTML shows the word operations of one clause, without a paragraph around them.
func WordsHTML(ops []Op) template.HTML {
	var b strings.Builder
	writeOps(&b, ops)
	return template.HTML(b.String()) //nolint:gosec // every text in it went through html.EscapeString
}

func writeChange(b *strings.Builder, c Change) {
	kind := c.Kind.String()
	if c.Moved {
		kind += " moved"
	}
	tag := "p"
	if c.Rows != nil {
		tag = "div"
	}
	fmt.Fprintf(b, `<%s class="clause %s" data-clause="%s">`, tag, kind, html.EscapeString(c.Name.Link))
	if c.Moved {
		b.WriteString(`<span class="vh">moved: </span>`)
	}
	writeLabel(b, c)
	if c.Rows != nil {
		writeRows(b, c.Rows)
	} else {
		writeOps(b, c.Ops)
	}
	fmt.Fprintf(b, "</%s>\n", tag)
}

// writeLabel shows the label; labels are positional, so a new one is not shown as a change.
func writeLabel(b *strings.Builder, c Change) {
	label := c.LabelRevised
	if c.Kind == Deleted {
		label = c.LabelBase
	}
	if label != "" {
		fmt.Fprintf(b, `<span class="label">%s</span> `, html.EscapeString(string(label)))
	}
}

func writeRows(b *strings.Builder, rows [][][]Op) {
	b.WriteString("<table>")
	for _, row := range rows {
		b.WriteString("<tr>")
		for _, cell := range row {
			b.WriteString("<td>")
			writeOps(b, cell)
			b.WriteString("</td>")
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</table>")
}

func writeOps(b *strings.Builder, ops []Op) {
	for k, o := range ops {
		switch o.Kind {
		case Equal:
			writeWords(b, ops, k)
		case Delete:
			b.WriteString(`<del><span class="vh">deleted: </span>`)
			writeWords(b, ops, k)
			b.WriteString(`<span class="vh"> end of deletion </span></del>`)
		case Insert:
			b.WriteString(`<ins><span class="vh">inserted: </span>`)
			writeWords(b, ops, k)
			b.WriteString(`<span class="vh"> end of insertion </span></ins>`)
		}
	}
}

// writeWords writes one operation's words with the emphasis that is open where it begins, on its side.
func writeWords(b *strings.Builder, ops []Op, k int) {
	emphasis := false
	for _, o := range ops[:k] {
		if o.Kind == Equal || o.Kind == ops[k].Kind || ops[k].Kind == Equal && o.Kind == Insert {
			emphasis = emphasis != (stars(o.Text)%2 == 1)
		}
	}
	for n, part := range strings.Split(ops[k].Text, "\n") {
		if n > 0 {
			b.WriteString("<br>")
		}
		words := part
		if emphasis {
			words = "*" + words
		}
		if stars(words)%2 == 1 {
			words += "*"
		}
		writeSpans(b, words)
		emphasis = emphasis != (stars(part)%2 == 1)
	}
}

// writeSpans renders inline words whose stars are balanced.
func writeSpans(b *strings.Builder, words string) {
	for _, s := range spansLoose(words) {
		text := html.EscapeString(s.Text)
		if s.Emphasis && strings.TrimSpace(s.Text) != "" {
			text = "<em>" + text + "</em>"
		}
		b.WriteString(text)
	}
}

// spansLoose parts words at their stars. A piece of a difference may have blanks beside a star, where whole words
// never do, so the stars are taken as marks whatever stands beside them.
func spansLoose(words string) []resolution.Span {
	var out []resolution.Span
	var piece strings.Builder
	emphasis := false
	flush := func() {
		if piece.Len() > 0 {
			out = append(out, resolution.Span{Text: piece.String(), Emphasis: emphasis})
			piece.Reset()
		}
	}
	for i := 0; i < len(words); i++ {
		switch {
		case words[i] == '\\' && i+1 < len(words) && asciiPunct(words[i+1]):
			i++
			piece.WriteByte(words[i])
		case words[i] == '*':
			flush()
			emphasis = !emphasis
		default:
			piece.WriteByte(words[i])
		}
	}
	flush()
	return out
}

// stars counts the marks of emphasis, without escaped ones.
func stars(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && asciiPunct(s[i+1]):
			i++
		case s[i] == '*':
			n++
		}
	}
	return n
}

// Terminal shows changes in plain text, a line a clause: {-old-}{+new+}, with signs before what came, went, moved.
func Terminal(changes ...Change) string {
	var b strings.Builder
	for _, c := range changes {
		if !c.Touched() {
			continue
		}
		b.WriteString(c.Name.Spoken)
		if c.Moved || c.Kind != Changed && c.Kind != Same {
			fmt.Fprintf(&b, " (%s)", verbs(c))
		}
		b.WriteString(": ")
		if c.Rows != nil {
			for _, row := range c.Rows {
				b.WriteString("\n  ")
				for k, cell := range row {
					if k > 0 {
						b.WriteString(" | ")
					}
					b.WriteString(WordsTerminal(cell))
				}
			}
		} else {
			b.WriteString(WordsTerminal(c.Ops))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func verbs(c Change) string {
	if c.Moved && c.Kind != Same {
		return "moved, " + verb(c)
	}
	return verb(c)
}

// WordsTerminal shows the word difference of one clause in plain text: {-old-}{+new+}.
func WordsTerminal(ops []Op) string {
	var b strings.Builder
	for _, o := range ops {
		text := strings.ReplaceAll(o.Text, "\n", " ¶ ")
		switch o.Kind {
		case Equal:
			b.WriteString(text)
		case Delete:
			b.WriteString("{-" + text + "-}")
		case Insert:
			b.WriteString("{+" + text + "+}")
		}
	}
	return b.String()
}

// jsonChange is the shape of a change in JSON.
type jsonChange struct {
	Clause       string       `json:"clause"`
	Link         string       `json:"link"`
	Kind         string       `json:"kind"`
	Moved        bool         `json:"moved,omitempty"`
	Base         []int        `json:"base,omitempty"`
	Revised      []int        `json:"revised,omitempty"`
	LabelBase    string       `json:"labelBase,omitempty"`
	LabelRevised string       `json:"labelRevised,omitempty"`
	Ops          []jsonOp     `json:"ops,omitempty"`
	Rows         [][][]jsonOp `json:"rows,omitempty"`
}

type jsonOp struct {
	Op   string `json:"op"`
	Text string `json:"text"`
}

func jsonOps(ops []Op) []jsonOp {
	signs := map[OpKind]string{Equal: "=", Delete: "-", Insert: "+"}
	out := make([]jsonOp, len(ops))
	for i, o := range ops {
		out[i] = jsonOp{signs[o.Kind], o.Text}
	}
	return out
}

// JSON gives the changes that hold something to look at, as an array of objects with clause, kind and operations
// ("=", "-", "+"). A change of label alone is among them, without operations.
func JSON(changes ...Change) ([]byte, error) {
	out := make([]jsonChange, 0, len(changes))
	for _, c := range changes {
		if !c.Touched() && c.LabelBase == c.LabelRevised {
			continue
		}
		j := jsonChange{
			Clause: c.Name.Spoken, Link: c.Name.Link, Kind: c.Kind.String(), Moved: c.Moved, Base: c.Base, Revised: c.Revised,
			LabelBase: string(c.LabelBase), LabelRevised: string(c.LabelRevised),
		}
		if c.Touched() {
			j.Ops = jsonOps(c.Ops)
			for _, row := range c.Rows {
				cells := make([][]jsonOp, len(row))
				for k, cell := range row {
					cells[k] = jsonOps(cell)
				}
				j.Rows = append(j.Rows, cells)
			}
		}
		out = append(out, j)
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write changes as JSON: %w", err)
	}
	return b, nil
}
