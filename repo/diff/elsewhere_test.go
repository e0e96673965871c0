package diff

import (
	"fmt"
	"strings"
	"testing"

	"plenary/repo/resolution"
)

// elsewhere is two texts in which clauses went to another place.
type elsewhere struct {
	name          string
	base, revised resolution.Text
	want          string
}

// goneElsewhere gives texts whose clauses keep neither their place nor all their words.
func goneElsewhere() []elsewhere {
	line := func(words string) resolution.Block { return resolution.Block{Words: words} }
	paths, fences := "each garden keeps its paths open to visitors from spring to autumn", "each garden mends its fences before the winter and reports on the gates"
	rivers := "Recognizing that clean rivers, shaded banks and healthy soils are the ground of all gardens, and that members should protect them"
	again := "Emphasizing that shaded banks, clean rivers and healthy soils matter to members who protect whatever grows"
	return []elsewhere{
		{
			name:    "an option that becomes the second",
			base:    text(line("Option 1:"), item("1.", paths), item("2.", fences), line("Option 2:"), line("No words")),
			revised: text(line("Option 1:"), item("1.", "all members of the assembly undertake what is said in the rules on visitors"), item("2.", "later efforts follow the results of the yearly count"), line("Option 2:"), item("1.", "["+paths+"]"), item("2.", "["+fences+"]")),
			want:    "same [0] [0], inserted [] [1], inserted [] [2], same moved [3] [3], changed [1] [4], changed [2] [5], deleted [4] []",
		},
		{
			name:    "a clause that moved and was written anew",
			base:    text(line(rivers), line(paths), line(fences)),
			revised: text(line(paths), line(fences), line(again)),
			want:    "same [1] [0], same [2] [1], changed moved [0] [2]",
		},
		{
			name:    "two that could have moved and were written anew",
			base:    text(line(rivers), line(paths), line(fences)),
			revised: text(line(paths), line(fences), line(again), line("Stressing that members should protect clean rivers and shaded banks from floods in every valley")),
			want:    "deleted [0] [], same [1] [0], same [2] [1], inserted [] [2], inserted [] [3]",
		},
	}
}

// TestClausesGoElsewhere pairs clauses that left their place: short lines between them hold nothing, and what was largely
// written anew is paired only where nothing else could be meant.
func TestClausesGoElsewhere(t *testing.T) {
	for _, c := range goneElsewhere() {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range Align(c.base, c.revised) {
				kind := p.Kind.String()
				if p.Moved {
					kind += " moved"
				}
				got = append(got, fmt.Sprintf("%s %v %v", kind, p.Base, p.Revised))
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}
