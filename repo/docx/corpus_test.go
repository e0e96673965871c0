package docx

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shared finds a folder of the shared test data, or skips the test.
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
		if filepath.Dir(dir) == dir {
			t.Fatal("no module root above the package")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(append([]string{filepath.Dir(dir), "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared test data is not here: %v", err)
	}
	return path
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// manifest gives the rows of the list of Word files.
func manifest(t testing.TB) [][]string {
	t.Helper()
	var rows [][]string
	lines := bufio.NewScanner(bytes.NewReader(readFile(t, filepath.Join(shared(t, "docx"), "MANIFEST.tsv"))))
	lines.Scan() // the heads
	for lines.Scan() {
		rows = append(rows, strings.Split(lines.Text(), "\t"))
	}
	return rows
}

// knownApart are the views that differ from the expected text, with the reason.
var knownApart = map[string]string{}

func TestRealFilesInBothViews(t *testing.T) {
	dir := shared(t, "docx")
	seen := 0
	for _, row := range manifest(t) {
		name := strings.TrimSuffix(row[0], ".docx")
		for _, view := range []View{Accept, Reject} {
			t.Run(name+"/"+view.String(), func(t *testing.T) {
				t.Parallel()
				want, err := os.ReadFile(filepath.Join(dir, expectedName(name, view)))
				if err != nil {
					t.Skip("no expected text: " + row[len(row)-1])
				}
				got, _, err := Text(readFile(t, filepath.Join(dir, row[0])), TextOptions{View: view})
				if err != nil {
					t.Fatal(err)
				}
				g, w := strings.Join(strings.Fields(string(got)), " "), strings.Join(strings.Fields(string(want)), " ")
				reason, apart := knownApart[name+"/"+view.String()]
				switch {
				case g == w && apart:
					t.Errorf("equal, but listed as apart because %s", reason)
				case g != w && !apart:
					t.Error(firstDifference(g, w))
				}
			})
			seen++
		}
	}
	if seen != 178 {
		t.Errorf("looked at %d views of files, want 178", seen)
	}
}

func expectedName(name string, view View) string {
	if name == "usa-48a5-1" {
		return name + map[View]string{Accept: ".proposal.txt", Reject: ".base.txt"}[view]
	}
	return name + "." + view.String() + ".txt"
}

func firstDifference(got, want string) string {
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	cut := func(s string) string { return s[max(0, i-60):min(len(s), i+80)] }
	if i > len(got) || i > len(want) {
		i = min(len(got), len(want))
	}
	return "got  …" + cut(got) + "\nwant …" + cut(want)
}
