package drafting

import (
	"context"
	"time"

	"plenary/repo"
	"plenary/repo/merge"
)

// MergeID names one merge being worked out.
type MergeID int64

// Merging is a merge of several proposals into the revised text, from its beginning to its commit.
type Merging struct {
	ID         MergeID
	Resolution repo.Slug
	Target     repo.Hash    // main when it was begun or last refreshed
	Proposals  []Submission // the submissions being merged, in order of document number
	Begun      time.Time
	BegunBy    PersonID
	Done       time.Time // zero: open
	Abandoned  time.Time // zero: not abandoned
	Commit     repo.Hash // the merge commit, once done
	Sentence   string    // for the record

	TakenBack   time.Time // zero: it stands
	TakenBackBy repo.Hash // the commit that takes its words out again
}

// stands tells whether the revised text holds the merge at a time; the zero time is now.
func (m Merging) stands(at time.Time) bool {
	switch {
	case m.Done.IsZero():
		return false
	case at.IsZero():
		return m.TakenBack.IsZero()
	default:
		return m.Done.Before(at) && (m.TakenBack.IsZero() || m.TakenBack.After(at))
	}
}

// Decided is one decision of a merge, taken by a person and saved at once; it can be taken back.
type Decided struct {
	Key        string // of the merge decision it settles
	Settlement merge.Settlement
	By         PersonID
	At         time.Time
}

// MergeRecords keeps merges being worked out and their decisions.
type MergeRecords interface {
	AddMerging(ctx context.Context, m Merging) (MergeID, error)
	Merging(ctx context.Context, id MergeID) (Merging, error) // ErrNotFound
	Mergings(ctx context.Context, resolution repo.Slug) ([]Merging, error)
	UpdateMerging(ctx context.Context, m Merging) error
	Decide(ctx context.Context, id MergeID, d Decided) error
	TakeBack(ctx context.Context, id MergeID, key string) error
	Decisions(ctx context.Context, id MergeID) ([]Decided, error)
	LeaveOut(ctx context.Context, id MergeID, l LeftOut) error
	TakeIn(ctx context.Context, id MergeID, l LeftOut) error // ErrNotFound
	LeftOut(ctx context.Context, id MergeID) ([]LeftOut, error)
}
