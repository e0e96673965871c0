package drafting

import "sync"

// mostCounts is how many counts are kept; past it they are counted anew.
const mostCounts = 20_000

// counts keeps what was counted about texts, by the commits it was counted from. A commit's text never changes, so
// a count never goes stale.
type counts struct {
	mu   sync.Mutex
	kept map[string]int // guarded by mu
}

// of gives the count under key, counting it when it is not kept.
func (c *counts) of(key string, count func() (int, error)) (int, error) {
	c.mu.Lock()
	n, ok := c.kept[key]
	c.mu.Unlock()
	if ok {
		return n, nil
	}
	n, err := count()
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || len(c.kept) >= mostCounts {
		c.kept = map[string]int{}
	}
	c.kept[key] = n
	return n, nil
}
