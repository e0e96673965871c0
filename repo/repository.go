package repo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"plenary/repo/resolution"
)

// Repository reads one repository of a resolution: the public one, or a desk. It writes nothing; writing goes
// through the [Archive]. Every method may be called from several goroutines.
type Repository struct {
	slug   Slug
	circle Circle // empty for the public repository
	dir    string
	refs   *refStore
	public *Repository // what a desk borrows from; nil for the public repository
	graph  *graph
	moves  atomic.Int64 // counts moved refs, so that desks know when to look

	refreshing sync.Mutex // held while a desk's public refs are brought up to date
	seen       int64      // guarded by refreshing: the public repository's moves at the last refresh; -1 for never

	pool   pool
	warmth *warmth // shared by all repositories of an archive

	mu     sync.Mutex
	peeled map[Hash]Hash   // guarded by mu: annotated tag to commit
	read   map[Hash]Commit // guarded by mu: commits that were read
}

// pool keeps a few warm storages, one goroutine each.
type pool struct {
	slots chan struct{} // a token for each storage that may be in use
	disks []disk

	mu    sync.Mutex
	idle  []*objects // guarded by mu
	epoch int        // guarded by mu; a storage of an older epoch is closed when it comes back
}

func newRepository(slug Slug, circle Circle, dir string, public *Repository, storages int, warm *warmth) *Repository {
	r := &Repository{
		slug: slug, circle: circle, dir: dir, public: public, seen: -1,
		refs: &refStore{dir: dir}, peeled: map[Hash]Hash{},
	}
	r.pool.slots = make(chan struct{}, storages)
	r.warmth = warm
	r.pool.disks = []disk{{root: dir}}
	if public == nil {
		r.graph = newGraph()
		return r
	}
	r.pool.disks = append(r.pool.disks, disk{root: public.dir})
	r.graph = public.graph
	return r
}

// with lends a storage to fn.
func (r *Repository) with(ctx context.Context, fn func(o *objects) error) error {
	select {
	case r.pool.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-r.pool.slots }()
	if cold := r.warmth.use(r); cold != nil {
		if err := cold.reopen(); err != nil {
			return fmt.Errorf("close %s: %w", cold, err)
		}
	}
	r.pool.mu.Lock()
	epoch := r.pool.epoch
	var o *objects
	if n := len(r.pool.idle); n > 0 {
		o, r.pool.idle = r.pool.idle[n-1], r.pool.idle[:n-1]
	}
	r.pool.mu.Unlock()
	if o == nil {
		o = openObjects(r.pool.disks...)
	}
	err := fn(o)
	r.pool.mu.Lock()
	keep := epoch == r.pool.epoch
	if keep {
		r.pool.idle = append(r.pool.idle, o)
	}
	r.pool.mu.Unlock()
	if !keep {
		err = errors.Join(err, o.close())
	}
	return err
}

// reopen lets go of the warm storages; those in use go when they come back.
func (r *Repository) reopen() error {
	r.pool.mu.Lock()
	idle := r.pool.idle
	r.pool.idle = nil
	r.pool.epoch++
	r.pool.mu.Unlock()
	var errs []error
	for _, o := range idle {
		errs = append(errs, o.close())
	}
	return errors.Join(errs...)
}

// Slug is the resolution the repository belongs to.
func (r *Repository) Slug() Slug { return r.slug }

// Circle is the circle whose desk this is; empty for the public repository.
func (r *Repository) Circle() Circle { return r.circle }

// Tip gives the commit a ref leads to, for a short or full ref of the layout: "main", "drafts/usa/48a5-1",
// "adopted/dubai-2012". ErrNotFound when there is none.
func (r *Repository) Tip(ctx context.Context, ref string) (Hash, error) {
	full, err := FullRef(ref)
	if err != nil {
		return "", err
	}
	h, err := r.refs.read(full)
	if err != nil {
		return "", fmt.Errorf("%s: %w", r, err)
	}
	return r.peel(ctx, full, h)
}

// Refs lists the branches and tags whose short names begin with prefix, sorted by name: "proposals/",
// "drafts/usa/", "" for all.
func (r *Repository) Refs(ctx context.Context, prefix string) ([]Ref, error) {
	below := prefix[:strings.LastIndexByte(prefix, '/')+1]
	all, err := r.refs.all(below)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r, err)
	}
	var refs []Ref
	for full, p := range all {
		name := shortRef(full)
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		if p.peeled == "" {
			if p.peeled, err = r.peel(ctx, full, p.hash); err != nil {
				return nil, err
			}
		}
		refs = append(refs, Ref{Name: name, Hash: p.peeled})
	}
	slices.SortFunc(refs, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	return refs, nil
}

