package store

import (
	"context"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// AddActivity keeps one line of what happened, here and in the audit log; it is never changed again.
func (r *Records) AddActivity(ctx context.Context, a drafting.Activity) error {
	var who *int64
	if a.Person != 0 {
		who = new(int64(a.Person))
	}
	err := r.together(ctx, func(q *sqlgen.Queries) error {
		err := q.AddActivity(ctx, sqlgen.AddActivityParams{
			At: micros(a.At), Resolution: string(a.Resolution),
			DraftCircle: string(a.Draft.Circle), DraftName: a.Draft.Name,
			Person: who, Circle: string(a.Circle), Verb: a.Verb, Detail: a.Detail, Private: a.Private,
		})
		if err != nil {
			return err
		}
		return auditActivity(ctx, q, a)
	})
	return wrap(err, "add activity on", a.Resolution)
}

// Activity gives what happened to the resolution, or to all of them when it is empty: the newest first, at most
// limit lines.
func (r *Records) Activity(ctx context.Context, resolution repo.Slug, limit int) ([]drafting.Activity, error) {
	var rows []sqlgen.Activity
	var err error
	if resolution == "" {
		rows, err = r.read.AllActivity(ctx, int64(limit))
	} else {
		rows, err = r.read.Activity(ctx, sqlgen.ActivityParams{Resolution: string(resolution), Limit: int64(limit)})
	}
	return each(rows, activity), wrap(err, "activity on", resolution)
}

func activity(row sqlgen.Activity) drafting.Activity {
	a := drafting.Activity{
		ID:         row.ID,
		At:         timeOf(row.At),
		Resolution: repo.Slug(row.Resolution),
		Draft:      repo.DraftName{Circle: repo.Circle(row.DraftCircle), Name: row.DraftName},
		Circle:     repo.Circle(row.Circle),
		Verb:       row.Verb,
		Detail:     row.Detail,
		Private:    row.Private,
	}
	if row.Person != nil {
		a.Person = drafting.PersonID(*row.Person)
	}
	return a
}
