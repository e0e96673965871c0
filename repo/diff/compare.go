package diff

import (
	"fmt"
	"slices"
	"strings"

	"plenary/repo/resolution"
)

// Change is one pair with everything a reader is shown of it.
type Change struct {
	Pair
	Name         resolution.Name    // of the revised clause; of the base clause if it was deleted
	LabelBase    resolution.Label   // label in the base, "" if none
	LabelRevised resolution.Label   // label in the revised text, "" if none
	Blocks       []resolution.Block // the revised blocks; the base blocks if the clause was deleted
	Ops          []Op               // word operations; the blocks of a split or join are parted by "\n"
	Rows         [][][]Op           // of a table: rows, cells, operations; Ops is nil then
}

// Touched tells whether the change holds anything to look at: words or place. Labels and levels, which are
// positional, do not count; spelling of blanks, hyphens and list marks does.
func (c Change) Touched() bool {
	if c.Kind != Same || c.Moved {
		return true
	}
	changed := func(ops []Op) bool { return slices.ContainsFunc(ops, func(o Op) bool { return o.Kind != Equal }) }
	return changed(c.Ops) || slices.ContainsFunc(c.Rows, func(row [][]Op) bool { return slices.ContainsFunc(row, changed) })
}

// Compare gives every clause of two texts, in reading order of the revised text, with what changed in it.
func Compare(base, revised resolution.Text) []Change {
	baseNames, names := resolution.Names(base), resolution.Names(revised)
	pairs := Align(base, revised)
	out := make([]Change, 0, len(pairs))
	for _, p := range pairs {
		c := Change{Pair: p}
		var was, is []resolution.Block
		for _, i := range p.Base {
			was = append(was, base.Blocks[i])
		}
		for _, j := range p.Revised {
			is = append(is, revised.Blocks[j])
		}
		if len(was) > 0 {
			c.Name, c.LabelBase, c.Blocks = baseNames[p.Base[0]], was[0].Label, was
		}
		if len(is) > 0 {
			c.Name, c.LabelRevised, c.Blocks = names[p.Revised[0]], is[0].Label, is
		}
		c.compare(was, is)
		out = append(out, c)
	}
	return out
}

func (c *Change) compare(was, is []resolution.Block) {
	if rows(was) != nil || rows(is) != nil {
		c.Rows = tableOps(rows(was), rows(is))
		return
	}
	c.Ops = Words(lines(was), lines(is))
}

func rows(blocks []resolution.Block) [][]string {
	if len(blocks) == 1 {
		return blocks[0].Rows
	}
	return nil
}

func lines(blocks []resolution.Block) string {
	words := make([]string, len(blocks))
	for i, b := range blocks {
		words[i] = b.Words
	}
	return strings.Join(words, "\n")
}

// Rows compares the rows of two tables whole: the edits that make the one of the other.
func Rows(was, is [][]string) []Edit {
	ids := make(map[string]int)
	number := func(rows [][]string) []int {
		out := make([]int, len(rows))
		for i, row := range rows {
			key := strings.Join(row, "\x01")
			if ids[key] == 0 {
				ids[key] = len(ids) + 1
			}
			out[i] = ids[key]
		}
		return out
	}
	return Match(number(was), number(is))
}

// tableOps compares two tables cell by cell: equal rows pair first, then rows in order between them.
func tableOps(was, is [][]string) [][][]Op {
	var out [][][]Op
	i := 0
	keep := func(to int) {
		for ; i < to; i++ {
			out = append(out, cellOps(was[i], was[i]))
		}
	}
	for _, e := range Rows(was, is) {
		keep(e.From)
		for k := range max(e.To-e.From, e.RevTo-e.RevFrom) {
			var x, y []string
			if e.From+k < e.To {
				x = was[e.From+k]
			}
			if e.RevFrom+k < e.RevTo {
				y = is[e.RevFrom+k]
			}
			out = append(out, cellOps(x, y))
		}
		i = e.To
	}
	keep(len(was))
	return out
}

func cellOps(was, is []string) [][]Op {
	out := make([][]Op, max(len(was), len(is)))
	for k := range out {
		var x, y string
		if k < len(was) {
			x = was[k]
		}
		if k < len(is) {
			y = is[k]
		}
		out[k] = Words(x, y)
	}
	return out
}

// subjectNames is how many clauses a subject names before it counts the rest.
const subjectNames = 3

// Subject tells in one line what changed, for the head of a commit message: "considering f), resolves 5: 2
// clauses changed". It is empty if nothing changed.
func Subject(base, revised resolution.Text) string {
	var names []string
	kinds := make(map[string]int)
	relabelled := 0
	for _, c := range Compare(base, revised) {
		switch {
		case c.Touched():
			names = append(names, c.Name.Spoken)
			kinds[verb(c)]++
		case c.LabelBase != c.LabelRevised:
			relabelled++
		}
	}
	if len(names) == 0 {
		if relabelled > 0 {
			return counted(relabelled, "clause") + " renumbered"
		}
		return ""
	}
	shown := names
	if len(names) > subjectNames {
		shown = append(slices.Clone(names[:subjectNames-1]), fmt.Sprintf("%d more", len(names)-subjectNames+1))
	}
	var what []string
	for _, v := range []string{"changed", "added", "deleted", "moved", "split", "joined"} {
		if n := kinds[v]; n > 0 {
			if len(what) == 0 {
				what = append(what, counted(n, "clause")+" "+v)
				continue
			}
			what = append(what, fmt.Sprintf("%d %s", n, v))
		}
	}
	return strings.Join(shown, ", ") + ": " + strings.Join(what, ", ")
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func verb(c Change) string {
	switch c.Kind {
	case Inserted:
		return "added"
	case Deleted:
		return "deleted"
	case Split:
		return "split"
	case Joined:
		return "joined"
	case Same:
		if c.Moved {
			return "moved"
		}
	case Changed:
	}
	return "changed"
}
