package resolution

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

var (
	gluedBis   = regexp.MustCompile(`([\pL\pN])(bis|ter|quater|quinquies|sexies|septies|octies|nonies|decies)([^\pL\pN]|$)`)
	bulletO    = regexp.MustCompile(`(?m)^[ \t]*o[ ]*\t`)
	labelSigns = "•–—、．（）▪◦○·‣\uf0b7"
)

// wordList gives the words of a file in order. A word is what stands between blanks, line ends, ASCII marks and the
// signs of labels and bullets; stars and backslashes are in no word and part none; a Chinese or Japanese character is a
// word; bis, ter ... are words of their own; full-width letters and digits, which labels give up, count as their ASCII sisters.
// The o of a bullet that Word draws as a circle is a sign (bulletO).
func wordList(file string) []string {
	var b strings.Builder
	for _, r := range norm.NFC.String(file) {
		r = narrow(r)
		switch {
		case r == '\\' || r == '*' || r == '\ufeff':
		case unicode.IsControl(r), r == ' ', r == '\u2028', r == '\u2029', r < 0x80 && isASCIIMark(byte(r)), strings.ContainsRune(labelSigns, r):
			b.WriteByte(' ')
		case isIdeographic(r):
			b.WriteString(" " + string(r) + " ")
		default:
			b.WriteRune(r)
		}
	}
	s := gluedBis.ReplaceAllString(b.String(), "$1 $2 $3")
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' })
}

// nastyPieces are what made-up files are put together from.
var nastyPieces = []string{
	"\n", "\n", "\n\n", "\n\n", "\n   ", "\n      ", "\n\t", " ", " ", "  ", "\t", "\u00a0", "\r\n", "\r", "\v", "\u2028", "\ufeff",
	"word", "Words,", "resolves", "*considering*", "*Decides*", "*a b*", "*", "**", "***", "_", "~", "<b>", "`", "\\", "\\*", "\\#", "&amp;", "&", "]", "[", "[^1]", "[^1]:", "[^a]: ",
	"](", "]:", "{USA}", "(", ")", "# ", "## ", "### ", "#### ", "##### ", "###### ", "#", "- ", "-", "--", "---", "+ ", "=", "===", "> ", "|", "| a | b |", "| --- | --- |", "|-|", "\\|", "• ", "•", "– ", "–",
	"a) ", "b) ", "b bis) ", "b)bis", "(a) ", "(c)", "i) ", "ii) ", "aa) ", "1. ", "2. ", "2bis. ", "1) ", "1\t", "a)\t", "•\t", "o\t", "1.1 ", "1bis.1.1 ", "4.3bis\t", "1992. ", "2.5 per cent", "（a）", "１．", "一、", "б) ", "أ) ",
	":", ";", ",", ".", "; and", "(Place, 2012)", "The Assembly (Place, 2012),", "Option 2:", "ANNEX 1", "Article 3bis (x)", "NOTE 1 – x", "中", "国。", "の", "e\u0301", "\u0301", "\u0338", "\u3099", "か", "=\u0338", "<\u0338",
}

func nastyFile(t *rapid.T) []byte {
	return []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom(nastyPieces), 0, 30).Draw(t, "pieces"), ""))
}

