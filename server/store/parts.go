package store

import (
	"context"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// LeaveOut keeps that a merge leaves a change of a proposal. One that is left already stays as it is.
func (r *Records) LeaveOut(ctx context.Context, id drafting.MergeID, l drafting.LeftOut) error {
	err := r.write.LeaveOut(ctx, sqlgen.LeaveOutParams{
		Merging: int64(id), Proposal: l.Proposal, N: int64(l.N), Key: l.Key, Person: int64(l.By), At: micros(l.At),
	})
	return wrap(err, "leave out of merge", id)
}

// TakeIn forgets that a merge leaves a change; ErrNotFound when it does not.
func (r *Records) TakeIn(ctx context.Context, id drafting.MergeID, l drafting.LeftOut) error {
	rows, err := r.write.TakeIn(ctx, sqlgen.TakeInParams{Merging: int64(id), Proposal: l.Proposal, N: int64(l.N), Key: l.Key})
	return changed(rows, err, "take "+l.Key+" into merge", id)
}

// LeftOut gives what a merge leaves, the earliest first.
func (r *Records) LeftOut(ctx context.Context, id drafting.MergeID) ([]drafting.LeftOut, error) {
	rows, err := r.read.LeftOut(ctx, int64(id))
	return each(rows, func(row sqlgen.LeftOut) drafting.LeftOut {
		return drafting.LeftOut{
			Proposal: row.Proposal, N: int(row.N), Key: row.Key, By: drafting.PersonID(row.Person), At: timeOf(row.At),
		}
	}), wrap(err, "what is left by merge", id)
}

// Agree keeps what a circle agrees to, in place of what it agreed to before.
func (r *Records) Agree(ctx context.Context, a drafting.Agreement) error {
	err := r.write.Agree(ctx, sqlgen.AgreeParams{
		Resolution: string(a.Resolution), Question: a.Question, Circle: string(a.Circle), Answer: int64(a.Answer),
		Person: int64(a.By), At: micros(a.At),
	})
	return wrap(err, "agree on", a.Resolution)
}

// Disagree forgets what a circle agreed to; ErrNotFound when there is nothing.
func (r *Records) Disagree(ctx context.Context, slug repo.Slug, question string, circle repo.Circle) error {
	rows, err := r.write.Disagree(ctx, sqlgen.DisagreeParams{Resolution: string(slug), Question: question, Circle: string(circle)})
	return changed(rows, err, "take an agreement back on", slug)
}

// Agreements gives what circles agree to on a resolution.
func (r *Records) Agreements(ctx context.Context, slug repo.Slug) ([]drafting.Agreement, error) {
	rows, err := r.read.Agreements(ctx, string(slug))
	return each(rows, func(row sqlgen.Agreement) drafting.Agreement {
		return drafting.Agreement{
			Resolution: slug, Question: row.Question, Circle: repo.Circle(row.Circle), Answer: int(row.Answer),
			By: drafting.PersonID(row.Person), At: timeOf(row.At),
		}
	}), wrap(err, "agreements on", slug)
}
