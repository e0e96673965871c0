package repo

import (
	"container/list"
	"sync"
)

// mostWarm is how many repositories keep open storages. Each takes some file descriptors and a few megabytes.
const mostWarm = 100

// warmth knows which repositories keep open storages, the one used last in front, and keeps the texts used last.
type warmth struct {
	mu    sync.Mutex
	order *list.List                    // guarded by mu; of *Repository
	place map[*Repository]*list.Element // guarded by mu
	texts *remembered
}

func newWarmth() *warmth {
	return &warmth{order: list.New(), place: map[*Repository]*list.Element{}, texts: newRemembered()}
}

// use puts r in front, and gives the one that must let go of its storages for it, if any.
func (w *warmth) use(r *Repository) (coldest *Repository) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e := w.place[r]; e != nil {
		w.order.MoveToFront(e)
		return nil
	}
	w.place[r] = w.order.PushFront(r)
	if w.order.Len() <= mostWarm {
		return nil
	}
	last := w.order.Back()
	coldest = w.order.Remove(last).(*Repository)
	delete(w.place, coldest)
	return coldest
}
