package merge

import (
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
	index     map[string]int         // of proposals, by name
	ops       map[wordPair][]diff.Op // word differences already worked out
	places    []*place               // twice the base: gap 0, block 0, gap 1, block 1 ...; nil where something changed
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
		ops: make(map[wordPair][]diff.Op), index: make(map[string]int), places: make([]*place, 2*len(base.Blocks)+1),
	}
	for _, p := range proposals {
		c.Put(p)
	}
	return c
}

// Put takes in a proposal, or a newer text of one that is there by its name. Only this one is aligned.
func (c *Compilation) Put(p Proposal) {
	done := c.compile(p)
	if k, known := c.index[p.Name]; known {
		c.forget(c.proposals[k])
		c.forget(done)
		c.proposals[k] = done
		return
	}
	c.index[p.Name] = len(c.proposals)
	c.proposals = append(c.proposals, done)
	clear(c.places)
}

// place is what the compilation and the map show at one clause or gap.
type place struct {
	clause CompiledClause
	row    MapRow
}

// forget drops what was worked out where a proposal speaks.
func (c *Compilation) forget(p *compiled) {
	for i := range p.touches {
		c.places[2*i+1] = nil
	}
	for gap := range p.fresh {
		c.places[2*gap] = nil
	}
}

// Remove takes a proposal out; it does nothing if none has the name.
func (c *Compilation) Remove(name string) {
	c.proposals = slices.DeleteFunc(c.proposals, func(p *compiled) bool { return p.view.Name == name })
	clear(c.index)
	for k, p := range c.proposals {
		c.index[p.view.Name] = k
	}
	clear(c.places)
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

// Clauses gives the compilation: each base clause in order, with its variants (none if nobody touched it), and
// between them the clauses that were inserted. Variants stand in the order of the proposals. What it gives is shared
// with later calls and must not be changed.
func (c *Compilation) Clauses() []CompiledClause {
	out := make([]CompiledClause, 0, len(c.base.Blocks))
	for k := range c.places {
		if p := c.at(k); !p.clause.Inserted || len(p.clause.Variants) > 0 {
			out = append(out, p.clause)
		}
	}
	return out
}

// at gives what stands at a place, worked out anew if something changed there.
func (c *Compilation) at(k int) *place {
	if c.places[k] == nil {
		p := &place{}
		if k%2 == 0 {
			p.clause = c.inserted(k / 2)
		} else {
			p.clause = c.clause(k / 2)
		}
		p.row = c.row(p.clause)
		c.places[k] = p
	}
	return c.places[k]
}

func (c *Compilation) clause(i int) CompiledClause {
	b := c.base.Blocks[i]
	clause := CompiledClause{Name: c.names[i], Base: i, Block: b}
	known := make(map[stance]int)
	for _, p := range c.proposals {
		w, touched := p.touches[i]
		if !touched {
			continue
		}
		id := stance{fold: w.fold, deleted: w.deleted, moved: w.moved}
		k, seen := known[id]
		if !seen {
			k = len(clause.Variants)
			known[id] = k
			clause.Variants = append(clause.Variants, CompiledVariant{
				Words: w.words, Deleted: w.deleted, Moved: w.moved, Ops: c.words(wordsIn(b), w.words),
			})
		}
		clause.Variants[k].Proposals = append(clause.Variants[k].Proposals, p.view.Name)
	}
	return clause
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

func (c *Compilation) inserted(gap int) CompiledClause {
	clause := CompiledClause{Base: gap - 1, Inserted: true}
	if gap > 0 {
		clause.Name = c.names[gap-1]
	}
	type wordsOfKind struct {
		kind resolution.Kind
		fold string
	}
	known := make(map[wordsOfKind]int)
	for _, p := range c.proposals {
		for _, j := range p.fresh[gap] {
			b := p.view.Text.Blocks[j]
			words := wordsIn(b)
			id := wordsOfKind{b.Kind, bare(diff.Fold(words), b.Kind)}
			k, seen := known[id]
			if !seen {
				k = len(clause.Variants)
				known[id] = k
				clause.Variants = append(clause.Variants, CompiledVariant{Words: words, Label: b.Label, Kind: b.Kind, Ops: c.words("", words)})
			}
			if names := clause.Variants[k].Proposals; len(names) == 0 || names[len(names)-1] != p.view.Name {
				clause.Variants[k].Proposals = append(names, p.view.Name)
			}
		}
	}
	return clause
}
