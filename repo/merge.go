package repo

import (
	"context"
	"errors"
	"fmt"
)

// Merge writes the revised text: a commit on main whose parents are main as it was and every proposal taken wholly,
// durable when Merge returns. ErrStale when main is not at req.Expect any more, ErrNotFound when a parent was not
// submitted to the public repository. Covering notes come with the parents.
func (a *Archive) Merge(ctx context.Context, slug Slug, req MergeRequest) (head Hash, err error) {
	files := map[string][]byte{TextFile: req.File}
	for d, note := range req.Notes {
		if !d.Valid() {
			return "", fmt.Errorf("merge into %s: note of %q: %w", slug, d, ErrName)
		}
		files[d.Note()] = note
	}
	if err := checkFiles(files); err != nil {
		return "", fmt.Errorf("merge into %s: %w", slug, err)
	}
	public, err := a.Public(slug)
	if err != nil {
		return "", err
	}
	err = a.Locked(ctx, slug, []string{Main}, func() error {
		now, err := public.Tip(ctx, Main)
		if err != nil {
			return err
		}
		if now != req.Expect {
			return fmt.Errorf("main is at %s, not at %s: %w", now, req.Expect, ErrStale)
		}
		head, err = public.commit(ctx, newCommit{
			parents: append([]Hash{req.Expect}, req.Parents...), files: files, sig: req.Signature,
			subject: req.Subject, body: req.Body, trailers: req.Trailers,
		})
		if err != nil || head == req.Expect {
			return err
		}
		return public.move(Main, req.Expect, head)
	})
	if err != nil {
		return "", fmt.Errorf("merge into %s: %w", slug, err)
	}
	return head, nil
}

// Tag puts an annotated tag on a commit of the public repository: "adopted/hammamet-2016". Doing it again for the
// same commit changes nothing; ErrExists when the tag is on another one.
func (a *Archive) Tag(ctx context.Context, slug Slug, name string, at Hash, sig Signature, text string) error {
	public, err := a.Public(slug)
	if err != nil {
		return err
	}
	err = a.Locked(ctx, slug, []string{name}, func() error { return public.tag(ctx, a.signer, name, at, sig, text) })
	if err != nil {
		return fmt.Errorf("%s: %w", slug, err)
	}
	return nil
}

// errNotForward means a submission would take a proposal back; it does not happen to callers who check first.
var errNotForward = errors.New("the text does not follow from the one submitted before")
