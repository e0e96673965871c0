package repo

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Annotations is where annotated texts are kept from one look to the next. Its methods are called by one goroutine.
type Annotations interface {
	// Known gives the annotated text of a commit; false where it is not kept.
	Known(ctx context.Context, h Hash) (diff.Annotated, bool, error)
	// Number gives the number by which origins name a commit.
	Number(h Hash) int
	// Keep takes in a commit's annotated text, which shares with its first parent's what stayed; of is empty, and
	// before nothing, where it has no parent.
	Keep(ctx context.Context, h, of Hash, before, text diff.Annotated) error
}

// ErrUnannotated is returned where a commit's parent is neither to be annotated nor kept.
var ErrUnannotated = errors.New("a parent's text is not annotated")

// Unannotated lists the commits that lead to tip and are not kept, parents before children: what is behind a commit
// that is kept is not looked at.
func (r *Repository) Unannotated(ctx context.Context, tip Hash, kept func(Hash) bool) ([]Hash, error) {
	if kept(tip) {
		return nil, nil
	}
	start, _, err := r.nodes(ctx, tip, tip)
	if err != nil {
		return nil, err
	}
	var order []Hash
	entered := map[*node]bool{start: true}
	type step struct {
		n    *node
		next int // of the parents, the one to go to
	}
	for stack := []step{{n: start}}; len(stack) > 0; {
		top := &stack[len(stack)-1]
		if top.next == len(top.n.parents) {
			order = append(order, top.n.hash)
			stack = stack[:len(stack)-1]
			continue
		}
		p := top.n.parents[top.next]
		top.next++
		if !entered[p] && !kept(p.hash) {
			entered[p] = true
			stack = append(stack, step{n: p})
		}
	}
	return order, nil
}

// Annotate works out the origin of every word of some texts of r, parents before children, from those that are kept.
// What it has handed to Keep stays done when it ends with an error; ErrUnannotated asks for a new list.
func (a *Archive) Annotate(ctx context.Context, r *Repository, order []Hash, in Annotations) error {
	h := history{order: order, parents: make(map[Hash][]Hash, len(order)), keep: in}
	for _, c := range order {
		n := r.graph.lookup(c)
		if n == nil {
			var err error
			if n, _, err = r.nodes(ctx, c, c); err != nil {
				return err
			}
		}
		for _, p := range n.parents {
			h.parents[c] = append(h.parents[c], p.hash)
		}
	}
	var err error
	if len(order) <= fewTexts {
		h.contents = r.contents
		h.blobs, err = r.textsOf(ctx, order)
	} else {
		f := &foreign{stock: a.stock, dir: r.dir}
		h.contents = f.contents
		h.blobs, err = f.textsOf(ctx, order)
	}
	if err == nil {
		_, err = h.annotate(ctx)
	}
	if err != nil {
		return fmt.Errorf("%s: annotate %d texts: %w", r, len(order), err)
	}
	return nil
}

// fewTexts is how many texts are read in the process; more are read by stock git, which is faster at many.
const fewTexts = 16

// textsOf gives which blob holds the text at each commit; none where there is no text.
func (r *Repository) textsOf(ctx context.Context, commits []Hash) (map[Hash]Hash, error) {
	blobs := map[Hash]Hash{}
	err := r.with(ctx, func(o *objects) error {
		for _, h := range commits {
			c, err := getCommit(o, h)
			if err != nil {
				return err
			}
			tree, err := object.GetTree(o, c.TreeHash)
			if err != nil {
				return fmt.Errorf("tree of %s: %w", h, err)
			}
			if e, err := tree.FindEntry(TextFile); err == nil && e.Mode == filemode.Regular {
				blobs[h] = Hash(e.Hash.String())
			}
		}
		return nil
	})
	return blobs, err
}

