package store

import (
	"context"

	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// ForgetPerson forgets all of an account but the name, under which its acts are on record; login takes the login's
// place. ErrNotFound for nobody.
func (r *Records) ForgetPerson(ctx context.Context, id drafting.PersonID, login string) error {
	return r.together(ctx, func(q *sqlgen.Queries) error {
		rows, err := q.ForgetPerson(ctx, sqlgen.ForgetPersonParams{Login: login, ID: int64(id)})
		if err := changed(rows, err, "forget person", id); err != nil {
			return err
		}
		for _, forget := range []func(context.Context, int64) error{
			q.ForgetMemberships, q.ForgetTokens, q.ForgetIdentities, q.RemoveRecoveryCodes, q.RemoveSessions,
		} {
			if err := forget(ctx, int64(id)); err != nil {
				return wrap(err, "forget person", id)
			}
		}
		return wrap(q.RemoveInvitationsOf(ctx, new(int64(id))), "forget person", id)
	})
}
