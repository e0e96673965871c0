package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Archive is a directory of resolutions: dir/public/<slug>.git and dir/desks/<circle>/<slug>.git. One process owns
// it: the first that opens it; see [Archive.Sole]. Branch locks come first, then git's own lock files; nothing is
// locked in the other order.
type Archive struct {
	dir       string
	stock     stock
	storages  int
	locks     lockTable
	pushTurns pushTurns
	sole      *os.File // locked while this is the only process that has the directory open; nil when it is not
	signer    *signer  // signs the tags of adopted texts; nil: nobody does

	warmth *warmth

	mu    sync.Mutex
	repos map[string]*Repository // guarded by mu; by directory

	making sync.Mutex // held while a desk is made, so that it is made once
}

// Options are the settings of an archive; the zero value will do.
type Options struct {
	Git      string // stock git's path; "git" when empty
	Storages int    // warm storages for each repository, 3 when 0
}

// Open opens the archive in dir, making it when it is not there. It checks that stock git is new enough, and clears
// away what a killed process left behind: lock files, half-received packs, half-made repositories. While another
// process has the directory open nothing is cleared away, as it may be that one's work in hand.
func Open(ctx context.Context, dir string, opts Options) (*Archive, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	a := &Archive{
		dir: dir, storages: opts.Storages, repos: map[string]*Repository{}, warmth: newWarmth(),
		stock: stock{home: dir},
	}
	if a.storages <= 0 {
		a.storages = 3
	}
	if opts.Git == "" {
		opts.Git = "git"
	}
	if err := a.stock.find(ctx, opts.Git); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	for _, sub := range []string{"public", "desks"} {
		if err := makeDirs(filepath.Join(dir, sub)); err != nil {
			return nil, fmt.Errorf("open archive: %w", err)
		}
	}
	if a.sole, err = holdSole(dir); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	if !a.Sole() {
		return a, nil
	}
	if err := a.clean(); err != nil {
		return nil, errors.Join(fmt.Errorf("open archive: clear away what an earlier run left: %w", err), a.sole.Close())
	}
	return a, nil
}

// Close lets go of the open files. No other method may be running or called afterwards.
func (a *Archive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	for _, r := range a.repos {
		errs = append(errs, r.reopen())
	}
	clear(a.repos)
	if a.sole != nil {
		errs = append(errs, a.sole.Close())
		a.sole = nil
	}
	return errors.Join(errs...)
}

// Path is the directory of a resolution's public repository, for stock git.
func (a *Archive) Path(slug Slug) string {
	return filepath.Join(a.dir, "public", string(slug)+".git")
}

// DeskPath is the directory of a circle's desk for a resolution, for stock git. The desk may not have been made
// yet; see [Archive.Desk].
func (a *Archive) DeskPath(slug Slug, circle Circle) string {
	return filepath.Join(a.dir, "desks", string(circle), string(slug)+".git")
}

// Resolutions lists the slugs of all resolutions, sorted.
func (a *Archive) Resolutions() ([]Slug, error) {
	return listRepositories(filepath.Join(a.dir, "public"))
}

// Desks lists the resolutions a circle has a desk for, sorted.
func (a *Archive) Desks(circle Circle) ([]Slug, error) {
	if !circle.Valid() {
		return nil, fmt.Errorf("circle %q: %w", circle, ErrName)
	}
	return listRepositories(filepath.Join(a.dir, "desks", string(circle)))
}

// Circles lists the circles that have a desk, sorted.
func (a *Archive) Circles() ([]Circle, error) {
	entries, err := os.ReadDir(filepath.Join(a.dir, "desks"))
	if err != nil {
		return nil, fmt.Errorf("list circles: %w", err)
	}
	var circles []Circle
	for _, e := range entries {
		if c := Circle(e.Name()); c.Valid() {
			circles = append(circles, c)
		}
	}
	return circles, nil
}

func listRepositories(dir string) ([]Slug, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list repositories: %w", err)
	}
	var slugs []Slug
	for _, e := range entries {
		if s, ok := strings.CutSuffix(e.Name(), ".git"); ok && Slug(s).Valid() {
			slugs = append(slugs, Slug(s))
		}
	}
	slices.Sort(slugs)
	return slugs, nil
}

// Public gives the public repository of a resolution; ErrNotFound when there is no such resolution.
func (a *Archive) Public(slug Slug) (*Repository, error) {
	if !slug.Valid() {
		return nil, fmt.Errorf("resolution %q: %w", slug, ErrNotFound)
	}
	dir := a.Path(slug)
	if r := a.opened(dir); r != nil {
		return r, nil
	}
	ok, err := exists(dir)
	if err != nil {
		return nil, fmt.Errorf("resolution %s: %w", slug, err)
	}
	if !ok {
		return nil, fmt.Errorf("resolution %s: %w", slug, ErrNotFound)
	}
	return a.keep(newRepository(slug, "", dir, nil, a.storages, a.warmth)), nil
}

