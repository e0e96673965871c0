package server

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestWhoMayMeasure(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	h.server.metricsToken = "a token of the operator"
	h.ask("nobody", "GET", "/signin", nil)
	h.ask("nobody", "GET", "/made-up-by-a-stranger", nil)
	h.ask("nobody", "MADEUP", "/signin", nil)
	for name, tc := range map[string]struct {
		from, host, header, value string
		want                      int
	}{
		"this machine":          {"127.0.0.1:4000", "127.0.0.1:8080", "", "", http.StatusOK},
		"this machine, by IPv6": {"[::1]:4000", "[::1]:8080", "", "", http.StatusOK},
		"by its name":           {"127.0.0.1:4000", "localhost:8080", "", "", http.StatusOK},
		"elsewhere":             {"192.0.2.7:4000", "127.0.0.1:8080", "", "", http.StatusNotFound},
		"by a proxy":            {"127.0.0.1:4000", "127.0.0.1:8080", "X-Forwarded-For", "192.0.2.7", http.StatusNotFound},
		"elsewhere, as a proxy": {"10.0.0.7:4000", "127.0.0.1:8080", "X-Forwarded-For", "127.0.0.1", http.StatusNotFound},
		"by a silent proxy":     {"127.0.0.1:4000", "plenary.test", "", "", http.StatusNotFound},
		"with the token":        {"192.0.2.7:4000", "plenary.test", "Authorization", "Bearer a token of the operator", http.StatusOK},
		"with a wrong token":    {"127.0.0.1:4000", "127.0.0.1:8080", "Authorization", "Bearer another", http.StatusNotFound},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil)
		r.RemoteAddr, r.Host = tc.from, tc.host
		if tc.header != "" {
			r.Header.Set(tc.header, tc.value)
		}
		w := httptest.NewRecorder()
		h.server.Handler().ServeHTTP(w, r)
		if w.Code != tc.want {
			t.Errorf("%s: status %d, want %d", name, w.Code, tc.want)
		}
		if w.Code != http.StatusOK {
			continue
		}
		body := w.Body.String()
		for _, want := range []string{`plenary_requests_total{method="GET",route="/signin",status="200"} 1`, "plenary_rooms 0", "plenary_edits_total", "plenary_commits_total", "plenary_saves_failed_total 0", "plenary_unsaved_drafts", "plenary_git_processes 0", "plenary_faults_total 0", "go_goroutines"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no line %q", name, want)
			}
		}
		if strings.Contains(body, "made-up") || strings.Contains(body, "MADEUP") {
			t.Error("strangers make up labels")
		}
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	if w := h.ask("nobody", "GET", "/readyz", nil); w.Code != http.StatusOK {
		t.Errorf("ready: status %d %s", w.Code, w.Body)
	}
	h.server.stopping.Store(true)
	if w := h.ask("nobody", "GET", "/readyz", nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("while stopping: status %d", w.Code)
	}
	if w := h.ask("nobody", "GET", "/healthz", nil); w.Code != http.StatusOK {
		t.Errorf("health while stopping: status %d", w.Code)
	}
}

func TestMetricsAreCompressedOnce(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil)
	r.RemoteAddr, r.Host = "127.0.0.1:1234", "127.0.0.1:8080"
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	read, err := gzip.NewReader(w.Body)
	must(t, err)
	page, err := io.ReadAll(read)
	must(t, err)
	if !strings.Contains(string(page), "\ngo_goroutines ") {
		t.Errorf("status %d: %.200q", w.Code, page)
	}
}
