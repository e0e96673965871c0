package merge

import (
	"cmp"
	"slices"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Compilation keeps a base with its open proposals, so that a change of one proposal aligns only that one anew. It
// is not safe for use by several goroutines at once.
type Compilation struct {
	base      resolution.Text
	names     []resolution.Name
	proposals []*compiled            // in the order of their names' first coming, or as Order set it
	ops       map[wordPair][]diff.Op // word differences already worked out
	grids     map[string][]relation  // clash relations of a clause's wordings, by those wordings
}

type wordPair struct{ base, revised string }

// compiled is one proposal with what it does to each base block.
type compiled struct {
	view    *view
	touches map[int]stance // by base block
	fresh   map[int][]int  // by gap: blocks it inserted after base block gap-1
}

// stance is what one proposal makes of one base block.
type stance struct {
	words   string
	fold    string
	deleted bool
	moved   bool
}

// NewCompilation aligns all proposals with the base.
func NewCompilation(base resolution.Text, proposals ...Proposal) *Compilation {
	c := &Compilation{
		base: base, names: resolution.Names(base),
		ops: make(map[wordPair][]diff.Op), grids: make(map[string][]relation),
	}
	for _, p := range proposals {
		c.Put(p)
	}
	return c
}

// Put takes in a proposal, or a newer text of one that is there by its name. Only this one is aligned.
func (c *Compilation) Put(p Proposal) {
	done := c.compile(p)
	if k := c.find(p.Name); k >= 0 {
		c.proposals[k] = done
		return
	}
	c.proposals = append(c.proposals, done)
}

// Remove takes a proposal out; it does nothing if none has the name.
func (c *Compilation) Remove(name string) {
	c.proposals = slices.DeleteFunc(c.proposals, func(p *compiled) bool { return p.view.Name == name })
}

func (c *Compilation) find(name string) int {
	return slices.IndexFunc(c.proposals, func(p *compiled) bool { return p.view.Name == name })
}

// Result merges all proposals of the compilation, with settlements.
func (c *Compilation) Result(settled map[string]Settlement) Result {
	views := make([]*view, len(c.proposals))
	for k, p := range c.proposals {
		views[k] = p.view
	}
	return combine(c.base, views, settled, WordsOfBase)
}

func (c *Compilation) compile(p Proposal) *compiled {
	v := align(c.base, p)
	done := &compiled{view: v, touches: make(map[int]stance), fresh: make(map[int][]int)}
	if !v.changed {
		return done
	}
	for i, b := range c.base.Blocks {
		was := wordsIn(b)
		words := said(p.Text, v.home[i])
		w := stance{words: words, fold: diff.Fold(words), deleted: len(v.home[i]) == 0, moved: v.moved[i]}
		if w.deleted || w.moved || bare(w.fold, b.Kind) != bare(diff.Fold(was), b.Kind) {
			done.touches[i] = w
		}
	}
	anchor := -1
	for j, i := range v.owner {
		switch {
		case i < 0:
			done.fresh[anchor+1] = append(done.fresh[anchor+1], j)
		case !v.moved[i]:
			anchor = max(anchor, i)
		}
	}
	return done
}

// bare takes the final list mark off an item's words.
func bare(words string, kind resolution.Kind) string {
	if kind == resolution.KindItem || kind == resolution.KindBullet {
		words, _ = resolution.FinalMark(words)
	}
	return words
}

// CompiledClause is a clause of the base with every distinct variant of it, or a gap with what was inserted there.
type CompiledClause struct {
	Name     resolution.Name
	Base     int              // index of the base block; of the one before for insertions, -1 at the beginning
	Block    resolution.Block // the base block; zero for insertions
	Inserted bool             // the variants are new clauses to stand after this one
	Variants []CompiledVariant
}

// CompiledVariant is one wording with its supporters.
type CompiledVariant struct {
	Words     string
	Label     resolution.Label // of a new clause
	Kind      resolution.Kind  // of a new clause
	Deleted   bool
	Moved     bool
	Ops       []diff.Op // against the base words; of a new clause one insertion
	Proposals []string
}

// Clauses gives the compilation: each base clause in order, with its variants (none if nobody touched it), followed
// by the clauses that were inserted after it. Variants stand in the order of the proposals.
func (c *Compilation) Clauses() []CompiledClause {
	out := c.inserted(nil, 0)
	for i, b := range c.base.Blocks {
		clause := CompiledClause{Name: c.names[i], Base: i, Block: b}
		for _, p := range c.proposals {
			w, touched := p.touches[i]
			if !touched {
				continue
			}
			k := slices.IndexFunc(clause.Variants, func(v CompiledVariant) bool {
				return v.Deleted == w.deleted && v.Moved == w.moved && diff.Fold(v.Words) == w.fold
			})
			if k < 0 {
				k = len(clause.Variants)
				clause.Variants = append(clause.Variants, CompiledVariant{
					Words: w.words, Deleted: w.deleted, Moved: w.moved, Ops: c.words(wordsIn(b), w.words),
				})
			}
			clause.Variants[k].Proposals = append(clause.Variants[k].Proposals, p.view.Name)
		}
		out = append(out, clause)
		out = c.inserted(out, i+1)
	}
	return out
}

func (c *Compilation) words(base, revised string) []diff.Op {
	key := wordPair{base, revised}
	ops, known := c.ops[key]
	if !known {
		ops = diff.Words(base, revised)
		if len(c.ops) > maxKept {
			clear(c.ops)
		}
		c.ops[key] = ops
	}
	return ops
}

// maxKept bounds what a compilation remembers between changes.
const maxKept = 100_000

func (c *Compilation) inserted(out []CompiledClause, gap int) []CompiledClause {
	clause := CompiledClause{Base: gap - 1, Inserted: true}
	if gap > 0 {
		clause.Name = c.names[gap-1]
	}
	for _, p := range c.proposals {
		for _, j := range p.fresh[gap] {
			b := p.view.Text.Blocks[j]
			words := wordsIn(b)
			k := slices.IndexFunc(clause.Variants, func(v CompiledVariant) bool {
				return v.Kind == b.Kind && bare(diff.Fold(v.Words), b.Kind) == bare(diff.Fold(words), b.Kind)
			})
			if k < 0 {
				k = len(clause.Variants)
				clause.Variants = append(clause.Variants, CompiledVariant{Words: words, Label: b.Label, Kind: b.Kind, Ops: c.words("", words)})
			}
			if !slices.Contains(clause.Variants[k].Proposals, p.view.Name) {
				clause.Variants[k].Proposals = append(clause.Variants[k].Proposals, p.view.Name)
			}
		}
	}
	if len(clause.Variants) == 0 {
		return out
	}
	return append(out, clause)
}

// CellState says what a proposal does to a clause, seen with all others.
type CellState string

// The states of a cell of the conflict map.
const (
	Free    CellState = ""        // does not touch it
	Touches CellState = "changed" // changes it, others at most elsewhere in it
	SameAs  CellState = "same"    // changes it as others do
	Clashes CellState = "clashes" // changes what others change otherwise
)

// Cell is one proposal at one clause.
type Cell struct {
	State CellState
	With  []string // the proposals it is the same as, or clashes with
}

// ConflictMap is the grid of proposals and clauses.
type ConflictMap struct {
	Proposals []string
	Clauses   []MapRow
}

// MapRow is one clause that somebody touches.
type MapRow struct {
	Name     resolution.Name
	Base     int
	Inserted bool   // the row is about new clauses after this one
	Cells    []Cell // one for each proposal, in their order
}

// Map gives the conflict map: a row for each clause that anybody touches, before anyone merges.
func (c *Compilation) Map() ConflictMap {
	var m ConflictMap
	at := make(map[string]int)
	for k, p := range c.proposals {
		m.Proposals = append(m.Proposals, p.view.Name)
		at[p.view.Name] = k
	}
	for _, clause := range c.Clauses() {
		if len(clause.Variants) == 0 {
			continue
		}
		row := MapRow{Name: clause.Name, Base: clause.Base, Inserted: clause.Inserted, Cells: make([]Cell, len(m.Proposals))}
		relations := c.relations(clause)
		for x, v := range clause.Variants {
			cell := Cell{State: Touches}
			if len(v.Proposals) > 1 {
				cell.State = SameAs
			}
			for _, r := range relations {
				if r.x == x || r.y == x {
					cell.State = Clashes
					cell.With = append(cell.With, clause.Variants[r.x+r.y-x].Proposals...)
				}
			}
			for _, name := range v.Proposals {
				here := cell
				if cell.State == SameAs {
					here.With = without2(v.Proposals, name)
				}
				if old := row.Cells[at[name]]; old.State == Clashes {
					continue // one of its insertions here clashes
				}
				row.Cells[at[name]] = here
			}
		}
		m.Clauses = append(m.Clauses, row)
	}
	return m
}

func without2(names []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
}

// relation says that two variants of a clause clash.
type relation struct{ x, y int }

// relations finds which variants of a clause clash, by the same rules as a merge.
func (c *Compilation) relations(clause CompiledClause) []relation {
	if len(clause.Variants) < 2 {
		return nil
	}
	key := diff.Fold(clause.Block.Words)
	for _, v := range clause.Variants {
		key += "\x00" + diff.Fold(v.Words)
		if v.Deleted {
			key += "\x01"
		}
	}
	if found, known := c.grids[key]; known {
		return found
	}
	found := clashes(clause)
	if len(c.grids) > maxKept {
		clear(c.grids)
	}
	c.grids[key] = found
	return found
}

// clashes compares all variants of a clause with each other.
func clashes(clause CompiledClause) []relation {
	found := []relation{}
	pairs := func(clash func(x, y CompiledVariant) bool) {
		for x := range clause.Variants {
			for y := x + 1; y < len(clause.Variants); y++ {
				if clash(clause.Variants[x], clause.Variants[y]) {
					found = append(found, relation{x, y})
				}
			}
		}
	}
	switch {
	case clause.Inserted:
		pairs(func(x, y CompiledVariant) bool {
			return diff.Likeness(resolution.Block{Words: x.Words}, resolution.Block{Words: y.Words}) >= nearlySame
		})
		return found
	case clause.Block.Kind == resolution.KindTable:
		pairs(func(x, y CompiledVariant) bool { return x.Deleted || y.Deleted || x.Words != y.Words })
		return found
	}
	pairs(func(x, y CompiledVariant) bool { return x.Deleted || y.Deleted })
	b := newBraid(tokensOf(bare(clause.Block.Words, clause.Block.Kind)))
	for k, v := range clause.Variants {
		if !v.Deleted {
			b.add(k, tokensOf(bare(v.Words, clause.Block.Kind)))
		}
	}
	b.sort()
	b.disputes(func(x, y change) {
		for _, p := range x.proposals {
			for _, q := range y.proposals {
				found = append(found, relation{min(p, q), max(p, q)})
			}
		}
	})
	slices.SortFunc(found, func(a, b relation) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	return slices.Compact(found)
}

func tokensOf(words string) []token {
	var s sequence
	s.words(words)
	return s.tokens
}
