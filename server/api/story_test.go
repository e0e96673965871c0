package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
)

func TestADraftIsItsCirclesOwn(t *testing.T) {
	d := newDoor(t)
	const path = "/resolutions/wtda-5/proposals"
	view := read[ProposalView](t, d.ask(t, "moreau", http.MethodPost, path, `{"number":"EUR/18A4/1"}`, http.StatusCreated))
	if view.Proposal.Label != "EUR/18A4/1" || view.Proposal.Status != ProposalStatusDraft || !view.May.Write || view.Submitted.Key != "" {
		t.Errorf("draft: %+v", view)
	}
	own := path + "/eur/" + view.Proposal.Name
	if got := get[ProposalView](t, d, "novak", own); got.Draft.Key != "drafts/eur/"+view.Proposal.Name {
		t.Errorf("a colleague is shown %+v", got.Draft)
	}
	if got := get[[]Proposal](t, d, "novak", path); len(got) != 1 || !got[0].Mine {
		t.Errorf("a colleague's list: %+v", got)
	}
	for _, other := range []string{"okafor", "silva", "lindqvist", "berg", ""} {
		if got := get[[]Proposal](t, d, other, path); len(got) != 0 {
			t.Errorf("%q is told of the draft: %+v", other, got)
		}
		d.ask(t, other, http.MethodGet, own, "", http.StatusNotFound)
		d.ask(t, other, http.MethodGet, "/resolutions/wtda-5/text?version=drafts/eur/"+view.Proposal.Name, "", http.StatusNotFound)
	}
	problem := read[Problem](t, d.ask(t, "moreau", http.MethodPost, own+"/submit", "", http.StatusConflict))
	if problem.Code != ProblemCodeNotPossible || !strings.Contains(problem.Sentence, "no change") {
		t.Errorf("submitting nothing: %+v", problem)
	}
	d.ask(t, "berg", http.MethodPost, path, `{}`, http.StatusForbidden)
	d.ask(t, "", http.MethodPost, path, `{}`, http.StatusUnauthorized)
	d.ask(t, "moreau", http.MethodPost, path, `{"number":"AFR/1"}`, http.StatusConflict)
}

func TestSubmitAndWithdraw(t *testing.T) {
	d := newDoor(t)
	const own = "/resolutions/wtda-23/proposals/eur/draft-1"
	s := read[Submission](t, d.ask(t, "novak", http.MethodPost, own+"/submit", "", http.StatusCreated))
	if s.N != 1 || len(s.Commit) != 40 {
		t.Errorf("submission: %+v", s)
	}
	if got := get[ProposalView](t, d, "", own); got.Submitted.Commit != s.Commit || got.Proposal.Clauses != 2 || len(got.Submissions) != 1 || got.Draft.Key != "" {
		t.Errorf("as others see it: %+v, %d submissions, draft %+v", got.Proposal, len(got.Submissions), got.Draft)
	}
	d.ask(t, "okafor", http.MethodPost, own+"/withdraw", `{"reason":"Not mine."}`, http.StatusForbidden)
	d.ask(t, "moreau", http.MethodPost, own+"/withdraw", `{"reason":"Taken up by another."}`, http.StatusNoContent)
	if got := get[ProposalView](t, d, "", own); got.Proposal.Status != ProposalStatusWithdrawn || got.Proposal.Reason != "Taken up by another." {
		t.Errorf("withdrawn: %+v", got.Proposal)
	}
}

