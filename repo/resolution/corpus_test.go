package resolution

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// realTexts gives the paper texts of a folder of ../shared/data, by path.
func realTexts(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	root := filepath.Join("..", "..", "..", "shared", "data", folder)
	texts := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".txt" {
			return err
		}
		file, err := os.ReadFile(path)
		texts[path] = file
		return err
	})
	if os.IsNotExist(err) {
		t.Skipf("no real texts at %s", root)
	}
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// wordsOf gives the words of paper text: what stands between white space. A label at the start of a line counts in its
// canonical spelling, bullets as one sign.
func wordsOf(paper string) string {
	var words []string
	for line := range strings.SplitSeq(paper, "\n") {
		line = trimLeft(line)
		if label, rest, ok := paperLabel(line); ok {
			words = append(words, string(label))
			line = rest
		} else if _, rest, ok := paperBullet(line); ok {
			words = append(words, "•")
			line = rest
		} else if label, n, ok := readLabel(line); ok {
			words = append(words, string(label))
			line = line[n:]
		}
		words = append(words, strings.Fields(line)...)
	}
	return strings.Join(words, "\n")
}

func TestRealTextsKeepEveryWord(t *testing.T) {
	for _, folder := range []string{"resolutions", "merge", "docx"} {
		for path, file := range realTexts(t, folder) {
			t.Run(filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path), func(t *testing.T) {
				text, _, err := ParsePaper(file)
				if err != nil {
					t.Fatal(err)
				}
				md := Format(text)
				again, _, err := Parse(md)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(text, again); diff != "" {
					t.Errorf("Parse(Format(t)) differs (-t +again):\n%s", diff)
				}
				if got := Format(again); !bytes.Equal(got, md) {
					t.Errorf("Format(Parse(f)) differs:\n%s", cmp.Diff(string(md), string(got)))
				}
				paper := FormatPaper(again)
				lines, err := decode(file)
				if err != nil {
					t.Fatal(err)
				}
				var source []string
				for _, line := range lines {
					source = append(source, line.text)
				}
				if diff := cmp.Diff(wordsOf(strings.Join(source, "\n")), wordsOf(string(paper))); diff != "" {
					t.Errorf("words differ (-read +written):\n%s", diff)
				}
				second, _, err := ParsePaper(paper)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(paper), string(FormatPaper(second))); diff != "" {
					t.Errorf("paper text is not stable (-first +second):\n%s", diff)
				}
				// What Word files that are no resolutions give need not be understood the same twice.
				if diff := cmp.Diff(text, second); diff != "" && folder != "docx" {
					t.Errorf("not the same when read again (-first +second):\n%s", diff)
				}
			})
		}
	}
}
