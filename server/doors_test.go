package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// TestDoors goes through one assembly in order: furnishing it takes longer than all that is asked of it.
func TestDoors(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	for _, part := range []struct {
		name string
		test func(*testing.T, *testHouse)
	}{
		{"AnOpenAssemblyIsReadByAnybody", testAnOpenAssemblyIsReadByAnybody},
		{"HeadersKeepPagesToThemselves", testHeadersKeepPagesToThemselves},
		{"SmallOnTheWire", testSmallOnTheWire},
		{"ADraftIsNobodyElses", testADraftIsNobodyElses},
		{"AnotherSiteCannotSendForms", testAnotherSiteCannotSendForms},
		{"PasswordsCannotBeTriedFast", testPasswordsCannotBeTriedFast},
		{"TooLargeIsRefused", testTooLargeIsRefused},
		{"ImportInTwoSteps", testImportInTwoSteps},
		{"AMergeWithoutScript", testAMergeWithoutScript},
		{"ServeFinishesAndStops", testServeFinishesAndStops},
		{"SignInAndOut", testSignInAndOut},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, h) })
	}
}

func testHeadersKeepPagesToThemselves(t *testing.T, h *testHouse) {
	for _, target := range []string{"/", "/signin", "/nothing", "/api/v1/nothing", "/static/assets/a.css"} {
		got := h.ask("eur", "GET", target, nil).Header()
		csp := got.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: policy %q", target, csp)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
			if got.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got.Get(name), want)
			}
		}
		if got.Get("X-Request-Id") == "" {
			t.Errorf("%s: no request number", target)
		}
	}
	editor := h.ask("eur", "GET", "/resolutions/wtda-11/proposals/eur/18a3-1/edit", nil)
	_, nonce, _ := strings.Cut(editor.Header().Get("Content-Security-Policy"), "style-src 'self' 'nonce-")
	nonce, _, _ = strings.Cut(nonce, "'")
	again := h.ask("eur", "GET", "/resolutions/wtda-11/proposals/eur/18a3-1/edit", nil).Header().Get("Content-Security-Policy")
	if nonce == "" || !strings.Contains(editor.Body.String(), `"nonce":"`+nonce+`"`) || strings.Contains(again, nonce) {
		t.Errorf("the editor's style nonce is %q, then %q", nonce, again)
	}
	if got := h.ask("nobody", "GET", "/static/assets/a.css", nil).Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("built files are cached %q", got)
	}
}

func testSmallOnTheWire(t *testing.T, h *testHouse) {
	for target, want := range map[string]bool{"/resolutions/wtda-11": true, "/static/assets/a.css": true, "/tokens": false} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", target, nil)
		r.Host = "plenary.test"
		r.Header.Set("Accept-Encoding", "gzip")
		r.AddCookie(&http.Cookie{Name: "plenary", Value: h.cookies["eur"]})
		w := httptest.NewRecorder()
		h.server.Handler().ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != want || w.Code != http.StatusOK {
			t.Errorf("%s: status %d, compressed %v, want %v", target, w.Code, got, want)
		}
	}
}

// testADraftIsNobodyElses asks for a draft that Europe has not submitted, by every door that takes a version's name.
func testADraftIsNobodyElses(t *testing.T, h *testHouse) {
	view, err := h.service.Resolution(t.Context(), h.actor("eur"), "wtda-23")
	must(t, err)
	i := slices.IndexFunc(view.Proposals, func(p drafting.ProposalRow) bool { return p.Mine && p.Status == drafting.StatusDraft })
	if i < 0 {
		t.Fatal("the demonstration has no draft of Europe")
	}
	d := view.Proposals[i].Draft
	const at = "/resolutions/wtda-23"
	for _, target := range []string{
		at + "/proposals/" + d.String(), at + "/proposals/" + d.String() + "/edit", at + "/read?version=" + d.Draft(),
		at + "/read?version=" + string(view.Proposals[i].Base) + "&against=" + d.Draft(), at + "/compare?a=main&b=" + d.Draft(),
		at + "/history?version=" + d.Draft(), "/api/v1" + at + "/text?version=" + d.Draft(), "/api/v1" + at + "/live?ref=" + d.Draft(),
	} {
		none := strings.ReplaceAll(target, d.Name, "no-such-draft")
		for _, who := range []string{"nobody", "observer", "afr", "chair", "secretariat"} {
			got, want := h.ask(who, "GET", target, nil), h.ask(who, "GET", none, nil)
			if got.Code != want.Code || got.Code == http.StatusOK {
				t.Errorf("%s by %s: status %d, and %d for one that does not exist", target, who, got.Code, want.Code)
			}
		}
		if w := h.ask("eur", "GET", target, nil); w.Code == http.StatusNotFound {
			t.Errorf("%s by its own delegation: status %d", target, w.Code)
		}
	}
	for _, target := range []string{at, at + "/compilation", at + "/read", at + "/clone", "/api/v1" + at, "/api/v1" + at + "/versions"} {
		for _, who := range []string{"nobody", "observer", "afr", "chair", "secretariat"} {
			if w := h.ask(who, "GET", target, nil); strings.Contains(w.Body.String(), d.String()) {
				t.Errorf("%s by %s names the draft", target, who)
			}
		}
	}
}

