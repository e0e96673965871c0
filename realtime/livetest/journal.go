package livetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"plenary/realtime"
)

// TestJournal checks what every Journal promises. open returns an empty one.
func TestJournal(t *testing.T, open func(*testing.T) realtime.Journal) {
	t.Run("entries", func(t *testing.T) { journalEntries(t, open(t)) })
	t.Run("stale appends", func(t *testing.T) { journalStale(t, open(t)) })
	t.Run("snapshots", func(t *testing.T) { journalSnapshots(t, open(t)) })
}

const room = realtime.RoomName("res-1:drafts/usa/1")

func entries(from realtime.Version, n int) []realtime.Entry {
	out := make([]realtime.Entry, n)
	for i := range out {
		v := from + realtime.Version(i) + 1
		out[i] = realtime.Entry{
			Room: room, Version: v, ClientID: fmt.Sprintf("hand%d", v%3), User: fmt.Sprint(v % 2),
			At: time.UnixMilli(1_700_000_000_000 + int64(v)).UTC(), Changes: fmt.Appendf(nil, `[%d,[0,"水"]]`, v),
		}
	}
	return out
}

func journalEntries(t *testing.T, j realtime.Journal) {
	want := entries(0, 10)
	for _, part := range [][]realtime.Entry{want[:1], want[1:4], want[4:]} {
		if err := j.Append(t.Context(), room, part[0].Version-1, part); err != nil {
			t.Fatal(err)
		}
	}
	for _, try := range []struct {
		from  realtime.Version
		limit int
		want  []realtime.Entry
	}{{0, 0, want}, {3, 0, want[3:]}, {3, 2, want[3:5]}, {10, 0, nil}, {99, 1, nil}} {
		got, err := j.Read(t.Context(), room, try.from, try.limit)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(try.want) {
			t.Errorf("read from %d, limit %d: got %v, %v, want %v", try.from, try.limit, got, err, try.want)
		}
	}
	if got, err := j.Read(t.Context(), "another", 0, 0); err != nil || len(got) != 0 {
		t.Errorf("read another room: got %v, %v", got, err)
	}
}

func journalStale(t *testing.T, j realtime.Journal) {
	if err := j.Append(t.Context(), room, 0, entries(0, 3)); err != nil {
		t.Fatal(err)
	}
	for _, after := range []realtime.Version{0, 2, 4} {
		if err := j.Append(t.Context(), room, after, entries(after, 2)); !errors.Is(err, realtime.ErrStale) {
			t.Errorf("append after %d: got %v, want ErrStale", after, err)
		}
	}
	if got, err := j.Read(t.Context(), room, 0, 0); err != nil || len(got) != 3 {
		t.Errorf("after stale appends: %d entries, %v, want 3", len(got), err)
	}
}

func journalSnapshots(t *testing.T, j realtime.Journal) {
	if _, found, err := j.LastSnapshot(t.Context(), room); err != nil || found {
		t.Errorf("before the first: got %v, %v", found, err)
	}
	if err := j.Append(t.Context(), room, 0, entries(0, 3)); err != nil {
		t.Fatal(err)
	}
	at := time.UnixMilli(1_700_000_000_000).UTC()
	first := realtime.Snapshot{Live: "considering", Commit: "c0", At: at}
	planned := first
	planned.Planned = 3
	saved := realtime.Snapshot{Version: 3, Live: "considering\na) 水", Commit: "c1", At: at}
	for _, s := range []realtime.Snapshot{first, planned, saved, saved} {
		if err := j.PutSnapshot(t.Context(), room, s); err != nil {
			t.Fatal(err)
		}
		got, found, err := j.LastSnapshot(t.Context(), room)
		if err != nil || !found || got != s {
			t.Errorf("got %+v, %v, %v, want %+v", got, found, err, s)
		}
	}
	if got, err := j.Unsaved(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("unsaved after a save: got %v, %v", got, err)
	}
	if err := j.Append(t.Context(), room, 3, entries(3, 2)); err != nil {
		t.Fatal(err)
	}
	if got, err := j.Unsaved(t.Context()); err != nil || !slices.Equal(got, []realtime.RoomName{room}) {
		t.Errorf("unsaved after more edits: got %v, %v", got, err)
	}
	older := realtime.Snapshot{Version: 2, Live: "old", Commit: "c9", At: at}
	if err := j.PutSnapshot(t.Context(), room, older); !errors.Is(err, realtime.ErrStale) {
		t.Errorf("an older snapshot: got %v, want ErrStale", err)
	}
}
