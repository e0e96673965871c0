package drafting

import (
	"context"
	"sync"

	"plenary/repo"
)

// turns lets one use case at a time change what is on record of a resolution. A waiting caller leaves when its
// context ends. The order of waiting is: a file's turn, a resolution's turn, then a room, then a branch of the archive; rooms and
// branches never wait for a turn.
type turns struct {
	mu    sync.Mutex
	slots map[repo.Slug]chan struct{} // guarded by mu; one a resolution, holds one token
}

// take waits for the resolution's turn and returns what gives it back.
func (t *turns) take(ctx context.Context, slug repo.Slug) (func(), error) {
	t.mu.Lock()
	if t.slots == nil {
		t.slots = map[repo.Slug]chan struct{}{}
	}
	slot, ok := t.slots[slug]
	if !ok {
		slot = make(chan struct{}, 1)
		t.slots[slug] = slot
	}
	t.mu.Unlock()
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
