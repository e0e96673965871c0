package server

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
)

// secret is a draft that nobody but its delegation may know of, and everything by which one could ask for it.
type secret struct {
	draft repo.DraftName
	names map[string]string // what stands in a question, by what it is; of the same kinds as nothing's
	words string            // stand in the text, and nowhere else
}

// nothing has the same kinds of names as a secret, and none of them is of anything.
func nothing() secret {
	d := repo.DraftName{Circle: "eur", Name: "no-such-draft"}
	id := func(c string) string { return strings.Repeat(c+"1", 20) }
	return secret{draft: d, words: "quagmire", names: map[string]string{
		"draft": d.Draft(), "proposal": d.Proposal(), "submission": d.Submitted(1), "note": d.Note(), "name": d.String(),
		"tip": id("a"), "parent": id("b"), "tree": id("c"), "blob": id("d"), "room": "wtda-11:" + d.Draft(), "label": "EUR/77A7/9",
	}}
}

// keep writes a draft of Europe's that nobody else may know of: two saves with words of its own, a covering note.
func (h *testHouse) keep() secret {
	h.t.Helper()
	ctx := h.t.Context()
	p, err := h.service.Propose(ctx, h.actor("eur"), "wtda-11", "EUR/99A9/9")
	must(h.t, err)
	desk, err := h.archive.Desk(ctx, "wtda-11", "eur")
	must(h.t, err)
	tip, err := desk.Tip(ctx, p.Draft.Draft())
	must(h.t, err)
	s := secret{draft: p.Draft, words: "zebrafish"}
	for i := range 2 {
		file, err := desk.File(ctx, tip, repo.TextFile)
		must(h.t, err)
		before := tip
		tip, err = h.archive.Save(ctx, "wtda-11", p.Draft, repo.SaveRequest{
			Expect: tip, File: append(file, fmt.Appendf(nil, "\n%d. to protect every zebrafish;\n", 90+i)...), Note: []byte("Why zebrafish.\n"), Subject: "zebrafish",
			Signature: repo.Signature{Author: repo.Author{Name: "E", ID: "2"}, When: time.Now()},
		})
		must(h.t, err)
		s.names = map[string]string{"parent": string(before)}
	}
	parse := func(rev string) string {
		cmd := exec.CommandContext(ctx, "git", "rev-parse", rev)
		cmd.Dir = h.archive.DeskPath("wtda-11", "eur")
		out, err := cmd.Output()
		must(h.t, err)
		return strings.TrimSpace(string(out))
	}
	d := p.Draft
	maps.Copy(s.names, map[string]string{
		"draft": d.Draft(), "proposal": d.Proposal(), "submission": d.Submitted(1), "note": d.Note(), "name": d.String(),
		"tip": string(tip), "tree": parse(string(tip) + "^{tree}"), "blob": parse(string(tip) + ":resolution.md"),
		"room": "wtda-11:" + d.Draft(), "label": "EUR/99A9/9",
	})
	return s
}