// Desk gives the desk of a circle for a resolution, with the public refs as they are now. The desk is made on first
// use; ErrNotFound when there is no such resolution.
func (a *Archive) Desk(ctx context.Context, slug Slug, circle Circle) (*Repository, error) {
	public, err := a.Public(slug)
	if err != nil {
		return nil, err
	}
	if !circle.Valid() {
		return nil, fmt.Errorf("circle %q: %w", circle, ErrName)
	}
	dir := a.DeskPath(slug, circle)
	r := a.opened(dir)
	if r == nil {
		if err := a.makeDesk(public, dir); err != nil {
			return nil, fmt.Errorf("desk %s of %s: %w", circle, slug, err)
		}
		r = a.keep(newRepository(slug, circle, dir, public, a.storages, a.warmth))
	}
	if err := r.refreshPublic(ctx); err != nil {
		return nil, fmt.Errorf("desk %s of %s: %w", circle, slug, err)
	}
	return r, nil
}

func (a *Archive) makeDesk(public *Repository, dir string) error {
	a.making.Lock()
	defer a.making.Unlock()
	ok, err := exists(dir)
	if ok || err != nil {
		return err
	}
	return a.makeRepository(dir, func(tmp string) error {
		// Relative, so that an archive may be moved or restored elsewhere.
		borrowed, err := filepath.Rel(filepath.Join(dir, "objects"), filepath.Join(public.dir, "objects"))
		if err != nil {
			return err
		}
		return writeDurably(filepath.Join(tmp, "objects", "info", "alternates"), []byte(borrowed+"\n"))
	})
}

func (a *Archive) opened(dir string) *Repository {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.repos[dir]
}

// keep remembers an opened repository; if another caller was first, theirs is given.
func (a *Archive) keep(r *Repository) *Repository {
	a.mu.Lock()
	defer a.mu.Unlock()
	if first := a.repos[r.dir]; first != nil {
		return first
	}
	a.repos[r.dir] = r
	return r
}

// Create makes a resolution: its public repository with one commit on main that holds file, and, unless tag is
// empty, an annotated tag on it ("adopted/dubai-2012"). ErrExists when there is one of that name. A resolution is
// there whole or not at all.
func (a *Archive) Create(ctx context.Context, slug Slug, file []byte, tag string, sig Signature, subject string) (
	head Hash, err error,
) {
	if !slug.Valid() {
		return "", fmt.Errorf("create resolution %q: %w", slug, ErrName)
	}
	if err := checkText(TextFile, file); err != nil {
		return "", fmt.Errorf("create resolution %s: %w", slug, err)
	}
	err = a.Locked(ctx, slug, []string{Main}, func() error {
		if ok, err := exists(a.Path(slug)); ok || err != nil {
			return errors.Join(err, ErrExists)
		}
		return a.makeRepository(a.Path(slug), func(tmp string) error {
			r := newRepository(slug, "", tmp, nil, 1, newWarmth())
			commit := newCommit{files: map[string][]byte{TextFile: file}, sig: sig, subject: subject}
			if head, err = r.commit(ctx, commit); err != nil {
				return err
			}
			if err := r.refs.set("refs/heads/main", "", head); err != nil {
				return err
			}
			if tag != "" {
				err = r.tag(ctx, a.signer, tag, head, sig, subject)
			}
			return errors.Join(err, r.reopen())
		})
	})
	if err != nil {
		return "", fmt.Errorf("create resolution %s: %w", slug, err)
	}
	return head, nil
}

// lockTable holds a lock for each branch that is being written.
type lockTable struct {
	mu   sync.Mutex
	held map[string]*branchLock // guarded by mu
}

type branchLock struct {
	token   chan struct{} // full while the lock is held
	waiting int           // guarded by the table's mu: those that hold or wait
}

// Locked runs fn while it holds the locks of a resolution's refs, taken in sorted order, so that two callers never
// wait for each other. Saves, submissions and merges take the lock of the ref they move, so fn must not call them
// for the same refs. ctx ends the waiting, not fn.
func (a *Archive) Locked(ctx context.Context, slug Slug, refs []string, fn func() error) error {
	keys := make([]string, 0, len(refs))
	for _, ref := range refs {
		keys = append(keys, string(slug)+":"+shortRef(ref))
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		unlock, err := a.locks.lock(ctx, key)
		if err != nil {
			return fmt.Errorf("lock %s: %w", key, err)
		}
		defer unlock()
	}
	return fn()
}

func (t *lockTable) lock(ctx context.Context, key string) (unlock func(), err error) {
	t.mu.Lock()
	if t.held == nil {
		t.held = map[string]*branchLock{}
	}
	l := t.held[key]
	if l == nil {
		l = &branchLock{token: make(chan struct{}, 1)}
		t.held[key] = l
	}
	l.waiting++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if l.waiting--; l.waiting == 0 {
			delete(t.held, key)
		}
	}
	select {
	case l.token <- struct{}{}:
		return func() { <-l.token; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
