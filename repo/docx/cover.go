package docx

import (
	"bytes"
	"regexp"
	"strings"

	"plenary/repo/resolution"
)

// mark is where one proposal stands in the story, by index of paragraph.
type mark struct {
	instruction, number string
	at                  int // its own paragraph; from when there is none
	from, to            int // the text
	reasonsTo           int // the reasons go from to up to here
	blocks              map[int]placed
}

// placed tells which block a line became.
type placed struct {
	index        int
	name         string
	label, words int // characters of the label with its tab, and of the words
}

var (
	markPattern    = regexp.MustCompile(`^\(?(ADD|MOD|SUP|NOC)\)?[\s\x{00a0}]+([\p{L}][\p{L}\p{N}()&.-]{0,40}/[\p{L}\p{N}()./-]{1,40}/[\p{N}]{1,4}[\p{L}]{0,3})\b`)
	reasonsPattern = regexp.MustCompile(`^(?i:reasons?|motifs?|motivos?|основания|理由|الأسباب)[\s\x{00a0}]*[:：]`)
	numberPattern  = regexp.MustCompile(`^(?:\[?(?:(?i:draft[\s]+)?(?i:new[\s]+)?(?:RESOLUTION|Resolution|RÉSOLUTION|Résolution|RESOLUCIÓN|Resolución|РЕЗОЛЮЦИЯ|Резолюция)[\s\x{00a0}]+[\[\p{N}\p{Lu}])|第[\p{N}一二三四五六七八九十百]+号决议|ال?قـ*رار[\s\x{00a0}]+[\p{N}])`)
)

// isRule reports whether a line is nothing but a drawn line, as the end of a document has.
func isRule(text string) bool {
	return text != "" && strings.Trim(text, "_-–—*=. \u00a0\t") == "" && len(text) > 2
}

// topLine is a paragraph outside tables with its plain text, accepted.
type topLine struct {
	index int
	role  role
	text  string
}

// topLines gives the paragraphs outside tables that have words.
func (s *source) topLines() []topLine {
	var out []topLine
	depth, at := 0, -1
	for _, e := range s.story.elements {
		if e.p == nil {
			switch e.event {
			case tableStart:
				depth++
			case tableEnd:
				depth--
			case rowStart, cellStart, cellEnd, rowEnd:
			}
			continue
		}
		at++
		if depth > 0 {
			continue
		}
		var accepted, rejected strings.Builder
		for _, r := range e.p.runs {
			if r.in(Accept) {
				accepted.WriteString(r.characters())
			}
			if r.in(Reject) {
				rejected.WriteString(r.characters())
			}
		}
		text := strings.TrimSpace(accepted.String())
		if text == "" {
			text = strings.TrimSpace(rejected.String())
		}
		if text != "" {
			out = append(out, topLine{at, s.styles.role(e.p.style), text})
		}
	}
	return out
}

// marks finds the proposals of a file: each mark begins one, its reasons or the next mark end it. A file without marks
// holds one text, which begins at its number line where that is clear.
func (s *source) marks() []mark {
	lines := s.topLines()
	end := 0
	for _, e := range s.story.elements {
		if e.p != nil {
			end++
		}
	}
	var out []mark
	for _, l := range lines {
		m := markPattern.FindStringSubmatch(l.text)
		switch {
		case m != nil && len(l.text) < 120 && (!s.exact || l.role == roleProposal):
			out = append(out, mark{instruction: m[1], number: m[2], at: l.index, from: l.index + 1})
		case l.role == roleProposal:
			instruction, number := looseMark(l.text)
			out = append(out, mark{instruction: instruction, number: number, at: l.index, from: l.index + 1})
		}
	}
	if len(out) == 0 {
		from := s.begin(lines)
		out = append(out, mark{at: from, from: from})
	}
	for i := range out {
		m := &out[i]
		m.to = end
		if i+1 < len(out) {
			m.to = out[i+1].at
		}
		m.reasonsTo = m.to
		for _, l := range lines {
			if l.index >= m.from && l.index < m.to && (reasonsPattern.MatchString(l.text) && !s.exact || l.role == roleReasons) {
				m.to = l.index
				break
			}
		}
	}
	return out
}

