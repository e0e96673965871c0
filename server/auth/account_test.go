package auth

import (
	"strings"
	"testing"
	"time"

	"plenary/server/drafting"
)

func TestPasswordsThatAreGuessedFirstAreRefused(t *testing.T) {
	t.Parallel()
	for password, why := range map[string]string{
		"short":                     "at least 10",
		strings.Repeat("ä", 600):    "at most 1024",
		"aaaaaaaaaaaa":              "over and over",
		"abcabcabcabc":              "over and over",
		"1234567890":                "follows the keys",
		"0987654321":                "follows the keys",
		"qwertyuiop":                "follows the keys",
		"qwertyuiop123":             "follows the keys",
		"1q2w3e4r5t":                "follows the keys",
		"password123":               "everybody tries",
		"P4$$w0rd2026!":             "everybody tries",
		"Welcome2026!":              "everybody tries",
		"iloveyou1234":              "everybody tries",
		"correcthorsebatterystaple": "everybody tries",
		"footballfootball":          "everybody tries",
		"Geneva-2026":               "everybody tries",
		"silva.silva":               "your name or login",
		"Carvalho2026":              "your name or login",
		"plenary2026":               "everybody tries",
	} {
		if got := sentence(refusePassword(password, "silva", "Ms Carvalho")); !strings.Contains(got, why) {
			t.Errorf("%q: %q, want something with %q", password, got, why)
		}
	}
	for _, password := range []string{
		"correct horse", "four brown ladders", "harbour-lights", "X7#kq!p2Lm", "passwords are like harbours", "tr0ut&mole 91", "ääääü ööß ñandú",
		"94710582639 517",
	} {
		if err := refusePassword(password, "silva", "Ms Carvalho"); err != nil {
			t.Errorf("%q is refused: %v", password, err)
		}
	}
	if _, err := HashPassword("password123"); sentence(err) == "" {
		t.Error("a common password is hashed")
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	secret, _, err := h.SignInWith(t.Context(), "silva", silvasPassword, "Firefox on Linux", "192.0.2.1")
	must(t, err)
	other, _, err := h.SignIn(t.Context(), "silva", silvasPassword)
	must(t, err)
	for _, tc := range []struct{ name, old, fresh, want string }{
		{"wrong old one", "wrong horse", "four brown ladders", "not your present password"},
		{"the same again", silvasPassword, silvasPassword, "is the old one"},
		{"a common one", silvasPassword, "password123", "everybody tries"},
		{"made of the name", silvasPassword, "silvasilva1", "your name"},
	} {
		if _, err := h.ChangePassword(t.Context(), secret, tc.old, tc.fresh); !strings.Contains(sentence(err), tc.want) {
			t.Errorf("%s: %v, want something with %q", tc.name, err, tc.want)
		}
	}
	renewed, err := h.ChangePassword(t.Context(), secret, silvasPassword, "four brown ladders")
	must(t, err)
	for _, old := range []string{secret, other} {
		if _, err := h.Actor(t.Context(), old); err == nil {
			t.Error("a session from before the change is still open")
		}
	}
	open, err := h.Sessions(t.Context(), renewed)
	must(t, err)
	if len(open) != 1 || !open[0].Here || open[0].Browser != "Firefox on Linux" {
		t.Errorf("sessions after the change: %+v", open)
	}
	if _, _, err := h.SignIn(t.Context(), "silva", silvasPassword); sentence(err) != sentenceWrong {
		t.Errorf("the old password: %v", err)
	}
	if _, _, err := h.SignIn(t.Context(), "silva", "four brown ladders"); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, _, err := h.SignInWith(t.Context(), "silva", silvasPassword, "Firefox on Linux", "192.0.2.1")
	must(t, err)
	h.pass(time.Minute)
	second, _, err := h.SignInWith(t.Context(), "silva", silvasPassword, "Safari on macOS", "192.0.2.1")
	must(t, err)
	chairs, _, err := h.SignIn(t.Context(), "okafor", "another secret")
	must(t, err)
	open, err := h.Sessions(t.Context(), second)
	must(t, err)
	if len(open) != 2 || !open[0].Here || open[1].Browser != "Firefox on Linux" {
		t.Fatalf("sessions: %+v", open)
	}
	ofChair, err := h.Sessions(t.Context(), chairs)
	must(t, err)
	wantErr(t, "another's session", h.EndSession(t.Context(), second, ofChair[0].ID), drafting.ErrNotFound)
	wantErr(t, "nonsense", h.EndSession(t.Context(), second, "zz"), drafting.ErrNotFound)
	wantErr(t, "signed out", h.EndSession(t.Context(), "", open[1].ID), drafting.ErrSignedOut)
	must(t, h.EndSession(t.Context(), second, open[1].ID))
	if _, err := h.Actor(t.Context(), first); err == nil {
		t.Error("an ended session opens the door")
	}
	must(t, h.EndOtherSessions(t.Context(), second))
	if _, err := h.Actor(t.Context(), second); err != nil {
		t.Errorf("the session that asks: %v", err)
	}
	if _, err := h.Actor(t.Context(), chairs); err != nil {
		t.Errorf("another person's session: %v", err)
	}
}

func TestALinkIsKnownByItsHashAlone(t *testing.T) {
	t.Parallel()
	var d Doorkeeper
	secret, hash := d.NewLink()
	if string(d.LinkHash(secret)) != string(hash) || strings.Contains(string(hash), secret) {
		t.Error("the hash is not that of the secret")
	}
	if string(d.LinkHash(strings.Repeat("a", 10_000))) != string(d.LinkHash("")) {
		t.Error("what is too long to be a link is hashed whole")
	}
}
