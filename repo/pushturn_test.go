package repo_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"plenary/repo"
)

// Who pushes finds the tip at rest for as long as the turn lasts; saves come after it.
func TestSavesWaitForWhoPushes(t *testing.T) {
	t.Parallel()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	release := a.HoldSaves(t.Context(), "tea-7", "usa")
	at := must[*repo.Repository](t)(a.Desk(t.Context(), "tea-7", "usa"))
	var saved sync.WaitGroup
	saved.Go(func() { save(t, a, usa, main, 1, "saved after the push\n") })
	begin(t, a, eur, main)
	save(t, a, eur, main, 2, "another desk does not wait\n")
	if tip := must[repo.Hash](t)(at.Tip(t.Context(), usa.Draft())); tip != main {
		t.Errorf("the draft was saved to %s while somebody pushes", tip)
	}
	release()
	release()
	saved.Wait()
	if tip := must[repo.Hash](t)(at.Tip(t.Context(), usa.Draft())); tip == main {
		t.Error("the draft was not saved after the push")
	}
}

// A save waits for nobody for ever, nor for whoever does not wait for it.
func TestSavesGoOnAtLast(t *testing.T) {
	t.Parallel()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	tip := main
	for i := range 2 { // nobody lets go
		defer a.HoldSaves(t.Context(), "tea-7", "usa")()
		began := time.Now()
		tip = save(t, a, usa, tip, i, fmt.Sprintf("words %d\n", i))
		if took := time.Since(began); took < time.Second || took > time.Minute {
			t.Errorf("the save took %v", took)
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		began = time.Now()
		defer a.HoldSaves(gone, "tea-7", "usa")()
		if took := time.Since(began); took > time.Second {
			t.Errorf("who had gone waited %v", took)
		}
	}
}
