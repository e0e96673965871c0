package server

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"plenary/server/drafting"
)

// linkIn finds the address of a one-time link on a page.
var linkIn = regexp.MustCompile(`/welcome\?link=[A-Z2-7]+`)

// personIn finds the address of somebody's account in the list of people.
func personIn(t *testing.T, list, name string) string {
	t.Helper()
	found := regexp.MustCompile(`<a href="(/people/\d+)"><b>` + regexp.QuoteMeta(name)).FindStringSubmatch(list)
	if found == nil {
		t.Fatalf("%s is not in the list of people", name)
	}
	return found[1]
}

// signedIn gives the cookie's secret out of an answer.
func signedIn(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	for _, c := range w.Result().Cookies() {
		if c.Name == "plenary" && c.Value != "" {
			return c.Value
		}
	}
	t.Fatalf("status %d, no session: %s", w.Code, w.Body)
	return ""
}

func TestAdministration(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	for _, part := range []struct {
		name string
		test func(*testing.T, *testHouse)
	}{
		{"ANewPersonComesInByLink", testANewPersonComesInByLink},
		{"PeopleComeFromAFile", testPeopleComeFromAFile},
		{"AnAccountIsClosedByTypingItsLogin", testAnAccountIsClosed},
		{"OnesOwnAccount", testOnesOwnAccount},
		{"MoreTimeForADelegation", testMoreTime},
		{"TheAuditLog", testTheAuditLog},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(t, h) })
	}
}

