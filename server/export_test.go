package server

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plenary/repo/docx"
)

var exported = regexp.MustCompile(`href="(/resolutions/[^"]+/export\?[^"]+)"`)

// TestEveryExportLinkGivesAFile follows the export links of the pages that show a text.
func TestEveryExportLinkGivesAFile(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	h.setOpen(true)
	const at = "/resolutions/wtda-11"
	for _, target := range []string{
		at + "/proposals/eur/18a3-1", at + "/read?version=proposals/eur/18a3-1", at + "/read?against=none",
		at + "/compare?a=main&b=proposals/eur/18a3-1", at + "/compare?a=main&b=proposals/eur/18a3-1&view=side",
	} {
		body := h.ask("nobody", "GET", target, nil).Body.String()
		links := exported.FindAllStringSubmatch(body, -1)
		if len(links) < 5 {
			t.Errorf("%s leads to %d files", target, len(links))
		}
		tracked := 0
		for _, l := range links {
			w := h.ask("nobody", "GET", html.UnescapeString(l[1]), nil)
			if w.Code != http.StatusOK || w.Body.Len() == 0 || !strings.HasPrefix(w.Header().Get("Content-Disposition"), `attachment; filename="wtda-11-`) {
				t.Errorf("%s: status %d, %s", l[1], w.Code, w.Header())
			}
			if strings.Contains(l[1], "form=docx") {
				c, err := docx.Import(w.Body.Bytes())
				must(t, err)
				if c.Proposals[0].Changed {
					tracked++
				}
			}
		}
		if want := 2 * strings.Count(target, "eur"); tracked != want { // alone, and with comments
			t.Errorf("%s leads to %d files with tracked changes, want %d", target, tracked, want)
		}
	}
}

func TestExportRefusals(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	h.setOpen(true)
	eur := h.actor("eur")
	draft, err := h.service.Propose(t.Context(), eur, "wtda-11", "")
	must(t, err)
	to := func(q url.Values) string { return "/resolutions/wtda-11/export?" + q.Encode() }
	for _, who := range []string{"nobody", "observer", "afr", "chair", "secretariat"} {
		for _, q := range []url.Values{{"version": {draft.Draft.Draft()}}, {"against": {draft.Draft.Draft()}}} {
			if w := h.ask(who, "GET", to(q), nil); w.Code != http.StatusNotFound {
				t.Errorf("%s asks for another's draft: status %d", who, w.Code)
			}
		}
	}
	if w := h.ask("eur", "GET", to(url.Values{"version": {draft.Draft.Draft()}}), nil); w.Code != http.StatusOK {
		t.Errorf("its own delegation: status %d", w.Code)
	}
	if w := h.ask("eur", "GET", to(url.Values{"form": {"../x"}}), nil); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "choose docx") {
		t.Errorf("a form that is none: status %d, %s", w.Code, w.Body)
	}
}
