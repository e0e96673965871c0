package server

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"plenary/server/drafting"
)

var (
	keyOnPage     = regexp.MustCompile(`<code class="secret">([A-Z2-7 ]+)</code>`)
	pendingOnPage = regexp.MustCompile(`name="pending" value="(\w+)"`)
)

// TestTheSecretariatMustHaveASecondStep asks for it, where the server is told to, before anything else.
func TestTheSecretariatMustHaveASecondStep(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	h.server.strict = true
	for _, target := range []string{"/", "/people", "/audit.csv", "/account", "/resolutions/wtda-11"} {
		if w := h.ask("secretariat", "GET", target, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != secondPath {
			t.Errorf("%s without a second step: status %d to %s", target, w.Code, w.Header().Get("Location"))
		}
	}
	for _, target := range []string{"/people/links", "/tokens"} {
		if w := h.ask("secretariat", "POST", target, url.Values{"name": {"x"}}); w.Code < 400 {
			t.Errorf("POST %s without a second step: status %d", target, w.Code)
		}
	}
	if w := h.ask("secretariat", "GET", "/api/v1/me", nil); w.Code < 400 {
		t.Errorf("the API without a second step: status %d", w.Code)
	}
	if w := h.ask("eur", "GET", "/", nil); w.Code != http.StatusOK {
		t.Errorf("a delegate: status %d", w.Code)
	}
	page := h.ask("secretariat", "GET", secondPath, nil)
	key := keyOnPage.FindStringSubmatch(page.Body.String())
	if key == nil || page.Header().Get("Cache-Control") != "no-store" || !strings.Contains(page.Body.String(), "data:image/png;base64,iVBOR") {
		t.Fatalf("the page to set it up: status %d, kept %q\n%s", page.Code, page.Header().Get("Cache-Control"), page.Body)
	}
	code := func(at time.Time) string {
		made, err := totp.GenerateCode(strings.ReplaceAll(key[1], " ", ""), at)
		must(t, err)
		return made
	}
	if w := h.ask("secretariat", "POST", secondPath, url.Values{"code": {"000000"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code: status %d", w.Code)
	}
	set := h.ask("secretariat", "POST", secondPath, url.Values{"code": {code(time.Now())}})
	codes := keyOnPage.FindAllStringSubmatch(set.Body.String(), -1)
	if set.Code != http.StatusOK || len(codes) != 10 {
		t.Fatalf("set up: status %d, %d recovery codes", set.Code, len(codes))
	}
	if w := h.ask("secretariat", "GET", "/people", nil); w.Code != http.StatusOK {
		t.Errorf("with a second step: status %d", w.Code)
	}
	if again := h.ask("secretariat", "GET", secondPath, nil).Body.String(); keyOnPage.MatchString(again) || !strings.Contains(again, "10 recovery codes are left") {
		t.Error("key or codes are shown again, or not counted")
	}

	who := h.people["secretariat"]
	first := h.ask("nobody", "POST", "/signin", url.Values{"login": {who.Login}, "password": {who.Password}, "next": {"/audit"}})
	pending := pendingOnPage.FindStringSubmatch(first.Body.String())
	if first.Code != http.StatusOK || pending == nil || first.Header().Get("Set-Cookie") != "" {
		t.Fatalf("login and password: status %d, cookie %q", first.Code, first.Header().Get("Set-Cookie"))
	}
	wrong := h.ask("nobody", "POST", "/signin/code", url.Values{"pending": {pending[1]}, "code": {"123"}, "next": {"/audit"}})
	if wrong.Code != http.StatusUnprocessableEntity || pendingOnPage.FindStringSubmatch(wrong.Body.String()) == nil {
		t.Errorf("a wrong code: status %d", wrong.Code)
	}
	in := h.ask("nobody", "POST", "/signin/code", url.Values{"pending": {pending[1]}, "code": {codes[0][1]}, "next": {"/audit"}})
	if in.Code != http.StatusSeeOther || in.Header().Get("Location") != "/audit" || signedIn(t, in) == "" {
		t.Errorf("by a recovery code: status %d to %s", in.Code, in.Header().Get("Location"))
	}
	log := h.ask("secretariat", "GET", "/audit.csv", nil).Body.String()
	for _, secret := range []string{key[1], codes[0][1], codes[1][1], pending[1]} {
		if strings.Contains(log, secret) || strings.Contains(log, strings.ReplaceAll(secret, " ", "")) {
			t.Errorf("the audit log holds %q", secret)
		}
	}
	if !strings.Contains(log, drafting.AuditSecondOn) {
		t.Error("setting it up is not on record")
	}
}

// TestAnAddressIsNotedAndAStepTakenAway is what the secretariat does for people.
func TestAnAddressIsNotedAndAStepTakenAway(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	at := personIn(t, h.ask("secretariat", "GET", "/people", nil).Body.String(), "Ms Moreau")
	for email, want := range map[string]int{"nowhere": http.StatusUnprocessableEntity, "a@b.example, c@d.example": http.StatusUnprocessableEntity, "Moreau@Example.org": http.StatusSeeOther} {
		if w := h.ask("secretariat", "POST", at+"/email", url.Values{"email": {email}}); w.Code != want {
			t.Errorf("%q: status %d, want %d", email, w.Code, want)
		}
	}
	if page := h.ask("secretariat", "GET", at, nil).Body.String(); !strings.Contains(page, `value="moreau@example.org"`) {
		t.Error("the address is not shown to the secretariat")
	}
	other := personIn(t, h.ask("secretariat", "GET", "/people", nil).Body.String(), "Mr Novak")
	if w := h.ask("secretariat", "POST", other+"/email", url.Values{"email": {"moreau@example.org"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Somebody else has") {
		t.Errorf("somebody else's address: status %d", w.Code)
	}
	if w := h.ask("secretariat", "POST", at+"/second", url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("take away: status %d", w.Code)
	}
	if w := h.ask("nobody", "GET", "/signin/elsewhere", nil); w.Code != http.StatusNotFound {
		t.Errorf("without a provider: status %d", w.Code)
	}
	if w := h.ask("nobody", "GET", "/signin/back?state=x&code=y", nil); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("back from nowhere: status %d", w.Code)
	}
}
