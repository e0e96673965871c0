package drafting_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/repo"
	"plenary/server/drafting"
)

// found searches and writes each hit as "version clause: words", the words found in square brackets.
func (h *house) found(a drafting.Actor, words string) []string {
	h.t.Helper()
	view, err := h.Search(h.t.Context(), a, words, 0)
	h.must(err)
	lines := []string{}
	for _, hit := range view.Hits {
		line := hit.Version.Key + " " + hit.Name.Spoken + ": "
		for _, part := range hit.Words {
			if part.Found {
				line += "[" + part.Words + "]"
			} else {
				line += part.Words
			}
		}
		lines = append(lines, line)
	}
	if view.Total != len(lines) {
		h.t.Errorf("search for %q counts %d and shows %d", words, view.Total, len(lines))
	}
	return lines
}

// finds fails unless the actor finds exactly this.
func (h *house) finds(who string, a drafting.Actor, words string, want ...string) {
	h.t.Helper()
	if want == nil {
		want = []string{}
	}
	if d := cmp.Diff(want, h.found(a, words)); d != "" {
		h.t.Errorf("%s searches %q (-want +got)\n%s", who, words, d)
	}
}

func TestSearchFindsClauses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for words, want := range map[string][]string{
		"fog":               {"main considering a): that [fog] delays one ferry in nine;"},
		"FERR fóg":          {"main considering a): that [fog] delays one [ferry] in nine;"},
		`"one ferry"`:       {"main considering a): that fog delays [one ferry] in nine;"},
		`"ferry one"`:       {},
		"readings stations": {},
		"hour OR fog":       {},
		"NOT publish":       {},
		"secretary":         {"main instructs the Secretary: instructs the [Secretary]"},
		"":                  {},
		`"`:                 {},
		"*":                 {},
	} {
		h.finds("an observer", h.observer, words, want...)
	}
	view, err := h.Search(t.Context(), h.observer, "harbour 12", 0)
	h.must(err)
	if len(view.Resolutions) != 1 || view.Resolutions[0].Slug != slug {
		t.Errorf("the number and title of the resolution are not found: %v", view.Resolutions)
	}
}

// TestSearchKeepsDraftsApart holds what each person finds, and how much, against what they may read.
func TestSearchKeepsDraftsApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.propose(h.carter, "USA/1")
	h.write(h.carter, p.Draft, "fog delays", "zephyrs delay")
	own := "drafts/" + p.Draft.String() + " considering a): that [zephyrs] delay one ferry in nine;"
	h.finds("its delegation", h.carter, "zephyrs", own)
	h.finds("its delegation", h.reed, "zephyrs", own)
	others := map[string]drafting.Actor{"another": h.weber, "the chair": h.chair, "the secretariat": h.lind, "an observer": h.observer}
	for who, a := range others {
		h.finds(who, a, "zephyrs")
	}
	if _, err := h.Search(t.Context(), h.nobody, "zephyrs", 0); err == nil {
		t.Error("nobody searches a closed assembly")
	}
	moved := h.carter
	moved.Circles, moved.Circle = nil, ""
	h.finds("one who has left the delegation", moved, "zephyrs")
	readOnly := h.carter
	readOnly.Scope = drafting.Scope("")
	if view, err := h.Search(t.Context(), readOnly, "zephyrs", 0); err == nil && view.Total > 0 {
		t.Error("an actor without a scope finds a draft")
	}

	_, err := h.Submit(t.Context(), h.carter, slug, p.Draft)
	h.must(err)
	public := "proposals/" + p.Draft.String() + " considering a): that [zephyrs] delay one ferry in nine;"
	others["its delegation"] = h.carter
	for who, a := range others {
		h.finds(who, a, "zephyrs", public)
	}
	h.write(h.carter, p.Draft, "one ferry in nine", "one ferry in nineteen")
	for who, a := range others {
		if who == "its delegation" {
			h.finds(who, a, "nineteen", "drafts/"+p.Draft.String()+" considering a): that zephyrs delay one ferry in [nineteen];")
			continue
		}
		h.finds(who, a, "nineteen")
	}
}

