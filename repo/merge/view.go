package merge

import (
	"slices"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// view is one proposal as seen from the base: which of its blocks is which base block.
type view struct {
	Proposal
	home       [][]int      // base block -> blocks of the proposal, ascending; nil if deleted
	owner      []int        // block of the proposal -> base block, the first of several; -1 if inserted
	moved      []bool       // by base block
	joins      [][2]int     // base blocks, first and last, that the proposal joined
	lists      outline      // the lists of the proposal
	parents    []int        // by block of the proposal: the item or opener it stands under
	refused    map[int]bool // base blocks whose change is not taken
	refusedNew map[int]bool // blocks of the proposal that are not taken
	changed    bool         // differs from the base in anything
}

func alignAll(base resolution.Text, proposals []Proposal) []*view {
	views := make([]*view, len(proposals))
	for k, p := range proposals {
		views[k] = align(base, p)
	}
	return views
}

func align(base resolution.Text, p Proposal) *view {
	v := &view{
		Proposal: p,
		home:     make([][]int, len(base.Blocks)),
		owner:    make([]int, len(p.Text.Blocks)),
		moved:    make([]bool, len(base.Blocks)),
		lists:    outlineOf(p.Text),
		parents:  parentsOf(p.Text),
		changed:  !same(base, p.Text),
	}
	for j := range v.owner {
		v.owner[j] = -1
	}
	for _, pair := range diff.Align(base, p.Text) {
		if len(pair.Base) == 0 || len(pair.Revised) == 0 {
			continue
		}
		for _, i := range pair.Base {
			v.home[i] = pair.Revised
			v.moved[i] = pair.Moved && len(pair.Base) == 1
		}
		for _, j := range pair.Revised {
			v.owner[j] = pair.Base[0]
		}
		if len(pair.Base) > 1 {
			v.joins = append(v.joins, [2]int{pair.Base[0], pair.Base[len(pair.Base)-1]})
		}
	}
	return v
}

// group is a run of base blocks that is merged as one because some proposal joined them.
type group struct{ first, last int }

// groups cuts the base into runs: each block alone, but for those that any proposal joined and the runs given.
func groups(n int, views []*view, runs [][2]int) []group {
	reach := make([]int, n)
	for i := range reach {
		reach[i] = i
	}
	for _, v := range views {
		for _, join := range v.joins {
			reach[join[0]] = max(reach[join[0]], join[1])
		}
	}
	for _, run := range runs {
		reach[run[0]] = max(reach[run[0]], run[1])
	}
	var out []group
	for i := 0; i < n; {
		g := group{i, reach[i]}
		for k := i; k <= g.last; k++ {
			g.last = max(g.last, reach[k])
		}
		out = append(out, g)
		i = g.last + 1
	}
	return out
}

// blocks gives the blocks of the proposal that stand for a group, with what it inserted among them.
func (v *view) blocks(g group) []int {
	var out []int
	for i := g.first; i <= g.last; i++ {
		out = append(out, v.home[i]...)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) < 2 || g.first == g.last && len(v.home[g.first]) == 1 {
		return out
	}
	filled := make([]int, 0, len(out))
	for j := out[0]; j <= out[len(out)-1]; j++ {
		if v.owner[j] >= 0 && (v.owner[j] < g.first || v.owner[j] > g.last) {
			return out
		}
		filled = append(filled, j)
	}
	return filled
}

// same tells whether two texts are equal letter for letter.
func same(x, y resolution.Text) bool {
	return slices.EqualFunc(x.Blocks, y.Blocks, func(a, b resolution.Block) bool {
		return a.Kind == b.Kind && a.Level == b.Level && a.Label == b.Label && a.Sign == b.Sign && a.Words == b.Words &&
			slices.EqualFunc(a.Rows, b.Rows, slices.Equal)
	})
}
