package server

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plenary/server/drafting"
)

// TestScreensWithoutScript comments, takes stances and asks for words by forms and links alone.
func TestScreensWithoutScript(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	const at, text = "/resolutions/wtda-11", "proposals/eur/18a3-1"
	page := func(as, target string) string {
		t.Helper()
		w := h.ask(as, "GET", target, nil)
		if w.Code != http.StatusOK {
			t.Fatalf("%s by %s: status %d", target, as, w.Code)
		}
		return w.Body.String()
	}
	list := at + "/comments?text=" + text
	for words, audience := range map[string]drafting.Audience{"for us <b>alone</b>": drafting.AudienceOwn, "for everybody": drafting.AudienceAll} {
		form := url.Values{"text": {text}, "clause": {"resolves-2"}, "audience": {string(audience)}, "words": {words}}
		if w := h.ask("eur", "POST", at+"/comments", form); w.Code != http.StatusSeeOther {
			t.Fatalf("comment: status %d", w.Code)
		}
	}
	if w := h.ask("eur", "POST", at+"/comments", url.Values{"text": {text}, "clause": {"resolves-2"}, "audience": {"all"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an empty comment: status %d", w.Code)
	}
	if got := page("eur", list); !strings.Contains(got, "for us &lt;b&gt;alone") || !strings.Contains(got, "for everybody") {
		t.Error("the writer does not see both comments")
	}
	if got := page("afr", list) + page("nobody", list) + page("afr", "/api/v1"+list); strings.Contains(got, "for us") || strings.Count(got, "for everybody") != 3 {
		t.Error("others hear what is not for them, or not what is for all")
	}

	comp := page("apt", at+"/compilation")
	block := regexp.MustCompile(`name="block" value="([0-9a-f]+)"`).FindStringSubmatch(comp)
	if block == nil {
		t.Fatal("no stance can be taken")
	}
	if w := h.ask("apt", "POST", at+"/stance", url.Values{"block": {block[1]}, "stance": {"object"}, "reason": {"Too dear."}}); w.Code != http.StatusSeeOther {
		t.Fatalf("object: status %d", w.Code)
	}
	if got := page("chair", at+"/compilation"); !strings.Contains(got, "Objection: APT") || !strings.Contains(got, "Too dear.") {
		t.Error("the objection is not told")
	}
	for _, view := range []string{"columns", "projector"} {
		page("nobody", at+"/compilation?view="+view)
	}

	words := page("nobody", at+"/words?version="+text)
	source := regexp.MustCompile(`class="sourced slot-\d+" id="w(\d+)"`).FindStringSubmatch(words)
	if source == nil {
		t.Fatal("no word of a delegation")
	}
	if got := page("nobody", at+"/words?version="+text+"&word="+source[1]); !strings.Contains(got, "Proposed in <a") || !strings.Contains(got, `aria-current="true"`) {
		t.Error("the word does not tell who brought it")
	}
	if got := page("nobody", at+"/map"); !strings.Contains(got, "clashes with") || !strings.Contains(got, `scope="row"`) {
		t.Error("the map tells of no clash")
	}
	page("nobody", at+"/open")
}
