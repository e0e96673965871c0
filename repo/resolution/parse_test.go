package resolution

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCanonical(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"empty", "", ""},
		{"only blanks", " \n\t\n\ufeff", ""},
		{"line ends and blanks at ends", "a \r\n\r\n b\t\r", "a\n\nb\n"},
		{"normal form", "e\u0301", "é\n"},
		{"no-break spaces stay", "a\u00a0\n\n\u00a0b\u2011c\u00a0", "a\u00a0\n\n\u00a0b\u2011c\u00a0\n"},
		{"blanks inside stay, tabs become blanks", "a  b\tc", "a  b c\n"},

		{"labels in one spelling", "(a) x\n\n(b bis) y\n\nb)ter z\n\n1) x\n\n(2) y\n\n2.bis z\n\n1.1. x", "a) x\n\nb bis) y\n\nb ter) z\n\n1. x\n\n2. y\n\n2bis. z\n\n1.1 x\n"},
		{"full-width labels", "（a）文\n\n１．文\n\n二、文", "a) 文\n\n1. 文\n\n二) 文\n"},
		{"bullets in one spelling", "* a\n\n+ b\n\n•\tc\n\n– d\n\n-\te", "- a\n\n- b\n\n- c\n\n- d\n\n- e\n"},
		{"labels alone", "a)\n\n(1)\n\n-\n\n[^1]:", "a)\n\n1.\n\n-\n\n[^1]:\n"},
		{"a number of four digits is words", "1992. the year", "1992\\. the year\n"},
		{"words that begin like a label keep their escape", "2\\.5 per cent\n\na\\) above\n\n\\(a) above\n\n\\(a\\) above", "2\\.5 per cent\n\na\\) above\n\n\\(a) above\n\n\\(a) above\n"},
		{"words that begin like structure", "\\# a\n\n\\- b\n\n\\+ c\n\n\\= d\n\n\\> e\n\n\\| f\n\n> g\n\n=== h\n\n--- i\n\n-5 degrees", "\\# a\n\n\\- b\n\n\\+ c\n\n\\= d\n\n\\> e\n\n\\| f\n\n\\> g\n\n\\=== h\n\n\\--- i\n\n\\-5 degrees\n"},
		{"an item's words that begin like structure", "a) 1. x\n\n- # y\n\n1. [x] z", "a) 1\\. x\n\n- \\# y\n\n1. \\[x] z\n"},
		{"needless escapes go", "\\a \\. \\[b\\] \\{c\\}", "\\\\a . [b] {c}\n"},
		{"always escaped", `_a_ ~b~ <c> ` + "`d`" + ` \e`, `\_a\_ \~b\~ \<c> ` + "\\`d\\`" + ` \\e` + "\n"},
		{"entities", "&amp; &#160; &#xA0; & &b c; AT&T", "\\&amp; \\&#160; \\&#xA0; & &b c; AT&T\n"},
		{"links are words", "[a](b) [c]: d", "[a]\\(b) [c]\\: d\n"},
		{"brackets, sources and notes", "[a]{USA}[b]{EUR} c[^1]", "[a]{USA}[b]{EUR} c[^1]\n"},
		{"a heading's end", "# a #\n\n##### b ##", "# a \\#\n\n##### b #\\#\n"},

		{"emphasis", "x *a* *b c* y", "x *a* *b c* y\n"},
		{"stars beside blanks are characters", "2 * 3 * 4", "2 \\* 3 \\* 4\n"},
		{"stars in runs are characters", "**a** ***", "\\*\\*a\\*\\* \\*\\*\\*\n"},
		{"a star left over", "*a* b*", "*a* b\\*\n"},
		{"an opener", "*considering further,*", "*considering further,*\n"},
		{"an emphasis in an item is no opener", "1. *Decides*", "1. *Decides*\n"},

		{"three spaces a level", "1. a\n\n  - b\n\n      c\n\n        i) d", "1. a\n\n   - b\n\n      c\n\n         i) d\n"},
		{"one column is none", "1. a\n\n - b", "1. a\n\n- b\n"},
		{"a level skipped is one", "1. a\n\n          - b", "1. a\n\n   - b\n"},
		{"the first after an opener is flush", "*a*\n\n     b\n\n     c\n\n       d", "*a*\n\nb\n\nc\n\n   d\n"},
		{"a sub-number is flush and owns what follows", "a) x\n\n      1.1 y\n\n      z", "a) x\n\n1.1 y\n\nz\n"},
		{"a tab goes to four", "a) x\n\n\t- y", "a) x\n\n   - y\n"},

		{"hard-wrapped", "the first\nsecond\n   third", "the first second third\n"},
		{"hard-wrapped in Chinese", "考虑\n到，\nITU\n的", "考虑到， ITU 的\n"},
		{"wrapped lines part at structure", "a\n# b\n- c\n| d |\n[^1]: e\n*f*\ng", "a\n\n\\# b\n\n- c\n\n| d |\n| --- |\n\n[^1]: e\n\n*f* g\n"},
		{"a label that is due begins an item", "a) x\nb) y\nd) z", "a) x\n\nb) y d) z\n"},
		{"a label due in the list above", "1. x:\n   - p\n2. y", "1. x:\n\n   - p\n\n2. y\n"},
		{"a first label after a colon", "as follows:\n1. x", "as follows:\n\n1. x\n"},
		{"a first label after an opener", "*noting*\na) x", "*noting*\n\na) x\n"},
		{"a first label elsewhere", "see\na) x", "see a) x\n"},

		{"a head", "RES\n\n# R", "RES\n\n\\# R\n"},
		{"number, title, history, opening", "# R 1\n## On lamps\n(Quay, 2027)[^1]\n\nThe Guild,", "# R 1\n\n## On lamps\n\n(Quay, 2027)[^1]\n\nThe Guild,\n"},

		{"a table without a delimiter row", "|a|b|\n|c|", "| a | b |\n| --- | --- |\n| c | |\n"},
		{"a table with marks in it", "| a\\|b | *c* |\n|:-:|--:|\n| \\--- | - |", "| a\\|b | *c* |\n| --- | --- |\n| \\--- | \\- |\n"},
		{"two tables without a blank line", "|a|\n|-|\n|b|\n|c|\n|-|", "| a |\n| --- |\n| b |\n\n| c |\n| --- |\n"},
		{"a table at the level of its item", "1. a\n\n   |b|\n   |-|", "1. a\n\n   | b |\n   | --- |\n"},
		{"a cell of nothing", "|\n\n||", "| |\n| --- |\n\n| |\n| --- |\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := canonicalString([]byte(test.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("canonical form (-want +got):\n%s", diff)
			}
			if again, err := canonicalString([]byte(got)); err != nil || again != got {
				t.Errorf("a second time it is %q: %v", again, err)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct {
		name, file   string
		line, column int
		says         string
	}{
		{"a run of stars", "a\n\n  **b**", 3, 3, "star"},
		{"a star left over", "2 * 3", 1, 1, "star"},
		{"an underscore", "_a_", 1, 1, "'_'"},
		{"a tag", "a <b>", 1, 1, "'<'"},
		{"a link", "[a](b)", 1, 1, "link"},
		{"a number line below", "a\n\n# b", 3, 1, "first in the file"},
		{"a title below", "a\n\n## b", 3, 1, "after the number line"},
		{"an annex's title without its annex", "#### b", 1, 1, "after its ###"},
		{"six marks", "###### b", 1, 1, "no meaning"},
		{"a heading without words", "###", 1, 1, "without words"},
		{"an opener's mark outside", "*noting*\n\n*considering*,", 3, 1, "put the mark inside"},
		{"a label inside a paragraph", "as in\nc) above", 2, 1, "inside a paragraph"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, warnings, err := Parse([]byte(test.file))
			if err != nil {
				t.Fatal(err)
			}
			if len(warnings) != 1 {
				t.Fatalf("got %d warnings %+v, want 1", len(warnings), warnings)
			}
			w := warnings[0]
			if w.Line != test.line || w.Column != test.column || !strings.Contains(w.Text, test.says) {
				t.Errorf("got %+v, want line %d, column %d, about %q", w, test.line, test.column, test.says)
			}
		})
	}
}

