package resolution

import (
	"slices"
	"strings"
)

// ParsePaper reads paper text: what is pasted from a word processor, one paragraph a line, label TAB text, openers on a
// line of their own without marks, titles and histories broken over lines. It recognises what it can and keeps the
// rest as unlabelled paragraphs; no word is lost. What is refused is said at [Parse]. It gives what its file gives:
// bullets without signs.
func ParsePaper(file []byte) (Text, []Warning, error) {
	t, warnings, err := ReadPaper(file)
	for i := range t.Blocks {
		t.Blocks[i].Sign = ""
	}
	return t, warnings, err
}

// ReadPaper is [ParsePaper] for a text that is printed as paper again: its bullets keep their signs.
func ReadPaper(file []byte) (Text, []Warning, error) {
	lines, err := decode(file)
	if err != nil {
		return Text{}, nil, err
	}
	p := &paper{}
	for _, line := range lines {
		if line.text != "" {
			if line.tab && !strings.Contains(line.text, "\t") {
				line.text += "\t"
			}
			p.lines = append(p.lines, line)
		}
	}
	if err := p.read(); err != nil {
		return Text{}, nil, err
	}
	canonical := Format(Text{Blocks: p.blocks})
	if len(canonical) > MaxFile {
		return Text{}, nil, tooLarge(1)
	}
	t, _, err := Parse(canonical)
	if err != nil {
		return Text{}, nil, err
	}
	keepSigns(t.Blocks, p.blocks)
	return t, p.warnings, nil
}

// keepSigns gives blocks the bullet signs of those they were made from, where bullets are bullets still.
func keepSigns(blocks, from []Block) {
	if len(blocks) != len(from) {
		return
	}
	for i := range blocks {
		if blocks[i].Kind == KindBullet {
			blocks[i].Sign = from[i].Sign
		}
	}
}

// paper builds the blocks of a paper text. Levels are proposals: what the file cannot say (a level skipped) is settled
// by reading the canonical file.
type paper struct {
	lines    []sourceLine
	blocks   []Block
	warnings []Warning
	lists    []paperList // the lists open now, outermost first; the index is the level
	item     *Block      // the last labelled block of the section; nil after an opener or heading; never written to
	ahead    int         // the first labelled line or new section after the line looked at last
}

// paperList is an open list: its last label, or its bullet sign.
type paperList struct {
	label  Label
	bullet string
}

func (p *paper) read() error {
	at := p.head()
	for at < len(p.lines) {
		line := p.lines[at]
		switch {
		case isPaperRow(line.text):
			n, err := p.table(at)
			if err != nil {
				return err
			}
			at += n
			continue
		case p.footnote(line), p.labelled(line):
		case p.division(at):
			at += p.divisionTitle(at + 1)
		case isOpenerLine(line.text):
			p.section(Block{Kind: KindOpener, Words: FromSpans([]Span{{Text: line.text, Emphasis: true}})})
		default:
			p.unlabelled(at)
		}
		at++
	}
	return nil
}

// section appends a block that begins anew: lists end, what follows is flush.
func (p *paper) section(b Block) {
	p.blocks = append(p.blocks, b)
	p.lists, p.item = nil, nil
}

// head reads number line, title, history and opening line and gives the line after them.
func (p *paper) head() int {
	opening := p.openingLine()
	if opening < 0 {
		return p.bareHead()
	}
	at := 0
	if opening > 0 {
		p.section(Block{Kind: KindNumber, Words: FromPlain(p.lines[0].text)})
		at = 1
	}
	for at < opening {
		end := at + 1
		kind := KindTitle
		if isOpenParenthesis(p.lines[at].text) {
			kind = KindHistory
			for depth := parenthesisDepth(p.lines[at].text); end < opening && depth > 0; end++ {
				depth += parenthesisDepth(p.lines[end].text)
			}
		} else {
			for end < opening && !isOpenParenthesis(p.lines[end].text) {
				end++
			}
			if p.blocks[len(p.blocks)-1].Kind != KindNumber {
				kind = KindParagraph
			}
		}
		p.section(Block{Kind: kind, Words: FromPlain(p.joined(at, end))})
		at = end
	}
	p.section(Block{Kind: KindParagraph, Words: FromPlain(p.lines[opening].text)})
	return opening + 1
}

