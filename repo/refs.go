package repo

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// refStore reads and moves the refs of one repository, beside stock git processes that do the same. The git library
// never touches refs: it writes them in place, so a kill leaves them empty, and it knows nothing of git's locks.
//
// A ref moves like this: <ref>.lock is made with O_EXCL, the ref is read again and compared under it, the new value
// is written, synced, renamed over the ref, and the directory is synced.
type refStore struct {
	dir string

	mu     sync.Mutex
	packed map[string]packedRef // guarded by mu; as of stamp
	stamp  fileStamp            // guarded by mu
	dirs   map[string]looseDir  // guarded by mu; by name: "refs/heads/drafts/usa"
}

// packedRef is a line of packed-refs; peeled is the commit behind an annotated tag.
type packedRef struct{ hash, peeled Hash }

// fileStamp tells whether a file was replaced.
type fileStamp struct {
	inode   uint64
	size    int64
	changed time.Time
}

// errTornRef means a ref's file does not hold a hash. It is never repaired by reading an older packed value.
var errTornRef = errors.New("the file of the ref is damaged")

// lockPatience is how long a ref lock held by another process is waited for.
const lockPatience = 2 * time.Second

// read gives the value of a full ref name; ErrNotFound when there is none.
func (s *refStore) read(full string) (Hash, error) {
	h, err := s.readLoose(full)
	if !errors.Is(err, ErrNotFound) {
		return h, err
	}
	packed, err := s.readPacked()
	if err != nil {
		return "", err
	}
	if p, ok := packed[full]; ok {
		return p.hash, nil
	}
	return "", fmt.Errorf("ref %s: %w", full, ErrNotFound)
}

func (s *refStore) readLoose(full string) (Hash, error) {
	b, err := os.ReadFile(filepath.Join(s.dir, full))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.EISDIR), errors.Is(err, syscall.ENOTDIR):
		return "", fmt.Errorf("ref %s: %w", full, ErrNotFound)
	case err != nil:
		return "", fmt.Errorf("read ref %s: %w", full, err)
	}
	h := Hash(bytes.TrimSuffix(b, []byte("\n")))
	if !h.Valid() {
		return "", fmt.Errorf("read ref %s: %w", full, errTornRef)
	}
	return h, nil
}

// all gives every ref under refs/heads and refs/tags, in a directory below them unless it is empty, by full name. Loose
// files win over packed lines; they are read first, so that a ref being packed meanwhile is met in one place or the
// other.
func (s *refStore) all(below string) (map[string]packedRef, error) {
	loose := map[string]packedRef{}
	for _, top := range []string{"refs/heads", "refs/tags"} {
		if err := s.loose(strings.TrimSuffix(top+"/"+below, "/"), loose); err != nil {
			return nil, err
		}
	}
	packed, err := s.readPacked()
	if err != nil {
		return nil, err
	}
	all := maps.Clone(packed)
	for full, p := range loose {
		if old, ok := all[full]; !ok || old.hash != p.hash {
			all[full] = p
		}
	}
	return all, nil
}

// readPacked gives packed-refs, which is read again only when the file was replaced. The map must not be changed.
func (s *refStore) readPacked() (map[string]packedRef, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := filepath.Join(s.dir, "packed-refs")
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		s.packed, s.stamp = map[string]packedRef{}, fileStamp{}
		return s.packed, nil
	}
	if err != nil {
		return nil, fmt.Errorf("packed refs: %w", err)
	}
	stamp := stampOf(info)
	if s.packed != nil && stamp == s.stamp {
		return s.packed, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("packed refs: %w", err)
	}
	packed, err := parsePacked(b)
	if err != nil {
		return nil, err
	}
	s.packed, s.stamp = packed, stamp
	return packed, nil
}

func stampOf(info os.FileInfo) fileStamp {
	st := fileStamp{size: info.Size(), changed: info.ModTime()}
	if sys, ok := info.Sys().(*syscall.Stat_t); ok {
		st.inode = sys.Ino
	}
	return st
}

