package auth

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// attemptsBurst attempts with one login may follow each other at once, then one every attemptsEvery.
	attemptsBurst = 8
	attemptsEvery = 10 * time.Second
	// attemptsKept is how many logins are remembered; beyond it the one least recently tried is forgotten.
	attemptsKept = 4096
)

// attempts counts tries to sign in by login, whether or not somebody has the login. It keeps one login from being
// guessed at; one address that tries many logins is for the caller to slow down.
type attempts struct {
	mu     sync.Mutex
	kept   int
	byName map[string]*list.Element // of *attempt; guarded by mu
	recent *list.List               // the last tried in front; guarded by mu
}

type attempt struct {
	login   string
	limiter *rate.Limiter
}

func newAttempts(kept int) *attempts {
	return &attempts{kept: kept, byName: make(map[string]*list.Element), recent: list.New()}
}

// allow counts one try with login and tells whether it may go ahead.
func (a *attempts) allow(login string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, known := a.byName[login]
	if !known {
		at = a.recent.PushFront(&attempt{login: login, limiter: rate.NewLimiter(rate.Every(attemptsEvery), attemptsBurst)})
		a.byName[login] = at
		if len(a.byName) > a.kept {
			a.drop(a.recent.Back())
		}
	}
	a.recent.MoveToFront(at)
	tried, ok := at.Value.(*attempt)
	return ok && tried.limiter.AllowN(now, 1)
}

// forget clears the count of a login whose owner has signed in.
func (a *attempts) forget(login string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if at, known := a.byName[login]; known {
		a.drop(at)
	}
}

func (a *attempts) drop(at *list.Element) {
	if tried, ok := a.recent.Remove(at).(*attempt); ok {
		delete(a.byName, tried.login)
	}
}
