package server

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"plenary/realtime"
	"plenary/server/drafting"
)

// TestAttacks tells what somebody tries who means harm, and that nothing comes of it.
func TestAttacks(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	for _, story := range []struct {
		name string
		test func(*testing.T, *testHouse)
	}{
		{"a session made up before signing in", attackByFixedSession},
		{"a form of another site", attackByForm},
		{"a socket opened by another site", attackBySocket},
		{"a forged host", attackByHost},
		{"forged proxy headers", attackByProxyHeaders},
		{"shutting somebody out by wrong passwords", attackByShuttingOut},
		{"line breaks in what is sent", attackByLineBreaks},
		{"fields that are not in the form", attackByMoreFields},
		{"paths that lead elsewhere", attackByPaths},
		{"guessing of links and sessions", attackByGuessing},
		{"bodies that are too large", attackBySize},
		{"words that are markup, on the pages of the secretariat", attackByMarkup},
	} {
		t.Run(story.name, func(t *testing.T) { story.test(t, h) })
	}
}

// raw sends a request with headers of the attacker's making, by a browser signed in as somebody.
func (h *testHouse) raw(as, method, target, body string, headers map[string]string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, target, strings.NewReader(body))
	r.Host = "plenary.test"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if secret := h.cookies[as]; secret != "" {
		r.AddCookie(&http.Cookie{Name: "plenary", Value: secret})
	}
	for name, value := range headers {
		switch name {
		case "Host":
			r.Host = value
		case "From":
			r.RemoteAddr = value
		default:
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	return w
}

func attackByFixedSession(t *testing.T, h *testHouse) {
	planted := strings.Repeat("A", 52)
	w := h.raw("", "POST", "/signin", "login=novak&password=demonstration", map[string]string{"Cookie": "plenary=" + planted})
	if got := signedIn(t, w); got == planted || len(got) < 50 {
		t.Errorf("signing in keeps the planted session %q", got)
	}
	if w := h.raw("", "GET", "/account", "", map[string]string{"Cookie": "plenary=" + planted}); w.Code != http.StatusSeeOther {
		t.Errorf("the planted session: status %d", w.Code)
	}
	// Somebody signed in already gets another session, not the same one with another person in it.
	before := h.cookies["afr"]
	w = h.raw("afr", "POST", "/signin", "login=novak&password=demonstration", nil)
	if signedIn(t, w) == before {
		t.Error("one session has been two people's")
	}
}

func attackByForm(t *testing.T, h *testHouse) {
	for _, target := range []string{"/people", "/people/2/link", "/people/2/close", "/meeting", "/account/password", "/tokens", "/circles", "/people/import", "/welcome", "/signin", "/signout", "/act-for"} {
		for _, headers := range []map[string]string{
			{"Sec-Fetch-Site": "cross-site"},
			{"Sec-Fetch-Site": "same-site"},
			{"Origin": "https://evil.example"},
			{"Origin": "null"},
			{"Origin": "http://plenary.test.evil.example"},
			{"Origin": "http://plenary.test:81"},
		} {
			if w := h.raw("secretariat", "POST", target, "login=evil&name=Evil&role=secretariat", headers); w.Code != http.StatusForbidden {
				t.Errorf("POST %s with %v: status %d", target, headers, w.Code)
			}
		}
	}
	for _, r := range h.server.echo.Routes() {
		if r.Method == http.MethodGet && (strings.HasSuffix(r.Path, "/close") || strings.HasSuffix(r.Path, "/end") || strings.HasSuffix(r.Path, "/link") || strings.HasSuffix(r.Path, "/submit")) {
			t.Errorf("%s changes something by following a link", r.Path)
		}
	}
}

func attackBySocket(t *testing.T, h *testHouse) {
	server := httptest.NewServer(h.server.Handler())
	defer server.Close()
	for _, origin := range []string{"http://plenary.test", "https://evil.example", "null", "http://plenary.test.evil.example"} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/api/v1/resolutions/wtda-11/live?ref=drafts/eur/18a3-1", nil)
		must(t, err)
		r.Host = "plenary.test"
		for name, value := range map[string]string{
			"Origin": origin, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Protocol": realtime.Protocol,
			"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Cookie": "plenary=" + h.cookies["eur"],
		} {
			r.Header.Set(name, value)
		}
		w, err := server.Client().Do(r)
		must(t, err)
		if opened := w.StatusCode == http.StatusSwitchingProtocols; opened != (origin == "http://plenary.test") {
			t.Errorf("a page of %s reads along: %v, status %d", origin, opened, w.StatusCode)
		}
		must(t, w.Body.Close())
	}
}

func attackByHost(t *testing.T, h *testHouse) {
	evil := map[string]string{"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"}
	for _, target := range []string{"/", "/people", "/resolutions/wtda-11", "/resolutions/wtda-11/clone", "/account", "/meeting"} {
		w := h.raw("secretariat", "GET", target, "", evil)
		if strings.Contains(w.Body.String(), "evil.example") || strings.Contains(fmt.Sprint(w.Header()), "evil.example") {
			t.Errorf("GET %s tells people to go to the forged host", target)
		}
	}
	w := h.raw("secretariat", "POST", "/people/3/link", "", evil)
	if !strings.Contains(w.Body.String(), "http://plenary.test/welcome?link=") || strings.Contains(w.Body.String(), "evil.example") {
		t.Errorf("a link made by a request with a forged host: status %d", w.Code)
	}
	if w := h.raw("", "GET", "/account", "", evil); strings.Contains(w.Header().Get("Location"), "evil") {
		t.Errorf("signing in leads to %s", w.Header().Get("Location"))
	}
}

