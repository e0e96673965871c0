package merge

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAFinalMarkIsNoEditOfAClause strikes a clause of which others changed the final mark only: a mark follows the place
// of a clause, so nobody's words are lost and nothing is in question. The mark goes where its place went.
func TestAFinalMarkIsNoEditOfAClause(t *testing.T) {
	for name, c := range map[string]struct{ p1, p2, want []string }{
		"the full stop of the last": {
			p1:   []string{"3. to report", "3. to report on gardens every second year;\n4. to thank the gardeners."},
			p2:   []string{"3. to report", "", "2. to invite", "2. to invite schools to keep a garden of their own."},
			want: []string{"1. to plant ten trees for every new house;", "2. to invite schools to keep a garden of their own;", "3. to thank the gardeners."},
		},
		"an and before the last": {
			p1:   []string{"2. to invite", "2. to invite schools to keep a garden of their own; and"},
			p2:   []string{"2. to invite", "", "3. to report", "2. to report on gardens every second year."},
			want: []string{"1. to plant ten trees for every new house; and", "2. to report on gardens every second year."},
		},
		"the clause beside it, changed": {
			p1:   []string{"2. to invite", "2. to invite schools to keep a garden of their own; and", "3. to report", "3. to report on all gardens every second year."},
			p2:   []string{"2. to invite", "", "3. to report", "2. to report on gardens every second year."},
			want: []string{"1. to plant ten trees for every new house; and", "2. to report on all gardens every second year."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := Merge(with(t), Proposal{Name: "p1", Text: with(t, c.p1...)}, Proposal{Name: "p2", Text: with(t, c.p2...)})
			if !r.Clean() {
				t.Errorf("open: %s", openOnes(r))
			}
			got := written(r.Text)
			for k, line := range got {
				if strings.HasPrefix(line, "1. ") {
					got = got[k:]
					break
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
