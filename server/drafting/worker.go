package drafting

import (
	"context"
	"fmt"
	"sync"
)

// worker is what goes on off the path of requests: it runs while there is something to do, and ends with the service.
// What is to do is its owner's, under the same lock.
type worker struct {
	ctx  context.Context // of the work, ended by close
	stop context.CancelFunc

	mu     sync.Mutex
	done   chan struct{} // guarded by mu; closed when the work that runs now has ended, nil if none runs
	closed bool          // guarded by mu
}

func newWorker() *worker {
	w := &worker{}
	w.ctx, w.stop = context.WithCancel(context.Background())
	return w
}

// begin lets work run unless it does. The caller holds mu.
func (w *worker) begin(work func()) {
	if w.done != nil {
		return
	}
	done := make(chan struct{})
	w.done = done
	go func() {
		defer close(done)
		work()
	}()
}

// running gives what is closed when the work has ended; nil if none runs.
func (w *worker) running() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.done
}

// close ends the work and waits for it.
func (w *worker) close(ctx context.Context) error {
	w.mu.Lock()
	w.closed = true
	done := w.done
	w.mu.Unlock()
	w.stop()
	if done == nil {
		return nil
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("end the work beside requests: %w", ctx.Err())
	}
}