// reporter is what testing.T and rapid.T share.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// checkText checks what holds of every text that was read.
func checkText(t reporter, text Text) {
	t.Helper()
	file := Format(text)
	again, warnings, err := Parse(file)
	if err != nil {
		t.Fatalf("the canonical file is refused: %v\n%q", err, file)
	}
	if diff := cmp.Diff(text, again); diff != "" {
		t.Fatalf("Parse(Format(t)) differs (-t +again):\n%s\nfile %q", diff, file)
	}
	for _, w := range warnings {
		if strings.Contains(w.Text, "opener") {
			continue // the canonical file says the same, and the drafter may still mean an opener
		}
		t.Errorf("the canonical file %q has the warning %+v", file, w)
	}
	live := Live(file)
	if got, _, err := Parse(FromLive(live)); err != nil || cmp.Diff(text, got) != "" {
		t.Errorf("live text %q reads differently: %v\n%s", live, err, cmp.Diff(text, got))
	}
	if got, err := canonicalString(FromLive(live)); err != nil || got != string(file) {
		t.Errorf("live text %q comes back as %q, not %q", live, got, file)
	}
	links := map[string]bool{}
	for _, name := range Names(text) {
		if links[name.Link] {
			t.Errorf("the link %q recurs in %q", name.Link, file)
		}
		links[name.Link] = true
	}
	for _, block := range text.Blocks {
		if got := canonicalWords(block.Words); got != block.Words {
			t.Errorf("words %q are not canonical: %q", block.Words, got)
		}
		if got := FromSpans(Spans(block.Words)); got != block.Words {
			t.Errorf("words %q come back from their spans as %q", block.Words, got)
		}
	}
	renumbered := RenumberLists(text)
	if got, _, err := Parse(Format(renumbered)); err != nil || cmp.Diff(renumbered, got) != "" {
		t.Errorf("renumbered text reads differently: %v\n%s", err, cmp.Diff(renumbered, got))
	}
}

func canonicalString(file []byte) (string, error) {
	out, _, err := Canonical(file)
	return string(out), err
}

func checkFile(t reporter, file []byte) {
	t.Helper()
	text, _, err := Parse(file)
	if err != nil {
		return
	}
	if diff := cmp.Diff(wordList(string(file)), wordList(string(Format(text)))); diff != "" {
		t.Fatalf("words differ (-read +written):\n%s\nfile %q\ncanonical %q", diff, file, Format(text))
	}
	checkText(t, text)
}

func checkPaper(t reporter, file []byte) {
	t.Helper()
	text, _, err := ParsePaper(file)
	if err != nil {
		return
	}
	lines, err := readable(file)
	if err != nil {
		t.Fatalf("a file was read and is refused now: %v", err)
	}
	want := wordList(bulletO.ReplaceAllString(lines, ""))
	if diff := cmp.Diff(want, wordList(string(Format(text)))); diff != "" {
		t.Fatalf("words differ (-read +file):\n%s\npaper %q\nfile %q", diff, file, Format(text))
	}
	if diff := cmp.Diff(want, wordList(string(FormatPaper(text)))); diff != "" {
		t.Fatalf("words differ (-read +paper):\n%s\npaper %q\nagain %q", diff, file, FormatPaper(text))
	}
	checkText(t, text)
}

func TestLawsOfFiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkFile(t, nastyFile(t)) })
}

func TestLawsOfPaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkPaper(t, nastyFile(t)) })
}

// TestPlainCharacters holds the two ways between characters and words together.
func TestPlainCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := norm.NFC.String(rapid.StringOf(rapid.RuneFrom([]rune("ab *_~<>\\`&#;()[]:.|-é中\u00a0"))).Draw(t, "s"))
		if got, want := Plain(FromPlain(s)), strings.Trim(s, " "); got != want {
			t.Errorf("Plain(FromPlain(%q)) = %q", s, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) { checkFile(t, file) })
}

func FuzzParsePaper(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) { checkPaper(t, file) })
}

var fuzzSeeds = append([]string{
	"# R 1\n\n## T\n\n(P, 2012)\n\nThe A,\n\n*c*\n\na) x;\n\n   - y\n\n| a |\n| --- |\n| b |\n\n[^1]: n\n",
	"RESOLUTION 1\nTitle\n(P, 2012)\nThe A (P),\nconsidering\na)\tx:\n•\ty\n–\tz\n1.1\tw\nANNEX 1\nTitle\n1\tx\n",
	"*a\nb*\n\n1. x\n2. y\nb) z\n", "\xff", "a\x00b",
}, nastyPieces...)

func TestCanonicalIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once, _, err := Canonical(nastyFile(t))
		if err != nil {
			return
		}
		twice, _, err := Canonical(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Errorf("canonical %q becomes %q: %v", once, twice, err)
		}
	})
}
