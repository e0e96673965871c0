package docx

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

var (
	gluedYear    = regexp.MustCompile(`\pL*,? ?[0-9]{4}\p{Lu}\pL{2,}`)
	doubledMarks = regexp.MustCompile(`\pL{3,}(?:;,|,;|;\.|\.;)(?:\s|$)`)
	bookmarks    = regexp.MustCompile(`\[bookmark: [^\]\n]{0,80}\]`)
	wordPattern  = regexp.MustCompile(`\pL+`)
)

// Fused looks for signs that a text holds struck and new words run together, as when a file with tracked changes was
// flattened: a year with a word glued to it, two list marks in a row, two words of the text as one. It gives up to six
// of the places, and none unless at least one sign is plain.
func Fused(plain string) []string {
	var found []string
	for _, pattern := range []*regexp.Regexp{gluedYear, doubledMarks} {
		for _, m := range pattern.FindAllString(plain, 8) {
			found = append(found, strings.TrimSpace(m))
		}
	}
	if len(found) == 0 {
		return nil
	}
	found = append(found, gluedWords(plain)...)
	slices.Sort(found)
	found = slices.Compact(found)
	return found[:min(len(found), 6)]
}

// gluedWords gives words that are two other words of the same text.
func gluedWords(plain string) []string {
	times := map[string]int{}
	words := wordPattern.FindAllString(plain, 50_000)
	for _, w := range words {
		times[w]++
	}
	var out []string
	for _, w := range words {
		if len(w) < 8 || times[w] > 1 {
			continue
		}
		for cut := 3; cut <= len(w)-3; cut++ {
			if times[w[:cut]] > 0 && times[w[cut:]] > 0 && len(w[:cut])+len(w[cut:]) >= 9 {
				out = append(out, w)
				break
			}
		}
	}
	return out
}

// Place is one spot of a flattened text where words were struck, or came, or both.
type Place struct {
	Clause   string // as people say it
	Block    int    // index in the proposal's text
	Before   string // some words before it
	Deleted  string // what is taken for struck; it stands in the base
	Inserted string // what is taken for new
	After    string
	Certain  bool     // the text itself proves it; else a person is to settle it
	Settled  bool     // a person said what was struck
	Why      string   // for the person
	Choices  []string // other readings of what was struck, the empty one too
}

// Split is the best reading of a flattened text against the text it was made on.
type Split struct {
	Cover    string // what stood before the text, as pasted
	Base     resolution.Text
	Proposal resolution.Text
	Places   []Place
	Warnings []string
}

// SplitFused parts a flattened text into base and proposal. The base is the text the proposal was made on, as adopted:
// all its words stand in the flattened text, so what is new is known; how much of the words beside it was struck is
// read from its look, and every place that this does not prove is marked for a person. In settled a person has said of
// some of the places, by their index, which of their choices was struck. What is said of a place that has no such choice
// is left out of account: its index is then that of another place, as the base has changed since.
func SplitFused(base resolution.Text, pasted []byte, settled map[int]string) (Split, error) {
	cover, body := cutCover(bookmarks.ReplaceAllString(string(pasted), ""))
	fused, _, err := resolution.ParsePaper([]byte(body))
	if err != nil {
		return Split{}, refuse("the pasted text cannot be read: %v", err)
	}
	out := Split{Cover: cover, Base: base}
	out.Warnings = append(out.Warnings, "struck and new words run together in this text: it was split against the adopted text; words that were only struck leave no trace, so compare the result with the original")
	names := resolution.Names(fused)
	blocks := slices.Clone(fused.Blocks)
	for _, pair := range diff.Align(base, fused) {
		switch {
		case len(pair.Revised) == 0:
			out.Warnings = append(out.Warnings, "the adopted text has a clause that the pasted text lacks: \""+short(resolution.Plain(base.Blocks[pair.Base[0]].Words))+"\"; it is taken for struck")
		case len(pair.Base) == 0:
			i := pair.Revised[0]
			words := resolution.Plain(fused.Blocks[i].Words)
			out.Places = append(out.Places, Place{Clause: names[i].Spoken, Block: i, Inserted: words, Certain: true, Why: "the adopted text has no such clause"})
		case len(pair.Base) == 1 && len(pair.Revised) == 1 && fused.Blocks[pair.Revised[0]].Rows == nil:
			i := pair.Revised[0]
			was := resolution.Plain(base.Blocks[pair.Base[0]].Words)
			is := resolution.Plain(fused.Blocks[i].Words)
			words, places := splitClause(was, is, fused.Blocks[i].Kind, func(k int) (string, bool) {
				struck, said := settled[len(out.Places)+k]
				return struck, said
			})
			for k := range places {
				places[k].Clause, places[k].Block = names[i].Spoken, i
			}
			out.Places = append(out.Places, places...)
			blocks[i].Words = resolution.FromPlain(words)
			if len(places) == 0 {
				blocks[i].Words = base.Blocks[pair.Base[0]].Words
			}
		default:
			out.Warnings = append(out.Warnings, "clauses were split or joined at \""+short(resolution.Plain(fused.Blocks[pair.Revised[0]].Words))+"\": compare with the original")
		}
	}
	text, _, err := resolution.Parse(resolution.Format(resolution.Text{Blocks: blocks}))
	if err != nil {
		return Split{}, refuse("the pasted text cannot be kept as a resolution: %v", err)
	}
	out.Proposal = text
	return out, nil
}

