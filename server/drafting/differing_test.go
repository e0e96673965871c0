package drafting_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
)

// differ asks for the list until the first resolution has a count of differing clauses.
func (h *house) differ() drafting.ListRow {
	h.t.Helper()
	for range 100 {
		list, err := h.List(h.t.Context(), h.observer)
		h.must(err)
		if list[0].Differ > 0 {
			return list[0]
		}
	}
	h.t.Fatal("nothing was counted")
	return drafting.ListRow{}
}

// The list does not wait for texts to be compiled: one delegate's text could make everybody wait.
func TestTheListDoesNotWaitForCompiling(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	h.submitted(h.weber, "EUR/38A9/1", "every hour", "every day")
	_, err := h.Compilation(t.Context(), h.observer, slug)
	h.must(err)
	release := h.HoldCompilation(slug)
	listed := make(chan error, 1)
	go func() {
		list, err := h.List(t.Context(), h.observer)
		if err == nil && list[0].Differ != 0 {
			err = fmt.Errorf("a count of %d that nobody can know yet", list[0].Differ)
		}
		listed <- err
	}()
	select {
	case err = <-listed:
		h.must(err)
	case <-time.After(20 * time.Second):
		t.Error("the list waits for a compilation")
	}
	release()
	if row := h.differ(); row.Differ != 1 {
		t.Errorf("%d clauses differ", row.Differ)
	}
}

// A text that no resolution needs to be as long as is not submitted.
func TestTooManyClausesAreNotSubmitted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.propose(h.carter, "USA/48A5/1").Draft
	var b strings.Builder
	b.WriteString("# A\n\n*resolves*\n\n")
	for i := range 5001 {
		fmt.Fprintf(&b, "%d. to count to %d;\n\n", i+1, i)
	}
	c := h.clone(h.carter)
	c.git("checkout", "-q", d.Draft())
	h.must(os.WriteFile(filepath.Join(c.dir, repo.TextFile), []byte(b.String()), 0o600))
	c.git("commit", "-q", "-a", "-m", "Count")
	h.must(c.push(d.Draft()))
	h.refused(c.push(d.Proposal()), "at most 5000 can be submitted")
	_, err := h.Submit(t.Context(), h.carter, slug, d)
	h.refused(err, "at most 5000 can be submitted")
}
