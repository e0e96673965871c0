package drafting_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"plenary/repo"
)

// left is an assembly as a killed server leaves it: every draft holds words that no commit does.
func left(t testing.TB, drafts int) (h *house, names []repo.DraftName) {
	t.Helper()
	running := newHouse(t)
	for i := range drafts {
		d := running.propose(running.carter, fmt.Sprintf("USA/48A5/%d", i+1)).Draft
		e := running.edit(running.reed, d)
		e.replace("two keepers", fmt.Sprintf("two keepers and %d apprentices", i))
		defer e.close()
		names = append(names, d)
	}
	h = &house{t: t, dir: t.TempDir(), carter: running.carter, reed: running.reed}
	running.must(os.CopyFS(h.dir, os.DirFS(running.dir)))
	return h, names
}

// firstEdit opens the assembly and types one word into a draft, and tells how long all that took.
func (h *house) firstEdit(d repo.DraftName) time.Duration {
	began := time.Now()
	h.open()
	e := h.edit(h.carter, d)
	defer e.close()
	e.replace("a list", "a public list")
	return time.Since(began)
}

// A server that was killed with 200 drafts unsaved takes edits at once, and saves the drafts though nobody opens them.
func TestRestartWithManyDraftsUnsaved(t *testing.T) {
	drafts := 200
	if testing.Short() {
		drafts = 20
	}
	h, names := left(t, drafts)
	took := h.firstEdit(names[drafts/2])
	t.Cleanup(h.shut)
	t.Logf("%d drafts: first edit after %v", drafts, took)
	if took > 20*time.Second { // loose: the machine may be busy; the benchmark tells
		t.Errorf("the first edit came %v after the start", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		unsaved, err := h.journal.Unsaved(ctx)
		h.must(err)
		if len(unsaved) == 0 {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d drafts are still unsaved", len(unsaved))
		}
	}
	desk, err := h.archive.Desk(ctx, slug, "usa")
	h.must(err)
	for i, d := range names {
		tip, err := desk.Tip(ctx, d.Draft())
		h.must(err)
		file, err := desk.File(ctx, tip, "resolution.md")
		h.must(err)
		if want := fmt.Sprintf("two keepers and %d apprentices", i); !strings.Contains(string(file), want) {
			t.Fatalf("no %q in the last commit of %s", want, d)
		}
	}
}

// BenchmarkRestart measures from opening the files of a killed server to the acknowledgement of the first edit, with
// 200 drafts unsaved in its journal.
func BenchmarkRestart(b *testing.B) {
	h, names := left(b, 200)
	var took time.Duration
	for range b.N {
		b.StopTimer()
		again := &house{t: b, dir: b.TempDir(), carter: h.carter}
		again.must(os.CopyFS(again.dir, os.DirFS(h.dir)))
		b.StartTimer()
		took += again.firstEdit(names[100])
		b.StopTimer()
		again.shut()
	}
	b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms/first-edit")
}
