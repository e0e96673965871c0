package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// access says, written out once more and by hand, who may use each route of the server; the routes' own rules are held
// against it. A new route that is not here fails the test, and so does a line that no route has.
var access = map[string]string{
	"GET /healthz": "everyone", "GET /static/*": "everyone", "GET /signin": "everyone", "POST /signin": "everyone",
	"POST /signout": "everyone", "GET /git/*": "everyone", "POST /git/*": "everyone", "HEAD /git/*": "everyone",

	"GET /":                                          "readers",
	"GET /search":                                    "readers",
	"GET /resolutions/:slug":                         "readers",
	"GET /resolutions/:slug/read":                    "readers",
	"GET /resolutions/:slug/compare":                 "readers",
	"GET /resolutions/:slug/history":                 "readers",
	"GET /resolutions/:slug/words":                   "readers",
	"GET /resolutions/:slug/map":                     "readers",
	"GET /resolutions/:slug/comments":                "readers",
	"GET /resolutions/:slug/open":                    "readers",
	"GET /resolutions/:slug/compilation":             "readers",
	"GET /resolutions/:slug/clone":                   "readers",
	"GET /resolutions/:slug/export":                  "readers",
	"GET /resolutions/:slug/proposals/:circle/:name": "readers",

	"POST /act-for":             "members",
	"GET /tokens":               "members",
	"POST /tokens":              "members",
	"POST /tokens/:id/withdraw": "members",

	"GET /readyz": "everyone", "GET /metrics": "everyone",
	"GET /welcome": "everyone", "POST /welcome": "everyone",
	"POST /signin/code": "everyone", "GET /signin/elsewhere": "everyone", "GET /signin/back": "everyone",
	"GET /account":                      "members",
	"GET /account/second":               "members",
	"POST /account/second":              "members",
	"POST /account/second/end":          "members",
	"GET /account/connect":              "members",
	"POST /account/disconnect":          "members",
	"POST /people/:id/email":            "secretariat",
	"POST /people/:id/remove":           "secretariat",
	"GET /account/export":               "members",
	"POST /people/:id/second":           "secretariat",
	"POST /account/digests":             "members",
	"POST /account/password":            "members",
	"POST /account/sessions/end-others": "members",
	"POST /account/sessions/:id/end":    "members",
	"GET /people":                       "secretariat",
	"POST /people":                      "secretariat",
	"POST /people/links":                "secretariat",
	"GET /people/import":                "secretariat",
	"POST /people/import":               "secretariat",
	"POST /circles":                     "secretariat",
	"GET /people/:id":                   "secretariat",
	"POST /people/:id":                  "secretariat",
	"POST /people/:id/join":             "secretariat",
	"POST /people/:id/leave":            "secretariat",
	"POST /people/:id/close":            "secretariat",
	"POST /people/:id/open":             "secretariat",
	"POST /people/:id/link":             "secretariat",
	"GET /meeting":                      "secretariat",
	"POST /meeting":                     "secretariat",
	"POST /meeting/extensions":          "secretariat",
	"POST /meeting/extensions/:id/end":  "secretariat",
	"GET /audit":                        "secretariat",
	"GET /audit.csv":                    "secretariat",

	"POST /resolutions/:slug/comments":             "members",
	"POST /resolutions/:slug/comments/:id/resolve": "members",
	"POST /resolutions/:slug/stance":               "writers",
	"GET /api/v1/resolutions/:slug/comments":       "readers",
	"POST /api/v1/resolutions/:slug/comments":      "members",
	"PUT /api/v1/resolutions/:slug/comments/:id":   "members",
	"POST /api/v1/resolutions/:slug/comments/read": "members",
	"POST /resolutions/:slug/comments/read":        "members",

	"GET /resolutions/:slug/propose":                           "writers",
	"POST /resolutions/:slug/propose":                          "writers",
	"GET /resolutions/:slug/bring":                             "writers",
	"POST /resolutions/:slug/bring":                            "writers",
	"GET /resolutions/:slug/bring/:id":                         "writers",
	"POST /resolutions/:slug/bring/:id":                        "writers",
	"GET /resolutions/:slug/bring/:id/original":                "writers",
	"GET /resolutions/:slug/proposals/:circle/:name/edit":      "writers",
	"POST /resolutions/:slug/proposals/:circle/:name/submit":   "writers",
	"POST /resolutions/:slug/proposals/:circle/:name/name":     "writers",
	"POST /resolutions/:slug/proposals/:circle/:name/withdraw": "writers",
	"GET /api/v1/resolutions/:slug/live":                       "writers",

	"POST /resolutions/:slug/merges":               "chairs",
	"GET /resolutions/:slug/merges/:id":            "chairs",
	"POST /resolutions/:slug/open":                 "members",
	"POST /resolutions/:slug/restore":              "writers",
	"GET /live":                                    "readers",
	"GET /resolutions/:slug/live":                  "readers",
	"GET /resolutions/:slug/merged/:id":            "readers",
	"GET /resolutions/:slug/merges/:id/part":       "chairs",
	"POST /resolutions/:slug/merges/:id/part":      "chairs",
	"POST /resolutions/:slug/merges/:id/decide":    "chairs",
	"POST /resolutions/:slug/merges/:id/take-back": "chairs",
	"POST /resolutions/:slug/merges/:id/finish":    "chairs",
	"POST /resolutions/:slug/merges/:id/abandon":   "chairs",
	"POST /resolutions/:slug/merges/:id/undo":      "chairs",

	"GET /resolutions/:slug/adopt":  "chairs",
	"POST /resolutions/:slug/adopt": "chairs",
	"GET /import":                   "secretariat",
	"POST /import":                  "secretariat",
	"GET /import/:id":               "secretariat",
	"POST /import/:id":              "secretariat",
	"GET /import/:id/original":      "secretariat",
	"POST /resolutions/:slug/proposals/:circle/:name/number":   "secretariat",
	"POST /resolutions/:slug/proposals/:circle/:name/action":   "writers",
	"POST /resolutions/:slug/proposals/:circle/:name/sponsors": "writers",
	"POST /resolutions/:slug/proposals/:circle/:name/refer":    "chairs",

	"GET /api/v1/assembly":                                            "readers",
	"GET /api/v1/circles":                                             "readers",
	"GET /api/v1/me":                                                  "members",
	"GET /api/v1/resolutions":                                         "readers",
	"GET /api/v1/resolutions/:slug":                                   "readers",
	"GET /api/v1/resolutions/:slug/text":                              "readers",
	"GET /api/v1/resolutions/:slug/compare":                           "readers",
	"GET /api/v1/resolutions/:slug/versions":                          "readers",
	"GET /api/v1/resolutions/:slug/proposals":                         "readers",
	"POST /api/v1/resolutions/:slug/proposals":                        "writers",
	"GET /api/v1/resolutions/:slug/proposals/:circle/:name":           "readers",
	"POST /api/v1/resolutions/:slug/proposals/:circle/:name/submit":   "writers",
	"POST /api/v1/resolutions/:slug/proposals/:circle/:name/withdraw": "writers",
	"POST /api/v1/resolutions/:slug/merges":                           "chairs",
	"GET /api/v1/merges/:id":                                          "chairs",
	"PUT /api/v1/merges/:id/decisions/:key":                           "chairs",
	"DELETE /api/v1/merges/:id/decisions/:key":                        "chairs",
	"POST /api/v1/merges/:id/finish":                                  "chairs",
	"POST /api/v1/merges/:id/abandon":                                 "chairs",
}