func short(s string) string {
	r := []rune(s)
	return string(r[:min(len(r), 60)])
}

// cutCover parts what stands before the text: up to the mark of the proposal, or to the number line.
func cutCover(pasted string) (cover, body string) {
	lines := strings.Split(pasted, "\n")
	for _, pattern := range []*regexp.Regexp{markPattern, numberPattern} {
		for i, line := range lines {
			if line = strings.TrimSpace(line); len(line) < 120 && pattern.MatchString(line) {
				if pattern == markPattern {
					i++
				}
				return strings.TrimSpace(strings.Join(lines[:i], "\n")), strings.Join(lines[i:], "\n")
			}
		}
	}
	return "", pasted
}

// gap is a stretch of a flattened clause that the base lacks: text[from:to], standing at base[at].
type gap struct{ from, to, at int }

// splitClause reads one flattened clause against its base: the words of the proposal, and the places they differ.
func splitClause(base, fused string, kind resolution.Kind, settled func(int) (string, bool)) (string, []Place) {
	b, f := []rune(base), []rune(fused)
	gaps, whole := embed(b, f)
	var places []Place
	var out []rune
	done := 0 // fused characters written or struck so far
	for k, g := range gaps {
		next := len(f)
		if k+1 < len(gaps) {
			next = gaps[k+1].from
		}
		r := readGap(f, g, done, next, kind)
		said := false
		if struck, told := settled(k); told {
			said = r.settle(f[done:g.from], f[g.to:next], struck)
		}
		places = append(places, Place{
			Settled: said,
			Before:  string(f[max(done, g.from-r.left-40, 0):max(done, g.from-r.left)]), Deleted: string(f[g.from-r.left:g.from]) + string(f[g.to:g.to+r.right]),
			Inserted: string(f[g.from:g.to]), After: string(f[g.to+r.right : min(len(f), g.to+r.right+40)]),
			Certain: r.certain && whole, Why: r.why, Choices: r.choices,
		})
		out = append(out, f[done:g.from-r.left]...)
		out = append(out, f[g.from:g.to]...)
		done = g.to + r.right
	}
	out = append(out, f[done:]...)
	return tidy(string(out)), places
}

// tidy takes out the blank that a struck word leaves double or before a mark.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "  ", " ")
	for _, mark := range []string{",", ";", "."} {
		s = strings.ReplaceAll(s, " "+mark, mark)
	}
	return strings.TrimSpace(s)
}

// Costs of embedding a base in its flattened text: a new stretch costs most, more inside a word, and a character of
// the base that is missing more than any stretch.
const (
	costOpen    = 12
	costInWord  = 30
	costInsert  = 1
	costMissing = 60
	maxCells    = 6_000_000

	far = 1 << 30 // more than any cost
)