// questions are all requests by which a secret could be asked for: every route that is read, with the names of the
// secret in the place of every name and parameter it has; if thorough, each parameter also by itself.
func (h *testHouse) questions(s secret, thorough bool) []string {
	routes := h.server.echo.Routes()
	var asked []string
	add := func(path string, parameters ...string) {
		query := url.Values{}
		for i := 0; i+1 < len(parameters); i += 2 {
			query.Set(parameters[i], parameters[i+1])
		}
		if len(query) > 0 {
			path += "?" + query.Encode()
		}
		asked = append(asked, path)
	}
	all := []string{
		"version", "against", "a", "b", "after", "before", "proposal", "p", "ref", "text", "clause", "q", "word", "words", "from", "since",
		"origin", "quote", "show", "view", "code", "changed", "holder", "commit", "path",
	}
	for _, r := range routes {
		if r.Method != http.MethodGet || strings.HasSuffix(r.Path, "*") || followed(r.Path) {
			continue // streams do not end: they are asked by themselves
		}
		path := strings.NewReplacer(":slug", "wtda-11", ":circle", string(s.draft.Circle), ":name", s.draft.Name, ":id", "999999").Replace(r.Path)
		add(path)
		add(path, "q", s.words, "words", s.words, "word", s.words, "quote", s.words)
		if !strings.Contains(r.Path, ":slug") && !strings.Contains(r.Path, "search") && !strings.Contains(r.Path, "audit") {
			continue
		}
		for _, name := range s.names {
			var each []string
			for _, parameter := range all {
				each = append(each, parameter, name)
			}
			if add(path, each...); !thorough {
				continue
			}
			for _, parameter := range []string{"version", "against", "after", "text", "ref"} {
				add(path, parameter, name)
			}
			add(path, "a", "main", "b", name)
		}
		if strings.Contains(r.Path, ":id") {
			for _, kind := range []string{"tip", "name", "draft"} {
				add(strings.NewReplacer(":slug", "wtda-11", ":circle", string(s.draft.Circle), ":name", s.draft.Name, ":id", url.PathEscape(s.names[kind])).Replace(r.Path))
			}
		}
	}
	slices.Sort(asked)
	return slices.Compact(asked)
}

// followed tells whether a route is a stream of events.
func followed(path string) bool {
	return strings.HasSuffix(path, "/live") && !strings.HasPrefix(path, "/api")
}

// streams opens every stream of events that somebody may follow, with the names of a secret as parameters; the data of
// the first event, which tells how far things have come, is what they could learn from it.
func (h *testHouse) streams(front, who string, s secret) map[string]stream {
	opened := map[string]stream{}
	for _, r := range h.server.echo.Routes() {
		if r.Method == http.MethodGet && followed(r.Path) {
			path := strings.NewReplacer(":slug", "wtda-11").Replace(r.Path) + "?" + url.Values{"version": {s.names["draft"]}, "q": {s.words}, "proposal": {s.names["name"]}}.Encode()
			opened[r.Path] = h.stream(h.t, front, path, h.cookies[who])
		}
	}
	return opened
}

// Nobody who follows hears of a draft that is not theirs: not that it is begun, saved or renamed, nor that it was
// before they began to follow.
func TestWhoFollowsHearsNothingOfASecret(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	front := httptest.NewServer(h.server.Handler())
	t.Cleanup(front.Close)
	others := []string{"nobody", "observer", "afr", "chair", "secretariat"}
	earlier := map[string]string{}
	before := map[string]map[string]stream{}
	for _, who := range others {
		before[who] = h.streams(front.URL, who, nothing())
		if len(before[who]) < 2 {
			t.Fatalf("%d streams", len(before[who]))
		}
		for path, s := range before[who] {
			earlier[who+path] = s.next(t, "since")
		}
	}
	own := h.streams(front.URL, "eur", nothing())
	kept := h.keep()
	for path, s := range own {
		if got := s.stir(t); got.Slug != "wtda-11" {
			t.Errorf("EUR hears %+v at %s of its own draft", got, path)
		}
	}
	for _, who := range others {
		for path, s := range h.streams(front.URL, who, kept) {
			if since := s.next(t, "since"); since != earlier[who+path] {
				t.Errorf("%s learns at %s that something has happened: %s, before %s", who, path, since, earlier[who+path])
			}
		}
	}
	// The first that they hear of is what everybody may know.
	_, err := h.service.StartMerging(t.Context(), h.actor("chair"), "wtda-11", []repo.DraftName{{Circle: "eur", Name: "18a3-1"}})
	must(t, err)
	for who, streams := range before {
		for path, s := range streams {
			if got := s.stir(t); got.Verb != drafting.VerbMerging {
				t.Errorf("%s hears %+v at %s", who, got, path)
			}
		}
	}
}

