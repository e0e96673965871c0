package server

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestEveryPageIsWalked holds the routes against the list of pages that the browser stories walk for barriers, hostile
// words and narrow screens: every address that answers GET has its rows there, or a word why it is no page.
func TestEveryPageIsWalked(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../frontend/e2e/pages.json")
	must(t, err)
	var rows map[string]any
	must(t, json.Unmarshal(raw, &rows))
	h := newTestHouse(t)
	for _, r := range h.server.echo.Routes() {
		if r.Method != http.MethodGet || strings.HasPrefix(r.Path, "/api/") {
			continue
		}
		switch row := rows["GET "+r.Path].(type) {
		case string:
		case []any:
			if len(row) == 0 {
				t.Errorf("GET %s: its row in e2e/pages.json names nobody who looks at it", r.Path)
			}
		default:
			t.Errorf("GET %s: no row in e2e/pages.json; add who looks at it and where, or why it is no page", r.Path)
		}
		delete(rows, "GET "+r.Path)
	}
	delete(rows, "an error")
	for row := range rows {
		t.Errorf("%s: no such route; take its row out of e2e/pages.json", row)
	}
}
