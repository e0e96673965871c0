package drafting_test

import (
	"errors"
	"sync"
	"testing"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

// atOnce runs act for several people at the same time and gives their errors.
func atOnce(n int, act func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = act(i) })
	}
	wg.Wait()
	return errs
}

func succeeded(errs []error) int {
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

func TestTwoPeopleDoTheSameAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()

	names := map[repo.DraftName]bool{}
	drafts := make([]repo.DraftName, 4)
	for _, err := range atOnce(4, func(i int) error {
		p, err := h.Propose(ctx, h.carter, slug, "")
		drafts[i] = p.Draft
		return err
	}) {
		h.must(err)
	}
	for _, d := range drafts {
		names[d] = true
	}
	if len(names) != 4 {
		t.Errorf("drafts %v", drafts)
	}
	errs := atOnce(3, func(int) error { _, err := h.Propose(ctx, h.carter, slug, "USA/7"); return err })
	if succeeded(errs) != 1 {
		t.Errorf("one number for several proposals: %v", errs)
	}

	usa := repo.DraftName{Circle: "usa", Name: "7"}
	h.write(h.carter, usa, "every hour", "every half hour")
	errs = atOnce(4, func(int) error { _, err := h.Submit(ctx, h.reed, slug, usa); return err })
	if succeeded(errs) != 1 {
		t.Errorf("submitted %d times: %v", succeeded(errs), errs)
	}
	eur := h.submitted(h.weber, "", "every hour", "every day", "two keepers", "three keepers")
	m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa, eur})
	h.must(err)
	key := h.openDecisions(m.ID)[0].Key
	for _, err := range atOnce(4, func(i int) error {
		as := []drafting.Actor{h.chair, h.lind}[i%2]
		return h.Decide(ctx, as, m.ID, key, merge.Settlement{Choice: merge.KeepBase})
	}) {
		h.must(err)
	}
	errs = atOnce(3, func(int) error { _, err := h.Finish(ctx, h.chair, m.ID, ""); return err })
	if succeeded(errs) != 1 {
		t.Errorf("finished %d times: %v", succeeded(errs), errs)
	}
	for _, err := range errs {
		if err != nil && !errors.As(err, new(*drafting.Refusal)) {
			t.Error(err)
		}
	}
	adoption := drafting.Adoption{Place: "Porto", Year: 2026, NumberLine: "RESOLUTION 12 (Rev. Porto, 2026)"}
	errs = atOnce(3, func(int) error { _, err := h.Adopt(ctx, h.lind, slug, adoption); return err })
	if succeeded(errs) != 1 {
		t.Errorf("adopted %d times: %v", succeeded(errs), errs)
	}
}

// Somebody reads every page while others write: no reader waits for a writer's turn or sees half a step.
func TestReadersBesideWriters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	d := h.propose(h.carter, "").Draft
	e := h.edit(h.carter, d)
	defer e.close()
	done := make(chan struct{})
	var wg sync.WaitGroup
	for _, a := range []drafting.Actor{h.reed, h.weber, h.chair} {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := h.Resolution(ctx, a, slug); err != nil {
					t.Error(err)
				}
				if _, err := h.List(ctx, a); err != nil {
					t.Error(err)
				}
				if _, err := h.Versions(ctx, a, slug); err != nil {
					t.Error(err)
				}
				if _, err := h.Proposal(ctx, a, slug, d); err != nil && !errors.Is(err, drafting.ErrNotFound) {
					t.Error(err)
				}
			}
		})
	}
	for _, step := range [][2]string{{"every hour", "every half hour"}, {"half hour", "ten minutes"}, {"ten minutes", "minute"}} {
		e.replace(step[0], step[1])
		if _, err := h.Submit(ctx, h.carter, slug, d); err != nil {
			t.Error(err)
		}
	}
	close(done)
	wg.Wait()
}
