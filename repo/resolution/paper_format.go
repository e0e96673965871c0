package resolution

import "strings"

// FormatPaper writes paper text: one paragraph a line, 1<TAB>, a)<TAB>, •<TAB> (–<TAB> for bullets under bullets,
// or the sign of the paper that a bullet was read from), openers without marks. Emphasis and levels are not in it; every word is.
func FormatPaper(t Text) []byte {
	var b strings.Builder
	bullets := []int{} // levels of the bullets the block is under; a paragraph or a table between them ends none
	for _, block := range t.Blocks {
		for len(bullets) > 0 && bullets[len(bullets)-1] >= block.Level && block.Kind != KindParagraph && block.Kind != KindTable {
			bullets = bullets[:len(bullets)-1]
		}
		switch block.Kind {
		case KindItem:
			b.WriteString(strings.TrimSuffix(string(block.Label), ".") + "\t" + Plain(block.Words))
		case KindBullet:
			sign := block.Sign
			if sign == "" {
				sign = "•"
				if len(bullets) > 0 {
					sign = "–"
				}
			}
			bullets = append(bullets, block.Level)
			b.WriteString(sign + "\t" + Plain(block.Words))
		case KindFootnote:
			b.WriteString(joinMark("[^"+string(block.Label)+"]:", Plain(block.Words)))
		case KindTable:
			b.WriteString(paperRows(block.Rows))
		case KindParagraph, KindNumber, KindTitle, KindDivision, KindDivisionTitle, KindHeading, KindHistory, KindOpener:
			b.WriteString(Plain(block.Words))
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}

func paperRows(rows [][]string) string {
	lines := make([]string, len(rows))
	for i, row := range rows {
		var b strings.Builder
		b.WriteByte('|')
		for _, cell := range row {
			b.WriteString(" " + strings.ReplaceAll(Plain(cell), "|", `\|`) + " |")
		}
		lines[i] = b.String()
	}
	return strings.Join(lines, "\n")
}
