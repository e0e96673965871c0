package server

import (
	"html"
	"net/http"
	"net/url"
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
