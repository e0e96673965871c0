package merge

import (
	"strings"
	"testing"

	"plenary/repo/resolution"
)

// alikeClauses is a list whose clauses begin and go on alike, as instructions do.
const alikeClauses = `*resolves*

1. that member gardens keep their paths open to visitors;

2. to request the Director of the Bureau to prepare a yearly report on paths;

3. to request the Director of the Bureau to prepare a yearly report on fences and the gates in them;

4. to invite all members to take part in the work.
`

// TestWhoeverStrikesOneOfTwoClausesAlikeStrikesThatOne merges a change of a clause with its deletion, where the next
// clause holds nearly the same words: the change must not slip into the next clause.
func TestWhoeverStrikesOneOfTwoClausesAlikeStrikesThatOne(t *testing.T) {
	struck := strings.NewReplacer("2. to request the Director of the Bureau to prepare a yearly report on paths;\n\n", "", "3. to", "2. to", "4. to", "3. to")
	for name, other := range map[string]func(string) string{
		"and nothing else":                 func(s string) string { return s },
		"and adds to the next":             strings.NewReplacer("in them", "in them and beside them").Replace,
		"and changes the next":             strings.NewReplacer("on fences", "on hedges").Replace,
		"and changes the next in two ways": strings.NewReplacer("on fences", "on hedges", "yearly", "quarterly").Replace,
		"and changes the end of the next":  strings.NewReplacer("gates in them", "holes in them").Replace,
	} {
		t.Run(name, func(t *testing.T) {
			base := parsed(t, alikeClauses)
			edits := parsed(t, strings.Replace(alikeClauses, "Director of the Bureau to prepare a yearly report on paths", "Chairman of the Bureau to prepare a yearly report on paths", 1))
			strikes := parsed(t, other(struck.Replace(alikeClauses)))
			r := Merge(base, Proposal{Name: "p1", Text: edits}, Proposal{Name: "p2", Text: strikes})
			var open []string
			for _, d := range r.Decisions {
				if d.Kind.Open() {
					open = append(open, string(d.Kind)+" "+d.Clause.Spoken)
				}
			}
			if len(open) != 1 || open[0] != "delete-edit resolves 2" {
				t.Errorf("open: %q, want a delete-edit of resolves 2; merged:\n%s", open, resolution.Format(r.Text))
			}
		})
	}
}
