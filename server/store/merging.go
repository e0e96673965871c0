package store

import (
	"context"
	"encoding/json"
	"fmt"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// AddMerging keeps a merge that was begun, with the submissions it takes, which must be on record.
func (r *Records) AddMerging(ctx context.Context, m drafting.Merging) (drafting.MergeID, error) {
	var id int64
	err := r.together(ctx, func(q *sqlgen.Queries) error {
		var err error
		id, err = q.AddMerging(ctx, sqlgen.AddMergingParams{
			Resolution: string(m.Resolution), Target: string(m.Target), Begun: micros(m.Begun), BegunBy: int64(m.BegunBy),
			Done: micros(m.Done), Abandoned: micros(m.Abandoned), CommitID: string(m.Commit), Sentence: m.Sentence,
		})
		if err != nil {
			return err
		}
		return addTaken(ctx, q, id, m.Proposals)
	})
	return drafting.MergeID(id), wrap(err, "add merge on", m.Resolution)
}

func addTaken(ctx context.Context, q *sqlgen.Queries, merging int64, taken []drafting.Submission) error {
	for i, s := range taken {
		err := q.AddMergingSubmission(ctx, sqlgen.AddMergingSubmissionParams{
			Merging: merging, Position: int64(i), Proposal: s.Proposal, N: int64(s.N),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Merging gives the merge with its submissions, or ErrNotFound.
func (r *Records) Merging(ctx context.Context, id drafting.MergeID) (drafting.Merging, error) {
	var m drafting.Merging
	err := r.atOnce(ctx, func(q *sqlgen.Queries) error {
		row, err := q.Merging(ctx, int64(id))
		if err == nil {
			m, err = withTaken(ctx, q, row)
		}
		return err
	})
	return m, wrap(err, "merge", id)
}

// Mergings gives every merge on the resolution, open or not, in order of their beginning.
func (r *Records) Mergings(ctx context.Context, resolution repo.Slug) ([]drafting.Merging, error) {
	var mergings []drafting.Merging
	err := r.atOnce(ctx, func(q *sqlgen.Queries) error {
		rows, err := q.Mergings(ctx, string(resolution))
		if err != nil {
			return err
		}
		mergings = make([]drafting.Merging, len(rows))
		for i, row := range rows {
			if mergings[i], err = withTaken(ctx, q, row); err != nil {
				return err
			}
		}
		return nil
	})
	return mergings, wrap(err, "merges on", resolution)
}

func withTaken(ctx context.Context, q *sqlgen.Queries, row sqlgen.Merging) (drafting.Merging, error) {
	taken, err := q.MergingSubmissions(ctx, row.ID)
	if err != nil {
		return drafting.Merging{}, fmt.Errorf("submissions taken: %w", err)
	}
	return drafting.Merging{
		ID:         drafting.MergeID(row.ID),
		Resolution: repo.Slug(row.Resolution),
		Target:     repo.Hash(row.Target),
		Proposals:  each(taken, submission),
		Begun:      timeOf(row.Begun),
		BegunBy:    drafting.PersonID(row.BegunBy),
		Done:       timeOf(row.Done),
		Abandoned:  timeOf(row.Abandoned),
		Commit:     repo.Hash(row.CommitID),
		Sentence:   row.Sentence,
		TakenBack:  timeOf(row.TakenBack), TakenBackBy: repo.Hash(row.TakenBackCommit),
	}, nil
}

// UpdateMerging keeps what may change of the merge with m's ID: target, submissions, its end and its sentence.
func (r *Records) UpdateMerging(ctx context.Context, m drafting.Merging) error {
	return r.together(ctx, func(q *sqlgen.Queries) error {
		rows, err := q.UpdateMerging(ctx, sqlgen.UpdateMergingParams{
			Target: string(m.Target), Done: micros(m.Done), Abandoned: micros(m.Abandoned),
			CommitID: string(m.Commit), Sentence: m.Sentence,
			TakenBack: micros(m.TakenBack), TakenBackCommit: string(m.TakenBackBy), ID: int64(m.ID),
		})
		if err == nil && rows > 0 {
			err = q.RemoveMergingSubmissions(ctx, int64(m.ID))
		}
		if err == nil && rows > 0 {
			err = addTaken(ctx, q, int64(m.ID), m.Proposals)
		}
		return changed(rows, err, "update merge", m.ID)
	})
}

// Decide keeps a decision, in place of an earlier one under the same key.
func (r *Records) Decide(ctx context.Context, id drafting.MergeID, d drafting.Decided) error {
	settlement, err := json.Marshal(d.Settlement)
	if err != nil {
		return fmt.Errorf("decide %s of merge %d: %w", d.Key, id, err)
	}
	err = r.write.Decide(ctx, sqlgen.DecideParams{
		Merging: int64(id), Key: d.Key, Settlement: string(settlement), Person: int64(d.By), At: micros(d.At),
	})
	return wrap(err, "decide in merge", id)
}

// TakeBack forgets a decision; ErrNotFound when there is none under key.
func (r *Records) TakeBack(ctx context.Context, id drafting.MergeID, key string) error {
	rows, err := r.write.TakeBack(ctx, sqlgen.TakeBackParams{Merging: int64(id), Key: key})
	return changed(rows, err, "take back decision "+key+" of merge", id)
}

// Decisions gives the decisions of a merge, the earliest first.
func (r *Records) Decisions(ctx context.Context, id drafting.MergeID) ([]drafting.Decided, error) {
	rows, err := r.read.Decisions(ctx, int64(id))
	if err != nil {
		return nil, wrap(err, "decisions of merge", id)
	}
	decided := make([]drafting.Decided, len(rows))
	for i, row := range rows {
		decided[i] = drafting.Decided{Key: row.Key, By: drafting.PersonID(row.Person), At: timeOf(row.At)}
		if err := json.Unmarshal([]byte(row.Settlement), &decided[i].Settlement); err != nil {
			return nil, fmt.Errorf("decision %s of merge %d: %w", row.Key, id, err)
		}
	}
	return decided, nil
}
