package server

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// TestBeginningTwice sends the form that begins a proposal twice at once, as a double click does: both lead to the one
// draft, which the form then lists.
func TestBeginningTwice(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	const at = "/resolutions/wtda-11"
	form := func() string {
		t.Helper()
		return h.ask("apt", "GET", at+"/propose", nil).Body.String()
	}
	marked := regexp.MustCompile(`name="once" value="(\w+)"`).FindStringSubmatch(form())
	if marked == nil {
		t.Fatal("the form is not marked")
	}
	to := make([]string, 3)
	var all sync.WaitGroup
	for i := range to {
		all.Go(func() {
			w := h.ask("apt", "POST", at+"/propose", url.Values{"once": {marked[1]}})
			if w.Code == http.StatusSeeOther {
				to[i] = w.Header().Get("Location")
			}
		})
	}
	all.Wait()
	if to[0] == "" || to[0] != to[1] || to[0] != to[2] {
		t.Errorf("the same form led to %q", to)
	}
	if got := form(); !strings.Contains(got, strings.TrimSuffix(to[0], "/edit")) || strings.Count(got, "draft-") != 2 {
		t.Error("the form does not list the one draft")
	}
	if w := h.ask("apt", "POST", at+"/propose", url.Values{}); w.Header().Get("Location") == to[0] {
		t.Error("another form led to the same draft")
	}
}
