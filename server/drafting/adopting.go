package drafting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Adopt records that the assembly has adopted the text as it stands. Number line, history and opening line, when
// given, come in first as an editorial proposal of the secretariat, merged and recorded like any other. What was
// merged is then adopted, what was submitted and not merged is not. Asking again with the same place and year
// finishes an adoption that was cut off.
func (s *Service) Adopt(ctx context.Context, a Actor, slug repo.Slug, adoption Adoption) (Version, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return Version{}, err
	}
	if err := r.rights.May(a, ActAdopt, ""); err != nil {
		return Version{}, err
	}
	if err := adoption.complete(); err != nil {
		return Version{}, err
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return Version{}, err
	}
	defer release()
	tag := adoptedTag(adoption.Place, adoption.Year)
	if _, err := r.public.Tip(ctx, tag); err == nil {
		return Version{}, refuse("The text adopted in %s, %d is on record already.", adoption.Place, adoption.Year)
	} else if !errors.Is(err, repo.ErrNotFound) {
		return Version{}, fmt.Errorf("adopt %s: %w", slug, err)
	}
	main, err := s.editorial(ctx, r, a, adoption)
	if err != nil {
		return Version{}, err
	}
	sig := repo.Signature{Author: r.dir.author(a.Person, a.Circle), When: s.now()}
	if err := s.archive.Tag(ctx, slug, tag, main, sig, "Adopted: "+adoption.Edition); err != nil {
		return Version{}, fmt.Errorf("adopt %s: %w", slug, missing(err))
	}
	if err := s.recordAdoption(ctx, r, adoption.Edition, main); err != nil {
		return Version{}, err
	}
	line := Activity{Resolution: slug, Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbAdopted, Detail: adoption.Edition}
	if err := s.tell(ctx, line); err != nil {
		return Version{}, err
	}
	v, err := r.version(ctx, tag)
	return v.Version, err
}

// PrepareAdoption checks place and year, fills in the edition, and gives the lines as they become by the adoption. It
// keeps nothing.
func (s *Service) PrepareAdoption(ctx context.Context, a Actor, slug repo.Slug, adoption Adoption) (Adoption, AdoptLines, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return Adoption{}, AdoptLines{}, err
	}
	if err := r.rights.May(a, ActAdopt, ""); err != nil {
		return Adoption{}, AdoptLines{}, err
	}
	if err := adoption.complete(); err != nil {
		return Adoption{}, AdoptLines{}, err
	}
	if _, err := r.public.Tip(ctx, adoptedTag(adoption.Place, adoption.Year)); err == nil {
		return Adoption{}, AdoptLines{}, refuse("The text adopted in %s, %d is on record already.", adoption.Place, adoption.Year)
	} else if !errors.Is(err, repo.ErrNotFound) {
		return Adoption{}, AdoptLines{}, fmt.Errorf("adopt %s: %w", slug, err)
	}
	main, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return Adoption{}, AdoptLines{}, fmt.Errorf("text of %s: %w", slug, missing(err))
	}
	text, err := r.public.Text(ctx, main)
	if err != nil {
		return Adoption{}, AdoptLines{}, fmt.Errorf("text of %s: %w", slug, missing(err))
	}
	return adoption, LinesOf(text).Suggest(adoption.Place, adoption.Year), nil
}

// complete checks an adoption and fills in its edition.
func (a *Adoption) complete() error {
	for _, field := range []*string{&a.Place, &a.Edition, &a.NumberLine, &a.History, &a.Opening} {
		*field = strings.Join(strings.Fields(*field), " ")
		if len(*field) > 4000 {
			return refuse("Each line may have at most 4,000 characters.")
		}
	}
	var err error
	if a.Place, err = placeAlone(a.Place, a.Year); err != nil {
		return err
	}
	switch {
	case words(a.Place) == "":
		return refuse("Say where the text was adopted, in Latin letters, for example Hammamet.")
	case a.Year < 1800 || a.Year > 9999:
		return refuse("Say in which year the text was adopted.")
	}
	if a.Edition == "" {
		a.Edition = fmt.Sprintf("Rev. %s, %d", a.Place, a.Year)
	}
	return nil
}

