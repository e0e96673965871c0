package resolution

import (
	_ "embed"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// demoFile is a text written for tests in the drafters' style, canonical; demo.txt is the same as paper text.
//
//go:embed testdata/demo.md
var demoFile string

var demoLive = Live([]byte(demoFile))

func TestDemo(t *testing.T) {
	paper, err := os.ReadFile("testdata/demo.txt")
	if err != nil {
		t.Fatal(err)
	}
	text, warnings, err := Parse([]byte(demoFile))
	if err != nil {
		t.Fatal(err)
	}
	if len(warnings) > 0 {
		t.Errorf("warnings: %v", warnings)
	}
	if diff := cmp.Diff(demoFile, string(Format(text))); diff != "" {
		t.Errorf("the file is not canonical (-file +canonical):\n%s", diff)
	}
	if diff := cmp.Diff(string(paper), string(FormatPaper(text))); diff != "" {
		t.Errorf("paper text (-want +got):\n%s", diff)
	}
	back, _, err := ParsePaper(paper)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(withoutEmphasis(text), back); diff != "" {
		t.Errorf("read back from paper (-file +paper):\n%s", diff)
	}
}

// withoutEmphasis is a text as paper can hold it: emphasis is lost but for openers, and a heading inside is a paragraph.
func withoutEmphasis(t Text) Text {
	blocks := append([]Block(nil), t.Blocks...)
	for i, b := range blocks {
		if b.Kind == KindHeading {
			blocks[i].Kind = KindParagraph
		}
		if b.Kind != KindOpener && b.Kind != KindTable {
			blocks[i].Words = FromPlain(Plain(b.Words))
		}
	}
	return Text{Blocks: blocks}
}

// TestLiveLinesMapToTheFile counts: a canonical file has one live line for every line that is not blank.
func TestLiveLinesMapToTheFile(t *testing.T) {
	want := 0
	for line := range strings.SplitSeq(demoFile, "\n") {
		if line != "" {
			want++
		}
	}
	if got := len(strings.Split(demoLive, "\n")); got != want {
		t.Errorf("%d live lines, want %d", got, want)
	}
}
