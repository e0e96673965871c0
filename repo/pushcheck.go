package repo

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"plenary/repo/resolution"
)

// What one push may bring; far above what people write.
const (
	maxPushedCommits = 5000
	maxCommitSize    = 64 << 10
	maxTreeSize      = 1 << 20
)

// CheckPush checks what a push would bring into the repository while its objects are still in quarantine (the
// directory git names GIT_QUARANTINE_PATH; empty when the push brought no objects). Every new commit must follow
// from a commit that is there, and its tree hold only known paths, plain files, and words that can be read. The
// error is a *CheckError with the sentence for the person who pushes. What the refs would move to is given for
// whoever knows more of it than git does.
//
// Listing new objects would not be enough: an old file under a new path is no new object.
//
// The header and message of a new commit must fit rules: git lets anybody write any name, date and trailer there.
func (r *Repository) CheckPush(ctx context.Context, updates []RefUpdate, quarantine string, rules PushRules) (pushed []PushedRef, err error) {
	layers := []*layer{}
	if quarantine != "" {
		inside, err := filepath.Rel(filepath.Join(r.dir, "objects"), quarantine)
		if err != nil || !isQuarantine(inside) || strings.ContainsRune(inside, filepath.Separator) {
			return nil, fmt.Errorf("%s: %q is no quarantine of this repository", r, quarantine)
		}
		q := openObjects(disk{root: r.dir, objects: quarantine})
		defer func() { _ = q.close() }() // read only; the directory is git's
		layers = q.layers
	}
	err = r.with(ctx, func(o *objects) error {
		check := pushCheck{
			known: o, objects: &objects{layers: append(layers, o.layers...)},
			trees: map[checkedFile]bool{}, files: map[checkedFile]bool{}, rules: rules,
		}
		for _, u := range updates {
			if u.New == "" {
				continue
			}
			joins, err := check.history(ctx, u.New)
			if err == nil {
				err = r.forward(o, u, joins)
			}
			if err != nil {
				return err
			}
			p := PushedRef{RefUpdate: u, Joins: joins}
			if err := check.read(&p); err != nil {
				return err
			}
			pushed = append(pushed, p)
		}
		return nil
	})
	return pushed, err
}

// read reads what a ref's new commit holds.
func (c *pushCheck) read(p *PushedRef) error {
	var err error
	if p.File, err = fileAt(c.objects, p.New, TextFile); err != nil {
		return fmt.Errorf("%s at %s: %w", TextFile, p.New, err)
	}
	d, ok := ParseDraftName(p.Ref)
	if !ok {
		return nil
	}
	if p.Note, err = fileAt(c.objects, p.New, d.Note()); err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%s at %s: %w", d.Note(), p.New, err)
	}
	return nil
}

// forward checks that a ref only moves to what follows from it. joins are the commits there already that the new
// ones follow from.
func (r *Repository) forward(o *objects, u RefUpdate, joins []Hash) error {
	if u.Old == "" {
		return nil
	}
	old, err := r.node(o, u.Old)
	if err != nil {
		return err
	}
	for _, j := range joins {
		n, err := r.node(o, j)
		if err != nil {
			return err
		}
		if leadsTo(n, old) {
			return nil
		}
	}
	return &CheckError{Commit: u.New, Text: shortRef(u.Ref) +
		" would lose commits, and history is never rewritten: fetch, merge, and push again"}
}

// pushCheck remembers what one push's check has seen, so that each tree and file is read once.
type pushCheck struct {
	known   *objects // what the repository had before
	objects *objects // and the push's besides
	trees   map[checkedFile]bool
	files   map[checkedFile]bool
	commits int
	rules   PushRules
}

// checkedFile is a file or tree at a path; the same content may be right under one path and wrong under another.
type checkedFile struct {
	hash plumbing.Hash
	path string
}

// history checks the commits from tip back to those the repository has, and gives the latter. Whatever it has was
// checked when it came.
func (c *pushCheck) history(ctx context.Context, tip Hash) (joins []Hash, err error) {
	seen := map[Hash]bool{}
	for stack := []Hash{tip}; len(stack) > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[h] || !h.Valid() {
			continue
		}
		seen[h] = true
		if c.known.HasEncodedObject(plumbing.NewHash(string(h))) == nil {
			if _, err := getCommit(c.known, h); err != nil {
				return nil, &CheckError{Commit: h, Text: fmt.Sprintf("%.8s is no commit: push commits only", h)}
			}
			joins = append(joins, h)
			continue
		}
		if c.commits++; c.commits > maxPushedCommits {
			return nil, &CheckError{Text: fmt.Sprintf(
				"more than %d commits in one push: push them in parts", maxPushedCommits)}
		}
		parents, err := c.commit(h)
		if err != nil {
			return nil, err
		}
		stack = append(stack, parents...)
	}
	return joins, nil
}

