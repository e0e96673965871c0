package server

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
)

// stream is an event stream as a test reads it.
type stream struct {
	*http.Response
	lines chan string
}

func (h *testHouse) stream(t *testing.T, front, path, secret string) stream {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, front+path, nil)
	must(t, err)
	r.Header.Set("Cookie", "plenary="+secret)
	w, err := http.DefaultClient.Do(r)
	must(t, err)
	s := stream{w, make(chan string, 64)}
	go func() {
		defer close(s.lines)
		defer func() { _ = w.Body.Close() }()
		for in := bufio.NewScanner(w.Body); in.Scan(); {
			s.lines <- in.Text()
		}
	}()
	return s
}

// next gives the data of the next event of a name; "" when the stream ends first.
func (s stream) next(t *testing.T, name string) string {
	t.Helper()
	late := time.After(20 * time.Second)
	for found := false; ; {
		select {
		case line, on := <-s.lines:
			if !on {
				return ""
			}
			if data, ok := strings.CutPrefix(line, "data: "); ok && found {
				return data
			}
			found = line == "event: "+name
		case <-late:
			t.Fatalf("no event %q", name)
		}
	}
}

func (s stream) stir(t *testing.T) (got stirred) {
	t.Helper()
	data := s.next(t, "stir")
	must(t, json.Unmarshal([]byte(data), &got))
	return got
}

// Who follows hears of what they may know of, and of nothing else, until they sign out.
func TestFollowing(t *testing.T) {
	h := newTestHouse(t)
	h.setOpen(false)
	front := httptest.NewServer(h.server.Handler())
	t.Cleanup(front.Close)
	const path = "/resolutions/wtda-11/live"
	eur, afr, chair := h.stream(t, front.URL, path, h.cookies["eur"]), h.stream(t, front.URL, path, h.cookies["afr"]), h.stream(t, front.URL, path, h.cookies["chair"])
	all := h.stream(t, front.URL, "/live", h.cookies["observer"])
	for name, s := range map[string]stream{"eur": eur, "afr": afr, "chair": chair, "all": all} {
		if s.StatusCode != http.StatusOK || s.next(t, "since") == "" {
			t.Fatalf("%s: status %d", name, s.StatusCode)
		}
	}
	// A draft begun is its circle's; a submission everybody's; a merge being worked out the chair's.
	_, err := h.service.Propose(t.Context(), h.actor("eur"), "wtda-11", "")
	must(t, err)
	if got := eur.stir(t); got.Verb != drafting.VerbBegan || got.Slug != "wtda-11" {
		t.Errorf("EUR hears %+v of its draft", got)
	}
	m, err := h.service.StartMerging(t.Context(), h.actor("chair"), "wtda-11", []repo.DraftName{{Circle: "eur", Name: "18a3-1"}})
	must(t, err)
	part, err := h.service.MergePartOf(t.Context(), h.actor("chair"), m.ID, repo.DraftName{Circle: "eur", Name: "18a3-1"})
	must(t, err)
	must(t, h.service.LeaveOut(t.Context(), h.actor("chair"), m.ID, part.Draft, part.Changes[0].Key))
	must(t, h.service.Abandon(t.Context(), h.actor("chair"), m.ID))
	want := map[string][]string{
		"eur": {drafting.VerbMerging, drafting.VerbAbandoned}, "afr": {drafting.VerbMerging, drafting.VerbAbandoned},
		"all": {drafting.VerbMerging, drafting.VerbAbandoned}, "chair": {drafting.VerbMerging, "", drafting.VerbAbandoned},
	}
	for name, s := range map[string]stream{"eur": eur, "afr": afr, "chair": chair, "all": all} {
		for _, verb := range want[name] {
			if got := s.stir(t); got.Verb != verb {
				t.Errorf("%s hears %+v, want %q", name, got, verb)
			}
		}
	}

	if w := h.ask("eur", "POST", "/signout", url.Values{}); w.Code != http.StatusSeeOther {
		t.Fatalf("sign out: status %d", w.Code)
	}
	if got := eur.next(t, "stir"); got != "" {
		t.Errorf("who signed out hears %s", got)
	}
	if again := h.stream(t, front.URL, path, h.cookies["eur"]); again.Header.Get("Content-Type") == "text/event-stream" {
		t.Error("who signed out follows again")
	}
	if none := h.stream(t, front.URL, "/resolutions/nothing/live", h.cookies["afr"]); none.StatusCode != http.StatusNotFound {
		t.Errorf("a resolution that is not there: status %d", none.StatusCode)
	}
}

// One sign-in does not follow with any number of pages, and what it closes counts no more.
func TestFollowingIsMeasured(t *testing.T) {
	var f follows
	for range followsPerSignIn {
		if !f.begin("one", followsPerSignIn) {
			t.Fatal("refused within the measure")
		}
	}
	if f.begin("one", followsPerSignIn) {
		t.Error("one too many")
	}
	if !f.begin("other", followsPerSignIn) {
		t.Error("somebody else was refused")
	}
	f.end("one")
	if !f.begin("one", followsPerSignIn) {
		t.Error("what was closed still counts")
	}
}

// A server that stops does not wait for those who follow.
func TestFollowingEndsWithTheServer(t *testing.T) {
	h := newTestHouse(t)
	front := httptest.NewServer(h.server.Handler())
	t.Cleanup(front.Close)
	s := h.stream(t, front.URL, "/live", h.cookies["eur"])
	s.next(t, "since")
	close(h.server.closing)
	if got := s.next(t, "stir"); got != "" {
		t.Errorf("the stream goes on with %s", got)
	}
}
