package store

import (
	"context"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// PutStance keeps what a delegation says of a block, in place of what it said before.
func (r *Records) PutStance(ctx context.Context, s drafting.Stance) error {
	var supports int64
	if s.Supports {
		supports = 1
	}
	err := r.write.PutStance(ctx, sqlgen.PutStanceParams{
		Resolution: string(s.Resolution), Block: s.Block, Circle: string(s.Circle), Supports: supports, Reason: s.Reason,
		Person: int64(s.By), At: micros(s.At),
	})
	return wrap(err, "put stance on", s.Resolution)
}

// RemoveStance forgets what a delegation said of a block; ErrNotFound when it has said nothing.
func (r *Records) RemoveStance(ctx context.Context, resolution repo.Slug, block string, circle repo.Circle) error {
	rows, err := r.write.RemoveStance(ctx, sqlgen.RemoveStanceParams{Resolution: string(resolution), Block: block, Circle: string(circle)})
	return changed(rows, err, "remove stance on", resolution)
}

// Stances gives what every delegation says of the blocks of a compilation.
func (r *Records) Stances(ctx context.Context, resolution repo.Slug) ([]drafting.Stance, error) {
	rows, err := r.read.Stances(ctx, string(resolution))
	return each(rows, func(row sqlgen.Stance) drafting.Stance {
		return drafting.Stance{
			Resolution: repo.Slug(row.Resolution), Block: row.Block, Circle: repo.Circle(row.Circle), Supports: row.Supports != 0,
			Reason: row.Reason, By: drafting.PersonID(row.Person), At: timeOf(row.At),
		}
	}), wrap(err, "stances on", resolution)
}
