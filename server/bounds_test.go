package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestWhence(t *testing.T) {
	t.Parallel()
	proxies := func(of ...string) (out []netip.Prefix) {
		for _, p := range of {
			out = append(out, netip.MustParsePrefix(p))
		}
		return out
	}
	for name, tc := range map[string]struct {
		proxies         []netip.Prefix
		from, forwarded string
		want            string
	}{
		"nobody named":            {nil, "127.0.0.1:4000", "192.0.2.7", "127.0.0.1"},
		"a proxy here":            {proxies("127.0.0.0/8", "::1/128"), "127.0.0.1:4000", "192.0.2.7", "192.0.2.7"},
		"by IPv6":                 {proxies("127.0.0.0/8", "::1/128"), "[::1]:4000", "2001:db8::7", "2001:db8::7"},
		"an imitation of it":      {proxies("127.0.0.0/8"), "10.0.0.7:4000", "192.0.2.7", "10.0.0.7"},
		"a lie before the proxy":  {proxies("10.0.0.1/32"), "10.0.0.1:4000", "127.0.0.1, 10.0.0.7", "10.0.0.7"},
		"two proxies":             {proxies("10.0.0.0/24"), "10.0.0.1:4000", "192.0.2.7, 10.0.0.2", "192.0.2.7"},
		"no address in it":        {proxies("10.0.0.0/24"), "10.0.0.1:4000", "somewhere", "10.0.0.1"},
		"a network not quite set": {proxies("10.0.0.9/24"), "10.0.0.1:4000", "192.0.2.7", "192.0.2.7"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.RemoteAddr = tc.from
		r.Header.Set("X-Forwarded-For", tc.forwarded)
		if got := whence(tc.proxies)(r); got != tc.want {
			t.Errorf("%s: from %q, want %q", name, got, tc.want)
		}
	}
}

// served opens a connection to the house over a network.
func (h *testHouse) served() net.Conn {
	h.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(h.t.Context(), "tcp", "127.0.0.1:0")
	must(h.t, err)
	house, ended := h.server.httpServer(), make(chan error, 1)
	go func() { ended <- house.Serve(l) }()
	conn, err := (&net.Dialer{}).DialContext(h.t.Context(), "tcp", l.Addr().String())
	must(h.t, err)
	must(h.t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	h.t.Cleanup(func() {
		must(h.t, conn.Close())
		must(h.t, house.Close())
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			h.t.Errorf("the server ended with %v", err)
		}
	})
	return conn
}

// begin sends the head of a form of that length, and two bytes of it.
func begin(t *testing.T, conn net.Conn, target, kind, cookie string) {
	t.Helper()
	_, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: plenary.test\r\nContent-Type: %s\r\nCookie: plenary=%s\r\nContent-Length: 100000\r\n\r\n{\"", target, kind, cookie)
	must(t, err)
}

func TestBodiesThatNeverCome(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	h.server.patience = 300 * time.Millisecond
	const form, calls = "application/x-www-form-urlencoded", "application/json"
	for name, tc := range map[string]struct {
		target, kind, as string
		want             int
	}{
		"a stranger's form": {"/signin", form, "", http.StatusRequestTimeout},
		"in parts":          {"/signin", "multipart/form-data; boundary=x", "", http.StatusRequestTimeout},
		"a member's form":   {"/account/password", form, "afr", http.StatusRequestTimeout},
		"a call of the API": {"/api/v1/resolutions/wtda-11/comments", calls, "afr", http.StatusRequestTimeout},
		"no such page":      {"/made-up", form, "", http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			conn := h.served()
			begin(t, conn, tc.target, tc.kind, h.cookies[tc.as])
			all, err := io.ReadAll(conn)
			if head := fmt.Sprintf("HTTP/1.1 %d ", tc.want); err != nil || !strings.HasPrefix(string(all), head) {
				t.Errorf("the connection stays open or is answered otherwise than by %d: %v, %.200q", tc.want, err, all)
			}
		})
	}
}

// TestRuleBeforeBody has somebody refused who may not, without their form being waited for.
func TestRuleBeforeBody(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	h.server.patience = time.Hour
	for target, tc := range map[string]struct {
		as   string
		want int
	}{"/tokens": {"", http.StatusUnauthorized}, "/people": {"afr", http.StatusForbidden}} {
		conn := h.served()
		begin(t, conn, target, "application/x-www-form-urlencoded", h.cookies[tc.as])
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		must(t, err)
		if answer.StatusCode != tc.want {
			t.Errorf("POST %s: status %d, want %d", target, answer.StatusCode, tc.want)
		}
		must(t, answer.Body.Close())
	}
}

// TestLimitsEndWithTheirRequest keeps one connection for two pages, the second of which begins after the first one's
// limits.
func TestLimitsEndWithTheirRequest(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	const patience = 200 * time.Millisecond
	h.server.patience = patience
	conn := h.served()
	reader := bufio.NewReader(conn)
	for _, target := range []string{"/signin", "/git/nothing", "/signin"} {
		_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: plenary.test\r\n\r\n", target)
		must(t, err)
		answer, err := http.ReadResponse(reader, nil)
		must(t, err)
		if _, err := io.Copy(io.Discard, answer.Body); err != nil {
			t.Errorf("GET %s: %v", target, err)
		}
		must(t, answer.Body.Close())
		<-time.After(3 * patience)
	}
}

// TestNothingStaysOfAForm: a file too large for memory lies on the disk while it is read, and no longer.
func TestNothingStaysOfAForm(t *testing.T) {
	place := t.TempDir()
	t.Setenv("TMPDIR", place)
	h := newTestHouse(t)
	sent := h.send("eur", "/resolutions/wtda-11/bring", "large.docx", make([]byte, maxBody+1<<20), nil)
	if sent.Code != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", sent.Code)
	}
	if left, err := filepath.Glob(filepath.Join(place, "multipart-*")); err != nil || len(left) > 0 {
		t.Errorf("%d files of the form stay behind, %v", len(left), err)
	}
}
