package drafting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"

	"plenary/repo"
	"plenary/repo/resolution"
)

// Reconcile brings records and repositories together after a crash: what is in git and not on record is put on
// record, what was begun in git is finished. Git is the truth; nothing is taken away. It runs before the first
// request. Drafts whose last words no commit holds are saved in the background, while requests are answered.
func (s *Service) Reconcile(ctx context.Context) error {
	slugs, err := s.archive.Resolutions()
	if err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	for _, slug := range slugs {
		if err := s.reconcile(ctx, slug); err != nil {
			return fmt.Errorf("reconcile %s: %w", slug, err)
		}
	}
	if err := s.publishPushed(ctx); err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	if err := s.reindex(ctx); err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	for _, slug := range slugs {
		s.reword(slug, "")
	}
	if err := s.hub.SaveLeft(ctx); err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	return nil
}

// reconcile mends one resolution.
func (s *Service) reconcile(ctx context.Context, slug repo.Slug) error {
	r, err := s.ownReader(ctx, slug)
	if err != nil {
		return err
	}
	if err := s.reconcileDrafts(ctx, r); err != nil {
		return err
	}
	all, err := s.records.Proposals(ctx, slug)
	if err != nil {
		return err
	}
	for _, p := range all {
		p, err := s.caughtUp(ctx, r, p.Draft)
		if err == nil && p.open() == nil {
			err = s.reconcileBase(ctx, r, p)
		}
		if err != nil {
			return fmt.Errorf("proposal %s: %w", p.Draft, err)
		}
	}
	if err := s.reconcileMergings(ctx, r); err != nil {
		return err
	}
	return s.reconcileAdoptions(ctx, r)
}