func testAnotherSiteCannotSendForms(t *testing.T, h *testHouse) {
	for name, headers := range map[string]map[string]string{
		"by its own word": {"Sec-Fetch-Site": "cross-site"},
		"by origin":       {"Origin": "https://evil.example"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/resolutions/wtda-11/propose", strings.NewReader("number="))
		r.Host = "plenary.test"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range headers {
			r.Header.Set(k, v)
		}
		r.AddCookie(&http.Cookie{Name: "plenary", Value: h.cookies["eur"]})
		w := httptest.NewRecorder()
		h.server.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "another site") {
			t.Errorf("a form of another site, known %s: status %d", name, w.Code)
		}
	}
}

func testSignInAndOut(t *testing.T, h *testHouse) {
	wrong := h.ask("nobody", "POST", "/signin", url.Values{"login": {"moreau"}, "password": {"guess"}, "next": {"/resolutions/wtda-11"}})
	if wrong.Code != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body.String(), `value="moreau"`) || !strings.Contains(wrong.Body.String(), `role="alert"`) || strings.Contains(wrong.Body.String(), "guess") {
		t.Errorf("a wrong password: status %d, %s", wrong.Code, wrong.Body)
	}
	for next, want := range map[string]string{"/resolutions/wtda-11": "/resolutions/wtda-11", "//evil.example/": "/", "https://evil.example": "/", "/\\evil.example": "/", "": "/"} {
		w := h.ask("nobody", "POST", "/signin", url.Values{"login": {"moreau"}, "password": {"demonstration"}, "next": {next}})
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("signing in for %q: status %d to %q, want %q", next, w.Code, w.Header().Get("Location"), want)
		}
		if set := w.Header().Get("Set-Cookie"); !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") {
			t.Errorf("the session's cookie is %q", set)
		}
	}
	if w := h.ask("eur", "POST", "/signout", url.Values{}); w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("signing out: status %d, cookie %q", w.Code, w.Header().Get("Set-Cookie"))
	}
	if w := h.ask("eur", "GET", "/tokens", nil); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/signin") {
		t.Errorf("after signing out the old cookie gets status %d", w.Code)
	}
}

func testPasswordsCannotBeTriedFast(t *testing.T, h *testHouse) {
	for range 30 {
		w := h.ask("nobody", "POST", "/signin", url.Values{"login": {"nobody-here"}, "password": {"x"}})
		if w.Code == http.StatusTooManyRequests || w.Code == http.StatusUnprocessableEntity && strings.Contains(w.Body.String(), "many") {
			return
		}
	}
	t.Error("thirty attempts in a row were all let through")
}

func testTooLargeIsRefused(t *testing.T, h *testHouse) {
	w := h.ask("secretariat", "POST", "/import", url.Values{"text": {strings.Repeat("a", maxBody)}})
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "3 MiB") {
		t.Errorf("a form over the limit: status %d", w.Code)
	}
}

