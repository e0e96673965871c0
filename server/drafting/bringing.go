package drafting

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/docx"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// Bringing is a contribution as it was understood, before a draft is begun with it.
type Bringing struct {
	Resolution Resolution
	Received   Received
	Main       Version
	Source     string // who brings it, as the file says
	Cover      []byte // the covering note
	Authors    []docx.Author
	Comments   int // in the file; they come along with the proposal they stand in
	Warnings   []string
	Proposals  []Brought
}

// Brought is one proposal of a contribution, held against the text as it stands.
type Brought struct {
	Instruction string // MOD, ADD, SUP, NOC; empty if the file has no such mark
	Number      string // as the file says
	Tracked     bool   // the file holds tracked changes
	Became      string // the draft that was begun with it; empty: none
	// Split is how a flattened text was parted into base and proposal; nil for any other.
	Split *docx.Split
	// Whole is its text as the file has it, changes taken, or what the split made of it; canonical.
	Whole   []byte
	Changes []diff.Change
	// Differs is what the file's own base, its changes left out, says otherwise than the text as it stands.
	Base    []byte
	Differs []diff.Change
	// Carried is the text as it stands with the file's own changes and nothing else; nil where that is Whole. Open says
	// how many clauses of it need a look, because the text says something else there than the file's base.
	Carried        []byte
	CarriedChanges []diff.Change
	Open           int
}

// Settled is what a person said of the doubtful places of flattened texts: by part of the file and index of the place,
// the words that were struck.
type Settled map[int]map[int]string

// PreviewContribution tells how a contribution that was sent would be understood on the resolution as it stands.
func (s *Service) PreviewContribution(ctx context.Context, a Actor, slug repo.Slug, id ReceivedID, settled Settled) (Bringing, error) {
	b, _, err := s.contribution(ctx, a, slug, id, settled)
	return b, err
}

// contribution is [Service.PreviewContribution] with the contribution itself.
func (s *Service) contribution(ctx context.Context, a Actor, slug repo.Slug, id ReceivedID, settled Settled) (Bringing, docx.Contribution, error) {
	f, file, err := s.content(ctx, a, slug, id)
	if err != nil {
		return Bringing{}, docx.Contribution{}, err
	}
	c, err := readContribution(f.Name, file)
	if err != nil {
		return Bringing{}, c, err
	}
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return Bringing{}, c, err
	}
	main, err := r.main(ctx)
	if err != nil {
		return Bringing{}, c, fmt.Errorf("text of %s: %w", slug, missing(err))
	}
	now, err := main.text(ctx)
	if err != nil {
		return Bringing{}, c, err
	}
	b := Bringing{
		Resolution: r.about, Received: f, Main: main.Version, Source: c.Source, Cover: c.Cover,
		Authors: c.Authors, Comments: len(c.Comments), Warnings: c.Warnings,
	}
	for i, p := range c.Proposals {
		of, err := brought(p, now, settled[i])
		if err != nil {
			return Bringing{}, c, unreadable(f.Name, c, err)
		}
		of.Became = f.Became[i]
		b.Proposals = append(b.Proposals, of)
	}
	return b, c, nil
}

// brought holds a proposal of a file against the text as it stands.
func brought(p docx.Proposal, now resolution.Text, settled map[int]string) (Brought, error) {
	b := Brought{Instruction: p.Instruction, Number: p.Number, Tracked: p.Changed}
	if len(p.Proposal.Blocks) == 0 {
		return b, nil
	}
	if len(p.Fused) > 0 {
		split, err := docx.SplitFused(now, resolution.FormatPaper(p.Proposal), settled)
		if err != nil {
			return b, fmt.Errorf("split: %w", err)
		}
		b.Split, p.Proposal = &split, split.Proposal
	}
	b.Whole, b.Changes = resolution.Format(p.Proposal), diff.Compare(now, p.Proposal)
	if !p.Changed || same(p.Base, now) || len(p.Base.Blocks) == 0 {
		return b, nil
	}
	b.Base = resolution.Format(p.Base)
	for _, c := range diff.Compare(now, p.Base) {
		if c.Touched() {
			b.Differs = append(b.Differs, c)
		}
	}
	carried := merge.Carry(p.Base, now, p.Proposal, nil)
	b.Carried, b.CarriedChanges, b.Open = resolution.Format(carried.Text), diff.Compare(now, carried.Text), len(carried.Decisions)
	return b, nil
}

