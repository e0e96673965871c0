package drafting_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store"
)

// faults stops the records after so many more writes, as a crash would.
type faults struct {
	left atomic.Int64 // writes until the crash; 0: none is planned
	met  atomic.Int64
}

var errCrash = errors.New("crash")

func (f *faults) write() error {
	f.met.Add(1)
	if f.left.Load() == 0 {
		return nil
	}
	if f.left.Load() == 1 {
		return errCrash // and every write after it
	}
	f.left.Add(-1)
	return nil
}

// faulty is the records with faults in every write that the use cases make.
type faulty struct {
	*store.Records
	faults *faults
}

func (r *faulty) AddResolution(ctx context.Context, v drafting.Resolution) error {
	return errors.Join(r.faults.write(), r.unless(func() error { return r.Records.AddResolution(ctx, v) }))
}

func (r *faulty) UpdateResolution(ctx context.Context, v drafting.Resolution) error {
	return errors.Join(r.faults.write(), r.unless(func() error { return r.Records.UpdateResolution(ctx, v) }))
}

func (r *faulty) AddProposal(ctx context.Context, p drafting.Proposal) (id int64, err error) {
	return id, errors.Join(r.faults.write(), r.unless(func() error { id, err = r.Records.AddProposal(ctx, p); return err }))
}

func (r *faulty) UpdateProposal(ctx context.Context, p drafting.Proposal) error {
	return errors.Join(r.faults.write(), r.unless(func() error { return r.Records.UpdateProposal(ctx, p) }))
}

func (r *faulty) AddSubmission(ctx context.Context, s drafting.Submission) error {
	return errors.Join(r.faults.write(), r.unless(func() error { return r.Records.AddSubmission(ctx, s) }))
}

func (r *faulty) UpdateMerging(ctx context.Context, m drafting.Merging) error {
	return errors.Join(r.faults.write(), r.unless(func() error { return r.Records.UpdateMerging(ctx, m) }))
}

func (r *faulty) AddActivity(ctx context.Context, a drafting.Activity) error {
	return errors.Join(r.faults.write(), r.unless(func() error { return r.Records.AddActivity(ctx, a) }))
}

// unless runs fn if the crash has not come.
func (r *faulty) unless(fn func() error) error {
	if r.faults.left.Load() == 1 {
		return nil
	}
	return fn()
}

// crashAt runs act with a crash at its n-th write, and tells whether it came that far.
func (h *house) crashAt(n int64, act func() error) bool {
	h.t.Helper()
	h.faults.left.Store(n)
	err := act()
	h.faults.left.Store(0)
	if err != nil && !errors.Is(err, errCrash) {
		h.t.Fatal(err)
	}
	return err != nil
}

// untilNoCrash runs a story with a crash at each write in turn.
func untilNoCrash(t *testing.T, story func(h *house, n int64) (crashed bool)) {
	t.Helper()
	for n := int64(1); ; n++ {
		if n > 30 {
			t.Fatal("more than 30 writes")
		}
		if testing.Short() && n > 3 {
			return
		}
		crashed := false
		t.Run(fmt.Sprintf("write %d", n), func(t *testing.T) { crashed = story(newHouse(t), n) })
		if !crashed {
			if n < 2 {
				t.Fatal("no crash came")
			}
			return
		}
	}
}

func TestSubmitCutOffIsFinishedByARestart(t *testing.T) {
	t.Parallel()
	untilNoCrash(t, func(h *house, n int64) bool {
		d := h.propose(h.carter, "USA/48A5/1").Draft
		h.write(h.carter, d, "every hour", "every half hour")
		crashed := h.crashAt(n, func() error {
			_, err := h.Submit(h.t.Context(), h.carter, slug, d)
			return err
		})
		h.restart()
		view, err := h.Proposal(h.t.Context(), h.weber, slug, d)
		h.must(err)
		if view.Proposal.Status != drafting.StatusSubmitted || view.Proposal.Submissions != 1 || len(view.Submissions) != 1 {
			h.t.Errorf("after a crash: %+v", view.Proposal)
		}
		if by := view.Submissions[0].Who.Name; by != "Ms Carter" {
			h.t.Errorf("submitted by %q", by)
		}
		h.write(h.reed, d, "two keepers", "three keepers")
		sub, err := h.Submit(h.t.Context(), h.reed, slug, d)
		h.must(err)
		if sub.N != 2 {
			h.t.Errorf("the next submission is %d", sub.N)
		}
		return crashed
	})
}

