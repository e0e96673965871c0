package resolution

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"pgregory.net/rapid"
)

var htmlTag = regexp.MustCompile(`<[^>]*>`)

// forgeWords renders a file as forges do and gives what shows, without white space.
func forgeWords(t reporter, file []byte) string {
	t.Helper()
	forge := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList))
	var out bytes.Buffer
	if err := forge.Convert(file, &out); err != nil {
		t.Fatalf("render: %v", err)
	}
	return strings.Join(strings.Fields(html.UnescapeString(htmlTag.ReplaceAllString(out.String(), " "))), "")
}

// checkForge checks that a reader of Markdown shows the words of every block, in order and without marks.
func checkForge(t reporter, text Text) {
	t.Helper()
	file := Format(text)
	shown := forgeWords(t, file)
	for _, block := range text.Blocks {
		cells := [][]string{{block.Words}}
		if block.Kind == KindTable {
			cells = block.Rows
		}
		for _, row := range cells {
			for _, words := range row {
				want := strings.Join(strings.Fields(Plain(words)), "")
				i := strings.Index(shown, want)
				if i < 0 {
					t.Fatalf("%q does not show\nfile %q", Plain(words), file)
				}
				shown = shown[i+len(want):]
			}
		}
	}
}

func TestForgesShowAllWords(t *testing.T) {
	for _, file := range realTexts(t, "resolutions") {
		text, _, err := ParsePaper(file)
		if err != nil {
			t.Fatal(err)
		}
		if deepest(text) <= 1 {
			checkForge(t, text)
		}
	}
}

// forgePieces leave out emphasis glued to letters and deep levels, which forges show with their marks.
var forgePieces = []string{
	"\n\n", "\n\n", "\n\n   ", " ", " ", "word", " *a b* ", "**", "_", "__", "~", "~~", "<b>", "<!--", "`", "``", "\\", "\\*", "&amp;", "&", "]", "[", "[x]", "[ ] ", "](", "]:", "(x)", "![",
	"# ", "##### ", "- ", "-", "---", "+ ", "=", "===", "> ", "|", "\n\n| a | b |\n| --- | --- |\n", "\n\n| - |", "1992. ", "2.5 per cent", "a) ", "1. ", "3. ", "http://x.y/a_b", "\t", "é", "中",
}

func TestForgesShowAllWordsOfNastyTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom(forgePieces), 0, 14).Draw(t, "pieces")
		text, _, err := Parse([]byte(strings.Join(pieces, "")))
		if err == nil && deepest(text) <= 1 {
			checkForge(t, text)
		}
	})
}

func deepest(t Text) int {
	level := 0
	for _, block := range t.Blocks {
		level = max(level, block.Level)
	}
	return level
}
