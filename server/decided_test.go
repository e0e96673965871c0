package server

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var (
	decisionKey  = regexp.MustCompile(`(?s)<form class="decision"[^>]* data-key="([^"]*)"`)
	decisionBody = regexp.MustCompile(`(?s)<form class="decision".*?<fieldset>(.*?)</fieldset>`)
	textarea     = regexp.MustCompile(`(?s)<textarea.*?</textarea>`)
)

// A decided question shows the same sentence and choices when it is opened again, every decision can be taken back from
// the list, and a merge that is done says so, however one comes to its page.
func TestDecisionsSeenAgain(t *testing.T) {
	h := newTestHouse(t)
	started := h.ask("chair", "POST", "/resolutions/wtda-11/merges", url.Values{"proposal": {"eur/18a3-1", "afr/14a2-1", "arb/21a1-1"}})
	at := started.Header().Get("Location")
	bare := func(page string) string {
		found := decisionBody.FindStringSubmatch(page)
		if found == nil {
			t.Fatalf("no decision is open:\n%s", page)
		}
		return textarea.ReplaceAllString(strings.ReplaceAll(found[1], " checked", ""), "")
	}
	seen := map[string]string{}
	for _, choice := range []string{"take-0", "combine", "brackets", "keep", "take-0", "take-0", "take-0"} {
		page := h.ask("chair", "GET", at, nil).Body.String()
		found := decisionKey.FindStringSubmatch(page)
		if found == nil {
			break
		}
		key := html.UnescapeString(found[1])
		seen[key] = bare(page)
		h.ask("chair", "POST", at+"/decide", url.Values{"key": {key}, "choice": {choice}, "words": {"other words than all"}})
		again := bare(h.ask("chair", "GET", at+"?"+url.Values{"clause": {key}}.Encode(), nil).Body.String())
		if again != seen[key] {
			t.Errorf("%s, decided by %s, shows\n%s\nand the first time\n%s", key, choice, again, seen[key])
		}
	}
	page := h.ask("chair", "GET", at, nil)
	if n := strings.Count(page.Body.String(), `action="`+at+`/take-back"`); len(seen) == 0 || n != len(seen) {
		t.Errorf("%d of %d decisions can be taken back", n, len(seen))
	}
	if !strings.Contains(page.Body.String(), `id="last"`) {
		t.Error("no way back to the last decision")
	}
	if cached := page.Header().Get("Cache-Control"); cached != "no-store" {
		t.Errorf("the workbench may be shown from memory: %q", cached)
	}
	done := h.ask("chair", "POST", at+"/finish", url.Values{"sentence": {"Agreed."}})
	if done.Code != http.StatusSeeOther || done.Header().Get("Location") != at {
		t.Fatalf("finish: status %d to %q\n%s", done.Code, done.Header().Get("Location"), done.Body)
	}
	after := h.ask("chair", "GET", at, nil).Body.String()
	for _, want := range []string{"into the revised text on ", `href="/resolutions/wtda-11/adopt"`, "<ins"} {
		if !strings.Contains(after, want) {
			t.Errorf("the finished merge lacks %q", want)
		}
	}
	if strings.Contains(after, at+"/finish") || strings.Contains(after, at+"/take-back") {
		t.Error("the finished merge still has live buttons")
	}
}
