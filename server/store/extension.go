package store

import (
	"context"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// AddExtension keeps more time for a delegation; ErrNotFound for one that is not there, or an unknown resolution.
func (r *Records) AddExtension(ctx context.Context, e drafting.Extension) (int64, error) {
	var resolution *string
	if e.Resolution != "" {
		resolution = new(string(e.Resolution))
	}
	id, err := r.write.AddExtension(ctx, sqlgen.AddExtensionParams{
		Circle: string(e.Circle), Resolution: resolution, Until: micros(e.Until), Reason: e.Reason,
		Given: micros(e.Given), GivenBy: int64(e.GivenBy),
	})
	return id, wrap(err, "add extension for", e.Circle)
}

// Extensions gives every extension, ended and over ones among them, in order of giving.
func (r *Records) Extensions(ctx context.Context) ([]drafting.Extension, error) {
	rows, err := r.read.Extensions(ctx)
	return each(rows, func(row sqlgen.Extension) drafting.Extension {
		e := drafting.Extension{
			ID: row.ID, Circle: repo.Circle(row.Circle), Until: timeOf(row.Until), Reason: row.Reason,
			Given: timeOf(row.Given), GivenBy: drafting.PersonID(row.GivenBy), Ended: timeOf(row.Ended),
		}
		if row.Resolution != nil {
			e.Resolution = repo.Slug(*row.Resolution)
		}
		return e
	}), wrap(err, "read", "extensions")
}

// EndExtension ends an extension before its time; ErrNotFound when it has been ended.
func (r *Records) EndExtension(ctx context.Context, id int64, at time.Time) error {
	rows, err := r.write.EndExtension(ctx, sqlgen.EndExtensionParams{Ended: micros(at), ID: id})
	return changed(rows, err, "end extension", id)
}
