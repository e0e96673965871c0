package resolution

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Style says how a list counts.
type Style uint8

// The styles of label.
const (
	StyleNone   Style = iota
	StyleNumber       // 1. 2. 2bis. 3.
	StyleLetter       // a) b) b bis) ... z) aa); letters of any alphabet
	StyleRoman        // i) ii) iii)
	StyleSub          // 1.1, 1.2, 1.2.1
	StyleBullet       // no label: -
)

// hanNumerals are the Chinese numerals that stand in labels.
const hanNumerals = "一二三四五六七八九十"

// alphabets are the orders in which labels go on. Arabic lists use the old order of the letters or the modern one,
// Russian lists leave out the letters that are easily confused; a label may belong to several.
var alphabets = []string{
	"abcdefghijklmnopqrstuvwxyz",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"абвгдежзиклмнопрстуфхцчшщэюя",
	"абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
	"АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ",
	"أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
	"ابجدهوزحطيكلمنسعفصقرشتثخذضظغ",
	"أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
	"αβγδεζηθικλμνξοπρστυφχψω",
}

// reading is one way to understand a label: its style, what it counts in, and its place.
type reading struct {
	style    Style
	alphabet int    // index of alphabets; -1 Chinese numerals; for roman 0 lower and 1 upper case
	doubled  bool   // after z come aa, bb, cc rather than aa, ab, ac
	prefix   string // of a sub-number, what stands before the last number: "1bis."
	value    int    // 1 for a, 1, i
	bis      int    // 0 none, 1 bis, 2 ter ...
}

// readings gives every way to understand a label; bare i, v, x, c, d, l, m are a letter or a roman numeral.
func readings(label Label) []reading {
	body, bis := splitLabel(label)
	if body == "" {
		return nil
	}
	if i := strings.LastIndexByte(body, '.'); i >= 0 {
		n, err := strconv.Atoi(body[i+1:])
		if err != nil {
			return nil
		}
		return []reading{{style: StyleSub, prefix: body[:i+1], value: n, bis: bis}}
	}
	if n, err := strconv.Atoi(body); err == nil {
		return []reading{{style: StyleNumber, value: n, bis: bis}}
	}
	all := letterReadings(body)
	for i := range all {
		all[i].bis = bis
	}
	return all
}

// splitLabel takes the closing mark and the bis off a label. Of the words that end it the longest is meant: quater ends in ter.
func splitLabel(label Label) (body string, bis int) {
	s := strings.TrimRight(string(label), ".)")
	body = s
	for i, word := range bisWords {
		rest, ok := strings.CutSuffix(s, word)
		if ok && rest != "" && (bis == 0 || len(word) > len(bisWords[bis-1])) {
			body, bis = strings.TrimRight(rest, " "), i+1
		}
	}
	return body, bis
}

func letterReadings(body string) []reading {
	var all []reading
	body = plainLetters(body)
	if n := hanValue(body); n > 0 {
		all = append(all, reading{style: StyleLetter, alphabet: -1, value: n})
	}
	first, size := utf8.DecodeRuneInString(body)
	rest := body[size:]
	for i, alphabet := range alphabets {
		place := letterPlace(alphabet, first)
		if place == 0 {
			continue
		}
		length := utf8.RuneCountInString(alphabet)
		switch rest {
		case "":
			all = append(all, reading{style: StyleLetter, alphabet: i, value: place})
		case string(first):
			all = append(all, reading{style: StyleLetter, alphabet: i, doubled: true, value: length + place})
		}
		second, n := utf8.DecodeRuneInString(rest)
		if place == 1 && n > 0 && n == len(rest) && letterPlace(alphabet, second) > 0 {
			all = append(all, reading{style: StyleLetter, alphabet: i, value: length + letterPlace(alphabet, second)})
		}
	}
	if isRoman(body) {
		r := reading{style: StyleRoman, value: romanValue(strings.ToLower(body))}
		if strings.ToLower(body) != body {
			r.alphabet = 1
		}
		all = append(all, r)
	}
	return all
}

// isRoman reports whether a label is a roman numeral, all in lower or all in upper case.
func isRoman(body string) bool {
	lower := strings.ToLower(body)
	return (lower == body || strings.ToUpper(body) == body) && romanValue(lower) > 0
}

// plainLetters takes off what Arabic puts to a letter that stands alone: its presentation form, the stroke and the joiner.
func plainLetters(body string) string {
	for i := range len(body) {
		if body[i] >= 0x80 {
			return strayStrokes.Replace(norm.NFKC.String(body))
		}
	}
	return body
}

var strayStrokes = strings.NewReplacer("\u0640", "", "\u200d", "")

// letterPlace is the place of a letter in an alphabet, from 1; 0 when it has none.
func letterPlace(alphabet string, letter rune) int {
	i := strings.IndexRune(alphabet, letter)
	if i < 0 {
		return 0
	}
	return utf8.RuneCountInString(alphabet[:i]) + 1
}

func letterAt(alphabet string, place int) string {
	return string([]rune(alphabet)[place-1])
}