// Taking says what of a proposal in a file a draft is begun with.
type Taking string

// What a draft may be begun with. A file whose base is the text as it stands has the first two in one.
const (
	TakeChanges Taking = "changes" // the text as it stands, and the file's tracked changes
	TakeWhole   Taking = "whole"   // the text of the file, its changes taken
	TakeBase    Taking = "base"    // the text of the file without its changes
)

// text gives the text that a draft is begun with; canonical.
func (b Brought) text(take Taking) ([]byte, error) {
	switch {
	case len(b.Whole) == 0:
		return nil, refuse("The file proposes to take the whole text out: write that as a draft of your own.")
	case take == TakeBase && b.Base != nil:
		return b.Base, nil
	case take == TakeBase:
		return nil, refuse("Without its changes the file says what the text as it stands says: there is nothing to bring.")
	case take == TakeChanges && b.Carried != nil:
		return b.Carried, nil
	default:
		return b.Whole, nil
	}
}

// BringRequest is one proposal of a contribution to begin a draft with.
type BringRequest struct {
	Received ReceivedID
	Part     int // which proposal of the file
	Take     Taking
	Settled  map[int]string // of a flattened text: by index of the place, the words that were struck
	Number   string         // of the document; may be empty
	Note     []byte         // the covering note; empty for none
}

// Bring begins a draft of the actor's circle with a proposal of a contribution and its covering note, on the text as it
// stands. The file's comments on it become comments of the draft.
func (s *Service) Bring(ctx context.Context, a Actor, slug repo.Slug, q BringRequest) (Proposal, error) {
	b, c, err := s.contribution(ctx, a, slug, q.Received, Settled{q.Part: q.Settled})
	if err != nil {
		return Proposal{}, err
	}
	if q.Part < 0 || q.Part >= len(b.Proposals) {
		return Proposal{}, refuse("The file holds no such proposal: load the page again.")
	}
	of := b.Proposals[q.Part]
	file, err := of.text(q.Take)
	if err != nil {
		return Proposal{}, err
	}
	if _, _, err := resolution.Parse(q.Note); err != nil {
		return Proposal{}, refuse("The covering note cannot be kept: %v. Shorten it or leave it out.", err)
	}
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return Proposal{}, err
	}
	n, err := checkNumber(q.Number, r.dir.circle(a.Circle))
	if err != nil {
		return Proposal{}, err
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return Proposal{}, err
	}
	defer release()
	if err := s.notYetBegun(ctx, q); err != nil {
		return Proposal{}, err
	}
	p, text, err := s.beginWith(ctx, r, n, file, q.Note, b.Received.Name)
	if err != nil {
		return Proposal{}, err
	}
	if err := s.becameOf(ctx, q.Received, q.Part, p.Draft.Draft()); err != nil {
		return Proposal{}, err
	}
	return p, s.bringComments(ctx, a, p, c, q.Part, text)
}

// notYetBegun refuses to begin a second draft with a part of a file. The resolution's turn is held: two people who begin
// it at the same moment come here one after the other.
func (s *Service) notYetBegun(ctx context.Context, q BringRequest) error {
	f, err := s.records.Received(ctx, q.Received)
	if err != nil {
		return fmt.Errorf("file %d: %w", q.Received, err)
	}
	if became := f.Became[q.Part]; became != "" {
		return refuse("A draft was begun with this already: %s.", became)
	}
	return nil
}

