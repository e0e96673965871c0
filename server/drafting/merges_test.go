package drafting_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

// open gives the open decisions of a merge.
func (h *house) openDecisions(id drafting.MergeID) []merge.Decision {
	h.t.Helper()
	view, err := h.MergingView(h.t.Context(), h.chair, id)
	h.must(err)
	return slices.DeleteFunc(view.Result.Decisions, func(d merge.Decision) bool { return !d.Kind.Open() || d.Settled != nil })
}

// When the text moves while a merge is worked out, decisions stand and only new questions come back.
func TestAMergeIsCarriedOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour", "two keepers", "three keepers")
	eur := h.submitted(h.weber, "EUR/38A9/1", "every hour", "every ten minutes")
	arb := h.submitted(h.haddad, "ARB/36A4/2", "two keepers", "four keepers")

	slow, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa, eur})
	h.must(err)
	first := h.openDecisions(slow.ID)
	if len(first) != 1 {
		t.Fatalf("questions %+v", first)
	}
	h.must(h.Decide(ctx, h.chair, slow.ID, first[0].Key, merge.Settlement{Choice: merge.Combine, Words: "half hour or ten minutes"}))

	quick, err := h.StartMerging(ctx, h.lind, slug, []repo.DraftName{arb})
	h.must(err)
	_, err = h.Finish(ctx, h.lind, quick.ID, "")
	h.must(err)
	view, err := h.MergingView(ctx, h.chair, slow.ID)
	h.must(err)
	if !view.Moved {
		t.Error("the workbench does not tell that the text has moved")
	}
	_, err = h.Finish(ctx, h.chair, slow.ID, "")
	h.refused(err, "1 decision stands, 1 question is open")

	// ARB's words are the revised text now, and USA's are not taken over them unasked.
	again := h.openDecisions(slow.ID)
	if len(again) != 1 || !strings.Contains(again[0].Clause.Spoken, "resolves 3") {
		t.Fatalf("questions %+v", again)
	}
	at := slices.IndexFunc(again[0].Variants, func(v merge.Variant) bool { return slices.Contains(v.Proposals, drafting.RevisedText) })
	if at < 0 {
		t.Fatalf("the revised text is no variant: %+v", again[0].Variants)
	}
	h.must(h.Decide(ctx, h.chair, slow.ID, again[0].Key, merge.Settlement{Choice: merge.Take, Variant: at}))
	_, err = h.Finish(ctx, h.chair, slow.ID, "Both.")
	h.must(err)
	text := h.read(h.observer, "main")
	for _, want := range []string{"four keepers", "half hour or ten minutes"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// A proposal revised while it is being merged is merged as revised, after the chair has looked again.
func TestARevisionComesIntoAMerge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa})
	h.must(err)
	h.write(h.carter, usa, "two keepers", "three keepers")
	_, err = h.Submit(ctx, h.carter, slug, usa)
	h.must(err)
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.refused(err, "1 clause changed in the result since you began")
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.must(err)
	if text := h.read(h.observer, "main"); !strings.Contains(text, "three keepers") {
		t.Errorf("revision not merged:\n%s", text)
	}
	_, err = h.Submit(ctx, h.carter, slug, usa)
	h.refused(err, "This proposal is merged")
	if _, who, err := h.Room(ctx, h.carter, slug, usa.Draft()); err != nil || who.CanWrite {
		t.Errorf("a merged draft may be written: %v, %v", who, err)
	}
}

func TestMergeRefusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	eur := h.submitted(h.weber, "EUR/38A9/1", "every hour", "every day")
	_, err := h.StartMerging(ctx, h.chair, slug, nil)
	h.refused(err, "Choose at least one")
	_, err = h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa, usa})
	h.refused(err, "named twice")
	m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa, eur})
	h.must(err)
	key := h.openDecisions(m.ID)[0].Key
	h.must(h.MergingOn(ctx, h.chair, slug, m.ID))
	if err := h.MergingOn(ctx, h.chair, "harbour-13", m.ID); !errors.Is(err, drafting.ErrNotFound) {
		t.Errorf("a merge of another resolution: %v", err)
	}
	h.refused(h.Decide(ctx, h.chair, m.ID, "no such key", merge.Settlement{Choice: merge.KeepBase}), "not asked any more")
	h.refused(h.Decide(ctx, h.chair, m.ID, key, merge.Settlement{Choice: merge.Take, Variant: 9}), "cannot be decided so")
	h.refused(h.Decide(ctx, h.chair, m.ID, key, merge.Settlement{Choice: "guess"}), "cannot be decided so")
	h.refused(h.Decide(ctx, h.chair, m.ID, key, merge.Settlement{Choice: merge.Combine, Words: "every\x00day"}), "cannot stand in the text")
	h.refused(h.Decide(ctx, h.chair, m.ID, key, merge.Settlement{Choice: merge.Combine, Words: strings.Repeat("day ", 500_000)}), "too long for one clause")
	h.must(h.Withdraw(ctx, h.weber, slug, eur, "joined USA"))
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.refused(err, "EUR/38A9/1 is withdrawn since this merge was begun")
	h.must(h.Abandon(ctx, h.chair, m.ID))
	h.refused(h.Abandon(ctx, h.chair, m.ID), "abandoned")
	h.refused(h.Decide(ctx, h.chair, m.ID, key, merge.Settlement{Choice: merge.KeepBase}), "abandoned")
	if text := h.read(h.observer, "main"); !strings.Contains(text, "every hour") {
		t.Error("the text changed")
	}
}

func TestCompilation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	h.submitted(h.weber, "EUR/38A9/1", "every hour", "every day", "two keepers", "three keepers")
	h.submitted(h.haddad, "ARB/36A4/2", "two keepers", "three keepers")
	view, err := h.Compilation(t.Context(), h.observer, slug)
	h.must(err)
	var labels []string
	for _, p := range view.Proposals {
		labels = append(labels, p.Label)
	}
	if got := strings.Join(labels, " "); got != "ARB/36A4/2 EUR/38A9/1 USA/48A5/1" {
		t.Errorf("proposals %s", got)
	}
	if len(view.Merged.Decisions) != 2 || len(view.Carried) != 3 {
		t.Errorf("decisions %+v", view.Merged.Decisions)
	}
	if row := h.differ(); row.Differ != 1 || row.Proposals != 3 || len(row.Circles) != 3 || row.Last.Who.Name != "Mr Haddad" {
		t.Errorf("list row %+v", row)
	}
}

// Whoever still writes is told what the moved text makes of their changes.
func TestAnOpenProposalIsToldOfTheMove(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	eur := h.submitted(h.weber, "EUR/38A9/1", "every hour", "every day", "two keepers", "three keepers")
	editor := h.edit(h.weber, eur)
	defer editor.close()
	m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa})
	h.must(err)
	commit, err := h.Finish(ctx, h.chair, m.ID, "")
	h.must(err)
	for editor.note == "" {
		editor.read(ctx)
	}
	if editor.note != "The revised text has moved (USA/48A5/1)." {
		t.Errorf("note %q", editor.note)
	}
	view, err := h.Proposal(ctx, h.weber, slug, eur)
	h.must(err)
	if view.Moved.Commit != commit || len(view.Carried) != 2 {
		t.Fatalf("moved %+v, carried %+v", view.Moved, view.Carried)
	}
	for i, want := range []merge.Outcome{merge.NeedsDecision, merge.Applied} {
		if view.Carried[i].Outcome != want {
			t.Errorf("%s: %s, want %s", view.Carried[i].Clause.Spoken, view.Carried[i].Outcome, want)
		}
	}
	compiled, err := h.Compilation(ctx, h.observer, slug)
	h.must(err)
	if len(compiled.Carried) != 1 || compiled.Base.Commit != commit {
		t.Errorf("compiled over %+v", compiled.Base)
	}
}