// joined is the text of several lines as one.
func (p *paper) joined(from, to int) string {
	texts := make([]string, 0, to-from)
	for _, line := range p.lines[from:to] {
		texts = append(texts, line.text)
	}
	return joinLines(texts)
}

// openingLine finds the first line outside parentheses that ends in a comma, before any label or opener-like end of
// the head; -1 when there is none.
func (p *paper) openingLine() int {
	depth := 0
	for i, line := range p.lines {
		if isPaperStructure(line.text) || isDivisionLine(line.text) && i > 0 {
			return -1
		}
		inside := depth > 0
		depth = max(0, depth+parenthesisDepth(line.text))
		if !inside && depth == 0 && endsInComma(line.text) {
			return i
		}
		if !inside && depth == 0 && i > 0 && endsSentence(line.text) {
			return -1
		}
	}
	return -1
}

// isPaperStructure reports whether a line is labelled, a bullet, a row or a footnote, whatever stands around it.
func isPaperStructure(text string) bool {
	_, _, label := paperLabel(text)
	_, _, bullet := paperBullet(text)
	_, footnote := readFootnote(text)
	return label || bullet || isPaperRow(text) || footnote > 0
}

// bareHead reads the first line of a text without an opening line: a number line, when it looks like one.
func (p *paper) bareHead() int {
	if len(p.lines) == 0 || !isHeadingLine(p.lines[0].text) || !startsUpper(p.lines[0].text) || isDivisionLine(p.lines[0].text) || isOpenerLine(p.lines[0].text) {
		return 0
	}
	if isPaperStructure(p.lines[0].text) {
		return 0
	}
	p.section(Block{Kind: KindNumber, Words: FromPlain(p.lines[0].text)})
	return 1
}

// labelled reads a line with a label.
func (p *paper) labelled(line sourceLine) bool {
	label, bullet, words, ok := p.findLabel(line.text)
	if !ok {
		return false
	}
	block := Block{Kind: KindItem, Label: label, Words: FromPlain(words)}
	if bullet != "" {
		block.Kind, block.Sign = KindBullet, bullet
		block.Level = p.bulletLevel(bullet)
	} else {
		block.Level = p.labelLevel(label)
	}
	p.blocks = append(p.blocks, block)
	p.item = &block
	return true
}

// findLabel finds the label of a line. A label needs its TAB; with a blank it counts if it is due in an open list, or
// first after a colon or an opener. Bullets and full-width labels need neither.
func (p *paper) findLabel(text string) (label Label, bullet, words string, ok bool) {
	if sign, rest, ok := paperBullet(text); ok {
		return "", sign, rest, true
	}
	if label, rest, ok := paperLabel(text); ok {
		return label, "", rest, true
	}
	label, n, ok := readLabel(text)
	if !ok || isSubNumber(label) {
		return "", "", "", false
	}
	if p.isDueInList(label) || isFirst(label) && p.opensList() {
		return label, "", trimLeft(text[n:]), true
	}
	return "", "", "", false
}

func (p *paper) isDueInList(label Label) bool { return p.dueList(label) >= 0 }

// dueList gives the level of the innermost open list in which a label is due; -1 when there is none.
func (p *paper) dueList(label Label) int {
	for i, list := range slices.Backward(p.lists) {
		if list.label != "" && isDue(list.label, label) {
			return i
		}
	}
	return -1
}

// opensList reports whether a list may begin after the block above: it is an opener or ends in a colon.
func (p *paper) opensList() bool {
	if len(p.blocks) == 0 {
		return false
	}
	last := p.blocks[len(p.blocks)-1]
	return last.Kind == KindOpener || endsInColon(last.Words)
}

// labelLevel gives the level of a label and keeps the lists open at it.
func (p *paper) labelLevel(label Label) int {
	if isSubNumber(label) {
		p.lists = nil
		return 0
	}
	level := p.listOf(label)
	p.lists = append(p.lists[:level], paperList{label: label})
	return level
}

