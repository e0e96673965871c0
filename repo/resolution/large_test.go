package resolution

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestLargeFiles reads files at the limit whose every line is as awkward as can be: none may take time that grows with
// the square of its size.
func TestLargeFiles(t *testing.T) {
	units := map[string]string{
		"wrapped lines": "a\n", "wrapped labels": "a:\nb)\n", "lists that begin anew": "1.\n\n", "sub-numbers": "1.1\n\n2.1\n\n",
		"bullets": "-\n\n", "nested": "- a\n\n  - b\n\n", "stars": "*a", "entities": "&a;", "rows": "|a\n", "openers": "*a*\n\n", "unlabelled": "x.\n",
		"parentheses": "(x\n", "brackets": "[a]{b}", "footnotes": "[^1]: a\n\n", "paper items": "a)\tx.\ny.\n", "headings": "##### x\n\n", "one word": "x", "names": "*a*\n\n1. x\n\nb\n\n",
	}
	for name, unit := range units {
		t.Run(name, func(t *testing.T) {
			file := []byte(strings.Repeat(unit, MaxFile/len(unit)/16))
			start := time.Now()
			for _, read := range []func([]byte) (Text, []Warning, error){Parse, ParsePaper} {
				text, _, err := read(file)
				if _, refused := errors.AsType[*SyntaxError](err); refused {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				Names(text)
				RenumberLists(text)
				FormatPaper(text)
				if got := len(Format(text)); got > MaxFile {
					t.Errorf("the canonical file has %d bytes", got)
				}
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %v", d)
			} else {
				t.Log(d)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name, file   string
		line, column int
		says         string
	}{
		{"not UTF-8", "# é\n\nab\xffc", 3, 3, "UTF-8"},
		{"a null character", "é\x00", 1, 2, "U+0000"},
		{"an escape character", "a\r\nb\x1b", 2, 2, "U+001B"},
		{"a C1 control", "\u0080", 1, 1, "U+0080"},
		{"too large", strings.Repeat("a", MaxFile+1), 0, 0, "bytes"},
		{"too large when canonical", strings.Repeat("_", MaxFile), 1, 1, "canonical"},
		{"a table that would fill the house", strings.Repeat("|", 4000) + "\n" + strings.Repeat("|a|\n", 4000), 1, 1, "table"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, read := range []func([]byte) (Text, []Warning, error){Parse, ParsePaper} {
				_, _, err := read([]byte(test.file))
				refused, ok := errors.AsType[*SyntaxError](err)
				if !ok {
					t.Fatalf("got %v, want a SyntaxError", err)
				}
				if refused.Line != test.line || refused.Column != test.column || !strings.Contains(refused.Error(), test.says) {
					t.Errorf("got %v, want line %d, column %d, about %s", refused, test.line, test.column, test.says)
				}
			}
		})
	}
}

func TestBlanksOfOtherSystems(t *testing.T) {
	got, _, err := Canonical([]byte("\ufeffa\vb\fc\u0085d\u2028e\u2029f\tg\r\n\rh\u00a0\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "a b c d e f g\n\nh\u00a0\n"; !bytes.Equal(got, []byte(want)) {
		t.Errorf("got %q, want %q", got, want)
	}
}