func attackByProxyHeaders(t *testing.T, h *testHouse) {
	// Nobody's word is taken for where they are: not from the open internet, the same network or the same machine.
	for _, from := range []string{"203.0.113.9", "10.1.2.3", "192.168.1.9", "127.0.0.1", "fd00::9"} {
		lie := map[string]string{"From": net.JoinHostPort(from, "4000"), "X-Forwarded-For": "198.51.100.1", "X-Real-Ip": "198.51.100.1"}
		h.raw("", "POST", "/signin", "login=haddad&password=guess-guess", lie)
		lines, _, err := h.service.Audit(t.Context(), drafting.Actor{Person: 1, Role: drafting.RoleSecretariat, Scope: drafting.ScopeFull}, drafting.AuditQuery{Most: 1, Act: drafting.AuditSignInRefused})
		must(t, err)
		if len(lines) != 1 || lines[0].Address != from || lines[0].Subject != "haddad" {
			t.Errorf("from %s, on record: %+v", from, lines)
		}
		refused := false
		for i := range 12 {
			lie["X-Forwarded-For"] = fmt.Sprintf("198.51.100.%d", i)
			refused = refused || h.raw("", "POST", "/signin", "login=haddad&password=guess-guess", lie).Code == http.StatusTooManyRequests
		}
		if !refused {
			t.Errorf("from %s a new forged address buys new attempts", from)
		}
	}
}

func attackByShuttingOut(t *testing.T, h *testHouse) {
	refused := 0
	for i := range 36 {
		w := h.raw("", "POST", "/signin", "login=okafor&password=guess-guess", map[string]string{"From": fmt.Sprintf("198.51.100.%d:4000", i%3)})
		if w.Code == http.StatusTooManyRequests || strings.Contains(w.Body.String(), "Too many attempts") {
			refused++
		}
	}
	if refused == 0 {
		t.Error("whoever guesses is not refused")
	}
	w := h.raw("", "POST", "/signin", "login=okafor&password=demonstration", map[string]string{"From": "192.0.2.50:4000"})
	if w.Code != http.StatusSeeOther {
		t.Errorf("the owner of the login, elsewhere, is refused: status %d", w.Code)
	}
}

func attackByLineBreaks(t *testing.T, h *testHouse) {
	for _, next := range []string{"/\r\nSet-Cookie: plenary=evil", "/%0d%0aX: y", "/\nX: y"} {
		w := h.raw("", "POST", "/signin", url.Values{"login": {"tanaka"}, "password": {"demonstration"}, "next": {next}}.Encode(), nil)
		if w.Header().Get("X") != "" || strings.ContainsAny(w.Header().Get("Location"), "\r\n") || strings.Contains(fmt.Sprint(w.Header()["Set-Cookie"]), "evil") {
			t.Errorf("next %q: %v", next, w.Header())
		}
	}
	for _, form := range []url.Values{
		{"login": {"a\r\nb"}, "name": {"Ms B"}, "role": {"delegate"}}, {"login": {"ab"}, "name": {"Ms\x00B"}, "role": {"delegate"}}, {"login": {"a\u2028b"}, "name": {"Ms B"}, "role": {"delegate"}},
	} {
		if w := h.raw("secretariat", "POST", "/people", form.Encode(), nil); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a person called %v: status %d", form, w.Code)
		}
	}
}

func attackByMoreFields(t *testing.T, h *testHouse) {
	h.raw("afr", "POST", "/account/password", "old=x&fresh=y&role=secretariat&person=1&circle=eur", nil)
	h.raw("afr", "POST", "/act-for", "circle=eur&role=secretariat", nil)
	h.raw("afr", "POST", "/tokens", "name=a&days=30&scope=full&person=1&role=secretariat", nil)
	a, err := h.door.Actor(t.Context(), h.cookies["afr"])
	must(t, err)
	if a.Role != drafting.RoleDelegate || a.Circle != "afr" || a.In("eur") {
		t.Errorf("afterwards they are %+v", a)
	}
	tokens, err := h.door.Tokens(t.Context(), a)
	must(t, err)
	for _, token := range tokens {
		if token.Scope == drafting.ScopeFull || token.Person != a.Person {
			t.Errorf("made a token %+v", token)
		}
	}
}

