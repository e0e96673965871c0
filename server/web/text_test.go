package web

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// outline writes groups as an indented list, for tests to compare.
func outline(groups []Group, depth int) string {
	var out strings.Builder
	for _, g := range groups {
		for _, n := range g.Nodes {
			fmt.Fprintf(&out, "%s%s %s %q\n", strings.Repeat("  ", depth), g.Tag, n.Label, said(n.Runs))
			out.WriteString(outline(n.Groups, depth+1))
		}
	}
	return out.String()
}

// said writes runs with their marks: {-gone-}{+new+}, *emphasised*, ^note^.
func said(runs []Run) string {
	var out strings.Builder
	for _, r := range runs {
		var text strings.Builder
		for _, p := range r.Pieces {
			switch {
			case p.Note != "":
				text.WriteString("^" + p.Note + "^")
			case p.Source != "":
				text.WriteString("<" + p.Source + ">")
			case p.Emphasis:
				text.WriteString("*" + p.Text + "*")
			default:
				text.WriteString(p.Text)
			}
		}
		switch r.Kind {
		case "ins":
			out.WriteString("{+" + text.String() + "+}")
		case "del":
			out.WriteString("{-" + text.String() + "-}")
		default:
			out.WriteString(text.String())
		}
	}
	return out.String()
}

func parse(t *testing.T, file string) resolution.Text {
	t.Helper()
	text, _, err := resolution.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestArrange(t *testing.T) {
	t.Parallel()
	text := parse(t, `# RESOLUTION 1

The Assembly,

*considering*

a) the first[^1];

   i) under the first;

   ii) under the first again:

      - a bullet;

b) the second,

[^1]: A note.

*resolves*

1. to act:

   - at once;

   in so far as possible;

2bis. to report.
`)
	want := `  "RESOLUTION 1"
  "The Assembly,"
  "*considering*"
ol a) "the first^1^;"
  ol i) "under the first;"
  ol ii) "under the first again:"
    ul – "a bullet;"
ol b) "the second,"
  "*resolves*"
ol 1 "to act:"
  ul • "at once;"
    "in so far as possible;"
ol 2bis "to report."
notes 1 "A note."
`
	if diff := cmp.Diff(want, outline(plainText(text, resolution.Names(text)), 0)); diff != "" {
		t.Errorf("arrangement (-want +got):\n%s", diff)
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, want string
		ops        []diff.Op
	}{
		{"plain", "to report", []diff.Op{{Kind: diff.Equal, Text: "to report"}}},
		{"emphasis that goes", "the {-*Director*-}{+Director+} shall", []diff.Op{{Kind: diff.Equal, Text: "the "}, {Kind: diff.Delete, Text: "*Director*"}, {Kind: diff.Insert, Text: "Director"}, {Kind: diff.Equal, Text: " shall"}}},
		{"emphasis over a change", "*in {-*due*-}{+*good*+}* time*", []diff.Op{{Kind: diff.Equal, Text: "*in "}, {Kind: diff.Delete, Text: "due"}, {Kind: diff.Insert, Text: "good"}, {Kind: diff.Equal, Text: " time*"}}},
		{"escapes", "a * b _ c < d", []diff.Op{{Kind: diff.Equal, Text: `a \* b \_ c \< d`}}},
		{"note", "terms^1^;", []diff.Op{{Kind: diff.Equal, Text: "terms[^1];"}}},
		{"unagreed", "[one]<USA, EUR>[two]<ARB>", []diff.Op{{Kind: diff.Equal, Text: "[one]{USA, EUR}[two]{ARB}"}}},
		{"braces that are words", "a {b} c", []diff.Op{{Kind: diff.Equal, Text: "a {b} c"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got := said(runs(row.ops, 0))
			// Pieces of one run meet: "*in *" before a change is the same emphasis as after it.
			if flat := strings.ReplaceAll(strings.ReplaceAll(row.want, "*", ""), " ", ""); strings.ReplaceAll(strings.ReplaceAll(got, "*", ""), " ", "") != flat {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if row.name != "emphasis over a change" && row.name != "escapes" && got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// A page that shows a change shows every word of both texts: leaving out what came gives the base's words, leaving out
// what went gives the revised ones.
func TestChangesShowEveryWord(t *testing.T) {
	t.Parallel()
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"that", "the", "<b>study</b>", "groups", "should", "*shall*", "report", `\*`, "&amp;", "ITU‑T,"}), 0, 12)
	rapid.Check(t, func(t *rapid.T) {
		base, revised := strings.Join(words.Draw(t, "base"), " "), strings.Join(words.Draw(t, "revised"), " ")
		shown := runs(diff.Words(base, revised), 0)
		for _, side := range []struct{ without, want string }{{"ins", base}, {"del", revised}} {
			var got strings.Builder
			for _, run := range shown {
				if run.Kind == side.without {
					continue
				}
				for _, p := range run.Pieces {
					got.WriteString(p.Text)
				}
			}
			if got.String() != resolution.Plain(side.want) {
				t.Fatalf("without %s: %q, want %q", side.without, got.String(), resolution.Plain(side.want))
			}
		}
	})
}

// tags takes the markup off a page, as a reader who cannot see it hears the words.
var tags = regexp.MustCompile(`<[^>]*>`)

func TestWhatIsHeard(t *testing.T) {
	t.Parallel()
	base := parse(t, "*noting*\n\na) that timing constraints differ;\n\nb) that costs rise;\n")
	revised := parse(t, "*noting*\n\na) that development timeframes differ;\n\nb) that costs rise;\n\nc) that <b>time</b> passes;\n")
	page := render(t, "read", ReadPage{Label: "EUR/1", Clauses: changedText(diff.Compare(base, revised), 2)})
	heard := strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, ""))), " ")
	for _, want := range []string{"deleted: timing constraints, end", "inserted: development timeframes, end", "inserted: that <b>time</b> passes;, end", "b)that costs rise;"} {
		if !strings.Contains(heard, want) {
			t.Errorf("heard %q, without %q", heard, want)
		}
	}
	for _, want := range []string{`id="noting-a"`, `<h3 id="noting"`, `class="slot-2"`, `k-item lettered changed slot-2`, `k-item lettered added slot-2`} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %s", want)
		}
	}
}

