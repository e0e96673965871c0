package store

import (
	"context"
	"time"

	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// AddToken keeps a token under the hash of its secret.
func (r *Records) AddToken(ctx context.Context, t drafting.Token, hash []byte) (int64, error) {
	id, err := r.write.AddToken(ctx, sqlgen.AddTokenParams{
		Person: int64(t.Person), Hash: hash, Name: t.Name, Scope: string(t.Scope), Created: micros(t.Created),
		Expires: micros(t.Expires), LastUsed: micros(t.LastUsed), Withdrawn: micros(t.Withdrawn),
	})
	return id, wrap(err, "add token of person", t.Person)
}

// Tokens gives the person's tokens, the oldest first, withdrawn and expired ones among them.
func (r *Records) Tokens(ctx context.Context, person drafting.PersonID) ([]drafting.Token, error) {
	rows, err := r.read.Tokens(ctx, int64(person))
	return each(rows, token), wrap(err, "tokens of person", person)
}

// TokenByHash gives the token with that hash, be it in force or not, or ErrNotFound.
func (r *Records) TokenByHash(ctx context.Context, hash []byte) (drafting.Token, error) {
	row, err := r.read.TokenByHash(ctx, hash)
	if err != nil {
		return drafting.Token{}, wrap(err, "find", "token")
	}
	return token(row), nil
}

// UseToken notes when a token was last used.
func (r *Records) UseToken(ctx context.Context, id int64, at time.Time) error {
	rows, err := r.write.UseToken(ctx, sqlgen.UseTokenParams{LastUsed: micros(at), ID: id})
	return changed(rows, err, "use token", id)
}

// WithdrawToken ends a token of the person for good; the first withdrawal counts. ErrNotFound for another's token.
func (r *Records) WithdrawToken(ctx context.Context, person drafting.PersonID, id int64, at time.Time) error {
	rows, err := r.write.WithdrawToken(ctx, sqlgen.WithdrawTokenParams{Withdrawn: micros(at), ID: id, Person: int64(person)})
	return changed(rows, err, "withdraw token", id)
}

// WithdrawTokens ends every token of the person that is in force.
func (r *Records) WithdrawTokens(ctx context.Context, person drafting.PersonID, at time.Time) error {
	err := r.write.WithdrawTokens(ctx, sqlgen.WithdrawTokensParams{Withdrawn: micros(at), Person: int64(person)})
	return wrap(err, "withdraw tokens of person", person)
}

func token(row sqlgen.Token) drafting.Token {
	return drafting.Token{
		ID:        row.ID,
		Person:    drafting.PersonID(row.Person),
		Name:      row.Name,
		Scope:     drafting.Scope(row.Scope),
		Created:   timeOf(row.Created),
		Expires:   timeOf(row.Expires),
		LastUsed:  timeOf(row.LastUsed),
		Withdrawn: timeOf(row.Withdrawn),
	}
}