// embed finds the stretches of fused that base lacks, as few and as whole as can be. It reports whether all of the base
// is there.
func embed(base, fused []rune) ([]gap, bool) {
	if len(base) == 0 || (len(base)+1)*(len(fused)+1) > maxCells {
		return []gap{{0, len(fused), 0}}, false
	}
	width := len(fused) + 1
	// Two layers: in a match, in a stretch of new characters. steps remembers how each cell was reached.
	match, fresh := make([]int, width), make([]int, width)
	lastMatch, lastFresh := make([]int, width), make([]int, width)
	steps := make([]uint8, (len(base)+1)*width) // bits 0-1: how match was reached; bit 2: fresh was opened here
	inWord := func(i int) bool {
		return i > 0 && i < len(base) && diff.WordRune(base[i-1]) && diff.WordRune(base[i])
	}
	for i := 0; i <= len(base); i++ {
		open := costOpen
		if inWord(i) {
			open += costInWord
		}
		for j := range width {
			equal := i > 0 && j > 0 && equalFused(base[i-1], fused[j-1])
			best, how := reach(i, j, equal, lastMatch, lastFresh)
			match[j] = best
			opened, goOn := far, far
			if j > 0 {
				opened, goOn = match[j-1]+open+costInsert, fresh[j-1]+costInsert
			}
			fresh[j] = min(opened, goOn)
			if opened <= goOn {
				how |= 4
			}
			steps[i*width+j] = how
		}
		match, lastMatch = lastMatch, match
		fresh, lastFresh = lastFresh, fresh
	}
	return trace(steps, base, fused, lastFresh[width-1] < lastMatch[width-1])
}

// reach gives the least cost of a match that ends at a cell, and how it was reached: 1 after a match, 2 after new
// characters, 3 by leaving out a character of the base.
func reach(i, j int, equal bool, lastMatch, lastFresh []int) (best int, how uint8) {
	if i == 0 {
		if j == 0 {
			return 0, 0
		}
		return far, 0
	}
	best = far
	if equal {
		best, how = lastMatch[j-1], 1
		if lastFresh[j-1] < lastMatch[j-1] {
			best, how = lastFresh[j-1], 2
		}
	}
	if c := min(lastMatch[j], lastFresh[j]) + costMissing; c < best {
		best, how = c, 3
	}
	return best, how
}

// equalFused compares characters as comparing texts does: hyphens and blanks of all kinds are one.
func equalFused(a, b rune) bool {
	return a == b || diff.Fold(string(a)) == diff.Fold(string(b))
}

// trace walks the steps back from the end and gives the gaps in order.
func trace(steps []uint8, base, fused []rune, inFresh bool) ([]gap, bool) {
	width := len(fused) + 1
	i, j := len(base), len(fused)
	var gaps []gap
	whole := true
	end := j
	for i > 0 || j > 0 {
		how := steps[i*width+j]
		if inFresh {
			j--
			if how&4 != 0 {
				gaps = append(gaps, gap{j, end, i})
				inFresh = false
			}
			continue
		}
		switch how & 3 {
		case 1:
			i, j = i-1, j-1
		case 2:
			i, j, inFresh = i-1, j-1, true
			end = j
		case 3:
			whole = false
			i--
		default:
			return []gap{{0, len(fused), 0}}, false
		}
	}
	slices.Reverse(gaps)
	return gaps, whole
}

// reading is what one gap is taken for: how many characters before and after it were struck.
type reading struct {
	left, right int
	certain     bool
	why         string
	choices     []string
}

// settle takes what a person says was struck: words that end before the new ones or begin after them. It reports false
// where there are no such words.
func (r *reading) settle(before, after []rune, struck string) bool {
	n := utf8.RuneCountInString(struck)
	switch {
	case struck == "":
		r.left, r.right = 0, 0
	case n <= len(before) && string(before[len(before)-n:]) == struck:
		r.left, r.right = n, 0
	case n <= len(after) && string(after[:n]) == struck:
		r.left, r.right = 0, n
	default:
		return false
	}
	return true
}

var datePattern = regexp.MustCompile(`^[\pL][\pL .'’-]*, [0-9]{4}$`)

// functionWords part phrases: a struck phrase rarely reaches over them.
var functionWords = strings.Fields("a an the and or of in on to for by with from as at so that which who is are be under into et ou de la le les des du en y o el los las del")

