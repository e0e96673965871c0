package resolution

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads a resolution.md, canonical or not. It never loses a word: what cannot be understood as structure becomes
// an unlabelled paragraph, with a warning. The error is always a [*SyntaxError]: bytes that are not UTF-8, control
// characters, or a file that is, or would be when written canonically, larger than [MaxFile].
func Parse(file []byte) (Text, []Warning, error) {
	lines, err := decode(file)
	if err != nil {
		return Text{}, nil, err
	}
	p := &parser{}
	if err := p.read(lines); err != nil {
		return Text{}, nil, err
	}
	return Text{Blocks: p.blocks}, p.warnings, nil
}

// parser builds the blocks of a file from the top. A block is open while hard-wrapped lines may still join it.
type parser struct {
	blocks   []Block
	warnings []Warning
	indents  []int // the indent at which each level now stands; empty: the next block is flush
	open     *openBlock
	labels   []Label // the last label at each level, for lines that begin with the label due next
	size     int     // no less than the canonical file so far
}

// openBlock is the block being read, its words still as they stand in the file.
type openBlock struct {
	Block
	source []string // its lines, without the mark of the first
	line   sourceLine
}

func (p *parser) read(lines []sourceLine) error {
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		switch {
		case line.text == "":
			p.close()
		case line.text[0] == '|':
			p.close()
			n, err := p.table(lines[i:])
			if err != nil {
				return err
			}
			i += n - 1
		case p.open != nil && p.joins(line):
			p.open.source = append(p.open.source, line.text)
			p.warnInside(line)
		default:
			p.close()
			p.begin(line)
		}
	}
	p.close()
	if p.size > MaxFile && len(Format(Text{Blocks: p.blocks})) > MaxFile {
		return tooLarge(1)
	}
	return nil
}

func tooLarge(line int) error {
	return &SyntaxError{Line: line, Column: 1, Text: fmt.Sprintf("written out in canonical form the text is larger than %d bytes: split it", MaxFile)}
}

var (
	headingPattern  = regexp.MustCompile(`^(#{1,6})(?:[ \t]+|$)`)
	footnotePattern = regexp.MustCompile(`^\[\^([\pL\pN.*-]{1,30})\]:[ \t]*`)
)

// readHeading reads the marks of a heading: how many there are, and the length with the blanks after them.
func readHeading(text string) (depth, length int) {
	if text[0] != '#' {
		return 0, 0
	}
	m := headingPattern.FindStringSubmatch(text)
	if m == nil {
		return 0, 0
	}
	return len(m[1]), len(m[0])
}

// readBullet gives the length of a bullet with the blanks after it; 0 when there is none.
func readBullet(text string) int {
	sign := ""
	switch {
	case strings.IndexByte("-*+", text[0]) >= 0:
		sign = text[:1]
	case strings.HasPrefix(text, "•"):
		return len("•") + countBlanks(text[len("•"):])
	case strings.HasPrefix(text, "–"):
		sign = "–"
	default:
		return 0
	}
	if !endsLabel(text[len(sign):]) {
		return 0
	}
	return len(sign) + countBlanks(text[len(sign):])
}

// readFootnote reads the mark of a footnote, [^1]: with the blanks after it.
func readFootnote(text string) (label Label, length int) {
	if !strings.HasPrefix(text, "[^") {
		return "", 0
	}
	m := footnotePattern.FindStringSubmatch(text)
	if m == nil {
		return "", 0
	}
	return Label(m[1]), len(m[0])
}

// begin opens the block that a line begins.
func (p *parser) begin(line sourceLine) {
	text := line.text
	open := &openBlock{line: line}
	p.open = open
	words := text
	defer func() { open.source = []string{words} }()
	if depth, n := readHeading(text); n > 0 {
		kind, why := p.headingKind(depth, text[n:])
		if why == "" {
			open.Kind, words = kind, text[n:]
			return
		}
		p.warn(line, why)
	} else if label, n := readFootnote(text); n > 0 {
		open.Kind, open.Label, words = KindFootnote, label, text[n:]
		return
	} else if n := readBullet(text); n > 0 {
		open.Kind, words = KindBullet, text[n:]
	} else if label, n, ok := readLabel(text); ok {
		open.Kind, open.Label, words = KindItem, label, trimLeft(text[n:])
	}
	if isSubNumber(open.Label) {
		p.indents = nil
	}
	open.Level = p.level(line.indent)
}

