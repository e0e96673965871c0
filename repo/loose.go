package repo

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// batch is objects to be written together: a commit with its trees and files.
type batch []plumbing.EncodedObject

// encoder is a tree, commit or tag of the git library.
type encoder interface {
	Encode(plumbing.EncodedObject) error
}

func (b *batch) encode(e encoder) (plumbing.Hash, error) {
	obj := &plumbing.MemoryObject{}
	if err := e.Encode(obj); err != nil {
		return plumbing.ZeroHash, err
	}
	*b = append(*b, obj)
	return obj.Hash(), nil
}

func (b *batch) blob(content []byte) (plumbing.Hash, error) {
	obj := &plumbing.MemoryObject{}
	obj.SetType(plumbing.BlobObject)
	if _, err := obj.Write(content); err != nil {
		return plumbing.ZeroHash, err
	}
	*b = append(*b, obj)
	return obj.Hash(), nil
}

// write makes objects durable in the repository itself, those excepted that it has or borrows. All files are synced
// at the same time and only then renamed into place, so that an object that can be found is whole; then their
// directories are synced. The disk does in four waits what one object after the other would take eleven for.
func (o *objects) write(objs ...plumbing.EncodedObject) error {
	var fresh []plumbing.EncodedObject
	for _, obj := range objs {
		has := slices.IndexFunc(o.layers, func(l *layer) bool { return l.HasEncodedObject(obj.Hash()) == nil })
		if has < 0 {
			fresh = append(fresh, obj)
			continue
		}
		if err := o.layers[has].freshen(obj.Hash()); err != nil {
			return err
		}
	}
	return o.layers[0].writeLoose(fresh)
}

func (l *layer) writeLoose(objs []plumbing.EncodedObject) error {
	top := l.disk.path("objects")
	written := make([]string, len(objs))
	err := together(len(objs), func(i int) (err error) {
		written[i], err = writeObjectFile(filepath.Join(top, "pack"), objs[i])
		return err
	})
	dirs := map[string]bool{}
	for i, obj := range objs {
		if err != nil {
			break
		}
		hex := obj.Hash().String()
		dir := filepath.Join(top, hex[:2])
		if err = makeDirs(dir); err == nil {
			err = os.Rename(written[i], filepath.Join(dir, hex[2:]))
			dirs[dir] = true
		}
	}
	if err != nil {
		for _, path := range written {
			if path != "" {
				_ = os.Remove(path) // renamed already, or cleared away at the next start
			}
		}
		return fmt.Errorf("write objects: %w", err)
	}
	paths := make([]string, 0, len(dirs))
	for dir := range dirs {
		paths = append(paths, dir)
	}
	return together(len(paths), func(i int) error { return syncDir(paths[i]) })
}

// together does n things at the same time and gives all errors.
func together(n int, do func(i int) error) error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// writeObjectFile writes one object as git keeps it, under a temporary name, and syncs it.
func writeObjectFile(dir string, obj plumbing.EncodedObject) (path string, err error) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	if _, err := fmt.Fprintf(z, "%s %d\x00", obj.Type(), obj.Size()); err != nil {
		return "", err
	}
	content, err := obj.Reader()
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(z, content); err != nil {
		return "", err
	}
	if err := errors.Join(content.Close(), z.Close()); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(dir, "tmp_obj_")
	if err != nil {
		return "", err
	}
	_, err = f.Write(packed.Bytes())
	if err == nil {
		err = f.Chmod(0o444)
	}
	if err == nil {
		err = f.Sync()
	}
	return f.Name(), errors.Join(err, f.Close())
}

// freshen makes an object that is there already as good as written now: another save may have renamed it into place
// and not synced the directory yet, and a prune by hand goes by the time of the file.
func (l *layer) freshen(h plumbing.Hash) error {
	name := l.disk.path(filepath.Join("objects", h.String()[:2], h.String()[2:]))
	now := time.Now()
	err := os.Chtimes(name, now, now)
	if err == nil {
		err = syncDir(filepath.Dir(name))
	}
	if errors.Is(err, fs.ErrNotExist) { // packed: durable since it was found
		return nil
	}
	return err
}
