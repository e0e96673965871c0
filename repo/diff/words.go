package diff

import (
	"strings"
	"unicode/utf8"
)

// Words gives the difference of one clause's words in phrases a person reads. Words are never cut; neighbouring
// hunks with only marks, blanks or one short word between them are one; a deletion comes before its insertion;
// a clause rewritten beyond recognition is one deletion and one insertion. The Equal and Delete texts joined
// give base exactly, the Equal and Insert texts revised.
func Words(base, revised string) []Op {
	if base == revised {
		return ops(nil, base)
	}
	a, b := Tokens(base), Tokens(revised)
	ids := make(map[string]int, len(a))
	edits := Match(number(a, ids), number(b, ids))
	return render(a, b, phrases(a, b, edits))
}

// number gives each distinct token an id; blanks get ids under zero.
func number(tokens []string, ids map[string]int) []int {
	out := make([]int, len(tokens))
	for i, t := range tokens {
		id, known := ids[t]
		if !known {
			id = len(ids) + 1
			if IsBlank(t) {
				id = -id
			}
			ids[t] = id
		}
		out[i] = id
	}
	return out
}

// phrases joins edits that a reader takes for one, and gives a whole replacement if too little stayed.
func phrases(a, b []string, edits []Edit) []Edit {
	var out []Edit
	for _, e := range edits {
		if len(out) > 0 && near(out[len(out)-1], e, a, b) {
			last := &out[len(out)-1]
			last.To, last.RevTo = e.To, e.RevTo
			continue
		}
		out = append(out, e)
	}
	if len(out) > 1 && unrecognisable(a, b, out) {
		return []Edit{{0, len(a), 0, len(b)}}
	}
	return out
}

// near tells whether only marks and blanks, or one short word between two long hunks, keep two edits apart.
func near(x, y Edit, a, b []string) bool {
	between := weight(a[x.To:y.From])
	if between == 0 {
		return true
	}
	long := func(e Edit) bool { return max(weight(a[e.From:e.To]), weight(b[e.RevFrom:e.RevTo])) > 12 }
	return between <= 4 && long(x) && long(y)
}

// weight counts the letters and digits of tokens, in characters.
func weight(tokens []string) int {
	n := 0
	for _, t := range tokens {
		if IsWord(t) {
			n += utf8.RuneCountInString(t)
		}
	}
	return n
}

// unrecognisable holds if less than a quarter of the longer side's letters stayed.
func unrecognisable(a, b []string, edits []Edit) bool {
	whole := max(weight(a), weight(b))
	gone := 0
	for _, e := range edits {
		gone += weight(a[e.From:e.To])
	}
	return whole > 24 && (weight(a)-gone)*4 < whole
}

func render(a, b []string, edits []Edit) []Op {
	var out []Op
	i := 0
	for _, e := range edits {
		out = ops(out, strings.Join(a[i:e.From], ""))
		out = appendOp(out, Delete, strings.Join(a[e.From:e.To], ""))
		out = appendOp(out, Insert, strings.Join(b[e.RevFrom:e.RevTo], ""))
		i = e.To
	}
	return ops(out, strings.Join(a[i:], ""))
}

func ops(out []Op, equal string) []Op { return appendOp(out, Equal, equal) }

func appendOp(out []Op, kind OpKind, text string) []Op {
	if text == "" {
		return out
	}
	return append(out, Op{kind, text})
}
