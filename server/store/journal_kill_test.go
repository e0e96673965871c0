package store_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/realtime"
	"plenary/realtime/editor"
	"plenary/realtime/ws"
)

// killRounds is how often TestKilledServer kills its server; PLENARY_TEST_KILLS asks for
// more.
const killRounds = 4

// rider is somebody who types unique words and reconnects when the server is killed.
type rider struct {
	t      *testing.T
	name   string
	reader sync.WaitGroup

	mu     sync.Mutex
	editor editor.Editor
	conn   *ws.Conn
	typed  []string // words, in order
	acked  int      // of these, acknowledged
}

func (r *rider) connect(c child, first []byte) {
	r.t.Helper()
	conn, err := ws.Dial(r.t.Context(), c.room("res-1:drafts/usa/1", r.name), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	r.conn = conn
	r.mu.Unlock()
	if err := conn.Write(first); err != nil {
		r.t.Fatal(err)
	}
	r.reader.Go(func() {
		for {
			raw, err := conn.Read()
			if err != nil {
				return
			}
			f, err := editor.Decode(raw)
			if err != nil {
				r.t.Errorf("%s: %s: %v", r.name, raw, err)
				return
			}
			r.mu.Lock()
			own, err := r.editor.Receive(f)
			if err != nil {
				r.t.Errorf("%s: %v", r.name, err)
			}
			if f.Type == "error" && !f.Retry {
				r.t.Errorf("%s: refused: %s %s", r.name, f.Code, f.Text)
			}
			r.acked += own
			r.push()
			r.mu.Unlock()
		}
	})
}

// push sends what waits. The caller holds mu.
func (r *rider) push() {
	if frame := r.editor.Push(); frame != nil {
		_ = r.conn.Write(frame) // a killed server takes nothing; it is sent again
	}
}

func (r *rider) write(rnd *rand.Rand) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.editor.Text == nil {
		return
	}
	word := fmt.Sprintf("<%s.%d>", r.name, len(r.typed))
	at := rnd.IntN(r.editor.Text.Len() + 1)
	if err := r.editor.Replace(at, at, word); err != nil {
		r.t.Error(err)
		return
	}
	r.typed = append(r.typed, word)
	r.push()
}

// tokens is how often each word is in a text; words typed into words are put together
// again from the inside.
func tokens(text string) map[string]int {
	out := map[string]int{}
	var open []int
	rest := []byte{}
	for i := range len(text) {
		rest = append(rest, text[i])
		switch text[i] {
		case '<':
			open = append(open, len(rest)-1)
		case '>':
			if n := len(open); n > 0 {
				out[string(rest[open[n-1]:])]++
				rest, open = rest[:open[n-1]], open[:n-1]
			}
		}
	}
	return out
}

// TestKilledServer kills a live server again and again while people type. After each kill
// everything acknowledged is there, and in the end every word is there once.
func TestKilledServer(t *testing.T) {
	rounds := killRounds
	if asked := os.Getenv("PLENARY_TEST_KILLS"); asked != "" {
		var err error
		if rounds, err = strconv.Atoi(asked); err != nil {
			t.Fatal(err)
		}
	}
	rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	dir := t.TempDir()
	c := startChild(t, dir)
	riders := make([]*rider, 20)
	for i := range riders {
		riders[i] = &rider{t: t, name: fmt.Sprintf("p%d", i)}
		riders[i].connect(c, editor.Join())
	}
	slowest := time.Duration(0)
	for range rounds {
		until := time.Now().Add(time.Duration(50+rnd.IntN(350)) * time.Millisecond)
		for time.Now().Before(until) {
			riders[rnd.IntN(len(riders))].write(rnd)
			<-time.After(time.Duration(rnd.IntN(4)) * time.Millisecond)
		}
		c.kill(t)
		for _, r := range riders {
			r.reader.Wait()
			_ = r.conn.Close()
		}
		began := time.Now()
		c = startChild(t, dir)
		late := &rider{t: t, name: "late"}
		late.connect(c, editor.Join())
		text := late.wait()
		slowest = max(slowest, time.Since(began))
		there := tokens(text)
		for _, r := range riders {
			r.mu.Lock()
			acknowledged := r.typed[:r.acked]
			r.mu.Unlock()
			for _, word := range acknowledged {
				if there[word] != 1 {
					t.Fatalf("%s was acknowledged and is there %d times after the kill", word, there[word])
				}
			}
			r.connect(c, r.editor.Resume())
		}
		_ = late.conn.Close()
		late.reader.Wait()
	}
	settleRiders(t, riders)
	want := riders[0].wait()
	there, typed := tokens(want), 0
	for _, r := range riders {
		if got := r.wait(); got != want {
			t.Errorf("%s has another text", r.name)
		}
		typed += len(r.typed)
		for _, word := range r.typed {
			if there[word] != 1 {
				t.Errorf("%s is there %d times", word, there[word])
			}
		}
		_ = r.conn.Close()
		r.reader.Wait()
	}
	c.kill(t)
	t.Logf("%d kills, %d words; the slowest start to a text took %v", rounds, typed, slowest)
	if strings.Count(want, "<") != typed {
		t.Errorf("%d words in the text, %d typed", strings.Count(want, "<"), typed)
	}
}

// wait returns the text once it is there.
func (r *rider) wait() string {
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		r.mu.Lock()
		if r.editor.Text != nil {
			defer r.mu.Unlock()
			return r.editor.Text.String()
		}
		r.mu.Unlock()
		<-time.After(time.Millisecond)
	}
	r.t.Fatal("no text after 10 s")
	return ""
}

// version is how far the rider's text is confirmed.
func (r *rider) version() realtime.Version {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.editor.Version
}

// settleRiders waits until everything is acknowledged and everybody is at one version.
func settleRiders(t *testing.T, riders []*rider) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		waiting, behind := 0, 0
		first := riders[0].version()
		for _, r := range riders {
			r.mu.Lock()
			waiting += r.editor.Unconfirmed()
			if r.editor.Version != first {
				behind++
			}
			r.push()
			r.mu.Unlock()
		}
		if waiting == 0 && behind == 0 {
			<-time.After(100 * time.Millisecond)
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	t.Fatal("not everything is acknowledged after 20 s")
}
