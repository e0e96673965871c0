package drafting_test

import (
	"errors"
	"slices"
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
	usa := h.submitted(h.carter, "USA/1/1", "fog delays", "thick fog delays")
	first := h.mergedAs(usa)
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
	if is := h.statusOf(usa); is != drafting.StatusSubmitted {
		t.Errorf("USA's proposal is %s, want open again", is)
	}
	record, err := h.Merged(t.Context(), h.observer, slug, first)
	h.must(err)
	if record.Undo || record.Back == nil || record.Back.By.Name != "Ms Okafor" || record.Back.Sentence != "It was merged by mistake." {
		t.Errorf("the record says %+v", record.Back)
	}
	before := h.read(h.observer, "main")
	h.restart()
	if is := h.statusOf(usa); is != drafting.StatusSubmitted {
		t.Errorf("after a restart USA's proposal is %s, want open", is)
	}
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

// Proposals of a merge that was taken back are in the compilation again, are written on, and are merged again.
func TestProposalsOfAMergeTakenBackAreOpen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	usa := h.submitted(h.carter, "USA/1/1", "fog delays", "thick fog delays")
	eur := h.submitted(h.weber, "EUR/1/1", "two keepers", "three keepers")
	m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa, eur})
	h.must(err)
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.must(err)
	_, err = h.TakeBackMerge(ctx, h.chair, m.ID, "")
	h.must(err)
	compiled, err := h.Compilation(ctx, h.observer, slug)
	h.must(err)
	if len(compiled.Carried) != 2 {
		t.Errorf("%d proposals in the compilation, want both", len(compiled.Carried))
	}
	h.write(h.carter, usa, "every hour", "every half hour")
	_, err = h.Submit(ctx, h.carter, slug, usa)
	h.must(err)
	again := h.mergedAs(usa)
	for _, want := range []string{"thick fog delays", "every half hour", "two keepers"} {
		if text := h.read(h.observer, "main"); !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	h.restart()
	if usaIs, eurIs := h.statusOf(usa), h.statusOf(eur); usaIs != drafting.StatusMerged || eurIs != drafting.StatusSubmitted {
		t.Errorf("USA is %s, EUR is %s", usaIs, eurIs)
	}
	_, err = h.TakeBackMerge(ctx, h.chair, again, "")
	h.must(err)
	if is := h.statusOf(usa); is != drafting.StatusSubmitted {
		t.Errorf("USA is %s", is)
	}
}

// A proposal whose words are all in the text through another one has nothing to propose, so it stays merged.
func TestAProposalOfWhichNothingIsLeftStaysMerged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	usa := h.submitted(h.carter, "USA/1/1", "two keepers", "three keepers")
	eur := h.submitted(h.weber, "EUR/1/1", "two keepers", "three keepers")
	arb := h.submitted(h.haddad, "ARB/1/1", "a list", "a public list")
	h.mergedAs(usa)
	both := h.mergedAs(eur, arb)
	_, err := h.TakeBackMerge(t.Context(), h.chair, both, "")
	h.must(err)
	if eurIs, arbIs := h.statusOf(eur), h.statusOf(arb); eurIs != drafting.StatusMerged || arbIs != drafting.StatusSubmitted {
		t.Errorf("EUR is %s, ARB is %s", eurIs, arbIs)
	}
	h.restart()
	if eurIs, arbIs := h.statusOf(eur), h.statusOf(arb); eurIs != drafting.StatusMerged || arbIs != drafting.StatusSubmitted {
		t.Errorf("after a restart EUR is %s, ARB is %s", eurIs, arbIs)
	}
}

// A merge that took a part is taken back after those that took more of the same submission.
func TestAMergeInPartIsTakenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	usa := h.submitted(h.carter, "USA/1/1", "every hour", "every half hour", "two keepers", "three keepers")
	first, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa})
	h.must(err)
	h.must(h.LeaveOut(ctx, h.chair, first.ID, usa, h.changeOf(first.ID, usa, "resolves 2").Key))
	_, err = h.Finish(ctx, h.chair, first.ID, "")
	h.must(err)
	second := h.mergedAs(usa)
	_, err = h.TakeBackMerge(ctx, h.chair, first.ID, "")
	h.refused(err, "Take that merge back first")

	offered := func(want ...string) {
		t.Helper()
		m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa})
		h.must(err)
		part, err := h.MergePartOf(ctx, h.chair, m.ID, usa)
		h.must(err)
		var clauses []string
		for _, c := range part.Changes {
			clauses = append(clauses, c.Name.Spoken)
		}
		if !slices.Equal(clauses, want) {
			t.Errorf("offered %v, want %v", clauses, want)
		}
		h.must(h.Abandon(ctx, h.chair, m.ID))
	}
	_, err = h.TakeBackMerge(ctx, h.chair, second, "")
	h.must(err)
	if is := h.statusOf(usa); is != drafting.StatusInPart {
		t.Errorf("the second is taken back: USA is %s", is)
	}
	offered("resolves 2")
	h.restart()
	if is := h.statusOf(usa); is != drafting.StatusInPart {
		t.Errorf("after a restart USA is %s", is)
	}
	_, err = h.TakeBackMerge(ctx, h.chair, first.ID, "")
	h.must(err)
	if is := h.statusOf(usa); is != drafting.StatusSubmitted {
		t.Errorf("both are taken back: USA is %s", is)
	}
	offered("resolves 2", "resolves 3")
	part, err := h.MergePartOf(ctx, h.chair, second, usa)
	h.must(err)
	if len(part.Changes) != 1 {
		t.Errorf("the record of the second says that %d changes were offered to it, want 1", len(part.Changes))
	}
	h.mergedAs(usa)
	if text := h.read(h.observer, "main"); !strings.Contains(text, "every half hour") || !strings.Contains(text, "three keepers") {
		t.Errorf("the text is\n%s", text)
	}
}

func TestAMergeThatWasAdoptedIsNotTakenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.mergedAs(h.submitted(h.carter, "USA/1/1", "every hour", "every half hour"))
	_, err := h.Adopt(t.Context(), h.chair, slug, drafting.Adoption{Place: "Oslo", Year: 2026})
	h.must(err)
	_, err = h.TakeBackMerge(t.Context(), h.chair, first, "")
	h.refused(err, "was adopted with this merge in it")
}

func TestTakingBackCutOffIsFinishedByARestart(t *testing.T) {
	t.Parallel()
	untilNoCrash(t, func(h *house, n int64) bool {
		usa := h.submitted(h.carter, "USA/1/1", "every hour", "every half hour")
		id := h.mergedAs(usa)
		crashed := h.crashAt(n, func() error {
			_, err := h.TakeBackMerge(h.t.Context(), h.chair, id, "By mistake.")
			return err
		})
		h.restart()
		if strings.Contains(h.read(h.observer, "main"), "every half hour") {
			h.t.Error("the words of the merge stand")
		}
		if is := h.statusOf(usa); is != drafting.StatusSubmitted {
			h.t.Errorf("USA is %s", is)
		}
		record, err := h.Merged(h.t.Context(), h.observer, slug, id)
		h.must(err)
		if record.Back == nil || record.Back.Sentence != "By mistake." || record.Back.By.Name != "Ms Okafor" {
			h.t.Errorf("the record says %+v", record.Back)
		}
		return crashed
	})
}
