package server

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/githttp"
)

// gitAskers are the columns of the matrix of refs: nobody, a token that is none, an observer, the desk's own
// delegation with a token that reads and one that pushes, another delegation, the chair, the secretariat.
var gitAskers = []string{"nobody", "wrong", "observer", "eur reading", "eur", "afr", "chair", "secretariat"}

// refMatrix says, for every kind of ref there is, what becomes of each asker's push at the public repository, at the
// desk of eur before the deadline, and there after it: y taken in (so far as the ref goes), f refused with a sentence, n
// no such repository, s asked to sign in. A kind of ref in package repo without a row fails.
var refMatrix = map[string]string{
	"main":                        "ssffffff ssnffnnn ssnffnnn",
	"drafts/eur/x":                "ssffffff ssnfynnn ssnfynnn",
	"drafts/afr/x":                "ssffffff ssnffnnn ssnffnnn",
	"proposals/eur/x":             "ssffffff ssnfynnn ssnffnnn",
	"proposals/afr/x":             "ssffffff ssnffnnn ssnffnnn",
	"merges/1/x":                  "ssffffff ssnffnnn ssnffnnn",
	"refs/tags/adopted/x-2030":    "ssffffff ssnffnnn ssnffnnn",
	"refs/tags/submitted/eur/x/1": "ssffffff ssnffnnn ssnffnnn",
	"elsewhere":                   "ssffffff ssnffnnn ssnffnnn",
}

// fetchMatrix says the same of reading the public repository and the desk of eur.
var fetchMatrix = map[string]string{"public": "ssyyyyyy", "desk": "ssnyynnn"}

// gitHouse is a test's house with its git door, and the tokens of its askers.
type gitHouse struct {
	*testHouse
	git    http.Handler
	tokens map[string][2]string // login and token
}

func newGitHouse(t *testing.T) *gitHouse {
	t.Helper()
	h := &gitHouse{testHouse: newTestHouse(t), tokens: map[string][2]string{"wrong": {"moreau", "plenary_wrong"}}}
	door, err := githttp.New(githttp.Options{Archive: h.archive, Access: GitAccess(h.service, h.door), Hook: []string{"false"}, Public: "http://plenary.test"})
	must(t, err)
	t.Cleanup(func() { must(t, door.Close()) })
	h.git = door
	for _, who := range gitAskers[2:] {
		scope, name := drafting.ScopeWrite, who
		if name == "eur reading" {
			scope, name = drafting.ScopeRead, "eur"
		}
		secret, _, err := h.door.CreateToken(t.Context(), h.actor(name), who, scope, time.Hour)
		must(t, err)
		h.tokens[who] = [2]string{h.actor(name).Login, secret}
	}
	return h
}

func (h *gitHouse) askGit(who, method, target, kind, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(h.t.Context(), method, target, strings.NewReader(body))
	r.Host = "plenary.test"
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if t, ok := h.tokens[who]; ok {
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(t[0]+":"+t[1])))
	}
	w := httptest.NewRecorder()
	h.git.ServeHTTP(w, r)
	return w
}

// pushOf is the command list of a push that makes one ref, with a pack that holds nothing.
func pushOf(ref string) string {
	line := fmt.Sprintf("%040d %s %s\x00report-status", 0, strings.Repeat("1", 40), ref)
	return fmt.Sprintf("%04x%s0000PACK\x00\x00\x00\x02\x00\x00\x00\x00\x02\x9d\x08\x82\x3b\xd8\xa8\xea\xb5\x10\xad\x6a\xc7\x5c\x82\x3c\xfd\x3e\xd3\x1e", len(line)+4, line)
}

