package drafting

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// SearchTerm is one word, or some words in a row, that a clause must hold.
type SearchTerm struct {
	Words  string
	Prefix bool // of the last word its beginning is enough
}

// Bounds of what one search asks for.
const (
	longestSearch = 300 // characters
	mostTerms     = 12
)

// ParseSearch reads what somebody seeks: words, each by its beginning, and "words in a row" in quotation marks. No
// character has any other meaning, and nothing is an error. Cut tells that more was asked for than is sought.
func ParseSearch(s string) (terms []SearchTerm, cut bool) {
	s = strings.ToValidUTF8(s, " ")
	if utf8.RuneCountInString(s) > longestSearch {
		s, cut = string([]rune(s)[:longestSearch]), true
	}
	s = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`).Replace(s)
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			if words := strings.Join(strings.FieldsFunc(part, separates), " "); sayable(words) {
				terms = append(terms, SearchTerm{Words: words})
			}
			continue
		}
		for word := range strings.FieldsFuncSeq(part, separates) {
			if sayable(word) {
				terms = append(terms, SearchTerm{Words: word, Prefix: begins(word)})
			}
		}
	}
	if len(terms) > mostTerms {
		terms, cut = terms[:mostTerms], true
	}
	return terms, cut
}

func separates(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }

// sayable tells whether there is a letter or digit to seek.
func sayable(words string) bool {
	return strings.ContainsFunc(words, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) })
}

// begins tells whether a word is long enough to stand for all that begin with it.
func begins(word string) bool {
	letters := 0
	for _, c := range word {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			letters++
		}
	}
	return letters > 1
}

// foldName writes a name so that case and accents make no difference.
func foldName(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Mn, c) {
			return -1
		}
		return unicode.ToLower(c)
	}, norm.NFD.String(s))
}
