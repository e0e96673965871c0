package auth

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store"
)

// house is a doorkeeper over real records, with a clock of its own.
type house struct {
	*Doorkeeper
	records *store.Records
	mu      sync.Mutex
	clock   time.Time // guarded by mu
	silva   drafting.PersonID
}

const silvasPassword = "correct horse"

func newHouse(t *testing.T) *house {
	t.Helper()
	records, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "plenary.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := records.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{records: records, clock: time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)}
	h.Doorkeeper = New(records, records, records, h.now)
	for i, code := range []repo.Circle{"usa", "eur"} {
		must(t, records.AddCircle(t.Context(), drafting.Circle{Code: code, Label: string(code), Name: string(code), Kind: drafting.CircleDelegation, Slot: i}))
	}
	h.silva = h.add(t, "silva", silvasPassword, drafting.RoleDelegate, "usa", "eur")
	h.add(t, "okafor", "another secret", drafting.RoleChair)
	return h
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

func (h *house) add(t *testing.T, login, password string, role drafting.Role, circles ...repo.Circle) drafting.PersonID {
	t.Helper()
	id, err := h.records.AddPerson(t.Context(), drafting.Person{Login: login, Name: "Name of " + login, Role: role, Circles: circles}, hashed(t, password))
	must(t, err)
	return id
}

// hashes remembers what passwords hash to, because hashing is slow by design.
var hashes sync.Map // of string by password

func hashed(t *testing.T, password string) string {
	t.Helper()
	if known, ok := hashes.Load(password); ok {
		return known.(string)
	}
	hash, err := HashPassword(password)
	must(t, err)
	hashes.Store(password, hash)
	return hash
}

func (h *house) signIn(t *testing.T) (string, drafting.Actor) {
	t.Helper()
	secret, a, err := h.SignIn(t.Context(), "silva", silvasPassword)
	must(t, err)
	return secret, a
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

func sentence(err error) string {
	if r, ok := errors.AsType[*drafting.Refusal](err); ok {
		return r.Sentence
	}
	return ""
}

func TestSignInGivesAnActor(t *testing.T) {
	h := newHouse(t)
	secret, got, err := h.SignIn(t.Context(), "  Silva ", silvasPassword)
	must(t, err)
	want := drafting.Actor{
		Person: h.silva, Login: "silva", Name: "Name of silva", Role: drafting.RoleDelegate,
		Circle: "usa", Circles: []repo.Circle{"usa", "eur"}, Scope: drafting.ScopeFull,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("signed in (-want +got):\n%s", d)
	}
	got, err = h.Actor(t.Context(), secret)
	must(t, err)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("in the session (-want +got):\n%s", d)
	}
	if len(secret) < 43 {
		t.Errorf("secret %q holds less than 256 bits", secret)
	}
	second, _ := h.signIn(t)
	if second == secret {
		t.Error("two sessions share a secret")
	}
	_, chair, err := h.SignIn(t.Context(), "okafor", "another secret")
	must(t, err)
	if chair.Circle != "" || chair.Role != drafting.RoleChair {
		t.Errorf("somebody without a circle: got %+v", chair)
	}
}

func TestSignInRefused(t *testing.T) {
	for _, tc := range []struct{ name, login, password, want string }{
		{"wrong password", "silva", "wrong horse", sentenceWrong},
		{"unknown login", "nobody", silvasPassword, sentenceWrong},
		{"another's password", "silva", "another secret", sentenceWrong},
		{"no password", "silva", "", sentenceWrong},
		{"no login", "", silvasPassword, sentenceWrong},
		{"endless login", strings.Repeat("a", 101), silvasPassword, sentenceWrong},
		{"endless password", "silva", strings.Repeat("a", 1025), sentenceWrong},
		{"disabled", "closed", "closed secret", sentenceClosed},
		{"disabled, wrong password", "closed", "wrong secret", sentenceWrong},
		{"disabled without a hash", "bare", "anything else", sentenceWrong},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHouse(t)
			must(t, h.records.SetDisabled(t.Context(), h.add(t, "closed", "closed secret", drafting.RoleObserver), true))
			_, err := h.records.AddPerson(t.Context(), drafting.Person{Login: "bare", Name: "Bare", Role: drafting.RoleObserver}, "")
			must(t, err)
			secret, a, err := h.SignIn(t.Context(), tc.login, tc.password)
			if got := sentence(err); got != tc.want {
				t.Errorf("got %q (%v), want %q", got, err, tc.want)
			}
			if secret != "" || !a.Anonymous() {
				t.Errorf("let in all the same: %+v", a)
			}
		})
	}
}