// changing is what differs from answer to answer whatever is asked: numbers of requests, nonces, times.
var changing = []*regexp.Regexp{ // each begins with letters of its own, which makes it ten times faster than one for all
	regexp.MustCompile(`"request":"[A-Z2-7]+"`), regexp.MustCompile(`request [A-Z2-7]{10}`), regexp.MustCompile(`Request [A-Z2-7]{10}`),
	regexp.MustCompile(`<code>[A-Z2-7]{10}</code>`), regexp.MustCompile(`nonce="[^"]*"`), regexp.MustCompile(`value="[A-Z2-7]{26}"`),
	regexp.MustCompile(`data-since="[0-9]+"`),
	regexp.MustCompile(`"acts": ?(null|\[[^\]]*\])`), // in one's own file: that one has taken it along before
}

// timeless puts a star in the place of each time of day, such as 15:04 and 15:04:05.
func timeless(said string) string {
	digits := func(at int) bool {
		return at >= 0 && at+2 <= len(said) && '0' <= said[at] && said[at] <= '9' && '0' <= said[at+1] && said[at+1] <= '9'
	}
	var out strings.Builder
	from := 0
	for {
		colon := strings.IndexByte(said[from:], ':')
		if colon < 0 {
			return out.String() + said[from:]
		}
		colon += from
		if colon-2 < from || !digits(colon-2) || !digits(colon+1) {
			out.WriteString(said[from : colon+1])
			from = colon + 1
			continue
		}
		out.WriteString(said[from:colon-2] + "*")
		if from = colon + 3; from < len(said) && said[from] == ':' && digits(from+1) {
			from += 3
			if from < len(said) && said[from] == '.' { // parts of a second
				for from++; from < len(said) && '0' <= said[from] && said[from] <= '9'; {
					from++
				}
			}
		}
	}
}

// likened puts the same word in the place of each name of a secret, so that answers about two can be compared.
func (s secret) likened(w *httptest.ResponseRecorder) string {
	said := fmt.Sprint(w.Code, " ", w.Header().Get("Location"), " ", w.Header().Get("Content-Type"), "\n", w.Body.String())
	var pairs []string
	for kind, name := range s.names {
		for _, form := range []string{name, url.QueryEscape(name), url.QueryEscape(url.QueryEscape(name)), url.PathEscape(name), strings.ToUpper(name), strings.ReplaceAll(name, "/", "&#47;")} {
			pairs = append(pairs, form, "<"+kind+">")
		}
		if len(name) == 40 {
			pairs = append(pairs, name[:7], "<"+kind+">")
		}
	}
	pairs = append(pairs, s.words, "<words>", s.draft.Name, "<last>")
	// The longest first, so that no name is taken apart by another.
	var sorted [][2]string
	for i := 0; i < len(pairs); i += 2 {
		sorted = append(sorted, [2]string{pairs[i], pairs[i+1]})
	}
	slices.SortFunc(sorted, func(a, b [2]string) int {
		if len(a[0]) != len(b[0]) {
			return len(b[0]) - len(a[0])
		}
		return strings.Compare(a[0], b[0])
	})
	for _, p := range sorted {
		said = strings.ReplaceAll(said, p[0], p[1])
	}
	for _, one := range changing {
		said = one.ReplaceAllString(said, "*")
	}
	return timeless(said)
}