// looseMark reads what a paragraph of the Proposal style says, when it has not the usual form.
func looseMark(text string) (instruction, number string) {
	fields := strings.Fields(text)
	if len(fields) > 0 {
		word := strings.Trim(fields[0], "()")
		switch word {
		case "ADD", "MOD", "SUP", "NOC":
			return word, strings.Join(fields[1:], " ")
		}
	}
	return "", strings.Join(fields, " ")
}

// begin finds where the text of a file without marks begins.
func (s *source) begin(lines []topLine) int {
	for _, l := range lines {
		if l.role == roleNumber {
			return l.index
		}
	}
	if s.exact {
		return 0
	}
	for _, l := range lines[:min(len(lines), 60)] {
		if len(l.text) < 120 && !strings.ContainsAny(l.text[len(l.text)-1:], ",;.:") && numberPattern.MatchString(l.text) {
			return l.index
		}
	}
	return 0
}

// note writes a covering note as Markdown.
type note struct{ b bytes.Buffer }

func (n *note) bytes() []byte { return bytes.TrimLeft(n.b.Bytes(), "\n") }

func (n *note) put(line string) {
	if line != "" {
		n.b.WriteString("\n" + line + "\n")
	}
}

func (n *note) title(words string)   { n.put("# " + words) }
func (n *note) heading(words string) { n.put("## " + words) }

// paragraph writes words in the canonical form, so that none begins like structure by chance.
func (n *note) paragraph(words string) {
	n.block(resolution.Block{Words: words})
}

func (n *note) block(b resolution.Block) {
	n.put(strings.TrimSuffix(string(resolution.Format(resolution.Text{Blocks: []resolution.Block{b}})), "\n"))
}

var headWords = regexp.MustCompile(`^(?i:abstract|introduction|proposals?|background|summary|discussion|conclusions?|résumé|propositions?|contexte|resumen|introducción|propuestas?|antecedentes|введение|предложени[ея]|базовая информация|резюме|摘要|引言|提案|背景|مقدمة|المقترحات?|المقترح|معلومات أساسية)[\s\x{00a0}]*[:：]?$`)

// cover writes all that stands outside the texts and their reasons, and finds source and title.
func (s *source) cover(v *viewText, marks []mark, out *Contribution) *note {
	n := &note{}
	inside := func(from int) bool {
		for _, m := range marks {
			if from >= m.at && from < m.reasonsTo {
				return true
			}
		}
		return false
	}
	for _, l := range v.lines {
		if inside(l.from) {
			continue
		}
		if l.rows != nil {
			n.table(l)
			continue
		}
		text := strings.Join(strings.Fields(l.plain()), " ")
		words := resolution.FromSpans(joinBreaks(l.spans))
		if text == "" || isRule(text) {
			continue
		}
		switch {
		case l.role == roleSource && out.Source == "":
			out.Source = text
			n.paragraph(words)
		case l.role == roleContributionTitle && out.Title == "":
			out.Title = text
			n.title(words)
		case l.role == roleHeading, headWords.MatchString(text):
			n.heading(strings.TrimRight(words, ":： "))
		default:
			if l.label != "" {
				words = resolution.FromPlain(l.label+" ") + " " + words
			}
			n.paragraph(words)
		}
	}
	return n
}

func (n *note) table(l textLine) {
	b := resolution.Block{Kind: resolution.KindTable, Rows: tableRows(l.rows)}
	words := false
	for _, row := range b.Rows {
		for _, cell := range row {
			words = words || cell != ""
		}
	}
	if words {
		n.block(b)
	}
}

// tableRows gives the cells of a table as words, all rows as wide as the widest.
func tableRows(rows [][][]resolution.Span) [][]string {
	width := 1
	for _, row := range rows {
		width = max(width, len(row))
	}
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = make([]string, width)
		for k, cell := range row {
			out[i][k] = resolution.FromSpans(joinBreaks(cell))
		}
	}
	return out
}
