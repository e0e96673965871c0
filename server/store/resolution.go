package store

import (
	"context"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// Assembly gives the assembly, or ErrNotFound before [Records.SetAssembly].
func (r *Records) Assembly(ctx context.Context) (drafting.Assembly, error) {
	row, err := r.read.Assembly(ctx)
	if err != nil {
		return drafting.Assembly{}, wrap(err, "find", "assembly")
	}
	zone, err := time.LoadLocation(row.Zone)
	if err != nil {
		return drafting.Assembly{}, wrap(err, "time zone of", row.Code)
	}
	a := drafting.Assembly{Code: row.Code, Name: row.Name, Meeting: row.Meeting, Open: row.Open, Zone: row.Zone}
	if row.Deadline != 0 {
		a.Deadline = timeOf(row.Deadline).In(zone)
	}
	return a, nil
}

// SetAssembly keeps what is true of the assembly, in place of what was.
func (r *Records) SetAssembly(ctx context.Context, a drafting.Assembly) error {
	if a.Zone == "" {
		a.Zone = "UTC"
	}
	err := r.write.SetAssembly(ctx, sqlgen.SetAssemblyParams{
		Code: a.Code, Name: a.Name, Meeting: a.Meeting, Open: a.Open, Deadline: micros(a.Deadline), Zone: a.Zone,
	})
	return wrap(err, "set assembly", a.Code)
}

// Resolutions gives every resolution, in order of their coming.
func (r *Records) Resolutions(ctx context.Context) ([]drafting.Resolution, error) {
	rows, err := r.read.Resolutions(ctx)
	return each(rows, resolution), wrap(err, "resolutions of", "the assembly")
}

// Resolution gives the resolution, or ErrNotFound.
func (r *Records) Resolution(ctx context.Context, slug repo.Slug) (drafting.Resolution, error) {
	row, err := r.read.Resolution(ctx, string(slug))
	if err != nil {
		return drafting.Resolution{}, wrap(err, "resolution", slug)
	}
	return resolution(row), nil
}

// AddResolution keeps a new resolution; its ID is given out here. ErrExists for a taken slug.
func (r *Records) AddResolution(ctx context.Context, n drafting.Resolution) error {
	err := r.write.AddResolution(ctx, sqlgen.AddResolutionParams{
		Slug: string(n.Slug), Number: n.Number, Title: n.Title, Edition: n.Edition,
		Created: micros(n.Created), Changed: micros(n.Changed),
	})
	return wrap(err, "add resolution", n.Slug)
}

// UpdateResolution keeps number, title, edition and the time of the last change of the resolution with n's slug.
func (r *Records) UpdateResolution(ctx context.Context, n drafting.Resolution) error {
	rows, err := r.write.UpdateResolution(ctx, sqlgen.UpdateResolutionParams{
		Number: n.Number, Title: n.Title, Edition: n.Edition, Changed: micros(n.Changed), Slug: string(n.Slug),
	})
	return changed(rows, err, "update resolution", n.Slug)
}

func resolution(row sqlgen.Resolution) drafting.Resolution {
	return drafting.Resolution{
		ID:      row.ID,
		Slug:    repo.Slug(row.Slug),
		Number:  row.Number,
		Title:   row.Title,
		Edition: row.Edition,
		Created: timeOf(row.Created),
		Changed: timeOf(row.Changed),
	}
}
