package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"plenary/realtime/editor"
	"plenary/realtime/ws"
)

// crowd is many people who type, each in a draft, and come back by themselves when they are cut off.
type crowd struct {
	stage
	t      *testing.T
	base   string
	people []*comer
	over   context.CancelFunc

	clauses int // over which words are spread; 0: all go into one
	typing  sync.WaitGroup
}

// comer is one of a crowd: an editor that resumes as the one in the browser does.
type comer struct {
	name, address, token string
	pause                time.Duration
	clauses              int

	mu      sync.Mutex
	acked   []string      // words that were acknowledged
	longest time.Duration // from typing a word to its acknowledgement
	waits   []time.Duration
	resumed int
	begun   int // times it had to begin anew, which loses what was not acknowledged
	err     error
}

// newCrowd furnishes dir and gives its people, who do not type yet.
func newCrowd(t *testing.T, dir string, people, rooms int) *crowd {
	t.Helper()
	made, err := BenchAssemblyCommand{DataFlag: DataFlag{dir}, People: people, Rooms: rooms}.make(t.Context())
	must(t, err)
	return &crowd{stage: made, t: t}
}

// begin lets everybody come and type a word each pause.
func (c *crowd) begin(base string, pause time.Duration) {
	c.t.Helper()
	c.base = base
	ctx, over := context.WithCancel(c.t.Context())
	c.over = over
	here := make(chan struct{}, len(c.Tokens))
	for i, token := range c.Tokens {
		p := &comer{name: fmt.Sprintf("p%d", i), token: token, address: c.Drafts[i%len(c.Drafts)].address(base), pause: pause, clauses: max(1, c.clauses)}
		c.people = append(c.people, p)
		c.typing.Go(func() { p.comeAndType(ctx, here) })
	}
	for range c.people {
		select {
		case <-here:
		case <-time.After(3 * patience):
			c.t.Fatal("not everybody came")
		}
	}
}

// end lets everybody finish the word they are at, and go.
func (c *crowd) end() {
	c.over()
	c.typing.Wait()
}

// words counts what was acknowledged up to now.
func (c *crowd) words() (n int) {
	for _, p := range c.people {
		p.mu.Lock()
		n += len(p.acked)
		p.mu.Unlock()
	}
	return n
}

// await waits until n more words were acknowledged.
func (c *crowd) await(n int) {
	c.t.Helper()
	want, late, again := c.words()+n, time.After(3*patience), time.NewTicker(20*time.Millisecond)
	defer again.Stop()
	for c.words() < want {
		select {
		case <-again.C:
		case <-late:
			c.t.Fatalf("%d words are acknowledged, waited in vain for %d: %v", c.words(), want, c.errors())
		}
	}
}

func (c *crowd) errors() (all error) {
	for _, p := range c.people {
		p.mu.Lock()
		all = errors.Join(all, p.err)
		p.mu.Unlock()
	}
	return all
}

// checkWords looks into every draft for what was acknowledged: each word is there once.
func (c *crowd) checkWords() {
	c.t.Helper()
	texts := map[string]string{}
	for i, p := range c.people {
		draft := c.Drafts[i%len(c.Drafts)]
		if texts[draft.Ref] == "" {
			e, err := joinLive(strings.TrimPrefix(c.base, "http://"), draft.Resolution, draft.Ref, c.Tokens[0])
			must(c.t, err)
			e.mu.Lock()
			texts[draft.Ref] = e.editor.Text.String()
			e.mu.Unlock()
			must(c.t, e.conn.Close())
		}
		if p.err != nil {
			c.t.Errorf("%s: %v", p.name, p.err)
		}
		for _, word := range p.acked {
			if n := strings.Count(texts[draft.Ref], word); n != 1 {
				c.t.Errorf("%s: acknowledged %s stands %d times in %s", p.name, word, n, draft.Ref)
			}
		}
	}
}

// waits gives the median wait for an acknowledgement, the 95th percentile and the longest.
func (c *crowd) waits() (median, p95, most time.Duration) {
	var all []time.Duration
	for _, p := range c.people {
		p.mu.Lock()
		all = append(all, p.waits...)
		p.mu.Unlock()
	}
	if len(all) == 0 {
		return 0, 0, 0
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)*95/100], all[len(all)-1]
}

// resumed counts who came back, and how often somebody had to begin anew.
func (c *crowd) resumed() (resumed, begun int) {
	for _, p := range c.people {
		resumed, begun = resumed+p.resumed, begun+p.begun
	}
	return resumed, begun
}

