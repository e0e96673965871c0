package server

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"plenary/realtime/ws"
	"plenary/server/drafting"
)

// A live connection ends with the sign-in that opened it, whichever way that ends, and no sooner.
func TestLiveConnectionEndsWithItsSignIn(t *testing.T) {
	h := newTestHouse(t)
	front := httptest.NewServer(h.server.Handler())
	t.Cleanup(front.Close)
	live := strings.Replace(front.URL, "http", "ws", 1) + "/api/v1/resolutions/wtda-11/live?ref=drafts/eur/18a3-1"
	eur := h.people["eur"]
	signIn := func() string {
		t.Helper()
		secret, _, err := h.door.SignIn(t.Context(), eur.Login, eur.Password)
		must(t, err)
		return secret
	}
	by := func(secret string) http.Header { return http.Header{"Cookie": {"plenary=" + secret}} }

	t.Run("sign-out, with another sign-in of the same person beside it", func(t *testing.T) {
		left, stays := h.dial(t, live, by(signIn())), h.dial(t, live, by(h.cookies["eur"]))
		h.cookies["leaves"] = left.header.Get("Cookie")[len("plenary="):]
		if w := h.ask("leaves", "POST", "/signout", url.Values{}); w.Code != http.StatusSeeOther {
			t.Fatalf("sign out: status %d", w.Code)
		}
		left.ended(t)
		stays.open(t)
		if _, err := ws.Dial(t.Context(), live, left.header); err == nil {
			t.Error("who signed out comes in again")
		}
	})
	t.Run("ended on the account page", func(t *testing.T) {
		other, here := h.dial(t, live, by(signIn())), h.dial(t, live, by(h.cookies["eur"]))
		if w := h.ask("eur", "POST", "/account/sessions/end-others", url.Values{}); w.Code != http.StatusSeeOther {
			t.Fatalf("end the others: status %d", w.Code)
		}
		other.ended(t)
		here.open(t)
	})
	t.Run("token withdrawn", func(t *testing.T) {
		secret, token, err := h.door.CreateToken(t.Context(), h.actor("eur"), "laptop", drafting.ScopeWrite, time.Hour)
		must(t, err)
		script := h.dial(t, live, http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(":"+secret))}})
		must(t, h.door.Withdraw(context.WithoutCancel(t.Context()), h.actor("eur"), token.ID))
		script.open(t) // withdrawn behind the server's back, it ends at the next look
		must(t, h.server.endSignedOut(t.Context(), 0))
		script.ended(t)
	})
	t.Run("another password", func(t *testing.T) {
		c := h.dial(t, live, by(h.cookies["eur"]))
		w := h.ask("eur", "POST", "/account/password", url.Values{"old": {eur.Password}, "fresh": {"four brown ladders in a row"}})
		if w.Code != http.StatusSeeOther {
			t.Fatalf("change the password: status %d\n%s", w.Code, w.Body)
		}
		c.ended(t)
	})
}

// wire is one live connection of a test.
type wire struct {
	*ws.Conn
	header http.Header
}

func (h *testHouse) dial(t *testing.T, address string, header http.Header) wire {
	t.Helper()
	conn, err := ws.Dial(t.Context(), address, header)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	must(t, conn.Write([]byte(`{"t":"join"}`)))
	w := wire{conn, header}
	w.until(t, "init")
	return w
}

// until reads to the first frame of a type.
func (w wire) until(t *testing.T, kind string) (code string) {
	t.Helper()
	for {
		frame, err := w.Read()
		if err != nil {
			t.Fatalf("no frame %q: %v", kind, err)
		}
		var f struct{ T, Code string }
		must(t, json.Unmarshal(frame, &f))
		if f.T == kind {
			return f.Code
		}
	}
}

// ended checks that the connection is told why and closed, and that what is typed now is not taken.
func (w wire) ended(t *testing.T) {
	t.Helper()
	if code := w.until(t, "error"); code != "signed-out" {
		t.Errorf("the connection ended with %q", code)
	}
	if _, err := w.Read(); err == nil {
		t.Error("the connection goes on")
	}
}

// open checks that the connection still answers: to join twice is refused in a frame, and only that.
func (w wire) open(t *testing.T) {
	t.Helper()
	must(t, w.Write([]byte(`{"t":"join"}`)))
	if code := w.until(t, "error"); code == "signed-out" {
		t.Error("the connection was ended with somebody else's sign-in")
	}
}
