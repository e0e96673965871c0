package drafting_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"plenary/realtime"
	"plenary/repo"
	"plenary/server/drafting"
)

func TestDraftNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, row := range []struct {
		number, name string
		as           drafting.Actor
	}{
		{"", "draft-1", h.carter},
		{"", "draft-2", h.reed},
		{"USA/48A5/1", "48a5-1", h.carter},
		{" usa/48A5(Add.1)/2 ", "48a5-add-1-2", h.carter},
		{"", "draft-1", h.weber},
	} {
		p, err := h.Propose(t.Context(), row.as, slug, row.number)
		h.must(err)
		if p.Draft.Name != row.name || p.Draft.Circle != row.as.Circle {
			t.Errorf("%q is %s, want %s", row.number, p.Draft, row.name)
		}
	}
	for _, wrong := range []string{"48A5/1", "EUR/1", "USA/", "USA/é", "USA/<b>", "USA/1\n2", "USA/" + strings.Repeat("1", 80)} {
		if p, err := h.Propose(t.Context(), h.carter, slug, wrong); !errors.As(err, new(*drafting.Refusal)) {
			t.Errorf("number %q: %v, %v", wrong, p, err)
		}
	}
	stray := h.carter
	stray.Circle, stray.Circles = "", nil
	_, err := h.Propose(t.Context(), stray, slug, "")
	h.refused(err, "You belong to no delegation yet")
	stray.Circle = "eur" // acting for a delegation one is not in
	if _, err := h.Propose(t.Context(), stray, slug, ""); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("proposed for another delegation: %v", err)
	}
}

func TestSubmittedTextChangesOnlyBySubmitting(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	d := h.propose(h.carter, "USA/48A5/1").Draft
	_, err := h.Submit(ctx, h.carter, slug, d)
	h.refused(err, "There is no change to submit yet")

	h.write(h.carter, d, "every hour", "every half hour")
	first, err := h.Submit(ctx, h.carter, slug, d)
	h.must(err)
	_, err = h.Submit(ctx, h.reed, slug, d)
	h.refused(err, "Nothing has changed since submission 1")

	h.write(h.reed, d, "two keepers", "three keepers")
	for _, a := range []drafting.Actor{h.weber, h.chair, h.observer} {
		view, err := h.Proposal(ctx, a, slug, d)
		h.must(err)
		if view.Shown.Commit != first.Commit || view.Draft.Exists() || view.Unsubmitted || view.May.Submit || view.May.Write {
			t.Errorf("%s sees %+v, may %+v", a.Name, view.Shown, view.May)
		}
	}
	own, err := h.Proposal(ctx, h.carter, slug, d)
	h.must(err)
	if !own.Unsubmitted || !own.May.Submit || own.Shown.Key != d.Draft() {
		t.Errorf("own view: %+v, may %+v", own.Shown, own.May)
	}
	second, err := h.Submit(ctx, h.reed, slug, d)
	h.must(err)
	if second.N != 2 {
		t.Errorf("submission %d", second.N)
	}
	if text := h.read(h.weber, d.Submitted(1)); strings.Contains(text, "three keepers") {
		t.Error("the first submission changed")
	}
	if text := h.read(h.weber, d.Proposal()); !strings.Contains(text, "three keepers") {
		t.Error("the proposal is not the last submission")
	}
}

func TestWithdrawing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	d := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	if err := h.Withdraw(ctx, h.weber, slug, d, "theirs"); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("another delegation withdraws: %v", err)
	}
	h.refused(h.Withdraw(ctx, h.carter, slug, d, " "), "Say in a sentence why")
	h.must(h.Withdraw(ctx, h.carter, slug, d, "We joined EUR."))
	view, err := h.Proposal(ctx, h.observer, slug, d)
	h.must(err)
	if view.Proposal.Status != drafting.StatusWithdrawn || view.Proposal.Reason != "We joined EUR." {
		t.Errorf("%+v", view.Proposal)
	}
	_, err = h.StartMerging(ctx, h.chair, slug, []repo.DraftName{d})
	h.refused(err, "is withdrawn")
	_, err = h.Submit(ctx, h.carter, slug, d) // and back again
	h.must(err)
}

