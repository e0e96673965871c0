package repo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Pictured is one repository with its refs as they were at one moment.
type Pictured struct {
	Path string // in the archive's directory: "public/tea-7.git", "desks/usa/tea-7.git"
	dir  string
	refs map[string]packedRef // by full name
	from *Pictured            // the public repository that a desk borrows from; nil for a public one
}

// errUnsteady means that refs kept moving while they were being read.
var errUnsteady = errors.New("its branches keep moving")

// stillness is how long a resolution's refs are read again and again until they are the same twice.
const stillness = 3 * time.Second

// Picture is the refs of every repository of an archive. Those of one resolution, its public repository first and
// then its desks, are of one moment.
type Picture map[Slug][]Pictured

// Repositories gives every repository, public ones before the desks that borrow from them.
func (p Picture) Repositories() []Pictured {
	var all []Pictured
	for _, slug := range slices.Sorted(maps.Keys(p)) {
		all = append(all, p[slug]...)
	}
	return all
}

// Picture reads the refs of all repositories. Those of a resolution are read until two readings in a row are the
// same, the one in before counting as the first; as refs only move forward, that is how they were at any moment
// between the two. Whoever stops the records meanwhile takes a picture before, so that the second one is quick, and
// as of the moment the records stand still. Picture may run beside the process that owns the archive.
func (a *Archive) Picture(ctx context.Context, before Picture) (Picture, error) {
	slugs, err := a.Resolutions()
	if err != nil {
		return nil, err
	}
	all := Picture{}
	for _, slug := range slugs {
		if all[slug], err = a.picture(ctx, slug, before[slug]); err != nil {
			return nil, fmt.Errorf("refs of %s: %w", slug, err)
		}
	}
	return all, nil
}

func (a *Archive) picture(ctx context.Context, slug Slug, before []Pictured) ([]Pictured, error) {
	for deadline := time.Now().Add(stillness); time.Now().Before(deadline); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		now, err := a.readPicture(slug)
		if err != nil {
			return nil, err
		}
		if slices.EqualFunc(before, now, func(p, q Pictured) bool { return p.Path == q.Path && maps.Equal(p.refs, q.refs) }) {
			return now, nil
		}
		before = now
	}
	return nil, errUnsteady
}

// readPicture reads the refs of a resolution's public repository and all its desks.
func (a *Archive) readPicture(slug Slug) ([]Pictured, error) {
	circles, err := a.Circles()
	if err != nil {
		return nil, err
	}
	public, err := readRepository(a.dir, a.Path(slug), nil)
	if err != nil {
		return nil, err
	}
	all := []Pictured{*public}
	for _, c := range circles {
		dir := a.DeskPath(slug, c)
		ok, err := exists(dir)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		desk, err := readRepository(a.dir, dir, public)
		if err != nil {
			return nil, err
		}
		all = append(all, *desk)
	}
	return all, nil
}

func readRepository(root, dir string, from *Pictured) (*Pictured, error) {
	path, err := filepath.Rel(root, dir)
	if err != nil {
		return nil, err
	}
	// Objects are never taken away, so what these refs lead to is there as long as the repository is.
	refs, err := (&refStore{dir: dir}).all("")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for full, ref := range refs {
		ref.peeled = "" // known for some only, and git finds it out
		refs[full] = ref
	}
	return &Pictured{Path: filepath.ToSlash(path), dir: dir, refs: refs, from: from}, nil
}

// Copy writes a pictured repository under root, at its path, as a repository of its own: its refs as pictured, and
// one pack of what they lead to; a desk has what the public one lacks and borrows the rest, as ever. The directory
// must not be there. Copy may run beside the process that owns the archive, upkeep included.
func (a *Archive) Copy(ctx context.Context, p Pictured, root string) error {
	dir := filepath.Join(root, filepath.FromSlash(p.Path))
	err := a.makeRepository(dir, func(tmp string) error {
		var want strings.Builder
		for _, full := range slices.Sorted(maps.Keys(p.refs)) {
			fmt.Fprintln(&want, p.refs[full].hash)
		}
		if p.from != nil {
			want.WriteString("--not\n")
			for _, ref := range p.from.refs {
				fmt.Fprintln(&want, ref.hash)
			}
			borrowed, err := filepath.Rel(filepath.Join(p.dir, "objects"), filepath.Join(p.from.dir, "objects"))
			if err == nil {
				err = writeDurably(filepath.Join(tmp, "objects", "info", "alternates"), []byte(filepath.ToSlash(borrowed)+"\n"))
			}
			if err != nil {
				return err
			}
		}
		_, err := a.stock.run(ctx, p.dir, strings.NewReader(want.String()),
			"pack-objects", "--revs", "--non-empty", "--quiet", "--threads=1", filepath.Join(tmp, "objects", "pack", "pack"))
		if err != nil {
			return err
		}
		return writeDurably(filepath.Join(tmp, "packed-refs"), formatUnpeeled(p.refs))
	})
	if err != nil {
		return fmt.Errorf("copy %s: %w", p.Path, err)
	}
	return nil
}

// formatUnpeeled writes packed-refs without the commits behind tags, which git finds when it wants them.
func formatUnpeeled(refs map[string]packedRef) []byte {
	var b strings.Builder
	b.WriteString("# pack-refs with: sorted \n")
	for _, full := range slices.Sorted(maps.Keys(refs)) {
		fmt.Fprintf(&b, "%s %s\n", refs[full].hash, full)
	}
	return []byte(b.String())
}

// Discard takes a copied repository away again.
func (p Pictured) Discard(root string) error {
	return os.RemoveAll(filepath.Join(root, filepath.FromSlash(p.Path)))
}
