package resolution

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNames(t *testing.T) {
	file := `# RESOLUTION 9 (Rev. Exampleville, 2031)

## Lanterns on the quay

(Harbourtown, 2027; Exampleville, 2031)

The Assembly of Lamplighters (Exampleville, 2031),

*considering*

that lamps go out;

a) that wicks are short;

b) that oil is dear;

b bis) that nights are long,

*noting with appreciation*

the work of the wardens,

*resolves*

1. to trim every wick;

2. to keep two stores:

   - one on the quay;

   - one in the tower:

      i) for winter;

   which are visited weekly;

| store | casks |
| --- | --- |
| quay | 4 |

*resolves*

1. to meet again;

Option 2:

   a) to part,

### ANNEX 1 (to Resolution 9)

#### Stores

1. Quay

   ii) upper

1.1 Tower

a) stairs

[^1]: by boat
`
	want := []Name{
		{"number", "number"},
		{"title", "title"},
		{"history", "history"},
		{"opening line", "opening"},
		{"considering", "considering"},
		{"considering, paragraph 1", "considering-p1"},
		{"considering a)", "considering-a"},
		{"considering b)", "considering-b"},
		{"considering b bis)", "considering-b-bis"},
		{"noting with appreciation", "noting-with-appreciation"},
		{"noting with appreciation, paragraph 1", "noting-with-appreciation-p1"},
		{"resolves", "resolves"},
		{"resolves 1", "resolves-1"},
		{"resolves 2", "resolves-2"},
		{"resolves 2, bullet 1", "resolves-2-b1"},
		{"resolves 2, bullet 2", "resolves-2-b2"},
		{"resolves 2, bullet 2, i)", "resolves-2-b2-i"},
		{"resolves 2, paragraph 1", "resolves-2-p1"},
		{"resolves, table 1", "resolves-t1"},
		{"resolves (2nd)", "resolves~2"},
		{"resolves (2nd) 1", "resolves~2-1"},
		{"resolves (2nd), paragraph 1", "resolves~2-p1"},
		{"resolves (2nd) 1 a)", "resolves~2-1-a"},
		{"ANNEX 1", "annex-1"},
		{"ANNEX 1, title", "annex-1-title"},
		{"ANNEX 1, 1", "annex-1-1"},
		{"ANNEX 1, 1 ii)", "annex-1-1-ii"},
		{"ANNEX 1, 1.1", "annex-1-1.1"},
		{"ANNEX 1, 1.1 a)", "annex-1-1.1-a"},
		{"footnote 1", "note-1"},
	}
	text, _, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, Names(text)); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestNamesAreUnique(t *testing.T) {
	for path, file := range realTexts(t, "resolutions") {
		text, _, err := ParsePaper(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]string{}
		for _, name := range Names(text) {
			if other, ok := seen[name.Link]; ok {
				t.Errorf("%s: %q and %q share the link %q", path, other, name.Spoken, name.Link)
			}
			if strings.ContainsAny(name.Link, " #/?()") {
				t.Errorf("%s: the link %q holds a character that links cannot", path, name.Link)
			}
			seen[name.Link] = name.Spoken
		}
	}
}
