package diff

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/resolution"
)

// TestGoldenPairs pairs real successive revisions as the files in testdata/pairs say. A file tells, line by line in
// reading order, what became of each clause, by position and label; it holds none of the texts' words. Correct a line
// where a pairing is wrong, or run with -update and read the difference.
func TestGoldenPairs(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "resolutions", "*"))
	if err != nil || len(dirs) == 0 {
		t.Skip("shared data is not here")
	}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "rev-*.txt"))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(files)
		for k := 1; k < len(files); k++ {
			name := fmt.Sprintf("%s-%02d", filepath.Base(dir), k)
			t.Run(name, func(t *testing.T) { goldenPair(t, name, files[k-1], files[k]) })
		}
	}
}

func goldenPair(t *testing.T, name, before, after string) {
	base, revised := revision(t, before), revision(t, after)
	var b strings.Builder
	fmt.Fprintf(&b, "data %x\n", sha256.Sum256([]byte(strings.Join([]string{string(resolution.Format(base)), string(resolution.Format(revised))}, "\x00"))))
	for _, p := range Align(base, revised) {
		kind := p.Kind.String()
		if p.Moved {
			kind += " moved"
		}
		fmt.Fprintf(&b, "%-14s %s -> %s\n", kind, places(base, p.Base), places(revised, p.Revised))
	}
	path := filepath.Join("testdata", "pairs", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if first, _, _ := strings.Cut(b.String(), "\n"); !strings.HasPrefix(string(want), first) {
		t.Skip("the file speaks of other data")
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Error(d)
	}
}

func revision(t *testing.T, path string) resolution.Text {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := resolution.ParsePaper(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// places writes blocks as position and label: "7 c)"; a dash for none.
func places(t resolution.Text, blocks []int) string {
	if len(blocks) == 0 {
		return "-"
	}
	var out []string
	for _, i := range blocks {
		s := fmt.Sprintf("%d", i+1)
		if label := t.Blocks[i].Label; label != "" {
			s += " " + string(label)
		}
		out = append(out, s)
	}
	return strings.Join(out, " + ")
}