// beginWith begins a draft whose first commit is a text other than the one that stands. The resolution's turn is held.
func (s *Service) beginWith(ctx context.Context, r *reader, n ProposalNumber, file, note []byte, name string) (Proposal, resolution.Text, error) {
	slug, a := r.about.Slug, r.actor
	text, _, err := resolution.Parse(file)
	if err != nil {
		return Proposal{}, text, fmt.Errorf("bring %s: %w", name, err)
	}
	main, err := r.main(ctx)
	if err != nil {
		return Proposal{}, text, fmt.Errorf("text of %s: %w", slug, missing(err))
	}
	now, err := main.text(ctx)
	if err != nil {
		return Proposal{}, text, err
	}
	if same(now, text) {
		return Proposal{}, text, refuse("The file says what the text as it stands says: there is no change to bring.")
	}
	d, err := s.begin(ctx, slug, a.Circle, branchName(n, r.dir.label(a.Circle)), main.Commit)
	if errors.Is(err, repo.ErrExists) {
		return Proposal{}, text, refuse("%s has a proposal on %s already: open it, or give another number.", n, slug)
	}
	if err != nil {
		return Proposal{}, text, err
	}
	save := repo.SaveRequest{
		Expect: main.Commit, File: resolution.Format(text), Note: note,
		Signature: repo.Signature{Author: r.dir.author(a.Person, a.Circle), When: s.now()},
		Subject:   firstWords(diff.Subject(now, text)), Body: "Brought as " + firstWords(shown(name)) + ".",
	}
	if len(note) == 0 {
		save.Note = nil
	}
	if n != "" {
		save.Trailers = []repo.Trailer{{Key: "Number", Value: string(n)}}
	}
	if _, err := s.archive.Save(ctx, slug, d, save); err != nil {
		return Proposal{}, text, fmt.Errorf("bring %s: %w", d, err)
	}
	p, err := s.record(ctx, Proposal{
		Resolution: slug, Draft: d, Number: n, Status: StatusDraft, Base: main.Commit, Begun: s.now(), BegunBy: a.Person,
	})
	return p, text, err
}

// bringComments makes the comments of a file on one of its proposals comments of the draft. They are the actor's, who
// brought them, and say whose they were.
func (s *Service) bringComments(ctx context.Context, a Actor, p Proposal, c docx.Contribution, part int, text resolution.Text) error {
	names := resolution.Names(text)
	kept := map[int]CommentID{}
	for i, one := range c.Comments {
		head := i
		for range c.Comments { // a file may name a circle of answers
			if c.Comments[head].Parent >= 0 {
				head = c.Comments[head].Parent
			}
		}
		on := c.Comments[head]
		if on.Proposal != part || strings.TrimSpace(one.Text) == "" {
			continue
		}
		said := Comment{
			Resolution: p.Resolution, Text: p.Draft.Draft(), Audience: AudienceOwn, By: a.Person, Circle: p.Draft.Circle, At: s.now(),
			Words: longestWords(one.Author+", in the Word file: "+one.Text, longestComment),
		}
		if head != i {
			said.Thread = kept[head]
		}
		at := clauseOf(on, text)
		if at < 0 || head != i && said.Thread == 0 {
			continue // of words that are not in the text that was taken; the original keeps it
		}
		said.Clause, said.ClauseName = names[at].Link, names[at].Spoken
		if strings.Contains(resolution.Plain(text.Blocks[at].Words), on.Quote) && len(on.Quote) <= longestQuote {
			said.Quote = on.Quote
		}
		id, err := s.records.AddComment(ctx, said)
		if err == nil && on.Done && head == i {
			err = s.records.SetCommentResolved(ctx, id, s.now(), a.Person)
		}
		if err != nil {
			return fmt.Errorf("comment of %s: %w", one.Author, err)
		}
		kept[i] = id
	}
	return nil
}

// clauseOf finds the clause that a comment of a file is about: the one with its words, where the file has it or else
// anywhere; -1 for none.
func clauseOf(c docx.Comment, text resolution.Text) int {
	holds := func(i int) bool { return strings.Contains(resolution.Plain(text.Blocks[i].Words), c.Quote) }
	if c.Block >= 0 && c.Block < len(text.Blocks) && holds(c.Block) {
		return c.Block
	}
	for i := range text.Blocks {
		if c.Quote != "" && holds(i) {
			return i
		}
	}
	return -1
}

// longestWords cuts words to a number of bytes, between characters.
func longestWords(s string, most int) string {
	if len(s) <= most {
		return s
	}
	const more = " …"
	return strings.ToValidUTF8(s[:most-len(more)], "") + more
}
