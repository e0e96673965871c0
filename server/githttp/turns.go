package githttp

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"
)

// Whoever pushes fetches the tip, merges, and pushes while the tip stands still. Where a draft is saved without a
// pause, or many push to it at once, it may never stand still for one of them. So whoever has tried in vain gets a
// turn, from their next fetch to their next push: the saves of the desk wait, as long as [repo.Archive.HoldSaves] lets
// them, and so do the pushes of others. Those who are owed a turn get it one after the other in the order in which they
// ask. All waiting has an end: a turn is a courtesy, and nothing rests on it.

const (
	turnLasts    = 10 * time.Second // from the fetch to the push
	turnWaited   = 30 * time.Second // for one's turn, in the fetch
	vainTryLasts = time.Minute      // how long a try is remembered
)

// pushTurns remembers who tries to push. Keys name a login and a repository.
type pushTurns struct {
	mu    sync.Mutex
	tried map[string]time.Time // guarded by mu: when the refs were last shown to who pushes
	desks map[string]*deskTurn // guarded by mu: by repository
}

// deskTurn is whose turn it is at a desk.
type deskTurn struct {
	token chan struct{} // full while it is somebody's turn; those who wait get it in order
	users int           // guarded by the mutex of pushTurns: those who have the turn or wait; 0 drops the desk
	owner string        // guarded by the mutex of pushTurns
	end   func()        // guarded by the mutex of pushTurns: ends the owner's turn
	over  chan struct{} // guarded by the mutex of pushTurns: closed when the turn ends; nil when it is nobody's
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
		p.tried, p.desks = map[string]time.Time{}, map[string]*deskTurn{}
	}
	maps.DeleteFunc(p.tried, func(_ string, at time.Time) bool { return now.Sub(at) > vainTryLasts })
	p.tried[key] = now
}

// owed tells whether somebody has tried in vain, and forgets it.
func (p *pushTurns) owed(key string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, tried := p.tried[key]
	delete(p.tried, key)
	return tried && now.Sub(at) <= vainTryLasts
}

// take waits for a turn at a desk and begins it; hold keeps saves back.
func (p *pushTurns) take(ctx context.Context, key string, at Address, hold func(context.Context) (release func())) {
	desk := at.String()
	p.mu.Lock()
	d := p.desks[desk]
	if d == nil {
		d = &deskTurn{token: make(chan struct{}, 1)}
		p.desks[desk] = d
	}
	if d.owner == key { // fetched again, or the push was given up
		d.end()
	}
	d.users++
	p.mu.Unlock()
	leave := func() { // with mu held
		if d.users--; d.users == 0 {
			delete(p.desks, desk)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, turnWaited)
	defer cancel()
	select {
	case d.token <- struct{}{}:
	case <-ctx.Done():
		p.mu.Lock()
		defer p.mu.Unlock()
		leave()
		return
	}
	release := hold(ctx)
	over := make(chan struct{})
	end := sync.OnceFunc(func() { // with mu held
		release()
		d.owner, d.end, d.over = "", nil, nil
		close(over)
		<-d.token
		leave()
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	d.owner, d.end, d.over = key, end, over
	time.AfterFunc(turnLasts, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		end()
	})
}

// wait lets whose turn it is push first.
func (p *pushTurns) wait(ctx context.Context, key string, at Address) {
	late := time.NewTimer(turnLasts)
	defer late.Stop()
	for {
		p.mu.Lock()
		var over chan struct{}
		if d := p.desks[at.String()]; d != nil && d.owner != key {
			over = d.over
		}
		p.mu.Unlock()
		if over == nil {
			return
		}
		select {
		case <-over:
		case <-late.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// pushed ends a turn with the push it was for. After one that went through, no other is owed.
func (p *pushTurns) pushed(key string, at Address, through bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if through {
		delete(p.tried, key)
	}
	if d := p.desks[at.String()]; d != nil && d.owner == key && key != "" {
		d.end()
	}
}

// close ends all turns.
func (p *pushTurns) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.desks {
		if d.end != nil {
			d.end()
		}
	}
}
