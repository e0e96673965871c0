package drafting_test

import (
	"testing"
	"time"

	"plenary/server/drafting"
)

// TestAClockThatJumps sets the server's clock back by days and ahead by weeks between acts: order is the order of
// acting, nothing is lost, and the deadline goes by the clock as it is then.
func TestAClockThatJumps(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	d := h.propose(h.carter, "USA/48A5/1").Draft
	jump := func(by time.Duration) { h.clock.Add(int64(by / time.Second)) }
	words := []string{"every hour", "every half hour", "every quarter", "every minute"}
	for i, by := range []time.Duration{0, -72 * time.Hour, 14 * 24 * time.Hour} {
		jump(by)
		h.write(h.carter, d, words[i], words[i+1])
		sub, err := h.Submit(ctx, h.carter, slug, d)
		h.must(err)
		if sub.N != i+1 {
			t.Errorf("submission %d is number %d", i+1, sub.N)
		}
		if i == 1 {
			h.restart()
		}
	}
	h.must(h.SetAssembly(ctx, h.lind, drafting.Assembly{Code: "H", Name: "H", Deadline: h.now().Add(-time.Hour), Zone: "UTC"}))
	if _, err := h.Submit(ctx, h.carter, slug, d); refused(err) == "" {
		t.Errorf("after the deadline: %v", err)
	}
	view, err := h.Proposal(ctx, h.carter, slug, d)
	h.must(err)
	if len(view.Submissions) != 3 {
		t.Errorf("%d submissions are on record", len(view.Submissions))
	}
	jump(-48 * time.Hour)
	h.write(h.carter, d, "every minute", "every second")
	if _, err := h.Submit(ctx, h.carter, slug, d); err != nil {
		t.Errorf("the clock says that the deadline is to come, and submitting is refused: %v", err)
	}
	lines, _, err := h.Audit(ctx, h.lind, drafting.AuditQuery{Act: drafting.VerbSubmitted, Most: 10})
	h.must(err)
	for i := 1; i < len(lines); i++ {
		if lines[i-1].ID <= lines[i].ID {
			t.Error("the audit log is not in the order of acting")
		}
	}
	if len(lines) != 4 {
		t.Errorf("%d submissions in the audit log", len(lines))
	}
	h.restart()
	faults, err := h.Check(ctx)
	h.must(err)
	if len(faults) > 0 {
		t.Errorf("does not fit: %v", faults)
	}
}
