package repo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
)

// refreshPublic brings a desk's copies of the public refs up to date, in one atomic write of packed-refs, if any
// has moved since it last did. Drafts are the desk's own and are not touched. The circle's own proposals only move
// forward: one that was pushed to the desk and is not published yet stays where it is.
func (r *Repository) refreshPublic(ctx context.Context) error {
	r.refreshing.Lock()
	defer r.refreshing.Unlock()
	moves := r.public.moves.Load()
	if moves == r.seen {
		return nil
	}
	public, err := r.publicRefs(ctx)
	if err != nil {
		return err
	}
	if err := r.forwardPushed(ctx, public); err != nil {
		return err
	}
	err = r.refs.rewritePacked(func(packed map[string]packedRef) map[string]packedRef {
		for full := range packed {
			if _, ok := public[full]; !ok && !isDraftRef(full) && !r.ownProposal(full) {
				delete(packed, full)
			}
		}
		maps.Copy(packed, public)
		return packed
	})
	if err != nil {
		return fmt.Errorf("refresh public refs: %w", err)
	}
	r.seen = moves
	return nil
}

// publicRefs lists the public repository's refs with the commits behind the tags.
func (r *Repository) publicRefs(ctx context.Context) (map[string]packedRef, error) {
	public, err := r.public.refs.all("")
	if err != nil {
		return nil, err
	}
	for full, p := range public {
		if !strings.HasPrefix(full, "refs/tags/") || p.peeled != "" {
			continue
		}
		commit, err := r.public.peel(ctx, full, p.hash)
		if err != nil {
			return nil, err
		}
		if commit != p.hash {
			p.peeled = commit
			public[full] = p
		}
	}
	return public, nil
}

// forwardPushed handles the circle's own proposals, which a push may have left in files of their own or, after
// packing, ahead in packed-refs. Those ahead of the public value are taken out of the map.
func (r *Repository) forwardPushed(ctx context.Context, public map[string]packedRef) error {
	own, err := r.refs.all("")
	if err != nil {
		return err
	}
	for full, mine := range own {
		theirs, ok := public[full]
		if !r.ownProposal(full) || !ok || theirs.hash == mine.hash {
			continue
		}
		forward, err := r.IsAncestor(ctx, mine.hash, theirs.hash)
		if err != nil {
			return err
		}
		if !forward {
			delete(public, full)
			continue
		}
		_, err = r.refs.readLoose(full)
		if errors.Is(err, ErrNotFound) {
			continue // packed: the rewrite moves it
		}
		if err == nil {
			err = r.refs.set(full, mine.hash, theirs.hash)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Repository) ownProposal(full string) bool {
	return strings.HasPrefix(full, "refs/heads/proposals/"+string(r.circle)+"/")
}

// Unpublished is a proposal that was pushed to a desk and has not reached the public repository.
type Unpublished struct {
	Slug  Slug
	Draft DraftName
	Tip   Hash
}

// Unpublished lists what was pushed to the desks' proposals and not submitted yet, because the server was stopped
// in between. Whoever keeps the records submits it.
func (a *Archive) Unpublished(ctx context.Context) ([]Unpublished, error) {
	circles, err := a.Circles()
	if err != nil {
		return nil, err
	}
	var found []Unpublished
	for _, circle := range circles {
		slugs, err := a.Desks(circle)
		if err != nil {
			return nil, err
		}
		for _, slug := range slugs {
			desk, err := a.Desk(ctx, slug, circle)
			if err != nil {
				return nil, err
			}
			refs, err := desk.Refs(ctx, "proposals/"+string(circle)+"/")
			if err != nil {
				return nil, err
			}
			for _, ref := range refs {
				at, err := desk.public.Tip(ctx, ref.Name)
				if err != nil && !errors.Is(err, ErrNotFound) {
					return nil, err
				}
				if d, ok := ParseDraftName(ref.Name); ok && at != ref.Hash {
					found = append(found, Unpublished{Slug: slug, Draft: d, Tip: ref.Hash})
				}
			}
		}
	}
	return found, nil
}
