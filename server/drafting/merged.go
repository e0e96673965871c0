package drafting

import (
	"context"
	"fmt"
	"time"

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
	Back    *TakenBack
}

// TakenBack tells how a merge was taken back.
type TakenBack struct {
	By       PersonName
	At       time.Time
	Sentence string
	After    Version // the text without it
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
	view := MergedView{Undo: m.TakenBack.IsZero() && r.rights.May(a, ActMerge, "") == nil}
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
	if view.Carried, err = r.carriedBy(ctx, m); err != nil || m.TakenBack.IsZero() {
		return view, err
	}
	view.Back, err = r.takenBack(ctx, m)
	return view, err
}

// takenBack tells how a merge was taken back, as its commit says.
func (r *reader) takenBack(ctx context.Context, m Merging) (*TakenBack, error) {
	c, err := r.public.Commit(ctx, m.TakenBackBy)
	if err != nil {
		return nil, fmt.Errorf("merge %d: %w", m.ID, missing(err))
	}
	after, err := r.named(ctx, m.TakenBackBy)
	if err != nil {
		return nil, fmt.Errorf("merge %d: %w", m.ID, missing(err))
	}
	return &TakenBack{By: r.dir.named(c.Author), At: m.TakenBack, Sentence: c.Body, After: after.Version}, nil
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
		if sub.At.After(m.Done) || !m.TakenBack.IsZero() && m.takes(sub.Proposal, sub.N) {
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
