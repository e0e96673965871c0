package merge

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/resolution"
)

// shared finds the folder of shared test data beside the module.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(append([]string{dir, "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("shared data is not here: %v", err)
	}
	return path
}

func paper(t testing.TB, path string) resolution.Text {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := resolution.ReadPaper(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// lines gives a text as one line a block: label, then words. Levels follow the bullet sign of the paper, which a
// proposal may change in one item only, so they are not compared here.
func lines(t resolution.Text) []string {
	var out []string
	for _, b := range t.Blocks {
		out = append(out, fmt.Sprintf("%d\t%s\t%s", b.Kind, b.Label, wordsIn(b)))
	}
	return out
}

// TestCases merges real revisions that were cut into proposals: clean ones word for word, conflicts in exactly the
// clauses listed with everything else merged.
func TestCases(t *testing.T) {
	dir := os.Getenv("PLENARY_MERGE_CASES") // another folder of cases in the same shape
	if dir == "" {
		dir = shared(t, "merge", "cases")
	}
	cases, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name(), func(t *testing.T) {
			var about struct {
				Clean     bool
				Proposals int
				Conflicts []struct{ Base string }
			}
			file, err := os.ReadFile(filepath.Join(dir, c.Name(), "case.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(file, &about); err != nil {
				t.Fatal(err)
			}
			base := paper(t, filepath.Join(dir, c.Name(), "base.txt"))
			var proposals []Proposal
			for n := range about.Proposals {
				name := fmt.Sprintf("p%d", n+1)
				proposals = append(proposals, Proposal{Name: name, Text: paper(t, filepath.Join(dir, c.Name(), name+".txt"))})
			}
			want := paper(t, filepath.Join(dir, c.Name(), "expected.txt"))
			result := Merge(base, proposals...)
			got := Unsettled(base, proposals, ClauseOfBase)
			if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
				t.Errorf("merged text (-want +got):\n%s", diff)
			}
			if result.Clean() != about.Clean {
				t.Errorf("clean = %v, want %v:\n%s", result.Clean(), about.Clean, openOnes(result))
			}
			var wantOpen, gotOpen []string
			for _, c := range about.Conflicts {
				_, words, _ := strings.Cut(c.Base, "\t")
				wantOpen = append(wantOpen, resolution.FromPlain(words))
			}
			for _, d := range result.Decisions {
				if d.Kind.Open() {
					gotOpen = append(gotOpen, base.Blocks[d.Base].Words)
				}
			}
			if diff := cmp.Diff(wantOpen, slices.Compact(gotOpen)); diff != "" {
				t.Errorf("conflicting clauses (-want +got):\n%s", diff)
			}
		})
	}
}

// openOnes lists the open decisions of a result, one a line.
func openOnes(r Result) string {
	var b strings.Builder
	for _, d := range r.Decisions {
		if d.Kind.Open() && d.Settled == nil {
			fmt.Fprintf(&b, "%s %s: %q %+v\n", d.Kind, d.Clause.Spoken, d.Words, d.Variants)
		}
	}
	return b.String()
}
