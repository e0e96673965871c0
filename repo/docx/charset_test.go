package docx

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// inUnits gives a text as UTF-16 with its mark.
func inUnits(s string, order binary.AppendByteOrder) string {
	var out []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		out = order.AppendUint16(out, u)
	}
	return string(out)
}

func TestCharacterSetsOfOtherPrograms(t *testing.T) {
	document := func(charset, words string) string {
		return `<?xml version="1.0" encoding="` + charset + `"?><w:document ` + wordSpaces + `><w:body><w:p><w:r><w:t>` + words + `</w:t></w:r></w:p></w:body></w:document>`
	}
	long := strings.Repeat("été 北 🚢 ", 5000)
	tests := []struct{ name, part, want string }{
		{"UTF-16, low byte first", inUnits(document("UTF-16", long), binary.LittleEndian), long},
		{"UTF-16, high byte first", inUnits(document("utf-16", long), binary.BigEndian), long},
		{"UTF-8 with a mark", "\xef\xbb\xbf" + document("UTF-8", long), long},
		{"Latin-1", document("ISO-8859-1", "\xe9t\xe9"), "été"},
		{"Windows", document("windows-1252", "\x93\xe9t\xe9\x94 \x80"), "“été” €"},
		{"ASCII", document("US-ASCII", "ete"), "ete"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := packFiles(t, "[Content_Types].xml", minimalTypes, "_rels/.rels", minimalRels, "word/document.xml", tt.part)
			got, _, err := Text(file, TextOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := strings.TrimSpace(string(got)), strings.TrimSpace(tt.want); got != want {
				t.Errorf("got %.80q, want %.80q", got, want)
			}
		})
	}
}

func TestPartNamesOfOtherPrograms(t *testing.T) {
	start := `<w:document ` + wordSpaces + `><w:body><w:p><w:r><w:t>words</w:t></w:r></w:p></w:body></w:document>`
	for name, file := range map[string][]byte{
		"other capitals": packFiles(t, "[content_types].xml", minimalTypes, "_rels/.rels", strings.ReplaceAll(minimalRels, "word/document", "Word/Document"), "word/document.xml", start),
		"backslashes":    packFiles(t, "[Content_Types].xml", minimalTypes, `_rels\.rels`, minimalRels, `word\document.xml`, start),
	} {
		if got, _, err := Text(file, TextOptions{}); err != nil || string(got) != "words\n" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestACharacterOfAChoiceInsideARun(t *testing.T) {
	file := wordFile(t, `<w:p><w:r><w:t xml:space="preserve">one </w:t><mc:AlternateContent><mc:Choice Requires="a"><w:t>two</w:t></mc:Choice><mc:Fallback><w:t>three</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>`)
	if got, _, err := Text(file, TextOptions{}); err != nil || string(got) != "one two\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestBlanksAndSignsOfOtherPrograms(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"blanks kept by what is around", `<w:p xml:space="preserve"><w:r><w:t>one </w:t></w:r><w:r><w:t>two</w:t></w:r></w:p>`, "one two\n"},
		{"blanks kept around, not here", `<w:p xml:space="preserve"><w:r><w:t xml:space="default">one </w:t></w:r><w:r><w:t>two</w:t></w:r></w:p>`, "onetwo\n"},
		{"blanks nobody keeps", `<w:p><w:r><w:t>one </w:t></w:r><w:r><w:t>two</w:t></w:r></w:p>`, "onetwo\n"},
		{"a letter written as a sign", `<w:p><w:r><w:sym w:font="Arial" w:char="00E9"/></w:r></w:p>`, "é\n"},
		{"a sign of a font", `<w:p><w:r><w:sym w:font="Wingdings" w:char="F0E0"/><w:sym w:font="Symbol" w:char="00B7"/></w:r></w:p>`, "\n"},
		{"a sign of Unicode", `<w:p><w:r><mc:AlternateContent><mc:Choice xmlns:e="http://schemas.microsoft.com/office/word/2015/wordml/symex" Requires="e"><e:symEx e:font="Segoe UI Emoji" e:char="1F6A2"/></mc:Choice><mc:Fallback><w:t>x</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>`, "🚢\n"},
	}
	for _, tt := range tests {
		if got, _, err := Text(wordFile(t, tt.body), TextOptions{}); err != nil || string(got) != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
}
