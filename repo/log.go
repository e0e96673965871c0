package repo

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
)

// mostCommits is how many commits a repository remembers; past it, it begins anew.
const mostCommits = 2000

// Commit reads one commit; ErrNotFound when the repository does not hold it. Its lists must not be changed.
func (r *Repository) Commit(ctx context.Context, rev Hash) (Commit, error) {
	r.mu.Lock()
	out, ok := r.read[rev]
	r.mu.Unlock()
	if ok {
		return out, nil
	}
	err := r.with(ctx, func(o *objects) error {
		c, err := getCommit(o, rev)
		if err == nil {
			out = readCommit(c)
		}
		return err
	})
	if err != nil {
		return Commit{}, fmt.Errorf("%s: %w", r, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read == nil || len(r.read) >= mostCommits {
		r.read = map[Hash]Commit{}
	}
	r.read[rev] = out
	return out, nil
}

// Log lists rev and its ancestors, latest first and every commit before its parents, at most limit of them. A page
// goes on behind the commit after; empty begins with rev.
func (r *Repository) Log(ctx context.Context, rev Hash, limit int, after Hash) ([]Commit, error) {
	var commits []Commit
	err := r.with(ctx, func(o *objects) error {
		if !rev.Valid() || o.HasEncodedObject(plumbing.NewHash(string(rev))) != nil {
			return fmt.Errorf("commit %q: %w", rev, ErrNotFound)
		}
		start, err := r.node(o, rev)
		if err != nil {
			return err
		}
		skipping := after != ""
		var failed error
		walk(start, func(n *node) bool {
			if skipping {
				skipping = n.hash != after
				return true
			}
			if len(commits) >= limit {
				return false
			}
			c, err := getCommit(o, n.hash)
			if err != nil {
				failed = err
				return false
			}
			commits = append(commits, readCommit(c))
			return true
		})
		if skipping {
			failed = errors.Join(failed, fmt.Errorf("page after %s: %w", after, ErrNotFound))
		}
		return failed
	})
	if err != nil {
		return nil, fmt.Errorf("%s: log of %s: %w", r, rev, err)
	}
	return commits, nil
}
