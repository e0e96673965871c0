package drafting

import (
	"context"
	"fmt"
	"strings"
	"time"

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

// WordsFrom says where words come from.
type WordsFrom struct {
	Commit   repo.Hash    // the step that brought them
	Merge    repo.Hash    // the merge that took them in; empty when they came otherwise
	At       time.Time    // of the step, to the second
	Proposal ProposalName // the proposal they were written in; zero for words that came otherwise
}

// WordsView is a text with the origin of every word.
type WordsView struct {
	Resolution Resolution
	Version    Version
	Text       resolution.Text
	Names      []resolution.Name
	Runs       [][]WordRun    // by clause; a table's words are its cells joined by tabs and its rows by line ends
	Origins    []WordsFrom    // each once, in reading order
	Making     *WordsProgress // the origins are being worked out, and Runs and Origins are empty; else nil

	tell *originTeller
}

// Words gives a version with, for every word, who brought it and the merge that took it in. What is not known of a
// long history is worked out in the background, and the view says how far that is.
func (s *Service) Words(ctx context.Context, a Actor, slug repo.Slug, version string) (WordsView, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return WordsView{}, err
	}
	v, err := r.version(ctx, version)
	if err != nil {
		return WordsView{}, err
	}
	view := WordsView{Resolution: r.about, Version: v.Version}
	text, known, err := s.annotated(ctx, v)
	if err == nil && !known {
		of := wordText{slug, v.in.Circle(), v.Commit}
		s.wordWork.ask(wordJob{of, s}, true)
		now, done := s.wordWork.settle(ctx, of, wordsWait)
		if view.Making = &now; done {
			text, known, err = s.annotated(ctx, v)
		}
	}
	if err != nil {
		return WordsView{}, fmt.Errorf("origins of the words of %s: %w", v.Key, missing(err))
	}
	if !known {
		view.Text, err = v.text(ctx)
		view.Names = resolution.Names(view.Text)
		return view, err
	}
	view.Making, view.Text, view.Names = nil, text.Text, resolution.Names(text.Text)
	view.tell = &originTeller{reader: r, in: v.in}
	return view, view.trace(ctx, text)
}

// trace gives each run its origin.
func (v *WordsView) trace(ctx context.Context, text diff.Annotated) error {
	if err := v.tell.begin(ctx); err != nil {
		return err
	}
	origins := v.tell.words.origins(v.Resolution.Slug)
	known := map[diff.Origin]int{}
	v.Runs = make([][]WordRun, len(text.Runs))
	for i, runs := range text.Runs {
		for _, run := range runs {
			n, met := known[run.Origin]
			if !met {
				n = len(v.Origins)
				known[run.Origin] = n
				b := WordsFrom{Commit: origins.hash(run.Version)}
				if run.Merge >= 0 {
					b.Merge = origins.hash(run.Merge)
				}
				b.Proposal = v.tell.writtenIn(b.Commit)
				v.Origins = append(v.Origins, b)
			}
			v.Runs[i] = append(v.Runs[i], WordRun{run.Start, run.End, n})
		}
	}
	commits := make([]repo.Hash, len(v.Origins))
	for n, o := range v.Origins {
		commits[n] = o.Commit
	}
	dates, err := v.tell.in.Dates(ctx, v.Version.Commit, commits)
	if err != nil {
		return fmt.Errorf("dates of %s: %w", v.Version.Key, missing(err))
	}
	for n := range v.Origins {
		v.Origins[n].At = time.Unix(dates[n], 0).UTC()
	}
	return nil
}

// Tell tells of one of the view's origins in the assembly's words.
func (v *WordsView) Tell(ctx context.Context, origin int) (WordOrigin, error) {
	b := v.Origins[origin]
	entry, err := v.tell.step(ctx, b.Commit)
	if err != nil {
		return WordOrigin{}, err
	}
	told := WordOrigin{HistoryEntry: entry, Proposal: b.Proposal}
	if b.Merge != "" {
		taken, err := v.tell.step(ctx, b.Merge)
		if err != nil {
			return WordOrigin{}, err
		}
		told.Taken = &taken
	}
	return told, nil
}

// originTeller tells origins in the assembly's words.
type originTeller struct {
	*reader
	in        *repo.Repository
	line      map[repo.Hash]bool
	proposals []writtenIn
	wrote     map[repo.Hash]int    // the proposal a commit was written in, by its place
	names     map[int]ProposalName // of proposals, by place
}

// writtenIn is a proposal with the commits its text goes from and to.
type writtenIn struct {
	Proposal
	tip repo.Hash
}

// begin reads what every origin is told by. A commit was written in the first proposal whose text it leads to and
// whose base it does not lead to.
func (t *originTeller) begin(ctx context.Context) error {
	var err error
	if t.line, err = t.mainLine(ctx); err != nil {
		return err
	}
	proposals, err := t.visible(ctx)
	if err != nil {
		return err
	}
	var key strings.Builder
	for _, p := range proposals {
		tip := p.Submitted
		if t.in.Circle() == p.Draft.Circle {
			if tip, err = t.in.Tip(ctx, p.Draft.Draft()); err != nil {
				return fmt.Errorf("draft %s: %w", p.Draft, missing(err))
			}
		}
		if tip != "" {
			t.proposals = append(t.proposals, writtenIn{p, tip})
			fmt.Fprintln(&key, p.Draft, p.Base, tip)
		}
	}
	t.names = map[int]ProposalName{}
	origins := t.words.origins(t.about.Slug)
	origins.mu.Lock()
	t.wrote = origins.written[key.String()]
	origins.mu.Unlock()
	if t.wrote != nil {
		return nil
	}
	t.wrote = map[repo.Hash]int{}
	for n, p := range t.proposals {
		commits, err := t.in.Between(ctx, p.Base, p.tip)
		if err != nil {
			return fmt.Errorf("history of proposal %s: %w", p.Draft, missing(err))
		}
		for _, h := range commits {
			if _, known := t.wrote[h]; !known {
				t.wrote[h] = n
			}
		}
	}
	origins.mu.Lock()
	defer origins.mu.Unlock()
	if len(origins.written) >= mostWritten {
		clear(origins.written)
	}
	origins.written[key.String()] = t.wrote
	return nil
}

// mostWritten is for how many sets of proposals it is kept which commits were written in them.
const mostWritten = 32

// writtenIn gives the proposal in whose text a commit was made; zero for a commit of main, or of nothing the actor
// may know of.
func (t *originTeller) writtenIn(h repo.Hash) ProposalName {
	n, known := t.wrote[h]
	if !known || t.line[h] {
		return ProposalName{}
	}
	if _, named := t.names[n]; !named {
		t.names[n] = t.nameOf(t.proposals[n].Proposal)
	}
	return t.names[n]
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

func (r *reader) nameOf(p Proposal) ProposalName {
	return ProposalName{Draft: p.Draft, Label: r.dir.proposal(p), Circle: r.dir.circle(p.Draft.Circle)}
}
