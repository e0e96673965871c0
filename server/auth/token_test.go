package auth

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/repo"
	"plenary/server/drafting"
)

func contextWithCancel(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(t.Context())
}

func TestTokenStandsForItsPerson(t *testing.T) {
	h := newHouse(t)
	_, a := h.signIn(t)
	secret, kept, err := h.CreateToken(t.Context(), a, " laptop ", drafting.ScopeWrite, 30*24*time.Hour)
	must(t, err)
	if !strings.HasPrefix(secret, "plenary_") {
		t.Errorf("secret %q is not recognised as a token", secret)
	}
	want := drafting.Actor{
		Person: h.silva, Login: "silva", Name: "Name of silva", Role: drafting.RoleDelegate,
		Circle: "usa", Circles: []repo.Circle{"usa", "eur"}, Scope: drafting.ScopeWrite,
	}
	for _, login := range []string{"silva", "SILVA", "", "git", "x-token", strings.Repeat("a", 500)} {
		got, err := h.TokenActor(t.Context(), login, secret)
		must(t, err)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("with login %q (-want +got):\n%s", login, d)
		}
	}
	_, err = h.TokenActor(t.Context(), "okafor", secret)
	wantErr(t, "somebody else's login", err, drafting.ErrSignedOut)
	tokens, err := h.Tokens(t.Context(), a)
	must(t, err)
	kept.LastUsed = h.now()
	if d := cmp.Diff([]drafting.Token{kept}, tokens); d != "" {
		t.Errorf("as listed (-want +got):\n%s", d)
	}
}

func TestTokensEnd(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func(h *house, a drafting.Actor, id int64) error
	}{
		{"expired", func(h *house, _ drafting.Actor, _ int64) error { h.pass(time.Hour); return nil }},
		{"withdrawn", func(h *house, a drafting.Actor, id int64) error { return h.Withdraw(t.Context(), a, id) }},
		{"disabled", func(h *house, _ drafting.Actor, _ int64) error {
			return h.records.SetDisabled(t.Context(), h.silva, true)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := newHouse(t)
			_, a := h.signIn(t)
			secret, kept, err := h.CreateToken(t.Context(), a, "laptop", drafting.ScopeRead, time.Hour)
			must(t, err)
			if _, err := h.TokenActor(t.Context(), "", secret); err != nil {
				t.Fatal(err)
			}
			must(t, tc.end(h, a, kept.ID))
			_, err = h.TokenActor(t.Context(), "", secret)
			wantErr(t, "afterwards", err, drafting.ErrSignedOut)
		})
	}
}

func TestTokensRefused(t *testing.T) {
	h := newHouse(t)
	_, a := h.signIn(t)
	for _, tc := range []struct {
		name, token string
		scope       drafting.Scope
		lifetime    time.Duration
	}{
		{"no name", "  ", drafting.ScopeRead, time.Hour},
		{"long name", strings.Repeat("é", 61), drafting.ScopeRead, time.Hour},
		{"two lines", "a\nb", drafting.ScopeRead, time.Hour},
		{"full scope", "laptop", drafting.ScopeFull, time.Hour},
		{"no scope", "laptop", "", time.Hour},
		{"no time", "laptop", drafting.ScopeRead, 0},
		{"for ever", "laptop", drafting.ScopeRead, LongestToken + 1},
	} {
		if _, _, err := h.CreateToken(t.Context(), a, tc.token, tc.scope, tc.lifetime); sentence(err) == "" {
			t.Errorf("%s: got %v, want a refusal", tc.name, err)
		}
	}
	for range tokensEach {
		_, _, err := h.CreateToken(t.Context(), a, "one of many", drafting.ScopeRead, time.Hour)
		must(t, err)
	}
	if _, _, err := h.CreateToken(t.Context(), a, "laptop", drafting.ScopeRead, time.Hour); sentence(err) == "" {
		t.Errorf("too many: got %v, want a refusal", err)
	}
	h.pass(time.Hour)
	if _, _, err := h.CreateToken(t.Context(), a, "laptop", drafting.ScopeRead, time.Hour); err != nil {
		t.Errorf("when the others are over: %v", err)
	}
}

func TestTokensAreMadeInABrowser(t *testing.T) {
	h := newHouse(t)
	_, a := h.signIn(t)
	secret, kept, err := h.CreateToken(t.Context(), a, "laptop", drafting.ScopeWrite, time.Hour)
	must(t, err)
	viaToken, err := h.TokenActor(t.Context(), "", secret)
	must(t, err)
	for _, tc := range []struct {
		name string
		who  drafting.Actor
		want error
	}{
		{"signed out", drafting.Actor{}, drafting.ErrSignedOut},
		{"by token", viaToken, drafting.ErrForbidden},
	} {
		_, _, err := h.CreateToken(t.Context(), tc.who, "x", drafting.ScopeRead, time.Hour)
		wantErr(t, tc.name+": create", err, tc.want)
		_, err = h.Tokens(t.Context(), tc.who)
		wantErr(t, tc.name+": list", err, tc.want)
		wantErr(t, tc.name+": withdraw", h.Withdraw(t.Context(), tc.who, kept.ID), tc.want)
	}
	_, chair, err := h.SignIn(t.Context(), "okafor", "another secret")
	must(t, err)
	wantErr(t, "another's token", h.Withdraw(t.Context(), chair, kept.ID), drafting.ErrNotFound)
	must(t, h.records.SetDisabled(t.Context(), h.silva, true))
	_, _, err = h.CreateToken(t.Context(), a, "x", drafting.ScopeRead, time.Hour)
	wantErr(t, "disabled since", err, drafting.ErrSignedOut)
}
