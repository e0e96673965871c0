package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/auth"
	"plenary/server/demo"
	"plenary/server/drafting"
	"plenary/server/store"
)

// door is the API over the demonstration assembly. Who asks is told by a header that holds a login.
type door struct {
	http.Handler
	service *drafting.Service
}

const askerHeader = "X-Asker"

func newDoor(t *testing.T) *door {
	t.Helper()
	dir := t.TempDir()
	records, err := store.Open(t.Context(), filepath.Join(dir, "records.db"))
	must(t, err)
	journal, err := store.OpenJournal(t.Context(), filepath.Join(dir, "journal.db"))
	must(t, err)
	archive, err := repo.Open(t.Context(), filepath.Join(dir, "texts"), repo.Options{})
	must(t, err)
	service := drafting.New(drafting.Options{Archive: archive, Records: records, Journal: journal})
	t.Cleanup(func() {
		must(t, errors.Join(service.Close(context.WithoutCancel(t.Context())), archive.Close(), journal.Close(), records.Close()))
	})
	_, err = demo.Seed(t.Context(), service, auth.New(records, records, records, time.Now), time.Now())
	must(t, err)
	people, err := service.People(t.Context(), drafting.Operator())
	must(t, err)
	actors := map[string]drafting.Actor{}
	for _, p := range people {
		a := drafting.Actor{Person: p.ID, Login: p.Login, Name: p.Name, Role: p.Role, Circles: p.Circles, Scope: drafting.ScopeFull}
		if len(p.Circles) > 0 {
			a.Circle = p.Circles[0]
		}
		actors[p.Login] = a
	}
	routes, err := Routes(service, func(c echo.Context) drafting.Actor { return actors[c.Request().Header.Get(askerHeader)] })
	must(t, err)
	e := echo.New()
	e.HTTPErrorHandler = answer
	for _, r := range routes {
		e.Add(r.Method, r.Path, r.Handler)
	}
	return &door{Handler: e, service: service}
}

// answer tells errors apart as package server does.
func answer(err error, c echo.Context) {
	status, sentence := http.StatusInternalServerError, err.Error()
	if known, ok := errors.AsType[*echo.HTTPError](err); ok {
		status = known.Code
	}
	if _, ok := errors.AsType[*drafting.Refusal](err); ok {
		status = http.StatusConflict
	}
	for is, code := range map[error]int{
		drafting.ErrSignedOut: http.StatusUnauthorized, drafting.ErrForbidden: http.StatusForbidden, drafting.ErrNotFound: http.StatusNotFound,
	} {
		if errors.Is(err, is) {
			status = code
		}
	}
	if err := c.JSON(status, NewProblem(status, sentence, "7")); err != nil {
		http.Error(c.Response(), err.Error(), http.StatusInternalServerError)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ask sends a request as login and wants status back.
func (d *door) ask(t *testing.T, login, method, path, sent string, status int) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, Base+path, strings.NewReader(sent))
	r.Header.Set(askerHeader, login)
	if sent != "" {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	if w.Code != status {
		t.Fatalf("%s asks %s %s: got %d %s, want %d", login, method, path, w.Code, w.Body, status)
	}
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("%s %s may be stored: Cache-Control %q", method, path, got)
	}
	return w
}

// get reads an answer strictly: nothing that the specification does not have, no null.
func get[T any](t *testing.T, d *door, login, path string) T {
	t.Helper()
	return read[T](t, d.ask(t, login, http.MethodGet, path, "", http.StatusOK))
}

func read[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var out T
	if strings.Contains(w.Body.String(), ":null") {
		t.Errorf("the answer holds null: %s", w.Body)
	}
	decoder := json.NewDecoder(w.Body)
	decoder.DisallowUnknownFields()
	must(t, decoder.Decode(&out))
	return out
}

func TestEveryOperationHasOneRule(t *testing.T) {
	routes, err := Routes(nil, nil)
	must(t, err)
	if len(routes) != len(rules()) {
		t.Errorf("%d routes, %d rules", len(routes), len(rules()))
	}
	for _, r := range routes {
		if r.Rule == "" || !strings.HasPrefix(r.Path, Base+"/") {
			t.Errorf("route %+v", r)
		}
	}
	missing := &collector{rules: rules()}
	delete(missing.rules, "GET /me")
	RegisterHandlers(missing, &handlers{})
	if missing.err == nil {
		t.Error("an operation without a rule passed")
	}
}