// comeAndType types until ctx is over, and comes back when cut off.
func (p *comer) comeAndType(ctx context.Context, here chan<- struct{}) {
	e := &liveEditor{editor: &editor.Editor{}, moved: make(chan struct{}, 1)}
	if err := p.connect(ctx, e); err != nil {
		p.fail(err)
		here <- struct{}{}
		return
	}
	here <- struct{}{}
	defer func() { _ = e.conn.Close() }()
	ticker := time.NewTicker(p.pause)
	defer ticker.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		after := fmt.Sprintf("group %d of the assembly", 1+n*17%p.clauses)
		if err := p.word(e, after, fmt.Sprintf("<%s-%d>", p.name, n)); err != nil {
			p.fail(err)
			return
		}
	}
}

// word types a word and waits for its acknowledgement, over as many connections as that takes.
func (p *comer) word(e *liveEditor, after, word string) error {
	began := time.Now()
	typed := e.typeAfter(after, word)
	for deadline := began.Add(3 * patience); time.Now().Before(deadline); {
		err := typed
		if err == nil {
			err = e.wait(func() bool { return e.editor.Unconfirmed() == 0 }, "the acknowledgement")
		}
		if err == nil {
			took := time.Since(began)
			p.mu.Lock()
			p.acked, p.longest, p.waits = append(p.acked, word), max(p.longest, took), append(p.waits, took)
			p.mu.Unlock()
			return nil
		}
		before := e.clientID()
		if err := p.connect(context.Background(), e); err != nil {
			return err
		}
		p.mu.Lock()
		p.resumed++
		if e.clientID() != before {
			p.begun++
		}
		p.mu.Unlock()
		typed = e.pushAgain()
	}
	return fmt.Errorf("%s was not acknowledged in %v", word, time.Since(began))
}

// connect joins, or resumes what was cut off, as often as it takes.
func (p *comer) connect(ctx context.Context, e *liveEditor) error {
	var last error
	for pause, deadline := 20*time.Millisecond, time.Now().Add(2*patience); time.Now().Before(deadline); pause = min(2*pause, time.Second) {
		if last = p.tryConnect(ctx, e); last == nil {
			return nil
		}
		timer := time.NewTimer(pause)
		<-timer.C
	}
	return fmt.Errorf("%s: come back: %w", p.name, last)
}

func (p *comer) tryConnect(ctx context.Context, e *liveEditor) error {
	conn, err := ws.Dial(ctx, p.address, http.Header{"Authorization": {"Bearer " + p.token}})
	if err != nil {
		return err
	}
	e.mu.Lock()
	first := editor.Join()
	if e.editor.ClientID != "" {
		first = e.editor.Resume()
	}
	e.mu.Unlock()
	if err := conn.Write(first); err != nil {
		return errors.Join(err, conn.Close())
	}
	e.mu.Lock()
	e.conn, e.err = conn, nil
	e.mu.Unlock()
	raw, err := conn.Read()
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	f, err := editor.Decode(raw)
	if err == nil && f.Type == "error" {
		err = fmt.Errorf("refused: %s", raw)
	}
	if err == nil {
		e.mu.Lock()
		_, err = e.editor.Receive(f)
		e.mu.Unlock()
	}
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	go e.receive(conn)
	return nil
}

func (p *comer) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

// freePort gives an address that a server can have again after a restart.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// serveCrowd starts a server for a crowd on an address.
func serveCrowd(t *testing.T, dir, listen string) (stop func(syscall.Signal), base string) {
	t.Helper()
	program, err := exec.LookPath("plenary") // not the test's own program: git's hook calls it by this name
	must(t, err)
	cmd, base, err := startServer(program, dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}, "--data", dir, "--listen", listen, "--log-level", "error")
	must(t, err)
	var turn sync.Mutex // a timer and the test may both stop it, and only one may wait for a process
	stop = func(how syscall.Signal) {
		turn.Lock()
		defer turn.Unlock()
		end(cmd, how)
	}
	t.Cleanup(func() {
		stop(syscall.SIGTERM)
		if t.Failed() {
			t.Logf("the server said:\n%s", cmd.Stderr)
		}
	})
	return stop, base
}

// checked runs "plenary check" on a directory and fails unless all fits.
func checked(t *testing.T, dir string) {
	t.Helper()
	var said strings.Builder
	if status := run(context.WithoutCancel(t.Context()), []string{"check", "--data", dir}, Streams{In: strings.NewReader(""), Out: &said, Err: &said}); status != 0 {
		t.Errorf("check ended with status %d:\n%s", status, said.String())
	}
}
