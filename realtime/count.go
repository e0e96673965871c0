package realtime

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Rooms tells how many rooms are open at this moment.
func (h *Hub) Rooms() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.rooms)
}

// counted is what the hub has done since it began.
type counted struct{ edits, commits, failed atomic.Uint64 }

// Counts is what a hub has done since it began.
type Counts struct {
	Edits   uint64 // written to the journal
	Commits uint64 // made of them
	Failed  uint64 // saves that came to nothing and are made again
}

// Counts gives what the hub has done since it began.
func (h *Hub) Counts() Counts {
	return Counts{h.counted.edits.Load(), h.counted.commits.Load(), h.counted.failed.Load()}
}

// Unsaved counts the drafts whose journal holds words that no commit holds yet.
func (h *Hub) Unsaved(ctx context.Context) (int, error) {
	rooms, err := h.journal.Unsaved(ctx)
	if err != nil {
		return 0, fmt.Errorf("count what is unsaved: %w", err)
	}
	return len(rooms), nil
}
