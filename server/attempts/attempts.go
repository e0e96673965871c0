// Package attempts measures how often something is tried, and by whom.
//
// Start with [New]. A [Table] lets each key through at one measure. It never holds more keys than it was made for:
// beyond them the one tried longest ago is forgotten, so that a stranger's made-up keys cost neither memory nor the
// count of whoever is trying now.
package attempts

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// longestKey is how much of a key is looked at; keys hold what strangers wrote.
const longestKey = 200

// Measure is how many tries may follow each other at once, and how soon after that one more may.
type Measure struct {
	Burst int
	Every time.Duration
}

// Table counts tries by key. Its methods may be called from several goroutines at once.
type Table struct {
	measure Measure
	kept    int
	mu      sync.Mutex
	byKey   map[string]*list.Element // of *tried; guarded by mu
	recent  *list.List               // the last tried in front; guarded by mu
}

type tried struct {
	key     string
	limiter *rate.Limiter
}

// New returns a table with one measure for every key, which keeps at most that many keys.
func New(m Measure, kept int) *Table {
	return &Table{measure: m, kept: kept, byKey: make(map[string]*list.Element), recent: list.New()}
}

// Allow counts one try and tells whether it is within the measure.
func (t *Table) Allow(key string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of(key).AllowN(now, 1)
}

// Turn counts one try and tells how long it has to wait for its turn, at most the longest. Where the turn would come
// later than that, ok is false and the try is not counted.
func (t *Table) Turn(key string, now time.Time, longest time.Duration) (wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	turn := t.of(key).ReserveN(now, 1)
	if wait = turn.DelayFrom(now); wait <= longest {
		return wait, true
	}
	turn.CancelAt(now)
	return longest, false
}

// Fresh tells whether nothing was tried with the key, or so long ago that all of its measure is free again.
func (t *Table) Fresh(key string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, known := t.byKey[cut(key)]
	if !known {
		return true
	}
	one, ok := at.Value.(*tried)
	return !ok || one.limiter.TokensAt(now) >= float64(t.measure.Burst)
}

// Forget clears the count of a key.
func (t *Table) Forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, known := t.byKey[cut(key)]; known {
		t.drop(at)
	}
}

// of finds or makes the limiter of a key, which becomes the one tried last. The caller holds mu.
func (t *Table) of(key string) *rate.Limiter {
	key = cut(key)
	if at, known := t.byKey[key]; known {
		if one, ok := at.Value.(*tried); ok {
			t.recent.MoveToFront(at)
			return one.limiter
		}
	}
	one := &tried{key: key, limiter: rate.NewLimiter(rate.Every(t.measure.Every), t.measure.Burst)}
	t.byKey[key] = t.recent.PushFront(one)
	if len(t.byKey) > t.kept {
		t.drop(t.recent.Back())
	}
	return one.limiter
}

// drop forgets one entry. The caller holds mu.
func (t *Table) drop(at *list.Element) {
	if one, ok := t.recent.Remove(at).(*tried); ok {
		delete(t.byKey, one.key)
	}
}

func cut(key string) string { return key[:min(len(key), longestKey)] }

// Place is what counts as one address: an IPv4 address, or the /64 network of an IPv6 address, all of which is
// usually one household's or one machine's.
func Place(address string) string {
	at, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if at = at.Unmap().WithZone(""); at.Is4() {
		return at.String()
	}
	network, err := at.Prefix(64)
	if err != nil {
		return address
	}
	return network.String()
}
