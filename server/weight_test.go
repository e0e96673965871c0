package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plenary/frontend"
	"plenary/server/web"
)

// What goes over the wire, in bytes: the first page anybody opens, with its styles and scripts and without fonts, which
// come after it is shown; and the editor's scripts with all they import.
const (
	mostFirstPage = 60_000
	mostEditor    = 130_000
)

// loaded are the styles and scripts a page names.
var loaded = regexp.MustCompile(`(?:href|src)="(/static/[^"]+\.(?:css|js))"`)

func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	dist, err := fs.Sub(frontend.Dist, "dist")
	must(t, err)
	h := newTestHouse(t)
	h.server, err = New(Options{Service: h.service, Door: h.door, Git: http.NotFoundHandler(), Public: "http://plenary.test", Dist: dist})
	if errors.Is(err, web.ErrNotBuilt) {
		t.Skip("the pages have not been built: run make build")
	}
	must(t, err)
	for _, path := range []string{"/", "/signin"} {
		page := h.packed(t, path)
		sum, files := page.Body.Len(), ""
		plain := h.ask("nobody", http.MethodGet, path, nil).Body.String()
		for _, m := range loaded.FindAllStringSubmatch(plain, -1) {
			if size := h.packed(t, m[1]).Body.Len(); !strings.Contains(files, m[1]) {
				sum += size
				files += fmt.Sprintf(" %s %d,", m[1], size)
			}
		}
		t.Logf("%s: %d bytes in all, the page %d,%s", path, sum, page.Body.Len(), files)
		if files == "" || sum > mostFirstPage {
			t.Errorf("%s weighs %d bytes, at most %d are agreed:%s", path, sum, mostFirstPage, files)
		}
	}
	var manifest map[string]struct {
		File    string   `json:"file"`
		Imports []string `json:"imports"`
	}
	raw, err := fs.ReadFile(dist, ".vite/manifest.json")
	must(t, err)
	must(t, json.NewDecoder(bytes.NewReader(raw)).Decode(&manifest))
	island, sum := []string{"editor/editor.ts"}, 0
	for i := 0; i < len(island); i++ {
		part, ok := manifest[island[i]]
		if !ok {
			t.Fatalf("%s is not built", island[i])
		}
		sum += h.packed(t, "/static/"+part.File).Body.Len()
		for _, more := range part.Imports {
			if !slices.Contains(island, more) {
				island = append(island, more)
			}
		}
	}
	t.Logf("the editor: %d bytes in %v", sum, island)
	if sum > mostEditor {
		t.Errorf("the editor weighs %d bytes, at most %d are agreed: %v", sum, mostEditor, island)
	}
}

// packed asks as a browser does, which takes what is compressed.
func (h *testHouse) packed(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Host = "plenary.test"
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d", path, w.Code)
	}
	return w
}
