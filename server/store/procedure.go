package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// Procedure gives what a proposal goes through; the zero one where nothing was noted yet.
func (r *Records) Procedure(ctx context.Context, proposal int64) (drafting.Procedure, error) {
	row, err := r.read.Procedure(ctx, proposal)
	if errors.Is(err, sql.ErrNoRows) {
		return drafting.Procedure{}, nil
	}
	if err != nil {
		return drafting.Procedure{}, wrap(err, "procedure of proposal", proposal)
	}
	p := drafting.Procedure{Declared: drafting.Action(row.Declared), Referred: timeOf(row.Referred)}
	if row.Drafting != nil {
		p.Group = repo.Circle(*row.Drafting)
	}
	if row.ReferredBy != nil {
		p.ReferredBy = drafting.PersonID(*row.ReferredBy)
	}
	return p, nil
}

// SetProcedure keeps what a proposal goes through; ErrNotFound for an unknown proposal or group.
func (r *Records) SetProcedure(ctx context.Context, proposal int64, p drafting.Procedure) error {
	row := sqlgen.PutProcedureParams{Proposal: proposal, Declared: string(p.Declared), Referred: micros(p.Referred)}
	if p.Group != "" {
		row.Drafting = new(string(p.Group))
	}
	if p.ReferredBy != 0 {
		row.ReferredBy = new(int64(p.ReferredBy))
	}
	return wrap(r.write.PutProcedure(ctx, row), "procedure of proposal", proposal)
}

// Sponsors gives every delegation that has joined a proposal, those who have left too, in order of joining.
func (r *Records) Sponsors(ctx context.Context, proposal int64) ([]drafting.Sponsor, error) {
	rows, err := r.read.Sponsors(ctx, proposal)
	return each(rows, func(row sqlgen.Sponsor) drafting.Sponsor {
		return drafting.Sponsor{
			Circle: repo.Circle(row.Circle), Joined: timeOf(row.Joined), By: drafting.PersonID(row.Person), Left: timeOf(row.Ended),
		}
	}), wrap(err, "sponsors of proposal", proposal)
}

// AddSponsor lets a delegation join a proposal; ErrExists where it has.
func (r *Records) AddSponsor(ctx context.Context, proposal int64, s drafting.Sponsor) error {
	err := r.write.AddSponsor(ctx, sqlgen.AddSponsorParams{Proposal: proposal, Circle: string(s.Circle), Joined: micros(s.Joined), Person: int64(s.By)})
	return wrap(err, "sponsor of proposal", proposal)
}

// EndSponsor lets a delegation leave a proposal; ErrNotFound where it is none of its sponsors.
func (r *Records) EndSponsor(ctx context.Context, proposal int64, circle repo.Circle, at time.Time) error {
	rows, err := r.write.EndSponsor(ctx, sqlgen.EndSponsorParams{Ended: micros(at), Proposal: proposal, Circle: string(circle)})
	return changed(rows, err, "sponsor of proposal", proposal)
}
