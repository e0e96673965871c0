package drafting

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/docx"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// WordText is the one text of a Word file, on the side of its changes that was asked for.
type WordText struct {
	File     []byte   // canonical
	Tracked  bool     // the file holds tracked changes
	Warnings []string // each a sentence
}

// ReadWord gives the one text of a Word file with its tracked changes taken or left out, and keeps nothing. A Refusal
// tells what is wrong with a file that cannot be read.
func (s *Service) ReadWord(ctx context.Context, a Actor, name string, file []byte, take bool) (WordText, error) {
	if err := s.may(ctx, a, ActImport, ""); err != nil {
		return WordText{}, err
	}
	c, err := readWord(name, file)
	if err != nil {
		return WordText{}, err
	}
	if len(c.Proposals) > 1 {
		return WordText{}, refuse("%s holds %d texts. Give a file with the adopted text alone; a contribution with several proposals is brought at the resolutions they are about.", shown(name), len(c.Proposals))
	}
	p := c.Proposals[0]
	text := p.Base
	if take {
		text = p.Proposal
	}
	if len(text.Blocks) == 0 {
		return WordText{}, refuse("%s holds no words on this side of its changes.", shown(name))
	}
	return WordText{File: resolution.Format(text), Tracked: p.Changed, Warnings: c.Warnings}, nil
}

// readWord reads a Word file that holds at least one text.
func readWord(name string, file []byte) (docx.Contribution, error) {
	c, err := docx.Import(file)
	if wrong, ok := errors.AsType[*docx.RefusedError](err); ok {
		return c, refuse("%s cannot be read: %s.", shown(name), strings.TrimSuffix(wrong.Error(), "."))
	}
	if err != nil {
		return c, fmt.Errorf("read %s: %w", name, err)
	}
	if len(c.Proposals) == 0 {
		return c, refuse("%s holds no text of a resolution.", shown(name))
	}
	return c, nil
}

// Bringing is a contribution in Word form as it was understood, before anything is kept.
type Bringing struct {
	Resolution Resolution
	Main       Version
	FileName   string
	Source     string // who brings it, as the file says
	Cover      []byte // the covering note
	Authors    []docx.Author
	Comments   int // in the file; they are not brought along
	Warnings   []string
	Proposals  []Brought
}

// Brought is one proposal of a contribution, held against the text as it stands.
type Brought struct {
	Instruction string // MOD, ADD, SUP, NOC; empty if the file has no such mark
	Number      string // as the file says
	Tracked     bool   // the file holds tracked changes
	Whole       []byte // its text as the file has it, changes taken; canonical
	Changes     []diff.Change
	// Differs is what the file's own base, its changes left out, says otherwise than the text as it stands.
	Differs []diff.Change
	// Carried is the text as it stands with the file's own changes and nothing else; nil where that is Whole. Open says
	// how many clauses of it need a look, because the text says something else there than the file's base.
	Carried        []byte
	CarriedChanges []diff.Change
	Open           int
}

// PreviewContribution tells how a contribution in Word form would be understood on a resolution, and keeps nothing.
// A Refusal tells what is wrong with a file that cannot be read.
func (s *Service) PreviewContribution(ctx context.Context, a Actor, slug repo.Slug, name string, file []byte) (Bringing, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return Bringing{}, err
	}
	if err := r.rights.May(a, ActPropose, a.Circle); err != nil {
		return Bringing{}, err
	}
	c, err := readWord(name, file)
	if err != nil {
		return Bringing{}, err
	}
	main, err := r.main(ctx)
	if err != nil {
		return Bringing{}, fmt.Errorf("text of %s: %w", slug, missing(err))
	}
	now, err := main.text(ctx)
	if err != nil {
		return Bringing{}, err
	}
	b := Bringing{
		Resolution: r.about, Main: main.Version, FileName: filepath.Base(name), Source: c.Source, Cover: c.Cover,
		Authors: c.Authors, Comments: len(c.Comments), Warnings: c.Warnings,
	}
	for _, p := range c.Proposals {
		b.Proposals = append(b.Proposals, brought(p, now))
	}
	return b, nil
}

// brought holds a proposal of a file against the text as it stands.
func brought(p docx.Proposal, now resolution.Text) Brought {
	b := Brought{Instruction: p.Instruction, Number: p.Number, Tracked: p.Changed}
	if len(p.Proposal.Blocks) == 0 {
		return b
	}
	b.Whole, b.Changes = resolution.Format(p.Proposal), diff.Compare(now, p.Proposal)
	if !p.Changed || same(p.Base, now) || len(p.Base.Blocks) == 0 {
		return b
	}
	for _, c := range diff.Compare(now, p.Base) {
		if c.Touched() {
			b.Differs = append(b.Differs, c)
		}
	}
	carried := merge.Carry(p.Base, now, p.Proposal, nil)
	b.Carried, b.CarriedChanges, b.Open = resolution.Format(carried.Text), diff.Compare(now, carried.Text), len(carried.Decisions)
	return b
}

// BringRequest is a text of a contribution to begin a draft with.
type BringRequest struct {
	Number   string // of the document; may be empty
	File     []byte
	Note     []byte // the covering note; empty for none
	FileName string // what it was read from
}

// Bring begins a draft of the actor's circle with a text and its covering note, on the text as it stands.
func (s *Service) Bring(ctx context.Context, a Actor, slug repo.Slug, q BringRequest) (Proposal, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return Proposal{}, err
	}
	if err := r.rights.May(a, ActPropose, a.Circle); err != nil {
		return Proposal{}, err
	}
	n, err := checkNumber(q.Number, r.dir.circle(a.Circle))
	if err != nil {
		return Proposal{}, err
	}
	text, _, err := understand("The text.md", q.File)
	if err != nil {
		return Proposal{}, err
	}
	if _, _, err := resolution.Parse(q.Note); err != nil {
		return Proposal{}, refuse("The covering note cannot be kept: %v. Shorten it or leave it out.", err)
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return Proposal{}, err
	}
	defer release()
	main, err := r.main(ctx)
	if err != nil {
		return Proposal{}, fmt.Errorf("text of %s: %w", slug, missing(err))
	}
	now, err := main.text(ctx)
	if err != nil {
		return Proposal{}, err
	}
	if same(now, text) {
		return Proposal{}, refuse("The file says what the text as it stands says: there is no change to bring.")
	}
	d, err := s.begin(ctx, slug, a.Circle, branchName(n, r.dir.label(a.Circle)), main.Commit)
	if errors.Is(err, repo.ErrExists) {
		return Proposal{}, refuse("%s has a proposal on %s already: open it, or give another number.", n, slug)
	}
	if err != nil {
		return Proposal{}, err
	}
	save := repo.SaveRequest{
		Expect: main.Commit, File: resolution.Format(text), Note: q.Note,
		Signature: repo.Signature{Author: r.dir.author(a.Person, a.Circle), When: s.now()},
		Subject:   firstWords(diff.Subject(now, text)), Body: "Brought as " + firstWords(shown(q.FileName)) + ".",
	}
	if len(q.Note) == 0 {
		save.Note = nil
	}
	if n != "" {
		save.Trailers = []repo.Trailer{{Key: "Number", Value: string(n)}}
	}
	if _, err := s.archive.Save(ctx, slug, d, save); err != nil {
		return Proposal{}, fmt.Errorf("bring %s: %w", d, err)
	}
	return s.record(ctx, Proposal{
		Resolution: slug, Draft: d, Number: n, Status: StatusDraft, Base: main.Commit, Begun: s.now(), BegunBy: a.Person,
	})
}
