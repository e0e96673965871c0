package docx

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"plenary/repo/resolution"
)

// builder turns the lines of one view into a resolution.
//
// What the styles say (number line, title, opener, annex, level) holds; what they leave open is recognised as in pasted
// text, by [resolution.ParsePaper]: every line goes through it, lines of a known kind as a stand-in of that kind, and
// the real words with their emphasis are put back afterwards.
type builder struct {
	exact bool // the styles were written by this program: they say everything
	notes *noteBook
}

// standIn is a line as the paper reader sees it, with what to make of the block it becomes.
type standIn struct {
	paper string
	line  textLine
	words string          // the real words where paper is a stand-in
	kind  resolution.Kind // likewise
	fixed bool
	rows  int // rows of a table
}

var errMapping = errors.New("a paragraph of the file became no block")

// build gives the text, and for each line (by its paragraph in the story) the block it became.
func (b *builder) build(lines []textLine) (resolution.Text, map[int]placed, error) {
	if !b.exact {
		lines = trimRules(lines)
	}
	styled := slices.ContainsFunc(lines, func(l textLine) bool { return l.role == roleNumber || l.role == roleOpener })
	head, body := b.head(lines)
	blocks := append([]resolution.Block{}, head...)
	rest, at, err := b.body(lines[body:], body > 0 || len(head) > 0, styled)
	if err != nil {
		return resolution.Text{}, nil, err
	}
	for from, i := range at {
		at[from] = i + len(blocks)
	}
	for i := range head {
		if i < body {
			at[lines[i].from] = i
		}
	}
	blocks = append(blocks, rest...)
	blocks = append(blocks, b.footnotes(blocks)...)
	text, _, err := resolution.Parse(resolution.Format(resolution.Text{Blocks: blocks}))
	if err != nil {
		return resolution.Text{}, nil, refuse("the text cannot be kept as a resolution: %v", err)
	}
	return text, places(text, len(blocks), at, lines), nil
}

// places names the blocks that lines became. A text whose blocks are not those that were built keeps no places.
func places(text resolution.Text, built int, at map[int]int, lines []textLine) map[int]placed {
	out := map[int]placed{}
	if len(text.Blocks) != built {
		return out
	}
	names := resolution.Names(text)
	for _, l := range lines {
		i, known := at[l.from]
		if !known || i >= len(text.Blocks) || l.rows != nil {
			continue
		}
		words := utf8.RuneCountInString(resolution.Plain(text.Blocks[i].Words))
		whole := utf8.RuneCountInString(strings.TrimRightFunc(spanText(l.spans), unicode.IsSpace))
		out[l.from] = placed{index: i, name: names[i].Spoken, label: max(whole-words, 0), words: words}
	}
	return out
}

