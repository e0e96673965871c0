package auth

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"plenary/server/drafting"
)

// codeAt is what the person's app shows.
func codeAt(t *testing.T, setup drafting.SecondSetup, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(setup.Key, " ", ""), at)
	must(t, err)
	return code
}

// owes signs in with the password and gives the first step that a code is owed for.
func (h *house) owes(t *testing.T) string {
	t.Helper()
	_, _, err := h.SignIn(t.Context(), "silva", silvasPassword)
	step, ok := errors.AsType[*drafting.SecondStep](err)
	if !ok {
		t.Fatalf("signed in with the password alone: %v", err)
	}
	return step.Pending
}

// withSecond sets silva's second step up.
func (h *house) withSecond(t *testing.T) (setup drafting.SecondSetup, recovery []string, session string) {
	t.Helper()
	session, _ = h.signIn(t)
	setup, err := h.BeginSecond(t.Context(), session, "Plenary TEST")
	must(t, err)
	recovery, err = h.ConfirmSecond(t.Context(), session, codeAt(t, setup, h.now()))
	must(t, err)
	return setup, recovery, session
}

func TestASecondStepIsNotInForceBeforeItsFirstCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	session, _ := h.signIn(t)
	first, err := h.BeginSecond(t.Context(), session, "Plenary TEST")
	must(t, err)
	if again, err := h.BeginSecond(t.Context(), session, "Plenary TEST"); err != nil || again.Key != first.Key {
		t.Errorf("asked again: another key (%v)", err)
	}
	if len(first.Picture) < 100 || string(first.Picture[1:4]) != "PNG" {
		t.Error("the key is not drawn")
	}
	if _, err := h.ConfirmSecond(t.Context(), session, "000000"); sentence(err) == "" {
		t.Errorf("a wrong first code: %v", err)
	}
	h.signIn(t) // with the password alone
}

func TestTheSecondStep(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	setup, recovery, session := h.withSecond(t)
	if len(recovery) != recoveryCodes {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	state, err := h.SecondState(t.Context(), session)
	must(t, err)
	if !state.On || state.Recovery != recoveryCodes {
		t.Errorf("state %+v", state)
	}
	pending := h.owes(t)
	if _, err := h.Actor(t.Context(), pending); !errors.Is(err, drafting.ErrSignedOut) {
		t.Errorf("the first step alone opens a session: %v", err)
	}
	if _, _, err := h.SignInCode(t.Context(), pending, codeAt(t, setup, h.now()), "192.0.2.1"); sentence(err) != sentenceCode {
		t.Errorf("the code of the set-up opens again: %v", err)
	}
	h.pass(interval)
	secret, a, err := h.SignInCode(t.Context(), pending, codeAt(t, setup, h.now()), "192.0.2.1")
	must(t, err)
	if a.Login != "silva" || !a.Second {
		t.Errorf("signed in as %+v", a)
	}
	if _, err := h.Actor(t.Context(), secret); err != nil {
		t.Error(err)
	}
	if _, _, err := h.SignInCode(t.Context(), pending, codeAt(t, setup, h.now()), "192.0.2.1"); sentence(err) != sentenceFirst {
		t.Errorf("a first step is used twice: %v", err)
	}
	for i, want := range []string{"", sentenceCode} {
		_, _, err := h.SignInCode(t.Context(), h.owes(t), strings.ToLower(recovery[3]), "192.0.2.1")
		if sentence(err) != want {
			t.Errorf("recovery code, time %d: %v, want %q", i+1, err, want)
		}
	}
	h.pass(interval)
	must(t, h.EndSecond(t.Context(), session, codeAt(t, setup, h.now())))
	h.signIn(t)
}

func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	setup, _, _ := h.withSecond(t)
	h.pass(interval)
	pending := h.owes(t)
	for range pendingTries {
		if _, _, err := h.SignInCode(t.Context(), pending, "000001", "192.0.2.1"); err == nil {
			t.Fatal("guessed")
		}
	}
	if _, _, err := h.SignInCode(t.Context(), pending, codeAt(t, setup, h.now()), "192.0.2.1"); sentence(err) != sentenceFirst {
		t.Errorf("after %d wrong codes the right one: %v", pendingTries, err)
	}
	late := h.owes(t)
	h.pass(pendingLife)
	if _, _, err := h.SignInCode(t.Context(), late, codeAt(t, setup, h.now()), "192.0.2.9"); sentence(err) != sentenceFirst {
		t.Errorf("too late: %v", err)
	}
	for _, far := range []time.Duration{-2 * interval, 2 * interval} {
		if _, ok := intervalOf(strings.ReplaceAll(setup.Key, " ", ""), codeAt(t, setup, h.now().Add(far)), h.now()); ok {
			t.Errorf("a code from %v away fits", far)
		}
	}
}

func TestAClosedAccountHasNoSecondStepEither(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	setup, _, _ := h.withSecond(t)
	h.pass(interval)
	pending := h.owes(t)
	must(t, h.records.SetDisabled(t.Context(), h.silva, true))
	if _, _, err := h.SignInCode(t.Context(), pending, codeAt(t, setup, h.now()), ""); sentence(err) != sentenceClosed {
		t.Errorf("a closed account: %v", err)
	}
}