// ownReader reads a resolution for the server itself, putting an imported text on record whose import was cut off.
func (s *Service) ownReader(ctx context.Context, slug repo.Slug) (*reader, error) {
	public, err := s.archive.Public(slug)
	if err != nil {
		return nil, missing(err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	r := &reader{Service: s, dir: dir, public: public}
	r.about, err = s.records.Resolution(ctx, slug)
	if !errors.Is(err, ErrNotFound) {
		return r, err
	}
	main, err := public.Tip(ctx, repo.Main)
	if err != nil {
		return nil, missing(err)
	}
	text, err := public.Text(ctx, main)
	if err != nil {
		return nil, missing(err)
	}
	r.about, err = s.recordResolution(ctx, Resolution{
		Slug: slug, Number: numberOf(text), Title: firstOf(text, resolution.KindTitle), Edition: editionOf(text),
		Created: s.now(), Changed: s.now(),
	}, Actor{})
	return r, err
}

// reconcileDrafts puts branches on record that have no proposal: a push, or a beginning, that was cut off.
func (s *Service) reconcileDrafts(ctx context.Context, r *reader) error {
	circles, err := s.archive.Circles()
	if err != nil {
		return err
	}
	for _, circle := range circles {
		desks, err := s.archive.Desks(circle)
		if err != nil {
			return err
		}
		if _, known := r.dir.circles[circle]; !known || !slices.Contains(desks, r.about.Slug) {
			continue
		}
		desk, err := s.archive.Desk(ctx, r.about.Slug, circle)
		if err != nil {
			return missing(err)
		}
		refs, err := desk.Refs(ctx, "drafts/"+string(circle)+"/")
		if err != nil {
			return missing(err)
		}
		for _, ref := range refs {
			d, ok := repo.ParseDraftName(ref.Name)
			if !ok {
				continue
			}
			by, err := r.someone(ctx, desk, ref.Hash, circle)
			if err != nil {
				return err
			}
			if by == 0 {
				s.log.WarnContext(ctx, "a draft has no known writer and stays off record", slog.String("draft", d.String()))
				continue
			}
			if _, err := s.onRecord(ctx, r, d, by); err != nil {
				return fmt.Errorf("draft %s: %w", d, err)
			}
		}
	}
	return nil
}

// someone tells who stands behind a commit: its author when known, else anybody of the circle; 0 for nobody.
func (r *reader) someone(ctx context.Context, in *repo.Repository, h repo.Hash, circle repo.Circle) (PersonID, error) {
	c, err := in.Commit(ctx, h)
	if err != nil {
		return 0, missing(err)
	}
	if id, err := strconv.ParseInt(c.Author.ID, 10, 64); err == nil {
		if p, ok := r.dir.people[PersonID(id)]; ok && slices.Contains(p.Circles, circle) {
			return p.ID, nil
		}
	}
	var first PersonID
	for id, p := range r.dir.people {
		if slices.Contains(p.Circles, circle) && (first == 0 || id < first) {
			first = id
		}
	}
	return first, nil
}

// caughtUp puts submissions on record that are published and were not recorded, because the server was stopped in
// between, and gives the proposal as it is then.
func (s *Service) caughtUp(ctx context.Context, r *reader, d repo.DraftName) (Proposal, error) {
	p, err := s.records.Proposal(ctx, r.about.Slug, d)
	if err != nil {
		return p, fmt.Errorf("proposal %s: %w", d, err)
	}
	for {
		n := p.Submissions + 1
		commit, err := r.public.Tip(ctx, d.Submitted(n))
		if errors.Is(err, repo.ErrNotFound) {
			return p, nil
		}
		if err != nil {
			return p, err
		}
		by, err := r.someone(ctx, r.public, commit, d.Circle)
		if err != nil {
			return p, err
		}
		if by == 0 {
			by = p.BegunBy
		}
		sig := repo.Signature{Author: r.dir.author(by, d.Circle), When: s.now()}
		text := fmt.Sprintf("%s, submission %d", r.dir.proposal(p), n)
		if err := s.archive.Submit(ctx, r.about.Slug, d, commit, n, sig, text); err != nil {
			return p, missing(err)
		}
		sub := Submission{Proposal: p.ID, N: n, Commit: commit, Base: p.Base, At: s.now(), By: by}
		if err := s.recordSubmission(ctx, p, sub, "", ""); err != nil {
			return p, err
		}
		if p, err = s.records.Proposal(ctx, r.about.Slug, d); err != nil {
			return p, fmt.Errorf("proposal %s: %w", d, err)
		}
	}
}

// reconcileMergings puts on record what main holds: merges whose commit is there, and proposals it has taken in.
func (s *Service) reconcileMergings(ctx context.Context, r *reader) error {
	all, err := s.records.Mergings(ctx, r.about.Slug)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.working() != nil {
			continue
		}
		c, found, err := r.commitOf(ctx, m)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		ps, err := r.proposalsOf(ctx, m)
		if err != nil {
			return err
		}
		by := m.BegunBy
		if id, err := strconv.ParseInt(c.Author.ID, 10, 64); err == nil && r.dir.people[PersonID(id)].Name != "" {
			by = PersonID(id)
		}
		m.Sentence = c.Body
		if err := s.recordMerge(ctx, r, m, ps, c.Hash, Actor{Person: by}); err != nil {
			return err
		}
	}
	if err := s.reconcileTakenBack(ctx, r); err != nil {
		return err
	}
	return s.reconcileMerged(ctx, r)
}

// commitOf finds the commit on main that a merge became.
func (r *reader) commitOf(ctx context.Context, m Merging) (repo.Commit, bool, error) {
	h, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return repo.Commit{}, false, missing(err)
	}
	parents := []repo.Hash{m.Target}
	for _, sub := range m.Proposals {
		parents = append(parents, sub.Commit)
	}
	for h != "" && h != m.Target {
		c, err := r.public.Commit(ctx, h)
		if err != nil {
			return repo.Commit{}, false, missing(err)
		}
		if slices.Equal(c.Parents, parents) {
			return c, true, nil
		}
		h = ""
		if len(c.Parents) > 0 {
			h = c.Parents[0]
		}
	}
	return repo.Commit{}, false, nil
}

