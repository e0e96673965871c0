package drafting_test

import (
	"slices"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

// changeOf finds a change of a proposal in a merge by its clause.
func (h *house) changeOf(id drafting.MergeID, d repo.DraftName, clause string) drafting.PartChange {
	h.t.Helper()
	part, err := h.MergePartOf(h.t.Context(), h.chair, id, d)
	h.must(err)
	at := slices.IndexFunc(part.Changes, func(c drafting.PartChange) bool { return c.Name.Spoken == clause })
	if at < 0 {
		h.t.Fatalf("%s changes no %s: %+v", d, clause, part.Changes)
	}
	return part.Changes[at]
}

func (h *house) statusOf(d repo.DraftName) drafting.Status {
	h.t.Helper()
	v, err := h.Proposal(h.t.Context(), h.chair, slug, d)
	h.must(err)
	return v.Proposal.Status
}

// The chair takes some clauses of a proposal; what is left goes on being proposed, over a restart too, and can be
// merged later.
func TestAProposalIsMergedInPart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour", "two keepers", "three keepers", "one ferry in nine", "one ferry in seven")
	eur := h.submitted(h.weber, "EUR/38A9/1", "a list", "a public list")
	m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa, eur})
	h.must(err)
	hour := h.changeOf(m.ID, usa, "resolves 2")
	keepers := h.changeOf(m.ID, usa, "resolves 3")
	h.must(h.LeaveOut(ctx, h.chair, m.ID, usa, hour.Key))
	h.must(h.LeaveOut(ctx, h.lind, m.ID, usa, keepers.Key))
	h.must(h.TakeIn(ctx, h.chair, m.ID, usa, keepers.Key))
	h.must(h.TakeIn(ctx, h.chair, m.ID, usa, keepers.Key)) // taken already
	h.refused(h.LeaveOut(ctx, h.chair, m.ID, usa, "nothing"), "does not propose this change any more")
	if h.LeaveOut(ctx, h.weber, m.ID, usa, hour.Key) == nil {
		t.Error("a delegate left a change out of a merge")
	}
	view, err := h.MergingView(ctx, h.chair, m.ID)
	h.must(err)
	if len(view.Parts) != 1 || view.Parts[0].Left != 1 || view.Parts[0].Draft != usa {
		t.Errorf("parts %+v", view.Parts)
	}
	commit, err := h.Finish(ctx, h.chair, m.ID, "The interval stays open.")
	h.must(err)

	text := h.read(h.observer, "main")
	for _, want := range []string{"every hour", "three keepers", "one ferry in seven", "a public list"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	public, err := h.archive.Public(slug)
	h.must(err)
	c, err := public.Commit(ctx, commit)
	h.must(err)
	for _, want := range []repo.Trailer{
		{Key: "Proposal", Value: "usa/48a5-1 (in part)"}, {Key: "Left-open", Value: "usa/48a5-1: resolves 2"}, {Key: "Proposal", Value: "eur/38a9-1"},
	} {
		if !slices.Contains(c.Trailers, want) {
			t.Errorf("no %v in %v", want, c.Trailers)
		}
	}
	if !strings.Contains(c.Subject, "USA/48A5/1 (in part)") {
		t.Errorf("subject %q", c.Subject)
	}

	record, err := h.Merged(ctx, h.observer, slug, m.ID)
	h.must(err)
	if len(record.Parts) != 1 || record.Sentence != "The interval stays open." || record.Merger.Name != "Ms Okafor" || len(record.Carried) != 1 ||
		len(record.Carried[0].Clauses) != 1 || record.Carried[0].Clauses[0].Outcome != merge.Applied {
		t.Errorf("record %+v", record)
	}

	h.restart()
	if usaIs, eurIs := h.statusOf(usa), h.statusOf(eur); usaIs != drafting.StatusInPart || eurIs != drafting.StatusMerged {
		t.Errorf("USA is %s, EUR is %s", usaIs, eurIs)
	}
	compiled, err := h.Compilation(ctx, h.observer, slug)
	h.must(err)
	if len(compiled.Carried) != 1 {
		t.Fatalf("%d proposals in the compilation, want what is left of USA's", len(compiled.Carried))
	}
	left := merge.Changes(compiled.Text, compiled.Carried[0].Text)
	if len(left) != 1 || left[0].Name.Spoken != "resolves 2" {
		t.Errorf("left %+v", left)
	}

	// What is left is merged by itself, and then all of it is.
	m, err = h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa})
	h.must(err)
	if part, err := h.MergePartOf(ctx, h.chair, m.ID, usa); err != nil || len(part.Changes) != 1 {
		t.Fatalf("%d changes are offered, %v; want the one that was left", len(part.Changes), err)
	}
	hour = h.changeOf(m.ID, usa, "resolves 2")
	h.must(h.LeaveOut(ctx, h.chair, m.ID, usa, hour.Key))
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.refused(err, "Nothing of USA/48A5/1 would be taken")
	h.must(h.TakeIn(ctx, h.chair, m.ID, usa, hour.Key))
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.must(err)
	if text := h.read(h.observer, "main"); !strings.Contains(text, "every half hour") {
		t.Errorf("what was left did not come in:\n%s", text)
	}
	h.restart()
	if is := h.statusOf(usa); is != drafting.StatusMerged {
		t.Errorf("USA is %s", is)
	}
}

