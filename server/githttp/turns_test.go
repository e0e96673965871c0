package githttp

import (
	"context"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// held counts how long saves were held back.
type held struct {
	since time.Time
	all   time.Duration
}

func (h *held) hold(context.Context) func() {
	h.since = time.Now()
	return func() { h.all += time.Since(h.since) }
}

// Whoever only asks for turns, from one machine or from many, holds saves back for a bounded share of the time.
func TestTurnsThatAreNotUsedEnd(t *testing.T) {
	t.Parallel()
	for _, machines := range []int{1, 5} {
		synctest.Test(t, func(t *testing.T) {
			var turns pushTurns
			var saves held
			began := time.Now()
			for i := 0; time.Since(began) < 20*time.Minute; i++ {
				who := pusher{"usa", string(rune('a' + i%machines)), "/git/desks/usa/tea-7.git"}
				turns.try(who, time.Now())
				if turns.owed(who, time.Now()) {
					turns.take(t.Context(), who, saves.hold)
				}
				<-time.After(time.Second)
			}
			<-time.After(turnLasts) // the last turn ends
			synctest.Wait()
			if saves.all == 0 || saves.all > 10*time.Minute {
				t.Errorf("%d machines held saves back for %v of 20 minutes", machines, saves.all)
			}
			if len(turns.desks) != 0 {
				t.Errorf("%d desks are left", len(turns.desks))
			}
		})
	}
}

// Turns that end with a push are owed again and again, and a machine does not end the turn of another one.
func TestTurnsOfTwoMachinesOfOnePerson(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var turns pushTurns
		var saves held
		const desk = "/git/desks/usa/tea-7.git"
		one, two := pusher{"usa", "one", desk}, pusher{"usa", "two", desk}
		for range 10 {
			for _, who := range []pusher{one, two} {
				turns.try(who, time.Now())
				if !turns.owed(who, time.Now()) {
					t.Fatal("no turn is owed after a try in vain")
				}
			}
			turns.take(t.Context(), one, saves.hold)
			second := make(chan time.Time)
			began := time.Now()
			go func() {
				turns.take(t.Context(), two, saves.hold)
				second <- time.Now()
			}()
			<-time.After(3 * time.Second)
			turns.pushed(two, false) // a push from the other machine without its turn
			<-time.After(2 * time.Second)
			turns.pushed(one, true)
			if took := (<-second).Sub(began); took != 5*time.Second {
				t.Fatalf("the second machine's turn came after %v, want 5s", took)
			}
			turns.pushed(two, true)
		}
	})
}

// A person's machines are told apart by token and by place; nobody has a turn at the public repository.
func TestWhoPushes(t *testing.T) {
	t.Parallel()
	at := Address{Slug: "tea-7", Circle: "usa"}
	from := func(login, token, place string, at Address) pusher {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.RemoteAddr = place
		r.SetBasicAuth(login, token)
		return pusherOf(r, at)
	}
	who := from("usa", "secret", "192.0.2.1:1000", at)
	if again := from("usa", "secret", "192.0.2.1:2000", at); again != who {
		t.Errorf("another connection is another machine: %v, %v", who, again)
	}
	for name, other := range map[string]pusher{
		"another token": from("usa", "other", "192.0.2.1:1000", at), "another place": from("usa", "secret", "192.0.2.2:1000", at),
		"another person": from("eur", "secret", "192.0.2.1:1000", at), "another desk": from("usa", "secret", "192.0.2.1:1000", Address{Slug: "tea-8", Circle: "usa"}),
	} {
		if other == who {
			t.Errorf("%s is the same machine", name)
		}
	}
	if public := from("usa", "secret", "192.0.2.1:1000", Address{Slug: "tea-7"}); public != (pusher{}) {
		t.Errorf("a turn at the public repository: %v", public)
	}
}
