package resolution

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Span is a stretch of words that is emphasised throughout, or not at all.
type Span struct {
	Text     string // plain characters, without marks and escapes
	Emphasis bool
}

// glyph is one plain character with its emphasis.
type glyph struct {
	char     rune
	emphasis bool
}

// Plain gives the words as a person reads them: without emphasis marks and escapes.
func Plain(words string) string {
	if !strings.ContainsAny(words, "\\*\t") {
		return words
	}
	var b strings.Builder
	for _, g := range readInline(words) {
		b.WriteRune(g.char)
	}
	return b.String()
}

// FromPlain gives plain characters the form that Words has: blanks at the ends off, tabs and line ends as spaces, and
// the characters escaped that would otherwise be marks.
func FromPlain(s string) string { return FromSpans([]Span{{Text: s}}) }

// FromSpans is FromPlain for words of which some are emphasised. Blanks at the edge of an emphasis go outside it.
func FromSpans(spans []Span) string {
	var glyphs []glyph
	for _, span := range spans {
		for _, r := range span.Text {
			switch r {
			case '\t', '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
				r = ' '
			case '\ufeff':
				continue
			}
			glyphs = append(glyphs, glyph{r, span.Emphasis})
		}
	}
	return writeInline(glyphs)
}

// Spans cuts words into stretches with and without emphasis, for HTML, Word and paper. Plain characters only.
func Spans(words string) []Span {
	var spans []Span
	var b strings.Builder
	glyphs := readInline(words)
	for i, g := range glyphs {
		b.WriteRune(g.char)
		if i+1 == len(glyphs) || glyphs[i+1].emphasis != g.emphasis {
			spans = append(spans, Span{Text: b.String(), Emphasis: g.emphasis})
			b.Reset()
		}
	}
	return spans
}

// canonicalWords gives any inline source the one spelling that Words has.
func canonicalWords(source string) string {
	if isPlain(source) && norm.NFC.IsNormalString(source) {
		return source
	}
	return writeInline(readInline(source))
}

// isPlain reports whether no character of the source can be a mark, so that it is its own spelling.
func isPlain(source string) bool {
	if source == "" {
		return true
	}
	if source[0] == ' ' || source[len(source)-1] == ' ' || strings.Contains(source, "](") || strings.Contains(source, "]:") {
		return false
	}
	return !strings.ContainsAny(source, "\\*_~<`&\t")
}

// mark is one character of inline source, after escapes are read.
type mark struct {
	char    rune
	escaped bool
}

// readInline reads inline source. Single stars pair in order: one with a character after it opens, the next with a
// character before it closes. Stars in runs, left over or beside a blank are characters.
func readInline(source string) []glyph {
	marks := readMarks(source)
	edge := pairStars(marks)
	glyphs := make([]glyph, 0, len(marks))
	emphasis := false
	for i, m := range marks {
		if edge[i] {
			emphasis = !emphasis
			continue
		}
		glyphs = append(glyphs, glyph{m.char, emphasis})
	}
	return glyphs
}

// pairStars tells which marks are stars that open or close an emphasis.
func pairStars(marks []mark) []bool {
	star := func(i int) bool {
		return i >= 0 && i < len(marks) && marks[i].char == '*' && !marks[i].escaped
	}
	blank := func(i int) bool { return i < 0 || i >= len(marks) || marks[i].char == ' ' }
	edge := make([]bool, len(marks))
	open := -1
	for i := range marks {
		switch {
		case !star(i) || star(i-1) || star(i+1):
		case open < 0 && !blank(i+1):
			open = i
		case open >= 0 && !blank(i-1):
			edge[open], edge[i] = true, true
			open = -1
		}
	}
	return edge
}

func readMarks(source string) []mark {
	marks := make([]mark, 0, len(source))
	for i := 0; i < len(source); {
		r, size := utf8.DecodeRuneInString(source[i:])
		i += size
		switch {
		case r == '\\' && i < len(source) && isASCIIMark(source[i]):
			marks = append(marks, mark{rune(source[i]), true})
			i++
		case r == '\t':
			marks = append(marks, mark{' ', false})
		default:
			marks = append(marks, mark{r, false})
		}
	}
	return marks
}

func isASCIIMark(c byte) bool {
	return c > ' ' && c < 0x7f && !isASCIILetter(c) && !isDigit(c)
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// writeInline is the canonical spelling of plain characters.
func writeInline(glyphs []glyph) string {
	glyphs = settleBlanks(glyphs)
	entity := entities(glyphs)
	var b strings.Builder
	emphasis := false
	for i, g := range glyphs {
		if g.emphasis != emphasis {
			b.WriteByte('*')
			emphasis = g.emphasis
		}
		switch g.char {
		case '\\', '*', '_', '~', '<', '`':
			b.WriteByte('\\')
		case '&':
			if entity[i] {
				b.WriteByte('\\')
			}
		case '(', ':':
			if i > 0 && glyphs[i-1].char == ']' {
				b.WriteByte('\\')
			}
		}
		b.WriteRune(g.char)
	}
	if emphasis {
		b.WriteByte('*')
	}
	return norm.NFC.String(b.String())
}

// settleBlanks takes the blanks off both ends and puts the blanks at the edges of an emphasis outside it.
func settleBlanks(glyphs []glyph) []glyph {
	for len(glyphs) > 0 && glyphs[0].char == ' ' {
		glyphs = glyphs[1:]
	}
	for len(glyphs) > 0 && glyphs[len(glyphs)-1].char == ' ' {
		glyphs = glyphs[:len(glyphs)-1]
	}
	out := make([]glyph, len(glyphs))
	copy(out, glyphs)
	for i := range out {
		if out[i].char == ' ' && (i == 0 || !out[i-1].emphasis) {
			out[i].emphasis = false
		}
	}
	for i := len(out) - 1; i >= 0; i-- {
		if out[i].char == ' ' && (i+1 == len(out) || !out[i+1].emphasis) {
			out[i].emphasis = false
		}
	}
	return out
}

var entityPattern = regexp.MustCompile(`^&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]*);`)

// entities tells at which ampersands an HTML entity would begin.
func entities(glyphs []glyph) map[int]bool {
	var found map[int]bool
	for i, g := range glyphs {
		if g.char != '&' {
			continue
		}
		var b strings.Builder
		for _, next := range glyphs[i:min(i+40, len(glyphs))] {
			b.WriteRune(next.char)
		}
		if entityPattern.MatchString(b.String()) {
			if found == nil {
				found = map[int]bool{}
			}
			found[i] = true
		}
	}
	return found
}

// isOneEmphasis reports whether words are one emphasis from end to end.
func isOneEmphasis(words string) bool {
	if !strings.HasPrefix(words, "*") || !strings.HasSuffix(words, "*") {
		return false
	}
	spans := Spans(words)
	return len(spans) == 1 && spans[0].Emphasis
}