func parsePacked(b []byte) (map[string]packedRef, error) {
	packed := map[string]packedRef{}
	last := ""
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '^':
			p, ok := packed[last]
			if p.peeled = Hash(line[1:]); !ok || !p.peeled.Valid() {
				return nil, fmt.Errorf("packed refs: line %q: %w", line, errTornRef)
			}
			packed[last] = p
		default:
			hash, name, _ := strings.Cut(line, " ")
			if !Hash(hash).Valid() || name == "" {
				return nil, fmt.Errorf("packed refs: line %q: %w", line, errTornRef)
			}
			packed[name] = packedRef{hash: Hash(hash)}
			last = name
		}
	}
	return packed, nil
}

// set moves a full ref from old to next, durably; an empty old means it must not exist yet. ErrStale when the ref
// is elsewhere.
func (s *refStore) set(full string, old, next Hash) error {
	held, err := s.lock(full)
	if err != nil {
		return err
	}
	now, err := s.read(full)
	if errors.Is(err, ErrNotFound) {
		now, err = "", nil
	}
	if err == nil && now != old {
		err = fmt.Errorf("ref %s is at %q, not at %q: %w", full, now, old, ErrStale)
	}
	if err != nil {
		return errors.Join(err, held.release())
	}
	if err := held.replace([]byte(string(next) + "\n")); err != nil {
		return fmt.Errorf("move ref %s: %w", full, err)
	}
	return nil
}

// fileLock is git's lock of one file: a file beside it, "<name>.lock", which becomes its new content. It is ended
// once, by replace or by release. Neither touches the lock file when it may be somebody else's already.
type fileLock struct {
	path string // of what is locked
	file *os.File
}

// lock takes git's lock of a file in the repository: a ref, or packed-refs.
func (s *refStore) lock(name string) (*fileLock, error) {
	path := filepath.Join(s.dir, name)
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(lockPatience); ; {
		if err := makeDirs(filepath.Dir(path)); err != nil {
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		f, err := os.OpenFile(path+".lock", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // the umask decides
		if err == nil {
			return &fileLock{path: path, file: f}, nil
		}
		// Stock git removes directories that became empty, so one may vanish between the two steps.
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) || time.Now().After(deadline) {
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		<-again.C
	}
}

// release lets go of the lock; the file stays as it is.
func (l *fileLock) release() error {
	return errors.Join(l.file.Close(), os.Remove(l.path+".lock"))
}

// replace gives the file its new content, durably, and lets go of the lock.
func (l *fileLock) replace(content []byte) error {
	_, err := l.file.Write(content)
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		return errors.Join(err, l.release())
	}
	err = errors.Join(l.file.Close(), os.Rename(l.path+".lock", l.path))
	if err != nil {
		return err // the lock may have gone; it is cleared away at the next start if not
	}
	return syncDir(filepath.Dir(l.path))
}

// rewritePacked replaces packed-refs in one atomic, durable write with what change makes of it; a nil map leaves
// the file as it is.
func (s *refStore) rewritePacked(change func(packed map[string]packedRef) map[string]packedRef) error {
	held, err := s.lock("packed-refs")
	if err != nil {
		return err
	}
	packed, err := s.readPacked()
	if err != nil {
		return errors.Join(err, held.release())
	}
	next := change(maps.Clone(packed))
	if next == nil || maps.Equal(packed, next) {
		return held.release()
	}
	if err := held.replace(formatPacked(next)); err != nil {
		return fmt.Errorf("packed refs: %w", err)
	}
	return nil
}

func formatPacked(packed map[string]packedRef) []byte {
	var b bytes.Buffer
	b.WriteString("# pack-refs with: peeled fully-peeled sorted \n")
	for _, full := range slices.Sorted(maps.Keys(packed)) {
		p := packed[full]
		fmt.Fprintf(&b, "%s %s\n", p.hash, full)
		if p.peeled != "" {
			fmt.Fprintf(&b, "^%s\n", p.peeled)
		}
	}
	return b.Bytes()
}
