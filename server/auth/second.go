package auth

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"image/png"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"plenary/server/attempts"
	"plenary/server/drafting"
)

const (
	interval       = 30 * time.Second // of one code
	recoveryCodes  = 10
	longestCode    = 40              // bytes, as typed
	pendingLife    = 5 * time.Minute // between password and code
	pendingTries   = 5
	pendingKept    = 4096
	qrSide         = 220 // pixels
	sentenceCode   = "This code does not fit. Codes change every 30 seconds and open once; check the clock of your device, then give the newest."
	sentenceFirst  = "The first step is too long ago. Give login and password again."
	sentenceNoStep = "You have no second step to give up."
)

// firstSteps remembers who has given a right password and owes a code. It is lost with the process: people then begin
// again.
type firstSteps struct {
	mu    sync.Mutex
	steps map[string]*firstStep // guarded by mu; by the hash of the secret
}

type firstStep struct {
	person  drafting.PersonID
	browser string
	over    time.Time
	tries   int
}

// begin remembers a first step and gives its secret.
func (f *firstSteps) begin(person drafting.PersonID, browser string, now time.Time) string {
	secret := newSecret()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.steps == nil {
		f.steps = map[string]*firstStep{}
	}
	for hash, s := range f.steps {
		if !now.Before(s.over) || len(f.steps) >= pendingKept {
			delete(f.steps, hash)
		}
	}
	f.steps[string(hashOf(secret))] = &firstStep{person: person, browser: browser, over: now.Add(pendingLife)}
	return secret
}

// try counts one try at the code of a first step; false where there is none, or no try left.
func (f *firstSteps) try(secret string, now time.Time) (firstStep, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.steps[string(hashOf(secret))]
	if !ok || !now.Before(s.over) || s.tries >= pendingTries {
		return firstStep{}, false
	}
	s.tries++
	return *s, true
}

func (f *firstSteps) end(secret string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.steps, string(hashOf(secret)))
}

// admit begins a session of somebody who has shown who they are, or asks for the second step they have set up with a
// *drafting.SecondStep.
func (d *Doorkeeper) admit(ctx context.Context, person drafting.Person, browser string) (string, drafting.Actor, error) {
	if person.Disabled {
		return "", drafting.Actor{}, &drafting.Refusal{Sentence: sentenceClosed}
	}
	if person.Second {
		return "", drafting.Actor{}, &drafting.SecondStep{Pending: d.pending.begin(person.ID, browser, d.now())}
	}
	return d.let(ctx, person, browser)
}

func (d *Doorkeeper) let(ctx context.Context, person drafting.Person, browser string) (string, drafting.Actor, error) {
	if err := d.sessions.RemoveExpiredSessions(ctx, d.now()); err != nil {
		return "", drafting.Actor{}, err
	}
	secret, err := d.begin(ctx, person, "", browser)
	if err != nil {
		return "", drafting.Actor{}, err
	}
	return secret, actor(person, chosen(person, ""), drafting.ScopeFull), nil
}

// SignInCode is the second step: a code of the app or a recovery code, for the first step that pending stands for.
// A refusal is a *drafting.Refusal.
func (d *Doorkeeper) SignInCode(ctx context.Context, pending, code, address string) (secret string, a drafting.Actor, err error) {
	defer wrap(&err, "sign in by code")
	if len(pending) > longestSecret {
		return "", drafting.Actor{}, &drafting.Refusal{Sentence: sentenceFirst}
	}
	step, ok := d.pending.try(pending, d.now())
	if !ok {
		return "", drafting.Actor{}, &drafting.Refusal{Sentence: sentenceFirst}
	}
	person, err := d.people.Person(ctx, step.person)
	if err != nil {
		return "", drafting.Actor{}, err
	}
	if err := d.mayTry(ctx, "code of "+person.Login, attempts.Place(address)); err != nil {
		return "", drafting.Actor{}, err
	}
	if err := d.checkCode(ctx, person.ID, code); err != nil {
		return "", drafting.Actor{}, err
	}
	d.guard.forget("code of "+person.Login, attempts.Place(address))
	d.pending.end(pending)
	if person.Disabled {
		return "", drafting.Actor{}, &drafting.Refusal{Sentence: sentenceClosed}
	}
	return d.let(ctx, person, step.browser)
}

// checkCode uses a code up, or a recovery code.
func (d *Doorkeeper) checkCode(ctx context.Context, person drafting.PersonID, code string) error {
	code = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code))
	no := &drafting.Refusal{Sentence: sentenceCode}
	if code == "" || len(code) > longestCode {
		return no
	}
	kept, err := d.people.SecondStep(ctx, person)
	if err != nil {
		return err
	}
	if at, ok := intervalOf(kept.Key, code, d.now()); ok {
		err = d.people.UseSecondCode(ctx, person, at)
	} else {
		err = d.people.UseRecoveryCode(ctx, person, hashOf("recovery "+code))
	}
	if errors.Is(err, drafting.ErrNotFound) {
		return no
	}
	return err
}