// hanValue reads Chinese numerals up to 99; 0 when s is none.
func hanValue(s string) int {
	tens, ones, seenTen := 0, 0, false
	for _, r := range s {
		v := letterPlace(hanNumerals, r)
		switch {
		case v == 0:
			return 0
		case v == 10 && !seenTen:
			tens, ones, seenTen = max(ones, 1), 0, true
		case v == 10 || ones > 0:
			return 0
		default:
			ones = v
		}
	}
	return tens*10 + ones
}

func hanNumeral(n int) string {
	if n < 1 || n > 99 {
		return ""
	}
	s := ""
	if n >= 20 {
		s = letterAt(hanNumerals, n/10)
	}
	if n >= 10 {
		s += "十"
	}
	if n%10 > 0 {
		s += letterAt(hanNumerals, n%10)
	}
	return s
}

var romanSigns = []struct {
	sign  string
	value int
}{{"c", 100}, {"xc", 90}, {"l", 50}, {"xl", 40}, {"x", 10}, {"ix", 9}, {"v", 5}, {"iv", 4}, {"i", 1}}

func roman(n int) string {
	var b strings.Builder
	for _, r := range romanSigns {
		for n >= r.value {
			b.WriteString(r.sign)
			n -= r.value
		}
	}
	return b.String()
}

// romanValue reads a lower-case roman numeral below 400; 0 when s is none.
func romanValue(s string) int {
	n, rest := 0, s
	for _, r := range romanSigns {
		for strings.HasPrefix(rest, r.sign) {
			n += r.value
			rest = rest[len(r.sign):]
		}
	}
	if rest != "" || n == 0 || n >= 400 || roman(n) != s {
		return 0
	}
	return n
}

// label writes a reading as the canonical file does; empty where the count cannot go so far.
func (r reading) label() Label {
	bis := ""
	if r.bis > 0 {
		if r.bis > len(bisWords) {
			return ""
		}
		bis = bisWords[r.bis-1]
	}
	switch r.style {
	case StyleNumber:
		if r.value > 999 {
			return ""
		}
		return writeLabel(strconv.Itoa(r.value), bodyDigits, bis)
	case StyleSub:
		return Label(r.prefix + strconv.Itoa(r.value) + bis)
	case StyleRoman:
		body := roman(r.value)
		if r.alphabet == 1 {
			body = strings.ToUpper(body)
		}
		return writeLabel(body, bodyLetters, bis)
	case StyleLetter:
		body := r.letters()
		if body == "" {
			return ""
		}
		return writeLabel(body, bodyLetters, bis)
	default:
		return ""
	}
}

func (r reading) letters() string {
	if r.alphabet < 0 {
		return hanNumeral(r.value)
	}
	alphabet := alphabets[r.alphabet]
	length := utf8.RuneCountInString(alphabet)
	switch {
	case r.value <= length:
		return letterAt(alphabet, r.value)
	case r.value > 2*length:
		return ""
	case r.doubled:
		return strings.Repeat(letterAt(alphabet, r.value-length), 2)
	default:
		return letterAt(alphabet, 1) + letterAt(alphabet, r.value-length)
	}
}

// sameCount reports whether two readings count in the same way.
func (r reading) sameCount(other reading) bool {
	if r.style != other.style || r.prefix != other.prefix {
		return false
	}
	return r.style == StyleNumber || r.style == StyleSub || r.alphabet == other.alphabet
}

// follows reports whether other is due right after r: the next one, or the next bis of the same one.
func (r reading) follows(other reading) bool {
	if !r.sameCount(other) {
		return r.style == StyleSub && other.style == StyleSub && subFollows(r, other)
	}
	if other.bis > 0 {
		return other.value == r.value && other.bis == r.bis+1
	}
	return other.value == r.value+1
}

// subFollows is follows for sub-numbers of different depth: 1.1.1 after 1.1, and 1.2 or 2.1 after 1.1.3.
func subFollows(r, other reading) bool {
	whole := string(r.label()) + "."
	if other.prefix == whole {
		return other.value == 1 && other.bis == 0
	}
	outer := r
	for strings.Contains(strings.TrimSuffix(outer.prefix, "."), ".") {
		up := readings(Label(strings.TrimSuffix(outer.prefix, ".")))
		if len(up) == 0 {
			return false
		}
		outer = up[0]
		if outer.sameCount(other) {
			return outer.follows(other)
		}
	}
	return false
}

// isDue reports whether next is a label that people expect right after prev.
func isDue(prev, next Label) bool {
	for _, p := range readings(prev) {
		if slices.ContainsFunc(readings(next), p.follows) {
			return true
		}
	}
	return false
}

// isFirst reports whether a label begins a list: 1., a), i), the first letter of another alphabet.
func isFirst(label Label) bool {
	return slices.ContainsFunc(readings(label), func(r reading) bool {
		return r.value == 1 && r.bis == 0 && r.style != StyleSub
	})
}

// isSubNumber reports whether a label is a sub-number, which says its own level.
func isSubNumber(label Label) bool {
	body, _ := splitLabel(label)
	return strings.Contains(body, ".")
}
