package repo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// newCommit is a commit to be written: the files of the first parent, what further parents add to contributions/,
// and the changes of its own.
type newCommit struct {
	parents  []Hash
	files    map[string][]byte // by path; nil content removes the file
	sig      Signature
	subject  string
	body     string
	trailers []Trailer
}

var errNoTime = errors.New("the signature has no time")

// commit writes a commit and what it needs, durably; no ref is moved. When it would change nothing over its only
// parent it writes nothing and gives that parent.
func (r *Repository) commit(ctx context.Context, n newCommit) (head Hash, err error) {
	if n.sig.When.IsZero() {
		return "", errNoTime
	}
	err = r.with(ctx, func(o *objects) error {
		files, before, err := parentFiles(o, n.parents)
		if err != nil {
			return err
		}
		var writing batch
		for path, content := range n.files {
			if content == nil {
				delete(files, path)
				continue
			}
			h, err := writing.blob(content)
			if err != nil {
				return fmt.Errorf("write %s: %w", path, err)
			}
			files[path] = object.TreeEntry{Mode: filemode.Regular, Hash: h}
		}
		tree, err := writing.tree(files)
		if err != nil {
			return err
		}
		if len(n.parents) == 1 && tree == before {
			head = n.parents[0]
			return nil
		}
		h, err := writing.commit(tree, n)
		if err != nil {
			return fmt.Errorf("write commit: %w", err)
		}
		head = Hash(h.String())
		return o.write(writing...)
	})
	return head, err
}

// parentFiles gives the files a commit starts from, by path, and the first parent's tree.
func parentFiles(o *objects, parents []Hash) (map[string]object.TreeEntry, plumbing.Hash, error) {
	files, tree := map[string]object.TreeEntry{}, plumbing.ZeroHash
	for i, p := range parents {
		c, err := getCommit(o, p)
		if err != nil {
			return nil, tree, err
		}
		theirs := map[string]object.TreeEntry{}
		if err := listFiles(o, c.TreeHash, "", theirs); err != nil {
			return nil, tree, fmt.Errorf("files of %s: %w", p, err)
		}
		if i == 0 {
			files, tree = theirs, c.TreeHash
			continue
		}
		for path, e := range theirs { // covering notes have one file a proposal and never collide
			if _, ok := files[path]; !ok && strings.HasPrefix(path, "contributions/") {
				files[path] = e
			}
		}
	}
	return files, tree, nil
}

func listFiles(o *objects, h plumbing.Hash, dir string, files map[string]object.TreeEntry) error {
	tree, err := object.GetTree(o, h)
	if err != nil {
		return err
	}
	for _, e := range tree.Entries {
		if e.Mode == filemode.Dir {
			if err := listFiles(o, e.Hash, dir+e.Name+"/", files); err != nil {
				return err
			}
			continue
		}
		files[dir+e.Name] = e
	}
	return nil
}

// tree adds the trees of files given by path.
func (b *batch) tree(files map[string]object.TreeEntry) (plumbing.Hash, error) {
	tree := &object.Tree{}
	below := map[string]map[string]object.TreeEntry{}
	for path, e := range files {
		dir, rest, nested := strings.Cut(path, "/")
		if !nested {
			tree.Entries = append(tree.Entries, object.TreeEntry{Name: path, Mode: e.Mode, Hash: e.Hash})
			continue
		}
		if below[dir] == nil {
			below[dir] = map[string]object.TreeEntry{}
		}
		below[dir][rest] = e
	}
	for dir, inside := range below {
		h, err := b.tree(inside)
		if err != nil {
			return h, err
		}
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: dir, Mode: filemode.Dir, Hash: h})
	}
	slices.SortFunc(tree.Entries, func(a, b object.TreeEntry) int {
		return strings.Compare(sortName(a), sortName(b))
	})
	return b.encode(tree)
}

// sortName is how git orders the entries of a tree: directories as if their names ended in a slash.
func sortName(e object.TreeEntry) string {
	if e.Mode == filemode.Dir {
		return e.Name + "/"
	}
	return e.Name
}

func (b *batch) commit(tree plumbing.Hash, n newCommit) (plumbing.Hash, error) {
	who := gitSignature(n.sig)
	c := &object.Commit{
		TreeHash: tree, Author: who, Committer: who,
		Message: message(n.subject, n.body, n.trailers, n.sig.CoAuthors),
	}
	for _, p := range n.parents {
		c.ParentHashes = append(c.ParentHashes, plumbing.NewHash(string(p)))
	}
	return b.encode(c)
}

func gitSignature(s Signature) object.Signature {
	return object.Signature{Name: s.Author.fullName(), Email: s.Author.address(), When: s.When}
}

// tag writes an annotated tag and its ref, durably. A tag of that name on the same commit is left as it is; on
// another commit it is ErrExists. A signer signs it; nil for none.
func (r *Repository) tag(ctx context.Context, signer *signer, name string, at Hash, sig Signature, text string) error {
	if sig.When.IsZero() {
		return errNoTime
	}
	full, err := FullRef(name)
	if err != nil || !strings.HasPrefix(full, "refs/tags/") {
		return fmt.Errorf("tag %q: %w", name, ErrName)
	}
	now, err := r.Tip(ctx, full)
	if err == nil && now != at {
		return fmt.Errorf("tag %s: %w", name, ErrExists)
	}
	if err == nil || !errors.Is(err, ErrNotFound) {
		return err
	}
	var h plumbing.Hash
	err = r.with(ctx, func(o *objects) error {
		if _, err := getCommit(o, at); err != nil {
			return err
		}
		tag := &object.Tag{
			Name: shortRef(full), Tagger: gitSignature(sig), Message: message(text, "", nil, nil),
			TargetType: plumbing.CommitObject, Target: plumbing.NewHash(string(at)),
		}
		if signer != nil {
			if err := signer.signed(ctx, tag); err != nil {
				return err
			}
		}
		var writing batch
		if h, err = writing.encode(tag); err != nil {
			return err
		}
		return o.write(writing...)
	})
	if err != nil {
		return fmt.Errorf("tag %s: %w", name, err)
	}
	defer r.moves.Add(1)
	return r.refs.set(full, "", Hash(h.String()))
}
