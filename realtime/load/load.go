// Package load types into a running server with many people at once, to find out how many
// it holds and how fast their words reach each other.
//
// Start with Run. It speaks plenary.v1 over websockets, so that it measures any server. An
// acknowledgement counts when the server has sent it, which means that it is on disk.
package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options say what to type, where and how fast.
type Options struct {
	// Rooms are the addresses of the texts ("ws://127.0.0.1:8080/api/v1/resolutions/res-1/live?ref=...").
	Rooms []string
	// Header carries the sign-in of a person, given their number.
	Header func(person int) http.Header
	// People is how many editors are opened, spread evenly over the rooms.
	People int
	// Rate is how many characters a second each of them types; 5 if 0.
	Rate float64
	// Duration is how long they type once all are there.
	Duration time.Duration
	// Watch is how many editors of each room read every frame in full, compare it with
	// what was typed and measure how long that took; 2 if 0. The others only count.
	Watch int
}

// Latency is how long something took.
type Latency struct {
	P50, P95, P99, Most time.Duration
	Count               int
}

// String gives the figures in milliseconds.
func (l Latency) String() string {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return fmt.Sprintf("p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, at most %.1f ms (%d)", ms(l.P50), ms(l.P95), ms(l.P99), ms(l.Most), l.Count)
}

// Report is what a run has measured.
type Report struct {
	People, Rooms int
	Typed         int           // characters
	Acknowledged  int           // characters
	Seen          Latency       // from typing to another editor in the room
	Acked         Latency       // from typing to the acknowledgement
	Joined        time.Duration // until everybody was there
	Frames, Bytes int           // received by all
	Busy          int           // pushes that the server was too busy for; they were sent again
	Problems      []string      // other refusals, lost connections, texts that differ
}

// ErrNobody tells that Options name nobody or nowhere to type.
var ErrNobody = errors.New("a load needs people and rooms")

// Run opens the editors, lets them type, waits until everything is acknowledged and seen,
// and compares the texts.
func Run(ctx context.Context, o Options) (Report, error) {
	if len(o.Rooms) == 0 || o.People < 1 {
		return Report{}, ErrNobody
	}
	if o.Rate == 0 {
		o.Rate = 5
	}
	if o.Watch == 0 {
		o.Watch = 2
	}
	if o.Header == nil {
		o.Header = func(int) http.Header { return nil }
	}
	rooms := make([]*room, len(o.Rooms))
	for i, address := range o.Rooms {
		rooms[i] = &room{address: address, typists: map[string]*typist{}}
	}
	began := time.Now()
	typists, err := open(ctx, o, rooms)
	defer func() {
		for _, t := range typists {
			t.close()
		}
	}()
	if err != nil {
		return Report{}, err
	}
	report := Report{People: o.People, Rooms: len(rooms), Joined: time.Since(began)}
	typeAll(ctx, o, typists)
	settle(ctx, typists)
	for _, t := range typists {
		t.close()
	}
	collect(&report, typists)
	return report, ctx.Err()
}

// open connects everybody, a few at a time, and returns those that are connected.
func open(ctx context.Context, o Options, rooms []*room) ([]*typist, error) {
	typists := make([]*typist, o.People)
	failed := make([]error, o.People)
	turns := make(chan struct{}, 16)
	var opening sync.WaitGroup
	for i := range o.People {
		turns <- struct{}{}
		opening.Go(func() {
			defer func() { <-turns }()
			r := rooms[i%len(rooms)]
			typists[i], failed[i] = join(ctx, r, o.Header(i), i/len(rooms) < o.Watch)
		})
	}
	opening.Wait()
	typists = slices.DeleteFunc(typists, func(t *typist) bool { return t == nil })
	return typists, errors.Join(failed...)
}

// typeAll lets everybody type for the duration, each beginning at another moment.
func typeAll(ctx context.Context, o Options, typists []*typist) {
	ctx, cancel := context.WithTimeout(ctx, o.Duration)
	defer cancel()
	pause := time.Duration(float64(time.Second) / o.Rate)
	var typing sync.WaitGroup
	for _, t := range typists {
		typing.Go(func() {
			first := time.NewTimer(time.Duration(rand.Int64N(int64(pause)))) //nolint:gosec // no secret
			defer first.Stop()
			select {
			case <-first.C:
			case <-ctx.Done():
				return
			}
			ticker := time.NewTicker(pause)
			defer ticker.Stop()
			for {
				t.key()
				select {
				case <-ticker.C:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	typing.Wait()
}

// settle waits until all is acknowledged and seen, or 30 s.
func settle(ctx context.Context, typists []*typist) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if !slices.ContainsFunc(typists, func(t *typist) bool { return !t.settled() }) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// collect adds up what the typists have measured.
func collect(report *Report, typists []*typist) {
	var seen, acked []time.Duration
	texts := map[*room]string{}
	for _, t := range typists {
		t.mu.Lock()
		report.Typed += len(t.typed)
		report.Acknowledged += t.acknowledged
		report.Frames += t.frames
		report.Bytes += t.bytes
		report.Busy += t.busy
		seen, acked = append(seen, t.seen...), append(acked, t.acked...)
		report.Problems = append(report.Problems, t.problems...)
		if t.editor != nil {
			text := t.editor.Text.String()
			if other, known := texts[t.room]; known && other != text {
				report.Problems = append(report.Problems, "two editors of "+t.room.address+" have different texts")
			}
			texts[t.room] = text
		}
		t.mu.Unlock()
	}
	report.Seen, report.Acked = latency(seen), latency(acked)
	slices.Sort(report.Problems)
	report.Problems = slices.Compact(report.Problems)
}

func latency(all []time.Duration) Latency {
	if len(all) == 0 {
		return Latency{}
	}
	slices.Sort(all)
	at := func(share float64) time.Duration { return all[int(share*float64(len(all)-1))] }
	return Latency{P50: at(0.5), P95: at(0.95), P99: at(0.99), Most: all[len(all)-1], Count: len(all)}
}
