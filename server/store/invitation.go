package store

import (
	"context"

	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// AddInvitation keeps a one-time link under the hash of its secret, in place of those the person had.
func (r *Records) AddInvitation(ctx context.Context, hash []byte, i drafting.Invitation) error {
	err := r.together(ctx, func(q *sqlgen.Queries) error {
		var who *int64
		var err error
		if i.Person != 0 {
			who = new(int64(i.Person))
			err = q.RemoveInvitationsOf(ctx, who)
		} else {
			err = q.RemoveFirstInvitations(ctx)
		}
		if err != nil {
			return err
		}
		return q.AddInvitation(ctx, sqlgen.AddInvitationParams{
			Hash: hash, Person: who, Created: micros(i.Created), Expires: micros(i.Expires),
		})
	})
	return wrap(err, "add link of person", i.Person)
}

// Invitation gives the link, expired or not, or ErrNotFound.
func (r *Records) Invitation(ctx context.Context, hash []byte) (drafting.Invitation, error) {
	row, err := r.read.Invitation(ctx, hash)
	if err != nil {
		return drafting.Invitation{}, wrap(err, "find", "link")
	}
	return invitation(row), nil
}

// InvitedPeople gives every link that was made for somebody and not used yet.
func (r *Records) InvitedPeople(ctx context.Context) ([]drafting.Invitation, error) {
	rows, err := r.read.InvitedPeople(ctx)
	return each(rows, invitation), wrap(err, "links of", "people")
}

// RemoveInvitation uses a link up. ErrNotFound when it is not there, so that two who use it at once do not both.
func (r *Records) RemoveInvitation(ctx context.Context, hash []byte) error {
	rows, err := r.write.RemoveInvitation(ctx, hash)
	return changed(rows, err, "use", "link")
}

func invitation(row sqlgen.Invitation) drafting.Invitation {
	i := drafting.Invitation{Created: timeOf(row.Created), Expires: timeOf(row.Expires)}
	if row.Person != nil {
		i.Person = drafting.PersonID(*row.Person)
	}
	return i
}