// may says who each rule lets through while the assembly is closed. Everybody else is refused.
var may = map[string][]string{
	"everyone":    {"nobody", "observer", "eur", "chair", "secretariat"},
	"readers":     {"observer", "eur", "chair", "secretariat"},
	"members":     {"observer", "eur", "chair", "secretariat"},
	"writers":     {"eur", "secretariat"},
	"chairs":      {"chair", "secretariat"},
	"secretariat": {"secretariat"},
}

func TestEveryRouteHasARuleAndKeepsIt(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	h.setOpen(false)
	seen := map[string]bool{}
	for _, route := range h.server.echo.Routes() {
		key := route.Method + " " + route.Path
		ruleName, ok := access[key]
		if !ok {
			t.Errorf("route %s has no line in this test: write who may use it", key)
			continue
		}
		seen[key] = true
		for _, who := range []string{"nobody", "observer", "eur", "chair", "secretariat"} {
			if key == "POST /signout" {
				continue // it would end the sessions that the other routes are asked with
			}
			target := strings.NewReplacer(":slug", "wtda-11", ":circle", "eur", ":name", "18a3-1", ":id", "77", "*", "nothing").Replace(route.Path)
			allowed := slices.Contains(may[ruleName], who)
			w := h.ask(who, route.Method, target, url.Values{})
			refused := w.Code == http.StatusUnauthorized || w.Code == http.StatusForbidden ||
				w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/signin?next=")
			finer := allowed && w.Code == http.StatusForbidden && route.Method == http.MethodPost // drafting refuses this one thing
			if refused == allowed && !finer {
				t.Errorf("%s by %s: status %d, allowed by %q is %v", key, who, w.Code, ruleName, allowed)
			}
			if w.Code >= http.StatusInternalServerError {
				t.Errorf("%s by %s: status %d: %s", key, who, w.Code, w.Body)
			}
		}
	}
	for key := range access {
		if !seen[key] {
			t.Errorf("no route %s: take the line out of this test", key)
		}
	}
}

func testAnOpenAssemblyIsReadByAnybody(t *testing.T, h *testHouse) {
	h.setOpen(true)
	for key, ruleName := range access {
		method, path, _ := strings.Cut(key, " ")
		if method != "GET" || ruleName != "readers" {
			continue
		}
		target := strings.NewReplacer(":slug", "wtda-11", ":circle", "eur", ":name", "18a3-1").Replace(path)
		if strings.HasSuffix(path, "/compare") {
			target += "?a=adopted/nairobi-2022&b=proposals/eur/18a3-1"
		}
		want := http.StatusOK
		if strings.HasSuffix(path, "/merged/:id") {
			want = http.StatusNotFound // nothing is merged yet, and what is being merged is nobody's to see
		}
		if w := h.ask("nobody", method, target, nil); w.Code != want {
			t.Errorf("GET %s by nobody: status %d", target, w.Code)
		}
	}
}
