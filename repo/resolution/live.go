package resolution

import "strings"

// Live gives the text as the editor holds it: the lines of the canonical file without its blank lines and without the
// line end at the end.
func Live(file []byte) string {
	var lines []string
	for line := range strings.SplitSeq(string(file), "\n") {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// FromLive gives live text the blank lines of a file: between all lines but the rows of a table. The result reads as
// the live text does and need not be canonical; see [Canonical].
func FromLive(live string) []byte {
	if live == "" {
		return nil
	}
	lines := strings.Split(live, "\n")
	var b strings.Builder
	row := func(i int) bool { return i < len(lines) && strings.HasPrefix(trimLeft(lines[i]), "|") }
	for i, line := range lines {
		b.WriteString(line)
		b.WriteByte('\n')
		if i+1 < len(lines) && (!row(i) || !row(i+1)) {
			b.WriteByte('\n')
		}
	}
	return []byte(b.String())
}
