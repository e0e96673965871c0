package drafting_test

import (
	"errors"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

// movedHouse gives a house whose text has moved under EUR's draft: USA's words stand in resolves 2, and EUR's clash.
func movedHouse(t *testing.T) (*house, repo.DraftName) {
	t.Helper()
	h := newHouse(t)
	eur := h.submitted(h.weber, "EUR/38A9/1", "every hour", "every day", "two keepers", "three keepers")
	usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	m, err := h.StartMerging(t.Context(), h.chair, slug, []repo.DraftName{usa})
	h.must(err)
	_, err = h.Finish(t.Context(), h.chair, m.ID, "")
	h.must(err)
	return h, eur
}

func TestADraftIsCarriedOver(t *testing.T) {
	t.Parallel()
	h, eur := movedHouse(t)
	ctx := t.Context()
	e := h.edit(h.weber, eur)
	defer e.close()
	e.replace("a list", "a public list")
	for _, a := range []drafting.Actor{h.carter, h.chair, h.observer} {
		if _, err := h.CarryOver(ctx, a, slug, eur); !errors.Is(err, drafting.ErrNotFound) && !errors.Is(err, drafting.ErrForbidden) {
			t.Errorf("%s carries it over: %v", a.Name, err)
		}
	}
	clauses, err := h.CarryOver(ctx, h.weber, slug, eur)
	h.must(err)
	outcomes := map[merge.Outcome]int{}
	for _, c := range clauses {
		outcomes[c.Outcome]++
	}
	if outcomes[merge.NeedsDecision] != 1 || outcomes[merge.Applied] != 2 {
		t.Errorf("outcomes %v", outcomes)
	}
	for e.note == "" || !strings.Contains(e.note, "stands on the revised text") {
		e.read(ctx)
	}
	_, err = h.CarryOver(ctx, h.weber, slug, eur)
	h.refused(err, "already")

	view, err := h.Proposal(ctx, h.weber, slug, eur)
	h.must(err)
	if view.Base.Key != "main" || view.Moved.Exists() || !view.Unsubmitted || !view.May.Submit {
		t.Errorf("base %+v, moved %+v", view.Base, view.Moved)
	}
	if got := diff.Terminal(view.Changes...); !strings.Contains(got, "{-half hour-}{+day+}") {
		t.Errorf("changes against the new base:\n%s", got)
	}
	if text := h.read(h.observer, eur.Proposal()); strings.Contains(text, "public list") {
		t.Error("what is submitted has changed")
	}
	_, err = h.Submit(ctx, h.weber, slug, eur)
	h.must(err)
	e.replace("one ferry in nine", "one ferry in four") // and on it goes
	if text := h.read(h.weber, eur.Draft()); !strings.Contains(text, "one ferry in four") || !strings.Contains(text, "a public list") {
		t.Errorf("draft:\n%s", text)
	}
}

func TestACarryCutOffIsFinishedByARestart(t *testing.T) {
	t.Parallel()
	h, eur := movedHouse(t)
	if !h.crashAt(1, func() error { _, err := h.CarryOver(t.Context(), h.weber, slug, eur); return err }) {
		t.Fatal("no crash came")
	}
	h.restart()
	view, err := h.Proposal(t.Context(), h.weber, slug, eur)
	h.must(err)
	if view.Base.Key != "main" {
		t.Errorf("base %+v", view.Base)
	}
	if text := h.read(h.weber, eur.Draft()); !strings.Contains(text, "every day") || !strings.Contains(text, "three keepers") {
		t.Errorf("draft:\n%s", text)
	}
}
