package server

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
)

// askers are the columns of the matrix: nobody, an observer, the proposal's own delegation, another one, the chair,
// the secretariat.
var askers = []string{"nobody", "observer", "eur", "afr", "chair", "secretariat"}

// matrix says, for every route about one proposal, what becomes of each asker: y done, or refused for a reason in the
// thing itself; r led to where it may be read; c closed, the deadline has passed; n not found, as if there were nothing; f forbidden; s asked to sign in. The
// columns are askers; the groups are a draft not submitted yet and a submitted proposal, each before the deadline and
// after it. A route about a proposal without a row fails.
var matrix = map[string]string{
	"GET /resolutions/:slug/proposals/:circle/:name":                  "nnynnn nnynnn yyyyyy yyyyyy",
	"GET /resolutions/:slug/proposals/:circle/:name/edit":             "sfynfn sfynfn sfyrfr sfyrfr",
	"POST /resolutions/:slug/proposals/:circle/:name/submit":          "sfynfn sfcnfn sfyfff sfcfff",
	"POST /resolutions/:slug/proposals/:circle/:name/withdraw":        "sfynfn sfynfn sfyfff sfyfff",
	"POST /resolutions/:slug/proposals/:circle/:name/number":          "sffffn sffffn sffffy sffffy",
	"POST /resolutions/:slug/proposals/:circle/:name/action":          "sfynfn sfynfn sfynfn sfynfn",
	"POST /resolutions/:slug/proposals/:circle/:name/sponsors":        "sfynfn sfynfn sfyyff sfyyff",
	"POST /resolutions/:slug/proposals/:circle/:name/refer":           "sfffnn sfffnn sfffyy sfffyy",
	"POST /resolutions/:slug/proposals/:circle/:name/name":            "sfynfn sfynfn sfynfn sfynfn",
	"GET /api/v1/resolutions/:slug/proposals/:circle/:name":           "nnynnn nnynnn yyyyyy yyyyyy",
	"POST /api/v1/resolutions/:slug/proposals/:circle/:name/submit":   "sfynfn sfcnfn sfyfff sfcfff",
	"POST /api/v1/resolutions/:slug/proposals/:circle/:name/withdraw": "sfynfn sfynfn sfyfff sfyfff",
	"GET /api/v1/resolutions/:slug/live":                              "sfynfn sfynfn sfynfn sfynfn",
}

// cell is what became of a request, in one letter.
func cell(route [2]string, w *httptest.ResponseRecorder) string {
	switch {
	case w.Code == http.StatusUnauthorized, w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/signin?next="):
		return "s"
	case route[0] == http.MethodGet && w.Code == http.StatusSeeOther:
		return "r"
	case w.Code == http.StatusForbidden:
		return "f"
	case w.Code == http.StatusNotFound:
		return "n"
	case strings.HasSuffix(route[1], "/submit") && strings.Contains(w.Body.String(), "Submitting closed on") && w.Code >= 400:
		return "c"
	case w.Code >= http.StatusInternalServerError:
		return "!"
	}
	return "y"
}

func TestMatrixOfProposals(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	h.setOpen(true)
	eur, err := h.door.Actor(t.Context(), h.cookies["eur"])
	must(t, err)
	draft, err := h.service.Propose(t.Context(), eur, "wtda-11", "")
	must(t, err)
	got := map[string]string{}
	for _, at := range []repo.DraftName{draft.Draft, {Circle: "eur", Name: "18a3-1"}} {
		for _, over := range []bool{false, true} {
			h.setDeadline(over)
			for _, route := range h.routesAbout() {
				key := route[0] + " " + route[1]
				cells := ""
				for _, who := range askers {
					target := strings.NewReplacer(":slug", "wtda-11", ":circle", string(at.Circle), ":name", at.Name).Replace(route[1])
					if strings.HasSuffix(target, "/live") {
						target += "?ref=" + at.Draft()
					}
					cells += cell(route, h.askPlainly(who, route[0], target))
				}
				got[key] = strings.TrimSpace(got[key] + " " + cells)
			}
		}
	}
	for key, cells := range got {
		if want, ok := matrix[key]; !ok || cells != want {
			t.Errorf("%q:\n got %q\nwant %q (%v: %v)", key, cells, want, "columns", askers)
		}
	}
	for key := range matrix {
		if got[key] == "" {
			t.Errorf("no route %s: take its row out", key)
		}
	}
}

// routesAbout lists method and path of every route that is about one proposal or its draft, what withdraws last.
func (h *testHouse) routesAbout() [][2]string {
	var about [][2]string
	for _, r := range h.server.echo.Routes() {
		if strings.Contains(r.Path, ":circle/:name") || r.Path == "/api/v1/resolutions/:slug/live" {
			about = append(about, [2]string{r.Method, r.Path})
		}
	}
	slices.SortFunc(about, func(a, b [2]string) int {
		last := func(path string) int { return strings.Count(path, "/withdraw") }
		return cmp.Or(cmp.Compare(last(a[1]), last(b[1])), strings.Compare(a[1]+a[0], b[1]+b[0]))
	})
	return about
}

// askPlainly asks in the way of the door, giving no more than a door needs to understand the request.
func (h *testHouse) askPlainly(who, method, target string) *httptest.ResponseRecorder {
	h.t.Helper()
	if !strings.HasPrefix(target, "/api/") {
		return h.ask(who, method, target, url.Values{"reason": {""}})
	}
	r := httptest.NewRequestWithContext(h.t.Context(), method, target, nil)
	if method != http.MethodGet {
		r = httptest.NewRequestWithContext(h.t.Context(), method, target, strings.NewReader(`{"reason":""}`))
		r.Header.Set("Content-Type", "application/json")
	}
	r.Host = "plenary.test"
	if secret := h.cookies[who]; secret != "" {
		r.AddCookie(&http.Cookie{Name: "plenary", Value: secret})
	}
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	return w
}

// setDeadline puts the deadline into the past, or away.
func (h *testHouse) setDeadline(over bool) {
	h.t.Helper()
	as, err := h.service.Assembly(h.t.Context())
	must(h.t, err)
	as.Deadline = time.Time{}
	if over {
		as.Deadline = time.Date(2020, 3, 12, 18, 0, 0, 0, time.UTC)
	}
	must(h.t, h.service.SetAssembly(h.t.Context(), drafting.Operator(), as))
}
