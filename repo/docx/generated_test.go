package docx

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plenary/repo/resolution"
)

// drawnWords are words that writers of Word files stumble over: marks of XML and Markdown, hyphens and blanks of their
// own kinds, other scripts, signs beyond the first plane, and what looks like structure.
var drawnWords = []string{
	"light", "lamps", "oil", "and", "the", "of", "keeper", "harbour", "<b>", "a&b", `"quoted"`, "it's", "ITU\u2011T", "no\u00a0break", "*", "_", `\`, "[open", "brackets]",
	"considering", "resolves", "1.", "a)", "•", "2012", "(Rev.", "Oslo,", "العربية", "决议", "é\u0301", "🚢", "#", "|", "Reasons:", "MOD", "ANNEX", "=", "-", "http://example.org/?a=b&c",
}

func drawSentence(t *rapid.T, most int) string {
	words := rapid.SliceOfN(rapid.SampledFrom(drawnWords), 1, most).Draw(t, "words")
	return resolution.FromPlain(strings.Join(words, " "))
}

// drawBlock gives one block below the head.
func drawBlock(t *rapid.T, n int) resolution.Block {
	words := drawSentence(t, 12)
	if rapid.IntRange(0, 5).Draw(t, "emphasis") == 0 {
		words += " *" + rapid.SampledFrom([]string{"bright", "very dear", "at night"}).Draw(t, "emphasised") + "*"
	}
	switch rapid.IntRange(0, 8).Draw(t, "kind") {
	case 0:
		return resolution.Block{Kind: resolution.KindOpener, Words: rapid.SampledFrom([]string{"*considering*", "*noting*", "*resolves*", "*instructs the Director*"}).Draw(t, "opener")}
	case 1:
		return resolution.Block{Kind: resolution.KindBullet, Words: words, Level: rapid.IntRange(0, 2).Draw(t, "level")}
	case 2:
		return resolution.Block{Kind: resolution.KindHeading, Words: words}
	case 3:
		row := rapid.Custom(func(t *rapid.T) []string { return []string{drawSentence(t, 4), drawSentence(t, 4)} })
		return resolution.Block{Kind: resolution.KindTable, Rows: rapid.SliceOfN(row, 1, 4).Draw(t, "rows")}
	case 4, 5:
		return resolution.Block{Kind: resolution.KindParagraph, Words: words}
	default:
		return resolution.Block{Kind: resolution.KindItem, Label: resolution.Label(fmt.Sprintf("%c)", 'a'+n%26)), Words: words}
	}
}

// canonicalText is what a text is once it has been kept.
func canonicalText(t *rapid.T, blocks []resolution.Block) resolution.Text {
	text, _, err := resolution.Parse(resolution.Format(resolution.Text{Blocks: blocks}))
	if err != nil {
		t.Fatalf("the generated text cannot be kept: %v", err)
	}
	return text
}

// drawPair gives a text and another made of it: clauses struck, moved, changed, and new ones.
func drawPair(t *rapid.T) (base, revised resolution.Text) {
	blocks := []resolution.Block{
		{Kind: resolution.KindNumber, Words: "RESOLUTION 12"},
		{Kind: resolution.KindTitle, Words: "Harbour lights"},
		{Kind: resolution.KindParagraph, Words: "The Conference,"},
	}
	for n := range rapid.IntRange(0, 12).Draw(t, "blocks") {
		blocks = append(blocks, drawBlock(t, n))
	}
	base = canonicalText(t, blocks)
	next := slices.Clone(base.Blocks)
	for range rapid.IntRange(0, 6).Draw(t, "changes") {
		i := rapid.IntRange(0, len(next)).Draw(t, "where")
		switch change := rapid.IntRange(0, 4).Draw(t, "change"); {
		case change == 0 || i == len(next):
			next = slices.Insert(next, i, drawBlock(t, i))
		case change == 1:
			next = slices.Delete(next, i, i+1)
		case change == 2:
			b := next[i]
			next = append(slices.Delete(next, i, i+1), b)
		case next[i].Rows != nil || next[i].Kind == resolution.KindOpener:
			next[i] = drawBlock(t, i)
		default:
			words := strings.Fields(next[i].Words)
			if k := rapid.IntRange(0, len(words)).Draw(t, "word"); k < len(words) && change == 3 {
				words[k] = drawSentence(t, 2)
			} else {
				words = slices.Insert(words, k, drawSentence(t, 3))
			}
			next[i].Words = strings.Join(words, " ")
		}
		if len(next) == 0 {
			next = append(next, resolution.Block{Kind: resolution.KindParagraph, Words: "nothing"})
		}
	}
	return base, canonicalText(t, next)
}

func TestGeneratedPairsSurviveTheRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, revised := drawPair(t)
		checkLaw(t, base, revised)
	})
}

func TestGeneratedCompilationsGiveTheirBase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, one := drawPair(t)
		two := slices.Clone(base.Blocks)
		if len(two) > 0 {
			two[len(two)-1] = drawBlock(t, 0)
		}
		file, err := ExportCompilation(base, []Attributed{{"AFR", one}, {"EUR", canonicalText(t, two)}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := Import(file)
		if err != nil || len(got.Proposals) != 1 {
			t.Fatalf("%d proposals, %v", len(got.Proposals), err)
		}
		if was, is := strings.Join(words(base), " "), strings.Join(words(got.Proposals[0].Base), " "); was != is {
			t.Errorf("base %s\ngot  %s", was, is)
		}
	})
}
