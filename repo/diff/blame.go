package diff

import (
	"slices"
	"strings"

	"plenary/repo/resolution"
)

// Origin says where words came from. Both are the numbers that callers gave their versions.
type Origin struct {
	Version int // the version that brought the words
	Merge   int // the outermost merge that took them into the line of first parents, -1 if none
}

// Run is a stretch of a block's words of one origin, as byte range. The runs of a block follow each other without
// gaps and cover its words; a table's words are its cells joined by tabs and its rows by line ends.
type Run struct {
	Start, End int
	Origin
}

// Annotated is a text with the origin of every word, one list of runs a block. It is never changed, so versions share
// the runs of the clauses that stayed.
type Annotated struct {
	Text resolution.Text
	Runs [][]Run
	keys []string // of the blocks, once they have been worked out
}

// Annotate gives the origin of every word of a version from those of its parents, the first parent first. Words that
// a parent has come from where the parent has them from; all others come from this version. Clauses are followed
// through moves, splits, joins and renumbering. A history is annotated version by version, oldest first; each step
// costs no more than one comparison with each parent.
func Annotate(text resolution.Text, version int, parents ...Annotated) Annotated {
	out := Annotated{Text: text, Runs: make([][]Run, len(text.Blocks)), keys: keysBeside(text, parents)}
	for n, parent := range parents {
		if parent.keys == nil {
			parent.keys = keys(parent.Text)
		}
		for _, pair := range align(features(parent.Text, parent.keys), features(text, out.keys)) {
			if len(pair.Base) == 0 || len(pair.Revised) == 0 {
				continue
			}
			out.inherit(parent, pair, version, n)
		}
	}
	for j, runs := range out.Runs {
		if runs == nil {
			out.Runs[j] = whole(WordsOf(text.Blocks[j]), Origin{version, -1})
		}
	}
	return out
}

// keysBeside gives the keys of a text's blocks, those of its first parent where the two begin and end alike.
func keysBeside(text resolution.Text, parents []Annotated) []string {
	if len(parents) == 0 || parents[0].keys == nil {
		return keys(text)
	}
	blocks, was, known := text.Blocks, parents[0].Text.Blocks, parents[0].keys
	out := make([]string, len(blocks))
	from, to := 0, len(blocks)
	for ; from < min(to, len(was)) && alike(blocks[from], was[from]); from++ {
		out[from] = known[from]
	}
	for k := len(was); to > from && k > from && alike(blocks[to-1], was[k-1]); k-- {
		to--
		out[to] = known[k-1]
	}
	for ; from < to; from++ {
		out[from] = Key(blocks[from])
	}
	return out
}

// alike tells whether two blocks hold the same words and so have one key.
func alike(x, y resolution.Block) bool {
	return x.Kind == y.Kind && x.Words == y.Words && slices.EqualFunc(x.Rows, y.Rows, slices.Equal)
}

func whole(words string, o Origin) []Run {
	if words == "" {
		return nil
	}
	return []Run{{0, len(words), o}}
}

// WordsOf gives the words of a block that its runs cover.
func WordsOf(b resolution.Block) string {
	if b.Kind != resolution.KindTable {
		return b.Words
	}
	rows := make([]string, len(b.Rows))
	for k, row := range b.Rows {
		rows[k] = strings.Join(row, "\t")
	}
	return strings.Join(rows, "\n")
}

// sameWords tells whether two blocks have the same words to cover.
func sameWords(x, y resolution.Block) bool {
	if x.Kind != resolution.KindTable && y.Kind != resolution.KindTable {
		return x.Words == y.Words
	}
	return WordsOf(x) == WordsOf(y)
}

// inherit takes over the origins of the words a pair shares with a parent. Of a further parent only words are taken
// that no parent before it had, and they came in by this merge.
func (a *Annotated) inherit(parent Annotated, p Pair, version, n int) {
	if n == 0 && len(p.Base) == 1 && len(p.Revised) == 1 &&
		sameWords(parent.Text.Blocks[p.Base[0]], a.Text.Blocks[p.Revised[0]]) {
		a.Runs[p.Revised[0]] = parent.Runs[p.Base[0]]
		return
	}
	if n > 0 && !a.foreign(p.Revised, version) {
		return
	}
	was, origins := gather(parent, p.Base)
	for _, j := range p.Revised {
		words := WordsOf(a.Text.Blocks[j])
		tokens := FineTokens(words)
		known := make(map[string]int)
		edits := Match(number(folds(was), known), number(folds(tokens), known))
		mine := a.origins(j, tokens, version)
		i := 0
		k := 0
		for _, e := range append(edits, Edit{From: len(was), RevFrom: len(tokens)}) {
			for ; i < e.From; i, k = i+1, k+1 {
				if mine[k].Version != version {
					continue
				}
				mine[k] = origins[i]
				if n > 0 {
					mine[k].Merge = version
				}
			}
			i, k = e.To, e.RevTo
		}
		a.Runs[j] = runs(tokens, mine)
	}
}

func folds(tokens []string) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = Fold(t)
	}
	return out
}

// foreign tells whether some words of the blocks still count as this version's own.
func (a *Annotated) foreign(blocks []int, version int) bool {
	for _, j := range blocks {
		if a.Runs[j] == nil {
			return true
		}
		for _, r := range a.Runs[j] {
			if r.Version == version {
				return true
			}
		}
	}
	return false
}

// gather gives the tokens of some blocks of a parent in a row, each with its origin.
func gather(parent Annotated, blocks []int) (tokens []string, origins []Origin) {
	for _, i := range blocks {
		ts := FineTokens(WordsOf(parent.Text.Blocks[i]))
		at, r := 0, 0
		for _, t := range ts {
			runs := parent.Runs[i]
			for r+1 < len(runs) && runs[r].End <= at {
				r++
			}
			origins = append(origins, runs[r].Origin)
			at += len(t)
		}
		tokens = append(tokens, ts...)
	}
	return tokens, origins
}

// origins gives each token of a block its origin so far, this version's own at first.
func (a *Annotated) origins(j int, tokens []string, version int) []Origin {
	out := make([]Origin, len(tokens))
	at, r := 0, 0
	for k, t := range tokens {
		out[k] = Origin{version, -1}
		if runs := a.Runs[j]; runs != nil {
			for r+1 < len(runs) && runs[r].End <= at {
				r++
			}
			out[k] = runs[r].Origin
		}
		at += len(t)
	}
	return out
}

func runs(tokens []string, origins []Origin) []Run {
	var out []Run
	at := 0
	for k, t := range tokens {
		if n := len(out); n > 0 && out[n-1].Origin == origins[k] {
			out[n-1].End += len(t)
		} else {
			out = append(out, Run{at, at + len(t), origins[k]})
		}
		at += len(t)
	}
	return out
}
