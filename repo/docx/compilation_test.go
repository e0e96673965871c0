package docx

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

func TestOverlay(t *testing.T) {
	words := "to keep a light at night;"
	eur := attributedOps{"EUR", diff.Words(words, "to keep two lamps at night;")}
	afr := attributedOps{"AFR", diff.Words(words, "to keep a bell at night and by day;")}
	usa := attributedOps{"USA", diff.Words(words, "to keep two lamps at night;")}
	was, all := "", map[string]string{}
	for _, op := range overlay(words, []attributedOps{eur, afr, usa}) {
		if op.Kind != diff.Insert {
			was += op.Text
		}
		if op.state != kept {
			all[op.author] += op.Text + "|"
		}
	}
	if was != words {
		t.Errorf("rejected: %q", was)
	}
	if !strings.Contains(all["EUR, USA"], "two lamps") || !strings.Contains(all["AFR"], "bell") || !strings.Contains(all["AFR"], " and by day") || !strings.Contains(all["EUR, AFR, USA"], "light") {
		t.Errorf("changes by author: %q", all)
	}
}

// TestCompilationsOfRealPairs lays the two next versions of every real text, and two of its words made by hand, over it.
func TestCompilationsOfRealPairs(t *testing.T) {
	pairs := realPairs(t)
	for i, p := range pairs {
		other := p.base
		if i+1 < len(pairs) && strings.Split(pairs[i+1].name, "/")[0] == strings.Split(p.name, "/")[0] {
			other = pairs[i+1].revised
		}
		t.Run(p.name, func(t *testing.T) {
			file, err := ExportCompilation(p.base, []Attributed{{"AFR", p.revised}, {"EUR", other}, {"USA", p.revised}}, Options{Author: "Plenary"})
			if err != nil {
				t.Fatal(err)
			}
			got, err := Import(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Proposals) != 1 {
				t.Fatalf("%d proposals", len(got.Proposals))
			}
			if d := cmp.Diff(compiledWords(p.base), compiledWords(got.Proposals[0].Base)); d != "" {
				t.Errorf("rejected (-base +got):\n%s", d)
			}
			accepted := strings.Join(words(got.Proposals[0].Proposal), " ")
			for _, c := range diff.Compare(p.base, p.revised) {
				for _, op := range c.Ops {
					if words := strings.Join(strings.Fields(resolution.Plain(op.Text)), " "); op.Kind == diff.Insert && len(words) > 12 && !strings.Contains(words, "[^") && !strings.Contains(accepted, words) {
						t.Errorf("%s: %q is lost", c.Name.Spoken, words)
					}
				}
			}
			if changed := string(resolution.Format(p.base)) != string(resolution.Format(p.revised)); changed && !slices.ContainsFunc(got.Authors, func(a Author) bool { return strings.Contains(a.Name, "AFR") }) {
				t.Errorf("authors %v", got.Authors)
			}
		})
	}
}

// compiledWords are the words of a text where notes stand as they are written, in any order.
func compiledWords(t resolution.Text) []string {
	out := words(t)
	slices.Sort(out)
	return out
}
