package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tokens cuts inline words into the units that a difference never cuts: a word with its inner hyphens and
// apostrophes, one Chinese character, an escape with the mark it escapes, a run of blanks, or one other
// character. The tokens joined give the words again.
func Tokens(words string) []string { return tokenise(words, true) }

// FineTokens cuts as Tokens does, but also at hyphens and apostrophes inside words. Merging works on these, so
// that "l'Union" and "amount-of-substance" can take two changes.
func FineTokens(words string) []string { return tokenise(words, false) }

func tokenise(words string, compound bool) []string {
	out := make([]string, 0, len(words)/3+1)
	for len(words) > 0 {
		n := tokenLen(words, compound)
		out = append(out, words[:n])
		words = words[n:]
	}
	return out
}

// tokenLen gives the length in bytes of the first token of a text that is not empty.
func tokenLen(s string, compound bool) int {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == '\\' && n < len(s) && asciiPunct(s[n]):
		return n + 1
	case blank(r):
		return n + runLen(s[n:], blank)
	case unicode.Is(unicode.Han, r) || !WordRune(r):
		return n
	}
	end := n + runLen(s[n:], innerWord)
	for compound {
		joint, width := utf8.DecodeRuneInString(s[end:])
		if !strings.ContainsRune("'’‑-", joint) || width == 0 {
			break
		}
		more := runLen(s[end+width:], innerWord)
		if more == 0 {
			break
		}
		end += width + more
	}
	return end
}

func runLen(s string, in func(rune) bool) int {
	for i, r := range s {
		if !in(r) {
			return i
		}
	}
	return len(s)
}

func innerWord(r rune) bool { return WordRune(r) && !unicode.Is(unicode.Han, r) }

// WordRune tells whether a character belongs to words: letters, marks and digits of any script.
func WordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N)
}

// blank holds for the characters that part words: space, tab, no-break spaces, line break.
func blank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\u00a0' || r == '\u202f'
}

func asciiPunct(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}

// IsWord tells whether a token is a word, rather than blanks or a mark.
func IsWord(token string) bool {
	r, _ := utf8.DecodeRuneInString(token)
	return WordRune(r)
}

// IsBlank tells whether a token is a run of blanks.
func IsBlank(token string) bool {
	r, n := utf8.DecodeRuneInString(token)
	return n > 0 && blank(r)
}

var folder = strings.NewReplacer("\u2011", "-", "\u00a0", " ", "\u202f", " ")

// Fold gives a text as comparing sees it: U+2011 is a hyphen and a no-break space a space.
func Fold(s string) string {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return folder.Replace(s)
		}
	}
	return s
}