// trimRules takes the drawn lines off the end.
func trimRules(lines []textLine) []textLine {
	for len(lines) > 0 && lines[len(lines)-1].rows == nil && isRule(strings.TrimSpace(lines[len(lines)-1].plain())) {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// head reads number line, title, history and opening line where styles name them, and gives the line after them.
func (b *builder) head(lines []textLine) ([]resolution.Block, int) {
	var out []resolution.Block
	add := func(kind resolution.Kind, l textLine) {
		words := resolution.FromSpans(joinBreaks(l.spans))
		if n := len(out); n > 0 && out[n-1].Kind == kind && kind == resolution.KindTitle {
			out[n-1].Words = joinWords(out[n-1].Words, words)
			return
		}
		out = append(out, resolution.Block{Kind: kind, Words: words})
	}
	for i, l := range lines {
		plain := strings.TrimSpace(l.plain())
		switch {
		case l.rows != nil || plain == "":
			return out, i
		case l.role == roleNumber && len(out) == 0:
			add(resolution.KindNumber, l)
		case l.role == roleTitle && (len(out) == 0 || out[len(out)-1].Kind <= resolution.KindTitle && out[len(out)-1].Kind != resolution.KindParagraph):
			add(resolution.KindTitle, l)
		case l.role == roleHistory && (len(out) > 0 || b.exact):
			add(resolution.KindHistory, l)
		case l.role == roleOpening && len(out) > 0 && l.label == "" && !b.exact:
			add(resolution.KindParagraph, l)
			return out, i + 1
		case len(out) > 0 && !b.exact && (strings.HasPrefix(plain, "(") || strings.HasPrefix(plain, "（")) && (strings.HasSuffix(plain, ")") || strings.HasSuffix(plain, "）")) && l.role == roleNone:
			add(resolution.KindHistory, l)
		case len(out) > 0 && l.role == roleNone && l.label == "" && strings.ContainsAny(plain[len(plain)-1:], ",") && !b.exact:
			add(resolution.KindParagraph, l)
			return out, i + 1
		default:
			return out, i
		}
	}
	return out, len(lines)
}

func joinWords(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// joinBreaks makes the line breaks inside a paragraph blanks; between Chinese characters they are nothing.
func joinBreaks(spans []resolution.Span) []resolution.Span {
	out := slices.Clone(spans)
	for i := range out {
		if !strings.Contains(out[i].Text, "\n") {
			continue
		}
		parts := strings.Split(out[i].Text, "\n")
		before := ""
		if i > 0 {
			before = out[i-1].Text
		}
		var b strings.Builder
		for k, part := range parts {
			after := part
			if after == "" && k == len(parts)-1 && i+1 < len(out) {
				after = spans[i+1].Text
			}
			if k > 0 && (!wide(lastRune(before)) || !wide(firstRune(after))) {
				b.WriteByte(' ')
			}
			b.WriteString(part)
			if part != "" {
				before = part
			}
		}
		out[i].Text = b.String()
	}
	return out
}

func firstRune(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }
func lastRune(s string) rune  { r, _ := utf8.DecodeLastRuneInString(s); return r }

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r >= 0x3001 && r <= 0x303f || r >= 0xff01 && r <= 0xff60
}

// dummy head for the paper reader, which looks for one; its two blocks are taken off again.
const dummyHead = "RESOLUTION 0\nThe Assembly,\n"

// body reads what stands below the head.
func (b *builder) body(lines []textLine, headed, styled bool) ([]resolution.Block, map[int]int, error) {
	var in []standIn
	var paper strings.Builder
	if headed {
		paper.WriteString(dummyHead)
	}
	for _, l := range lines {
		s := b.standIn(l, styled)
		if s.paper == "" {
			continue
		}
		in = append(in, s)
		paper.WriteString(s.paper)
		paper.WriteByte('\n')
	}
	text, _, err := resolution.ParsePaper([]byte(paper.String()))
	if err != nil {
		return nil, nil, refuse("the text cannot be read as a resolution: %v", err)
	}
	blocks := text.Blocks
	if headed {
		if len(blocks) < 2 {
			return nil, nil, errMapping
		}
		blocks = blocks[2:]
	}
	at, err := b.restore(blocks, in, headed, styled)
	return blocks, at, err
}

var (
	labelTab  = regexp.MustCompile(`^[ \x{00a0}]*([^\t\n]{1,12})\t`)
	bulletTab = regexp.MustCompile(`^[•–—\-*▪◦○·‣➢]$`)
)

// standIn gives the line the paper reader is to see for a line of the file.
func (b *builder) standIn(l textLine, styled bool) standIn {
	s := standIn{line: l}
	if l.rows != nil {
		rows := tableRows(l.rows)
		s.rows = len(rows)
		s.paper = strings.Repeat("| x |\n", len(rows)-1) + "| x |"
		return s
	}
	text := strings.Trim(strings.ReplaceAll(l.plain(), "\n", " "), " ")
	if strings.TrimSpace(text) == "" {
		return s
	}
	fixed := func(paper string, kind resolution.Kind) standIn {
		s.paper, s.kind, s.fixed = paper, kind, true
		s.words = resolution.FromSpans(joinBreaks(l.spans))
		if l.label != "" {
			s.words = joinWords(resolution.FromPlain(l.label), s.words)
		}
		if kind == resolution.KindOpener {
			s.words = resolution.FromSpans([]resolution.Span{{Text: resolution.Plain(s.words), Emphasis: true}})
		}
		return s
	}
	switch l.role {
	case roleOpener:
		return fixed("considering", resolution.KindOpener)
	case roleDivision:
		return fixed("ANNEX 1", resolution.KindDivision)
	case roleDivisionTitle:
		return fixed("Title of it", resolution.KindDivisionTitle)
	case roleHeading:
		if b.exact || styled {
			return fixed("considering", resolution.KindHeading)
		}
	case roleNone, roleNumber, roleTitle, roleHistory, roleOpening, roleLevel1, roleLevel2, roleLevel3, roleProposal, roleReasons, roleSource, roleContributionTitle:
	}
	if l.label != "" && bulletTab.MatchString(l.label) {
		text = "•\t" + strings.TrimLeft(strings.TrimPrefix(text, l.label), " \t")
	}
	if b.exact && !labelTab.MatchString(text) {
		s = fixed("Words"+endMark(text), resolution.KindParagraph)
		return s
	}
	s.paper = strings.TrimLeft(text, "\t ")
	if s.paper[0] == '|' {
		return fixed("Words"+endMark(text), resolution.KindParagraph)
	}
	return s
}

// endMark keeps the final mark of a line in its stand-in, as lists look at it.
func endMark(text string) string {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, " \u00a0"))
	if strings.ContainsRune(":：", last) {
		return ":"
	}
	return "."
}

