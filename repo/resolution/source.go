package resolution

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxFile is the largest file that is read, in bytes, and the largest that a text may be written as.
const MaxFile = 1 << 20

// SyntaxError tells where and why a file is refused. Only bytes that cannot be text at all are refused; words are
// always read, whatever structure they have or lack.
type SyntaxError struct {
	Line, Column int // 1-based; the column counts characters; both zero when the file as a whole is meant
	Text         string
}

// Error gives the place and the reason in one sentence.
func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

// sourceLine is one line of a file: its words without blanks at either end, and how deep it was indented.
type sourceLine struct {
	text   string
	indent int  // in columns; a tab goes to the next multiple of four
	number int  // 1-based line of the file
	column int  // 1-based column, in characters, where text begins
	tab    bool // there is a tab after the words, which paper text has after a label without words
}

// decode checks the bytes and gives the lines of the file in normal form C. Blank lines have an empty text.
func decode(file []byte) ([]sourceLine, error) {
	if len(file) > MaxFile {
		return nil, &SyntaxError{Text: fmt.Sprintf("the file has %d bytes; the largest that can be read is %d: split the text or remove what does not belong to it", len(file), MaxFile)}
	}
	file = bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n"))
	clean, err := readable(file)
	if err != nil {
		return nil, err
	}
	raw := strings.Split(norm.NFC.String(clean), "\n")
	lines := make([]sourceLine, len(raw))
	for i, text := range raw {
		lines[i] = measure(text, i+1)
	}
	return lines, nil
}

// readable gives the file as a string in which every blank but the space is a tab and every line end is LF; byte order
// marks are left out.
func readable(file []byte) (string, error) {
	var b strings.Builder
	b.Grow(len(file))
	line, column := 1, 1
	for i := 0; i < len(file); {
		r, size := utf8.DecodeRune(file[i:])
		if r == utf8.RuneError && size == 1 {
			return "", &SyntaxError{Line: line, Column: column, Text: "this is not valid UTF-8: save the file as UTF-8 text"}
		}
		i += size
		column++
		switch r {
		case '\n', '\r':
			b.WriteByte('\n')
			line, column = line+1, 1
		case '\v', '\f', '\u0085', '\u2028', '\u2029':
			b.WriteByte('\t')
		case '\t':
			b.WriteByte('\t')
		case '\ufeff':
		default:
			if unicode.IsControl(r) {
				return "", &SyntaxError{Line: line, Column: column - 1, Text: fmt.Sprintf("the control character %U cannot stand in a text: remove it", r)}
			}
			b.WriteRune(r)
		}
	}
	return b.String(), nil
}

// measure takes the blanks off a line and counts the indent.
func measure(text string, number int) sourceLine {
	indent := 0
	start := 0
	for start < len(text) && isBlank(text[start]) {
		if text[start] == '\t' {
			indent += 4 - indent%4
		} else {
			indent++
		}
		start++
	}
	words := strings.TrimRight(text[start:], " \t")
	return sourceLine{text: words, indent: indent, number: number, column: start + 1, tab: strings.Contains(text[start+len(words):], "\t")}
}

// isBlank reports whether a byte is a blank: a space or a tab, nothing else. No-break spaces are words.
func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func trimBlanks(s string) string { return strings.Trim(s, " \t") }

func trimLeft(s string) string { return strings.TrimLeft(s, " \t") }
