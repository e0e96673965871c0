package githttp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"
)

// Whoever pushes fetches the tip, merges, and pushes while the tip stands still. Where a draft is saved without a
// pause, or many push to it at once, it may never stand still for one of them. So whoever has tried in vain gets a
// turn, from their next fetch to their next push: the saves of the desk wait, as long as [repo.Archive.HoldSaves] lets
// them, and so do the pushes of others. Those who are owed a turn get it one after the other in the order in which they
// ask. All waiting has an end: a turn is a courtesy, and nothing rests on it. Who lets turns go by unused gets no more of
// them for a while, so that nobody keeps the saves of a desk waiting by asking for turns alone.

const (
	turnLasts    = 10 * time.Second // from the fetch to the push
	turnWaited   = 30 * time.Second // for one's turn, in the fetch
	vainTryLasts = time.Minute      // how long a try is remembered, and a turn that went by unused
	mostUnused   = 3                // turns of one login at a desk that may go by unused in that time
)

// pusher is who pushes what. Each machine of a person has a turn of its own.
type pusher struct {
	login, machine, desk string // desk is empty where nobody gets a turn
}

// pushTurns remembers who tries to push.
type pushTurns struct {
	mu     sync.Mutex
	tried  map[pusher]time.Time   // guarded by mu: when the refs were last shown to who pushes
	unused map[pusher][]time.Time // guarded by mu: when turns went by unused, by login and desk
	desks  map[string]*deskTurn   // guarded by mu: by repository
}

// deskTurn is whose turn it is at a desk.
type deskTurn struct {
	token chan struct{}   // full while it is somebody's turn; those who wait get it in order
	users int             // guarded by the mutex of pushTurns: those who have the turn or wait; 0 drops the desk
	owner pusher          // guarded by the mutex of pushTurns
	end   func(used bool) // guarded by the mutex of pushTurns: ends the owner's turn
	over  chan struct{}   // guarded by the mutex of pushTurns: closed when the turn ends; nil when it is nobody's
}

// pusherOf tells who asks for what. Machines are told apart by their tokens, and by where they are.
func pusherOf(r *http.Request, at Address) pusher {
	login, token, _ := r.BasicAuth()
	if login == "" || at.Circle == "" {
		return pusher{}
	}
	place, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		place = r.RemoteAddr
	}
	sum := sha256.Sum256([]byte(token))
	return pusher{login: login, machine: hex.EncodeToString(sum[:8]) + " " + place, desk: at.String()}
}

// anyMachine is the person at the desk, wherever they are.
func (p pusher) anyMachine() pusher { return pusher{login: p.login, desk: p.desk} }

// forget drops what happened too long ago to matter. The caller holds mu.
func (p *pushTurns) forget(now time.Time) {
	old := func(at time.Time) bool { return now.Sub(at) > vainTryLasts }
	maps.DeleteFunc(p.tried, func(_ pusher, at time.Time) bool { return old(at) })
	maps.DeleteFunc(p.unused, func(_ pusher, at []time.Time) bool { return old(at[len(at)-1]) })
}

// try notes that the refs are shown to somebody who is going to push.
func (p *pushTurns) try(who pusher, now time.Time) {
	if who.desk == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tried == nil {
		p.tried, p.unused, p.desks = map[pusher]time.Time{}, map[pusher][]time.Time{}, map[string]*deskTurn{}
	}
	p.forget(now)
	p.tried[who] = now
}

// owed tells whether somebody has tried in vain, and forgets it.
func (p *pushTurns) owed(who pusher, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(now)
	_, tried := p.tried[who]
	delete(p.tried, who)
	return tried && len(p.unused[who.anyMachine()]) < mostUnused
}

// wasted notes that a turn went by unused. The caller holds mu.
func (p *pushTurns) wasted(who pusher, now time.Time) {
	who = who.anyMachine()
	p.unused[who] = append(p.unused[who], now)
}

// take waits for a turn at a desk and begins it; hold keeps saves back.
func (p *pushTurns) take(ctx context.Context, who pusher, hold func(context.Context) (release func())) {
	p.mu.Lock()
	d := p.desks[who.desk]
	if d == nil {
		d = &deskTurn{token: make(chan struct{}, 1)}
		p.desks[who.desk] = d
	}
	if d.owner == who { // fetched again, or the push was given up
		d.end(false)
	}
	d.users++
	p.mu.Unlock()
	leave := func() { // with mu held
		if d.users--; d.users == 0 {
			delete(p.desks, who.desk)
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
	ended := false // guarded by mu
	end := func(used bool) {
		if ended {
			return
		}
		ended = true
		if !used {
			p.wasted(who, time.Now())
		}
		release()
		d.owner, d.end, d.over = pusher{}, nil, nil
		close(over)
		<-d.token
		leave()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	d.owner, d.end, d.over = who, end, over
	time.AfterFunc(turnLasts, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		end(false)
	})
}

// wait lets whose turn it is push first.
func (p *pushTurns) wait(ctx context.Context, who pusher) {
	late := time.NewTimer(turnLasts)
	defer late.Stop()
	for {
		p.mu.Lock()
		var over chan struct{}
		if d := p.desks[who.desk]; d != nil && d.owner != who {
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
func (p *pushTurns) pushed(who pusher, through bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if through {
		delete(p.tried, who)
	}
	if d := p.desks[who.desk]; d != nil && d.owner == who && who.desk != "" {
		d.end(true)
	}
}

// close ends all turns.
func (p *pushTurns) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.desks {
		if d.end != nil {
			d.end(true)
		}
	}
}
