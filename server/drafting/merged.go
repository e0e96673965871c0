package drafting

import (
	"context"
	"fmt"

	"plenary/repo"
	"plenary/repo/merge"
)

// MergedView is the record of a merge that is done: what was asked and decided, by whom, and what became of the
// proposals that stay open. It is made from the submissions and decisions on record, so it stays as it was.
type MergedView struct {
	MergingView
	Merger  PersonName
	Before  Version // the text it was merged into
	After   Version
	Carried []CarriedProposal
	Undo    bool // the actor may take it back
}

// CarriedProposal is what a merge made of a proposal that stays open.
type CarriedProposal struct {
	ProposalRow
	Clauses []merge.CarriedClause
}

// Merged gives the record of a merge that is done, to whoever may read the texts. One that is being worked out is not
// found.
func (s *Service) Merged(ctx context.Context, a Actor, slug repo.Slug, id MergeID) (MergedView, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return MergedView{}, err
	}
	m, err := s.records.Merging(ctx, id)
	if err == nil && (m.Resolution != slug || m.Commit == "") {
		err = ErrNotFound
	}
	if err != nil {
		return MergedView{}, fmt.Errorf("merge %d on %s: %w", id, slug, err)
	}
	view := MergedView{Undo: r.rights.May(a, ActMerge, "") == nil}
	if view.MergingView, err = r.mergingView(ctx, m); err != nil {
		return MergedView{}, err
	}
	after, err := r.named(ctx, m.Commit)
	if err != nil {
		return MergedView{}, fmt.Errorf("merge %d: %w", id, missing(err))
	}
	before, err := r.named(ctx, m.Target)
	if err != nil {
		return MergedView{}, fmt.Errorf("merge %d: %w", id, missing(err))
	}
	c, err := r.public.Commit(ctx, m.Commit)
	if err != nil {
		return MergedView{}, fmt.Errorf("merge %d: %w", id, missing(err))
	}
	view.Merger, view.Before, view.After = r.dir.named(c.Author), before.Version, after.Version
	view.Carried, err = r.carriedBy(ctx, m)
	return view, err
}

// carriedBy tells what a merge made of the proposals that stay open, as they were submitted when it was done.
func (r *reader) carriedBy(ctx context.Context, m Merging) ([]CarriedProposal, error) {
	open, err := r.submittedProposals(ctx)
	if err != nil {
		return nil, err
	}
	now, err := r.public.Text(ctx, m.Commit)
	if err != nil {
		return nil, fmt.Errorf("text of merge %d: %w", m.ID, missing(err))
	}
	var all []CarriedProposal
	for _, p := range open {
		sub, err := r.lastSubmission(ctx, p)
		if err != nil {
			return nil, err
		}
		if sub.At.After(m.Done) {
			continue
		}
		o, err := r.offer(ctx, sub, Merging{})
		if err != nil {
			return nil, err
		}
		rows, err := r.rows(ctx, []Proposal{p})
		if err != nil {
			return nil, err
		}
		all = append(all, CarriedProposal{rows[0], merge.Carry(o.base, now, o.text, nil).Clauses})
	}
	return all, nil
}