func TestMatrixOfRefs(t *testing.T) {
	t.Parallel()
	h := newGitHouse(t)
	h.setOpen(false)
	got := map[string]string{}
	for _, place := range []struct {
		address string
		over    bool
	}{{"/git/wtda-11.git", false}, {"/git/desks/eur/wtda-11.git", false}, {"/git/desks/eur/wtda-11.git", true}} {
		h.setDeadline(place.over)
		for _, ref := range slices.Sorted(maps.Keys(refMatrix)) {
			full := ref
			if !strings.HasPrefix(ref, "refs/") {
				full = "refs/heads/" + ref
			}
			cells := ""
			for _, who := range gitAskers {
				w := h.askGit(who, "POST", place.address+"/git-receive-pack", "application/x-git-receive-pack-request", pushOf(full))
				cells += pushCell(w)
			}
			got[ref] = strings.TrimSpace(got[ref] + " " + cells)
		}
	}
	for ref, want := range refMatrix {
		if got[ref] != want {
			t.Errorf("push %s:\n got %q\nwant %q (columns %q)", ref, got[ref], want, gitAskers)
		}
	}
	for place, address := range map[string]string{"public": "/git/wtda-11.git", "desk": "/git/desks/eur/wtda-11.git"} {
		cells := ""
		for _, who := range gitAskers {
			cells += pushCell(h.askGit(who, "GET", address+"/info/refs?service=git-upload-pack", "", ""))
		}
		if cells != fetchMatrix[place] {
			t.Errorf("fetch %s: got %q, want %q", place, cells, fetchMatrix[place])
		}
	}
}

// pushCell is what became of a push or a fetch, in one letter.
func pushCell(w *httptest.ResponseRecorder) string {
	body := w.Body.String()
	switch {
	case w.Code == http.StatusUnauthorized:
		return "s"
	case w.Code == http.StatusNotFound:
		return "n"
	case w.Code != http.StatusOK:
		return "!"
	case strings.Contains(body, "ng refs/") && !strings.Contains(body, " leaves out commits or files "): // beyond the rules of refs
		return "f"
	}
	return "y"
}

// TestEveryKindOfRefHasARow reads the kinds of refs there are out of the one function that knows them.
func TestEveryKindOfRefHasARow(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../repo/names.go")
	must(t, err)
	kinds := regexp.MustCompile(`kind == "(\w+)"`).FindAllStringSubmatch(string(source), -1)
	if len(kinds) < 5 {
		t.Fatalf("found %d kinds of refs", len(kinds))
	}
	for _, kind := range kinds {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(refMatrix)), func(ref string) bool {
			return strings.HasPrefix(strings.TrimPrefix(ref, "refs/tags/"), kind[1]+"/")
		}) {
			t.Errorf("refs of the kind %s have no row in the matrix of refs", kind[1])
		}
	}
}

// messages says of every message that a browser may send what it needs: r to be in the room, w to write in it.
var messages = map[string]string{"join": "r", "resume": "r", "hash": "r", "at": "r", "push": "w", "save": "w"}

// TestEveryMessageHasARow reads the messages there are out of the one function that takes them, and who comes into a
// room out of drafting: only the draft's own circle, and only who may write there writes.
func TestEveryMessageHasARow(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../realtime/receive.go")
	must(t, err)
	seen := map[string]bool{}
	for _, kind := range regexp.MustCompile(`(?m)^\tcase ("\w+"(?:, "\w+")*):`).FindAllStringSubmatch(string(source), -1) {
		for word := range strings.SplitSeq(kind[1], ", ") {
			word = strings.Trim(word, `"`)
			seen[word] = true
			if messages[word] == "" {
				t.Errorf("the message %q has no row: write who may send it", word)
			}
		}
	}
	for message := range messages {
		if !seen[message] {
			t.Errorf("no message %q: take its row out", message)
		}
	}
	h := newTestHouse(t)
	draft, err := h.service.Propose(t.Context(), h.actor("eur"), "wtda-11", "")
	must(t, err)
	for _, who := range askers {
		var actor drafting.Actor
		if who != "nobody" {
			actor = h.actor(who)
		}
		for _, d := range []repo.DraftName{draft.Draft, {Circle: "eur", Name: "18a3-1"}} {
			_, in, err := h.service.Room(t.Context(), actor, "wtda-11", d.Draft())
			if (err == nil) != (who == "eur") || in.CanWrite != (who == "eur") {
				t.Errorf("%s in the room of %s: writes %v, %v", who, d, in.CanWrite, err)
			}
		}
	}
}
