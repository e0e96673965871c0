package store

import (
	"context"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// AddSession keeps a session under the hash of its secret.
func (r *Records) AddSession(ctx context.Context, hash []byte, s drafting.Session) error {
	err := r.write.AddSession(ctx, sqlgen.AddSessionParams{
		Hash: hash, Person: int64(s.Person), Circle: string(s.Circle),
		Created: micros(s.Created), Expires: micros(s.Expires), LastUsed: micros(s.LastUsed),
	})
	return wrap(err, "add session of person", s.Person)
}

// Session gives the session, or ErrNotFound when it is unknown or expired at now.
func (r *Records) Session(ctx context.Context, hash []byte, now time.Time) (drafting.Session, error) {
	row, err := r.read.Session(ctx, hash)
	if err == nil && !now.Before(timeOf(row.Expires)) {
		err = drafting.ErrNotFound
	}
	if err != nil {
		return drafting.Session{}, wrap(err, "find", "session")
	}
	return drafting.Session{
		Person:   drafting.PersonID(row.Person),
		Circle:   repo.Circle(row.Circle),
		Created:  timeOf(row.Created),
		Expires:  timeOf(row.Expires),
		LastUsed: timeOf(row.LastUsed),
	}, nil
}

// UseSession notes when a session was last used.
func (r *Records) UseSession(ctx context.Context, hash []byte, at time.Time) error {
	rows, err := r.write.UseSession(ctx, sqlgen.UseSessionParams{LastUsed: micros(at), Hash: hash})
	return changed(rows, err, "use", "session")
}

// SetSessionCircle chooses the circle acted for.
func (r *Records) SetSessionCircle(ctx context.Context, hash []byte, circle repo.Circle) error {
	rows, err := r.write.SetSessionCircle(ctx, sqlgen.SetSessionCircleParams{Circle: string(circle), Hash: hash})
	return changed(rows, err, "act for circle", circle)
}

// RemoveSession ends a session; one that is not there is ended already.
func (r *Records) RemoveSession(ctx context.Context, hash []byte) error {
	return wrap(r.write.RemoveSession(ctx, hash), "remove", "session")
}

// RemoveSessions ends every session of the person.
func (r *Records) RemoveSessions(ctx context.Context, person drafting.PersonID) error {
	return wrap(r.write.RemoveSessions(ctx, int64(person)), "remove sessions of person", person)
}

// RemoveExpiredSessions forgets the sessions that have expired at now.
func (r *Records) RemoveExpiredSessions(ctx context.Context, now time.Time) error {
	return wrap(r.write.RemoveExpiredSessions(ctx, micros(now)), "remove", "expired sessions")
}
