package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"plenary/repo"
	"plenary/server/auth"
	"plenary/server/demo"
	"plenary/server/drafting"
	"plenary/server/store"
)

// testHouse is a server over the demonstration assembly, with a cookie for each role.
type testHouse struct {
	t       *testing.T
	server  *Server
	service *drafting.Service
	door    *auth.Doorkeeper
	archive *repo.Archive
	cookies map[string]string // by role; "nobody" has none
	people  map[string]demo.SignIn
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newTestHouse(t *testing.T) *testHouse {
	t.Helper()
	dir := t.TempDir()
	records, err := store.Open(t.Context(), filepath.Join(dir, "records.db"))
	must(t, err)
	journal, err := store.OpenJournal(t.Context(), filepath.Join(dir, "journal.db"))
	must(t, err)
	archive, err := repo.Open(t.Context(), filepath.Join(dir, "texts"), repo.Options{})
	must(t, err)
	index, err := store.OpenSearch(t.Context(), filepath.Join(dir, "search.db"))
	must(t, err)
	service := drafting.New(drafting.Options{Archive: archive, Records: records, Journal: journal, Index: index})
	t.Cleanup(func() {
		must(t, errors.Join(service.Close(context.WithoutCancel(t.Context())), archive.Close(), index.Close(), journal.Close(), records.Close()))
	})
	h := &testHouse{t: t, service: service, archive: archive, door: auth.New(records, records, records, time.Now), cookies: map[string]string{}, people: map[string]demo.SignIn{}}
	people, err := demo.Seed(t.Context(), service, h.door, time.Now())
	must(t, err)
	for _, p := range people {
		name := string(p.Role)
		if p.Role == drafting.RoleDelegate {
			name = string(p.Circle)
		}
		if h.cookies[name] != "" {
			continue
		}
		secret, _, err := h.door.SignIn(t.Context(), p.Login, p.Password)
		must(t, err)
		h.cookies[name], h.people[name] = secret, p
	}
	h.server, err = New(Options{
		Service: service, Door: h.door, Git: http.NotFoundHandler(), Public: "http://plenary.test",
		Dist: fstest.MapFS{".vite/manifest.json": {Data: []byte(`{}`)}, "assets/a.css": {Data: []byte("a{}")}},
	})
	must(t, err)
	return h
}

// ask sends a request as somebody. A form makes it a POST.
func (h *testHouse) ask(as, method, target string, form url.Values) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, target, strings.NewReader(form.Encode()))
	r.Host = "plenary.test"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if secret := h.cookies[as]; secret != "" {
		r.AddCookie(&http.Cookie{Name: "plenary", Value: secret})
	}
	w := httptest.NewRecorder()
	if method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/live") { // an event stream would go on for minutes
		following, leave := context.WithCancel(r.Context())
		defer leave()
		h.server.Handler().ServeHTTP(&firstWords{w, leave}, r.WithContext(following))
		return w
	}
	h.server.Handler().ServeHTTP(w, r)
	return w
}

// firstWords leaves as soon as something was answered.
type firstWords struct {
	*httptest.ResponseRecorder
	leave context.CancelFunc
}

func (f *firstWords) Write(p []byte) (int, error) {
	defer f.leave()
	return f.ResponseRecorder.Write(p)
}

// actor is who asks with the cookie of that name.
func (h *testHouse) actor(as string) drafting.Actor {
	h.t.Helper()
	a, err := h.door.Actor(h.t.Context(), h.cookies[as])
	must(h.t, err)
	return a
}

// setOpen opens the assembly to anybody, or closes it to all but its people.
func (h *testHouse) setOpen(open bool) {
	h.t.Helper()
	as, err := h.service.Assembly(h.t.Context())
	must(h.t, err)
	as.Open = open
	must(h.t, h.service.SetAssembly(h.t.Context(), drafting.Operator(), as))
}
