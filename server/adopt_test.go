package server

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// Adopting asks for place and year first and shows what the lines become; a year in the place does no harm.
func TestAdoptInTwoSteps(t *testing.T) {
	h := newTestHouse(t)
	const adopt = "/resolutions/wtda-11/adopt"
	first := h.ask("chair", "GET", adopt, nil)
	if first.Code != http.StatusOK || strings.Contains(first.Body.String(), "number-line") {
		t.Fatalf("the first step: status %d\n%s", first.Code, first.Body)
	}
	if w := h.ask("chair", "POST", adopt, url.Values{"step": {"check"}, "place": {"Quito, 2027"}, "year": {"2026"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "2027") {
		t.Errorf("two years: status %d", w.Code)
	}
	second := h.ask("chair", "POST", adopt, url.Values{"step": {"check"}, "place": {"Quito, 2026"}, "year": {"2026"}})
	page := html.UnescapeString(second.Body.String())
	lines := url.Values{
		"step": {"adopt"}, "place": {"Quito"}, "year": {"2026"}, "edition": {"Rev. Quito, 2026"}, "number-line": {"RESOLUTION 11 (Rev. Quito, 2026)"},
		"history": {"(Lisbon, 2014; Kyoto, 2018; Nairobi, 2022; Quito, 2026)"}, "opening": {"The World Telecommunication Drafting Assembly (Quito, 2026),"},
	}
	for name, value := range lines {
		if !strings.Contains(page, value[0]) {
			t.Errorf("the second step, status %d, does not offer %s %q", second.Code, name, value[0])
		}
	}
	done := h.ask("chair", "POST", adopt, lines)
	if done.Code != http.StatusSeeOther || !strings.Contains(done.Header().Get("Location"), "quito-2026") {
		t.Fatalf("adopt: status %d to %s\n%s", done.Code, done.Header().Get("Location"), done.Body)
	}
	read := h.ask("chair", "GET", done.Header().Get("Location"), nil).Body.String()
	for _, want := range []string{"Rev. Quito, 2026", "Nairobi, 2022; Quito, 2026)", "Assembly (Quito, 2026),"} {
		if !strings.Contains(read, want) {
			t.Errorf("the adopted text lacks %q", want)
		}
	}
	if again := h.ask("chair", "POST", adopt, url.Values{"step": {"check"}, "place": {"Quito"}, "year": {"2026"}}); !strings.Contains(again.Body.String(), "on record already") {
		t.Errorf("once more: status %d", again.Code)
	}
}

// Who adopts a text with square brackets is told so at both steps, and the lines of the adopted text stand in the list of
// proposals by words of the assembly.
func TestAdoptWithBrackets(t *testing.T) {
	h := newTestHouse(t)
	const adopt = "/resolutions/wtda-11/adopt"
	if w := h.ask("chair", "GET", adopt, nil); strings.Contains(w.Body.String(), "brackets") {
		t.Errorf("nothing is open, and yet:\n%s", w.Body)
	}
	merge := h.ask("chair", "POST", "/resolutions/wtda-11/merges", url.Values{"proposal": {"eur/18a3-1", "afr/14a2-1"}}).Header().Get("Location")
	found := decisionKey.FindStringSubmatch(h.ask("chair", "GET", merge, nil).Body.String())
	if found == nil {
		t.Fatal("nothing is in conflict")
	}
	h.ask("chair", "POST", merge+"/decide", url.Values{"key": {html.UnescapeString(found[1])}, "choice": {"brackets"}})
	if done := h.ask("chair", "POST", merge+"/finish", url.Values{"sentence": {"Left open."}}); done.Code != http.StatusSeeOther {
		t.Fatalf("finish: status %d\n%s", done.Code, done.Body)
	}
	open := h.ask("chair", "GET", "/resolutions/wtda-11/open", nil).Body.String()
	count := regexp.MustCompile(`[0-9]+ pairs? of brackets (is|are) open`).FindString(open)
	check := h.ask("chair", "POST", adopt, url.Values{"step": {"check"}, "place": {"Quito"}, "year": {"2026"}})
	for step, page := range map[string]string{"first": h.ask("chair", "GET", adopt, nil).Body.String(), "second": check.Body.String()} {
		if count == "" || !strings.Contains(page, count) || !strings.Contains(page, `href="/resolutions/wtda-11/open"`) {
			t.Errorf("the %s step does not say that %q:\n%s", step, count, page)
		}
	}
	h.ask("chair", "POST", adopt, url.Values{
		"step": {"adopt"}, "place": {"Quito"}, "year": {"2026"}, "edition": {"Rev. Quito, 2026"}, "number-line": {"RESOLUTION 11 (Rev. Quito, 2026)"},
	})
	if list := h.ask("chair", "GET", "/resolutions/wtda-11", nil).Body.String(); !strings.Contains(list, "lines of the adopted text (Quito, 2026)") {
		t.Errorf("the list of proposals does not name the adopted lines:\n%s", list)
	}
}
