package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"plenary/realtime"
	"plenary/realtime/livetest"
	"plenary/server/store"
)

func openJournal(t *testing.T, path string) *store.Journal {
	t.Helper()
	j, err := store.OpenJournal(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return j
}

func TestJournal(t *testing.T) {
	livetest.TestJournal(t, func(t *testing.T) realtime.Journal {
		return openJournal(t, filepath.Join(t.TempDir(), "journal.db"))
	})
}

// TestJournalReopened finds everything that was acknowledged, without a Close before.
func TestJournalReopened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	first := openJournal(t, path)
	at := time.Date(2012, 11, 29, 10, 47, 0, 0, time.UTC)
	entry := realtime.Entry{Room: "a:drafts/usa/1", Version: 1, ClientID: "x", User: "7", At: at, Changes: []byte(`[[0,"a"]]`)}
	if err := first.Append(t.Context(), entry.Room, 0, []realtime.Entry{entry}); err != nil {
		t.Fatal(err)
	}
	second := openJournal(t, path)
	got, err := second.Read(t.Context(), entry.Room, 0, 0)
	if err != nil || len(got) != 1 || fmt.Sprint(got[0]) != fmt.Sprint(entry) {
		t.Errorf("got %v, %v, want %v", got, err, entry)
	}
	if err := second.Append(t.Context(), entry.Room, 0, []realtime.Entry{entry}); !errors.Is(err, realtime.ErrStale) {
		t.Errorf("appending twice: got %v, want ErrStale", err)
	}
}

// TestJournalGroups appends from many rooms at once.
func TestJournalGroups(t *testing.T) {
	j := openJournal(t, filepath.Join(t.TempDir(), "journal.db"))
	var rooms sync.WaitGroup
	for n := range 20 {
		rooms.Go(func() {
			room := realtime.RoomName(fmt.Sprintf("r%d:drafts/usa/1", n))
			for v := range realtime.Version(50) {
				e := realtime.Entry{Room: room, Version: v + 1, ClientID: "x", User: "7", At: time.Now(), Changes: []byte(`[1]`)}
				if err := j.Append(context.Background(), room, v, []realtime.Entry{e}); err != nil {
					t.Errorf("%s at %d: %v", room, v, err)
					return
				}
			}
			if got, err := j.Read(context.Background(), room, 0, 0); err != nil || len(got) != 50 {
				t.Errorf("%s: %d entries, %v", room, len(got), err)
			}
		})
	}
	rooms.Wait()
}

func TestJournalClosed(t *testing.T) {
	j := openJournal(t, filepath.Join(t.TempDir(), "journal.db"))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	e := realtime.Entry{Room: "a", Version: 1, ClientID: "x", Changes: []byte(`[1]`)}
	if err := j.Append(t.Context(), "a", 0, []realtime.Entry{e}); !errors.Is(err, realtime.ErrClosed) {
		t.Errorf("append after close: got %v, want ErrClosed", err)
	}
}

func BenchmarkJournalAppend(b *testing.B) {
	j, err := store.OpenJournal(b.Context(), filepath.Join(b.TempDir(), "journal.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	v := realtime.Version(0)
	for b.Loop() {
		e := realtime.Entry{Room: "a", Version: v + 1, ClientID: "x", User: "7", At: time.Now(), Changes: []byte(`[1000,[0,"a"],5000]`)}
		if err := j.Append(b.Context(), "a", v, []realtime.Entry{e}); err != nil {
			b.Fatal(err)
		}
		v++
	}
}
