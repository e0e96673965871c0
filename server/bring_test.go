package server

import (
	"archive/zip"
	"bytes"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"plenary/repo"
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

// follow gets the page that a form led to.
func (h *testHouse) follow(as string, w *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	h.t.Helper()
	if w.Code != http.StatusSeeOther {
		h.t.Fatalf("status %d\n%s", w.Code, w.Body)
	}
	return h.ask(as, "GET", w.Header().Get("Location"), nil)
}

func TestAWordContributionIsBroughtInTwoSteps(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	const at = "/resolutions/wtda-11/bring"
	file, _, revised := h.wordFile("EUR/99A1/1")
	sent := h.send("eur", at, "eur.docx", file, map[string]string{"step": "check"})
	checked := h.follow("eur", sent)
	one := sent.Header().Get("Location")
	body := checked.Body.String()
	if checked.Code != http.StatusOK || one != at+"/1" || !strings.Contains(body, `value="EUR/99A1/1"`) || strings.Contains(body, "<b>safer") || !strings.Contains(body, "<ins") {
		t.Fatalf("check: status %d\n%s", checked.Code, body)
	}
	if list := h.ask("eur", "GET", at, nil).Body.String(); !strings.Contains(list, `href="`+one+`"`) || !strings.Contains(list, "waits for a decision") {
		t.Errorf("the file does not wait in the list:\n%s", list)
	}
	if w := h.ask("eur", "GET", one+"/original", nil); !bytes.Equal(w.Body.Bytes(), file) || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the original: status %d, %d bytes, %s", w.Code, w.Body.Len(), w.Header().Get("Content-Disposition"))
	}
	for _, other := range []string{"afr", "secretariat"} {
		for _, target := range []string{one, one + "/original", "/resolutions/wtda-12/bring/1"} {
			if w := h.ask(other, "GET", target, nil); w.Code != http.StatusNotFound {
				t.Errorf("%s gets %s of another delegation: status %d", other, target, w.Code)
			}
		}
		if w := h.ask(other, "POST", one, url.Values{"step": {"discard"}}); w.Code != http.StatusNotFound {
			t.Errorf("%s discards it: status %d", other, w.Code)
		}
	}
	form := url.Values{"step": {"begin"}, "part": {"0"}, "number": {"AFR/1"}, "note": {"yes"}, "cover": {"In writing is safer.\r\n"}}
	again := h.ask("eur", "POST", one, form)
	if again.Code != http.StatusUnprocessableEntity || !strings.Contains(again.Body.String(), "begins with EUR/") || !strings.Contains(again.Body.String(), `value="AFR/1"`) {
		t.Fatalf("a number of others: status %d\n%s", again.Code, again.Body)
	}
	form.Set("number", "EUR/99A1/1")
	begun := h.ask("eur", "POST", one, form)
	if begun.Code != http.StatusSeeOther || begun.Header().Get("Location") != "/resolutions/wtda-11/proposals/eur/99a1-1/edit" {
		t.Fatalf("begin: status %d to %q\n%s", begun.Code, begun.Header().Get("Location"), begun.Body)
	}
	got, err := h.service.Export(t.Context(), h.actor("eur"), "wtda-11", drafting.ExportRequest{Version: "drafts/eur/99a1-1", Form: drafting.ExportMarkdown})
	must(t, err)
	if string(got.Content) != revised {
		t.Errorf("the draft says\n%s", got.Content)
	}
	if w := h.ask("eur", "POST", one, url.Values{"step": {"discard"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "stays") {
		t.Errorf("the original of a draft is discarded: status %d", w.Code)
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

func TestAFileIsDiscarded(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	file, _, _ := h.wordFile("")
	for as, at := range map[string]string{"eur": "/resolutions/wtda-11/bring", "secretariat": "/import"} {
		one := h.send(as, at, "a.docx", file, nil).Header().Get("Location")
		if w := h.ask(as, "POST", one, url.Values{"step": {"discard"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != at {
			t.Errorf("%s: status %d to %s", one, w.Code, w.Header().Get("Location"))
		}
		for _, target := range []string{one, one + "/original"} {
			if w := h.ask(as, "GET", target, nil); w.Code != http.StatusNotFound {
				t.Errorf("%s after it was discarded: status %d", target, w.Code)
			}
		}
	}
}

// TestLargeWordFilesAreTaken sends files of 3 and 19 MiB, as pictures make them.
func TestLargeWordFilesAreTaken(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	small, _, _ := h.wordFile("EUR/99A1/1")
	for _, size := range []int{3 << 20, 19 << 20} {
		file := withPicture(t, small, size)
		sent := h.send("eur", "/resolutions/wtda-11/bring", "large.docx", file, nil)
		if w := h.follow("eur", sent); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `value="EUR/99A1/1"`) {
			t.Errorf("%d bytes: status %d", len(file), w.Code)
		}
		if w := h.ask("eur", "GET", sent.Header().Get("Location")+"/original", nil); w.Body.Len() != len(file) {
			t.Errorf("%d bytes came back of %d", w.Body.Len(), len(file))
		}
	}
}

// withPicture adds a picture of size bytes, which do not pack, to a Word file.
func withPicture(t *testing.T, file []byte, size int) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		must(t, z.Copy(f))
	}
	picture, err := z.CreateHeader(&zip.FileHeader{Name: "word/media/image1.png", Method: zip.Store})
	must(t, err)
	_, err = io.CopyN(picture, rand.NewChaCha8([32]byte{}), int64(size))
	must(t, err)
	must(t, z.Close())
	return out.Bytes()
}

func TestTheSecretariatImportsAWordFile(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	file, base, revised := h.wordFile("")
	sent := h.send("secretariat", "/import", "text.docx", file, map[string]string{"step": "check"})
	for changes, want := range map[string]string{"": "left out", "?changes=accept": "taken"} {
		w := h.ask("secretariat", "GET", sent.Header().Get("Location")+changes, nil)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Here they are <b>"+want+"</b>") || strings.Contains(w.Body.String(), "line 0") {
			t.Errorf("%s: status %d\n%s", changes, w.Code, w.Body)
		}
	}
	for i, changes := range []string{"reject", "accept"} {
		sent := h.send("secretariat", "/import", "text.docx", file, nil).Header().Get("Location")
		slug := "wtda-9" + strconv.Itoa(i)
		if w := h.ask("secretariat", "POST", sent, url.Values{"step": {"import"}, "changes": {changes}, "slug": {slug}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: status %d\n%s", changes, w.Code, w.Body)
		}
		got, err := h.service.Read(t.Context(), h.actor("eur"), repo.Slug(slug), "main", "")
		must(t, err)
		if want := []string{base, revised}[i]; string(resolution.Format(got.Text)) != want {
			t.Errorf("%s gives\n%s", changes, resolution.Format(got.Text))
		}
		if w := h.ask("secretariat", "POST", sent, url.Values{"step": {"import"}, "slug": {"wtda-95"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "imported already") {
			t.Errorf("imported twice: status %d", w.Code)
		}
	}
	if w := h.send("secretariat", "/import", "text.docx", []byte("x"), map[string]string{"step": "check"}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "text.docx cannot be read") {
		t.Errorf("a broken file: status %d", w.Code)
	}
	if w := h.send("eur", "/import", "text.docx", file, nil); w.Code != http.StatusForbidden {
		t.Errorf("a delegate imports: status %d", w.Code)
	}
}

// TestAFlattenedContributionIsSettledAndBrought pastes a text in which struck and new words run together.
func TestAFlattenedContributionIsSettledAndBrought(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	const at = "/resolutions/wtda-11/bring"
	now, err := h.service.Read(t.Context(), h.actor("eur"), "wtda-11", "main", "")
	must(t, err)
	paper := string(resolution.FormatPaper(now.Text))
	last := now.Text.Blocks[len(now.Text.Blocks)-1]
	first := strings.Fields(resolution.Plain(last.Words))[0]
	fused := strings.Replace(paper, resolution.Plain(last.Words), strings.Replace(resolution.Plain(last.Words), first, first+"quickly and", 1), 1)
	fused = strings.Replace(fused, resolution.Plain(now.Text.Blocks[0].Words), "RESOLUTION 11 (Rev. Oslo, 2012Lima, 2016)", 1)
	w := h.ask("eur", "POST", at, url.Values{"text": {"Introduction\nIt should be quick.\nMOD\tEUR/99A1/1\n" + fused}})
	one := w.Header().Get("Location")
	page := h.follow("eur", w).Body.String()
	if !strings.Contains(page, "Struck and new words run together here") || !strings.Contains(page, "It should be quick.") || !strings.Contains(page, `value="EUR/99A1/1"`) {
		t.Fatalf("no warning, covering note or number:\n%s", page)
	}
	field := regexp.MustCompile(`name="(struck-0-[0-9]+)" value="` + regexp.QuoteMeta(first)).FindStringSubmatch(page)
	if field == nil {
		t.Fatalf("what was struck cannot be chosen:\n%s", page)
	}
	settled := h.ask("eur", "POST", one, url.Values{"step": {"settle"}, "part": {"0"}, field[1]: {first}})
	if !strings.Contains(settled.Body.String(), "place settled") {
		t.Errorf("status %d, nothing is settled:\n%s", settled.Code, settled.Body)
	}
	begun := h.ask("eur", "POST", one, url.Values{"step": {"begin"}, "part": {"0"}, "number": {"EUR/99A1/1"}, field[1]: {first}})
	if begun.Code != http.StatusSeeOther {
		t.Fatalf("begin: status %d\n%s", begun.Code, begun.Body)
	}
	got, err := h.service.Export(t.Context(), h.actor("eur"), "wtda-11", drafting.ExportRequest{Version: "drafts/eur/99a1-1", Form: drafting.ExportPaper})
	must(t, err)
	if !strings.Contains(string(got.Content), "quickly and") || strings.Contains(string(got.Content), first+"quickly") {
		t.Errorf("the draft says\n%s", got.Content)
	}
}
