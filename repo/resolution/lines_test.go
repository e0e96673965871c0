package resolution

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

var update = flag.Bool("update", false, "write the vectors anew")

// lineVectors are what the browser's reading of live text is tested with.
type lineVectors struct {
	Texts  []textVector  `json:"texts"`
	Labels []labelVector `json:"labels"`
	Next   []nextVector  `json:"next"`
}

type textVector struct {
	Name  string       `json:"name"`
	Lines []lineVector `json:"lines"`
}

type lineVector struct {
	Text   string `json:"text"`
	Kind   string `json:"kind"`
	Level  int    `json:"level"`
	Label  string `json:"label"`
	Mark   int    `json:"mark"` // UTF-16 units before the words
	Spoken string `json:"spoken"`
	Link   string `json:"link"`
}

type labelVector struct {
	Text   string `json:"text"`
	Label  string `json:"label"`
	Length int    `json:"length"` // UTF-16 units
}

type nextVector struct {
	Above []string `json:"above"`
	Label string   `json:"label"`
	Last  bool     `json:"last"`
	Next  string   `json:"next"`
}

var vectorTexts = []struct{ name, live string }{
	{"a whole text", demoLive},
	{"a text without a head", "*resolves*\n1. to light the lamps;\n2. to trim them."},
	{"a title without a number", "## On lamps\nThe Guild,\n*decides*\nto meet."},
	{"heads out of place", "*noting*\n# RESOLUTION 2\n## Title\n#### Annex title\n### ANNEX 1\n#### Stores\n#### Twice\n###### six\n#\n## \n##### Inside #"},
	{"levels", "1. one\n   a) two\n      - three\n         i) four\n   b) back\n      on the item\nflush\n      two at once\n    less\n  half\n 1. almost flush"},
	{"levels with tabs and odd blanks", "a) one\n\t- two\n\t\t- three\n  - one again\n     - deeper"},
	{"sub-numbers own what follows", "1.1 one\n   a) flush all the same\n      - under it\n1.1.1 two\n1bis.1.1bis three\n4.3bis. four\n1.1x no\n2.5 per cent"},
	{"labels as people type them", "(a) one\nb)bis two\n(c bis) three\n1) four\n2 . five\n* six\n+ seven\n•eight\n• nine\n– ten\n–eleven\n1992. no label\na)no label\n\\a) escaped\nab) two letters\nxy) no label\nTo) none"},
	{"labels alone", "a)\n1.\n-\n•\n1.1\n[^1]:"},
	{"labels of other scripts", "（a）文本\n一、文本\n十二、文本\n１．文本\nأ ) نص\nب) نص\nб) текст\nб бис) текст\nα) λόγος\n٣) نص"},
	{"names that recur", "*resolves*\n1. a\nOption 2:\n1. b\n   - c\n*resolves*\n1. d\n*Resolves,*\n1. e"},
	{"names under divisions", "### ANNEX 1 (to Resolution 7)\n#### Stores\n1. a\n   iii) b\n##### Inside\n1. c\n### [Article 3bis] (lamps)\nwords\n1.1 d\na) e\n### ANNEX 1 – again\n1. f\n### —\nx"},
	{"names that are spelt alike", "*a b*\n1. x\n*a-b*\n*a, b*\n*«»*"},
	{"histories and openings", "(Quay, 2027)[^1]1, [^2]bis\n(Harbour, 2031)*\n(not history\nThe Guild,\n(too late)\nThe Guild again,"},
	{"openers and emphasis", "*considering further*\n*one* *two*\n*with \\* inside*\n**no**\n* no*\n*no *\n   *indented*\n*Recalling* its words\n\\*no\\*\n*a*b*"},
	{"tables", "| a | b |\n| --- | --- |\n| c | d \\| e |\n| f | g |\n| :-: | - |\n| h |\nwords\n   | i |\n   | j |\n|\n| --- |\n\n| k |\n| \\--- |"},
	{"rows at other indents than their table", "- a\n   | b |\n| --- |\n      | c |\n| d |"},
	{"a table that begins with dashes", "| --- |\n| --- |\n| --- |\n| a |\n| --- |"},
	{"footnotes", "a) one\n[^1]: note\n   - under one\n[^a b]: no note\n[^x]:glued\n   [^*]: indented"},
	{"blank lines in between", "\na) one\n   \n\t\n   - two\n\n"},
	{"letters beyond the first plane", "a) 𝒂 𝒃\n*𝒄*\n𝒅) label"},
}

var vectorLabels = []string{
	"a) x", "a)", "a)x", "(a) x", "( a ) x", "(a x", "a bis) x", "a  bis) x", "abis) x", "a)bis x", "a)bisx", "a) bis", "i) x", "xiv) x", "iiii) x", "IV) x", "Iv) x",
	"aa) x", "bb) x", "ab) x", "ba) x", "яя) x", "аб) x", "1. x", "1.x", "1) x", "(1) x", "(1. x", "1bis. x", "1 bis. x", "1.bis x", "1ter) x", "999. x", "1000. x", "1 x", "1.",
	"1.1 x", "1.1. x", "1.1) x", "1.1.1.1 x", "1bis.2ter x", "1 bis.2 x", "1.1bisx", "12.345 x", "1.2345 x", "2.5", "．1 x", "１．x", "（ｂ）x", "ｃ） x", "（1）x", "一、x", "二十一) x", "二十一二) x", "（三）", "1、x", "a、x",
	"أ) x", "أ ) x", "هـ) x", "٣. x", "۴) x", "ab", "", ")", "()", "(", "a.", "A. Smith", "à) x", "ñ) x", "e\u0301) x", "ſ) x", "a) x) y", "a\t) x", "a)\tx", "–) x", "(a）x", "octiesbis) x", "1octies. x",
	"b ter) x", "b quater) x", "bquater) x", "b)quater x", "2quater. x", "4.3quater x", "b quinquies) x", "b sexies) x", "b septies) x", "b nonies) x", "b decies) x",
}

