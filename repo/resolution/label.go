package resolution

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// bisWords are the words of inserted items, in order; every language uses them.
var bisWords = []string{"bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "nonies", "decies"}

// readLabel reads a label of a lettered, numbered or sub-numbered item at the start of s. It gives the label as the
// canonical file writes it and how many bytes of s it took. After the label comes a blank or the end, but for
// full-width marks, which carry their own room.
func readLabel(s string) (label Label, length int, ok bool) {
	if label, length, ok = readSubNumber(s); ok {
		return label, length, true
	}
	i := 0
	opened := false
	if r, size := utf8.DecodeRuneInString(s); r == '(' || r == '（' {
		i, opened = size, true
	}
	i += countBlanks(s[i:])
	body, kind, size := readLabelBody(s[i:])
	if size == 0 {
		return "", 0, false
	}
	i += size
	bis, size := readBis(s[i:])
	i += size
	r, size := closingMark(s[i:], kind, opened)
	if size == 0 {
		return "", 0, false
	}
	i += size
	if bis == "" && (r == ')' || r == '.') {
		glued, size := readBis(s[i:])
		if glued != "" && !isBlank(s[i]) && endsLabel(s[i+size:]) {
			bis = glued
			i += size
		}
	}
	wide := r == '）' || r == '、' || r == '．'
	if !wide && !endsLabel(s[i:]) {
		return "", 0, false
	}
	return writeLabel(body, kind, bis), i, true
}

func endsLabel(rest string) bool { return rest == "" || isBlank(rest[0]) }

func countBlanks(s string) int { return len(s) - len(trimLeft(s)) }

// writeLabel is the canonical spelling of a lettered or numbered label.
func writeLabel(body string, kind bodyKind, bis string) Label {
	switch {
	case kind == bodyDigits:
		return Label(body + bis + ".")
	case bis != "":
		return Label(body + " " + bis + ")")
	default:
		return Label(body + ")")
	}
}

type bodyKind uint8

const (
	bodyLetters bodyKind = iota
	bodyDigits
	bodyHan // Chinese numerals, which also take the mark 、
)

// closingMark reads the mark that ends a label: a parenthesis, or for numbers a full stop.
func closingMark(s string, kind bodyKind, opened bool) (rune, int) {
	i := 0
	if kind != bodyDigits {
		i = countBlanks(s)
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	switch r {
	case ')', '）':
		return r, i + size
	case '.', '．':
		if kind == bodyDigits && !opened {
			return r, i + size
		}
	case '、':
		if kind != bodyLetters && !opened {
			return r, i + size
		}
	}
	return 0, 0
}

// readLabelBody reads the letters or digits of a label: one to three digits; one letter of any script; a roman
// numeral; aa, bb or ab after z; Chinese numerals.
func readLabelBody(s string) (body string, kind bodyKind, size int) {
	var b strings.Builder
	digits, letters, han := 0, 0, 0
	i := 0
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		r = narrow(r)
		switch {
		case r >= '0' && r <= '9' && letters+han == 0:
			digits++
		case strings.ContainsRune(hanNumerals, r) && digits+letters == 0:
			han++
		case unicode.IsLetter(r) && digits+han == 0 && !startsBis(s[i:], letters):
			letters++
		case letters > 0 && (unicode.Is(unicode.Mn, r) || r == '\u200d' || r == '\u0640'):
		default:
			r = utf8.RuneError
		}
		if r == utf8.RuneError {
			break
		}
		b.WriteRune(r)
		i += n
		if digits > 3 || han > 3 || letters > 8 {
			return "", 0, 0
		}
	}
	body = b.String()
	switch {
	case digits > 0:
		return body, bodyDigits, i
	case han > 0:
		return body, bodyHan, i
	case letters == 1, letters == 2 && len(letterReadings(body)) > 0, letters > 2 && isRoman(body):
		return body, bodyLetters, i
	default:
		return "", 0, 0
	}
}

// startsBis keeps "bbis)" from being read as five letters.
func startsBis(s string, letters int) bool {
	if letters == 0 || !strings.ContainsRune("btqsond", rune(s[0])) {
		return false
	}
	_, size := readBis(s)
	return size > 0
}

// narrow gives full-width letters and digits and the digits of Arabic their ASCII form.
func narrow(r rune) rune {
	switch {
	case r >= '０' && r <= '９', r >= 'ａ' && r <= 'ｚ', r >= 'Ａ' && r <= 'Ｚ':
		return r - '０' + '0'
	case r >= '٠' && r <= '٩':
		return r - '٠' + '0'
	case r >= '۰' && r <= '۹':
		return r - '۰' + '0'
	default:
		return r
	}
}

// readBis reads bis, ter ... with or without a blank before; no letter may follow.
func readBis(s string) (bis string, size int) {
	blanks := countBlanks(s)
	rest := s[blanks:]
	for _, word := range bisWords {
		if !strings.HasPrefix(rest, word) {
			continue
		}
		next, _ := utf8.DecodeRuneInString(rest[len(word):])
		if !unicode.IsLetter(next) && !unicode.IsDigit(next) {
			return word, blanks + len(word)
		}
	}
	return "", 0
}

// readSubNumber reads "1.1", "1bis.1.1", "4.3bis", which need a blank or the end after them; a full stop before that is
// read and not kept.
func readSubNumber(s string) (label Label, length int, ok bool) {
	i, parts := 0, 0
	for {
		n := 0
		for i+n < len(s) && isDigit(s[i+n]) {
			n++
		}
		if n == 0 || n > 3 {
			return "", 0, false
		}
		i += n
		parts++
		if bis, size := readBis(s[i:]); size == len(bis) {
			i += size
		}
		if i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
			i++
			continue
		}
		break
	}
	if parts < 2 {
		return "", 0, false
	}
	label = Label(s[:i])
	if i < len(s) && s[i] == '.' {
		i++
	}
	if !endsLabel(s[i:]) {
		return "", 0, false
	}
	return label, i, true
}
