package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"plenary/repo/resolution"
)

// TakeOver makes a resolution of the history of main in another git repository, bare or not: every commit is kept as
// it is, with the tags adopted/... that lie on it. Each commit must hold what a push may bring, and nothing else; the
// error is a *CheckError then. A last text that is not in canonical form gets one more commit, signed by sig, that
// writes it so. ErrExists when there is a resolution of that name. It is there whole or not at all.
func (a *Archive) TakeOver(ctx context.Context, slug Slug, from string, sig Signature) (head Hash, err error) {
	if !slug.Valid() {
		return "", fmt.Errorf("take over as %q: %w", slug, ErrName)
	}
	f, err := openForeign(ctx, from)
	if err != nil {
		return "", err
	}
	if out, err := f.run(ctx, nil, "rev-parse", "--is-shallow-repository"); err != nil || strings.TrimSpace(string(out)) != "false" {
		return "", errors.Join(fmt.Errorf("%s does not hold its whole history: run git fetch --unshallow in it", from), err)
	}
	main, err := f.commit(ctx, "refs/heads/"+Main)
	if err != nil {
		return "", fmt.Errorf("%s has no branch main: name the branch that holds the text so", from)
	}
	err = a.Locked(ctx, slug, []string{Main}, func() error {
		if ok, err := exists(a.Path(slug)); ok || err != nil {
			return errors.Join(err, ErrExists)
		}
		return a.makeRepository(a.Path(slug), func(tmp string) error {
			r := newRepository(slug, "", tmp, nil, 1, newWarmth())
			err := a.takeIn(ctx, f, r, main)
			if err == nil {
				head, err = r.canonical(ctx, main, sig)
			}
			if err == nil {
				err = r.refs.set("refs/heads/main", "", head)
			}
			return errors.Join(err, r.reopen())
		})
	})
	if err != nil {
		return "", fmt.Errorf("take over %s as %s: %w", from, slug, err)
	}
	return head, nil
}

// takeIn copies and checks the history of main and its tags.
func (a *Archive) takeIn(ctx context.Context, f *foreign, r *Repository, main Hash) (err error) {
	// Git takes a directory for a repository only with a HEAD; the real one comes last.
	trial := filepath.Join(r.dir, "HEAD")
	if err := writeDurably(trial, []byte("ref: refs/heads/main\n")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(trial)) }()
	tags, err := f.adoptedTags(ctx, main)
	if err != nil {
		return err
	}
	var want strings.Builder
	fmt.Fprintln(&want, main)
	for _, h := range tags {
		fmt.Fprintln(&want, h)
	}
	pack, err := f.run(ctx, strings.NewReader(want.String()), "pack-objects", "--revs", "--stdout", "--quiet", "--threads=1")
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if _, err := a.stock.run(ctx, r.dir, bytes.NewReader(pack), "index-pack", "--stdin", "--strict"); err != nil {
		return fmt.Errorf("its objects are not sound: run git fsck in it: %w", err)
	}
	out, err := f.run(ctx, nil, "rev-list", string(main))
	if err != nil {
		return err
	}
	err = r.with(ctx, func(o *objects) error {
		check := pushCheck{known: o, objects: o, trees: map[checkedFile]bool{}, files: map[checkedFile]bool{}}
		for line := range strings.Lines(string(out)) {
			h := Hash(strings.TrimSpace(line))
			c, err := getCommit(o, h)
			if err == nil {
				err = check.root(h, c.TreeHash)
			}
			if bad, is := errors.AsType[*CheckError](err); is {
				bad.Text = fmt.Sprintf("%s (in commit %.8s)", bad.Text, h)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for full, h := range tags {
		if err := r.refs.set(full, "", h); err != nil {
			return err
		}
	}
	return nil
}

// adoptedTags gives the tags of adopted texts on a history, by full name, with what they are made of.
func (f *foreign) adoptedTags(ctx context.Context, main Hash) (map[string]Hash, error) {
	out, err := f.run(ctx, nil, "for-each-ref", "--merged", string(main), "--format=%(objectname) %(refname)", "refs/tags/adopted")
	if err != nil {
		return nil, err
	}
	tags := map[string]Hash{}
	for line := range strings.Lines(string(out)) {
		hash, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if full, err := FullRef(name); err == nil && strings.HasPrefix(full, "refs/tags/") {
			tags[full] = Hash(hash)
		}
	}
	return tags, nil
}

// canonical gives a commit whose text is canonical: the one given, or one more after it.
func (r *Repository) canonical(ctx context.Context, at Hash, sig Signature) (Hash, error) {
	file, err := r.File(ctx, at, TextFile)
	if err != nil {
		return "", err
	}
	canonical, _, err := resolution.Canonical(file)
	if err != nil || bytes.Equal(canonical, file) {
		return at, err
	}
	return r.commit(ctx, newCommit{
		parents: []Hash{at}, files: map[string][]byte{TextFile: canonical}, sig: sig,
		subject: "The text in canonical form", body: "Taken over from another repository; no word is changed.",
	})
}