func TestParsePaper(t *testing.T) {
	tests := []struct{ name, paper, want string }{
		{"empty", "", ""},
		{
			"a head broken over lines", "RESOLUTION 7\nOn lamps\nand the oil for them\n(Quay, 2027;\nHarbour, 2031)\nThe Guild (Harbour, 2031),\nnoting\nthe need",
			"# RESOLUTION 7\n\n## On lamps and the oil for them\n\n(Quay, 2027; Harbour, 2031)\n\nThe Guild (Harbour, 2031),\n\n*noting*\n\nthe need\n",
		},
		{"a head without an opening line", "DECISION 3\n1\tto meet", "# DECISION 3\n\n1. to meet\n"},
		{"an article", "Article 4bis (lamps)\n1\tLamps burn.", "### Article 4bis (lamps)\n\n1. Lamps burn.\n"},
		{"an annex and its title", "1\tas in the annex.\nANNEX 1 (to Resolution 7)\nModel record\n1\tone", "1. as in the annex.\n\n### ANNEX 1 (to Resolution 7)\n\n#### Model record\n\n1. one\n"},
		{"an article mentioned is none", "1\tone.\nArticle 8, paragraph 2, applies", "1. one.\n\nArticle 8, paragraph 2, applies\n"},
		{"labels with tabs", "noting\n a) \tx;\n(b)\ty;\nb)bis\tz", "*noting*\n\na) x;\n\nb) y;\n\nb bis) z\n"},
		{"labels with blanks count when due", "noting\na) x;\nb) y;\nd) z", "*noting*\n\na) x;\n\nb) y;\n\nd\\) z\n"},
		{"a sub-number needs its tab", "1.1\tx\n1.2 y", "1.1 x\n\n1\\.2 y\n"},
		{"an unknown label is words", "Annex I\tx", "Annex I x\n"},
		{"bullets of two signs", "1\tx:\n•\ty:\n–\tz\n•\tw", "1. x:\n\n   - y:\n\n      - z\n\n   - w\n"},
		{"a list begins anew", "1\tx\n2\ty\n1\tz", "1. x\n\n2. y\n\n1. z\n"},
		{"letters under numbers", "1\tx:\na)\ty\n2\tz:\na)\tw", "1. x:\n\n   a) y\n\n2. z:\n\n   a) w\n"},
		{"the ninth letter and the roman one", "h)\tx\ni)\ty:\ni)\tz\nii)\tw", "h) x\n\ni) y:\n\n   i) z\n\n   ii) w\n"},
		{"an unlabelled line on an item with a colon", "1\tx:\nwords.", "1. x:\n\n   words.\n"},
		{"an unlabelled line in a list", "1\tx\nwords.\n2\ty", "1. x\n\n   words.\n\n2. y\n"},
		{"an unlabelled line belongs to the list that goes on", "1\tx:\na)\ty\nwords.\n2\tz", "1. x:\n\n   a) y\n\n   words.\n\n2. z\n"},
		{"a sub-head in a list", "1\tx\nScale\n2\ty", "1. x\n\nScale\n\n2. y\n"},
		{"no openers", "noting\nthat\nand further\nto meet again\ndone;\nthis and", "*noting*\n\nthat\n\nand further\n\nto meet again\n\ndone;\n\nthis and\n"},
		{"openers without case", "考虑到\n文本\nإذ تلاحظ\nنص", "*考虑到*\n\n文本\n\n*إذ تلاحظ*\n\nنص\n"},
		{"Arabic openers with strokes, vowel signs and an and", "وإذ يـلاحظ\nنص\nيقـرِّر كذلك\nد )\tنص\nﻫ)\tنص\nو)\tنص", "*وإذ يـلاحظ*\n\nنص\n\n*يقـرِّر كذلك*\n\nد) نص\n\nﻫ) نص\n\nو) نص\n"},
		{"numbers under a number with a colon", "7\tas follows:\n1\tx\n2\ty\n8\tz", "7. as follows:\n\n   1. x\n\n   2. y\n\n8. z\n"},
		{"marks are characters", "noting\n*a* _b_ 2 * 3", "*noting*\n\n\\*a\\* \\_b\\_ 2 \\* 3\n"},
		{"a label without words", "1\t\n2\tx", "1.\n\n2. x\n"},
		{"a table", "1\tsums:\n| a | b\\|c |\n| d |", "1. sums:\n\n   | a | b\\|c |\n   | --- | --- |\n   | d | |\n"},
		{"a footnote", "x[^1]\n[^1]: y", "x[^1]\n\n[^1]: y\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, _, err := ParsePaper([]byte(test.paper))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(Format(text))); diff != "" {
				t.Errorf("canonical form (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFormatPaper(t *testing.T) {
	file := "# R\n\n*noting*\n\na bis) *x*\n\n   - y\n\n      - z\n\n- w\n\n3. \\_v\n\n1.1 u\n\n| a | \\--- |\n| --- | --- |\n\n[^1]: t\n"
	want := "R\nnoting\na bis)\tx\n•\ty\n–\tz\n•\tw\n3\t_v\n1.1\tu\n| a | --- |\n[^1]: t\n"
	if diff := cmp.Diff(want, string(FormatPaper(mustParse(t, file)))); diff != "" {
		t.Errorf("paper text (-want +got):\n%s", diff)
	}
}
