package docx

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/resolution"
)

// realPair is two successive versions of a real text.
type realPair struct {
	name          string
	base, revised resolution.Text
}

// realPairs gives all successive versions of the shared resolutions, and base and proposals of the merge cases.
func realPairs(t testing.TB) []realPair {
	t.Helper()
	var out []realPair
	dirs, err := filepath.Glob(filepath.Join(shared(t, "resolutions"), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "rev-*.txt"))
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(dir) == "wtsa-res7" {
			files = []string{filepath.Join(dir, "base.txt"), filepath.Join(dir, "proposal-usa-48a5-1.txt")}
		}
		slices.Sort(files)
		for i := 1; i < len(files); i++ {
			name := filepath.Base(dir) + "/" + strings.TrimSuffix(filepath.Base(files[i]), ".txt")
			out = append(out, realPair{name, paperText(t, files[i-1]), paperText(t, files[i])})
		}
	}
	cases, err := filepath.Glob(filepath.Join(shared(t, "merge"), "cases", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range cases {
		bases, _ := filepath.Glob(filepath.Join(dir, "base.*"))
		if len(bases) != 1 {
			continue
		}
		sides, err := filepath.Glob(filepath.Join(dir, "*"+filepath.Ext(bases[0])))
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range sides {
			if side == bases[0] || strings.Contains(filepath.Base(side), "expected") {
				continue
			}
			name := filepath.Base(dir) + "/" + strings.TrimSuffix(filepath.Base(side), filepath.Ext(side))
			out = append(out, realPair{name, paperText(t, bases[0]), paperText(t, side)})
		}
	}
	return out
}

// words gives the words of a text in reading order, blanks folded; notes stand at the end, as in an imported file.
func words(t resolution.Text) []string {
	var out, notes []string
	for _, b := range t.Blocks {
		one := strings.Fields(string(b.Label) + " " + resolution.Plain(b.Words))
		for _, row := range b.Rows {
			for _, cell := range row {
				one = append(one, strings.Fields(resolution.Plain(cell))...)
			}
		}
		if b.Kind == resolution.KindFootnote {
			notes = append(notes, one...)
			continue
		}
		out = append(out, one...)
	}
	return append(out, notes...)
}

// checkLaw exports a pair and reads it back: rejecting gives the base, accepting the proposal, word for word.
func checkLaw(t interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, base, revised resolution.Text,
) (exact bool) {
	t.Helper()
	o := Options{Author: "Exampleland", Date: "2026-01-02T03:04:05Z"}
	file, err := Export(base, revised, o)
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	again, err := Export(base, revised, o)
	if err != nil || !bytes.Equal(file, again) {
		t.Errorf("a second export gives other bytes")
	}
	got, err := Import(file)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	if len(got.Proposals) != 1 {
		t.Fatalf("%d proposals", len(got.Proposals))
	}
	exact = true
	for _, side := range []struct {
		name      string
		want, got resolution.Text
	}{{"base", base, got.Proposals[0].Base}, {"proposal", revised, got.Proposals[0].Proposal}} {
		if diff := cmp.Diff(words(side.want), words(side.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", side.name, diff)
		}
		if !bytes.Equal(resolution.Format(side.want), resolution.Format(side.got)) {
			exact = false
		}
	}
	return exact
}

func TestRealPairsSurviveTheRoundTrip(t *testing.T) {
	pairs := realPairs(t)
	exact := 0
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			if checkLaw(t, p.base, p.revised) {
				exact++
			} else if os.Getenv("PLENARY_LONG") != "" {
				t.Log("the words are the same, levels or kinds are not")
			}
		})
	}
	t.Logf("%d pairs, %d of them block for block", len(pairs), exact)
	if len(pairs) < 50 || exact*10 < len(pairs)*9 {
		t.Errorf("%d pairs, %d block for block", len(pairs), exact)
	}
}
