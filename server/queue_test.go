package server

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// TestHeavyWorkWaits: whatever is asked for at once, a few are made at a time, and nobody has many of them waiting.
func TestHeavyWorkWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, e, q := &Server{}, echo.New(), newQueue(2)
		var inside, most, done atomic.Int32
		handler := s.queued(q, func(echo.Context) error {
			most.Store(max(most.Load(), inside.Add(1)))
			<-time.After(time.Second)
			inside.Add(-1)
			done.Add(1)
			return nil
		})
		ask := func(person drafting.PersonID) error {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			c := e.NewContext(httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil), httptest.NewRecorder())
			c.Set(actorKey, drafting.Actor{Person: person})
			return handler(c)
		}
		var refused atomic.Int32
		for range 40 {
			for _, person := range []drafting.PersonID{0, 7} {
				go func() {
					if err := ask(person); errors.Is(err, errQueueFull) {
						refused.Add(1)
					}
				}()
			}
		}
		synctest.Wait()
		if got := refused.Load(); got != 80-queuedPerPerson-queuedPerPlace {
			t.Errorf("%d of 80 were refused at once", got)
		}
		if err := ask(8); err != nil {
			t.Errorf("somebody else: %v", err)
		}
		<-time.After(time.Minute)
		q.mu.Lock()
		who, all := len(q.by), q.all
		q.mu.Unlock()
		if most.Load() != 2 || done.Load() != queuedPerPerson+queuedPerPlace+1 || who != 0 || all != 0 {
			t.Errorf("%d at once, %d done, %d of %d people still counted", most.Load(), done.Load(), all, who)
		}
		for range 2 {
			q.inside <- struct{}{}
		}
		if err := ask(7); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without a turn: %v", err)
		}
	})
}
