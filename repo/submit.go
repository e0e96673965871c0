package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// Submit publishes a draft as of tip: its commits are copied to the public repository, the tag submitted/…/n
// records it, and proposals/… moves forward to it. All of it is durable when Submit returns; when the server is
// stopped half-way, calling it again with the same arguments finishes it, and calling it once more changes nothing.
//
// ErrNotFound when tip is not a commit of the draft or of the proposal pushed to the desk, ErrExists when
// submission n is on record for another commit, ErrStale when tip does not follow from what was submitted before.
func (a *Archive) Submit(ctx context.Context, slug Slug, d DraftName, tip Hash, n int, sig Signature, text string) error {
	if !d.Valid() || n < 1 {
		return fmt.Errorf("submit %s of %s as submission %d: %w", d, slug, n, ErrName)
	}
	desk, err := a.Desk(ctx, slug, d.Circle)
	if err != nil {
		return err
	}
	err = a.Locked(ctx, slug, []string{d.Proposal()}, func() error {
		if err := desk.holdsOf(ctx, d, tip); err != nil {
			return err
		}
		before, err := desk.public.Tip(ctx, d.Proposal())
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if before != "" {
			forward, err := desk.IsAncestor(ctx, before, tip)
			if err != nil {
				return err
			}
			if !forward {
				return fmt.Errorf("%w: %w", errNotForward, ErrStale)
			}
		}
		if err := a.publish(ctx, desk, tip); err != nil {
			return err
		}
		if err := desk.public.tag(ctx, nil, d.Submitted(n), tip, sig, text); err != nil {
			return err
		}
		if before == tip {
			return nil
		}
		return desk.public.move(d.Proposal(), before, tip)
	})
	if err != nil {
		return fmt.Errorf("submit %s of %s: %w", d, slug, err)
	}
	return desk.refreshPublic(ctx)
}

// holdsOf checks that tip is a commit of the draft, or of the proposal as pushed to the desk.
func (r *Repository) holdsOf(ctx context.Context, d DraftName, tip Hash) error {
	for _, ref := range []string{d.Draft(), d.Proposal()} {
		at, err := r.Tip(ctx, ref)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		part, err := r.IsAncestor(ctx, tip, at)
		if part || err != nil {
			return err
		}
	}
	return fmt.Errorf("commit %s of the draft: %w", tip, ErrNotFound)
}

// publish copies a commit with all it needs from a desk to the public repository, in one pack. Objects the public
// repository has are not copied: stock git is told its tips, and whatever they lead to is there.
func (a *Archive) publish(ctx context.Context, desk *Repository, tip Hash) error {
	// A commit comes with or after all it needs, so one that is there is there whole.
	if there, err := desk.public.Has(ctx, tip); there || err != nil {
		return err
	}
	refs, err := desk.public.refs.all("")
	if err != nil {
		return err
	}
	var want strings.Builder
	fmt.Fprintf(&want, "%s\n--not\n", tip)
	for _, p := range refs {
		fmt.Fprintln(&want, p.hash)
	}
	pack, err := a.stock.run(ctx, desk.dir, strings.NewReader(want.String()),
		"pack-objects", "--revs", "--stdout", "--quiet", "--threads=1")
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if _, err := a.stock.run(ctx, desk.public.dir, bytes.NewReader(pack), "index-pack", "--stdin", "--strict"); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	return syncDir(filepath.Join(desk.public.dir, "objects", "pack"))
}
