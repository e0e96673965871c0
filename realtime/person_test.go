package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"plenary/realtime"
	"plenary/realtime/editor"
	"plenary/realtime/ot"
)

const room = realtime.RoomName("res-1:drafts/usa/1")

// person is somebody at an editor, connected to a hub without a network.
type person struct {
	t     *testing.T
	who   realtime.Participant
	delay func() time.Duration // before a frame arrives, in each direction

	mu      sync.Mutex
	editor  editor.Editor
	frames  []editor.Frame // all but up, at and peer
	updates int            // up frames received
	peers   int
	ats     []editor.Frame
	session *realtime.Session
	stop    context.CancelFunc
	pump    sync.WaitGroup
}

func newPerson(t *testing.T, name string) *person {
	return &person{
		t: t, delay: func() time.Duration { return 0 },
		who: realtime.Participant{Person: name, Name: name, Circle: "usa", CanWrite: true},
	}
}

// connect opens a session with a first frame and keeps receiving.
func (p *person) connect(hub *realtime.Hub, first []byte) error {
	session, err := hub.Join(p.t.Context(), room, p.who)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.mu.Lock()
	p.session, p.stop = session, cancel
	p.mu.Unlock()
	p.pump.Go(func() {
		for {
			raw, err := session.Next(ctx)
			if err != nil {
				return
			}
			if d := p.delay(); d > 0 {
				pass(d)
			}
			p.receive(ctx, session, raw)
		}
	})
	return session.Receive(ctx, first)
}

func (p *person) receive(ctx context.Context, session *realtime.Session, raw []byte) {
	f, err := editor.Decode(raw)
	if err != nil {
		p.t.Errorf("%s: frame %s: %v", p.who.Name, raw, err)
		return
	}
	p.mu.Lock()
	if _, err := p.editor.Receive(f); err != nil {
		p.t.Errorf("%s: %v", p.who.Name, err)
	}
	switch f.Type {
	case "up":
		p.updates++
	case "at":
		p.ats = append(p.ats, f)
	case "peer":
		p.peers += len(f.Joined) - len(f.Left)
	default:
		p.frames = append(p.frames, f)
	}
	var push []byte
	if f.Type != "error" { // whoever was refused tries again later
		push = p.editor.Push()
	}
	p.mu.Unlock()
	p.send(ctx, session, push)
}

func (p *person) send(ctx context.Context, session *realtime.Session, frame []byte) {
	if frame == nil || session == nil {
		return
	}
	if err := session.Receive(ctx, frame); err != nil && !errors.Is(err, realtime.ErrClosed) {
		p.t.Errorf("%s: %v", p.who.Name, err)
	}
}

// do runs fn on the editor and pushes what it typed.
func (p *person) do(fn func(*editor.Editor) error) {
	p.t.Helper()
	p.mu.Lock()
	if err := fn(&p.editor); err != nil {
		p.t.Errorf("%s: %v", p.who.Name, err)
	}
	push, session := p.editor.Push(), p.session
	p.mu.Unlock()
	p.send(p.t.Context(), session, push)
}

// write types words at a place.
func (p *person) write(at int, words string) {
	p.t.Helper()
	p.do(func(e *editor.Editor) error { return e.Replace(at, at, words) })
}

// raw sends a frame as it is.
func (p *person) raw(format string, args ...any) {
	p.mu.Lock()
	session := p.session
	p.mu.Unlock()
	p.send(p.t.Context(), session, fmt.Appendf(nil, format, args...))
}

// disconnect ends the session as a lost connection does.
func (p *person) disconnect() {
	p.mu.Lock()
	session, stop := p.session, p.stop
	p.session = nil
	p.mu.Unlock()
	if session == nil {
		return
	}
	stop()
	session.Close()
	p.pump.Wait()
}

// resume connects the same editor again.
func (p *person) resume(hub *realtime.Hub) error {
	p.mu.Lock()
	first := p.editor.Resume()
	p.mu.Unlock()
	return p.connect(hub, first)
}

func (p *person) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.editor.Text == nil {
		return "(not joined)"
	}
	return p.editor.Text.String()
}

func (p *person) unconfirmed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.editor.Unconfirmed()
}

func (p *person) version() realtime.Version {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.editor.Version
}

// seen returns the frames of a type, oldest first.
func (p *person) seen(kind string) []editor.Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []editor.Frame
	for _, f := range p.frames {
		if f.Type == kind {
			out = append(out, f)
		}
	}
	return out
}

// randomEdit changes one or two places of a text, and never cuts a character in two.
func randomEdit(rnd *rand.Rand, e *editor.Editor, words string) error {
	if e.Text == nil {
		return nil
	}
	n := e.Text.Len()
	from := rnd.IntN(n + 1)
	to := from
	if rnd.IntN(3) == 0 {
		to = min(n, from+rnd.IntN(6))
	}
	if rnd.IntN(5) == 0 {
		words = ""
	}
	c, err := ot.Replace(n, from, to, words)
	if err != nil {
		return err
	}
	whole := e.Text.Check(c) == nil
	if !whole || c.Empty() || from == to && words == "" {
		return nil
	}
	return e.Type(c)
}
