package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// repositoryConfig is the configuration of every repository: everything synced, pushes checked and only ever
// forward, no upkeep that nobody asked for.
const repositoryConfig = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	fsync = all
	logAllRefUpdates = false
	bigFileThreshold = 4m
[gc]
	auto = 0
[maintenance]
	auto = false
[transfer]
	fsckObjects = true
[receive]
	autogc = false
	fsckObjects = true
	denyDeletes = true
	denyNonFastForwards = true
	maxInputSize = 8388608
	advertisePushOptions = true
	advertiseAtomic = true
[uploadpack]
	allowFilter = true
[repack]
	writeBitmaps = false
`

// halfMade begins the names of directories in which a repository is being made.
const halfMade = ".making-"

// makeRepository makes a bare repository at dir: it is made and filled beside it and then renamed, so that it is
// there whole or not at all. ErrExists when dir is there.
func (a *Archive) makeRepository(dir string, fill func(tmp string) error) (err error) {
	parent := filepath.Dir(dir)
	if err := makeDirs(parent); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(parent, halfMade)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(tmp))
		}
	}()
	if err := os.Chmod(tmp, 0o755); err != nil { //nolint:gosec // like the directories git makes
		return err
	}
	if err := makeLayout(tmp); err != nil {
		return err
	}
	if err := writeDurably(filepath.Join(tmp, "config"), []byte(repositoryConfig)); err != nil {
		return err
	}
	if err := fill(tmp); err != nil {
		return err
	}
	// HEAD comes last: a directory without it is no repository.
	if err := writeDurably(filepath.Join(tmp, "HEAD"), []byte("ref: refs/heads/main\n")); err != nil {
		return err
	}
	for _, sub := range []string{"objects/info", "."} {
		if err := syncDir(filepath.Join(tmp, sub)); err != nil {
			return err
		}
	}
	err = os.Rename(tmp, dir)
	if errors.Is(err, fs.ErrExist) {
		return ErrExists
	}
	if err != nil {
		return err
	}
	return syncDir(parent)
}

func makeLayout(dir string) error {
	for _, sub := range []string{"objects/info", "objects/pack", "refs/heads", "refs/tags", "info"} {
		if err := makeDirs(filepath.Join(dir, sub)); err != nil {
			return err
		}
	}
	return nil
}

// Configure gives a repository that was copied here, such as from a backup, the layout and configuration of this
// version, whatever it brought. Nothing else may be using it.
func Configure(dir string) error {
	if err := makeLayout(dir); err != nil {
		return fmt.Errorf("configure %s: %w", dir, err)
	}
	path := filepath.Join(dir, "config")
	err := os.Remove(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = writeDurably(path, []byte(repositoryConfig))
	}
	if err != nil {
		return fmt.Errorf("configure %s: %w", dir, err)
	}
	return nil
}

// clean clears away what a killed process left in the archive. Nothing else may be using it.
func (a *Archive) clean() error {
	dirs := []string{filepath.Join(a.dir, "public")}
	circles, err := a.Circles()
	if err != nil {
		return err
	}
	for _, c := range circles {
		dirs = append(dirs, filepath.Join(a.dir, "desks", string(c)))
	}
	var errs []error
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			switch {
			case strings.HasPrefix(e.Name(), halfMade):
				errs = append(errs, os.RemoveAll(path))
			case strings.HasSuffix(e.Name(), ".git"):
				errs = append(errs, cleanRepository(path))
			}
		}
	}
	return errors.Join(errs...)
}

// cleanRepository removes stale locks and what is left of pushes and packs that did not finish.
func cleanRepository(dir string) error {
	var errs []error
	for _, pattern := range []string{
		"*.lock", "packed-refs.new", "gc.pid", "objects/tmp_objdir-*", "objects/pack/tmp_*", "objects/pack/.tmp-*",
		"objects/pack/*.lock", "objects/info/*.lock", "objects/info/commit-graphs/*.lock",
		"objects/info/commit-graphs/tmp_*",
	} {
		left, err := filepath.Glob(filepath.Join(dir, pattern))
		errs = append(errs, err)
		for _, path := range left {
			errs = append(errs, removeAll(path))
		}
	}
	err := filepath.WalkDir(filepath.Join(dir, "refs"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(path, ".lock") {
			err = os.Remove(path) //nolint:gosec // the directory is the server's own
		}
		return err
	})
	return errors.Join(append(errs, err)...)
}

// removeAll removes what a killed process left. A child of that process may write there for a moment still, until it
// finds that nobody listens any more.
func removeAll(path string) error {
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(5 * time.Second); ; <-again.C {
		err := os.RemoveAll(path)
		if !errors.Is(err, syscall.ENOTEMPTY) || time.Now().After(deadline) {
			return err
		}
	}
}

// ClearLocks removes the lock files a killed git process left on refs of a desk. The caller holds the branch locks
// of these refs (see [Archive.Locked]) and knows that the process is gone.
func (a *Archive) ClearLocks(slug Slug, circle Circle, refs []string) error {
	if !slug.Valid() || !circle.Valid() {
		return fmt.Errorf("clear locks of %q at desk %q: %w", slug, circle, ErrName)
	}
	var errs []error
	for _, ref := range refs {
		full, err := FullRef(ref)
		if err == nil {
			err = os.Remove(filepath.Join(a.DeskPath(slug, circle), full+".lock"))
		}
		if !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Dir is the directory of the archive.
func (a *Archive) Dir() string { return a.dir }
