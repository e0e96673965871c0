package drafting_test

import (
	"strings"
	"testing"

	"plenary/repo"
)

func TestAnOlderTextIsRestoredAsADraft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	before := h.read(h.observer, "main")
	usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	_, err := h.Restore(ctx, h.weber, slug, "main")
	h.refused(err, "nothing to restore")
	m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa})
	h.must(err)
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.must(err)
	p, err := h.Restore(ctx, h.weber, slug, "adopted/lisbon-2019")
	h.must(err)
	if got := h.read(h.weber, p.Draft.Draft()); got != before {
		t.Errorf("the draft says\n%s", got)
	}
	if text := h.read(h.observer, "main"); !strings.Contains(text, "every half hour") {
		t.Errorf("the text itself was restored:\n%s", text)
	}
	if _, err := h.Restore(ctx, h.weber, slug, "drafts/usa/48a5-1"); err == nil {
		t.Error("another delegation's draft was restored")
	}
	if _, err := h.Restore(ctx, h.observer, slug, "adopted/lisbon-2019"); err == nil {
		t.Error("an observer began a draft")
	}
	if _, err := h.Restore(ctx, h.weber, slug, "adopted/nowhere-1900"); err == nil {
		t.Error("a version that is not there was restored")
	}
}
