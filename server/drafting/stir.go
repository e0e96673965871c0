package drafting

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"plenary/repo"
)

// StirKind says what sort of thing has happened.
type StirKind string

// The kinds of stir.
const (
	StirActivity StirKind = "activity" // a line of activity: submitted, merged, commented ...
	StirStance   StirKind = "stance"   // what delegations say of wordings and brackets
	StirMerge    StirKind = "merge"    // decisions of a merge being worked out: for those who merge
	StirDraft    StirKind = "draft"    // a draft was saved: for its circle
)

// Stir tells that something has happened on a resolution. It says nothing of what: who is told looks again, with
// rights of their own.
type Stir struct {
	Resolution repo.Slug
	Kind       StirKind
	Verb       string      // of an activity
	Circle     repo.Circle // of what only a circle may know; empty: everybody who reads
	N          uint64      // grows from stir to stir; a time, so that it does not tell how many others there were
}

// stirs hands on what happens to those who follow it. The zero value has nobody.
//
// Stirs are numbered by the time. A count would tell everybody how much happens behind doors that are closed to them.
type stirs struct {
	mu        sync.Mutex
	n         uint64                // guarded by mu: of the last stir
	lasts     map[Stir]uint64       // guarded by mu: of the last stir that the same people are told of; Verb and N are empty
	followers map[chan Stir]follows // guarded by mu
}

// now gives a number for something that happens now. The caller holds mu.
func (t *stirs) now() uint64 {
	return max(t.n, uint64(max(1, time.Now().UnixMicro())))
}

// begin numbers the start of this server, after which nobody knows what they have missed. The caller holds mu.
func (t *stirs) begin() {
	if t.lasts == nil {
		t.n, t.lasts = t.now(), map[Stir]uint64{}
		t.lasts[Stir{}] = t.n
	}
}

// follows is what a follower is told of.
type follows struct {
	slug    repo.Slug // empty: all resolutions
	circles []repo.Circle
	merges  bool
}

func (f follows) tells(s Stir) bool {
	if f.slug != "" && f.slug != s.Resolution {
		return false
	}
	if s.Circle != "" {
		return slices.Contains(f.circles, s.Circle)
	}
	return s.Kind != StirMerge || f.merges
}

// stirQueue is how many stirs wait for a follower. One who is slower than that has missed some, and is told to look
// again by the channel's end.
const stirQueue = 32

// stir tells the followers. It never waits for them.
func (s *Service) stir(what Stir) {
	if what.Resolution != "" && (what.Kind == StirActivity || what.Kind == StirDraft) {
		s.reword(what.Resolution, what.Circle)
	}
	s.stirs.mu.Lock()
	defer s.stirs.mu.Unlock()
	s.stirs.begin()
	s.stirs.n = s.stirs.now() + 1
	s.stirs.lasts[Stir{Resolution: what.Resolution, Kind: what.Kind, Circle: what.Circle}] = s.stirs.n
	what.N = s.stirs.n
	for ch, f := range s.stirs.followers {
		if !f.tells(what) {
			continue
		}
		select {
		case ch <- what:
		default:
			delete(s.stirs.followers, ch)
			close(ch)
		}
	}
}

// Stirred gives a number greater than that of any stir so far: a page made at it is out of date once it hears of a
// greater one.
func (s *Service) Stirred() uint64 {
	s.stirs.mu.Lock()
	defer s.stirs.mu.Unlock()
	s.stirs.begin()
	return s.stirs.now()
}

// last is the number of the last stir that a follower would have been told of. The caller holds mu.
func (t *stirs) last(f follows) uint64 {
	t.begin()
	last := t.lasts[Stir{}]
	for what, n := range t.lasts {
		if f.tells(what) {
			last = max(last, n)
		}
	}
	return last
}

// Follow tells what happens on a resolution, or with an empty slug on any, from now on, as far as the actor may know
// of it; since is the number of the last such stir. The channel is closed for a follower who does not keep up. done must be called once.
func (s *Service) Follow(ctx context.Context, a Actor, slug repo.Slug) (stirs <-chan Stir, since uint64, done func(), err error) {
	r, err := s.mayRead(ctx, a)
	if err != nil {
		return nil, 0, nil, err
	}
	f := follows{slug: slug, merges: r.rights.May(a, ActMerge, "") == nil}
	if slug != "" {
		if _, err := s.records.Resolution(ctx, slug); err != nil {
			return nil, 0, nil, fmt.Errorf("resolution %s: %w", slug, err)
		}
	}
	for _, c := range a.Circles {
		if r.mine(c) {
			f.circles = append(f.circles, c)
		}
	}
	ch := make(chan Stir, stirQueue)
	s.stirs.mu.Lock()
	defer s.stirs.mu.Unlock()
	if s.stirs.followers == nil {
		s.stirs.followers = map[chan Stir]follows{}
	}
	s.stirs.followers[ch] = f
	return ch, s.stirs.last(f), func() {
		s.stirs.mu.Lock()
		defer s.stirs.mu.Unlock()
		delete(s.stirs.followers, ch)
	}, nil
}