func TestSessionsEnd(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func(h *house, secret string) error
		want error
	}{
		{"in use for days", func(h *house, secret string) error {
			for range 13 {
				h.pass(11 * time.Hour)
				if _, err := h.Actor(t.Context(), secret); err != nil {
					return err
				}
			}
			return nil
		}, nil},
		{"not used", func(h *house, _ string) error { h.pass(SessionIdle); return nil }, drafting.ErrSignedOut},
		{"too old, though in use", func(h *house, secret string) error {
			for range 14 {
				h.pass(SessionLifetime / 15)
				if _, err := h.Actor(t.Context(), secret); err != nil {
					return err
				}
			}
			h.pass(SessionLifetime / 15)
			return nil
		}, drafting.ErrSignedOut},
		{"signed out", func(h *house, secret string) error { return h.SignOut(t.Context(), secret) }, drafting.ErrSignedOut},
		{"signed out twice", func(h *house, secret string) error {
			return errors.Join(h.SignOut(t.Context(), secret), h.SignOut(t.Context(), secret))
		}, drafting.ErrSignedOut},
		{"disabled", func(h *house, _ string) error { return h.records.SetDisabled(t.Context(), h.silva, true) }, drafting.ErrSignedOut},
		{"disabled and enabled", func(h *house, _ string) error {
			return errors.Join(h.records.SetDisabled(t.Context(), h.silva, true), h.records.SetDisabled(t.Context(), h.silva, false))
		}, drafting.ErrSignedOut},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHouse(t)
			secret, _ := h.signIn(t)
			must(t, tc.end(h, secret))
			_, err := h.Actor(t.Context(), secret)
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestSecretsThatAreNone(t *testing.T) {
	h := newHouse(t)
	secret, a := h.signIn(t)
	token, _, err := h.CreateToken(t.Context(), a, "laptop", drafting.ScopeRead, time.Hour)
	must(t, err)
	for _, bad := range []string{"", "x", secret[1:], secret + "x", strings.ToLower(secret), token, strings.Repeat("x", 5000), string(hashOf(secret))} {
		_, err := h.Actor(t.Context(), bad)
		wantErr(t, "session "+bad, err, drafting.ErrSignedOut)
	}
	for _, bad := range []string{"", TokenPrefix, secret, TokenPrefix + secret, token[:len(token)-1], token + "x", TokenPrefix + strings.Repeat("x", 5000)} {
		_, err := h.TokenActor(t.Context(), "silva", bad)
		wantErr(t, "token "+bad, err, drafting.ErrSignedOut)
	}
}

func TestActingFor(t *testing.T) {
	h := newHouse(t)
	secret, _ := h.signIn(t)
	other, _ := h.signIn(t)
	a, err := h.ActFor(t.Context(), secret, "eur")
	must(t, err)
	if a.Circle != "eur" {
		t.Errorf("acting for %q, want eur", a.Circle)
	}
	for _, circle := range []repo.Circle{"", "arb", "secretariat"} {
		_, err := h.ActFor(t.Context(), secret, circle)
		wantErr(t, "acting for "+string(circle), err, drafting.ErrForbidden)
	}
	a, err = h.Actor(t.Context(), secret)
	must(t, err)
	if a.Circle != "eur" {
		t.Errorf("afterwards: acting for %q, want eur", a.Circle)
	}
	if a, err = h.Actor(t.Context(), other); err != nil || a.Circle != "usa" {
		t.Errorf("the other session acts for %q (%v), want usa", a.Circle, err)
	}
	must(t, h.records.Leave(t.Context(), h.silva, "eur"))
	if a, err = h.Actor(t.Context(), secret); err != nil || a.Circle != "usa" || a.In("eur") {
		t.Errorf("after leaving: got %+v, %v", a, err)
	}
	_, err = h.ActFor(t.Context(), "no secret", "usa")
	wantErr(t, "no session", err, drafting.ErrSignedOut)
}

func TestAttemptsAreLimited(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	try := func(login, password, address string) string {
		_, _, err := h.SignInWith(ctx, login, password, "", address)
		return sentence(err)
	}
	for i := range fromOnePlace.Burst {
		if got := try("silva", "wrong horse", "192.0.2.1"); got != sentenceWrong {
			t.Fatalf("attempt %d: got %q", i+1, got)
		}
	}
	if got := try("SILVA", silvasPassword, "192.0.2.1"); got != sentenceSlow {
		t.Errorf("after too many attempts: got %q", got)
	}
	if got := try("okafor", "another secret", "192.0.2.1"); got != "" {
		t.Errorf("another login is refused too: %q", got)
	}
	if got := try("silva", silvasPassword, "192.0.2.2"); got != "" {
		t.Errorf("the owner, elsewhere, is refused: %q", got)
	}
	h.pass(fromOnePlace.Every)
	if got := try("silva", silvasPassword, "192.0.2.1"); got != "" {
		t.Errorf("a while later: got %q", got)
	}
	for range fromOnePlace.Burst { // a success has cleared the count
		if got := try("silva", "wrong horse", "192.0.2.1"); got != sentenceWrong {
			t.Fatalf("after a success: got %q", got)
		}
	}
}

// TestNobodyIsShutOut has a login tried from very many addresses: those who try wait, some in vain, and its owner gets
// in from where nobody has failed.
func TestNobodyIsShutOut(t *testing.T) {
	h := newHouse(t)
	var waited []time.Duration
	h.guard.pause = func(_ context.Context, d time.Duration) error {
		waited = append(waited, d)
		return nil
	}
	now := h.now()
	through, refused := 0, 0
	for i := range 500 {
		allowed, err := h.guard.allow(t.Context(), "silva", fmt.Sprintf("10.0.0.%d", i%100), now)
		must(t, err)
		if allowed {
			through++
		} else {
			refused++
		}
	}
	if len(waited) == 0 || slices.Max(waited) > longestTurn || refused == 0 || through > 200 {
		t.Errorf("of 500 guesses from 100 addresses %d were let through, %d refused, %d waited", through, refused, len(waited))
	}
	if _, _, err := h.SignInWith(t.Context(), "silva", silvasPassword, "", "192.0.2.2"); err != nil {
		t.Errorf("the owner is shut out: %v", err)
	}
}

func TestWaitingForATurnEndsWithTheRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, "pause", pause(ctx, time.Hour), context.Canceled)
	must(t, pause(t.Context(), time.Nanosecond))
}

func TestTurnstile(t *testing.T) {
	turn := newTurnstile()
	for range cap(turn.inside) {
		must(t, turn.enter(t.Context()))
	}
	ctx, cancel := contextWithCancel(t)
	var group sync.WaitGroup
	for range queue {
		group.Go(func() { wantErr(t, "waiting", turn.enter(ctx), ctx.Err()) })
	}
	for len(turn.waiting) < queue {
		select {
		case <-t.Context().Done():
			t.Fatal("the queue never filled")
		default:
		}
	}
	if got := sentence(turn.enter(ctx)); got != sentenceBusy {
		t.Errorf("beyond the queue: got %q", got)
	}
	cancel()
	group.Wait()
	turn.leave()
	if err := turn.enter(t.Context()); err != nil {
		t.Errorf("a free place: %v", err)
	}
}
