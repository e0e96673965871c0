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

// looseDir is what a directory of loose refs holds. Whoever moves a ref, stock git or this package, renames a lock file
// over it, which changes the time of the directory; so a directory whose time stands still holds what it held.
type looseDir struct {
	changed time.Time // the directory's time when it was read
	read    time.Time
	refs    map[string]Hash // by name in the directory
	below   []string        // names of directories in it
}

// settled is how much older than the look at it a directory's time must be to be relied on: two changes within one tick
// of the file system's clock show one time.
const settled = 2 * time.Second

// loose adds the refs under a directory, such as "refs/tags/adopted", to what is given, by full name.
func (s *refStore) loose(dir string, into map[string]packedRef) error {
	d, err := s.looseDir(dir)
	if err != nil {
		return err
	}
	for name, h := range d.refs {
		into[dir+"/"+name] = packedRef{hash: h}
	}
	for _, name := range d.below {
		if err := s.loose(dir+"/"+name, into); err != nil {
			return err
		}
	}
	return nil
}

// looseDir gives what a directory holds; nothing where there is none. What it gives must not be changed.
func (s *refStore) looseDir(dir string) (looseDir, error) {
	path := filepath.Join(s.dir, dir)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || err == nil && !info.IsDir() {
		return looseDir{}, nil // none, or packed and pruned meanwhile
	}
	if err != nil {
		return looseDir{}, fmt.Errorf("list refs: %w", err)
	}
	s.mu.Lock()
	known, ok := s.dirs[dir]
	s.mu.Unlock()
	if ok && known.changed.Equal(info.ModTime()) && known.read.Sub(known.changed) > settled {
		return known, nil
	}
	d := looseDir{changed: info.ModTime(), read: time.Now(), refs: map[string]Hash{}}
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return looseDir{}, fmt.Errorf("list refs: %w", err)
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case e.IsDir():
			d.below = append(d.below, name)
		case !strings.HasSuffix(name, ".lock"):
			h, err := s.readLoose(dir + "/" + name)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return looseDir{}, fmt.Errorf("list refs: %w", err)
			}
			d.refs[name] = h
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dirs == nil || len(s.dirs) > mostRefDirs {
		s.dirs = map[string]looseDir{}
	}
	s.dirs[dir] = d
	return d, nil
}

// mostRefDirs bounds the directories of refs that are remembered; past it they are read anew.
const mostRefDirs = 20_000
