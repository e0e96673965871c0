package drafting

import (
	lru "container/list"
	"context"
	"fmt"
	"maps"
	"sync"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// mostAnnotated is how many texts are kept with the origin of every word; past it the one longest unused goes. Texts
// share the clauses that stayed, so one costs some tens of kilobytes. Whatever is lost is made again from git.
const mostAnnotated = 1500

// wordIndex keeps where the words of texts come from, by commit. A commit's text and parents never change, so nothing
// in it goes stale; a new commit costs one comparison with each of its parents.
type wordIndex struct {
	mu    sync.Mutex
	kept  map[repo.Hash]*lru.Element // guarded by mu; of *annotatedCommit
	order *lru.List                  // guarded by mu; the last used first
	of    map[repo.Slug]*wordOrigins // guarded by mu
}

type annotatedCommit struct {
	hash repo.Hash
	text diff.Annotated
}

// wordOrigins numbers the commits of one resolution as the word index names them.
type wordOrigins struct {
	turn chan struct{} // holds one token: one caller at a time annotates

	mu       sync.Mutex
	numbers  map[repo.Hash]int            // guarded by mu
	hashes   []repo.Hash                  // guarded by mu; only ever added to
	brought  map[repo.Hash]repo.DraftName // guarded by mu; the proposal a commit was written in
	mainLine map[repo.Hash]bool           // guarded by mu; replaced, never changed
	mainTip  repo.Hash                    // guarded by mu; the last of mainLine
}

// origins gives what is kept of one resolution.
func (x *wordIndex) origins(slug repo.Slug) *wordOrigins {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.of == nil {
		x.of = map[repo.Slug]*wordOrigins{}
	}
	o := x.of[slug]
	if o == nil {
		o = &wordOrigins{
			turn: make(chan struct{}, 1), numbers: map[repo.Hash]int{}, brought: map[repo.Hash]repo.DraftName{},
		}
		x.of[slug] = o
	}
	return o
}

func (x *wordIndex) get(h repo.Hash) (diff.Annotated, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e, ok := x.kept[h]
	if !ok {
		return diff.Annotated{}, false
	}
	x.order.MoveToFront(e)
	return e.Value.(*annotatedCommit).text, true
}

func (x *wordIndex) put(h repo.Hash, text diff.Annotated) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.kept == nil {
		x.kept, x.order = map[repo.Hash]*lru.Element{}, lru.New()
	}
	if _, ok := x.kept[h]; ok {
		return
	}
	x.kept[h] = x.order.PushFront(&annotatedCommit{h, text})
	if x.order.Len() > mostAnnotated {
		oldest := x.order.Back()
		delete(x.kept, oldest.Value.(*annotatedCommit).hash)
		x.order.Remove(oldest)
	}
}

// number gives the number of a commit, a new one if it has none.
func (o *wordOrigins) number(h repo.Hash) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, ok := o.numbers[h]
	if !ok {
		n = len(o.hashes)
		o.numbers[h] = n
		o.hashes = append(o.hashes, h)
	}
	return n
}

func (o *wordOrigins) hash(n int) repo.Hash {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.hashes[n]
}

// annotated gives a version's text with the origin of every word. What is not kept of its history is read from git,
// oldest first; what was read stays kept when ctx ends before the whole is done.
func (r *reader) annotated(ctx context.Context, v located) (diff.Annotated, error) {
	if text, ok := r.words.get(v.Commit); ok {
		return text, nil
	}
	origins := r.words.origins(r.about.Slug)
	select {
	case origins.turn <- struct{}{}:
		defer func() { <-origins.turn }()
	case <-ctx.Done():
		return diff.Annotated{}, ctx.Err()
	}
	a := annotator{index: &r.words, origins: origins, in: v.in, parents: map[repo.Hash][]repo.Hash{}, wanted: map[repo.Hash]int{}, made: map[repo.Hash]diff.Annotated{}}
	text, err := a.annotate(ctx, v.Commit)
	if err != nil {
		return diff.Annotated{}, fmt.Errorf("origins of the words of %s: %w", v.Key, missing(err))
	}
	return text, nil
}

