package drafting

import (
	lru "container/list"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	"plenary/repo"
	"plenary/repo/diff"
)

// WordStore keeps where the words of texts come from, from one run of the server to the next. It is no second truth:
// everything in it is made of the repositories, and may be lost.
type WordStore interface {
	// Recorded tells what is kept of a resolution: of each commit, on how many records its own stands.
	Recorded(ctx context.Context, slug repo.Slug) (map[repo.Hash]int, error)
	// Records gives the record of a commit and those it stands on, its own first; none where it is not kept.
	Records(ctx context.Context, slug repo.Slug, h repo.Hash) ([]WordRecord, error)
	// Record keeps records, in place of what was kept of their commits: all of them or none.
	Record(ctx context.Context, slug repo.Slug, records []WordRecord) error
}

// WordRecord is what is kept of one commit's text.
type WordRecord struct {
	Commit repo.Hash
	On     repo.Hash // the commit whose record this one stands on; empty: it stands alone
	Depth  int       // on how many records it stands
	Bytes  []byte
}

const (
	// mostAnnotated is how many texts are kept in memory with the origin of every word; past it the one longest unused
	// goes. Texts share the clauses that stayed, so one costs some tens of kilobytes.
	mostAnnotated = 300
	// deepest is on how many records one may stand, so that reading one stays fast.
	deepest = 48
	// recordsAtATime is how many records are written in one transaction.
	recordsAtATime = 500
)

