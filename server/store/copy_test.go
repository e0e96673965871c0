package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"plenary/realtime"
	"plenary/server/store"
)

// TestCopyTogether: what was appended before is in the copy, what came while or after is not, and a writer goes on
// as soon as note was taken.
func TestCopyTogether(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	path, to := filepath.Join(dir, "journal.db"), filepath.Join(dir, "copy.db")
	journal, err := store.OpenJournal(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	appendOne := func(after realtime.Version) error {
		return journal.Append(ctx, "tea-7:drafts/usa/1", after, []realtime.Entry{{Version: after + 1, ClientID: "c", User: "7", At: time.Now(), Changes: []byte(`[]`)}})
	}
	if err := appendOne(0); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	err = store.CopyTogether(ctx, []store.Copying{{From: path, To: to}}, func(context.Context) error {
		go func() { written <- appendOne(1) }()
		select {
		case err := <-written:
			t.Errorf("a writer did not wait: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-written; err != nil {
		t.Errorf("the writer that waited: %v", err)
	}
	if err := journal.Close(); err != nil {
		t.Error(err)
	}
	copied, err := store.OpenJournal(ctx, to)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := copied.Read(ctx, "tea-7:drafts/usa/1", 0, 0)
	if err != nil || len(entries) != 1 {
		t.Errorf("the copy holds %d entries, want the 1 of before (%v)", len(entries), err)
	}
	if err := copied.Close(); err != nil {
		t.Error(err)
	}
	if err := store.CopyTogether(ctx, []store.Copying{{From: filepath.Join(dir, "absent.db"), To: to}}, nil); err == nil {
		t.Error("a file that is not there was copied")
	}
}
