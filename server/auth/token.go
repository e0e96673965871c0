package auth

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"plenary/server/drafting"
)

const (
	// TokenPrefix begins every access token, so that a token that lies about is recognised for what it is.
	TokenPrefix = "plenary_"
	// LongestToken is how long an access token may last.
	LongestToken = 366 * 24 * time.Hour

	longestTokenName = 60 // characters
	tokensEach       = 50 // in force, for one person
)

// CreateToken makes an access token for the actor, who must be signed in with a browser. The secret is shown once and
// kept nowhere. What is wrong with name, scope or lifetime is told in a *drafting.Refusal.
func (d *Doorkeeper) CreateToken(ctx context.Context, a drafting.Actor, name string, scope drafting.Scope, lifetime time.Duration) (secret string, t drafting.Token, err error) {
	defer wrap(&err, "create token")
	name = strings.TrimSpace(name)
	if err := d.mayCreate(ctx, a); err != nil {
		return "", drafting.Token{}, err
	}
	if err := checkToken(name, scope, lifetime); err != nil {
		return "", drafting.Token{}, err
	}
	now := d.now()
	secret = TokenPrefix + newSecret()
	t = drafting.Token{Person: a.Person, Name: name, Scope: scope, Created: now, Expires: now.Add(lifetime)}
	if t.ID, err = d.tokens.AddToken(ctx, t, hashOf(secret)); err != nil {
		return "", drafting.Token{}, err
	}
	return secret, t, nil
}

func (d *Doorkeeper) mayCreate(ctx context.Context, a drafting.Actor) error {
	if err := full(a); err != nil {
		return err
	}
	person, err := d.people.Person(ctx, a.Person)
	if err != nil {
		return signedOut(err)
	}
	if person.Disabled {
		return drafting.ErrSignedOut
	}
	kept, err := d.tokens.Tokens(ctx, a.Person)
	if err != nil {
		return err
	}
	inForce := 0
	for _, t := range kept {
		if d.inForce(t) {
			inForce++
		}
	}
	if inForce >= tokensEach {
		return &drafting.Refusal{Sentence: "You have 50 access tokens in force. Withdraw one that you no longer use, then create another."}
	}
	return nil
}

func checkToken(name string, scope drafting.Scope, lifetime time.Duration) error {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	switch {
	case name == "":
		return &drafting.Refusal{Sentence: "Give the token a name that tells you where it is used, such as \"laptop\"."}
	case utf8.RuneCountInString(name) > longestTokenName || strings.ContainsFunc(name, unprintable):
		return &drafting.Refusal{Sentence: "A token's name is one line of at most 60 characters."}
	case scope != drafting.ScopeRead && scope != drafting.ScopeWrite:
		return &drafting.Refusal{Sentence: "Choose what the token may do: read, or read and push own proposals."}
	case lifetime <= 0 || lifetime > LongestToken:
		return &drafting.Refusal{Sentence: "Choose when the token ends: some time within a year from now."}
	}
	return nil
}

// Tokens gives the actor's own tokens, the oldest first.
func (d *Doorkeeper) Tokens(ctx context.Context, a drafting.Actor) (tokens []drafting.Token, err error) {
	defer wrap(&err, "tokens")
	if err := full(a); err != nil {
		return nil, err
	}
	return d.tokens.Tokens(ctx, a.Person)
}

// Withdraw ends one of the actor's own tokens at once and for good. ErrNotFound for any other.
func (d *Doorkeeper) Withdraw(ctx context.Context, a drafting.Actor, id int64) (err error) {
	defer wrap(&err, "withdraw token")
	if err := full(a); err != nil {
		return err
	}
	return d.tokens.WithdrawToken(ctx, a.Person, id, d.now())
}

// full refuses all but a person in a browser session: a token must not breed tokens.
func full(a drafting.Actor) error {
	switch {
	case a.Anonymous():
		return drafting.ErrSignedOut
	case a.Scope != drafting.ScopeFull:
		return drafting.ErrForbidden
	}
	return nil
}

// TokenActor tells who a token's secret stands for. Git sends a login beside it, which may be anything but somebody
// else's. ErrSignedOut when the token is unknown, over or withdrawn, or its person is disabled.
func (d *Doorkeeper) TokenActor(ctx context.Context, login, secret string) (a drafting.Actor, err error) {
	defer wrap(&err, "token")
	if !strings.HasPrefix(secret, TokenPrefix) || len(secret) > longestSecret {
		return drafting.Actor{}, drafting.ErrSignedOut
	}
	t, err := d.tokens.TokenByHash(ctx, hashOf(secret))
	if err != nil {
		return drafting.Actor{}, signedOut(err)
	}
	if !d.inForce(t) {
		return drafting.Actor{}, drafting.ErrSignedOut
	}
	person, err := d.people.Person(ctx, t.Person)
	if err != nil {
		return drafting.Actor{}, signedOut(err)
	}
	if person.Disabled {
		return drafting.Actor{}, drafting.ErrSignedOut
	}
	if err := d.notAnothers(ctx, login, person); err != nil {
		return drafting.Actor{}, err
	}
	if now := d.now(); now.Sub(t.LastUsed) >= noteEvery {
		if err := d.tokens.UseToken(ctx, t.ID, now); err != nil {
			return drafting.Actor{}, signedOut(err)
		}
	}
	return actor(person, chosen(person, ""), t.Scope), nil
}

func (d *Doorkeeper) inForce(t drafting.Token) bool {
	return t.Withdrawn.IsZero() && d.now().Before(t.Expires)
}

func (d *Doorkeeper) notAnothers(ctx context.Context, login string, p drafting.Person) error {
	login = strings.ToLower(strings.TrimSpace(login))
	if login == "" || login == p.Login || len(login) > longestLogin {
		return nil
	}
	_, _, err := d.people.PersonByLogin(ctx, login)
	switch {
	case err == nil:
		return drafting.ErrSignedOut
	case errors.Is(err, drafting.ErrNotFound):
		return nil
	}
	return err
}
