package resolution

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustParse(t *testing.T, file string) Text {
	t.Helper()
	text, _, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// showLists writes each list as its labels, its style and what holds of it.
func showLists(text Text) []string {
	var out []string
	for _, l := range Lists(text) {
		var labels []string
		for _, i := range l.Items {
			label := string(text.Blocks[i].Label)
			if text.Blocks[i].Kind == KindBullet {
				label = "-"
			}
			labels = append(labels, label)
		}
		s := strings.Join(labels, " ") + " style " + fmt.Sprint(l.Style)
		if l.Ordered {
			s += " ordered"
		}
		if l.Marks.Kept {
			s += fmt.Sprintf(" %q %q %q", l.Marks.Item, l.Marks.BeforeLast, l.Marks.Last)
		}
		out = append(out, s)
	}
	return out
}

func TestLists(t *testing.T) {
	tests := []struct {
		name, live string
		want       []string
	}{
		{"one list by order with its marks", "*considering*\na) one;\nb) two; and\nc) three,", []string{`a) b) c) style 2 ordered ";" "; and" ","`}},
		{"bis breaks the order", "a) one;\na bis) two;\nb) three.", []string{`a) a bis) b) style 2 ";" ";" "."`}},
		{"a gap breaks the order", "1. one\n3. three", []string{`1. 3. style 1 "" "" ""`}},
		{"mixed marks are words", "a) one;\nb) two,\nc) three;\nd) four.", []string{`a) b) c) d) style 2 ordered`}},
		{"a colon counts for nothing", "1. one;\n2. two:\n   - x,\n   - y.\n3. three.", []string{`1. 2. 3. style 1 ordered ";" ";" "."`, `- - style 5 ordered "," "," "."`}},
		{"the ninth letter", "g) x\nh) x\ni) x\nj) x", []string{`g) h) i) j) style 2 ordered "" "" ""`}},
		{"the first roman numeral", "i) x\nii) x", []string{`i) ii) style 3 ordered "" "" ""`}},
		{"a bare i is roman", "i) x", []string{`i) style 3 ordered`}},
		{"a bare c is a letter", "c) x", []string{`c) style 2 ordered`}},
		{"after z", "y) x\nz) x\naa) x\nab) x", []string{`y) z) aa) ab) style 2 ordered "" "" ""`}},
		{"doubled after z", "z) x\naa) x\nbb) x\ncc) x", []string{`z) aa) bb) cc) style 2 ordered "" "" ""`}},
		{"a list runs on over paragraphs", "1. one\nOption 2:\n2. two", []string{`1. 2. style 1 ordered "" "" ""`}},
		{"a list begins anew", "1. one\nOption 2:\n1. two", []string{`1. style 1 ordered`, `1. style 1 ordered`}},
		{"an opener begins anew", "*noting*\na) one\n*resolves*\na) two", []string{`a) style 2 ordered`, `a) style 2 ordered`}},
		{"numbers run on over openers", "*decides*\n1. one\n*invites*\n2. two", []string{`1. 2. style 1 ordered "" "" ""`}},
		{"lists under two items are two", "1. one\n   a) x\n2. two\n   a) y\n   b) z", []string{`1. 2. style 1 ordered "" "" ""`, `a) style 2 ordered`, `a) b) style 2 ordered "" "" ""`}},
		{"bullets part at a paragraph", "- a\n- b\nwords\n- c", []string{`- - style 5 ordered "" "" ""`, `- style 5 ordered`}},
		{"sub-numbers by their beginning", "1.1 x\n1.1.1 y\n1.1.2 z\n1.2 w", []string{`1.1 1.2 style 4 ordered "" "" ""`, `1.1.1 1.1.2 style 4 ordered "" "" ""`}},
		{"Russian letters without confusing ones", "и) x\nк) y", []string{`и) к) style 2 ordered "" "" ""`}},
		{"Arabic letters in their old order", "أ) x\nب) y\nج) z", []string{`أ) ب) ج) style 2 ordered "" "" ""`}},
		{"Chinese numerals", "九、一\n十、二\n十一、三", []string{`九) 十) 十一) style 2 ordered "" "" ""`}},
		{"French marks with their space", "a) un\u00a0;\nb) deux\u00a0; et\nc) trois.", []string{"a) b) c) style 2 ordered \"\\u00a0;\" \"\\u00a0; et\" \".\""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := showLists(mustParse(t, string(FromLive(test.live))))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("lists (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenumberLists(t *testing.T) {
	tests := []struct{ name, live, want string }{
		{"bis labels and gaps close up", "a) x\na bis) y\nc) z", "a) x\nb) y\nc) z"},
		{"quater is no ter", "a) x\nb) y\nb bis) z\nb ter) w\nb quater) v\nb quinquies) t\nc) u", "a) x\nb) y\nc) z\nd) w\ne) v\nf) t\ng) u"},
		{"what begins at three goes on from three", "3. x\n3bis. y\n7. z", "3. x\n4. y\n5. z"},
		{"sub-numbers take those under them along", "4.3 x\n4.3bis y\n4.3bis.1 p\n4.4 z\n4.4.1 q", "4.3 x\n4.4 y\n4.4.1 p\n4.5 z\n4.5.1 q"},
		{"headings stay", "### SECTION 1bis\n1bis.1 x\n1bis.3 y", "### SECTION 1bis\n1bis.1 x\n1bis.2 y"},
		{"bullets have nothing to number", "- x\n- y", "- x\n- y"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := mustParse(t, string(FromLive(test.live)))
			before := string(Format(text))
			got := Live(Format(RenumberLists(text)))
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if string(Format(text)) != before {
				t.Error("the text given was changed")
			}
		})
	}
}

func TestNext(t *testing.T) {
	tests := []struct {
		above, following Label
		style            Style
		want             Label
	}{
		{"c)", "d)", StyleLetter, "c bis)"},
		{"c)", "", StyleLetter, "d)"},
		{"c bis)", "d)", StyleLetter, "c ter)"},
		{"c)", "e)", StyleLetter, "d)"},
		{"b quater)", "c)", StyleLetter, "b quinquies)"},
		{"b nonies)", "c)", StyleLetter, "b decies)"},
		{"c)", "c bis)", StyleLetter, ""},
		{"z)", "", StyleLetter, "aa)"},
		{"i)", "", StyleRoman, "ii)"},
		{"i)", "", StyleLetter, "j)"},
		{"5.", "6.", StyleNumber, "5bis."},
		{"5.", "", StyleNone, "6."},
		{"1.9", "", StyleSub, "1.10"},
		{"1bis.1", "1bis.2", StyleSub, "1bis.1bis"},
		{"999.", "", StyleNumber, ""},
		{"я)", "", StyleLetter, "аа)"},
	}
	for _, test := range tests {
		if got := Next(test.above, test.following, test.style); got != test.want {
			t.Errorf("Next(%q, %q, %d) = %q, want %q", test.above, test.following, test.style, got, test.want)
		}
	}
}