func testANewPersonComesInByLink(t *testing.T, h *testHouse) {
	if w := h.ask("secretariat", "POST", "/circles", url.Values{"label": {"BRA"}, "name": {"Brazil"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("a delegation: status %d\n%s", w.Code, w.Body)
	}
	if w := h.ask("secretariat", "POST", "/circles", url.Values{"label": {"BRA"}, "name": {"Brazil again"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Brazil again") {
		t.Errorf("the same delegation: status %d", w.Code)
	}
	person := url.Values{"login": {"Costa"}, "name": {"Ms Costa"}, "role": {"delegate"}, "circle": {"bra"}}
	added := h.ask("secretariat", "POST", "/people", person)
	link := linkIn.FindString(added.Body.String())
	if added.Code != http.StatusOK || link == "" || added.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("add: status %d, link %q, kept %q", added.Code, link, added.Header().Get("Cache-Control"))
	}
	if w := h.ask("secretariat", "POST", "/people", person); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "taken") {
		t.Errorf("the same login: status %d", w.Code)
	}
	if list := h.ask("secretariat", "GET", "/people", nil).Body.String(); strings.Contains(list, link) || !strings.Contains(list, "no password yet") {
		t.Error("the list shows the link again, or not that there is no password")
	}
	for range 2 { // looking uses nothing up
		if w := h.ask("nobody", "GET", link, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Welcome, Ms Costa") {
			t.Fatalf("the link: status %d\n%s", w.Code, w.Body)
		}
	}
	secret := strings.TrimPrefix(link, "/welcome?link=")
	if w := h.ask("nobody", "POST", "/welcome", url.Values{"link": {secret}, "password": {"costacosta1"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "your name or login") {
		t.Errorf("a password made of the login: status %d", w.Code)
	}
	set := h.ask("nobody", "POST", "/welcome", url.Values{"link": {secret}, "password": {"four brown ladders"}})
	h.cookies["bra"] = signedIn(t, set)
	if w := h.ask("bra", "GET", "/account", nil); !strings.Contains(w.Body.String(), "Ms Costa") {
		t.Errorf("signed in as somebody else: status %d", w.Code)
	}
	for _, method := range []string{"GET", "POST"} {
		target, form := link, url.Values(nil)
		if method == "POST" {
			target, form = "/welcome", url.Values{"link": {secret}, "password": {"five brown ladders"}}
		}
		if w := h.ask("nobody", method, target, form); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "has been used") {
			t.Errorf("%s with the link again: status %d", method, w.Code)
		}
	}
}

func testPeopleComeFromAFile(t *testing.T, h *testHouse) {
	file := "login,name,role,delegation,delegation name\nsuzuki,Mr Suzuki,,JPN,Japan\nsato,Ms Sato,king,JPN,\n"
	checked := h.ask("secretariat", "POST", "/people/import", url.Values{"step": {"check"}, "text": {file}})
	if checked.Code != http.StatusOK || !strings.Contains(checked.Body.String(), "adds the delegation JPN, Japan; adds Mr Suzuki, delegate") || !strings.Contains(checked.Body.String(), "no role") || strings.Contains(checked.Body.String(), `value="import"`) {
		t.Errorf("check: status %d\n%s", checked.Code, checked.Body)
	}
	if w := h.ask("secretariat", "POST", "/people/import", url.Values{"step": {"import"}, "text": {file}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("import of a broken file: status %d", w.Code)
	}
	file = strings.Replace(file, "king", "delegate", 1)
	if w := h.ask("secretariat", "POST", "/people/import", url.Values{"step": {"import"}, "text": {file}}); w.Code != http.StatusSeeOther {
		t.Fatalf("import: status %d\n%s", w.Code, w.Body)
	}
	links := h.ask("secretariat", "POST", "/people/links", url.Values{})
	if got := len(linkIn.FindAllString(links.Body.String(), -1)); got != 2 {
		t.Errorf("%d links for two people without a password", got)
	}
}

func testAnAccountIsClosed(t *testing.T, h *testHouse) {
	list := h.ask("secretariat", "GET", "/people", nil).Body.String()
	at := personIn(t, list, "Ms Costa")
	if w := h.ask("secretariat", "POST", at+"/close", url.Values{"typed": {"other"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without typing the login: status %d", w.Code)
	}
	if w := h.ask("secretariat", "POST", at+"/close", url.Values{"typed": {"costa"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("close: status %d\n%s", w.Code, w.Body)
	}
	if w := h.ask("bra", "GET", "/account", nil); w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/signin") {
		t.Errorf("the closed account's session: status %d", w.Code)
	}
	if w := h.ask("secretariat", "POST", at+"/link", url.Values{}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a link to a closed account: status %d", w.Code)
	}
	for _, step := range []struct {
		path string
		form url.Values
	}{{"/open", url.Values{}}, {"", url.Values{"name": {"Dr Costa"}, "role": {"observer"}}}, {"/leave", url.Values{"circle": {"bra"}}}, {"/join", url.Values{"circle": {"eur"}}}} {
		if w := h.ask("secretariat", "POST", at+step.path, step.form); w.Code != http.StatusSeeOther {
			t.Errorf("%s: status %d\n%s", step.path, w.Code, w.Body)
		}
	}
	if page := h.ask("secretariat", "GET", at, nil).Body.String(); !strings.Contains(page, "Dr Costa") || !strings.Contains(page, `aria-label="Take out of`) {
		t.Error("the account does not show what was changed")
	}
	own := personIn(t, list, "Mr Lindqvist")
	if w := h.ask("secretariat", "POST", own, url.Values{"name": {"Mr Lindqvist"}, "role": {"delegate"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "last open secretariat") {
		t.Errorf("the last secretariat gives itself up: status %d", w.Code)
	}
}

func testOnesOwnAccount(t *testing.T, h *testHouse) {
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/signin", strings.NewReader(url.Values{"login": {"moreau"}, "password": {"demonstration"}}.Encode()))
	r.Host = "plenary.test"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", `Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0 <b>`)
	w := httptest.NewRecorder()
	h.server.Handler().ServeHTTP(w, r)
	h.cookies["moreau"] = signedIn(t, w)
	page := h.ask("eur", "GET", "/account", nil).Body.String()
	if !strings.Contains(page, "Firefox on Linux") || !strings.Contains(page, "this one") || strings.Contains(page, h.cookies["moreau"]) || strings.Contains(page, h.cookies["eur"]) {
		t.Errorf("the account page: %s", page)
	}
	if w := h.ask("eur", "POST", "/account/password", url.Values{"old": {"wrong"}, "fresh": {"four brown ladders"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password: status %d", w.Code)
	}
	changed := h.ask("moreau", "POST", "/account/password", url.Values{"old": {"demonstration"}, "fresh": {"four brown ladders"}})
	fresh := signedIn(t, changed)
	for _, who := range []string{"eur", "moreau"} {
		if w := h.ask(who, "GET", "/account", nil); w.Code != http.StatusSeeOther {
			t.Errorf("a session from before the change: status %d", w.Code)
		}
	}
	h.cookies["eur"] = fresh
	if w := h.ask("eur", "GET", "/account?changed=1", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Your password is changed") {
		t.Errorf("afterwards: status %d", w.Code)
	}
	if w := h.ask("eur", "POST", "/account/sessions/end-others", url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("end others: status %d", w.Code)
	}
	if w := h.ask("eur", "POST", "/account/sessions/00ff/end", url.Values{}); w.Code != http.StatusNotFound {
		t.Errorf("end another's session: status %d", w.Code)
	}
}

func testMoreTime(t *testing.T, h *testHouse) {
	meeting := url.Values{"code": {"WTDA"}, "name": {"A"}, "meeting": {"M"}, "date": {"2020-03-12"}, "clock": {"18:00"}, "zone": {"Europe/Zurich"}}
	for field, wrong := range map[string]string{"zone": "Moon/Sea", "date": "tomorrow", "clock": "late", "code": ""} {
		form := url.Values{}
		maps.Copy(form, meeting)
		form.Set(field, wrong)
		if w := h.ask("secretariat", "POST", "/meeting", form); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s %q: status %d", field, wrong, w.Code)
		}
	}
	if w := h.ask("secretariat", "POST", "/meeting", meeting); w.Code != http.StatusSeeOther {
		t.Fatalf("the deadline: status %d\n%s", w.Code, w.Body)
	}
	if page := h.ask("secretariat", "GET", "/meeting", nil).Body.String(); !strings.Contains(page, `value="18:00"`) || !strings.Contains(page, "18:00 CET") {
		t.Error("the deadline is not said in its zone")
	}
	const draft = "/resolutions/wtda-11/proposals/eur/18a3-1"
	closed := h.ask("eur", "POST", draft+"/submit", url.Values{})
	byAPI := h.ask("eur", "POST", "/api/v1"+draft+"/submit", url.Values{})
	for door, w := range map[string]*httptest.ResponseRecorder{"page": closed, "API": byAPI} {
		if !strings.Contains(w.Body.String(), "Submitting closed on 12 March 2020, 18:00 CET") {
			t.Errorf("submit by %s after the deadline: status %d\n%s", door, w.Code, w.Body)
		}
	}
	later := time.Now().Add(24 * time.Hour)
	extension := url.Values{"circle": {"eur"}, "resolution": {"wtda-11"}, "date": {later.Format(time.DateOnly)}, "clock": {"18:00"}, "reason": {""}}
	if w := h.ask("secretariat", "POST", "/meeting/extensions", extension); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Write the reason") {
		t.Errorf("without a reason: status %d", w.Code)
	}
	extension.Set("reason", "flights were late")
	if w := h.ask("secretariat", "POST", "/meeting/extensions", extension); w.Code != http.StatusSeeOther {
		t.Fatalf("extend: status %d\n%s", w.Code, w.Body)
	}
	if w := h.ask("eur", "POST", draft+"/submit", url.Values{}); strings.Contains(w.Body.String(), "Submitting closed") {
		t.Errorf("submit with more time: status %d\n%s", w.Code, w.Body)
	}
	if w := h.ask("afr", "POST", "/resolutions/wtda-11/proposals/afr/14a2-1/submit", url.Values{}); w.Code == http.StatusSeeOther && w.Header().Get("Location") != "/signin" {
		t.Errorf("a delegation without more time: status %d to %s", w.Code, w.Header().Get("Location"))
	}
	page := h.ask("secretariat", "GET", "/meeting", nil).Body.String()
	end := regexp.MustCompile(`/meeting/extensions/\d+/end`).FindString(page)
	if !strings.Contains(page, "flights were late") || end == "" {
		t.Fatalf("the meeting does not show the extension: %s", page)
	}
	if w := h.ask("secretariat", "POST", end, url.Values{}); w.Code != http.StatusSeeOther {
		t.Errorf("end: status %d", w.Code)
	}
	if w := h.ask("eur", "POST", draft+"/submit", url.Values{}); !strings.Contains(w.Body.String(), "Submitting closed") {
		t.Errorf("after the extension was ended: status %d", w.Code)
	}
}

func testTheAuditLog(t *testing.T, h *testHouse) {
	page := h.ask("secretariat", "GET", "/audit", nil).Body.String()
	for _, want := range []string{
		drafting.AuditLinkUsed, drafting.AuditRegister, drafting.AuditClosed, drafting.AuditPassword, drafting.AuditExtended, "flights were late", "192.0.2.1",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the log lacks %q", want)
		}
	}
	if some := h.ask("secretariat", "GET", "/audit?words=costa&act="+url.QueryEscape(drafting.AuditClosed), nil).Body.String(); strings.Count(some, "<time") != 1 {
		t.Errorf("closing one account is %d lines", strings.Count(some, "<time"))
	}
	h.ask("nobody", "POST", "/signin", url.Values{"login": {"=cmd|calc"}, "password": {"a very secret word"}})
	h.ask("nobody", "POST", "/signin", url.Values{"login": {"moreau"}, "password": {"a very secret word"}})
	file := h.ask("secretariat", "GET", "/audit.csv", nil)
	if file.Code != http.StatusOK || !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment") || !strings.HasPrefix(file.Body.String(), "time,person,name,") {
		t.Fatalf("export: status %d, %s", file.Code, file.Header())
	}
	for _, secret := range []string{"a very secret word", "four brown ladders", "demonstration", "=cmd", h.cookies["eur"], h.cookies["secretariat"]} {
		if strings.Contains(file.Body.String(), secret) || strings.Contains(page, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if again := h.ask("secretariat", "GET", "/audit", nil).Body.String(); !strings.Contains(again, drafting.AuditExported) {
		t.Error("the export is not on record")
	}
	for range 130 {
		must(t, h.service.Note(t.Context(), drafting.Actor{}, drafting.AuditSignedIn, fmt.Sprint(t.Name())))
	}
	older := regexp.MustCompile(`href="(/audit\?before=\d+)"`).FindStringSubmatch(h.ask("secretariat", "GET", "/audit", nil).Body.String())
	if older == nil || h.ask("secretariat", "GET", older[1], nil).Code != http.StatusOK {
		t.Errorf("older lines: %v", older)
	}
}