func TestAMergeFromBeginningToEnd(t *testing.T) {
	d := newDoor(t)
	const start = `{"proposals":["afr/14a2-1","arb/21a1-1","eur/18a3-1"]}`
	for login, status := range map[string]int{"moreau": http.StatusForbidden, "berg": http.StatusForbidden, "": http.StatusUnauthorized} {
		d.ask(t, login, http.MethodPost, "/resolutions/wtda-11/merges", start, status)
	}
	d.ask(t, "silva", http.MethodPost, "/resolutions/wtda-11/merges", `{"proposals":["main"]}`, http.StatusBadRequest)
	view := read[MergingView](t, d.ask(t, "silva", http.MethodPost, "/resolutions/wtda-11/merges", start, http.StatusCreated))
	merge := fmt.Sprintf("/merges/%d", view.Merging.Id)
	var conflict Decision
	for _, decision := range view.Decisions {
		if decision.Open {
			conflict = decision
		}
	}
	if view.Left != 1 || conflict.Name != "resolves 3" || len(conflict.Variants) != 2 || view.May.Finish {
		t.Fatalf("to decide: %d left, %+v, %+v", view.Left, conflict, view.May)
	}
	d.ask(t, "moreau", http.MethodGet, merge, "", http.StatusForbidden)
	d.ask(t, "silva", http.MethodPost, merge+"/finish", `{"sentence":"Too early."}`, http.StatusConflict)

	decision := merge + "/decisions/" + conflict.Key
	d.ask(t, "moreau", http.MethodPut, decision, `{"choice":"base"}`, http.StatusForbidden)
	d.ask(t, "silva", http.MethodPut, decision, `{"choice":"both"}`, http.StatusBadRequest)
	view = read[MergingView](t, d.ask(t, "silva", http.MethodPut, decision, `{"choice":"base"}`, http.StatusOK))
	if view.Left != 0 || !view.May.Finish {
		t.Errorf("decided: %d left, %+v", view.Left, view.May)
	}
	view = read[MergingView](t, d.ask(t, "silva", http.MethodDelete, decision, "", http.StatusOK))
	if view.Left != 1 {
		t.Errorf("taken back: %d left", view.Left)
	}
	take := 0
	if !strings.Contains(conflict.Variants[0].Words, "year") {
		take = 1
	}
	view = read[MergingView](t, d.ask(t, "silva", http.MethodPut, decision, fmt.Sprintf(`{"choice":"take","variant":%d}`, take), http.StatusOK))
	for _, again := range view.Decisions {
		if again.Key == conflict.Key && (again.Decided.Name != "Ms Silva" || again.Decided.Settlement.Variant != take) {
			t.Errorf("the decision as told: %+v", again.Decided)
		}
	}
	merged := read[Merged](t, d.ask(t, "silva", http.MethodPost, merge+"/finish", `{"sentence":"Agreed in plenary."}`, http.StatusOK))
	main := get[Reading](t, d, "", "/resolutions/wtda-11/text")
	if main.Version.Commit != merged.Commit {
		t.Errorf("main is %s, merged %s", main.Version.Commit, merged.Commit)
	}
	for _, words := range []string{
		"study groups shall treat", "free of charge and before all other traffic",
		"that understands a language of the caller", "up to date every year", "c bis) ", "2bis. ",
	} {
		if !strings.Contains(main.Markdown, words) {
			t.Errorf("the revised text lacks %q:\n%s", words, main.Markdown)
		}
	}
}

func TestBodiesRefused(t *testing.T) {
	h := &handlers{}
	for _, tc := range []struct {
		name, media, sent string
		status            int
	}{
		{"no content type", "", `{"number":""}`, http.StatusUnsupportedMediaType},
		{"a form", "application/x-www-form-urlencoded", "number=1", http.StatusUnsupportedMediaType},
		{"text", "text/plain", `{"number":""}`, http.StatusUnsupportedMediaType},
		{"nothing", "application/json", "", http.StatusBadRequest},
		{"broken", "application/json", `{"number":`, http.StatusBadRequest},
		{"an array", "application/json", `[]`, http.StatusBadRequest},
		{"another type", "application/json", `{"number":1}`, http.StatusBadRequest},
		{"something unknown", "application/json", `{"number":"","status":"adopted"}`, http.StatusBadRequest},
		{"two objects", "application/json", `{} {}`, http.StatusBadRequest},
		{"rubbish after it", "application/json", `{} x`, http.StatusBadRequest},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(tc.sent))
		r.Header.Set("Content-Type", tc.media)
		err := h.Propose(newContext(r), "wtda-5")
		if got := statusOf(err); got != tc.status {
			t.Errorf("%s: got %d (%v), want %d", tc.name, got, err, tc.status)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(`{"number":"`+strings.Repeat("x", 100)+`"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 50)
	if got := statusOf(h.Propose(newContext(r), "wtda-5")); got != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: got %d", got)
	}
}

func newContext(r *http.Request) echo.Context {
	return echo.New().NewContext(r, httptest.NewRecorder())
}

func statusOf(err error) int {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok && tooLarge.Limit > 0 {
		return http.StatusRequestEntityTooLarge
	}
	if known, ok := errors.AsType[*echo.HTTPError](err); ok {
		return known.Code
	}
	return 0
}

func TestProblemCodes(t *testing.T) {
	for status, want := range map[int]ProblemCode{
		400: ProblemCodeNotUnderstood, 401: ProblemCodeSignedOut, 403: ProblemCodeNotAllowed, 404: ProblemCodeNotFound,
		405: ProblemCodeNotUnderstood, 409: ProblemCodeNotPossible, 413: ProblemCodeTooLarge, 415: ProblemCodeNotUnderstood,
		422: ProblemCodeUnreadable, 429: ProblemCodeTooOften, 500: ProblemCodeServerError, 503: ProblemCodeBusy,
	} {
		raw, err := json.Marshal(NewProblem(status, "A sentence.", "12"))
		must(t, err)
		if got := fmt.Sprintf(`{"code":%q,"request":"12","sentence":"A sentence."}`, want); string(raw) != got {
			t.Errorf("%d: got %s, want %s", status, raw, got)
		}
	}
}