// peel gives the commit behind a ref's value: itself for a branch, the tagged commit for an annotated tag.
func (r *Repository) peel(ctx context.Context, full string, h Hash) (Hash, error) {
	if !strings.HasPrefix(full, "refs/tags/") {
		return h, nil
	}
	r.mu.Lock()
	commit, ok := r.peeled[h]
	r.mu.Unlock()
	if ok {
		return commit, nil
	}
	err := r.with(ctx, func(o *objects) error {
		tag, err := object.GetTag(o, plumbing.NewHash(string(h)))
		if errors.Is(err, plumbing.ErrObjectNotFound) { // a tag without a message is the commit itself
			commit = h
			return o.HasEncodedObject(plumbing.NewHash(string(h)))
		}
		if err == nil {
			commit = Hash(tag.Target.String())
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("%s: tag %s: %w", r, full, err)
	}
	r.mu.Lock()
	r.peeled[h] = commit
	r.mu.Unlock()
	return commit, nil
}

// Has reports whether the repository holds the commit.
func (r *Repository) Has(ctx context.Context, rev Hash) (bool, error) {
	if !rev.Valid() {
		return false, nil
	}
	found := false
	err := r.with(ctx, func(o *objects) error {
		_, err := o.EncodedObject(plumbing.CommitObject, plumbing.NewHash(string(rev)))
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			return nil
		}
		found = err == nil
		return err
	})
	return found, err
}

// File gives the bytes of a file at a commit; ErrNotFound when there is no such commit or file.
func (r *Repository) File(ctx context.Context, rev Hash, path string) ([]byte, error) {
	var b []byte
	err := r.with(ctx, func(o *objects) error {
		var err error
		b, err = fileAt(o, rev, path)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: file %s at %s: %w", r, path, rev, err)
	}
	return b, nil
}

// fileAt reads a file of a commit; ErrNotFound when there is no such commit or file.
func fileAt(o *objects, rev Hash, path string) ([]byte, error) {
	c, err := getCommit(o, rev)
	if err != nil {
		return nil, err
	}
	tree, err := object.GetTree(o, c.TreeHash)
	if err != nil {
		return nil, fmt.Errorf("tree: %w", err)
	}
	e, err := tree.FindEntry(path)
	if errors.Is(err, object.ErrEntryNotFound) || errors.Is(err, object.ErrDirectoryNotFound) ||
		err == nil && e.Mode != filemode.Regular {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return getBlob(o, e.Hash)
}

// Text gives the resolution's text at a commit, in the assembly's working language. It is shared with others who ask
// for it, and must not be changed.
func (r *Repository) Text(ctx context.Context, rev Hash) (resolution.Text, error) {
	if t, ok := r.warmth.texts.get(textPlace{r, rev}); ok {
		return t, nil
	}
	b, err := r.File(ctx, rev, TextFile)
	if err != nil {
		return resolution.Text{}, err
	}
	t, _, err := resolution.Parse(b)
	if err != nil {
		return resolution.Text{}, fmt.Errorf("%s: text at %s: %w", r, rev, err)
	}
	r.warmth.texts.put(textPlace{r, rev}, t, len(b))
	return t, nil
}

// String names the repository in errors: "wtsa-7", "wtsa-7 (desk usa)".
func (r *Repository) String() string {
	if r.circle == "" {
		return string(r.slug)
	}
	return fmt.Sprintf("%s (desk %s)", r.slug, r.circle)
}

func getCommit(o *objects, rev Hash) (*object.Commit, error) {
	if !rev.Valid() {
		return nil, fmt.Errorf("commit %q: %w", rev, ErrNotFound)
	}
	c, err := object.GetCommit(o, plumbing.NewHash(string(rev)))
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return nil, fmt.Errorf("commit %s: %w", rev, ErrNotFound)
	}
	return c, err
}

func getBlob(o *objects, h plumbing.Hash) (b []byte, err error) {
	obj, err := o.EncodedObject(plumbing.BlobObject, h)
	if err != nil {
		return nil, fmt.Errorf("blob %s: %w", h, err)
	}
	rd, err := obj.Reader()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rd.Close()) }()
	return io.ReadAll(rd)
}

// exists reports whether a repository is at dir.
func exists(dir string) (bool, error) {
	_, err := filepath.EvalSymlinks(filepath.Join(dir, "HEAD"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