func TestHitsMoveWithAMerge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.submitted(h.weber, "EUR/1", "every hour", "every quarter of an hour")
	h.finds("anybody", h.observer, "quarter", "proposals/"+d.String()+" resolves 2: to publish readings every [quarter] of an hour;")
	h.finds("anybody", h.observer, `"every hour"`, "main resolves 2: to publish readings [every hour];")
	m, err := h.StartMerging(t.Context(), h.chair, slug, []repo.DraftName{d})
	h.must(err)
	_, err = h.Finish(t.Context(), h.chair, m.ID, "Agreed.")
	h.must(err)
	h.finds("anybody", h.observer, "quarter", "main resolves 2: to publish readings every [quarter] of an hour;")
	h.finds("anybody", h.observer, `"every hour"`, "adopted/lisbon-2019 resolves 2: to publish readings [every hour];")
}

// TestIndexIsMadeAgain throws the index away, or damages it, and finds the same after a start.
func TestIndexIsMadeAgain(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(path string) error{
		"deleted": os.Remove,
		"damaged": func(path string) error {
			return os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.submitted(h.weber, "EUR/1", "every hour", "every quarter of an hour")
			want := slices.Concat(h.found(h.carter, "hour"), h.found(h.carter, "station"))
			h.shut()
			h.must(harm(filepath.Join(h.dir, "search.db")))
			h.open()
			stamps, err := h.index.Stamps(t.Context())
			h.must(err)
			if len(stamps) < 3 {
				t.Errorf("a start indexes %d texts, want the revised text, the adopted one and the proposal", len(stamps))
			}
			if d := cmp.Diff(want, slices.Concat(h.found(h.carter, "hour"), h.found(h.carter, "station"))); d != "" || len(want) < 4 {
				t.Errorf("found before and after (-before +after)\n%s", d)
			}
		})
	}
}

// BenchmarkSearch seeks in 97 resolutions of 40 KB, as many as a large assembly has. The aim is under 50 ms.
func BenchmarkSearch(b *testing.B) {
	h := newHouse(b)
	h.large(97, 40<<10)
	begun := time.Now()
	h.sought(h.carter, "quorum")
	b.Logf("first search, which indexes: %v", time.Since(begun))
	for _, words := range []string{"the", "keepers tr", "zebra", "mark12", `"of the"`} {
		b.Run(words, func(b *testing.B) {
			for b.Loop() {
				h.sought(h.carter, words)
			}
		})
	}
}

// sought searches for what it costs.
func (h *house) sought(a drafting.Actor, words string) {
	h.t.Helper()
	_, err := h.Search(h.t.Context(), a, words, 0)
	h.must(err)
}

// large imports n resolutions of about size bytes.
func (h *house) large(n, size int) {
	h.t.Helper()
	words := strings.Fields("the harbour keeper shall publish readings of the station at noon when fog of the sea delays ferries and trained crews wait for light")
	for i := range n {
		var text strings.Builder
		fmt.Fprintf(&text, "# RESOLUTION %d (Lisbon, 2019)\n\n## Text of harbours number %d\n\n*resolves*\n", i+100, i)
		for c := 1; text.Len() < size; c++ {
			fmt.Fprintf(&text, "\n%d. to", c)
			for w := range 40 {
				text.WriteString(" " + words[(i*7+c*13+w*w)%len(words)])
			}
			fmt.Fprintf(&text, " mark%d;\n", (i*31+c)%900)
		}
		_, err := h.Import(h.t.Context(), h.lind, drafting.ImportRequest{
			Slug: repo.Slug(fmt.Sprintf("harbour-%d", i+100)), Place: "Lisbon", Year: 2019, FileName: "res.md", File: []byte(text.String()),
		})
		h.must(err)
	}
}