// intervalOf gives the interval whose code this is: the present one, or the one before or after, for clocks that
// differ a little.
func intervalOf(key, code string, now time.Time) (int64, bool) {
	if key == "" || len(code) != 6 {
		return 0, false
	}
	found, ok := int64(0), false
	for _, off := range []time.Duration{-interval, 0, interval} {
		at := now.Add(off)
		right, err := totp.GenerateCodeCustom(key, at, totp.ValidateOpts{Period: uint(interval / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(right), []byte(code)) == 1 {
			found, ok = at.Unix()/int64(interval/time.Second), true
		}
	}
	return found, ok
}

// SecondState tells of the second step of the session's person.
func (d *Doorkeeper) SecondState(ctx context.Context, secret string) (state drafting.SecondState, err error) {
	defer wrap(&err, "second step")
	person, _, err := d.session(ctx, secret)
	if err != nil {
		return drafting.SecondState{}, err
	}
	state.On = person.Second
	state.Recovery, err = d.people.RecoveryCodes(ctx, person.ID)
	return state, err
}

var keys = base32.StdEncoding.WithPadding(base32.NoPadding)

// BeginSecond gives the session's person what their app needs to make codes. The step is in force once a code was
// given; until then each call gives the same key.
func (d *Doorkeeper) BeginSecond(ctx context.Context, secret, issuer string) (setup drafting.SecondSetup, err error) {
	defer wrap(&err, "begin a second step")
	person, _, err := d.session(ctx, secret)
	if err != nil {
		return drafting.SecondSetup{}, err
	}
	if person.Second {
		return drafting.SecondSetup{}, &drafting.Refusal{Sentence: "You have a second step already. Give it up first, to set up another."}
	}
	kept, err := d.people.SecondStep(ctx, person.ID)
	if err != nil {
		return drafting.SecondSetup{}, err
	}
	if kept.Key == "" {
		raw := make([]byte, 20)
		rand.Read(raw) // never fails: it ends the program instead
		kept = drafting.SecondKey{Key: keys.EncodeToString(raw)}
		if err := d.people.SetSecondStep(ctx, person.ID, kept, nil); err != nil {
			return drafting.SecondSetup{}, err
		}
	}
	return setupOf(kept.Key, issuer, person.Login)
}

// setupOf draws a key.
func setupOf(key, issuer, login string) (drafting.SecondSetup, error) {
	issuer = strings.ReplaceAll(issuer, ":", " ")
	address := url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + login,
		RawQuery: url.Values{"secret": {key}, "issuer": {issuer}, "period": {"30"}, "digits": {"6"}, "algorithm": {"SHA1"}}.Encode(),
	}
	k, err := otp.NewKeyFromURL(address.String())
	if err != nil {
		return drafting.SecondSetup{}, fmt.Errorf("draw a key: %w", err)
	}
	picture, err := k.Image(qrSide, qrSide)
	if err != nil {
		return drafting.SecondSetup{}, fmt.Errorf("draw a key: %w", err)
	}
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, picture); err != nil {
		return drafting.SecondSetup{}, fmt.Errorf("draw a key: %w", err)
	}
	return drafting.SecondSetup{Key: grouped(key), Picture: drawn.Bytes()}, nil
}

// grouped writes a secret that is typed by hand in groups of four.
func grouped(secret string) string {
	var words []string
	for len(secret) > 4 {
		words, secret = append(words, secret[:4]), secret[4:]
	}
	return strings.Join(append(words, secret), " ")
}

// ConfirmSecond puts the second step in force with its first code, and gives the recovery codes, which are shown once.
func (d *Doorkeeper) ConfirmSecond(ctx context.Context, secret, code string) (recovery []string, err error) {
	defer wrap(&err, "confirm a second step")
	person, _, err := d.session(ctx, secret)
	if err != nil {
		return nil, err
	}
	kept, err := d.people.SecondStep(ctx, person.ID)
	if err != nil {
		return nil, err
	}
	if err := d.mayTry(ctx, "code of "+person.Login, "set-up"); err != nil {
		return nil, err
	}
	at, ok := intervalOf(kept.Key, strings.ReplaceAll(code, " ", ""), d.now())
	if !ok || person.Second {
		return nil, &drafting.Refusal{Sentence: sentenceCode}
	}
	var hashes [][]byte
	for range recoveryCodes {
		made := rand.Text()[:16] // 80 bits
		recovery, hashes = append(recovery, grouped(made)), append(hashes, hashOf("recovery "+made))
	}
	kept.Since, kept.Used = d.now(), at
	return recovery, d.people.SetSecondStep(ctx, person.ID, kept, hashes)
}

// EndSecond gives the second step up, for a code.
func (d *Doorkeeper) EndSecond(ctx context.Context, secret, code string) (err error) {
	defer wrap(&err, "give up the second step")
	person, _, err := d.session(ctx, secret)
	if err != nil {
		return err
	}
	if !person.Second {
		return &drafting.Refusal{Sentence: sentenceNoStep}
	}
	if err := d.mayTry(ctx, "code of "+person.Login, "giving up"); err != nil {
		return err
	}
	if err := d.checkCode(ctx, person.ID, code); err != nil {
		return err
	}
	return d.people.SetSecondStep(ctx, person.ID, drafting.SecondKey{}, nil)
}