// annotator annotates the part of a history that the index does not hold.
type annotator struct {
	index   *wordIndex
	origins *wordOrigins
	in      *repo.Repository
	parents map[repo.Hash][]repo.Hash
	wanted  map[repo.Hash]int // how many children still need the text
	made    map[repo.Hash]diff.Annotated
}

func (a *annotator) annotate(ctx context.Context, tip repo.Hash) (diff.Annotated, error) {
	order, err := a.plan(ctx, tip)
	if err != nil {
		return diff.Annotated{}, err
	}
	for _, h := range order {
		if err := a.step(ctx, h); err != nil {
			return diff.Annotated{}, err
		}
	}
	return a.made[tip], nil
}

// plan lists the commits to annotate, parents before children.
func (a *annotator) plan(ctx context.Context, tip repo.Hash) ([]repo.Hash, error) {
	var order []repo.Hash
	planned := map[repo.Hash]bool{}
	for stack := []repo.Hash{tip}; len(stack) > 0; {
		h := stack[len(stack)-1]
		if _, read := a.parents[h]; read || planned[h] {
			stack = stack[:len(stack)-1]
			if !planned[h] {
				planned[h] = true
				order = append(order, h)
			}
			continue
		}
		if text, ok := a.index.get(h); ok {
			a.made[h], planned[h] = text, true
			continue
		}
		c, err := a.in.Commit(ctx, h)
		if err != nil {
			return nil, err
		}
		a.parents[h] = c.Parents
		for _, p := range c.Parents {
			a.wanted[p]++
			if _, read := a.parents[p]; !read && !planned[p] {
				stack = append(stack, p)
			}
		}
	}
	return order, nil
}

// step annotates one commit whose parents are done, and lets go of parents that nobody needs any more.
func (a *annotator) step(ctx context.Context, h repo.Hash) error {
	text, err := a.in.Text(ctx, h)
	if err != nil {
		return err
	}
	parents := make([]diff.Annotated, len(a.parents[h]))
	for i, p := range a.parents[h] {
		parents[i] = a.made[p]
	}
	if len(parents) > 0 {
		share(text, parents[0].Text)
	}
	made := diff.Annotate(text, a.origins.number(h), parents...)
	a.made[h] = made
	a.index.put(h, made)
	for _, p := range a.parents[h] {
		if a.wanted[p]--; a.wanted[p] == 0 {
			delete(a.made, p)
		}
	}
	return nil
}

// share lets a text hold the words of another where they are the same, so that neither keeps a file of its own.
func share(text, other resolution.Text) {
	for i := range min(len(text.Blocks), len(other.Blocks)) {
		if b := &text.Blocks[i]; b.Words == other.Blocks[i].Words {
			b.Words = other.Blocks[i].Words
		}
	}
}

// mainLine gives the commits that were main one after the other. The server alone writes them, so their trailers are
// true; those of a pushed commit may say anything. What it gives must not be changed.
func (r *reader) mainLine(ctx context.Context) (map[repo.Hash]bool, error) {
	tip, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return nil, fmt.Errorf("text of %s: %w", r.about.Slug, missing(err))
	}
	o := r.words.origins(r.about.Slug)
	o.mu.Lock()
	known, at := o.mainLine, o.mainTip
	o.mu.Unlock()
	if at == tip {
		return known, nil
	}
	line := maps.Clone(known)
	if line == nil {
		line = map[repo.Hash]bool{}
	}
	for h := tip; h != "" && !line[h]; {
		line[h] = true
		c, err := r.public.Commit(ctx, h)
		if err != nil {
			return nil, fmt.Errorf("history of %s: %w", r.about.Slug, missing(err))
		}
		h = ""
		if len(c.Parents) > 0 {
			h = c.Parents[0]
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mainLine, o.mainTip = line, tip
	return line, nil
}