func TestReading(t *testing.T) {
	d := newDoor(t)
	if as := get[Assembly](t, d, "", "/assembly"); as.Code != "WTDA" || !as.Open || as.Deadline.IsZero() {
		t.Errorf("assembly: %+v", as)
	}
	me := get[Me](t, d, "haddad", "/me")
	if me.Login != "haddad" || me.Role != RoleDelegate || me.Circle != "arb" || len(me.Circles) != 2 || me.Scope != MeScopeFull {
		t.Errorf("me: %+v", me)
	}
	d.ask(t, "", http.MethodGet, "/me", "", http.StatusUnauthorized)
	if circles := get[[]Circle](t, d, "", "/circles"); len(circles) != 5 || circles[0].Code != "eur" {
		t.Errorf("circles: %+v", circles)
	}
	rows := get[[]ResolutionRow](t, d, "moreau", "/resolutions")
	if len(rows) != 3 || rows[1].Resolution.Slug != "wtda-11" || rows[1].Proposals != 3 || !rows[1].Mine {
		t.Errorf("resolutions: %+v", rows)
	}
	view := get[ResolutionView](t, d, "silva", "/resolutions/wtda-11")
	if len(view.Proposals) != 3 || !view.May.StartMerge || view.Main.Kind != VersionKindMain || len(view.Adopted) != 1 {
		t.Errorf("resolution: %+v", view)
	}
	keys := map[string]bool{}
	for _, v := range get[[]Version](t, d, "", "/resolutions/wtda-11/versions") {
		keys[v.Key] = true
	}
	for _, key := range []string{"main", "adopted/nairobi-2022", "proposals/eur/18a3-1", "submitted/eur/18a3-1/1"} {
		if !keys[key] {
			t.Errorf("version %s is not listed: %v", key, keys)
		}
	}
	for _, path := range []string{"/resolutions/none", "/resolutions/none/versions", "/resolutions/none/text", "/resolutions/..%2fwtda-5", "/merges/1"} {
		login := "silva"
		problem := read[Problem](t, d.ask(t, login, http.MethodGet, path, "", http.StatusNotFound))
		if problem.Code != ProblemCodeNotFound || problem.Request != "7" || problem.Sentence == "" {
			t.Errorf("%s: %+v", path, problem)
		}
	}
}

func TestTexts(t *testing.T) {
	d := newDoor(t)
	file := d.ask(t, "", http.MethodGet, "/resolutions/wtda-23/text?format=markdown", "", http.StatusOK)
	if got := file.Header().Get("Content-Type"); got != "text/markdown; charset=utf-8" || !strings.HasPrefix(file.Body.String(), "# RESOLUTION 23") {
		t.Errorf("markdown: %s %.40s", got, file.Body)
	}
	paper := d.ask(t, "", http.MethodGet, "/resolutions/wtda-23/text?format=paper", "", http.StatusOK)
	if !strings.Contains(paper.Body.String(), "\n1\t") || !strings.HasPrefix(paper.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("paper: %s", paper.Body)
	}
	d.ask(t, "", http.MethodGet, "/resolutions/wtda-23/text?format=word", "", http.StatusBadRequest)

	main := get[Reading](t, d, "", "/resolutions/wtda-23/text")
	if main.Markdown != file.Body.String() || main.Base.Key != "" || len(main.Changes) != 0 {
		t.Errorf("main: base %+v, %d changes", main.Base, len(main.Changes))
	}
	seen := map[BlockKind]bool{}
	for _, b := range main.Blocks {
		seen[b.Kind] = true
		if b.Link == "" {
			t.Errorf("block without a link: %+v", b)
		}
		if (b.Kind == BlockKindTable) != (len(b.Rows) > 0) {
			t.Errorf("rows of %+v", b)
		}
	}
	if !seen[BlockKindTable] || !seen[BlockKindFootnote] || !seen[BlockKindOpener] {
		t.Errorf("kinds of block: %v", seen)
	}
	proposal := get[Reading](t, d, "", "/resolutions/wtda-23/text?version=proposals/apt/27a5-1")
	kinds := map[ChangeKind]int{}
	rows := false
	for _, c := range proposal.Changes {
		kinds[c.Kind]++
		rows = rows || (c.Kind != ChangeKindSame && len(c.Rows) == 5)
	}
	if proposal.Base.Key == "" || kinds[ChangeKindInserted] != 1 || kinds[ChangeKindChanged] != 2 || !rows {
		t.Errorf("proposal: base %+v, changes %v, table among them: %v", proposal.Base, kinds, rows)
	}
	compared := get[Comparison](t, d, "", "/resolutions/wtda-11/compare?a=submitted/eur/18a3-1/1&b=proposals/eur/18a3-1")
	if compared.Same || compared.A.Key != "submitted/eur/18a3-1/1" {
		t.Errorf("comparison: same %v, %+v", compared.Same, compared.A)
	}
	if same := get[Comparison](t, d, "", "/resolutions/wtda-11/compare?a=main&b=adopted/nairobi-2022"); !same.Same {
		t.Error("the text as imported and as adopted differ")
	}
	d.ask(t, "", http.MethodGet, "/resolutions/wtda-11/compare?a=main", "", http.StatusBadRequest)
}