// A phrase of a clause can be taken and another left.
func TestAPhraseIsLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	usa := h.submitted(h.carter, "USA/48A5/1", "to train two keepers for each station", "to train three keepers for each small station", "every hour", "every half hour")
	m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa})
	h.must(err)
	keepers := h.changeOf(m.ID, usa, "resolves 3")
	phrases := keepers.Parts()
	if len(phrases) != 2 {
		t.Fatalf("phrases %+v", phrases)
	}
	h.must(h.LeaveOut(ctx, h.chair, m.ID, usa, phrases[1].Key))
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.must(err)
	if text := h.read(h.observer, "main"); !strings.Contains(text, "three keepers for each station") {
		t.Errorf("text:\n%s", text)
	}
	compiled, err := h.Compilation(ctx, h.observer, slug)
	h.must(err)
	if len(compiled.Carried) != 1 || !strings.Contains(compiled.Carried[0].Text.Blocks[len(compiled.Carried[0].Text.Blocks)-3].Words, "three keepers for each small station") {
		t.Errorf("left: %+v", compiled.Carried)
	}
}

// A proposal submitted anew while a merge leaves part of it: the same words stay left, others come back.
func TestWhatIsLeftFollowsARevision(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour", "two keepers", "three keepers", "a list", "a map")
	m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa})
	h.must(err)
	h.must(h.LeaveOut(ctx, h.chair, m.ID, usa, h.changeOf(m.ID, usa, "resolves 2").Key))
	h.must(h.LeaveOut(ctx, h.chair, m.ID, usa, h.changeOf(m.ID, usa, "resolves 3").Key))
	h.write(h.carter, usa, "three keepers", "five keepers")
	_, err = h.Submit(ctx, h.carter, slug, usa)
	h.must(err)
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.refused(err, "1 change that was left is proposed in other words now")
	part, err := h.MergePartOf(ctx, h.chair, m.ID, usa)
	h.must(err)
	if part.Left != 1 {
		t.Errorf("%d left, want 1", part.Left)
	}
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.must(err)
	text := h.read(h.observer, "main")
	if !strings.Contains(text, "five keepers") || !strings.Contains(text, "every hour") {
		t.Errorf("text:\n%s", text)
	}
	// The delegation goes on writing what is left, and submits it anew.
	h.write(h.carter, usa, "every half hour", "every quarter of an hour")
	_, err = h.Submit(ctx, h.carter, slug, usa)
	h.must(err)
	if is := h.statusOf(usa); is != drafting.StatusSubmitted {
		t.Errorf("USA is %s", is)
	}
}
