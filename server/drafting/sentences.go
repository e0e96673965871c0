package drafting

import (
	"fmt"
	"strings"
)

// List writes names as a sentence does: "USA/48A5/1, ARB/36A4/2 and EUR/38A9/1".
func List(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Counted writes a number with what it counts: "1 clause", "2 clauses".
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
