package resolution

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChecks(t *testing.T) {
	tests := []struct {
		name, live string
		want       []Check
	}{
		{"nothing to say", "a) [one];\nb) two.", nil},
		{"a bracket over two clauses", "a) [one;\nb) two].", nil},
		{"never closed", "*noting*\na) [one;\nb) two.", []Check{{1, "noting a) opens a square bracket that is closed nowhere: close it where the words not agreed end"}}},
		{"never opened", "1. one].", []Check{{0, "1 closes a square bracket that is opened nowhere: take it out or open it"}}},
		{"a label twice", "*noting*\na) one;\nb) two;\nb) three.", []Check{{3, "the label b) stands at noting b) already: renumber the list"}}},
		{"a label forgotten", "1. one;\ntwo;\n2. three.", []Check{{1, "paragraph 1 has no label between labelled ones: give it one, or indent it if it goes on the item above"}}},
		{"a sub-head is none", "1. one;\nOption 2:\n2. three.", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, Checks(mustParse(t, string(FromLive(test.live))))); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
			}
		})
	}
}
