package ot

import (
	"slices"
	"unicode"
	"unicode/utf16"
)

// Between returns a set that makes one text of another: whole lines are compared first,
// then words within lines that differ. It is small, not the smallest: where the texts
// differ in more than a few hundred places it replaces the part between.
func Between(before, after string) ChangeSet {
	var b builder
	compare(&b, lines(units(before)), lines(units(after)), func(b *builder, before, after [][]uint16) {
		compare(b, words(slices.Concat(before...)), words(slices.Concat(after...)), replaceAll)
	})
	return b.set()
}

func units(text string) []uint16 {
	out := make([]uint16, 0, len(text))
	for _, r := range text {
		out = utf16.AppendRune(out, r)
	}
	return out
}

// compare puts the difference of two lists of pieces into b. Runs of pieces that differ
// are handed to differ.
func compare(b *builder, before, after [][]uint16, differ func(*builder, [][]uint16, [][]uint16)) {
	common := 0
	for common < min(len(before), len(after)) && slices.Equal(before[common], after[common]) {
		common++
	}
	tail := 0
	for tail < min(len(before), len(after))-common &&
		slices.Equal(before[len(before)-1-tail], after[len(after)-1-tail]) {
		tail++
	}
	keepAll(b, before[:common])
	i, j := common, common
	endI, endJ := len(before)-tail, len(after)-tail
	for _, m := range matches(before[i:endI], after[j:endJ]) {
		fromI, fromJ := common+m[0], common+m[1]
		differUnlessEmpty(b, before[i:fromI], after[j:fromJ], differ)
		keepAll(b, before[fromI:fromI+1])
		i, j = fromI+1, fromJ+1
	}
	differUnlessEmpty(b, before[i:endI], after[j:endJ], differ)
	keepAll(b, before[endI:])
}

func differUnlessEmpty(b *builder, before, after [][]uint16, differ func(*builder, [][]uint16, [][]uint16)) {
	switch {
	case len(before) == 0 && len(after) == 0:
	case len(before) == 0 || len(after) == 0:
		replaceAll(b, before, after)
	default:
		differ(b, before, after)
	}
}

func keepAll(b *builder, pieces [][]uint16) {
	for _, p := range pieces {
		b.add(len(p), keep, nil, false)
	}
}

func replaceAll(b *builder, before, after [][]uint16) {
	n := 0
	for _, p := range before {
		n += len(p)
	}
	inserted := slices.Concat(after...)
	b.add(n, len(inserted), inserted, false)
}

// lines cuts a text behind each break.
func lines(text []uint16) [][]uint16 {
	var out [][]uint16
	for len(text) > 0 {
		end := slices.Index(text, '\n') + 1
		if end == 0 {
			end = len(text)
		}
		out = append(out, text[:end])
		text = text[end:]
	}
	return out
}

// words cuts a text into words, runs of blanks, and single other characters. Characters
// of scripts without blanks between words stand alone.
func words(text []uint16) [][]uint16 {
	var out [][]uint16
	for len(text) > 0 {
		end := unitLength(text)
		if kind := wordKind(text); kind != 0 {
			for end < len(text) && wordKind(text[end:]) == kind {
				end += unitLength(text[end:])
			}
		}
		out = append(out, text[:end])
		text = text[end:]
	}
	return out
}

func unitLength(text []uint16) int {
	if len(text) > 1 && isHigh(text[0]) && isLow(text[1]) {
		return 2
	}
	return 1
}

// wordKind is 1 in a word, 2 in blanks, 0 at a character that stands alone.
func wordKind(text []uint16) int {
	r := rune(text[0])
	if unitLength(text) == 2 {
		r = utf16.DecodeRune(r, rune(text[1]))
	}
	switch {
	case r == ' ' || r == '\t':
		return 2
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
		return 0
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
		return 1
	}
	return 0
}

// maxDistance bounds the number of pieces in which two lists may differ before matches
// gives up.
const maxDistance = 400

// matches returns pairs of indices of equal pieces, a longest common subsequence found
// the way Myers does; none if the lists differ in more than maxDistance pieces.
func matches(a, b [][]uint16) [][2]int {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	ids := map[string]int{}
	x, y := number(a, ids), number(b, ids)
	limit := min(len(x)+len(y), maxDistance)
	// reach[k+limit+1] is how far along x the diagonal k has been followed.
	reach := make([]int, 2*limit+3)
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, slices.Clone(reach))
		for k := -d; k <= d; k += 2 {
			at := k + limit + 1
			i := reach[at-1] + 1
			if k == -d || k != d && reach[at-1] < reach[at+1] {
				i = reach[at+1]
			}
			j := i - k
			for i < len(x) && j < len(y) && x[i] == y[j] {
				i++
				j++
			}
			reach[at] = i
			if i >= len(x) && j >= len(y) {
				return backtrack(trace, limit, len(x), len(y))
			}
		}
	}
	return nil
}

// backtrack walks the trace of matches from its end.
func backtrack(trace [][]int, limit, i, j int) [][2]int {
	var out [][2]int
	for d, reach := range slices.Backward(trace) {
		k := i - j
		at := k + limit + 1
		previous := k - 1
		if k == -d || k != d && reach[at-1] < reach[at+1] {
			previous = k + 1
		}
		fromI := reach[previous+limit+1]
		fromJ := fromI - previous
		if d == 0 {
			fromI, fromJ = 0, 0
		}
		for i > fromI && j > fromJ {
			i--
			j--
			out = append(out, [2]int{i, j})
		}
		i, j = fromI, fromJ
	}
	slices.Reverse(out)
	return out
}

// number gives equal pieces equal numbers.
func number(pieces [][]uint16, ids map[string]int) []int {
	out := make([]int, len(pieces))
	for i, p := range pieces {
		key := string(appendUTF8(nil, p))
		id, known := ids[key]
		if !known {
			id = len(ids)
			ids[key] = id
		}
		out[i] = id
	}
	return out
}