// headingKind gives the kind of a heading of so many marks, or why the line cannot be one here.
func (p *parser) headingKind(depth int, words string) (kind Kind, why string) {
	after := func(k Kind) bool { return len(p.blocks) > 0 && p.blocks[len(p.blocks)-1].Kind == k }
	if canonicalWords(words) == "" {
		return 0, "a heading without words is kept as words: write its words after the marks"
	}
	switch depth {
	case 1:
		if len(p.blocks) == 0 {
			return KindNumber, ""
		}
		return 0, "# is the number line and stands first in the file; kept as words: use ### for an annex or article, ##### for a heading"
	case 2:
		if len(p.blocks) == 0 || after(KindNumber) {
			return KindTitle, ""
		}
		return 0, "## is the title, directly after the number line; kept as words: use ### for an annex or article, ##### for a heading"
	case 3:
		return KindDivision, ""
	case 4:
		if after(KindDivision) {
			return KindDivisionTitle, ""
		}
		return 0, "#### is the title of an annex or article, directly after its ### line; kept as words: use ##### for a heading"
	case 5:
		return KindHeading, ""
	default:
		return 0, "six # have no meaning here; kept as words: use ##### for a heading"
	}
}

// level works out the level of a block from its indent: two columns deeper than a level above opens the next.
func (p *parser) level(indent int) int {
	level := 0
	for k := len(p.indents); k > 0; k-- {
		if indent >= p.indents[k-1]+2 {
			level = k
			break
		}
	}
	p.indents = append(p.indents[:level], indent)
	return level
}

// joins reports whether a line goes on the open block as its hard-wrapped continuation.
func (p *parser) joins(line sourceLine) bool {
	text := line.text
	switch p.open.Kind {
	case KindNumber, KindTitle, KindDivision, KindDivisionTitle, KindHeading:
		return false
	case KindParagraph, KindHistory, KindOpener, KindItem, KindBullet, KindTable, KindFootnote:
	}
	_, heading := readHeading(text)
	_, footnote := readFootnote(text)
	if heading > 0 || footnote > 0 || readBullet(text) > 0 || isOneEmphasis(text) {
		return false
	}
	label, _, ok := readLabel(text)
	return !ok || !p.isAwaited(label)
}

// isAwaited reports whether a label inside a paragraph begins an item: it is due in an open list, or a first label after a colon or
// an opener.
func (p *parser) isAwaited(label Label) bool {
	if p.open.Label != "" && p.open.Kind == KindItem && isDue(p.open.Label, label) {
		return true
	}
	for _, last := range p.labels {
		if isDue(last, label) {
			return true
		}
	}
	last := p.open.source[len(p.open.source)-1]
	opener := len(p.open.source) == 1 && p.open.Kind == KindParagraph && p.open.Level == 0 && isOneEmphasis(last)
	return isFirst(label) && (opener || endsInColon(last))
}

func endsInColon(words string) bool {
	plain := strings.TrimRight(words, " \u00a0*")
	return strings.HasSuffix(plain, ":") || strings.HasSuffix(plain, "：")
}

// warnInside tells of a label inside a paragraph that was not taken for one.
func (p *parser) warnInside(line sourceLine) {
	if label, _, ok := readLabel(line.text); ok {
		p.warn(line, fmt.Sprintf("%q begins a line inside a paragraph and is kept as words: put a blank line before it if it is a label", string(label)))
	}
}

func (p *parser) warn(line sourceLine, text string) {
	p.warnings = append(p.warnings, Warning{Line: line.number, Column: line.column, Text: text})
}

// joinLines joins the lines of a paragraph by blanks; Chinese and Japanese characters have none between them.
func joinLines(lines []string) string {
	if len(lines) == 1 {
		return lines[0]
	}
	var b strings.Builder
	last := ' '
	for _, line := range lines {
		first, _ := utf8.DecodeRuneInString(line)
		if b.Len() > 0 && (!isIdeographic(last) || !isIdeographic(first)) {
			b.WriteByte(' ')
		}
		b.WriteString(line)
		last, _ = utf8.DecodeLastRuneInString(line)
	}
	return b.String()
}