func (c *pushCheck) commit(h Hash) (parents []Hash, err error) {
	if err := c.size(plumbing.NewHash(string(h)), maxCommitSize); err != nil {
		return nil, wrong(h, "", err, "the commit's header and message are too long: shorten the message")
	}
	commit, err := getCommit(c.objects, h)
	if err != nil {
		return nil, &CheckError{Commit: h, Text: fmt.Sprintf("%.8s is no commit that can be read: push commits only", h)}
	}
	if len(commit.ParentHashes) == 0 {
		return nil, &CheckError{Commit: h, Text: fmt.Sprintf(
			"commit %.8s begins a history of its own: begin from main or from your draft, so that the changes can be compared", h)}
	}
	if sentence := c.rules.fault(commit); sentence != "" {
		return nil, &CheckError{Commit: h, Text: fmt.Sprintf("commit %.8s %s", h, sentence)}
	}
	for _, p := range commit.ParentHashes {
		parents = append(parents, Hash(p.String()))
	}
	return parents, c.root(h, commit.TreeHash)
}

// root checks a commit's tree: the texts, and the directory of covering notes.
func (c *pushCheck) root(h Hash, root plumbing.Hash) error {
	entries, err := c.entries(h, "", root)
	if err != nil {
		return err
	}
	text := false
	for _, e := range entries {
		text = text || e.Name == TextFile
		if e.Name != "contributions" || e.Mode != filemode.Dir {
			if err := c.file(h, e.Name, e); err != nil {
				return err
			}
			continue
		}
		notes, err := c.entries(h, "contributions/", e.Hash)
		if err != nil {
			return err
		}
		for _, note := range notes {
			if err := c.file(h, "contributions/"+note.Name, note); err != nil {
				return err
			}
		}
	}
	if !text && entries != nil {
		return &CheckError{Commit: h, File: TextFile, Text: fmt.Sprintf(
			"commit %.8s does not hold it: a resolution's text lies in resolution.md", h)}
	}
	return nil
}

// entries reads one tree; nil when it was checked before.
func (c *pushCheck) entries(h Hash, dir string, tree plumbing.Hash) ([]object.TreeEntry, error) {
	if c.trees[checkedFile{tree, dir}] {
		return nil, nil
	}
	if err := c.size(tree, maxTreeSize); err != nil {
		return nil, wrong(h, dir, err, "there are too many files: "+layoutSentence)
	}
	t, err := object.GetTree(c.objects, tree)
	if err != nil {
		return nil, wrong(h, dir, err, "the directory cannot be read: run git fsck and push again")
	}
	c.trees[checkedFile{tree, dir}] = true
	if t.Entries == nil {
		return []object.TreeEntry{}, nil
	}
	return t.Entries, nil
}

func (c *pushCheck) file(h Hash, path string, e object.TreeEntry) error {
	shown := path
	if q := strconv.QuoteToASCII(path); q != `"`+path+`"` || len(path) > 200 {
		shown = fmt.Sprintf("%.200s", q)
	}
	switch {
	case e.Mode == filemode.Dir:
		return &CheckError{Commit: h, File: shown + "/", Text: layoutSentence}
	case e.Mode == filemode.Symlink:
		return &CheckError{Commit: h, File: shown, Text: "is a symbolic link: put the file itself in its place"}
	case e.Mode == filemode.Submodule:
		return &CheckError{Commit: h, File: shown, Text: "is a submodule: " + layoutSentence}
	case !knownPath(path):
		return &CheckError{Commit: h, File: shown, Text: layoutSentence}
	case e.Mode != filemode.Regular:
		return &CheckError{Commit: h, File: shown, Text: fmt.Sprintf(
			"has mode %o: a text is a plain file, 100644: run git update-index --chmod=-x on it", uint32(e.Mode))}
	}
	key := checkedFile{e.Hash, path}
	if c.files[key] {
		return nil
	}
	if err := c.size(e.Hash, resolution.MaxFile); err != nil {
		return wrong(h, shown, err, fmt.Sprintf(
			"is larger than %d bytes: split the text or remove what does not belong to it", resolution.MaxFile))
	}
	content, err := getBlob(c.objects, e.Hash)
	if err != nil {
		return wrong(h, shown, err, "cannot be read: run git fsck and push again")
	}
	err = checkText(path, content)
	if bad, is := errors.AsType[*CheckError](err); is {
		bad.Commit = h
	}
	c.files[key] = err == nil
	return err
}

var errTooLarge = errors.New("too large")

// size refuses an object that is larger than most, before it is read.
func (c *pushCheck) size(h plumbing.Hash, most int64) error {
	size, err := c.objects.EncodedObjectSize(h)
	if err == nil && size > most {
		return errTooLarge
	}
	return err
}

// wrong gives the sentence for an object that is too large, missing or damaged.
func wrong(h Hash, path string, err error, sentence string) error {
	if errors.Is(err, errTooLarge) || errors.Is(err, plumbing.ErrObjectNotFound) ||
		errors.Is(err, object.ErrMalformedTree) {
		return &CheckError{Commit: h, File: path, Text: sentence}
	}
	return fmt.Errorf("check commit %s: %s: %w", h, path, err)
}
