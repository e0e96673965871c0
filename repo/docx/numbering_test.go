package docx

import (
	"strings"
	"testing"
)

// numbered makes a file whose paragraphs are "numId level words", "-" before it for an inserted, "x" for a deleted one.
func numbered(t testing.TB, numbering string, paragraphs ...string) []byte {
	t.Helper()
	var body strings.Builder
	for _, p := range paragraphs {
		mark := ""
		if rest, ok := strings.CutPrefix(p, "+"); ok {
			p, mark = rest, `<w:rPr><w:ins w:author="a"/></w:rPr>`
		}
		f := strings.SplitN(p, " ", 3)
		run := `<w:r><w:t>` + f[2] + `</w:t></w:r>`
		if mark != "" {
			run = `<w:ins w:author="a">` + run + `</w:ins>`
		}
		body.WriteString(`<w:p><w:pPr><w:numPr><w:ilvl w:val="` + f[1] + `"/><w:numId w:val="` + f[0] + `"/></w:numPr>` + mark + `</w:pPr>` + run + `</w:p>`)
	}
	rels := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + relationOffice + `numbering" Target="numbering.xml"/></Relationships>`
	return wordFile(t, body.String(), "word/_rels/document.xml.rels", rels, "word/numbering.xml", `<w:numbering `+wordSpaces+`>`+numbering+`</w:numbering>`)
}

const levels = `<w:abstractNum w:abstractNumId="7">` +
	`<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>` +
	`<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>` +
	`<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2.%3"/><w:isLgl/></w:lvl></w:abstractNum>` +
	`<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="` + "\uf0b7" + `"/></w:lvl></w:abstractNum>` +
	`<w:abstractNum w:abstractNumId="9"><w:lvl w:ilvl="0"><w:numFmt w:val="cardinalText"/><w:lvlText w:val="%1)"/></w:lvl></w:abstractNum>` +
	`<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>` +
	`<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>` +
	`<w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num><w:num w:numId="4"><w:abstractNumId w:val="9"/></w:num>`

func TestAutomaticNumbers(t *testing.T) {
	tests := []struct {
		name       string
		paragraphs []string
		view       View
		want       string
		warned     bool
	}{
		{"one list", []string{"1 0 a", "1 0 b"}, Accept, "1.\ta\n2.\tb\n", false},
		{"levels begin again", []string{"1 0 a", "1 1 b", "1 1 c", "1 0 d", "1 1 e"}, Accept, "1.\ta\na)\tb\nb)\tc\n2.\td\na)\te\n", false},
		{"all numbers of a level", []string{"1 0 a", "1 1 b", "1 1 c", "1 2 d"}, Accept, "1.\ta\na)\tb\nb)\tc\n1.2.1\td\n", false},
		{"a start of its own", []string{"1 0 a", "2 0 b", "2 0 c"}, Accept, "1.\ta\n5.\tb\n6.\tc\n", false},
		{"bullets", []string{"3 0 a"}, Accept, "•\ta\n", false},
		{"taken off", []string{"0 0 a"}, Accept, "a\n", false},
		{"an inserted item counts", []string{"1 0 a", "+1 0 b", "1 0 c"}, Accept, "1.\ta\n2.\tb\n3.\tc\n", false},
		{"and does not when rejected", []string{"1 0 a", "+1 0 b", "1 0 c"}, Reject, "1.\ta\n2.\tc\n", false},
		{"a kind that is not known", []string{"4 0 a"}, Accept, "1)\ta\n", true},
		{"a list that is not described", []string{"99 0 a"}, Accept, "a\n", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, warnings, err := Text(numbered(t, levels, tt.paragraphs...), TextOptions{View: tt.view, Numbers: true})
			if err != nil || string(got) != tt.want || (len(warnings) > 0) != tt.warned {
				t.Errorf("got %q, %q, %v; want %q", got, warnings, err, tt.want)
			}
		})
	}
}

func TestNumberFormats(t *testing.T) {
	tests := []struct {
		n            int
		format, want string
	}{
		{27, "lowerLetter", "aa"},
		{53, "upperLetter", "AAA"},
		{4, "lowerRoman", "iv"},
		{1999, "upperRoman", "MCMXCIX"},
		{3, "decimalZero", "03"},
		{22, "ordinal", "22nd"},
		{13, "ordinal", "13th"},
		{2, "russianLower", "б"},
		{3, "arabicAbjad", "ج"},
		{21, "chineseCounting", "二十一"},
		{12, "hindiNumbers", "١٢"},
	}
	for _, tt := range tests {
		if got, ok := writeNumber(tt.n, tt.format); !ok || got != tt.want {
			t.Errorf("%d as %s is %q, want %q", tt.n, tt.format, got, tt.want)
		}
	}
}
