package drafting

import (
	"context"
	"fmt"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// WordOrigin is who brought some words, and how they got into the text.
type WordOrigin struct {
	HistoryEntry               // of the step that brought them
	Proposal     ProposalName  // the proposal they were written in; zero for words that came otherwise
	Taken        *HistoryEntry // the merge that took them in; nil when they are in no merge
}

// WordRun is a stretch of a clause's words of one origin, as byte range of the words.
type WordRun struct {
	Start, End int
	Origin     int // index of WordsView.Origins
}

// WordsView is a text with the origin of every word.
type WordsView struct {
	Resolution Resolution
	Version    Version
	Text       resolution.Text
	Names      []resolution.Name
	Runs       [][]WordRun // by clause; a table's words are its cells joined by tabs and its rows by line ends
	Origins    []WordOrigin
}

// Words gives a version with, for every word, who brought it and the merge that took it in.
func (s *Service) Words(ctx context.Context, a Actor, slug repo.Slug, version string) (WordsView, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return WordsView{}, err
	}
	v, err := r.version(ctx, version)
	if err != nil {
		return WordsView{}, err
	}
	text, err := r.annotated(ctx, v)
	if err != nil {
		return WordsView{}, err
	}
	view := WordsView{
		Resolution: r.about, Version: v.Version, Text: text.Text, Names: resolution.Names(text.Text),
		Runs: make([][]WordRun, len(text.Runs)),
	}
	tell := originTeller{reader: r, in: v.in, known: map[diff.Origin]int{}}
	for i, runs := range text.Runs {
		for _, run := range runs {
			n, err := tell.origin(ctx, run.Origin)
			if err != nil {
				return WordsView{}, err
			}
			view.Runs[i] = append(view.Runs[i], WordRun{run.Start, run.End, n})
		}
	}
	view.Origins = tell.origins
	return view, nil
}

// originTeller tells origins in the assembly's words, each once.
type originTeller struct {
	*reader
	in        *repo.Repository
	known     map[diff.Origin]int
	origins   []WordOrigin
	line      map[repo.Hash]bool
	proposals []writtenIn
}

// writtenIn is a proposal with the commits its text goes from and to.
type writtenIn struct {
	Proposal
	tip repo.Hash
}

func (t *originTeller) origin(ctx context.Context, o diff.Origin) (int, error) {
	if n, ok := t.known[o]; ok {
		return n, nil
	}
	if t.line == nil {
		if err := t.begin(ctx); err != nil {
			return 0, err
		}
	}
	origins := t.words.origins(t.about.Slug)
	h := origins.hash(o.Version)
	entry, err := t.step(ctx, h)
	if err != nil {
		return 0, err
	}
	told := WordOrigin{HistoryEntry: entry}
	if !t.line[h] {
		if told.Proposal, err = t.writtenIn(ctx, h); err != nil {
			return 0, err
		}
	}
	if o.Merge >= 0 {
		taken, err := t.step(ctx, origins.hash(o.Merge))
		if err != nil {
			return 0, err
		}
		told.Taken = &taken
	}
	t.known[o] = len(t.origins)
	t.origins = append(t.origins, told)
	return t.known[o], nil
}

// begin reads what every origin is told by.
func (t *originTeller) begin(ctx context.Context) error {
	var err error
	if t.line, err = t.mainLine(ctx); err != nil {
		return err
	}
	proposals, err := t.visible(ctx)
	if err != nil {
		return err
	}
	for _, p := range proposals {
		tip := p.Submitted
		if t.in.Circle() == p.Draft.Circle {
			if tip, err = t.in.Tip(ctx, p.Draft.Draft()); err != nil {
				return fmt.Errorf("draft %s: %w", p.Draft, missing(err))
			}
		}
		if tip != "" {
			t.proposals = append(t.proposals, writtenIn{p, tip})
		}
	}
	return nil
}

// step tells of one commit, with the adoption of exactly its text.
func (t *originTeller) step(ctx context.Context, h repo.Hash) (HistoryEntry, error) {
	c, err := t.in.Commit(ctx, h)
	if err != nil {
		return HistoryEntry{}, fmt.Errorf("step %s: %w", h, missing(err))
	}
	marks, err := t.marks(ctx, []repo.Commit{c})
	if err != nil {
		return HistoryEntry{}, err
	}
	return t.entry(ctx, c, marks[h], t.line[h])
}

// writtenIn finds the proposal in whose text a commit was made: the one whose text it leads to and whose base it does
// not, the nearest base where there are several.
func (t *originTeller) writtenIn(ctx context.Context, h repo.Hash) (ProposalName, error) {
	origins := t.words.origins(t.about.Slug)
	origins.mu.Lock()
	d, known := origins.brought[h]
	origins.mu.Unlock()
	for _, p := range t.proposals {
		if known {
			if p.Draft == d {
				return t.nameOf(p.Proposal), nil
			}
			continue
		}
		in, err := t.leadsOnlyTo(ctx, h, p)
		if err != nil {
			return ProposalName{}, err
		}
		if in {
			origins.mu.Lock()
			origins.brought[h] = p.Draft
			origins.mu.Unlock()
			return t.nameOf(p.Proposal), nil
		}
	}
	return ProposalName{}, nil
}

func (t *originTeller) leadsOnlyTo(ctx context.Context, h repo.Hash, p writtenIn) (bool, error) {
	in, err := t.in.IsAncestor(ctx, h, p.tip)
	if err != nil || !in {
		return false, missing(err)
	}
	before, err := t.in.IsAncestor(ctx, h, p.Base)
	return !before, missing(err)
}

func (r *reader) nameOf(p Proposal) ProposalName {
	return ProposalName{Draft: p.Draft, Label: r.dir.proposal(p), Circle: r.dir.circle(p.Draft.Circle)}
}