// wordIndex keeps where the words of texts come from, by commit. A commit's text and parents never change, so nothing
// in it goes stale; a new commit costs one comparison with each of its parents.
type wordIndex struct {
	store WordStore // nil: nothing outlasts the run

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
	recorded map[repo.Hash]int            // guarded by mu; nil until read: what the store keeps, on how many records
	written  map[string]map[repo.Hash]int // guarded by mu; see originTeller.begin
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
		o = &wordOrigins{turn: make(chan struct{}, 1), numbers: map[repo.Hash]int{}, written: map[string]map[repo.Hash]int{}}
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

// depth tells on how many records that of a commit stands; false where none is kept.
func (o *wordOrigins) depth(h repo.Hash) (int, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, ok := o.recorded[h]
	return n, ok
}

// wordKeeper keeps the annotated texts of one repository in the index; it is a [repo.Annotations].
type wordKeeper struct {
	index   *wordIndex
	origins *wordOrigins
	slug    repo.Slug
	in      *repo.Repository
	pending []WordRecord // not in the store yet
	kept    func(n int)  // told how many texts are done
	done    int
}

// keeper opens the index for one repository.
func (x *wordIndex) keeper(ctx context.Context, in *repo.Repository) (*wordKeeper, error) {
	k := &wordKeeper{index: x, origins: x.origins(in.Slug()), slug: in.Slug(), in: in, kept: func(int) {}}
	if x.store == nil {
		return k, nil
	}
	k.origins.mu.Lock()
	read := k.origins.recorded != nil
	k.origins.mu.Unlock()
	if read {
		return k, nil
	}
	recorded, err := x.store.Recorded(ctx, k.slug)
	if err != nil {
		return nil, err
	}
	k.origins.mu.Lock()
	defer k.origins.mu.Unlock()
	if k.origins.recorded == nil {
		k.origins.recorded = recorded
	}
	return k, nil
}

// has tells whether a commit's text is in the index.
func (k *wordKeeper) has(h repo.Hash) bool {
	if _, recorded := k.origins.depth(h); recorded {
		return true
	}
	_, kept := k.index.get(h)
	return kept
}

// Number gives the number of a commit.
func (k *wordKeeper) Number(h repo.Hash) int { return k.origins.number(h) }

// Known gives a commit's annotated text from memory or from the store. Where a record is damaged, does not fit the
// text or is gone, all that is recorded of the resolution is forgotten: its texts are annotated anew.
func (k *wordKeeper) Known(ctx context.Context, h repo.Hash) (diff.Annotated, bool, error) {
	if text, ok := k.index.get(h); ok {
		return text, true, nil
	}
	if _, recorded := k.origins.depth(h); !recorded {
		return diff.Annotated{}, false, nil
	}
	if err := k.flush(ctx); err != nil { // what it stands on may be among what waits
		return diff.Annotated{}, false, err
	}
	records, err := k.index.store.Records(ctx, k.slug, h)
	if err != nil {
		return diff.Annotated{}, false, err
	}
	text := diff.Annotated{}
	for n := len(records) - 1; n >= 0 && err == nil; n-- {
		text.Runs, err = decodeWords(records[n].Commit, records[n].Bytes, text.Runs, k.origins.number)
	}
	if err == nil {
		if text.Text, err = k.in.Text(ctx, h); err != nil {
			return diff.Annotated{}, false, err
		}
	}
	if errors.Is(err, errWordRecord) || len(records) == 0 || !covers(text) {
		k.origins.mu.Lock()
		clear(k.origins.recorded)
		k.origins.mu.Unlock()
		return diff.Annotated{}, false, nil
	}
	k.index.put(h, text)
	return text, true, err
}

// Keep takes in a commit's annotated text.
func (k *wordKeeper) Keep(ctx context.Context, h, of repo.Hash, before, text diff.Annotated) error {
	k.index.put(h, text)
	k.done++
	k.kept(k.done)
	if k.index.store == nil {
		return nil
	}
	record := WordRecord{Commit: h}
	if depth, recorded := k.origins.depth(of); recorded && depth < deepest {
		record.On, record.Depth = of, depth+1
	} else {
		before = diff.Annotated{}
	}
	var err error
	if record.Bytes, err = encodeWords(h, text.Runs, before.Runs, k.origins.hash); err != nil {
		return err
	}
	k.pending = append(k.pending, record)
	k.origins.mu.Lock()
	k.origins.recorded[h] = record.Depth
	k.origins.mu.Unlock()
	if len(k.pending) >= recordsAtATime {
		return k.flush(ctx)
	}
	return nil
}

// flush writes what waits. What could not be written is not in the index.
func (k *wordKeeper) flush(ctx context.Context) error {
	if len(k.pending) == 0 {
		return nil
	}
	records := k.pending
	k.pending = nil
	err := k.index.store.Record(ctx, k.slug, records)
	if err != nil {
		k.origins.mu.Lock()
		defer k.origins.mu.Unlock()
		for _, r := range records {
			delete(k.origins.recorded, r.Commit)
		}
	}
	return err
}

// annotate brings the index up to a commit of a repository. What is not kept of its history is read from git; what was
// read stays kept when ctx ends before the whole is done.
func (s *Service) annotate(ctx context.Context, in *repo.Repository, tip repo.Hash, report func(done, total int)) error {
	k, err := s.words.keeper(ctx, in)
	if err != nil {
		return err
	}
	select {
	case k.origins.turn <- struct{}{}:
		defer func() { <-k.origins.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for range buildings {
		order, err := in.Unannotated(ctx, tip, k.has)
		if err != nil {
			return err
		}
		k.done, k.kept = 0, func(n int) { report(n, len(order)) }
		report(0, len(order))
		err = s.archive.Annotate(ctx, in, order, k)
		err = errors.Join(err, k.flush(context.WithoutCancel(ctx)))
		if !errors.Is(err, repo.ErrUnannotated) {
			return err
		}
	}
	return fmt.Errorf("origins of the words of %s: %w", in, errWordRecord)
}

// buildings bounds how often it is begun anew because what was recorded turned out to be damaged.
const buildings = 3

// annotated gives the origin of every word of a text that is in the index; false where it is not.
func (s *Service) annotated(ctx context.Context, v located) (diff.Annotated, bool, error) {
	k, err := s.words.keeper(ctx, v.in)
	if err != nil {
		return diff.Annotated{}, false, err
	}
	return k.Known(ctx, v.Commit)
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
