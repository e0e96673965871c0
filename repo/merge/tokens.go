package merge

import (
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// token is the unit in which words merge: a fine word, a mark, a run of blanks; or the border between two blocks,
// rows or cells.
type token struct {
	text   string
	border border
	head   *head // of the block that begins after a block border
}

type border uint8

const (
	inside border = iota
	blockBorder
	rowBorder
	cellBorder
)

// head is what a block has besides its words.
type head struct {
	kind  resolution.Kind
	level int
	label resolution.Label
	mark  string // final list mark of an item
	sign  string // of a bullet read from a paper
	of    int    // view that brought the block, -1 for the base
	block int    // its index there
}

func headOf(b resolution.Block, of, block int) head {
	h := head{kind: b.Kind, level: b.Level, label: b.Label, sign: b.Sign, of: of, block: block}
	if b.Kind == resolution.KindItem || b.Kind == resolution.KindBullet {
		_, h.mark = resolution.FinalMark(b.Words)
	}
	return h
}

// sequence is the tokens of some blocks of one text; the first block's head stands apart.
type sequence struct {
	heads  []head
	tokens []token
}

// sequenceOf cuts blocks of a text into tokens. An item's final list mark is left out: it lies in its head. Where
// marks are words they stay among the tokens.
func sequenceOf(t resolution.Text, blocks []int, of int, marksAreWords bool) sequence {
	var s sequence
	for k, index := range blocks {
		b := t.Blocks[index]
		h := headOf(b, of, index)
		if marksAreWords {
			h.mark = ""
		}
		s.heads = append(s.heads, h)
		if k > 0 {
			s.tokens = append(s.tokens, token{border: blockBorder, head: &h})
		}
		if b.Kind == resolution.KindTable {
			s.table(b.Rows)
			continue
		}
		s.words(strings.TrimSuffix(b.Words, h.mark))
	}
	return s
}

func (s *sequence) words(words string) {
	for _, t := range diff.FineTokens(words) {
		s.tokens = append(s.tokens, token{text: t})
	}
}

func (s *sequence) table(rows [][]string) {
	for r, row := range rows {
		if r > 0 {
			s.tokens = append(s.tokens, token{border: rowBorder})
		}
		for c, cell := range row {
			if c > 0 {
				s.tokens = append(s.tokens, token{border: cellBorder})
			}
			s.words(cell)
		}
	}
}

// id tells which tokens are equal for merging: borders of a kind, all runs of blanks, folded words.
func (t token) id(known map[string]int) int {
	key := t.fold()
	n, seen := known[key]
	if !seen {
		n = len(known) + 1
		if key == " " {
			n = -n
		}
		known[key] = n
	}
	return n
}

func (t token) fold() string {
	switch t.border {
	case blockBorder:
		return "\x03"
	case rowBorder:
		return "\x02"
	case cellBorder:
		return "\x01"
	case inside:
	}
	if diff.IsBlank(t.text) {
		return " "
	}
	return diff.Fold(t.text)
}

func (t token) word() bool { return t.border != inside || diff.IsWord(t.text) }

func ids(tokens []token, known map[string]int) []int {
	out := make([]int, len(tokens))
	for i, t := range tokens {
		out[i] = t.id(known)
	}
	return out
}

func folded(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.fold())
	}
	return b.String()
}

func typed(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		if t.border != inside {
			b.WriteString(" ")
		}
		b.WriteString(t.text)
	}
	return b.String()
}
