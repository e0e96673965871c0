package resolution

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// paperLabel reads a label that is followed by a TAB, or a full-width one.
func paperLabel(text string) (label Label, words string, ok bool) {
	before, after, found := strings.Cut(text, "\t")
	before = trimBlanks(before)
	if found {
		if label, n, ok := readLabel(before); ok && n == len(before) {
			return label, trimBlanks(after), true
		}
		if label, n, ok := readLabel(before + "."); ok && n == len(before)+1 && isDigit(before[0]) {
			return label, trimBlanks(after), true
		}
	}
	if label, n, ok := readLabel(text); ok && !endsLabel(text[n:]) {
		return label, trimBlanks(text[n:]), true
	}
	return "", "", false
}

// bulletSigns stand before a TAB; • and – also before a blank.
var bulletSigns = []string{"•", "–", "-", "*", "—", "▪", "◦", "○", "o", "·", "‣", "\uf0b7"}

func paperBullet(text string) (sign, words string, ok bool) {
	if before, after, found := strings.Cut(text, "\t"); found {
		if before = trimBlanks(before); slices.Contains(bulletSigns, before) {
			return before, trimBlanks(after), true
		}
	}
	if text == "•" || text == "–" {
		return text, "", true
	}
	for _, sign := range []string{"•", "–"} {
		if rest, found := strings.CutPrefix(text, sign); found && (isBlank(rest[0]) || sign == "•") {
			return sign, trimBlanks(rest), true
		}
	}
	return "", "", false
}

// knownOpeners are those that no lower case gives away. Arabic ones are written without strokes and vowel signs; most
// stand also with "and" before them or "further" after them.
var knownOpeners = []string{
	"考虑到", "进一步考虑到", "注意到", "进一步注意到", "认识到", "进一步认识到", "忆及", "铭记", "强调", "重申", "欢迎", "赞赏地注意到", "做出决议", "进一步做出决议",
	"决定", "决议", "责成", "请", "邀请", "鼓励", "敦促", "建议", "感谢", "宣布", "确认",
	"إذ تضع في اعتبارها", "إذ يضع في اعتباره", "إذ تلاحظ", "إذ يلاحظ", "إذ تدرك", "إذ يدرك", "إذ تذكر", "إذ يذكر", "إذ تؤكد", "إذ يؤكد", "إذ تعترف", "إذ يعترف", "إذ ترحب", "إذ يرحب",
	"تقرر", "يقرر", "تدعو", "يدعو", "تكلف", "يكلف", "توصي", "يوصي", "تطلب", "يطلب", "تحث", "يحث", "تدعو الدول الأعضاء", "يدعو الدول الأعضاء",
}

// isKnownOpener compares a line with the known openers.
func isKnownOpener(text string) bool {
	bare := strings.Map(func(r rune) rune {
		if r == '\u0640' || unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, strings.TrimRight(text, ":：،，"))
	bare = strings.TrimSuffix(strings.TrimPrefix(bare, "و"), " كذلك")
	return slices.Contains(knownOpeners, bare)
}

// notOpening are the words with which a short lower-case line is rather a piece of a sentence.
var (
	notOpening = []string{"that", "que", "and", "et", "or", "ou", "to", "the", "of"}
	notEnding  = []string{"and", "or"}
)

// isOpenerLine reports whether a line of paper text is an opener by its look.
func isOpenerLine(text string) bool {
	if isKnownOpener(text) {
		return true
	}
	first, _ := utf8.DecodeRuneInString(text)
	if !unicode.IsLower(first) || utf8.RuneCountInString(text) > 80 || strings.ContainsAny(text, ";:|\t") {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	if !unicode.IsLetter(last) {
		return false
	}
	words := strings.Fields(text)
	if len(words) > 12 || slices.Contains(notOpening, words[0]) || slices.Contains(notEnding, words[len(words)-1]) {
		return false
	}
	_, _, label := readLabel(text)
	return !label && (len(words) > 1 || utf8.RuneCountInString(text) > 3)
}

func isOpenParenthesis(text string) bool {
	return strings.HasPrefix(text, "(") || strings.HasPrefix(text, "（")
}

// parenthesisDepth is how many parentheses a line leaves open, negative when it closes more than it opens.
func parenthesisDepth(text string) int {
	return strings.Count(text, "(") + strings.Count(text, "（") - strings.Count(text, ")") - strings.Count(text, "）")
}

func endsInComma(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return last == ',' || last == '，' || last == '،'
}

func endsSentence(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune(".;:。；：؛", last)
}

// endsInMark reports whether a line ends in a mark of punctuation, as a paragraph does and a sub-head does not.
func endsInMark(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return endsSentence(text) || endsInComma(text) || strings.ContainsRune(")]}»”\"’?!", last)
}

// isHeadingLine reports whether a line may be a heading or title: not long, without a final mark.
func isHeadingLine(text string) bool {
	return utf8.RuneCountInString(text) <= 150 && !endsSentence(text) && !endsInComma(text) && !strings.Contains(text, "\t")
}

// divisionPattern is an annex, appendix, section, part or article as a line of its own, perhaps with what it is in
// parentheses: "ANNEX 1 (to Resolution 7)", "[Article 3bis] (forests)".
var divisionPattern = regexp.MustCompile(`^\[?(?i:annexe?|appendix|appendice|section|part|partie|article|chapter|chapitre|attachment|anexo|apéndice|sección|parte|artículo|приложение|дополнение|раздел|часть|статья)` +
	`(?:[ \x{00a0}]+(?:[0-9]{1,3}|[IVXLC]{1,6}|[A-Z])(?:[ ]?(?:bis|ter|quater))?)?\]?` +
	`(?:[ ]+[\p{Pd}][ ]+.*|[ ]*\(.*\))?$|^(?:附件|附录|第[一二三四五六七八九十0-9]+[部章节条])[一二三四五六七八九十0-9A-Z]*$|^(?:الملحق|المادة|القسم)(?: [0-9]{1,3})?$`)

func isDivisionLine(text string) bool {
	return divisionPattern.MatchString(text) && isHeadingLine(text) && startsUpper(text)
}

func startsUpper(text string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, "["))
	return !unicode.IsLower(first)
}

// division reads an annex, section or article line.
func (p *paper) division(at int) bool {
	if !isDivisionLine(p.lines[at].text) {
		return false
	}
	p.section(Block{Kind: KindDivision, Words: FromPlain(p.lines[at].text)})
	return true
}

// divisionTitle reads the title after a division that does not carry one itself; it gives how many lines it took.
func (p *paper) divisionTitle(at int) int {
	if at >= len(p.lines) {
		return 0
	}
	division, text := p.lines[at-1].text, p.lines[at].text
	if strings.HasSuffix(division, ")") && !strings.Contains(division, "(to ") || strings.ContainsAny(division, "–—") {
		return 0
	}
	_, _, bullet := paperBullet(text)
	if _, _, ok := readLabel(text); ok || bullet || !isHeadingLine(text) || !startsUpper(text) || isDivisionLine(text) || isPaperRow(text) || isOpenerLine(text) || isOpenParenthesis(text) {
		return 0
	}
	p.section(Block{Kind: KindDivisionTitle, Words: FromPlain(text)})
	return 1
}
