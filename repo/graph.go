package repo

import (
	"container/heap"
	"context"
	"fmt"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

// graph is the commit history of a resolution in memory: parents and dates, added to as commits are met. Commits
// never change, so what it holds is never wrong. The public repository and all desks of a resolution share one, so
// a commit has one node; whether a repository may answer for a commit is asked of its own objects (nodes).
//
// Each commit has a corrected date: its own, or one more than the latest of its parents where clocks disagree. A
// commit's corrected date is later than that of all its ancestors, so a walk from the latest to the earliest meets
// every commit before its parents, and may stop early.
type graph struct {
	mu    sync.Mutex
	nodes map[Hash]*node // guarded by mu; a node does not change once it is in
}

type node struct {
	hash    Hash
	parents []*node
	date    int64 // corrected, in seconds
}

func newGraph() *graph { return &graph{nodes: map[Hash]*node{}} }

func (g *graph) lookup(h Hash) *node {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.nodes[h]
}

// rawCommit is what the graph needs of a commit.
type rawCommit struct {
	parents []Hash
	date    int64
}

// load gives the node of a commit, reading what is not in memory yet through read, parents first.
func (g *graph) load(h Hash, read func(Hash) (rawCommit, error)) (*node, error) {
	raws := map[Hash]rawCommit{}
	for stack := []Hash{h}; len(stack) > 0; {
		top := stack[len(stack)-1]
		if g.lookup(top) != nil {
			stack = stack[:len(stack)-1]
			continue
		}
		raw, ok := raws[top]
		if !ok {
			var err error
			if raw, err = read(top); err != nil {
				return nil, err
			}
			raws[top] = raw
		}
		waiting := len(stack)
		for _, p := range raw.parents {
			if g.lookup(p) == nil {
				stack = append(stack, p)
			}
		}
		if len(stack) == waiting {
			g.add(top, raw)
			stack = stack[:len(stack)-1]
		}
	}
	return g.lookup(h), nil
}

// add puts in a commit whose parents are in.
func (g *graph) add(h Hash, raw rawCommit) {
	n := &node{hash: h, date: raw.date}
	for _, p := range raw.parents {
		parent := g.lookup(p)
		n.parents = append(n.parents, parent)
		n.date = max(n.date, parent.date+1)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.nodes[h] == nil {
		g.nodes[h] = n
	}
}

// latestFirst is a heap of nodes, the latest corrected date on top.
type latestFirst []*node

func (q latestFirst) Len() int { return len(q) }
func (q latestFirst) Less(i, j int) bool {
	if q[i].date != q[j].date {
		return q[i].date > q[j].date
	}
	return q[i].hash < q[j].hash
}
func (q latestFirst) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push is for container/heap.
func (q *latestFirst) Push(n any) { *q = append(*q, n.(*node)) }

// Pop is for container/heap.
func (q *latestFirst) Pop() any {
	last := len(*q) - 1
	n := (*q)[last]
	*q = (*q)[:last]
	return n
}

// walk gives the ancestors of start, itself included, latest first, until visit returns false.
func walk(start *node, visit func(*node) bool) {
	goBack(latestFirst{start}, map[*node]bool{start: true}, visit)
}

// goBack walks from several commits at once; seen are those in the queue.
func goBack(queue latestFirst, seen map[*node]bool, visit func(*node) bool) {
	heap.Init(&queue)
	for len(queue) > 0 {
		n := heap.Pop(&queue).(*node)
		if !visit(n) {
			return
		}
		for _, p := range n.parents {
			if !seen[p] {
				seen[p] = true
				heap.Push(&queue, p)
			}
		}
	}
}

// The sides of a walk from two commits.
const (
	fromA uint8 = 1 << iota
	fromB
	stale // an ancestor of a commit that both sides share
	both  = fromA | fromB
)

// paint walks from a and b, latest first, and gives each commit met to visit with the sides it is reachable from.
// It ends when all that is left is reachable from both, or stale.
func paint(a, b *node, visit func(n *node, sides uint8)) {
	sides := map[*node]uint8{a: fromA}
	sides[b] |= fromB
	queue := latestFirst{a}
	if a != b {
		queue = append(queue, b)
		heap.Init(&queue)
	}
	open := len(queue) // those in the queue that are not yet known to be stale
	if a == b {
		visit(a, both)
		return
	}
	for open > 0 {
		n := heap.Pop(&queue).(*node)
		side := sides[n]
		if side&stale == 0 {
			open--
		}
		visit(n, side)
		if side&both == both {
			side |= stale
		}
		for _, p := range n.parents {
			before, met := sides[p]
			after := before | side
			sides[p] = after
			if !met {
				heap.Push(&queue, p)
			}
			switch {
			case !met && after&stale == 0:
				open++
			case met && before&stale == 0 && after&stale != 0:
				open--
			}
		}
	}
}

// MergeBase gives the best common ancestor of two commits; empty when they share no history. Where there are
// several, the latest.
func (r *Repository) MergeBase(ctx context.Context, a, b Hash) (Hash, error) {
	na, nb, err := r.nodes(ctx, a, b)
	if err != nil {
		return "", err
	}
	base := Hash("")
	paint(na, nb, func(n *node, sides uint8) {
		if base == "" && sides == both {
			base = n.hash
		}
	})
	return base, nil
}

// AheadBehind counts the commits of tip that base has not, and those of base that tip has not.
func (r *Repository) AheadBehind(ctx context.Context, base, tip Hash) (ahead, behind int, err error) {
	nb, nt, err := r.nodes(ctx, base, tip)
	if err != nil {
		return 0, 0, err
	}
	paint(nb, nt, func(_ *node, sides uint8) {
		switch sides & both {
		case fromA:
			behind++
		case fromB:
			ahead++
		}
	})
	return ahead, behind, nil
}

// Between lists the commits of tip that base has not, latest first.
func (r *Repository) Between(ctx context.Context, base, tip Hash) ([]Hash, error) {
	nb, nt, err := r.nodes(ctx, base, tip)
	if err != nil {
		return nil, err
	}
	var only []Hash
	paint(nb, nt, func(n *node, sides uint8) {
		if sides&both == fromB {
			only = append(only, n.hash)
		}
	})
	return only, nil
}

// Dates gives the times of commits that lead to tip, in seconds since 1970: of each its own, or one second more than
// that of its latest parent where clocks disagree, so that no commit is older than what it was made from.
func (r *Repository) Dates(ctx context.Context, tip Hash, of []Hash) ([]int64, error) {
	if _, _, err := r.nodes(ctx, tip, tip); err != nil {
		return nil, err
	}
	dates := make([]int64, len(of))
	for i, h := range of {
		n := r.graph.lookup(h)
		if n == nil {
			return nil, fmt.Errorf("%s: commit %q: %w", r, h, ErrNotFound)
		}
		dates[i] = n.date
	}
	return dates, nil
}

// IsAncestor reports whether old is tip or one of its ancestors.
func (r *Repository) IsAncestor(ctx context.Context, old, tip Hash) (bool, error) {
	no, nt, err := r.nodes(ctx, old, tip)
	if err != nil {
		return false, err
	}
	return leadsTo(nt, no), nil
}

// LeadTo reports whether old is one of the tips or an ancestor of one.
func (r *Repository) LeadTo(ctx context.Context, tips []Hash, old Hash) (bool, error) {
	queue, seen := latestFirst{}, map[*node]bool{}
	var to *node
	for _, tip := range tips {
		no, nt, err := r.nodes(ctx, old, tip)
		if err != nil {
			return false, err
		}
		if to = no; !seen[nt] {
			seen[nt] = true
			queue = append(queue, nt)
		}
	}
	found := false
	goBack(queue, seen, func(n *node) bool {
		found = n == to
		return !found && n.date >= to.date
	})
	return found, nil
}

// leadsTo reports whether old is tip or one of its ancestors.
func leadsTo(tip, old *node) bool {
	found := false
	walk(tip, func(n *node) bool {
		found = n == old
		return !found && n.date >= old.date
	})
	return found
}

// nodes gives two commits of this repository. A commit that only another desk holds is not found, whatever the
// graph may know.
func (r *Repository) nodes(ctx context.Context, a, b Hash) (na, nb *node, err error) {
	err = r.with(ctx, func(o *objects) error {
		for _, h := range []Hash{a, b} {
			if !h.Valid() || o.HasEncodedObject(plumbing.NewHash(string(h))) != nil {
				return fmt.Errorf("commit %q: %w", h, ErrNotFound)
			}
		}
		if na, err = r.node(o, a); err != nil {
			return err
		}
		nb, err = r.node(o, b)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", r, err)
	}
	return na, nb, nil
}

func (r *Repository) node(o *objects, h Hash) (*node, error) {
	return r.graph.load(h, func(h Hash) (rawCommit, error) {
		c, err := getCommit(o, h)
		if err != nil {
			return rawCommit{}, err
		}
		raw := rawCommit{date: c.Committer.When.Unix()}
		for _, p := range c.ParentHashes {
			raw.parents = append(raw.parents, Hash(p.String()))
		}
		return raw, nil
	})
}
