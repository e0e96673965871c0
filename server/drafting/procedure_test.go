package drafting_test

import (
	"errors"
	"slices"
	"testing"

	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

func TestActionOf(t *testing.T) {
	t.Parallel()
	const head = "# RESOLUTION 1\n\n## Lights\n\nThe Assembly,\n\n*resolves*\n"
	for _, tc := range []struct {
		name, base, text string
		want             drafting.Action
	}{
		{"the same", head + "\n1. to see;\n", head + "\n1. to see;\n", drafting.ActionNoChange},
		{"another word", head + "\n1. to see;\n", head + "\n1. to look;\n", drafting.ActionModify},
		{"another title", head + "\n1. to see;\n", "# RESOLUTION 1\n\n## Lamps\n\nThe Assembly,\n\n*resolves*\n\n1. to see;\n", drafting.ActionModify},
		{"every clause struck", head + "\n1. to see;\n", "# RESOLUTION 1\n\n## Lights\n", drafting.ActionSuppress},
		{"clauses where there were none", "# RESOLUTION 1\n\n## Lights\n", head + "\n1. to see;\n", drafting.ActionAdd},
		{"a resolution of plain words", "*resolves*\n\nto see.\n", "*resolves*\n\nto look.\n", drafting.ActionModify},
	} {
		base, _, err := resolution.Parse([]byte(tc.base))
		if err != nil {
			t.Fatal(err)
		}
		text, _, err := resolution.Parse([]byte(tc.text))
		if err != nil {
			t.Fatal(err)
		}
		if got := drafting.ActionOf(base, text); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

func TestWhatIsDeclaredIsHeldAgainstTheText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	d := h.propose(h.carter, "USA/48A5/1").Draft
	declare := func(a drafting.Action) { h.must(h.Declare(ctx, h.carter, slug, d, a)) }
	submit := func() error { _, err := h.Submit(ctx, h.carter, slug, d); return err }
	h.refused(submit(), "no change to submit")
	declare(drafting.ActionModify)
	h.refused(submit(), "no change to submit")
	declare(drafting.ActionNoChange)
	h.must(submit())
	h.write(h.carter, d, "every hour", "every half hour")
	h.refused(submit(), "declared NOC")
	declare(drafting.ActionSuppress)
	h.refused(submit(), "declared SUP")
	declare(drafting.ActionModify)
	h.must(submit())
	h.refused(h.Declare(ctx, h.carter, slug, d, "DEL"), "no action")
	if err := h.Declare(ctx, h.weber, slug, d, ""); !errors.Is(err, drafting.ErrNotFound) && !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("another delegation declares: %v", err)
	}
}

func TestSponsorsJoinAndLeave(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	d := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	sponsors := func() (codes []repo.Circle) {
		view, err := h.Proposal(ctx, h.observer, slug, d)
		h.must(err)
		for _, c := range view.Procedure.Sponsors {
			codes = append(codes, c.Code)
		}
		return codes
	}
	for range 2 { // joining twice is joining
		h.must(h.Cosponsor(ctx, h.weber, slug, d, true))
	}
	h.must(h.Cosponsor(ctx, h.haddad, slug, d, true))
	if got := sponsors(); !slices.Equal(got, []repo.Circle{"eur", "arb"}) {
		t.Errorf("sponsors %v", got)
	}
	h.must(h.Cosponsor(ctx, h.weber, slug, d, false))
	h.must(h.Cosponsor(ctx, h.weber, slug, d, false))
	if got := sponsors(); !slices.Equal(got, []repo.Circle{"arb"}) {
		t.Errorf("after one has left: %v", got)
	}
	h.refused(h.Cosponsor(ctx, h.reed, slug, d, true), "your own")
	for _, a := range []drafting.Actor{h.observer, h.chair, h.nobody} {
		if err := h.Cosponsor(ctx, a, slug, d, true); !errors.Is(err, drafting.ErrForbidden) && !errors.Is(err, drafting.ErrSignedOut) {
			t.Errorf("%s joins: %v", a.Name, err)
		}
	}
	hidden := h.propose(h.carter, "USA/48A5/2").Draft
	if err := h.Cosponsor(ctx, h.weber, slug, hidden, true); !errors.Is(err, drafting.ErrNotFound) {
		t.Errorf("a draft that is not submitted is joined: %v", err)
	}
	h.must(h.Withdraw(ctx, h.carter, slug, d, "superseded"))
	h.refused(h.Cosponsor(ctx, h.weber, slug, d, true), "withdrawn")
	view, err := h.Proposal(ctx, h.observer, slug, d)
	h.must(err)
	var verbs []string
	for _, step := range slices.Backward(view.Procedure.Steps) {
		verbs = append(verbs, step.Verb)
	}
	want := []string{drafting.VerbSubmitted, drafting.VerbJoined, drafting.VerbJoined, drafting.VerbLeft, drafting.VerbWithdrew}
	if !slices.Equal(verbs, want) {
		t.Errorf("steps %q, want %q", verbs, want)
	}
}

func TestAProposalIsReferredToAGroup(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.must(h.AddCircle(ctx, h.lind, drafting.Circle{Label: "DG1", Name: "Drafting group 1", Kind: drafting.CircleGroup}))
	d := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	h.refused(h.Refer(ctx, h.chair, slug, d, "eur"), "Choose a group")
	h.refused(h.Refer(ctx, h.chair, slug, d, "dg9"), "Choose a group")
	if err := h.Refer(ctx, h.carter, slug, d, "dg1"); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("a delegate refers: %v", err)
	}
	h.must(h.Refer(ctx, h.chair, slug, d, "dg1"))
	view, err := h.Proposal(ctx, h.observer, slug, d)
	h.must(err)
	if view.Procedure.InGroup.Label != "DG1" || view.Procedure.Referred.IsZero() || view.Procedure.Steps[0].Verb != drafting.VerbReferred {
		t.Errorf("referred: %+v", view.Procedure)
	}
	h.restart()
	h.must(h.Refer(ctx, h.lind, slug, d, ""))
	view, err = h.Proposal(ctx, h.observer, slug, d)
	h.must(err)
	if view.Procedure.InGroup.Code != "" || view.Procedure.Steps[0].Verb != drafting.VerbReturned {
		t.Errorf("taken back: %+v", view.Procedure)
	}
	h.must(h.Withdraw(ctx, h.carter, slug, d, "superseded"))
	h.refused(h.Refer(ctx, h.chair, slug, d, "dg1"), "withdrawn")
}
