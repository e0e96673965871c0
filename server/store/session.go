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
		Created: micros(s.Created), Expires: micros(s.Expires), LastUsed: micros(s.LastUsed), Browser: s.Browser,
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
	return session(row), nil
}

func session(row sqlgen.Session) drafting.Session {
	return drafting.Session{
		Person:   drafting.PersonID(row.Person),
		Circle:   repo.Circle(row.Circle),
		Created:  timeOf(row.Created),
		Expires:  timeOf(row.Expires),
		LastUsed: timeOf(row.LastUsed),
		Browser:  row.Browser,
	}
}

// Sessions gives the person's sessions that have not expired at now, the last used first, each with its hash.
func (r *Records) Sessions(ctx context.Context, person drafting.PersonID, now time.Time) ([]drafting.Session, error) {
	rows, err := r.read.SessionsOf(ctx, sqlgen.SessionsOfParams{Person: int64(person), Expires: micros(now)})
	return each(rows, func(row sqlgen.Session) drafting.Session {
		s := session(row)
		s.Hash = row.Hash
		return s
	}), wrap(err, "sessions of person", person)
}

// RemoveSessionOf ends one of the person's sessions. ErrNotFound for another's.
func (r *Records) RemoveSessionOf(ctx context.Context, person drafting.PersonID, hash []byte) error {
	rows, err := r.write.RemoveSessionOf(ctx, sqlgen.RemoveSessionOfParams{Person: int64(person), Hash: hash})
	return changed(rows, err, "end session of person", person)
}

// RemoveOtherSessions ends every session of the person but one.
func (r *Records) RemoveOtherSessions(ctx context.Context, person drafting.PersonID, but []byte) error {
	err := r.write.RemoveOtherSessions(ctx, sqlgen.RemoveOtherSessionsParams{Person: int64(person), Hash: but})
	return wrap(err, "end other sessions of person", person)
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

// RemoveExpiredSessions forgets the sessions that have expired at now.
func (r *Records) RemoveExpiredSessions(ctx context.Context, now time.Time) error {
	return wrap(r.write.RemoveExpiredSessions(ctx, micros(now)), "remove", "expired sessions")
}
