package merge

import (
	"cmp"
	"slices"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

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
	With  []string // the proposals that make the same change, itself among them; or those it clashes with
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

// Map gives the conflict map: a row for each clause that anybody touches, before anyone merges. What it gives is
// shared with later calls and must not be changed.
func (c *Compilation) Map() ConflictMap {
	var m ConflictMap
	for _, p := range c.proposals {
		m.Proposals = append(m.Proposals, p.view.Name)
	}
	for k := range c.places {
		if p := c.at(k); len(p.clause.Variants) > 0 {
			m.Clauses = append(m.Clauses, p.row)
		}
	}
	return m
}

// row works out one row of the map.
func (c *Compilation) row(clause CompiledClause) MapRow {
	row := MapRow{Name: clause.Name, Base: clause.Base, Inserted: clause.Inserted}
	if len(clause.Variants) == 0 {
		return row
	}
	row.Cells = make([]Cell, len(c.proposals))
	rivals := make([][]string, len(clause.Variants))
	for _, r := range clashes(clause) {
		rivals[r.x] = append(rivals[r.x], clause.Variants[r.y].Proposals...)
		rivals[r.y] = append(rivals[r.y], clause.Variants[r.x].Proposals...)
	}
	for x, v := range clause.Variants {
		for _, name := range v.Proposals {
			cell := &row.Cells[c.index[name]]
			switch {
			case len(rivals[x]) > 0:
				*cell = Cell{Clashes, rivals[x]}
			case cell.State == Clashes: // one of its insertions here clashes
			case len(v.Proposals) > 1:
				*cell = Cell{SameAs, v.Proposals}
			case cell.State == Free:
				*cell = Cell{State: Touches}
			}
		}
	}
	return row
}

// relation says that two variants of a clause clash.
type relation struct{ x, y int }

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
		return alike(clause.Variants)
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

// alike gives the inserted variants that are nearly the same; none where there are too many to compare each with each.
func alike(variants []CompiledVariant) []relation {
	if len(variants)*(len(variants)-1)/2 > guestBudget {
		return nil
	}
	bags := diff.NewBags()
	all := make([]*diff.Bag, len(variants))
	for k, v := range variants {
		all[k] = bags.Bag(resolution.Block{Words: v.Words})
	}
	var found []relation
	for x := range all {
		for y := x + 1; y < len(all); y++ {
			if bags.Likeness(all[x], all[y]) >= nearlySame {
				found = append(found, relation{x, y})
			}
		}
	}
	return found
}

func tokensOf(words string) []token {
	var s sequence
	s.words(words)
	return s.tokens
}
