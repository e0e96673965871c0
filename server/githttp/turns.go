package githttp

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"
)

// A draft that is saved without a pause would never let a push in: its tip has moved on before the client has fetched,
// merged and pushed. So whoever has tried in vain gets a turn: from their next fetch to their next push the saves of
// the desk wait, as long as [repo.Archive.HoldSaves] lets them.

const (
	turnLasts   = 5 * time.Second // from the fetch to the push
	vainTryLast = time.Minute     // how long a try is remembered
)

// pushTurns remembers who tries to push. Keys name a login and a repository.
type pushTurns struct {
	mu    sync.Mutex
	tried map[string]time.Time // guarded by mu: when the refs were last shown to who pushes
	turns map[string]func()    // guarded by mu: ends the turn
}

// turnKey names who asks for what; empty where nobody gets a turn.
func turnKey(r *http.Request, at Address) string {
	login, _, _ := r.BasicAuth()
	if login == "" || at.Circle == "" {
		return ""
	}
	return login + " " + at.String()
}

// try notes that the refs are shown to somebody who is going to push.
func (p *pushTurns) try(key string, now time.Time) {
	if key == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tried == nil {
		p.tried, p.turns = map[string]time.Time{}, map[string]func(){}
	}
	maps.DeleteFunc(p.tried, func(_ string, at time.Time) bool { return now.Sub(at) > vainTryLast })
	p.tried[key] = now
}

// fetch begins a turn for somebody who fetches after having tried to push in vain.
func (p *pushTurns) fetch(ctx context.Context, key string, now time.Time, hold func(context.Context) (release func())) {
	p.mu.Lock()
	at, tried := p.tried[key]
	delete(p.tried, key)
	p.mu.Unlock()
	if !tried || now.Sub(at) > vainTryLast {
		return
	}
	release := hold(ctx)
	timer := time.AfterFunc(turnLasts, release)
	p.mu.Lock()
	defer p.mu.Unlock()
	if before := p.turns[key]; before != nil {
		before()
	}
	p.turns[key] = func() { timer.Stop(); release() }
}

// end ends a turn with the push it was for. After one that went through, no other is owed.
func (p *pushTurns) end(key string, through bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if through {
		delete(p.tried, key)
	}
	if end := p.turns[key]; end != nil {
		end()
		delete(p.turns, key)
	}
}

// close ends all turns.
func (p *pushTurns) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, end := range p.turns {
		end()
	}
	clear(p.turns)
}