func testImportInTwoSteps(t *testing.T, h *testHouse) {
	text := "# RESOLUTION 99 (Lima, 2020)\n\n## Names <b>of</b> things\n\nThe Assembly (Lima, 2020),\n\n*considering*\n\na) that things have names;\n\n*resolves*\n\n1. to use them.\n"
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	file, err := m.CreateFormFile("file", "names.md")
	must(t, err)
	_, err = io.WriteString(file, text)
	must(t, err)
	must(t, m.WriteField("step", "check"))
	must(t, m.Close())
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/import", &form)
	r.Host = "plenary.test"
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "plenary", Value: h.cookies["secretariat"]})
	sent := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(sent, r)
	if sent.Code != http.StatusSeeOther || !strings.HasPrefix(sent.Header().Get("Location"), "/import/") {
		t.Fatalf("sent: status %d to %q\n%s", sent.Code, sent.Header().Get("Location"), sent.Body)
	}
	checked := h.ask("secretariat", "GET", sent.Header().Get("Location"), nil)
	if checked.Code != http.StatusOK || !strings.Contains(checked.Body.String(), "considering a)") || strings.Contains(checked.Body.String(), "<b>of</b>") {
		t.Fatalf("check: status %d\n%s", checked.Code, checked.Body)
	}
	fields := url.Values{"step": {"import"}, "file-name": {"names.md"}, "text": {text}, "slug": {"wtda-99"}, "number": {"99"}, "title": {"Names of things"}, "edition": {"Lima, 2020"}, "place": {"Lima"}, "year": {"20x0"}}
	if w := h.ask("secretariat", "POST", "/import", fields); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="20x0"`) {
		t.Errorf("a year that is none: status %d", w.Code)
	}
	fields.Set("year", "2020")
	if w := h.ask("secretariat", "POST", "/import", fields); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/resolutions/wtda-99" {
		t.Fatalf("import: status %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := h.ask("eur", "GET", "/resolutions/wtda-99/read?version=adopted/lima-2020", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "that things have names") {
		t.Errorf("the adopted text: status %d", w.Code)
	}
	if w := h.ask("secretariat", "POST", "/import", fields); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusConflict {
		t.Errorf("the same address twice: status %d", w.Code)
	}
}

func testAMergeWithoutScript(t *testing.T, h *testHouse) {
	started := h.ask("chair", "POST", "/resolutions/wtda-11/merges", url.Values{"proposal": {"eur/18a3-1", "afr/14a2-1", "arb/21a1-1"}})
	bench := started.Header().Get("Location")
	if started.Code != http.StatusSeeOther || bench == "" {
		t.Fatalf("start: status %d", started.Code)
	}
	for range 10 {
		page := h.ask("chair", "GET", bench, nil).Body.String()
		open := decisionKey.FindStringSubmatch(page)
		if open == nil {
			break
		}
		key := html.UnescapeString(open[1])
		if w := h.ask("chair", "POST", bench+"/decide", url.Values{"key": {key}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("deciding nothing: status %d", w.Code)
		}
		if w := h.ask("chair", "POST", bench+"/decide", url.Values{"key": {key}, "choice": {"brackets"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("decide %s: status %d\n%s", key, w.Code, w.Body)
		}
	}
	done := h.ask("chair", "POST", bench+"/finish", url.Values{"sentence": {"Agreed on Monday."}})
	if done.Code != http.StatusSeeOther {
		t.Fatalf("finish: status %d\n%s", done.Code, done.Body)
	}
	read := h.ask("eur", "GET", "/resolutions/wtda-11/read?version=main", nil).Body.String()
	if !strings.Contains(read, `<sup class="source">`) {
		t.Error("the merged text shows no words in brackets with their source")
	}
	history := h.ask("eur", "GET", "/resolutions/wtda-11/history", nil).Body.String()
	if !strings.Contains(history, "Agreed on Monday.") {
		t.Error("the sentence for the record is not in the history")
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		err    error
		status int
		known  bool
	}{
		{fmt.Errorf("read: %w", drafting.ErrNotFound), 404, true},
		{fmt.Errorf("write: %w", drafting.ErrForbidden), 403, true},
		{drafting.ErrSignedOut, 401, true},
		{fmt.Errorf("submit: %w", &drafting.Refusal{Sentence: "Submitting closed."}), 409, true},
		{repo.ErrStale, 409, true},
		{errOtherSite, 403, true},
		{errTooOften, 429, true},
		{context.DeadlineExceeded, 503, true},
		{&http.MaxBytesError{Limit: 1 << 20}, 413, true},
		{echo.NewHTTPError(http.StatusBadRequest).SetInternal(&http.MaxBytesError{Limit: 1 << 20}), 413, true},
		{echo.ErrNotFound, 404, true},
		{echo.NewHTTPError(http.StatusBadGateway), 500, false},
		{errors.New("disk on fire"), 500, false},
	} {
		f, known := explain(row.err)
		if f.status != row.status || known != row.known || f.sentence == "" || f.title == "" {
			t.Errorf("%v: status %d known %v %q, want %d %v", row.err, f.status, known, f.sentence, row.status, row.known)
		}
		if strings.Contains(f.sentence, "disk on fire") {
			t.Errorf("the person is told %q", f.sentence)
		}
	}
}

func testServeFinishesAndStops(t *testing.T, h *testHouse) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.server.Serve(ctx, l) }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+"/healthz", nil)
	must(t, err)
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	must(t, answer.Body.Close())
	if answer.StatusCode != http.StatusOK {
		t.Errorf("healthz: status %d", answer.StatusCode)
	}
	r, err = http.NewRequestWithContext(t.Context(), http.MethodHead, "http://"+l.Addr().String()+"/signin", nil)
	must(t, err)
	answer, err = http.DefaultClient.Do(r)
	must(t, err)
	body, err := io.ReadAll(answer.Body)
	must(t, errors.Join(err, answer.Body.Close()))
	if answer.StatusCode != http.StatusOK || len(body) != 0 {
		t.Errorf("HEAD /signin: status %d with %d bytes", answer.StatusCode, len(body))
	}
	stop()
	select {
	case err := <-done:
		must(t, err)
	case <-time.After(5 * time.Second):
		t.Fatal("the server did not stop")
	}
}
