package server

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestSearchPage searches as a browser without script does, and follows every link to its clause.
func TestSearchPage(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	page := func(as, target string) string {
		t.Helper()
		w := h.ask(as, "GET", target, nil)
		if w.Code != http.StatusOK {
			t.Fatalf("%s by %s: status %d", target, as, w.Code)
		}
		return w.Body.String()
	}
	if list := page("eur", "/"); !strings.Contains(list, `action="/search"`) {
		t.Error("the list's search box does not lead to the search")
	}
	hit := regexp.MustCompile(`<p class="where"><a href="([^"#]+)#([^"]+)">`)
	links := 0
	for _, as := range []string{"nobody", "eur"} {
		for _, words := range []string{"the", "resolves", "training", "to", "members"} {
			for _, link := range hit.FindAllStringSubmatch(page(as, "/search?q="+words), -1) {
				links++
				if text := page(as, html.UnescapeString(link[1])); !strings.Contains(text, ` id="`+link[2]+`"`) {
					t.Errorf("search for %q by %s leads to %s, which has no clause %s", words, as, link[1], link[2])
				}
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links were followed", links)
	}
	got := page("nobody", "/search?q=11")
	title, text := strings.Index(got, "In number or title"), strings.Index(got, "In the texts")
	if title < 0 || text >= 0 && text < title || !strings.Contains(got, `href="/resolutions/wtda-11"`) {
		t.Error("a number is not found, or not first")
	}
	for words, want := range map[string]string{
		"": "Write words to seek", "qqqqzz": "Nothing matches “qqqqzz”", "%22%22%22": "Write words to seek",
		"%ff%00%3Cscript%3Ealert": "Nothing matches", "a&from=-7": "", "the&from=99999999": "", "the&from=x": "",
		strings.Repeat("a+", 60): "only its first 12 words counted",
	} {
		if got := page("nobody", "/search?q="+words); !strings.Contains(got, want) || strings.Contains(got, "<script>alert") {
			t.Errorf("search for %q does not say %q", words, want)
		}
	}
	first := page("nobody", "/search?q=the")
	if after := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(first); after == nil {
		t.Error("no more hits than fit one page, or no link to them")
	} else if second := page("nobody", html.UnescapeString(after[1])); second == first || !strings.Contains(second, `rel="prev"`) {
		t.Error("the second page shows the first, or does not lead back")
	}
}
