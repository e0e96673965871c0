package auth

import (
	"context"
	"encoding/hex"
	"errors"

	"plenary/repo"
	"plenary/server/drafting"
)

// NewLink gives the secret of a one-time link, and the hash under which it is kept.
func (*Doorkeeper) NewLink() (secret string, hash []byte) {
	secret = newSecret()
	return secret, hashOf(secret)
}

// LinkHash is the hash under which a one-time link's secret is kept. What is too long to be one gives a hash that no
// link has.
func (*Doorkeeper) LinkHash(secret string) []byte {
	if len(secret) > longestSecret {
		secret = ""
	}
	return hashOf(secret)
}

// HashFor gives the hash to keep of a password chosen by somebody called login and name. A password that is too short,
// too common, or made of these names is refused with a *drafting.Refusal. It waits for its turn, as hashing is dear.
func (d *Doorkeeper) HashFor(ctx context.Context, password, login, name string) (hash string, err error) {
	defer wrap(&err, "hash a password")
	if err := refusePassword(password, login, name); err != nil {
		return "", err
	}
	if err := d.hashing.enter(ctx); err != nil {
		return "", err
	}
	defer d.hashing.leave()
	return HashPassword(password)
}

// ChangePassword changes the password of the session's person, who must know the one they have. Every session of the
// person ends; the secret of a new one, for the browser that asked, is returned.
func (d *Doorkeeper) ChangePassword(ctx context.Context, secret, old, fresh string) (renewed string, err error) {
	defer wrap(&err, "change password")
	person, s, err := d.session(ctx, secret)
	if err != nil {
		return "", err
	}
	// Counted for this session: who guesses in a browser left open shuts nobody out elsewhere.
	place := "session " + hex.EncodeToString(hashOf(secret))
	if err := d.mayTry(ctx, person.Login, place); err != nil {
		return "", err
	}
	if len(old) > longestPassword {
		old = ""
	}
	if _, err := d.checkPassword(ctx, person.Login, old); err != nil {
		if _, refused := errors.AsType[*drafting.Refusal](err); refused {
			return "", &drafting.Refusal{Sentence: "This is not your present password. Nothing was changed."}
		}
		return "", err
	}
	d.guard.forget(person.Login, place)
	if old == fresh {
		return "", &drafting.Refusal{Sentence: "The new password is the old one. Choose another."}
	}
	hash, err := d.HashFor(ctx, fresh, person.Login, person.Name)
	if err != nil {
		return "", err
	}
	if err := d.people.SetPassword(ctx, person.ID, hash); err != nil {
		return "", err
	}
	return d.begin(ctx, person, s.Circle, s.Browser)
}

// begin keeps a new session of a person and gives its secret.
func (d *Doorkeeper) begin(ctx context.Context, person drafting.Person, circle repo.Circle, browser string) (string, error) {
	now, secret := d.now(), newSecret()
	s := drafting.Session{
		Person: person.ID, Circle: chosen(person, circle), Created: now, Expires: now.Add(SessionLifetime), LastUsed: now,
		Browser: browser,
	}
	return secret, d.sessions.AddSession(ctx, hashOf(secret), s)
}

// Sessions lists the sessions of the person whose session asks, the last used first. Those not used for too long are
// over and not listed.
func (d *Doorkeeper) Sessions(ctx context.Context, secret string) (open []drafting.OpenSession, err error) {
	defer wrap(&err, "sessions")
	person, _, err := d.session(ctx, secret)
	if err != nil {
		return nil, err
	}
	now := d.now()
	all, err := d.sessions.Sessions(ctx, person.ID, now)
	if err != nil {
		return nil, err
	}
	here := hex.EncodeToString(hashOf(secret))
	for _, s := range all {
		if now.Sub(s.LastUsed) >= SessionIdle {
			continue
		}
		id := hex.EncodeToString(s.Hash)
		open = append(open, drafting.OpenSession{Session: s, ID: id, Here: id == here})
	}
	return open, nil
}

// EndSession ends one of the sessions of the person whose session asks. ErrNotFound for any other.
func (d *Doorkeeper) EndSession(ctx context.Context, secret, id string) (err error) {
	defer wrap(&err, "end session")
	person, _, err := d.session(ctx, secret)
	if err != nil {
		return err
	}
	hash, err := hex.DecodeString(id)
	if err != nil {
		return drafting.ErrNotFound
	}
	return d.sessions.RemoveSessionOf(ctx, person.ID, hash)
}

// EndOtherSessions ends every session of the person but the one that asks.
func (d *Doorkeeper) EndOtherSessions(ctx context.Context, secret string) (err error) {
	defer wrap(&err, "end other sessions")
	person, _, err := d.session(ctx, secret)
	if err != nil {
		return err
	}
	return d.sessions.RemoveOtherSessions(ctx, person.ID, hashOf(secret))
}
