// Package auth tells who is asking: by password and session in a browser, by access token from git and scripts.
//
// Start with [New]. [Doorkeeper.SignIn] turns login and password into a session's secret, [Doorkeeper.Actor] a
// session's secret into an actor, [Doorkeeper.TokenActor] a token's.
//
// Promises: a secret is kept nowhere, only its hash; a password costs a guesser 19 MiB and two passes of argon2id a
// try, and the same time whether or not the login exists; a disabled person gets in by no door; an answer to
// somebody who is not let in says nothing about who exists.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/repo"
	"plenary/server/attempts"
	"plenary/server/drafting"
)

const (
	// SessionLifetime is how long a session lasts, whatever is done with it.
	SessionLifetime = 7 * 24 * time.Hour
	// SessionIdle is how long a session lasts without being used.
	SessionIdle = 12 * time.Hour
	// noteEvery is how often the time of the last use of a session or token is written down.
	noteEvery = time.Minute
	// longestLogin and longestSecret bound what strangers can make the server hash.
	longestLogin  = 100
	longestSecret = 100
)

// Doorkeeper tells who is asking. Its methods may be called from several goroutines at once.
type Doorkeeper struct {
	people   People
	sessions drafting.SessionRecords
	tokens   drafting.TokenRecords
	now      func() time.Time
	hashing  *turnstile
	guard    *guard
	pending  firstSteps
	provider *Provider // nil: none
}

// People keeps people, and the second step of their sign-in.
type People interface {
	drafting.PeopleRecords
	drafting.SecondRecords
}

// New makes a doorkeeper over the records.
func New(people People, sessions drafting.SessionRecords, tokens drafting.TokenRecords, now func() time.Time) *Doorkeeper {
	return &Doorkeeper{
		people: people, sessions: sessions, tokens: tokens, now: now,
		hashing: newTurnstile(), guard: newGuard(),
	}
}

// The refusals at the door. Wrong login and wrong password are told in the same words.
const (
	sentenceWrong  = "This login and this password do not belong together. Check both, or ask the secretariat for a new password."
	sentenceClosed = "This account is closed. The secretariat can open it again."
	sentenceSlow   = "Too many attempts with this login. Wait a minute, then try again."
	sentenceBusy   = "Very many people are signing in at this moment. Try again in a few seconds."
)

// SignIn checks login and password and begins a session, in which the person acts for the first of their circles. The
// secret is for the browser's cookie alone. A refusal is a *drafting.Refusal; who has set up a second step is asked for
// it with a *drafting.SecondStep.
func (d *Doorkeeper) SignIn(ctx context.Context, login, password string) (secret string, a drafting.Actor, err error) {
	return d.SignInWith(ctx, login, password, "", "")
}

// SignInWith is SignIn from a browser of the family named, by which its owner knows the session again, at an address.
// Wrong passwords from one address never shut out the same login at another.
func (d *Doorkeeper) SignInWith(ctx context.Context, login, password, browser, address string) (secret string, a drafting.Actor, err error) {
	defer wrap(&err, "sign in")
	login = strings.ToLower(strings.TrimSpace(login))
	if login == "" || len(login) > longestLogin || len(password) > longestPassword {
		return "", drafting.Actor{}, &drafting.Refusal{Sentence: sentenceWrong}
	}
	place := attempts.Place(address)
	if err := d.mayTry(ctx, login, place); err != nil {
		return "", drafting.Actor{}, err
	}
	person, err := d.checkPassword(ctx, login, password)
	if err != nil {
		return "", drafting.Actor{}, err
	}
	d.guard.forget(login, place)
	return d.admit(ctx, person, browser)
}

// mayTry counts one try with login from a place; a *drafting.Refusal where there were too many.
func (d *Doorkeeper) mayTry(ctx context.Context, login, place string) error {
	allowed, err := d.guard.allow(ctx, login, place, d.now())
	if err == nil && !allowed {
		err = &drafting.Refusal{Sentence: sentenceSlow}
	}
	return err
}

// checkPassword gives the person, who may sign in. It takes one hashing, also for a login that nobody has.
func (d *Doorkeeper) checkPassword(ctx context.Context, login, password string) (drafting.Person, error) {
	person, hash, err := d.people.PersonByLogin(ctx, login)
	unknown := errors.Is(err, drafting.ErrNotFound)
	if err != nil && !unknown {
		return drafting.Person{}, err
	}
	if err := d.hashing.enter(ctx); err != nil {
		return drafting.Person{}, err
	}
	right := checkOrPretend(hash, password)
	d.hashing.leave()
	switch {
	case unknown || !right:
		return drafting.Person{}, &drafting.Refusal{Sentence: sentenceWrong}
	case person.Disabled:
		return drafting.Person{}, &drafting.Refusal{Sentence: sentenceClosed}
	}
	return person, nil
}