// listOf finds the list that a label goes on: the innermost where it is due; else the innermost of its kind; else it
// opens a level. A first label right after an item that ends in a colon opens one in any case.
func (p *paper) listOf(label Label) int {
	if i := p.dueList(label); i >= 0 {
		return i
	}
	if p.item != nil && isFirst(label) && len(p.lists) > 0 && endsInColon(p.blocks[len(p.blocks)-1].Words) && p.blocks[len(p.blocks)-1].Kind == KindItem {
		return len(p.lists)
	}
	for i, list := range slices.Backward(p.lists) {
		if sameStyle(list.label, label) {
			return i
		}
	}
	return len(p.lists)
}

func sameStyle(a, b Label) bool {
	for _, x := range readings(a) {
		for _, y := range readings(b) {
			if x.sameCount(y) && x.style != StyleRoman == (y.style != StyleRoman) && !ambiguousFirst(b) {
				return true
			}
		}
	}
	return false
}

// ambiguousFirst reports whether a label that is not due is the roman i rather than the ninth letter.
func ambiguousFirst(label Label) bool { return label == "i)" || label == "I)" }

func (p *paper) bulletLevel(sign string) int {
	level := len(p.lists)
	for i, list := range p.lists {
		if list.bullet == sign {
			level = i
		}
	}
	p.lists = append(p.lists[:level], paperList{bullet: sign})
	return level
}

// unlabelled appends a line without a label: on the item above when that ends in a colon; or, when the line ends in a mark
// and the label after it goes on a list still open, on the item above in that list; else flush.
func (p *paper) unlabelled(at int) {
	line := p.lines[at]
	block := Block{Kind: KindParagraph, Words: FromPlain(line.text)}
	if p.item != nil && !isSubNumber(p.item.Label) {
		if endsInColon(p.item.Words) {
			block.Level = p.item.Level + 1
		} else if endsInMark(line.text) {
			block.Level = p.nextDue(at+1) + 1
		}
	}
	p.blocks = append(p.blocks, block)
}

// nextDue gives the level of the open list that the next labelled line goes on, before another section begins; -1 when it
// goes on none.
func (p *paper) nextDue(at int) int {
	for p.ahead < at || p.ahead < len(p.lines) && !p.isStop(p.lines[p.ahead].text) {
		p.ahead = max(p.ahead+1, at)
	}
	if p.ahead >= len(p.lines) {
		return -1
	}
	text := p.lines[p.ahead].text
	if sign, _, ok := paperBullet(text); ok {
		return slices.IndexFunc(p.lists, func(l paperList) bool { return l.bullet == sign })
	}
	if label, _, ok := paperLabel(text); ok {
		return p.dueList(label)
	}
	return -1
}

// isStop reports whether a line is labelled or begins a section.
func (p *paper) isStop(text string) bool {
	_, _, label := paperLabel(text)
	_, _, bullet := paperBullet(text)
	return label || bullet || isOpenerLine(text) || isDivisionLine(text)
}

func (p *paper) footnote(line sourceLine) bool {
	label, length := readFootnote(line.text)
	if length == 0 {
		return false
	}
	p.blocks = append(p.blocks, Block{Kind: KindFootnote, Label: label, Words: FromPlain(line.text[length:])})
	return true
}

// isPaperRow reports whether a line is a row of a table as FormatPaper writes it.
func isPaperRow(text string) bool {
	return len(text) > 1 && text[0] == '|' && strings.HasSuffix(text, "|")
}

// table reads a run of rows and gives how many lines it took.
func (p *paper) table(at int) (taken int, err error) {
	n := 0
	var rows [][]string
	for at+n < len(p.lines) && isPaperRow(p.lines[at+n].text) {
		cells := splitRow(p.lines[at+n].text)
		for i, cell := range cells {
			cells[i] = FromPlain(strings.ReplaceAll(cell, `\|`, `|`))
		}
		rows = append(rows, cells)
		n++
	}
	level := 0
	if p.item != nil && endsInColon(p.item.Words) {
		level = p.item.Level + 1
	}
	rows, err = widen(rows, p.lines[at])
	if err != nil {
		return 0, err
	}
	p.blocks = append(p.blocks, Block{Kind: KindTable, Level: level, Rows: rows})
	return n, nil
}
