package server

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plenary/repo/docx"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// send sends a form with a file, as a browser does.
func (h *testHouse) send(as, target, name string, file []byte, fields map[string]string) *httptest.ResponseRecorder {
	h.t.Helper()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	for key, value := range fields {
		must(h.t, m.WriteField(key, value))
	}
	part, err := m.CreateFormFile("file", name)
	must(h.t, err)
	_, err = part.Write(file)
	must(h.t, err)
	must(h.t, m.Close())
	r := httptest.NewRequestWithContext(h.t.Context(), "POST", target, &form)
	r.Host = "plenary.test"
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "plenary", Value: h.cookies[as]})
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	return w
}

// wordFile is a Word file that renames what the text is about, with tracked changes.
func (h *testHouse) wordFile(number string) (file []byte, base, revised string) {
	h.t.Helper()
	now, err := h.service.Read(h.t.Context(), h.actor("eur"), "wtda-11", "main", "")
	must(h.t, err)
	base = string(resolution.Format(now.Text))
	changed := resolution.Text{Blocks: append([]resolution.Block(nil), now.Text.Blocks...)}
	last := &changed.Blocks[len(changed.Blocks)-1]
	last.Words = "in writing, " + last.Words
	o := docx.Options{Author: "EUR", Number: number, Note: []byte("In writing is <b>safer</b>.\n")}
	if number != "" {
		o.Instruction = "MOD"
	}
	file, err = docx.Export(now.Text, changed, o)
	must(h.t, err)
	return file, base, string(resolution.Format(changed))
}

var hidden = regexp.MustCompile(`(?s)<textarea name="whole" hidden[^>]*>\n(.*?)</textarea>`)

func TestAWordContributionIsBroughtInTwoSteps(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	const at = "/resolutions/wtda-11/bring"
	file, _, revised := h.wordFile("EUR/99A1/1")
	checked := h.send("eur", at, "eur.docx", file, map[string]string{"step": "check"})
	body := checked.Body.String()
	if checked.Code != http.StatusOK || !strings.Contains(body, `value="EUR/99A1/1"`) || strings.Contains(body, "<b>safer") || !strings.Contains(body, "<ins") {
		t.Fatalf("check: status %d\n%s", checked.Code, body)
	}
	text := hidden.FindStringSubmatch(body)
	if text == nil || html.UnescapeString(text[1]) != revised {
		t.Fatalf("the form does not carry the text: %q", text)
	}
	form := url.Values{
		"step": {"begin"}, "file-name": {"eur.docx"}, "whole": {strings.ReplaceAll(revised, "\n", "\r\n")}, "number": {"AFR/1"},
		"note": {"yes"}, "cover": {"In writing is safer.\r\n"},
	}
	again := h.ask("eur", "POST", at, form)
	if again.Code != http.StatusUnprocessableEntity || !strings.Contains(again.Body.String(), "begins with EUR/") || !hidden.MatchString(again.Body.String()) {
		t.Fatalf("a number of others: status %d\n%s", again.Code, again.Body)
	}
	form.Set("number", "EUR/99A1/1")
	begun := h.ask("eur", "POST", at, form)
	if begun.Code != http.StatusSeeOther || begun.Header().Get("Location") != "/resolutions/wtda-11/proposals/eur/99a1-1/edit" {
		t.Fatalf("begin: status %d to %q\n%s", begun.Code, begun.Header().Get("Location"), begun.Body)
	}
	got, err := h.service.Export(t.Context(), h.actor("eur"), "wtda-11", drafting.ExportRequest{Version: "drafts/eur/99a1-1", Form: drafting.ExportMarkdown})
	must(t, err)
	if string(got.Content) != revised {
		t.Errorf("the draft says\n%s", got.Content)
	}
	if w := h.send("eur", at, "eur.docx", []byte("PK no"), map[string]string{"step": "check"}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "cannot be read") {
		t.Errorf("a broken file: status %d", w.Code)
	}
	if w := h.send("eur", at, "eur.docx", make([]byte, maxFileBody), map[string]string{"step": "check"}); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a file too large: status %d", w.Code)
	}
	if w := h.send("observer", at, "eur.docx", file, nil); w.Code != http.StatusForbidden {
		t.Errorf("an observer brings: status %d", w.Code)
	}
}

func TestTheSecretariatImportsAWordFile(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	file, base, revised := h.wordFile("")
	for changes, want := range map[string]string{"reject": base, "accept": revised} {
		w := h.send("secretariat", "/import", "text.docx", file, map[string]string{"step": "check", "changes": changes})
		body := html.UnescapeString(w.Body.String())
		if w.Code != http.StatusOK || !strings.Contains(body, want) || !strings.Contains(body, `value="text.md"`) || !strings.Contains(body, "Read from text.docx") {
			t.Errorf("%s: status %d\n%s", changes, w.Code, body)
		}
	}
	if w := h.send("secretariat", "/import", "text.docx", []byte("x"), map[string]string{"step": "check"}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "text.docx cannot be read") {
		t.Errorf("a broken file: status %d", w.Code)
	}
	if w := h.send("eur", "/import", "text.docx", file, nil); w.Code != http.StatusForbidden {
		t.Errorf("a delegate imports: status %d", w.Code)
	}
}