func attackByPaths(t *testing.T, h *testHouse) {
	for _, target := range []string{
		"/resolutions/..%2f..%2fetc", "/resolutions/wtda-11/read?version=../../main", "/resolutions/wtda-11/read?version=--help", "/static/../records.db", "/static/..%2frecords.db",
		"/static/.vite/manifest.json/../../x", "/people/..%2f1", "/people/-1", "/people/99999999999999999999", "/resolutions/wtda-11/proposals/eur/..%2f18a3-1",
		"/resolutions/%00", "/api/v1/resolutions/..%2f", "//evil.example/", "/resolutions/wtda-11/proposals/EUR/18a3-1",
	} {
		w := h.raw("secretariat", "GET", "http://plenary.test"+target, "", nil)
		if w.Code < 400 && w.Code != http.StatusMovedPermanently || w.Code >= 500 {
			t.Errorf("GET %s: status %d", target, w.Code)
		}
		if location := w.Header().Get("Location"); strings.HasPrefix(location, "//") || strings.HasPrefix(location, "http") {
			t.Errorf("GET %s leads to %s", target, location)
		}
	}
}

func attackByGuessing(t *testing.T, h *testHouse) {
	refused := false
	for i := range 400 {
		w := h.raw("", "POST", "/welcome", fmt.Sprintf("link=%052d&password=four+brown+ladders", i), map[string]string{"From": "203.0.113.10:1"})
		if w.Code == http.StatusTooManyRequests {
			refused = true
			break
		}
		if w.Code != http.StatusNotFound {
			t.Fatalf("a guessed link: status %d", w.Code)
		}
	}
	if !refused {
		t.Error("links are guessed without end")
	}
	for _, secret := range []string{"", "x", strings.Repeat("A", 52), strings.Repeat("A", 4000), "' OR 1=1 --"} {
		if w := h.raw("", "GET", "/account", "", map[string]string{"Cookie": (&http.Cookie{Name: "plenary", Value: secret}).String()}); w.Code != http.StatusSeeOther {
			t.Errorf("session %.20q: status %d", secret, w.Code)
		}
	}
	known, unknown := h.raw("eur", "GET", "/resolutions/wtda-11/proposals/afr/secret-draft", "", nil), h.raw("eur", "GET", "/resolutions/wtda-11/proposals/afr/nothing", "", nil)
	if known.Code != unknown.Code {
		t.Errorf("what is hidden answers %d, what is not there %d", known.Code, unknown.Code)
	}
}

func attackBySize(t *testing.T, h *testHouse) {
	for _, target := range []string{"/people", "/people/import", "/meeting", "/signin", "/welcome", "/account/password"} {
		if w := h.raw("secretariat", "POST", target, "name="+strings.Repeat("a", maxBody), map[string]string{"From": "203.0.113.11:1"}); w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("POST %s of %d bytes: status %d", target, maxBody, w.Code)
		}
	}
	long := strings.Repeat("a", 20_000)
	for _, target := range []string{"/audit?words=" + long, "/search?q=" + long, "/welcome?link=" + long, "/signin?next=/" + long} {
		if w := h.raw("secretariat", "GET", target, "", nil); w.Code >= 500 {
			t.Errorf("GET %.20s of %d bytes: status %d", target, len(target), w.Code)
		}
	}
	// Whoever sends the head of a request slowly is not waited for.
	slow := h.server.httpServer()
	if slow.ReadHeaderTimeout <= 0 || slow.MaxHeaderBytes <= 0 || slow.IdleTimeout <= 0 {
		t.Fatal("a request's head may take as long and be as large as it likes")
	}
	slow.ReadHeaderTimeout = 50 * time.Millisecond
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	ended := make(chan error, 1)
	go func() { ended <- slow.Serve(l) }()
	defer func() {
		must(t, slow.Close())
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("the server ended with %v", err)
		}
	}()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
	must(t, err)
	defer func() { must(t, conn.Close()) }()
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: plenary.test\r\nX-Slow: ")
	must(t, err)
	must(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	if rest, err := io.ReadAll(conn); err != nil || strings.Contains(string(rest), "200 OK") {
		t.Errorf("a head that never ends is waited for: %q, %v", rest, err)
	}
}

func attackByMarkup(t *testing.T, h *testHouse) {
	const markup = `"'><img src=x onerror=alert(1)>{{.}}`
	for _, target := range []string{"/audit?words=" + url.QueryEscape(markup), "/audit?since=" + url.QueryEscape(markup), "/welcome?link=" + url.QueryEscape(markup), "/signin?next=" + url.QueryEscape("/"+markup)} {
		if w := h.raw("secretariat", "GET", target, "", nil); strings.Contains(w.Body.String(), "<img") {
			t.Errorf("GET %s shows markup", target)
		}
	}
	for target, form := range map[string]url.Values{
		"/people": {"login": {"x"}, "name": {markup}, "role": {markup}, "circle": {markup}}, "/circles": {"label": {markup}, "name": {markup}},
		"/people/import": {"step": {"check"}, "text": {"login,name\n" + markup + "," + markup}}, "/meeting": {"code": {markup}, "zone": {markup}, "date": {markup}},
		"/meeting/extensions": {"circle": {markup}, "reason": {markup}, "date": {markup}},
	} {
		if w := h.raw("secretariat", "POST", target, form.Encode(), nil); strings.Contains(w.Body.String(), "<img") || w.Code >= 500 {
			t.Errorf("POST %s: status %d, or shows markup", target, w.Code)
		}
	}
}
