package store

import (
	"strings"
	"unicode"

	"plenary/server/drafting"
)

// The marks around words found, and the blank that parts characters of scripts that write no blanks. None of them
// stands in an indexed text for itself.
const (
	beginMark = '\x02'
	endMark   = '\x03'
	thinBlank = '\u200b'
)

// unspaced tells whether a character is of a script that parts no words by blanks: each is then sought for itself.
func unspaced(c rune) bool {
	return unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// spaced writes words so that SQLite's index finds the words in them: thin blanks around the characters of scripts
// that write none, and no character that the index uses for itself.
func spaced(words string) string {
	var b strings.Builder
	b.Grow(len(words))
	for _, c := range words {
		switch {
		case c == thinBlank || unicode.IsControl(c) && c != '\n' && c != '\t':
		case unspaced(c):
			b.WriteRune(thinBlank)
			b.WriteRune(c)
			b.WriteRune(thinBlank)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// match writes what is sought in SQLite's query language: every term a quoted phrase, so that nothing in it is an
// operator, and all of them wanted.
func match(sought []drafting.SearchTerm) string {
	var terms []string
	for _, t := range sought {
		term := `"` + strings.ReplaceAll(spaced(t.Words), `"`, `""`) + `"`
		if t.Prefix {
			term += "*"
		}
		terms = append(terms, term)
	}
	return strings.Join(terms, " ")
}

// marked parts words with marks into those found and those around them.
func marked(words string) []drafting.FoundWords {
	var parts []drafting.FoundWords
	var part strings.Builder
	found := false
	end := func(next bool) {
		if part.Len() > 0 {
			parts = append(parts, drafting.FoundWords{Words: part.String(), Found: found})
		}
		part.Reset()
		found = next
	}
	for _, c := range words {
		switch c {
		case beginMark:
			end(true)
		case endMark:
			end(false)
		case thinBlank:
		default:
			part.WriteRune(c)
		}
	}
	end(false)
	return parts
}
