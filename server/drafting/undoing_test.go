package drafting_test

import (
	"errors"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/server/drafting"
)

// mergedAs merges proposals that do not clash and gives the merge.
func (h *house) mergedAs(ds ...repo.DraftName) drafting.MergeID {
	h.t.Helper()
	m, err := h.StartMerging(h.t.Context(), h.chair, slug, ds)
	h.must(err)
	_, err = h.Finish(h.t.Context(), h.chair, m.ID, "Agreed.")
	h.must(err)
	return m.ID
}

func TestAMergeIsTakenBackAndWhatCameLaterStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.mergedAs(h.submitted(h.carter, "USA/1/1", "fog delays", "thick fog delays"))
	h.mergedAs(h.submitted(h.weber, "EUR/1/1", "two keepers", "three keepers"))
	if _, err := h.TakeBackMerge(t.Context(), h.carter, first, ""); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("a delegate takes back a merge: %v", err)
	}
	_, err := h.TakeBackMerge(t.Context(), h.chair, first, "It was merged by mistake.")
	h.must(err)
	if text := h.read(h.observer, "main"); strings.Contains(text, "thick fog") || !strings.Contains(text, "three keepers") {
		t.Errorf("the text is\n%s", text)
	}
	_, err = h.TakeBackMerge(t.Context(), h.chair, first, "")
	h.refused(err, "taken back already")
	before := h.read(h.observer, "main")
	h.restart()
	if h.read(h.observer, "main") != before {
		t.Error("a restart changed the text")
	}
	page, err := h.History(t.Context(), h.observer, slug, "main", "")
	h.must(err)
	if e := page.Entries[0]; !strings.Contains(e.Subject, "Take back the merge of USA/1/1") || e.By.Name != "Ms Okafor" {
		t.Errorf("the history says %q by %v", e.Subject, e.By)
	}
}

func TestAMergeWhoseWordsChangedAgainIsNotTakenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.mergedAs(h.submitted(h.carter, "USA/1/1", "every hour", "every half hour"))
	h.mergedAs(h.submitted(h.weber, "EUR/1/1", "every half hour", "every single minute"))
	_, err := h.TakeBackMerge(t.Context(), h.chair, first, "")
	h.refused(err, "resolves 2")
	m, err := h.StartMerging(t.Context(), h.chair, slug, []repo.DraftName{h.submitted(h.haddad, "ARB/1/1", "two keepers", "six keepers")})
	h.must(err)
	_, err = h.TakeBackMerge(t.Context(), h.chair, m.ID, "")
	h.refused(err, "that is done")
}