// Actor tells who a session's secret stands for. ErrSignedOut when the session is unknown, over, or was not used for
// too long, or its person is disabled.
func (d *Doorkeeper) Actor(ctx context.Context, secret string) (a drafting.Actor, err error) {
	defer wrap(&err, "session")
	person, s, err := d.session(ctx, secret)
	if err != nil {
		return drafting.Actor{}, err
	}
	return actor(person, chosen(person, s.Circle), drafting.ScopeFull), nil
}

func (d *Doorkeeper) session(ctx context.Context, secret string) (drafting.Person, drafting.Session, error) {
	if secret == "" || len(secret) > longestSecret {
		return drafting.Person{}, drafting.Session{}, drafting.ErrSignedOut
	}
	hash, now := hashOf(secret), d.now()
	s, err := d.sessions.Session(ctx, hash, now)
	if err != nil {
		return drafting.Person{}, drafting.Session{}, signedOut(err)
	}
	if now.Sub(s.LastUsed) >= SessionIdle {
		return drafting.Person{}, drafting.Session{}, errors.Join(drafting.ErrSignedOut, d.sessions.RemoveSession(ctx, hash))
	}
	person, err := d.people.Person(ctx, s.Person)
	if err == nil && person.Disabled {
		err = drafting.ErrSignedOut
	}
	if err == nil && now.Sub(s.LastUsed) >= noteEvery {
		err = d.sessions.UseSession(ctx, hash, now)
	}
	return person, s, signedOut(err)
}

// Stands looks whether the secret of a session or a token is in force; ErrSignedOut when it is not. To look is not to
// use: a session goes on running out.
func (d *Doorkeeper) Stands(ctx context.Context, secret string) (err error) {
	defer wrap(&err, "look up a sign-in")
	if secret == "" || len(secret) > longestSecret {
		return drafting.ErrSignedOut
	}
	var who drafting.PersonID
	if strings.HasPrefix(secret, TokenPrefix) {
		t, err := d.tokens.TokenByHash(ctx, hashOf(secret))
		if err != nil {
			return signedOut(err)
		}
		if !d.inForce(t) {
			return drafting.ErrSignedOut
		}
		who = t.Person
	} else {
		s, err := d.sessions.Session(ctx, hashOf(secret), d.now())
		if err != nil {
			return signedOut(err)
		}
		if d.now().Sub(s.LastUsed) >= SessionIdle {
			return drafting.ErrSignedOut
		}
		who = s.Person
	}
	person, err := d.people.Person(ctx, who)
	if err == nil && person.Disabled {
		err = drafting.ErrSignedOut
	}
	return signedOut(err)
}

// SignOut ends the session; one that is over already stays so.
func (d *Doorkeeper) SignOut(ctx context.Context, secret string) (err error) {
	defer wrap(&err, "sign out")
	if secret == "" || len(secret) > longestSecret {
		return nil
	}
	return d.sessions.RemoveSession(ctx, hashOf(secret))
}

// ActFor chooses which of their circles the session's person acts for from now on. ErrForbidden for any other.
func (d *Doorkeeper) ActFor(ctx context.Context, secret string, circle repo.Circle) (a drafting.Actor, err error) {
	defer wrap(&err, "act for")
	person, _, err := d.session(ctx, secret)
	if err != nil {
		return drafting.Actor{}, err
	}
	if !slices.Contains(person.Circles, circle) {
		return drafting.Actor{}, drafting.ErrForbidden
	}
	if err := d.sessions.SetSessionCircle(ctx, hashOf(secret), circle); err != nil {
		return drafting.Actor{}, signedOut(err)
	}
	return actor(person, circle, drafting.ScopeFull), nil
}

// chosen is the circle acted for: the wanted one while the person belongs to it, else the first.
func chosen(p drafting.Person, wanted repo.Circle) repo.Circle {
	if slices.Contains(p.Circles, wanted) {
		return wanted
	}
	if len(p.Circles) > 0 {
		return p.Circles[0]
	}
	return ""
}

func actor(p drafting.Person, circle repo.Circle, scope drafting.Scope) drafting.Actor {
	return drafting.Actor{
		Person: p.ID, Login: p.Login, Name: p.Name, Role: p.Role,
		Circle: circle, Circles: p.Circles, Scope: scope, Second: p.Second,
	}
}

// signedOut turns "no such record" into "not signed in".
func signedOut(err error) error {
	if errors.Is(err, drafting.ErrNotFound) {
		return drafting.ErrSignedOut
	}
	return err
}

// newSecret is 256 random bits, in characters that need no escaping anywhere.
func newSecret() string {
	return rand.Text() + rand.Text() // 130 bits each
}

// hashOf is how a secret is kept. A secret has 256 random bits, so one plain hash is enough.
func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

func wrap(err *error, operation string) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", operation, *err)
	}
}