var vectorNext = []struct {
	above []string
	label string
	last  bool
}{
	{[]string{"a)", "b)"}, "c)", true},
	{[]string{"a)", "b)"}, "c)", false},
	{[]string{"c)"}, "c bis)", true},
	{[]string{"c)"}, "c bis)", false},
	{nil, "z)", true},
	{[]string{"z)"}, "aa)", true},
	{nil, "1.", true},
	{nil, "1.", false},
	{nil, "2bis.", false},
	{nil, "1.9", true},
	{nil, "1.9", false},
	{nil, "1bis.1", true},
	{nil, "i)", true},
	{[]string{"g)", "h)"}, "i)", true},
	{nil, "ii)", true},
	{[]string{"i)"}, "ii)", true},
	{[]string{"i)", "ii)", "iii)", "iv)"}, "v)", true},
	{[]string{"t)", "u)"}, "v)", true},
	{nil, "в)", true},
	{nil, "أ)", true},
	{nil, "α)", true},
	{nil, "decies)", true},
	{nil, "a decies)", false},
	{[]string{"b)"}, "b ter)", false},
	{[]string{"b)", "b bis)"}, "b quater)", false},
	{[]string{"b)"}, "b quinquies)", false},
	{[]string{"b)"}, "b sexies)", false},
	{[]string{"b)"}, "b septies)", false},
	{[]string{"b)"}, "b octies)", false},
	{[]string{"b)"}, "b nonies)", false},
	{[]string{"b)", "b ter)"}, "b quater)", true},
	{[]string{"2."}, "2quater.", false},
	{nil, "4.3quater", false},
	{nil, "я)", true},
}

// readVectors makes the vectors from the parser itself.
func readVectors(t *testing.T) lineVectors {
	var v lineVectors
	for _, text := range vectorTexts {
		v.Texts = append(v.Texts, textVector{text.name, readLiveLines(t, text.live)})
	}
	for _, text := range vectorLabels {
		label, n, _ := readLabel(text)
		v.Labels = append(v.Labels, labelVector{text, string(label), units(text[:n])})
	}
	for _, n := range vectorNext {
		labels := append([]Label(nil), asLabels(n.above)...)
		count, _ := countOf(append(labels, Label(n.label)))
		following := Label("")
		if !n.last {
			r, _ := readingOf(Label(n.label), count.style)
			r.value, r.bis = r.value+1, 0
			following = r.label()
		}
		above := n.above
		if above == nil {
			above = []string{}
		}
		v.Next = append(v.Next, nextVector{above, n.label, n.last, string(Next(Label(n.label), following, count.style))})
	}
	return v
}

func asLabels(s []string) []Label {
	labels := make([]Label, len(s))
	for i := range s {
		labels[i] = Label(s[i])
	}
	return labels
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

var kindNames = map[Kind]string{
	KindParagraph: "paragraph", KindNumber: "number", KindTitle: "title", KindDivision: "division", KindDivisionTitle: "divtitle", KindHeading: "heading",
	KindHistory: "history", KindOpener: "opener", KindItem: "item", KindBullet: "bullet", KindTable: "table", KindFootnote: "footnote",
}

// readLiveLines reads live text line by line with the parser that reads files.
func readLiveLines(t *testing.T, live string) []lineVector {
	t.Helper()
	texts := strings.Split(live, "\n")
	source := make([]sourceLine, len(texts))
	for i, text := range texts {
		source[i] = measure(text, i+1)
	}
	p := &parser{}
	out := make([]lineVector, len(texts))
	block := make([]int, len(texts))
	for i := 0; i < len(texts); i++ {
		line := source[i]
		out[i] = lineVector{Text: texts[i], Kind: "blank", Mark: units(texts[i][:line.column-1])}
		block[i] = -1
		switch {
		case line.text == "":
		case isRow(line):
			n, err := p.table(source[i:])
			if err != nil {
				t.Fatal(err)
			}
			for k := i; k < i+n; k++ {
				out[k] = lineVector{Text: texts[k], Kind: "table", Mark: units(texts[k][:source[k].column-1])}
				block[k] = len(p.blocks) - 1
			}
			if isDelimiterAt(source, i+1) {
				out[i+1].Kind = "rule"
			}
			i += n - 1
		default:
			p.begin(line)
			out[i].Mark += units(line.text[:len(line.text)-len(p.open.source[0])])
			p.close()
			block[i] = len(p.blocks) - 1
		}
	}
	names := Names(Text{Blocks: p.blocks})
	for i, k := range block {
		if k < 0 {
			continue
		}
		b := p.blocks[k]
		l := &out[i]
		l.Level, l.Label, l.Spoken, l.Link = b.Level, string(b.Label), names[k].Spoken, names[k].Link
		switch {
		case b.Kind == KindTable:
		case l.Link == "opening":
			l.Kind = "enacting"
		default:
			l.Kind = kindNames[b.Kind]
		}
		if b.Kind == KindBullet {
			l.Label = "-"
		}
	}
	// The same text read as a file gives the same blocks.
	text, _, err := Parse(FromLive(live))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(Format(Text{Blocks: p.blocks})), string(Format(text)); got != want {
		t.Errorf("line by line:\n%s\nas a file:\n%s", got, want)
	}
	return out
}

func TestLineVectors(t *testing.T) {
	path := filepath.Join("testdata", "vectors", "lines.json")
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(readVectors(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%s is not what the parser gives: look at the difference after go test -run LineVectors -update, and run the browser's tests", path)
	}
}