func isIdeographic(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) ||
		r >= 0x3001 && r <= 0x303f || r >= 0xff01 && r <= 0xff60
}

// close settles the open block and appends it.
func (p *parser) close() {
	if p.open == nil {
		return
	}
	open := p.open
	p.open = nil
	block := open.Block
	source := joinLines(open.source)
	block.Words = canonicalWords(source)
	if block.Words == "" && block.Kind == KindParagraph {
		return
	}
	p.warnMarks(open.line, source)
	if block.Kind == KindParagraph && block.Level == 0 {
		block.Kind = p.flushKind(block.Words)
		if block.Kind == KindParagraph && isOpenerWithMark(block.Words) {
			p.warn(open.line, "this reads as an opener whose last mark stands outside its stars, and is kept as a paragraph: put the mark inside")
		}
	}
	p.append(block)
}

// flushKind gives the kind of a flush paragraph.
func (p *parser) flushKind(words string) Kind {
	switch {
	case isHistory(words) && p.inHead():
		return KindHistory
	case isOneEmphasis(words):
		return KindOpener
	default:
		return KindParagraph
	}
}

// isOpenerWithMark reports whether words are one emphasis and then a single mark: *considering*,
func isOpenerWithMark(words string) bool {
	n := len(words) - 1
	return n > 0 && strings.IndexByte(",:;.", words[n]) >= 0 && isOneEmphasis(words[:n])
}

// inHead reports whether nothing stands above but number line, title and history.
func (p *parser) inHead() bool {
	for _, b := range p.blocks {
		switch b.Kind {
		case KindNumber, KindTitle, KindHistory, KindFootnote:
		default:
			return false
		}
	}
	return true
}

var historyPattern = regexp.MustCompile(`^[(（].*[)）](?:[\s,*¹²³⁴⁵⁶⁷⁸⁹⁰]|\[\^[^\]]*\](?:[0-9]+|bis|ter)?)*$`)

func isHistory(words string) bool {
	return strings.ContainsAny(words[:min(len(words), 8)], "(（") && historyPattern.MatchString(Plain(words))
}

// append adds a finished block and keeps the state for those below it.
func (p *parser) append(block Block) {
	p.blocks = append(p.blocks, block)
	p.size += 3*block.Level + len(block.Label) + len(block.Words) + 16
	for _, row := range block.Rows {
		p.size += 3*block.Level + 2
		for _, cell := range row {
			p.size += 2*len(cell) + 12
		}
	}
	switch block.Kind {
	case KindNumber, KindTitle, KindDivision, KindDivisionTitle, KindHeading, KindOpener, KindHistory:
		p.indents = nil
		if block.Kind != KindHeading {
			p.labels = nil
		}
	case KindItem:
		p.keepLabel(block)
	case KindParagraph, KindBullet, KindTable, KindFootnote:
	}
}

func (p *parser) keepLabel(block Block) {
	if isSubNumber(block.Label) {
		p.indents = nil
		p.labels = []Label{block.Label}
		return
	}
	for len(p.labels) <= block.Level {
		p.labels = append(p.labels, "")
	}
	p.labels = p.labels[:block.Level+1]
	p.labels[block.Level] = block.Label
}

// warnMarks tells of stars, links, tags and other marks that stay characters: the first of each paragraph.
func (p *parser) warnMarks(line sourceLine, source string) {
	if !strings.ContainsAny(source, "*_`~<") && !strings.Contains(source, "](") {
		return
	}
	marks := readMarks(source)
	edge := pairStars(marks)
	for i, m := range marks {
		switch {
		case m.escaped:
		case m.char == '*' && !edge[i]:
			p.warn(line, "a star that pairs with no other is kept as a character: emphasis is written with single stars")
			return
		case m.char == '(' && i > 0 && marks[i-1].char == ']':
			p.warn(line, "a link is kept as characters: write the address out")
			return
		case m.char == '_' || m.char == '`' || m.char == '~' || m.char == '<':
			p.warn(line, fmt.Sprintf("%q is kept as a character: the only mark inside words is emphasis in single stars", m.char))
			return
		}
	}
}