// reconcileMerged notes proposals as merged whose submission main has taken in.
func (s *Service) reconcileMerged(ctx context.Context, r *reader) error {
	main, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return missing(err)
	}
	all, err := s.records.Proposals(ctx, r.about.Slug)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Status != StatusSubmitted {
			continue
		}
		in, err := r.public.IsAncestor(ctx, p.Submitted, main)
		if err != nil {
			return missing(err)
		}
		if !in {
			continue
		}
		if p.Status, err = r.takenIn(ctx, p); err != nil {
			return err
		}
		if p.Status == StatusSubmitted {
			continue
		}
		if err := s.records.UpdateProposal(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// takenIn tells where a proposal stands whose last submission is in the history of main: merged, whole or in part, by
// what the merge says that took it in; submitted when every merge that took it in was taken back.
func (r *reader) takenIn(ctx context.Context, p Proposal) (Status, error) {
	status, back := StatusMerged, map[repo.Hash]bool{}
	err := r.alongMain(ctx, func(c repo.Commit) (further bool, err error) {
		for _, t := range c.Trailers {
			if t.Key == RevertTrailer {
				back[repo.Hash(t.Value)] = true
			}
		}
		switch {
		case len(c.Parents) == 0 || !slices.Contains(c.Parents[1:], p.Submitted):
			return true, nil
		case back[c.Hash]:
			status = StatusSubmitted
			return true, nil
		case slices.Contains(c.Trailers, repo.Trailer{Key: ProposalTrailer, Value: p.Draft.String() + inPart}):
			status = StatusInPart
		default:
			status = StatusMerged
		}
		return false, nil
	})
	return status, err
}

// reconcileAdoptions puts an adoption on record whose tag is there and whose edition is not.
func (s *Service) reconcileAdoptions(ctx context.Context, r *reader) error {
	adopted, err := r.adoptedVersions(ctx)
	if err != nil || len(adopted) == 0 {
		return err
	}
	last := adopted[0]
	place, year := placeOf(r.about.Edition)
	older := slices.ContainsFunc(adopted[1:], func(v Version) bool { return v.Key == adoptedTag(place, year) })
	if older {
		return s.recordAdoption(ctx, r, last.Label, last.Commit)
	}
	all, err := s.records.Proposals(ctx, r.about.Slug)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.Status != StatusMerged && p.Status != StatusInPart {
			continue
		}
		in, err := r.public.IsAncestor(ctx, p.Submitted, last.Commit)
		if err != nil {
			return missing(err)
		}
		if in {
			return s.recordAdoption(ctx, r, last.Label, last.Commit)
		}
	}
	return nil
}

// publishPushed finishes pushes to proposals that had reached a desk when the server was stopped.
func (s *Service) publishPushed(ctx context.Context) error {
	left, err := s.archive.Unpublished(ctx)
	if err != nil {
		return err
	}
	for _, u := range left {
		r, err := s.ownReader(ctx, u.Slug)
		if err != nil {
			return err
		}
		if err := s.publishOne(ctx, r, u); err != nil {
			return fmt.Errorf("push to %s of %s: %w", u.Draft, u.Slug, err)
		}
	}
	return nil
}

func (s *Service) publishOne(ctx context.Context, r *reader, u repo.Unpublished) error {
	desk, err := s.archive.Desk(ctx, u.Slug, u.Draft.Circle)
	if err != nil {
		return missing(err)
	}
	by, err := r.someone(ctx, desk, u.Tip, u.Draft.Circle)
	if err != nil || by == 0 {
		return err
	}
	rights, err := s.rights(ctx)
	if err != nil {
		return err
	}
	r.rights = rights.On(u.Slug)
	person := r.dir.people[by]
	r.actor = Actor{
		Person: by, Name: person.Name, Role: person.Role, Circle: u.Draft.Circle, Circles: person.Circles, Scope: ScopeWrite,
	}
	err = s.pushedSubmission(ctx, r, u.Draft, u.Tip)
	if _, refused := errors.AsType[*Refusal](err); refused || errors.Is(err, ErrForbidden) {
		s.log.WarnContext(ctx, "a push that was cut off is no submission", slog.String("draft", u.Draft.String()), slog.Any("why", err))
		return nil
	}
	return err
}

// isMissing tells whether an error says that something is not there, or may not be known to be.
func isTaken(err error) bool { return errors.Is(err, ErrExists) || errors.Is(err, repo.ErrExists) }

func isMissing(err error) bool {
	return errors.Is(err, ErrNotFound) || errors.Is(err, repo.ErrNotFound)
}