// restore puts the real words back, from the end: only above the opening line can lines have become one block.
func (b *builder) restore(blocks []resolution.Block, in []standIn, headed, styled bool) (map[int]int, error) {
	at := map[int]int{}
	i, k := len(blocks)-1, len(in)-1
	for ; i >= 0 && k >= 0; i, k = i-1, k-1 {
		block, s := &blocks[i], in[k]
		if s.rows > 0 {
			first := k
			rows := s.rows
			for first > 0 && in[first-1].rows > 0 { // tables without a paragraph between are one
				first--
				rows += in[first].rows
			}
			if block.Kind != resolution.KindTable || len(block.Rows) != rows {
				return nil, errMapping
			}
			var cells [][][]resolution.Span
			for _, t := range in[first : k+1] {
				cells = append(cells, t.line.rows...)
				at[t.line.from] = i
			}
			block.Rows = tableRows(cells)
			k = first
			continue
		}
		at[s.line.from] = i
		if s.fixed {
			block.Kind, block.Words = s.kind, s.words
		} else if !rewords(block, s) {
			if headed {
				return nil, errMapping
			}
			break // the head of an unstyled text: its lines are joined, without emphasis
		}
		if styled || b.exact {
			b.setLevel(block, s.line.role)
		}
	}
	return at, nil
}

// rewords gives a block the words of its line with their emphasis. It reports false if the block is not of that line.
func rewords(block *resolution.Block, s standIn) bool {
	spans := joinBreaks(s.line.spans)
	if s.line.label != "" {
		spans = append([]resolution.Span{{Text: s.line.label + "\t"}}, spans...)
	}
	whole := resolution.FromSpans(spans)
	words := resolution.Plain(block.Words)
	cut, ok := strings.CutSuffix(resolution.Plain(whole), words)
	if !ok {
		return false
	}
	if block.Kind == resolution.KindOpener {
		return true
	}
	rest := len(cut)
	var out []resolution.Span
	for _, span := range resolution.Spans(whole) {
		if rest >= len(span.Text) {
			rest -= len(span.Text)
			continue
		}
		span.Text = span.Text[rest:]
		rest = 0
		out = append(out, span)
	}
	if len(out) == 1 && out[0].Emphasis && block.Kind == resolution.KindParagraph && len(words) > 80 {
		out[0].Emphasis = false // a whole paragraph in italics is no opener
	}
	block.Words = resolution.FromSpans(out)
	return true
}

// setLevel takes the level from the style.
func (b *builder) setLevel(block *resolution.Block, r role) {
	level := map[role]int{roleLevel1: 1, roleLevel2: 2, roleLevel3: 3}[r]
	switch block.Kind {
	case resolution.KindItem, resolution.KindBullet:
		if level > 0 || b.exact || block.Kind == resolution.KindItem {
			block.Level = level
		}
	case resolution.KindParagraph:
		if level > 0 || b.exact {
			block.Level = level
		}
	case resolution.KindNumber, resolution.KindTitle, resolution.KindDivision, resolution.KindDivisionTitle, resolution.KindHeading, resolution.KindHistory, resolution.KindOpener, resolution.KindTable, resolution.KindFootnote:
	}
}

var footnoteMark = regexp.MustCompile(`\[\^([0-9]{1,6})\]`)

// footnotes gives the blocks of the notes that the text refers to, in order.
func (b *builder) footnotes(blocks []resolution.Block) []resolution.Block {
	var out []resolution.Block
	seen := map[string]bool{}
	find := func(words string) {
		for _, m := range footnoteMark.FindAllStringSubmatch(words, -1) {
			if seen[m[1]] || b.notes == nil {
				continue
			}
			seen[m[1]] = true
			if words, ok := b.notes.words(m[1]); ok {
				out = append(out, resolution.Block{Kind: resolution.KindFootnote, Label: resolution.Label(m[1]), Words: words})
			}
		}
	}
	for _, block := range blocks {
		find(block.Words)
		for _, row := range block.Rows {
			for _, cell := range row {
				find(cell)
			}
		}
	}
	return out
}