// editorial brings in the new lines and gives the commit to adopt: main as it is when no line changes.
func (s *Service) editorial(ctx context.Context, r *reader, a Actor, adoption Adoption) (repo.Hash, error) {
	main, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return "", fmt.Errorf("text of %s: %w", r.about.Slug, missing(err))
	}
	was, err := r.public.Text(ctx, main)
	if err != nil {
		return "", fmt.Errorf("text of %s: %w", r.about.Slug, missing(err))
	}
	text := adoption.lines(was)
	if same(was, text) {
		return main, nil
	}
	p, err := s.editorialProposal(ctx, r, a, adoption, main)
	if err != nil {
		return "", err
	}
	sub, err := s.editorialSubmission(ctx, r, a, p, diff.Subject(was, text), resolution.Format(text))
	if err != nil {
		return "", err
	}
	commit, err := s.archive.Merge(ctx, r.about.Slug, repo.MergeRequest{
		Expect: main, Parents: []repo.Hash{sub.Commit}, File: resolution.Format(text),
		Signature: repo.Signature{Author: r.dir.author(a.Person, a.Circle), When: s.now()},
		Subject:   "Editorial changes for the adopted text (" + adoption.Edition + ")",
		Trailers: []repo.Trailer{
			{Key: ProposalTrailer, Value: p.Draft.String()}, {Key: EditionTrailer, Value: adoption.Edition},
		},
	})
	if err != nil {
		return "", fmt.Errorf("editorial changes of %s: %w", r.about.Slug, missing(err))
	}
	p.Status, p.Submissions, p.Submitted, p.SubmittedAt = StatusMerged, sub.N, sub.Commit, sub.At
	if err := s.records.UpdateProposal(ctx, p); err != nil {
		return "", fmt.Errorf("record editorial changes of %s: %w", r.about.Slug, err)
	}
	return commit, nil
}

// editorialProposal gives the secretariat's proposal that brings the lines in: the one an adoption that was cut off
// has left, or a new one.
func (s *Service) editorialProposal(ctx context.Context, r *reader, a Actor, adoption Adoption, main repo.Hash) (Proposal, error) {
	if err := s.ensureSecretariat(ctx); err != nil {
		return Proposal{}, err
	}
	d := repo.DraftName{Circle: SecretariatCircle, Name: strings.ReplaceAll(adoptedTag(adoption.Place, adoption.Year), "/", "-")}
	err := s.archive.BeginDraft(ctx, r.about.Slug, d, main)
	if err != nil && !errors.Is(err, repo.ErrExists) {
		return Proposal{}, fmt.Errorf("editorial changes of %s: %w", r.about.Slug, missing(err))
	}
	p, err := s.records.Proposal(ctx, r.about.Slug, d)
	if err == nil {
		p.Base = main
		return p, p.open()
	}
	if !errors.Is(err, ErrNotFound) {
		return Proposal{}, fmt.Errorf("editorial changes of %s: %w", r.about.Slug, err)
	}
	return s.record(ctx, Proposal{
		Resolution: r.about.Slug, Draft: d, Status: StatusDraft, Base: main, Begun: s.now(), BegunBy: a.Person,
		WorkingName: fmt.Sprintf("lines of the adopted text (%s, %d)", adoption.Place, adoption.Year),
	})
}

// editorialSubmission saves and submits the lines.
func (s *Service) editorialSubmission(ctx context.Context, r *reader, a Actor, p Proposal, subject string, file []byte) (Submission, error) {
	desk, err := s.archive.Desk(ctx, r.about.Slug, p.Draft.Circle)
	if err != nil {
		return Submission{}, fmt.Errorf("editorial changes of %s: %w", r.about.Slug, missing(err))
	}
	tip, err := desk.Tip(ctx, p.Draft.Draft())
	if err != nil {
		return Submission{}, fmt.Errorf("editorial changes of %s: %w", r.about.Slug, missing(err))
	}
	tip, err = s.archive.Save(ctx, r.about.Slug, p.Draft, repo.SaveRequest{
		Expect: tip, File: file, Subject: subject,
		Signature: repo.Signature{Author: r.dir.author(a.Person, p.Draft.Circle), When: s.now()},
	})
	if err != nil {
		return Submission{}, fmt.Errorf("editorial changes of %s: %w", r.about.Slug, missing(err))
	}
	if p.Submitted == tip {
		return r.lastSubmission(ctx, p)
	}
	return s.publish(ctx, r, p, tip, a.Person)
}

