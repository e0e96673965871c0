package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// When a repository wants upkeep: so many loose objects in one of the 256 directories, so many packs, so many refs
// in files of their own.
const (
	manyLoose = 20
	manyPacks = 20
	manyRefs  = 100
)

// oldQuarantine is the age at which what is left of a push that was killed is taken away.
const oldQuarantine = 6 * time.Hour

// Upkeep packs what has grown, one repository after the other, with stock git at low priority. It may run beside
// everything else, from one goroutine at a time; call it now and then. It goes on after a repository that gives
// trouble, and gives all errors in the end.
func (a *Archive) Upkeep(ctx context.Context) error {
	var errs []error
	slugs, err := a.Resolutions()
	errs = append(errs, err)
	for _, slug := range slugs {
		errs = append(errs, a.upkeepOf(ctx, slug, ""))
	}
	circles, err := a.Circles()
	errs = append(errs, err)
	for _, circle := range circles {
		slugs, err := a.Desks(circle)
		errs = append(errs, err)
		for _, slug := range slugs {
			errs = append(errs, a.upkeepOf(ctx, slug, circle))
		}
	}
	return errors.Join(errs...)
}

func (a *Archive) upkeepOf(ctx context.Context, slug Slug, circle Circle) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := a.Public(slug)
	if err == nil && circle != "" {
		r, err = a.Desk(ctx, slug, circle)
	}
	if err == nil {
		err = a.tidy(ctx, r)
	}
	if err != nil {
		return fmt.Errorf("upkeep of %s %s: %w", slug, circle, err)
	}
	return nil
}

// tidy does what one repository needs. Nothing that could still be wanted is dropped: packing keeps unreachable
// objects, and loose ones are never pruned.
func (a *Archive) tidy(ctx context.Context, r *Repository) error {
	if err := sweepQuarantine(r.dir, time.Now().Add(-oldQuarantine)); err != nil {
		return err
	}
	refs, err := looseRefs(r.dir)
	if err != nil {
		return err
	}
	if refs > manyRefs {
		if _, err := a.stock.runNicely(ctx, r.dir, "pack-refs", "--all"); err != nil {
			return err
		}
	}
	loose, packs, err := r.grown()
	if err != nil || loose <= manyLoose && packs <= manyPacks {
		return err
	}
	pack := []string{"repack", "-d", "-q", "--geometric=2", "--write-midx"}
	switch {
	case r.public == nil:
	// Git before 2.41 does not pack geometrically beside borrowed packs. What is borrowed stays where it is.
	case packs > manyPacks:
		pack = []string{"repack", "-a", "-d", "-l", "-q", "--keep-unreachable"}
	default:
		pack = []string{"repack", "-d", "-l", "-q"}
	}
	for _, args := range [][]string{pack, {"commit-graph", "write", "--reachable", "--changed-paths"}} {
		if _, err := a.stock.runNicely(ctx, r.dir, args...); err != nil {
			return err
		}
	}
	return r.reopen()
}

// grown tells how many loose objects one of the 256 directories holds, and how many packs there are.
func (r *Repository) grown() (loose, packs int, err error) {
	sample, err := os.ReadDir(filepath.Join(r.dir, "objects", "17"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, 0, err
	}
	names, err := filepath.Glob(filepath.Join(r.dir, "objects", "pack", "pack-*.pack"))
	return len(sample), len(names), err
}

func looseRefs(dir string) (n int, err error) {
	err = filepath.WalkDir(filepath.Join(dir, "refs"), func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // packed meanwhile
		}
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	})
	return n, err
}

// sweepQuarantine takes away what pushes that were killed before a time have left.
func sweepQuarantine(dir string, before time.Time) error {
	entries, err := os.ReadDir(filepath.Join(dir, "objects"))
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if !isQuarantine(e.Name()) {
			continue
		}
		info, err := e.Info()
		if err == nil && info.ModTime().Before(before) {
			err = os.RemoveAll(filepath.Join(dir, "objects", e.Name()))
		}
		if !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