// readGap decides what was struck beside new words.
func readGap(f []rune, g gap, from, to int, kind resolution.Kind) reading {
	fresh := string(f[g.from:g.to])
	before, after := f[from:g.from], f[g.to:to]
	words := strings.Fields(fresh)
	r := reading{choices: choices(before, after, len(words)+2)}
	switch {
	case datePattern.MatchString(strings.TrimSpace(fresh)):
		if n := dateBefore(before); n > 0 {
			r.left, r.certain, r.why = n, true, "place and year stand twice"
			return r
		}
	case kind == resolution.KindHistory:
		r.certain, r.why = true, "a place was added to the history"
		return r
	case isMark(fresh) && len(after) > 0 && isMark(string(after)):
		r.right, r.certain, r.why = len(after), true, "two list marks stand in a row"
		return r
	case isMark(fresh) && len(before) > 0 && isMark(string(before[len(before)-1:])) && len(after) == 0:
		r.left, r.certain, r.why = 1, true, "two list marks stand in a row"
		return r
	}
	first, _ := utf8.DecodeRuneInString(fresh)
	last, _ := utf8.DecodeLastRuneInString(fresh)
	switch {
	case len(before) > 0 && diff.WordRune(before[len(before)-1]) && diff.WordRune(first):
		r.left = phraseBefore(before, len(words))
		r.why = "the words run together, so some before the new ones were struck: how many is for you to say"
	case len(after) > 0 && diff.WordRune(after[0]) && diff.WordRune(last):
		r.right = phraseAfter(after)
		r.why = "the words run together, so some after the new ones were struck: how many is for you to say"
	case len(words) == 1 && slices.Contains(functionWords, words[0]) && slices.Contains(functionWords, lastWord(before)):
		r.left = wordsBack(before, 1)
		r.why = "one small word follows another: which of them was struck is for you to say"
	default:
		r.why = "words came here; whether words beside them were struck is for you to say"
	}
	return r
}

func isMark(s string) bool {
	s = strings.TrimSpace(s)
	return utf8.RuneCountInString(s) == 1 && strings.ContainsAny(s, ";,.؛،；，。")
}

// dateBefore gives the length of the place and year that a text ends in.
func dateBefore(before []rune) int {
	for n := 6; n <= min(len(before), 60); n++ {
		start := len(before) - n
		if datePattern.MatchString(string(before[start:])) && (start == 0 || !diff.WordRune(before[start-1]) && before[start-1] != '-' && (before[start-1] != ' ' || start == 1 || !unicode.IsUpper(before[start]) || !diff.WordRune(before[start-2]))) {
			return n
		}
	}
	return 0
}

func lastWord(text []rune) string {
	words := strings.Fields(string(text))
	if len(words) == 0 {
		return ""
	}
	return words[len(words)-1]
}

// wordsBack gives the length of the last n words of a text, with the blank after them.
func wordsBack(text []rune, n int) int {
	i := len(text)
	for range n {
		for i > 0 && unicode.IsSpace(text[i-1]) {
			i--
		}
		for i > 0 && !unicode.IsSpace(text[i-1]) {
			i--
		}
	}
	return len(text) - i
}

// phraseBefore guesses the struck phrase that a text ends in: back to a small word, no more words than came; if it ends
// in a small word itself, as many as came.
func phraseBefore(text []rune, came int) int {
	if slices.Contains(functionWords, lastWord(text)) {
		return wordsBack(text, came)
	}
	n := 1
	for n < came {
		back := wordsBack(text, n)
		if slices.Contains(functionWords, lastWord(text[:len(text)-back])) || len(text) == back {
			break
		}
		n++
	}
	return wordsBack(text, n)
}

// phraseAfter guesses the struck phrase that a text begins with: to its first mark or small word.
func phraseAfter(text []rune) int {
	for i, r := range text {
		if unicode.IsSpace(r) || strings.ContainsRune(",;.:", r) {
			return i
		}
	}
	return len(text)
}

// farthestChoice is how many words before new ones are offered as struck.
const farthestChoice = 24

// choices gives other readings of what was struck: nothing, the last words before, longer phrases before that begin with
// a small word, the clause after a mark, and what is left of the text with the mark it ends in and without.
func choices(before, after []rune, most int) []string {
	out := []string{""}
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for n := 1; n <= max(most, farthestChoice); n++ {
		s := string(before[len(before)-wordsBack(before, n):])
		if first, _, _ := strings.Cut(s, " "); n <= most || slices.Contains(functionWords, first) {
			add(s)
		}
	}
	if rest := string(after); rest != "" {
		end := strings.IndexAny(strings.TrimLeft(rest, " ,"), ",;.:")
		if end > 0 {
			add(rest[:end+len(rest)-len(strings.TrimLeft(rest, " ,"))])
		}
		add(strings.TrimRight(rest, ",;.:"))
		add(rest)
	}
	return out
}