func TestTheDeadlineClosesSubmitAndNothingElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	d := h.propose(h.carter, "USA/48A5/1").Draft
	h.must(h.SetAssembly(ctx, h.lind, drafting.Assembly{Code: "H", Name: "H", Deadline: start}))
	h.write(h.carter, d, "every hour", "every half hour")
	_, err := h.Submit(ctx, h.carter, slug, d)
	h.refused(err, "Submitting closed on 9 March 2026, 09:00 UTC.")
	view, err := h.Proposal(ctx, h.carter, slug, d)
	h.must(err)
	if !view.May.Write || view.May.Submit || !strings.Contains(view.May.Why, "closed on 9 March 2026") {
		t.Errorf("may %+v", view.May)
	}
	h.must(h.SetAssembly(ctx, h.lind, drafting.Assembly{Code: "H", Name: "H", Deadline: start.Add(24 * time.Hour)}))
	_, err = h.Submit(ctx, h.carter, slug, d)
	h.must(err)
}

func TestSavesNameWhoWrote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.propose(h.carter, "USA/48A5/1").Draft
	carter, reed := h.edit(h.carter, d), h.edit(h.reed, d)
	defer carter.close()
	defer reed.close()
	carter.replace("every hour", "every hour, by radio and by printed notice")
	reed.replace("two keepers", "two _keepers ") // not canonical: the commit is, the room keeps what was typed
	commit, _, err := h.Hub().Flush(t.Context(), room(d))
	h.must(err)
	desk, err := h.archive.Desk(t.Context(), slug, "usa")
	h.must(err)
	c, err := desk.Commit(t.Context(), repo.Hash(commit))
	h.must(err)
	if c.Author != (repo.Author{Name: "Ms Carter", Code: "USA", ID: "1"}) || len(c.CoAuthors) != 1 || c.CoAuthors[0].Name != "Mr Reed" {
		t.Errorf("by %v with %v", c.Author, c.CoAuthors)
	}
	if c.Subject != "resolves 2, resolves 3: 2 clauses changed" {
		t.Errorf("subject %q", c.Subject)
	}
	want := []repo.Trailer{{Key: "Journal", Value: "1-2"}, {Key: "Number", Value: "USA/48A5/1"}}
	if len(c.Trailers) != 2 || c.Trailers[0] != want[0] || c.Trailers[1] != want[1] {
		t.Errorf("trailers %v", c.Trailers)
	}
	file, err := desk.File(t.Context(), c.Hash, repo.TextFile)
	h.must(err)
	if !strings.Contains(string(file), `two \_keepers  for`) {
		t.Errorf("not canonical:\n%s", file)
	}
	if !strings.Contains(reed.doc.String(), "two _keepers  for") {
		t.Error("the room's own words were changed")
	}
}

func TestLeavingADelegationEndsWriting(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(h *house) error{
		"leave":   func(h *house) error { return h.Leave(t.Context(), h.lind, h.reed.Person, "usa") },
		"disable": func(h *house) error { return h.Disable(t.Context(), h.lind, h.reed.Person, true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			d := h.propose(h.carter, "").Draft
			e := h.edit(h.reed, d)
			h.must(end(h))
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			var err error
			for err == nil {
				_, err = e.session.Next(ctx)
			}
			if !errors.Is(err, realtime.ErrClosed) {
				t.Errorf("the editor ended with %v", err)
			}
		})
	}
}

func TestWhereAnybodyMayRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	if _, err := h.List(t.Context(), h.nobody); !errors.Is(err, drafting.ErrSignedOut) {
		t.Errorf("a closed assembly answers %v", err)
	}
	h.must(h.SetAssembly(t.Context(), h.lind, drafting.Assembly{Code: "H", Name: "H", Open: true}))
	list, err := h.List(t.Context(), h.nobody)
	h.must(err)
	if len(list) != 1 || list[0].Proposals != 1 || list[0].Circles[0].Label != "USA" || list[0].Mine {
		t.Errorf("list %+v", list)
	}
	if text := h.read(h.nobody, d.Proposal()); !strings.Contains(text, "every half hour") {
		t.Error("the proposal cannot be read")
	}
	if _, err := h.Read(t.Context(), h.nobody, slug, d.Draft(), ""); !errors.Is(err, drafting.ErrNotFound) {
		t.Errorf("a draft: %v", err)
	}
	h.must(h.MayFetch(t.Context(), h.nobody, drafting.GitRepository{Slug: slug}))
	if err := h.MayFetch(t.Context(), h.nobody, drafting.GitRepository{Slug: slug, Circle: "usa"}); !errors.Is(err, drafting.ErrSignedOut) {
		t.Errorf("a desk: %v", err)
	}
}
