package resolution

import (
	"regexp"
	"strings"
)

// marks of the kinds that have a fixed one.
var kindMarks = map[Kind]string{
	KindNumber:        "# ",
	KindTitle:         "## ",
	KindDivision:      "### ",
	KindDivisionTitle: "#### ",
	KindHeading:       "##### ",
	KindBullet:        "- ",
}

// indentOf is the canonical indent of a level.
func indentOf(level int) string { return strings.Repeat("   ", level) }

// Format writes the canonical file: one paragraph a line, a blank line between blocks, one line end at the end; an
// empty text is an empty file.
func Format(t Text) []byte {
	var b strings.Builder
	for i, block := range t.Blocks {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, line := range blockLines(block) {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	return []byte(b.String())
}

// Canonical rewrites a file in its canonical form; see [Parse] for what is refused.
func Canonical(file []byte) ([]byte, []Warning, error) {
	t, warnings, err := Parse(file)
	if err != nil {
		return nil, nil, err
	}
	return Format(t), warnings, nil
}

// blockLines gives the lines of one block: one, but for a table.
func blockLines(block Block) []string {
	indent := indentOf(block.Level)
	switch block.Kind {
	case KindTable:
		lines := tableLines(block.Rows)
		for i := range lines {
			lines[i] = indent + lines[i]
		}
		return lines
	case KindNumber, KindTitle, KindDivision, KindDivisionTitle, KindHeading:
		return []string{kindMarks[block.Kind] + escapeHeadingEnd(block.Words)}
	case KindBullet:
		return []string{indent + joinMark("-", escapeStart(block.Words))}
	case KindItem:
		return []string{indent + joinMark(string(block.Label), escapeStart(block.Words))}
	case KindFootnote:
		return []string{joinMark("[^"+string(block.Label)+"]:", escapeStart(block.Words))}
	case KindParagraph, KindHistory, KindOpener:
		return []string{indent + escapeStart(block.Words)}
	}
	return nil
}

func joinMark(mark, words string) string {
	if words == "" {
		return mark
	}
	return mark + " " + words
}

// escapeHeadingEnd keeps a # at the end of a heading from being read as its closing marks.
func escapeHeadingEnd(words string) string {
	if strings.HasSuffix(words, "#") {
		return words[:len(words)-1] + `\#`
	}
	return words
}

// numberPattern is what other readers of Markdown take for a numbered list.
var numberPattern = regexp.MustCompile(`^[0-9]{1,9}[.)](?:[ \t]|$)`)

// escapeStart escapes the first mark of words that begin like structure: "\# ...", "2\.5 per cent", "\(a) above".
func escapeStart(words string) string {
	if words == "" {
		return words
	}
	if strings.IndexByte("#+-=>|", words[0]) >= 0 || isTaskBox(words) {
		return `\` + words
	}
	length := len(numberPattern.FindString(words))
	if length == 0 {
		_, length, _ = readLabel(words)
	}
	if i := strings.IndexAny(words[:length], ".()"); i >= 0 {
		return words[:i] + `\` + words[i:]
	}
	return words
}

// isTaskBox reports whether words begin with what forges draw as a box to tick: "[X] members". Some want
// no blank after it.
func isTaskBox(words string) bool {
	return len(words) >= 3 && words[0] == '[' && words[2] == ']' && strings.IndexByte(" xX", words[1]) >= 0
}

var (
	dashCell = regexp.MustCompile(`^:?-+:?$`)
	pipe     = strings.NewReplacer(`|`, `\|`)
)

// tableLines writes rows as a pipe table; the delimiter row stands after the first.
func tableLines(rows [][]string) []string {
	var lines []string
	for i, row := range rows {
		var b strings.Builder
		b.WriteByte('|')
		for _, cell := range row {
			if dashCell.MatchString(cell) {
				cell = `\` + cell
			}
			if cell != "" {
				b.WriteString(" " + pipe.Replace(cell))
			}
			b.WriteString(" |")
		}
		lines = append(lines, b.String())
		if i == 0 {
			lines = append(lines, "|"+strings.Repeat(" --- |", len(row)))
		}
	}
	return lines
}
