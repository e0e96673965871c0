package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"plenary/server/drafting"
)

// TestAnAccountGoes closes an account, and all its doors with it, then removes it; the record stays.
func TestAnAccountGoes(t *testing.T) {
	t.Parallel()
	h := newGitHouse(t)
	actor := h.actor("eur")
	var copied struct {
		Login  string
		Tokens []struct{ Name string } `json:"access_tokens"`
		Acts   []struct{ Act string }
	}
	file := h.ask("eur", "GET", "/account/export", nil)
	must(t, json.Unmarshal(file.Body.Bytes(), &copied))
	if copied.Login != actor.Login || len(copied.Tokens) != 2 || strings.Contains(file.Body.String(), h.tokens["eur"][1]) || strings.Contains(file.Body.String(), h.cookies["eur"]) {
		t.Errorf("the copy of the account: %s", file.Body)
	}
	signedIn, done := h.server.signIns.open(actor.Person, h.cookies["eur"])
	defer done()
	byToken, doneToken := h.server.signIns.open(actor.Person, h.tokens["eur"][1])
	defer doneToken()
	at := personIn(t, h.ask("secretariat", "GET", "/people", nil).Body.String(), actor.Name)
	if w := h.ask("secretariat", "POST", at+"/remove", url.Values{"typed": {actor.Login}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an open account is removed: status %d", w.Code)
	}
	link := linkIn.FindString(h.ask("secretariat", "POST", at+"/link", url.Values{}).Body.String())
	if w := h.ask("secretariat", "POST", at+"/close", url.Values{"typed": {actor.Login}}); w.Code != http.StatusSeeOther {
		t.Fatalf("close: status %d", w.Code)
	}
	must(t, h.server.endSignedOut(t.Context(), 0))
	for door, ended := range map[string]<-chan struct{}{"socket by session": signedIn.Done(), "socket by token": byToken.Done()} {
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			t.Errorf("the %s stays open", door)
		}
	}
	if w := h.ask("eur", "GET", "/account", nil); w.Code != http.StatusSeeOther {
		t.Errorf("the session stays: status %d", w.Code)
	}
	if w := h.askGit("eur", "GET", "/git/wtda-11.git/info/refs?service=git-upload-pack", "", ""); w.Code != http.StatusUnauthorized {
		t.Errorf("the token stays: status %d", w.Code)
	}
	if w := h.ask("nobody", "GET", link, nil); w.Code != http.StatusNotFound {
		t.Errorf("the link stays: status %d", w.Code)
	}
	if w := h.ask("nobody", "POST", "/signin", url.Values{"login": {actor.Login}, "password": {"demonstration"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("signs in: status %d", w.Code)
	}

	if w := h.ask("secretariat", "POST", at+"/remove", url.Values{"typed": {"another"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without typing the login: status %d", w.Code)
	}
	for range 2 {
		form := url.Values{"typed": {actor.Login}}
		if w := h.ask("secretariat", "POST", at+"/remove", form); w.Code >= http.StatusInternalServerError {
			t.Fatalf("remove: status %d", w.Code)
		}
	}
	page := h.ask("secretariat", "GET", at, nil).Body.String()
	if !strings.Contains(page, "This account was removed") || strings.Contains(page, "<b>"+actor.Login+"</b>") {
		t.Error("the page does not say that the account is removed")
	}
	if w := h.ask("secretariat", "POST", at+"/open", url.Values{}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a removed account is opened: status %d", w.Code)
	}
	if w := h.ask("secretariat", "GET", "/resolutions/wtda-11/proposals/eur/18a3-1", nil); !strings.Contains(w.Body.String(), actor.Name) {
		t.Error("the record has lost the name")
	}
	if w := h.ask("secretariat", "POST", "/people", url.Values{"login": {actor.Login}, "name": {"Somebody Else"}, "role": {"delegate"}}); w.Code != http.StatusOK {
		t.Errorf("the login is not free: status %d", w.Code)
	}
	if log := h.ask("secretariat", "GET", "/audit.csv", nil).Body.String(); !strings.Contains(log, drafting.AuditRemoved) || !strings.Contains(log, drafting.AuditTookOwnCopy) {
		t.Error("removal or copy is not on record")
	}
}
