package repo

import (
	"context"
	"errors"
	"fmt"
)

// BeginDraft makes drafts/<circle>/<name> at the circle's desk, at a commit of main, of a proposal, or of the desk.
// ErrExists when there is one of that name, ErrNotFound when the desk does not hold the commit.
func (a *Archive) BeginDraft(ctx context.Context, slug Slug, d DraftName, from Hash) error {
	err := a.draftLocked(ctx, slug, d, func(desk *Repository) error {
		if _, err := desk.Commit(ctx, from); err != nil {
			return err
		}
		_, err := desk.Tip(ctx, d.Draft())
		if err == nil {
			return ErrExists
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		return desk.move(d.Draft(), "", from)
	})
	if err != nil {
		return fmt.Errorf("begin draft %s of %s: %w", d, slug, err)
	}
	return nil
}

// Save writes one revision of a draft and gives its commit, which is durable when Save returns. ErrStale when the
// draft is not at req.Expect any more; then nothing has changed. When the files are the same and there is no
// further parent, no commit is made and req.Expect is given. *CheckError when the file is no text. It may wait some
// seconds for somebody who pushes; see [Archive.HoldSaves].
func (a *Archive) Save(ctx context.Context, slug Slug, d DraftName, req SaveRequest) (head Hash, err error) {
	files := map[string][]byte{TextFile: req.File}
	switch {
	case req.Note == nil:
	case len(req.Note) == 0:
		files[d.Note()] = nil
	default:
		files[d.Note()] = req.Note
	}
	if err := checkFiles(files); err != nil {
		return "", fmt.Errorf("save draft %s of %s: %w", d, slug, err)
	}
	defer a.pushTurns.save(ctx, slug, d.Circle)()
	err = a.draftLocked(ctx, slug, d, func(desk *Repository) error {
		now, err := desk.Tip(ctx, d.Draft())
		if err != nil {
			return err
		}
		if now != req.Expect {
			return fmt.Errorf("at %s, not at %s: %w", now, req.Expect, ErrStale)
		}
		head, err = desk.commit(ctx, newCommit{
			parents: append([]Hash{req.Expect}, req.Parents...), files: files, sig: req.Signature,
			subject: req.Subject, body: req.Body, trailers: req.Trailers,
		})
		if err != nil || head == req.Expect {
			return err
		}
		return desk.move(d.Draft(), req.Expect, head)
	})
	if err != nil {
		return "", fmt.Errorf("save draft %s of %s: %w", d, slug, err)
	}
	return head, nil
}

// Advance moves a draft forward to a commit the desk holds, such as one pushed to the proposal. ErrStale when the
// draft is not at from, or to does not follow from it.
func (a *Archive) Advance(ctx context.Context, slug Slug, d DraftName, from, to Hash) error {
	err := a.draftLocked(ctx, slug, d, func(desk *Repository) error {
		forward, err := desk.IsAncestor(ctx, from, to)
		if err != nil {
			return err
		}
		if !forward {
			return fmt.Errorf("%s does not follow from %s: %w", to, from, ErrStale)
		}
		return desk.move(d.Draft(), from, to)
	})
	if err != nil {
		return fmt.Errorf("advance draft %s of %s: %w", d, slug, err)
	}
	return nil
}

func (a *Archive) draftLocked(ctx context.Context, slug Slug, d DraftName, fn func(desk *Repository) error) error {
	if !d.Valid() {
		return ErrName
	}
	desk, err := a.Desk(ctx, slug, d.Circle)
	if err != nil {
		return err
	}
	return a.Locked(ctx, slug, []string{d.Draft()}, func() error { return fn(desk) })
}

// move moves a short ref and lets the desks know.
func (r *Repository) move(short string, old, next Hash) error {
	full, err := FullRef(short)
	if err != nil {
		return err
	}
	defer r.moves.Add(1)
	return r.refs.set(full, old, next)
}