func TestDividedOps(t *testing.T) {
	t.Parallel()
	got := dividedOps([]diff.Op{{Kind: diff.Equal, Text: "one "}, {Kind: diff.Insert, Text: "new\ntwo "}, {Kind: diff.Delete, Text: "old\nolder"}, {Kind: diff.Equal, Text: "three"}})
	want := [][]diff.Op{
		{{Kind: diff.Equal, Text: "one "}, {Kind: diff.Insert, Text: "new"}},
		{{Kind: diff.Insert, Text: "two "}, {Kind: diff.Delete, Text: "old ¶ older"}, {Kind: diff.Equal, Text: "three"}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{"/a?b=c": "/a?b=c", "": "/", "a": "/", "//x": "/", "/\\x": "/", "http://x": "/", "/a\nb": "/"} {
		if got := local(next); got != want {
			t.Errorf("local(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestSettlementOf(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		choice, words string
		want          merge.Settlement
		ok            bool
	}{
		{"keep", "left over", merge.Settlement{Choice: merge.KeepBase}, true},
		{"take-1", "", merge.Settlement{Choice: merge.Take, Variant: 1}, true},
		{"combine", " the\r\nagreed  5\u00a0% words ", merge.Settlement{Choice: merge.Combine, Words: "the agreed 5\u00a0% words"}, true},
		{"brackets", "", merge.Settlement{Choice: merge.Brackets}, true},
		{"", "", merge.Settlement{}, false},
		{"take--1", "", merge.Settlement{}, false},
		{"take-x", "", merge.Settlement{}, false},
		{"other", "", merge.Settlement{}, false},
	} {
		got, ok := settlementOf(row.choice, row.words)
		if ok != row.ok || ok && got != row.want {
			t.Errorf("settlementOf(%q, %q) = %+v, %v", row.choice, row.words, got, ok)
		}
		if ok && choiceValue(got) != row.choice {
			t.Errorf("%q is written back as %q", row.choice, choiceValue(got))
		}
	}
}
