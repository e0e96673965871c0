package auth

import (
	"context"
	"time"

	"plenary/server/attempts"
)

// The measures of guessing at one login. From one address there are few tries; from everywhere together there are many,
// and what is beyond waits for its turn: nobody can shut the owner of a login out by trying wrong passwords elsewhere.
var (
	fromOnePlace = attempts.Measure{Burst: 8, Every: 10 * time.Second}
	fromAnywhere = attempts.Measure{Burst: 30, Every: time.Second}
)

const (
	// longestTurn is how long a try waits for its turn where a login is tried from many addresses.
	longestTurn = 4 * time.Second
	// pairsKept and loginsKept are how many are remembered; beyond them the one least recently tried is forgotten.
	pairsKept  = 16384
	loginsKept = 4096
)

// guard counts tries with a login, whether or not somebody has it.
type guard struct {
	pairs  *attempts.Table // by login and address
	logins *attempts.Table // by login
	pause  func(ctx context.Context, d time.Duration) error
}

func newGuard() *guard {
	return &guard{pairs: attempts.New(fromOnePlace, pairsKept), logins: attempts.New(fromAnywhere, loginsKept), pause: pause}
}

// allow counts one try with login from a place, after its turn has come, and tells whether it may go ahead. From a
// place where nothing failed of late it always may. Where the turn would come too late, other places may not.
func (g *guard) allow(ctx context.Context, login, place string, now time.Time) (bool, error) {
	pair := login + "\n" + place
	fresh := g.pairs.Fresh(pair, now)
	if !g.pairs.Allow(pair, now) {
		return false, nil
	}
	wait, ok := g.logins.Turn(login, now, longestTurn)
	if !ok && !fresh {
		return false, nil
	}
	if wait > 0 {
		if err := g.pause(ctx, wait); err != nil {
			return false, err
		}
	}
	return true, nil
}

// forget clears the counts of a login whose owner has signed in from a place.
func (g *guard) forget(login, place string) {
	g.pairs.Forget(login + "\n" + place)
	g.logins.Forget(login)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