func TestImportCutOffIsFinishedByARestart(t *testing.T) {
	t.Parallel()
	untilNoCrash(t, func(h *house, n int64) bool {
		crashed := h.crashAt(n, func() error {
			_, err := h.Import(h.t.Context(), h.lind, drafting.ImportRequest{
				Slug: "harbour-13", Place: "Lisbon", Year: 2019, FileName: "a.md",
				File: []byte(strings.ReplaceAll(adopted, "12", "13")),
			})
			return err
		})
		h.restart()
		view, err := h.Resolution(h.t.Context(), h.observer, "harbour-13")
		h.must(err)
		if view.Number != "13" || view.Edition != "Rev. Lisbon, 2019" || view.Title != "Shared weather stations of harbour towns" {
			h.t.Errorf("after a crash: %+v", view.Resolution)
		}
		return crashed
	})
}

func TestProposeCutOffLeavesADraft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if !h.crashAt(1, func() error { _, err := h.Propose(t.Context(), h.carter, slug, "USA/48A5/1"); return err }) {
		t.Fatal("no crash came")
	}
	h.restart()
	d := repo.DraftName{Circle: "usa", Name: "48a5-1"}
	view, err := h.Proposal(t.Context(), h.reed, slug, d)
	h.must(err)
	if len(view.Changes) == 0 || view.May.Submit || !view.May.Write {
		t.Errorf("%+v", view.May)
	}
	h.write(h.reed, d, "every hour", "every half hour")
	_, err = h.Submit(t.Context(), h.reed, slug, d)
	h.must(err)
}

func TestFinishCutOffIsFinishedByARestart(t *testing.T) {
	t.Parallel()
	untilNoCrash(t, func(h *house, n int64) bool {
		ctx := h.t.Context()
		usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
		eur := h.submitted(h.weber, "EUR/38A9/1", "two keepers", "three keepers")
		m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa, eur})
		h.must(err)
		crashed := h.crashAt(n, func() error { _, err := h.Finish(ctx, h.chair, m.ID, "Agreed."); return err })
		h.restart()
		view, err := h.Resolution(ctx, h.observer, slug)
		h.must(err)
		if len(view.Mergings) != 1 || view.Mergings[0].Commit != view.Main.Commit || view.Mergings[0].Sentence != "Agreed." {
			h.t.Errorf("merges %+v, main %s", view.Mergings, view.Main.Commit)
		}
		for _, p := range view.Proposals {
			if p.Status != drafting.StatusMerged {
				h.t.Errorf("%s is %s", p.Label, p.Status)
			}
		}
		_, err = h.Finish(ctx, h.chair, m.ID, "")
		h.refused(err, "This merge is done")
		return crashed
	})
}

func TestAdoptCutOffIsFinished(t *testing.T) {
	t.Parallel()
	untilNoCrash(t, func(h *house, n int64) bool {
		ctx := h.t.Context()
		usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
		eur := h.submitted(h.weber, "EUR/38A9/1", "two keepers", "three keepers")
		m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa})
		h.must(err)
		_, err = h.Finish(ctx, h.chair, m.ID, "")
		h.must(err)
		adopt := func() error {
			_, err := h.Adopt(ctx, h.lind, slug, drafting.Adoption{
				Place: "Porto", Year: 2026, NumberLine: "RESOLUTION 12 (Rev. Porto, 2026)",
			})
			return err
		}
		crashed := h.crashAt(n, adopt)
		h.restart()
		if err := adopt(); err != nil { // asked again: done already, or done now
			h.refused(err, "on record already")
		}
		view, err := h.Resolution(ctx, h.observer, slug)
		h.must(err)
		if view.Edition != "Rev. Porto, 2026" || len(view.Adopted) != 2 {
			h.t.Errorf("%+v, adopted %v", view.Resolution, view.Adopted)
		}
		for _, p := range view.Proposals {
			want := drafting.StatusAdopted
			if p.Draft == eur {
				want = drafting.StatusNot
			}
			if p.Status != want {
				h.t.Errorf("%s is %s", p.Label, p.Status)
			}
		}
		return crashed
	})
}