// contents calls take with the bytes of each blob in turn.
func (r *Repository) contents(ctx context.Context, blobs []Hash, take func(h Hash, content []byte) error) error {
	for _, h := range blobs {
		var content []byte
		err := r.with(ctx, func(o *objects) (err error) {
			content, err = getBlob(o, plumbing.NewHash(string(h)))
			return err
		})
		if err == nil {
			err = take(h, content)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// history annotates commits, parents before children.
type history struct {
	order    []Hash
	parents  map[Hash][]Hash
	blobs    map[Hash]Hash // by commit: what holds its text; none where there is no text
	contents func(ctx context.Context, blobs []Hash, take func(h Hash, content []byte) error) error
	keep     Annotations
}

// read is a text as read, in the order it was asked for.
type read struct {
	text resolution.Text
	err  error
}

// annotate gives the annotated text of the last commit. Texts are read and parsed while those before them are compared.
func (b history) annotate(ctx context.Context) (diff.Annotated, error) {
	ctx, cancel := context.WithCancel(ctx)
	texts := make(chan read, 16)
	defer func() {
		cancel()
		for range texts { // until the reader has gone
			continue
		}
	}()
	go b.read(ctx, texts)

	wanted := map[Hash]int{}
	for _, h := range b.order {
		for _, p := range b.parents[h] {
			wanted[p]++
		}
	}
	made := map[Hash]diff.Annotated{}
	var last diff.Annotated
	for _, h := range b.order {
		parents := make([]diff.Annotated, len(b.parents[h]))
		for i, p := range b.parents[h] {
			if err := b.parent(ctx, p, made); err != nil {
				return last, err
			}
			parents[i] = made[p]
		}
		var err error
		if last, err = b.step(h, parents, texts); err != nil {
			return last, err
		}
		made[h] = last
		of, before := Hash(""), diff.Annotated{}
		if len(parents) > 0 {
			of, before = b.parents[h][0], parents[0]
		}
		if err := b.keep.Keep(ctx, h, of, before, last); err != nil {
			return last, err
		}
		for _, p := range b.parents[h] {
			if wanted[p]--; wanted[p] == 0 {
				delete(made, p)
			}
		}
	}
	return last, ctx.Err()
}

// step annotates one commit, whose text comes next.
func (b history) step(h Hash, parents []diff.Annotated, texts <-chan read) (diff.Annotated, error) {
	if b.same(h) {
		return parents[0], nil
	}
	next := read{}
	if b.blobs[h] != "" {
		next = <-texts
	}
	if next.err != nil {
		return diff.Annotated{}, next.err
	}
	return diff.Annotate(next.text, b.keep.Number(h), parents...), nil
}

// parent sees to it that a parent's text is among those made.
func (b history) parent(ctx context.Context, p Hash, made map[Hash]diff.Annotated) error {
	if _, ok := made[p]; ok {
		return nil
	}
	text, ok, err := b.keep.Known(ctx, p)
	if err == nil && !ok {
		err = ErrUnannotated
	}
	made[p] = text
	return err
}

// same tells whether a commit has the text of its first parent, so that no word of it is new.
func (b history) same(h Hash) bool {
	parents := b.parents[h]
	if len(parents) == 0 {
		return false
	}
	blob, known := b.blobs[parents[0]]
	return known && b.blobs[h] == blob
}

// read sends the texts that annotate asks for, in order, and closes texts.
func (b history) read(ctx context.Context, texts chan<- read) {
	defer close(texts)
	var wanted, of []Hash
	for _, h := range b.order {
		if b.blobs[h] != "" && !b.same(h) {
			wanted, of = append(wanted, b.blobs[h]), append(of, h)
		}
	}
	send := func(p read) error {
		select {
		case texts <- p:
			return p.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var reader resolution.Reader
	n := 0
	err := b.contents(ctx, wanted, func(_ Hash, content []byte) error {
		text, err := reader.Parse(content)
		if err != nil {
			err = fmt.Errorf("%s at %.10s cannot be read: %w", TextFile, of[n], err)
		}
		n++
		return send(read{text, err})
	})
	if err != nil {
		_ = send(read{err: err}) // a reader that has gone has its own error
	}
}
