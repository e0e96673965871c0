package store

import (
	"context"
	"errors"
	"fmt"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// Proposals gives the proposals on a resolution, drafts among them, in order of their beginning.
func (r *Records) Proposals(ctx context.Context, resolution repo.Slug) ([]drafting.Proposal, error) {
	rows, err := r.read.Proposals(ctx, string(resolution))
	return each(rows, proposal), wrap(err, "proposals on", resolution)
}

// Proposal gives the proposal, or ErrNotFound.
func (r *Records) Proposal(ctx context.Context, resolution repo.Slug, d repo.DraftName) (drafting.Proposal, error) {
	row, err := r.read.Proposal(ctx, sqlgen.ProposalParams{
		Resolution: string(resolution), Circle: string(d.Circle), Name: d.Name,
	})
	if err != nil {
		return drafting.Proposal{}, wrap(err, "proposal", d)
	}
	return proposal(row), nil
}

// AddProposal keeps a new proposal; ErrExists for a taken branch or document number, ErrNotFound for an unknown
// resolution, circle or person.
func (r *Records) AddProposal(ctx context.Context, p drafting.Proposal) (int64, error) {
	id, err := r.write.AddProposal(ctx, sqlgen.AddProposalParams{
		Resolution: string(p.Resolution), Circle: string(p.Draft.Circle), Name: p.Draft.Name,
		Number: string(p.Number), Status: string(p.Status), Base: string(p.Base),
		Begun: micros(p.Begun), BegunBy: int64(p.BegunBy), Submissions: int64(p.Submissions),
		Submitted: string(p.Submitted), SubmittedAt: micros(p.SubmittedAt), Reason: p.Reason, WorkingName: p.WorkingName,
	})
	return id, wrap(err, "add proposal", p.Draft)
}

// UpdateProposal keeps what may change of the proposal with p's ID: number, working name, status, base, submissions, reason.
// ErrExists for a taken document number.
func (r *Records) UpdateProposal(ctx context.Context, p drafting.Proposal) error {
	rows, err := r.write.UpdateProposal(ctx, sqlgen.UpdateProposalParams{
		Number: string(p.Number), Status: string(p.Status), Base: string(p.Base), Submissions: int64(p.Submissions),
		Submitted: string(p.Submitted), SubmittedAt: micros(p.SubmittedAt), Reason: p.Reason, WorkingName: p.WorkingName, ID: p.ID,
	})
	return changed(rows, err, "update proposal", p.Draft)
}

// errOtherSubmission is a submission that differs from the one on record under its number.
var errOtherSubmission = errors.New("another text is on record under this number")

// AddSubmission puts a submission on record. One that is there already stays as it is: the same commit again is no
// error, another commit under its number is.
func (r *Records) AddSubmission(ctx context.Context, s drafting.Submission) error {
	err := r.together(ctx, func(q *sqlgen.Queries) error {
		err := q.AddSubmission(ctx, sqlgen.AddSubmissionParams{
			Proposal: s.Proposal, N: int64(s.N), CommitID: string(s.Commit), Base: string(s.Base),
			At: micros(s.At), Person: int64(s.By),
		})
		if err != nil {
			return err
		}
		kept, err := q.Submission(ctx, sqlgen.SubmissionParams{Proposal: s.Proposal, N: int64(s.N)})
		if err == nil && kept.CommitID != string(s.Commit) {
			err = errOtherSubmission
		}
		return err
	})
	return wrap(err, "add submission", fmt.Sprintf("%d of proposal %d", s.N, s.Proposal))
}

// Submissions gives what is on record of a proposal, the first first.
func (r *Records) Submissions(ctx context.Context, proposal int64) ([]drafting.Submission, error) {
	rows, err := r.read.Submissions(ctx, proposal)
	return each(rows, submission), wrap(err, "submissions of proposal", proposal)
}

func proposal(row sqlgen.Proposal) drafting.Proposal {
	return drafting.Proposal{
		ID:          row.ID,
		Resolution:  repo.Slug(row.Resolution),
		Draft:       repo.DraftName{Circle: repo.Circle(row.Circle), Name: row.Name},
		Number:      drafting.ProposalNumber(row.Number),
		Status:      drafting.Status(row.Status),
		Base:        repo.Hash(row.Base),
		Begun:       timeOf(row.Begun),
		BegunBy:     drafting.PersonID(row.BegunBy),
		Submissions: int(row.Submissions),
		Submitted:   repo.Hash(row.Submitted),
		SubmittedAt: timeOf(row.SubmittedAt),
		Reason:      row.Reason,
		WorkingName: row.WorkingName,
	}
}

func submission(row sqlgen.Submission) drafting.Submission {
	return drafting.Submission{
		Proposal: row.Proposal,
		N:        int(row.N),
		Commit:   repo.Hash(row.CommitID),
		Base:     repo.Hash(row.Base),
		At:       timeOf(row.At),
		By:       drafting.PersonID(row.Person),
	}
}
