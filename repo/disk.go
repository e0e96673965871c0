package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5"
)

// disk is the file system go-git reads a repository's objects through. Everything is written by us or by stock git,
// as go-git never syncs. It hides what go-git must not see: objects that are still in a push's quarantine, and the
// alternates file (layers of objects stand for it).
type disk struct {
	root    string
	objects string // when not empty, stands for root/objects: the quarantine of a push
}

var _ billy.Filesystem = disk{}

func (d disk) path(name string) string {
	if rest, ok := strings.CutPrefix(name, "objects"); ok && d.objects != "" && (rest == "" || rest[0] == '/') {
		return filepath.Join(d.objects, rest)
	}
	return filepath.Join(d.root, name)
}

func (d disk) Open(name string) (billy.File, error) {
	if strings.HasSuffix(name, filepath.Join("objects", "info", "alternates")) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f, err := os.Open(d.path(name))
	if err != nil {
		return nil, err
	}
	return diskFile{f, name}, nil
}

func (d disk) OpenFile(name string, flag int, _ os.FileMode) (billy.File, error) {
	if flag != os.O_RDONLY {
		return nil, billy.ErrReadOnly
	}
	return d.Open(name)
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
func (d disk) Join(elem ...string) string                   { return filepath.Join(elem...) }
func (d disk) Readlink(_ string) (string, error)            { return "", billy.ErrNotSupported }
func (d disk) Chroot(name string) (billy.Filesystem, error) { return disk{root: d.path(name)}, nil }
func (d disk) Root() string                                 { return d.root }

// The git library writes nothing.

func (d disk) Create(string) (billy.File, error)           { return nil, billy.ErrReadOnly }
func (d disk) TempFile(string, string) (billy.File, error) { return nil, billy.ErrReadOnly }
func (d disk) Rename(string, string) error                 { return billy.ErrReadOnly }
func (d disk) Remove(string) error                         { return billy.ErrReadOnly }
func (d disk) MkdirAll(string, os.FileMode) error          { return billy.ErrReadOnly }
func (d disk) Symlink(string, string) error                { return billy.ErrReadOnly }

// diskFile is a file to be read.
type diskFile struct {
	*os.File
	name string
}

// Name gives the name under which the disk opened the file: the git library opens packs again by it to read objects
// of more than 16 KiB.
func (f diskFile) Name() string { return f.name }

func (f diskFile) Lock() error   { return billy.ErrNotSupported }
func (f diskFile) Unlock() error { return billy.ErrNotSupported }

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
