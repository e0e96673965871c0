package server

import (
	"fmt"
	"net/http"
	"runtime"
	"sync"

	"github.com/labstack/echo/v4"

	"plenary/server/attempts"
)

// The measures of work that takes a processor for seconds and much memory, as writing a large text for paper does: how
// much is done at once, and how much of one person, of one address without sign-in, and of everybody is taken on.
const (
	queuedPerPerson = 3
	queuedPerPlace  = 12
	queuedInAll     = 100
)

// atOnce leaves half of the machine to pages and to those who write.
func atOnce() int { return min(4, max(1, runtime.GOMAXPROCS(0)/2)) }

var errQueueFull = echo.NewHTTPError(http.StatusTooManyRequests, "Too many files are being made for you, or from your address. Wait until they are there, then ask for this one again.")

// queue lets through what is heavy, a few at a time.
type queue struct {
	inside chan struct{}

	mu  sync.Mutex
	by  map[string]int // guarded by mu: who waits or is inside
	all int            // guarded by mu
}

func newQueue(inside int) *queue {
	return &queue{inside: make(chan struct{}, inside), by: map[string]int{}}
}

// begin takes one more of somebody's on; false where that is one too many.
func (q *queue) begin(who string, most int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.by[who] >= most || q.all >= queuedInAll {
		return false
	}
	q.by[who]++
	q.all++
	return true
}

func (q *queue) end(who string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all--
	if q.by[who]--; q.by[who] == 0 {
		delete(q.by, who)
	}
}

// queued lets a handler wait for its turn as long as its request may take.
func (s *Server) queued(q *queue, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		who, most := "place "+attempts.Place(c.RealIP()), queuedPerPlace
		if a := s.sessions.Actor(c); !a.Anonymous() {
			who, most = fmt.Sprint("person ", a.Person), queuedPerPerson
		}
		if !q.begin(who, most) {
			return errQueueFull
		}
		defer q.end(who)
		ctx := c.Request().Context()
		select {
		case q.inside <- struct{}{}:
			defer func() { <-q.inside }()
			return next(c)
		case <-ctx.Done():
			return fmt.Errorf("wait for a turn: %w", ctx.Err())
		}
	}
}
