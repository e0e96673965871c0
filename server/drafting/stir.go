package drafting

import (
	"context"
	"fmt"
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
	N          uint64      // counts the stirs of this server's life
}

// stirs hands on what happens to those who follow it. The zero value has nobody.
type stirs struct {
	mu        sync.Mutex
	n         uint64                // guarded by mu; begins with the time, so that it grows over restarts too
	followers map[chan Stir]follows // guarded by mu
}

// count gives how much has happened so far. The caller holds mu.
func (t *stirs) count() uint64 {
	if t.n == 0 {
		t.n = uint64(max(1, time.Now().UnixMicro())) //nolint:gosec // never negative
	}
	return t.n
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
		for _, c := range f.circles {
			if c == s.Circle {
				return true
			}
		}
		return false
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
	s.stirs.n = s.stirs.count() + 1
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

// Stirred counts what has happened since the server started: a page made at one count is out of date at most where
// the count has grown.
func (s *Service) Stirred() uint64 {
	s.stirs.mu.Lock()
	defer s.stirs.mu.Unlock()
	return s.stirs.count()
}

// Follow tells what happens on a resolution, or with an empty slug on any, from now on, as far as the actor may know
// of it. The channel is closed for a follower who does not keep up. done must be called once.
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
	return ch, s.stirs.count(), func() {
		s.stirs.mu.Lock()
		defer s.stirs.mu.Unlock()
		delete(s.stirs.followers, ch)
	}, nil
}
