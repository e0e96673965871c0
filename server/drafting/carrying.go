package drafting

import (
	"context"
	"errors"
	"fmt"

	"plenary/realtime"
	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// BaseTrailer is the trailer of the commit that carries a draft over: the commit of main it stands on from then on.
const BaseTrailer = "Base"

// CarryOver brings a draft onto the revised text as it stands, as a commit with both as parents, and tells what
// became of each change. Where the revised text and the draft say different things the draft's words stand, as a
// change of the new text. What is submitted does not change by it.
func (s *Service) CarryOver(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName) ([]merge.CarriedClause, error) {
	r, _, err := s.own(ctx, a, ActWrite, slug, d)
	if err != nil {
		return nil, err
	}
	if err := s.flush(ctx, slug, d); err != nil {
		return nil, err
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return nil, err
	}
	defer release()
	p, err := s.records.Proposal(ctx, slug, d)
	if err != nil {
		return nil, fmt.Errorf("proposal %s: %w", d, err)
	}
	if err := p.open(); err != nil {
		return nil, err
	}
	main, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return nil, fmt.Errorf("text of %s: %w", slug, missing(err))
	}
	if p.Base == main {
		return nil, refuse("The draft stands on the revised text already.")
	}
	carried, err := s.carry(ctx, r, p, main)
	if errors.Is(err, repo.ErrStale) {
		return nil, refuse("Somebody saved the draft this very moment, so nothing was done. Ask again.")
	}
	if err != nil {
		return nil, fmt.Errorf("carry %s over: %w", d, missing(err))
	}
	p.Base = main
	if err := s.records.UpdateProposal(ctx, p); err != nil {
		return nil, fmt.Errorf("carry %s over: %w", d, err)
	}
	return carried, s.tellCarried(ctx, r, d, main)
}

// carry writes the commit that carries a draft over to main.
func (s *Service) carry(ctx context.Context, r *reader, p Proposal, main repo.Hash) ([]merge.CarriedClause, error) {
	desk, err := s.archive.Desk(ctx, p.Resolution, p.Draft.Circle)
	if err != nil {
		return nil, err
	}
	tip, err := desk.Tip(ctx, p.Draft.Draft())
	if err != nil {
		return nil, err
	}
	var texts [3]resolution.Text
	for i, h := range []repo.Hash{p.Base, main, tip} {
		if texts[i], err = desk.Text(ctx, h); err != nil {
			return nil, err
		}
	}
	carried := merge.Carry(texts[0], texts[1], texts[2], nil)
	_, err = s.archive.Save(ctx, p.Resolution, p.Draft, repo.SaveRequest{
		Expect: tip, Parents: []repo.Hash{main}, File: resolution.Format(carried.Text),
		Signature: repo.Signature{Author: r.dir.author(r.actor.Person, p.Draft.Circle), When: s.now()},
		Subject:   "Carry over to the revised text",
		Trailers:  []repo.Trailer{{Key: BaseTrailer, Value: string(main)}},
	})
	return carried.Clauses, err
}

// tellCarried gives the carried text and its new base to the open editors.
func (s *Service) tellCarried(ctx context.Context, r *reader, d repo.DraftName, main repo.Hash) error {
	if err := s.handOver(ctx, r, d); err != nil {
		return fmt.Errorf("carry %s over: %w", d, err)
	}
	base, err := liveText(ctx, r.public, main)
	if err != nil {
		return fmt.Errorf("carry %s over: %w", d, err)
	}
	note := realtime.Note{
		Kind: "base", Text: "The draft stands on the revised text now.", By: r.actor.Name, Commit: string(main),
	}
	if err := s.hub.SetBase(ctx, room(r.about.Slug, d), base, note); err != nil {
		return fmt.Errorf("carry %s over: %w", d, err)
	}
	return nil
}

// reconcileBase notes the base of a draft that was carried over when the server was stopped before it could. A
// trailer of a pushed commit may say anything, so it must name a commit of main after the base on record.
func (s *Service) reconcileBase(ctx context.Context, r *reader, p Proposal) error {
	desk, err := s.archive.Desk(ctx, p.Resolution, p.Draft.Circle)
	if err != nil {
		return missing(err)
	}
	tip, err := desk.Tip(ctx, p.Draft.Draft())
	if errors.Is(err, repo.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := desk.Commit(ctx, tip)
	if err != nil {
		return missing(err)
	}
	line, err := r.mainLine(ctx)
	if err != nil {
		return err
	}
	for _, t := range c.Trailers {
		base := repo.Hash(t.Value)
		if t.Key != BaseTrailer || len(c.Parents) < 2 || c.Parents[1] != base || !line[base] || base == p.Base {
			continue
		}
		later, err := r.public.IsAncestor(ctx, p.Base, base)
		if err != nil || !later {
			return missing(err)
		}
		p.Base = base
		return s.records.UpdateProposal(ctx, p)
	}
	return nil
}
