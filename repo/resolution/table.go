package resolution

import "fmt"

// table reads the table that begins at the first of the lines and gives how many lines it took. A row whose next line
// is a delimiter row begins a new table.
func (p *parser) table(lines []sourceLine) (taken int, err error) {
	rows := [][]string{readRow(lines[0].text)}
	taken = 1
	if isDelimiterAt(lines, 1) {
		taken = 2
	}
	for taken < len(lines) && isRow(lines[taken]) && !isDelimiterAt(lines, taken+1) {
		rows = append(rows, readRow(lines[taken].text))
		taken++
	}
	rows, err = widen(rows, lines[0])
	if err != nil {
		return 0, err
	}
	p.append(Block{Kind: KindTable, Level: p.level(lines[0].indent), Rows: rows})
	return taken, nil
}

// widen gives all rows of the table that begins at a line as many cells as the widest has, as forges drop cells beyond
// the first row's. A table that would so become larger than a file may be is refused.
func widen(rows [][]string, at sourceLine) ([][]string, error) {
	width := 1
	for _, row := range rows {
		width = max(width, len(row))
	}
	if len(rows)*width > MaxFile/2 {
		return nil, &SyntaxError{Line: at.number, Column: at.column, Text: fmt.Sprintf("a table of %d rows and %d columns is too large: split it", len(rows), width)}
	}
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = append(append(make([]string, 0, width), row...), make([]string, width-len(row))...)
	}
	return out, nil
}

func isRow(line sourceLine) bool { return line.text != "" && line.text[0] == '|' }

func isDelimiterAt(lines []sourceLine, i int) bool {
	return i < len(lines) && isRow(lines[i]) && isDelimiterRow(lines[i].text)
}

// isDelimiterRow reports whether a row is dashes only: | --- | :-: |.
func isDelimiterRow(text string) bool {
	for _, cell := range splitRow(text) {
		if !dashCell.MatchString(cell) {
			return false
		}
	}
	return true
}

func readRow(text string) []string {
	cells := splitRow(text)
	for i, cell := range cells {
		cells[i] = canonicalWords(cell)
	}
	return cells
}

// splitRow cuts a row at its pipes; the first and the last are its edges. A cell keeps its escapes.
func splitRow(text string) []string {
	var cells []string
	start := 1
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '|':
			cells = append(cells, trimBlanks(text[start:i]))
			start = i + 1
		}
	}
	if start < len(text) || len(cells) == 0 {
		cells = append(cells, trimBlanks(text[start:]))
	}
	return cells
}
