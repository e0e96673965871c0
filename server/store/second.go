package store

import (
	"context"
	"time"

	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// SecondStep gives what the second step of a person's sign-in is checked against; ErrNotFound for nobody.
func (r *Records) SecondStep(ctx context.Context, id drafting.PersonID) (drafting.SecondKey, error) {
	row, err := r.read.SecondStep(ctx, int64(id))
	if err != nil {
		return drafting.SecondKey{}, wrap(err, "second step of person", id)
	}
	return drafting.SecondKey{Key: row.SecondKey, Since: timeOf(row.SecondSince), Used: row.SecondUsed}, nil
}

// SetSecondStep replaces the person's second step and forgets its recovery codes, in place of which those given by
// their hashes are kept. The zero key takes the step away.
func (r *Records) SetSecondStep(ctx context.Context, id drafting.PersonID, k drafting.SecondKey, recovery [][]byte) error {
	return r.together(ctx, func(q *sqlgen.Queries) error {
		rows, err := q.SetSecondKey(ctx, sqlgen.SetSecondKeyParams{Key: k.Key, Since: micros(k.Since), Used: k.Used, ID: int64(id)})
		if err == nil {
			err = q.RemoveRecoveryCodes(ctx, int64(id))
		}
		for _, hash := range recovery {
			if err == nil {
				err = q.AddRecoveryCode(ctx, sqlgen.AddRecoveryCodeParams{Hash: hash, Person: int64(id)})
			}
		}
		return changed(rows, err, "set the second step of person", id)
	})
}

// UseSecondCode notes that the code of an interval was used. ErrNotFound when it, or a later one, was used before.
func (r *Records) UseSecondCode(ctx context.Context, id drafting.PersonID, interval int64) error {
	rows, err := r.write.UseSecondCode(ctx, sqlgen.UseSecondCodeParams{Interval: interval, ID: int64(id)})
	return changed(rows, err, "use a code of person", id)
}

// UseRecoveryCode uses a recovery code up. ErrNotFound when the person has none with this hash.
func (r *Records) UseRecoveryCode(ctx context.Context, id drafting.PersonID, hash []byte) error {
	rows, err := r.write.UseRecoveryCode(ctx, sqlgen.UseRecoveryCodeParams{Hash: hash, Person: int64(id)})
	return changed(rows, err, "use a recovery code of person", id)
}

// RecoveryCodes counts the recovery codes the person has left.
func (r *Records) RecoveryCodes(ctx context.Context, id drafting.PersonID) (int, error) {
	n, err := r.read.CountRecoveryCodes(ctx, int64(id))
	return int(n), wrap(err, "recovery codes of person", id)
}

// PersonByEmail gives the person with this address, or ErrNotFound.
func (r *Records) PersonByEmail(ctx context.Context, email string) (drafting.Person, error) {
	p, _, err := r.findPerson(ctx, func(q *sqlgen.Queries) (sqlgen.Person, error) { return q.PersonByEmail(ctx, email) })
	return p, wrap(err, "person by", "e-mail address")
}

// SetEmail changes the person's address; ErrExists when somebody else has it.
func (r *Records) SetEmail(ctx context.Context, id drafting.PersonID, email string) error {
	rows, err := r.write.SetEmail(ctx, sqlgen.SetEmailParams{Email: email, ID: int64(id)})
	return changed(rows, err, "e-mail address of person", id)
}

// PersonByIdentity gives whom a provider's subject stands for, or ErrNotFound.
func (r *Records) PersonByIdentity(ctx context.Context, issuer, subject string) (drafting.Person, error) {
	p, _, err := r.findPerson(ctx, func(q *sqlgen.Queries) (sqlgen.Person, error) {
		return q.PersonByIdentity(ctx, sqlgen.PersonByIdentityParams{Issuer: issuer, Subject: subject})
	})
	return p, wrap(err, "person by", "identity")
}

// AddIdentity keeps that a provider's subject stands for the person; ErrExists when it stands for somebody already.
func (r *Records) AddIdentity(ctx context.Context, id drafting.PersonID, issuer, subject string, at time.Time) error {
	err := r.write.AddIdentity(ctx, sqlgen.AddIdentityParams{Issuer: issuer, Subject: subject, Person: int64(id), Since: micros(at)})
	return wrap(err, "identity of person", id)
}

// HasIdentity tells whether a subject of the provider stands for the person.
func (r *Records) HasIdentity(ctx context.Context, id drafting.PersonID, issuer string) (bool, error) {
	rows, err := r.read.Identities(ctx, int64(id))
	for _, row := range rows {
		if row.Issuer == issuer {
			return true, nil
		}
	}
	return false, wrap(err, "identities of person", id)
}

// RemoveIdentities forgets which subjects of the provider stood for the person.
func (r *Records) RemoveIdentities(ctx context.Context, id drafting.PersonID, issuer string) error {
	return wrap(r.write.RemoveIdentities(ctx, sqlgen.RemoveIdentitiesParams{Person: int64(id), Issuer: issuer}), "forget identities of person", id)
}