// Whoever knows every name and id of a draft learns by no page, API, search, feed, blame, conflict map, count or error
// that it exists: what they ask about it is answered like what they ask about nothing.
func TestKnowingNamesAndIdsHelpsNothing(t *testing.T) {
	t.Parallel()
	h := newTestHouse(t)
	before := map[string]string{}
	others := []string{"nobody", "observer", "afr", "chair", "secretariat"}
	// The secretariat reads in the log who begins a draft: that, and no word of it.
	logged := func(who, target string) bool {
		return who == "secretariat" && strings.HasPrefix(target, "/audit")
	}
	none := nothing()
	var everywhere []string // without parameters
	for _, target := range h.questions(none, false) {
		if !strings.Contains(target, "?") {
			everywhere = append(everywhere, target)
		}
	}
	for _, who := range others {
		for _, target := range everywhere {
			before[who+" "+target] = none.likened(h.askPlainly(who, http.MethodGet, target))
		}
	}
	kept := h.keep()
	asked := 0
	for _, who := range others {
		// Nothing that they saw before has changed: no count, no feed, no date.
		for _, target := range everywhere {
			if after := none.likened(h.askPlainly(who, http.MethodGet, target)); after != before[who+" "+target] && !logged(who, target) {
				t.Errorf("%s sees a difference at %s:\n%s", who, target, firstDifference(before[who+" "+target], after))
			}
		}
		secrets := h.questions(kept, who == "afr")
		for i, target := range matched(kept, none, secrets) {
			got, want := kept.likened(h.askPlainly(who, http.MethodGet, secrets[i])), none.likened(h.askPlainly(who, http.MethodGet, target))
			if asked++; got != want && !logged(who, target) {
				t.Errorf("%s asks %s and can tell it from nothing:\n%s", who, secrets[i], firstDifference(want, got))
			}
			if strings.Contains(strings.ReplaceAll(got, "<words>", ""), "zebrafish") {
				t.Errorf("%s reads the secret at %s", who, secrets[i])
			}
		}
		for _, change := range []struct{ path, body string }{
			{"/api/v1/resolutions/wtda-11/comments", `{"text":"NAME","clause":"resolves","words":"x"}`},
			{"/api/v1/resolutions/wtda-11/merges", `{"proposals":["NAME"]}`},
			{"/api/v1/resolutions/wtda-11/proposals/NAME/submit", `{}`},
			{"/api/v1/resolutions/wtda-11/proposals/NAME/withdraw", `{"reason":"x"}`},
		} {
			answer := func(s secret) string {
				name := s.names["name"]
				if strings.Contains(change.body, `"text"`) {
					name = s.names["draft"]
				}
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, strings.ReplaceAll(change.path, "NAME", name), strings.NewReader(strings.ReplaceAll(change.body, "NAME", name)))
				r.Host = "plenary.test"
				r.Header.Set("Content-Type", "application/json")
				if c := h.cookies[who]; c != "" {
					r.AddCookie(&http.Cookie{Name: "plenary", Value: c})
				}
				w := httptest.NewRecorder()
				h.server.Handler().ServeHTTP(w, r)
				if w.Code < 300 {
					t.Errorf("%s may POST %s", who, change.path)
				}
				return s.likened(w)
			}
			if got, want := answer(kept), answer(none); got != want {
				t.Errorf("%s can tell by POST %s:\n%s", who, change.path, firstDifference(want, got))
			}
		}
	}
	t.Logf("%d questions", asked)
	own := h.askPlainly("eur", http.MethodGet, "/resolutions/wtda-11/read?version="+kept.names["draft"])
	if !strings.Contains(own.Body.String(), "zebrafish") {
		t.Errorf("the own delegation does not read its draft: %d", own.Code)
	}
	if found := h.askPlainly("eur", http.MethodGet, "/search?q=zebrafish"); !strings.Contains(found.Body.String(), "99A9") && !strings.Contains(found.Body.String(), "99a9") {
		t.Error("the own delegation does not find its draft")
	}
}

// matched gives the question about nothing for each question about a secret.
func matched(s, none secret, questions []string) []string {
	out := make([]string, len(questions))
	for i, q := range questions {
		u, err := url.Parse(q)
		if err != nil {
			continue
		}
		swap := func(v string) string {
			for kind, name := range s.names {
				if v == name {
					return none.names[kind]
				}
			}
			if v == s.words {
				return none.words
			}
			return v
		}
		query := u.Query()
		for key := range query {
			query.Set(key, swap(query.Get(key)))
		}
		path := strings.ReplaceAll(u.EscapedPath(), s.draft.Name, none.draft.Name)
		for kind, name := range s.names {
			path = strings.ReplaceAll(path, url.PathEscape(name), url.PathEscape(none.names[kind]))
		}
		if out[i] = path; len(query) > 0 {
			out[i] += "?" + query.Encode()
		}
	}
	return out
}

// firstDifference shows where two answers part.
func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return fmt.Sprintf("- %.300s\n+ %.300s", as[i], bs[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(as), len(bs))
}
