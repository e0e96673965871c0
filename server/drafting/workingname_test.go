package drafting_test

import (
	"errors"
	"strings"
	"testing"

	"plenary/server/drafting"
)

func TestWorkingNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.propose(h.carter, "").Draft
	label := func(a drafting.Actor) string {
		t.Helper()
		view, err := h.Proposal(t.Context(), a, slug, d)
		h.must(err)
		return view.Label
	}
	h.must(h.SetWorkingName(t.Context(), h.reed, slug, d, "  Fog and   snow "))
	if got := label(h.carter); got != "USA Fog and snow" {
		t.Errorf("it is called %q", got)
	}
	for name, sentence := range map[string]string{
		strings.Repeat("x", 61): "too long", "snow\u202efog": "cannot be seen", "a\x00b": "cannot be seen",
	} {
		h.refused(h.SetWorkingName(t.Context(), h.carter, slug, d, name), sentence)
	}
	for _, a := range []drafting.Actor{h.weber, h.chair, h.lind, h.observer, {}} {
		err := h.SetWorkingName(t.Context(), a, slug, d, "ours")
		if !errors.Is(err, drafting.ErrNotFound) && !errors.Is(err, drafting.ErrForbidden) && !errors.Is(err, drafting.ErrSignedOut) {
			t.Errorf("%s names another's draft: %v", a.Login, err)
		}
	}
	h.must(h.SetWorkingName(t.Context(), h.carter, slug, d, ""))
	if got := label(h.carter); got != "USA draft-1" {
		t.Errorf("without a name it is called %q", got)
	}
	h.write(h.carter, d, "every hour", "every half hour")
	_, err := h.Submit(t.Context(), h.carter, slug, d)
	h.must(err)
	h.must(h.SetNumber(t.Context(), h.lind, slug, d, "USA/48A5/1"))
	h.refused(h.SetWorkingName(t.Context(), h.carter, slug, d, "Fog"), "USA/48A5/1")
}

// What a proposal's page shows its own delegation is the draft only while that says something else than what is
// submitted.
func TestProposalShowsWhatIsSubmitted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	shown := func() drafting.VersionKind {
		t.Helper()
		view, err := h.Proposal(t.Context(), h.carter, slug, d)
		h.must(err)
		return view.Shown.Kind
	}
	if got := shown(); got != drafting.VersionProposal {
		t.Errorf("after submitting it shows the %s", got)
	}
	h.write(h.carter, d, "two keepers", "three keepers")
	if got := shown(); got != drafting.VersionDraft {
		t.Errorf("while it is written on it shows the %s", got)
	}
}

// The text as it stands goes by its edition until something is merged into it.
func TestNamesOfTheTextAsItStands(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	label := func() string {
		t.Helper()
		r, err := h.Read(t.Context(), h.weber, slug, "main", "")
		h.must(err)
		return r.Version.Label
	}
	if got := label(); got != "Rev. Lisbon, 2019" {
		t.Errorf("as adopted it is called %q", got)
	}
	h.merged(h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour"))
	if got := label(); got != "Revised text" {
		t.Errorf("after a merge it is called %q", got)
	}
}