// lines gives the text with the adoption's lines in place of its own, or put where they belong when it has none.
func (a Adoption) lines(t resolution.Text) resolution.Text {
	blocks := slices.Clone(t.Blocks)
	blocks = setLine(blocks, resolution.KindNumber, a.NumberLine, 0)
	if a.Opening != "" {
		if at := openingAt(blocks); at >= 0 {
			blocks[at].Words = inManner(blocks[at].Words, a.Opening)
		} else {
			blocks = slices.Insert(blocks, head(blocks), resolution.Block{Words: resolution.FromPlain(a.Opening)})
		}
	}
	blocks = setLine(blocks, resolution.KindHistory, a.History, titleEnd(blocks))
	return resolution.Text{Blocks: blocks}
}

// setLine replaces the first block of a kind, or puts one at its place.
func setLine(blocks []resolution.Block, kind resolution.Kind, line string, place int) []resolution.Block {
	if line == "" {
		return blocks
	}
	at := slices.IndexFunc(blocks, func(b resolution.Block) bool { return b.Kind == kind })
	if at < 0 {
		return slices.Insert(blocks, place, resolution.Block{Kind: kind, Words: resolution.FromPlain(line)})
	}
	blocks[at].Words = inManner(blocks[at].Words, line)
	return blocks
}

// titleEnd is where the number line and the title end.
func titleEnd(blocks []resolution.Block) int {
	n := 0
	for n < len(blocks) && (blocks[n].Kind == resolution.KindNumber || blocks[n].Kind == resolution.KindTitle) {
		n++
	}
	return n
}

// head is where the lines before the text itself end: number line, title, history.
func head(blocks []resolution.Block) int {
	n := titleEnd(blocks)
	if n < len(blocks) && blocks[n].Kind == resolution.KindHistory {
		n++
	}
	return n
}

// openingAt finds the opening line: the paragraph before the first opener; -1 when there is none.
func openingAt(blocks []resolution.Block) int {
	at := head(blocks)
	if at < len(blocks) && blocks[at].Kind == resolution.KindParagraph && strings.HasSuffix(blocks[at].Words, ",") {
		return at
	}
	return -1
}

// recordAdoption puts on record what an adopted tag says: the edition first, then what became of the proposals.
func (s *Service) recordAdoption(ctx context.Context, r *reader, edition string, adopted repo.Hash) error {
	about, err := s.records.Resolution(ctx, r.about.Slug)
	if err != nil {
		return fmt.Errorf("adoption of %s: %w", r.about.Slug, err)
	}
	text, err := r.public.Text(ctx, adopted)
	if err != nil {
		return fmt.Errorf("adoption of %s: %w", r.about.Slug, missing(err))
	}
	about.Edition, about.Changed = edition, s.now()
	if title := firstOf(text, resolution.KindTitle); title != "" {
		about.Title = title
	}
	if err := s.records.UpdateResolution(ctx, about); err != nil {
		return fmt.Errorf("adoption of %s: %w", r.about.Slug, err)
	}
	all, err := s.records.Proposals(ctx, r.about.Slug)
	if err != nil {
		return fmt.Errorf("proposals on %s: %w", r.about.Slug, err)
	}
	for _, p := range all {
		switch p.Status {
		case StatusMerged:
			p.Status = StatusAdopted
		case StatusInPart:
			p.Status, p.Reason = StatusAdopted, "in part; what was left of it was not adopted"
		case StatusSubmitted:
			p.Status = StatusNot
		default:
			continue
		}
		if err := s.records.UpdateProposal(ctx, p); err != nil {
			return fmt.Errorf("adoption of %s: %w", p.Draft, err)
		}
	}
	return nil
}
