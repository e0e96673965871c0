package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/go-git/go-billy/v5"
)

// disk is the file system go-git writes a repository's objects through. What it acknowledges is durable: a file
// opened for writing is synced when it is closed, and a rename syncs the directory. It hides what go-git must not
// see: objects that are still in a push's quarantine, and the alternates file (layers of objects stand for it).
type disk struct {
	root    string
	objects string // when not empty, stands for root/objects: the quarantine of a push
}

var _ billy.Filesystem = disk{}

// errNoLinks is returned for symbolic links, which a repository of ours never holds.
var errNoLinks = errors.New("symbolic links are not used here")

func (d disk) path(name string) string {
	if filepath.IsAbs(name) { // a name that TempFile gave
		return name
	}
	if rest, ok := strings.CutPrefix(name, "objects"); ok && d.objects != "" && (rest == "" || rest[0] == '/') {
		return filepath.Join(d.objects, rest)
	}
	return filepath.Join(d.root, name)
}

func (d disk) Create(name string) (billy.File, error) {
	return d.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

func (d disk) Open(name string) (billy.File, error) { return d.OpenFile(name, os.O_RDONLY, 0) }

func (d disk) OpenFile(name string, flag int, perm os.FileMode) (billy.File, error) {
	if strings.HasSuffix(name, filepath.Join("objects", "info", "alternates")) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f, err := os.OpenFile(d.path(name), flag, perm)
	if err != nil {
		return nil, err
	}
	return &diskFile{File: f, written: flag&(os.O_WRONLY|os.O_RDWR) != 0}, nil
}

func (d disk) TempFile(dir, prefix string) (billy.File, error) {
	f, err := os.CreateTemp(d.path(dir), prefix)
	if err != nil {
		return nil, err
	}
	return &diskFile{File: f, written: true}, nil
}

func (d disk) Rename(from, to string) error {
	to = d.path(to)
	if err := makeDirs(filepath.Dir(to)); err != nil {
		return err
	}
	if err := os.Rename(d.path(from), to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

func (d disk) ReadDir(name string) ([]os.FileInfo, error) {
	entries, err := os.ReadDir(d.path(name))
	if err != nil {
		return nil, err
	}
	infos := make([]os.FileInfo, 0, len(entries))
	for _, e := range entries {
		if isQuarantine(e.Name()) {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone since the directory was read
		}
		if err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, nil
}

func (d disk) Stat(name string) (os.FileInfo, error)        { return os.Stat(d.path(name)) }
func (d disk) Lstat(name string) (os.FileInfo, error)       { return os.Lstat(d.path(name)) }
func (d disk) Remove(name string) error                     { return os.Remove(d.path(name)) }
func (d disk) Chmod(name string, mode os.FileMode) error    { return os.Chmod(d.path(name), mode) }
func (d disk) Join(elem ...string) string                   { return filepath.Join(elem...) }
func (d disk) MkdirAll(name string, _ os.FileMode) error    { return makeDirs(d.path(name)) }
func (d disk) Symlink(_, _ string) error                    { return errNoLinks }
func (d disk) Readlink(_ string) (string, error)            { return "", errNoLinks }
func (d disk) Chroot(name string) (billy.Filesystem, error) { return disk{root: d.path(name)}, nil }
func (d disk) Root() string                                 { return d.root }

// diskFile is a file that is on disk once Close has returned.
type diskFile struct {
	*os.File
	written bool
}

func (f *diskFile) Close() error {
	if f.written {
		if err := f.Sync(); err != nil {
			return errors.Join(err, f.File.Close())
		}
	}
	return f.File.Close()
}

func (f *diskFile) Lock() error   { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }
func (f *diskFile) Unlock() error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }

func isQuarantine(name string) bool {
	return strings.HasPrefix(name, "tmp_objdir-") || strings.HasPrefix(name, "incoming-")
}

// makeDirs makes a directory and its parents, and syncs the parent of each one made.
func makeDirs(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	err := os.Mkdir(dir, 0o777) //nolint:gosec // the umask of the server decides, as for git itself
	switch {
	case err == nil:
		return syncDir(filepath.Dir(dir))
	case errors.Is(err, fs.ErrExist):
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := makeDirs(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) { //nolint:gosec // as above
		return err
	}
	return syncDir(filepath.Dir(dir))
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return errors.Join(fmt.Errorf("sync %s: %w", dir, err), f.Close())
	}
	return f.Close()
}

// writeDurably writes a whole file under a name that does not exist yet.
func writeDurably(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // the umask decides
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
