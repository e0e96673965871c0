package drafting_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// words gives a version with the origin of every word, once that is worked out.
func (h *house) words(a drafting.Actor, version string) drafting.WordsView {
	h.t.Helper()
	for {
		view, err := h.Words(h.t.Context(), a, slug, version)
		h.must(err)
		if view.Making == nil {
			return view
		}
	}
}

// origin gives who brought the words, in the named version.
func (h *house) origin(a drafting.Actor, version, words string) drafting.WordOrigin {
	h.t.Helper()
	view := h.words(a, version)
	for i, b := range view.Text.Blocks {
		at := strings.Index(b.Words, words)
		for _, run := range view.Runs[i] {
			if at >= run.Start && at < run.End {
				o, err := view.Tell(h.t.Context(), run.Origin)
				h.must(err)
				return o
			}
		}
	}
	h.t.Fatalf("no %q in %s", words, version)
	return drafting.WordOrigin{}
}

// merged merges proposals that do not clash.
func (h *house) merged(ds ...repo.DraftName) repo.Hash {
	h.t.Helper()
	m, err := h.StartMerging(h.t.Context(), h.chair, slug, ds)
	h.must(err)
	commit, err := h.Finish(h.t.Context(), h.chair, m.ID, "Agreed.")
	h.must(err)
	return commit
}

func TestEveryWordTellsWhoBroughtIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	usa := h.submitted(h.carter, "USA/1/1", "fog delays", "thick fog delays")
	eur := h.submitted(h.weber, "EUR/1/1", "two keepers", "two young keepers")
	commit := h.merged(usa, eur)

	for _, c := range []struct{ words, who, circle, proposal string }{
		{"thick ", "Ms Carter", "USA", "USA/1/1"}, {"young ", "Ms Weber", "EUR", "EUR/1/1"},
	} {
		o := h.origin(h.observer, "main", c.words)
		if o.By.Name != c.who || o.By.Circle != c.circle || o.Proposal.Label != c.proposal {
			t.Errorf("%q by %v in %q, want %s %s %s", c.words, o.By, o.Proposal.Label, c.who, c.circle, c.proposal)
		}
		if o.Taken == nil || o.Taken.Commit != commit || o.Taken.By.Name != "Ms Okafor" || len(o.Taken.Proposals) != 2 {
			t.Errorf("%q was taken in by %+v, want the merge of two by Ms Okafor", c.words, o.Taken)
		}
	}
	o := h.origin(h.observer, "main", "delays one ferry")
	if o.Kind != drafting.EntryImported || o.Taken != nil || len(o.Marks) != 1 || o.Marks[0].Label != "Rev. Lisbon, 2019" {
		t.Errorf("old words come from %+v, want the import", o)
	}
}

func TestWordsOfADraftAreItsCirclesAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.propose(h.carter, "")
	h.write(h.carter, p.Draft, "every hour", "every half hour")
	if o := h.origin(h.reed, p.Draft.Draft(), "half "); o.By.Name != "Ms Carter" || o.Proposal.Draft != p.Draft || o.Taken != nil {
		t.Errorf("draft words come from %+v", o)
	}
	tip := h.origin(h.reed, p.Draft.Draft(), "half ").Commit
	for _, version := range []string{p.Draft.Draft(), string(tip)} {
		if _, err := h.Words(t.Context(), h.weber, slug, version); err == nil {
			t.Errorf("another circle reads the words of %s", version)
		}
	}
}

// TestWordsOfALongHistory writes a history of many commits and asks for its words: cold, again, and after one more.
func TestWordsOfALongHistory(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.propose(h.carter, "")
	file := h.read(h.carter, p.Draft.Draft())
	steps := 40
	if !testing.Short() {
		steps = 200
	}
	tip := h.longHistory(p.Draft, file, steps)
	for _, name := range []string{"cold", "again"} {
		began := time.Now()
		o := h.origin(h.carter, p.Draft.Draft(), fmt.Sprintf("%d,", steps))
		if o.Commit != tip {
			t.Errorf("%s: the last words come from %s, want %s", name, o.Commit, tip)
		}
		t.Logf("%s: %d commits, %v", name, steps, time.Since(began))
	}
}

// longHistory saves a draft many times, each time with another word in it.
func (h *house) longHistory(d repo.DraftName, file string, steps int) repo.Hash {
	h.t.Helper()
	ctx := h.t.Context()
	desk, err := h.archive.Desk(ctx, slug, d.Circle)
	h.must(err)
	tip, err := desk.Tip(ctx, d.Draft())
	h.must(err)
	for n := 1; n <= steps; n++ {
		text := strings.Replace(file, "every hour", fmt.Sprintf("every hour, turn %d,", n), 1)
		canonical, _, err := resolution.Canonical([]byte(text))
		h.must(err)
		tip, err = h.archive.Save(ctx, slug, d, repo.SaveRequest{
			Expect: tip, File: canonical, Subject: fmt.Sprint("turn ", n),
			Signature: repo.Signature{Author: repo.Author{Name: "Ms Carter", Code: "USA", ID: "1"}, When: h.now()},
		})
		h.must(err)
	}
	return tip
}
