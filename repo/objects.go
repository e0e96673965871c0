package repo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

// objects is a warm object storage for one goroutine at a time: the repository's own objects first, then those it
// borrows. It is what the git library reads and writes objects through.
type objects struct {
	layers []*layer // layers[0] is written to
}

var _ storer.EncodedObjectStorer = (*objects)(nil)

// layer is one objects directory. The git library reads the list of packs once; packs that stock git made or
// removed since are seen after a reindex, which is done on a miss when the directory has changed.
type layer struct {
	*filesystem.ObjectStorage
	disk    disk
	packs   time.Time // change time of objects/pack when it was last indexed
	indexed time.Time
}

// cacheSize bounds the decoded objects each layer of a storage keeps: a few dozen whole texts.
const cacheSize = 1 * cache.MiByte

// reopenings is how often a missing object is looked for before it counts as missing.
const reopenings = 3

func openObjects(disks ...disk) *objects {
	o := &objects{}
	for _, d := range disks {
		l := &layer{disk: d}
		l.open()
		o.layers = append(o.layers, l)
	}
	return o
}

func (l *layer) open() {
	l.packs, l.indexed = l.packsChanged(), time.Now()
	l.ObjectStorage = filesystem.NewObjectStorageWithOptions(
		dotgit.New(l.disk), cache.NewObjectLRU(cacheSize), filesystem.Options{MaxOpenDescriptors: 4})
}

func (l *layer) packsChanged() time.Time {
	info, err := os.Stat(l.disk.path("objects/pack"))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// refresh reopens the layer if packs may have come or gone, and reports whether it did. A change within the clock
// tick of the last look would not show in the time, so a fresh index is not trusted either.
func (l *layer) refresh() (bool, error) {
	if changed := l.packsChanged(); changed.Equal(l.packs) && l.indexed.Sub(changed) > time.Second {
		return false, nil
	}
	err := l.Close()
	l.open()
	return true, err
}

func (o *objects) close() error {
	var errs []error
	for _, l := range o.layers {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// find asks each layer in turn; on a miss it reopens what has changed and asks again.
func (o *objects) find(h plumbing.Hash, ask func(*layer) error) error {
	var failed error
	for range reopenings {
		failed = nil
		for _, l := range o.layers {
			err := ask(l)
			if err == nil {
				return nil
			}
			if !isMiss(err) {
				failed = fmt.Errorf("object %s: %w", h, err)
			}
		}
		reopened, err := o.refresh()
		if err != nil {
			return fmt.Errorf("object %s: %w", h, err)
		}
		if !reopened {
			break
		}
	}
	if failed != nil {
		return failed
	}
	return plumbing.ErrObjectNotFound
}

// refresh reopens the layers that have changed on disk, and reports whether there were any.
func (o *objects) refresh() (bool, error) {
	reopened := false
	for _, l := range o.layers {
		did, err := l.refresh()
		if err != nil {
			return false, err
		}
		reopened = reopened || did
	}
	return reopened, nil
}

// isMiss reports whether the error may be cured by looking again: no such object, or its pack has gone.
func isMiss(err error) bool {
	return errors.Is(err, plumbing.ErrObjectNotFound) || errors.Is(err, dotgit.ErrPackfileNotFound) ||
		errors.Is(err, fs.ErrNotExist)
}

// EncodedObject gives an object of the wanted type from the first layer that has it.
func (o *objects) EncodedObject(t plumbing.ObjectType, h plumbing.Hash) (obj plumbing.EncodedObject, err error) {
	err = o.find(h, func(l *layer) error {
		found, err := l.EncodedObject(t, h)
		if err == nil {
			obj, err = inMemory(found)
		}
		return err
	})
	return obj, err
}

// inMemory reads an object now. The git library leaves large ones in their pack until they are read, by when the
// pack may have gone: found here, that is a miss like any other.
func inMemory(obj plumbing.EncodedObject) (whole plumbing.EncodedObject, err error) {
	if _, is := obj.(*plumbing.MemoryObject); is {
		return obj, nil
	}
	r, err := obj.Reader()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	m := &plumbing.MemoryObject{}
	m.SetType(obj.Type())
	if _, err := m.Write(content); err != nil {
		return nil, err
	}
	return m, nil
}

// HasEncodedObject returns nil if a layer has the object.
func (o *objects) HasEncodedObject(h plumbing.Hash) error {
	return o.find(h, func(l *layer) error { return l.HasEncodedObject(h) })
}

// EncodedObjectSize gives an object's size without reading it whole.
func (o *objects) EncodedObjectSize(h plumbing.Hash) (size int64, err error) {
	err = o.find(h, func(l *layer) error {
		var err error
		size, err = l.EncodedObjectSize(h)
		return err
	})
	return size, err
}

// NewEncodedObject gives an empty object to fill and hand to SetEncodedObject.
func (o *objects) NewEncodedObject() plumbing.EncodedObject { return &plumbing.MemoryObject{} }

// SetEncodedObject writes an object durably to the repository itself, unless it or a borrowed layer has it.
func (o *objects) SetEncodedObject(obj plumbing.EncodedObject) (plumbing.Hash, error) {
	return obj.Hash(), o.write(obj)
}

// IterEncodedObjects lists the repository's own objects.
func (o *objects) IterEncodedObjects(t plumbing.ObjectType) (storer.EncodedObjectIter, error) {
	return o.layers[0].IterEncodedObjects(t)
}

// AddAlternate is refused: what is borrowed is decided when the storage is opened.
func (o *objects) AddAlternate(string) error {
	return errors.New("alternates are not added to an open storage")
}
