package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// Check runs git fsck over a resolution's public repository and all its desks, and gives what it says. It may run
// beside saves and pushes.
func (a *Archive) Check(ctx context.Context, slug Slug) error {
	public, err := a.Public(slug)
	if err != nil {
		return err
	}
	circles, err := a.Circles()
	if err != nil {
		return err
	}
	dirs := []string{public.dir}
	for _, c := range circles {
		if ok, err := exists(a.DeskPath(slug, c)); err != nil {
			return err
		} else if ok {
			dirs = append(dirs, a.DeskPath(slug, c))
		}
	}
	var errs []error
	for _, dir := range dirs {
		if err := a.stock.check(ctx, dir); err != nil {
			errs = append(errs, fmt.Errorf("check %s: %w", dir, err))
		}
	}
	return errors.Join(errs...)
}

// mostLooks is how often git looks for a fault before it is believed.
const mostLooks = 4

// check lets git look for faults. It lists the objects first and then follows the refs, so that a commit made in
// between is missing to it: only what it finds again and again is a fault.
func (s stock) check(ctx context.Context, dir string) error {
	var faults []string
	for look := range mostLooks {
		found, err := s.fsck(ctx, dir)
		if err != nil {
			return err
		}
		if look > 0 {
			found = slices.DeleteFunc(found, func(f string) bool { return !slices.Contains(faults, f) })
		}
		if faults = found; len(faults) == 0 {
			return nil
		}
	}
	return errors.New(strings.Join(faults, "; "))
}

// fsck gives the lines in which git tells of faults.
func (s stock) fsck(ctx context.Context, dir string) ([]string, error) {
	cmd := s.command(ctx, dir, "fsck", "--full", "--strict", "--no-dangling", "--no-progress")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	lines := strings.FieldsFunc(said.String(), func(c rune) bool { return c == '\n' })
	if exit, failed := errors.AsType[*exec.ExitError](err); failed && ctx.Err() == nil {
		if len(lines) == 0 {
			lines = []string{"git fsck: " + exit.String()}
		}
		return lines, nil
	}
	if err != nil {
		return nil, fmt.Errorf("git fsck: %w", errors.Join(err, ctx.Err()))
	}
	return lines, nil
}
