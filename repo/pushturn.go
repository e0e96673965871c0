package repo

import (
	"context"
	"sync"
	"time"
)

// Saves and pushes take a branch's lock in the order in which they come. But whoever pushes has to fetch the tip,
// merge, and push while it stands still, and a draft that is saved without a pause never stands still for so long. So
// whoever tried in vain may ask that a desk's saves wait for their turn. A save waits for mostHeld at most, however
// many ask: words wait in the journal meanwhile, and nobody who types waits.

// mostHeld is how long a save waits for those who push.
const mostHeld = 10 * time.Second

// pushTurns holds saves back for those who push.
type pushTurns struct {
	mu    sync.Mutex
	desks map[string]*deskTurn // guarded by mu; by resolution and circle
}

// deskTurn is guarded by the mutex of its pushTurns. It is dropped when nobody is counted in it.
type deskTurn struct {
	held    int           // who push and have asked that saves wait
	saving  int           // saves that are being made
	changed chan struct{} // closed when one of them changes
}

// HoldSaves makes later saves of a circle's drafts wait, and waits for those that are being made, until ctx ends.
// release lets them go on; it may be called more than once. They go on anyhow after some seconds.
func (a *Archive) HoldSaves(ctx context.Context, slug Slug, circle Circle) (release func()) {
	t, key := &a.pushTurns, string(circle)+":"+string(slug)
	t.count(key, func(d *deskTurn) { d.held++ })
	release = sync.OnceFunc(func() { t.count(key, func(d *deskTurn) { d.held-- }) })
	t.wait(ctx, key, func(d *deskTurn) bool { return d.saving == 0 })
	return release
}

// save waits for its turn after those who push; done tells that the save is made.
func (t *pushTurns) save(ctx context.Context, slug Slug, circle Circle) (done func()) {
	key := string(circle) + ":" + string(slug)
	t.wait(ctx, key, func(d *deskTurn) bool { return d.held == 0 })
	t.count(key, func(d *deskTurn) { d.saving++ })
	return func() { t.count(key, func(d *deskTurn) { d.saving-- }) }
}

// count changes a desk's numbers and lets those look again who wait for them.
func (t *pushTurns) count(key string, change func(*deskTurn)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.desks == nil {
		t.desks = map[string]*deskTurn{}
	}
	d := t.desks[key]
	if d == nil {
		d = &deskTurn{changed: make(chan struct{})}
		t.desks[key] = d
	}
	change(d)
	close(d.changed)
	d.changed = make(chan struct{})
	if d.held == 0 && d.saving == 0 {
		delete(t.desks, key)
	}
}

// wait returns when free says so of a desk, when mostHeld is over, or when ctx ends.
func (t *pushTurns) wait(ctx context.Context, key string, free func(*deskTurn) bool) {
	over := time.NewTimer(mostHeld)
	defer over.Stop()
	for {
		t.mu.Lock()
		d := t.desks[key]
		if d == nil || free(d) {
			t.mu.Unlock()
			return
		}
		changed := d.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-over.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
