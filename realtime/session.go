package realtime

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Bounds of what waits for one connection.
const (
	outboxFrames = 256
	keptStops    = 512
	keptForced   = 64
)

// outgoing is a frame that waits until the connection has been sent version after.
type outgoing struct {
	after Version
	frame *Frame
}

// Session is one connection's place in a room. One goroutine calls Receive for each frame
// from the client, another calls Next for each frame to it; Close ends both.
//
// A session holds no copy of the room's updates, only a cursor into its history: a slow
// connection costs nothing and gets larger frames.
type Session struct {
	room     *room
	who      Participant
	clientID string // set by the room's goroutine before the session starts
	rate     bucket // used by Receive only
	closing  sync.Once
	wake     chan struct{}

	mu      sync.Mutex // taken before history.mu
	started bool
	pushing bool       // a push waits to be taken
	cursor  Version    // everything up to here has been given to Next's caller
	stops   []Version  // where frames ended; what the editor may still push upon
	floor   Version    // stops below were forgotten
	forced  []Version  // beyond cursor: where a frame has to end
	outbox  []outgoing // bounded by outboxFrames
	carets  map[string]outgoing
	ended   *Refusal // the last frame; nothing else follows
	last    bool     // the last frame has been given out
}

func newSession(r *room, who Participant) *Session {
	return &Session{
		room: r, who: who, wake: make(chan struct{}, 1),
		rate: newBucket(r.hub.options.Pushes), carets: map[string]outgoing{},
	}
}

// Next returns the next frame for the client. It waits for one, and returns ErrClosed
// after the last, or the context's error.
func (s *Session) Next(ctx context.Context) ([]byte, error) {
	frame, err := s.NextFrame(ctx)
	if err != nil {
		return nil, err
	}
	return frame.Text(), nil
}

// NextFrame is Next for transports that make something of a frame.
func (s *Session) NextFrame(ctx context.Context) (*Frame, error) {
	for {
		frame, behind, err := s.pick()
		if err != nil || frame != nil {
			return frame, err
		}
		if behind {
			frame, err := s.catchUp(ctx)
			if err != nil || frame != nil {
				return frame, err
			}
			continue
		}
		select {
		case <-s.wake:
		case <-s.room.done:
			s.end(refusal(CodeBusy, true, "The live draft is being opened again; your editor connects again by itself."))
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// pick takes the next frame that is due; behind tells that it has to come from the
// journal.
func (s *Session) pick() (frame *Frame, behind bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.last:
		return nil, false, ErrClosed
	case s.ended != nil:
		s.last = true
		return newFrame(s.ended.Frame()), false, nil
	case !s.started:
		return nil, false, nil
	case len(s.outbox) > 0 && s.outbox[0].after <= s.cursor:
		frame = s.outbox[0].frame
		s.outbox = s.outbox[1:]
		return frame, false, nil
	}
	_, announced := s.room.history.bounds()
	if s.cursor < announced {
		limit := announced
		if len(s.forced) > 0 {
			limit = s.forced[0]
		}
		frame, to := s.room.history.frameAfter(s.cursor, limit)
		if frame == nil {
			return nil, true, nil
		}
		s.passed(to)
		return frame, false, nil
	}
	for id, caret := range s.carets {
		if caret.after <= s.cursor {
			delete(s.carets, id)
			return caret.frame, false, nil
		}
	}
	return nil, false, nil
}

// passed notes that a frame ended at version to. The caller holds mu.
func (s *Session) passed(to Version) {
	s.cursor = to
	if len(s.forced) > 0 && s.forced[0] <= to {
		s.forced = s.forced[1:]
	}
	if len(s.stops) >= keptStops {
		s.floor = s.stops[keptStops/2]
		s.stops = slices.Delete(s.stops, 0, keptStops/2+1)
	}
	s.stops = append(s.stops, to)
}

// catchUp reads what is no longer in memory from the journal, a frame at a time.
func (s *Session) catchUp(ctx context.Context) (*Frame, error) {
	s.mu.Lock()
	from := s.cursor
	s.mu.Unlock()
	base, _ := s.room.history.bounds()
	if from >= base {
		return nil, nil
	}
	entries, err := s.room.hub.journal.Read(ctx, s.room.name, from, min(frameUpdates, int(base-from)))
	if err != nil || len(entries) == 0 {
		s.end(refusal(CodeFloor, true, "The draft's history does not reach back to your version; your editor loads the draft again and keeps what was not added."))
		return nil, nil
	}
	records := make([]record, len(entries))
	for i, e := range entries {
		records[i], err = storedRecord(e)
		if err != nil {
			s.end(refusal(CodeFloor, true, "The draft's history cannot be read at your version; your editor loads the draft again and keeps what was not added."))
			return nil, nil
		}
	}
	records = records[:cut(records)]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.passed(from + Version(len(records)))
	return newFrame(upFrame(from, records)), nil
}

// stopsAfter returns where the frames after version v ended or will have to end, up to
// what is announced: the stages in which the editor rebases what it made at v.
func (s *Session) stopsAfter(v, base, announced Version) ([]Version, *Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.started || v > s.cursor:
		return nil, refusal(CodeDiverged, true, "The edits are for a version that your editor has not been sent; it loads the draft again and keeps what was not added.")
	case v < base || v < s.floor || s.cursor < base || len(s.forced) >= keptForced:
		return nil, refusal(CodeBusy, true, "Your editor is too far behind; it sends the edits again once it has caught up.")
	}
	passed := 0
	for passed < len(s.stops) && s.stops[passed] <= v {
		passed++
	}
	s.stops = slices.Delete(s.stops, 0, passed)
	out := slices.Clone(s.stops)
	last := max(s.cursor, v)
	if len(out) == 0 {
		out = append(out, last)
	}
	if n := len(s.forced); last < announced && (n == 0 || s.forced[n-1] < announced) {
		s.forced = append(s.forced, announced)
	}
	for _, end := range s.forced {
		for last < end {
			last += Version(cut(s.room.history.between(last, end)))
			out = append(out, last)
		}
	}
	return out, nil
}

// start lets frames flow: the first one, then everything after version from.
func (s *Session) start(from Version, first *Frame) {
	s.mu.Lock()
	s.started, s.cursor = true, from
	s.outbox = append(s.outbox, outgoing{after: from, frame: first})
	s.mu.Unlock()
	s.rouse()
}

// send queues a frame that may go out once version after has. A client that lets too
// many wait is ended; it may resume.
func (s *Session) send(after Version, frame *Frame) {
	s.mu.Lock()
	full := len(s.outbox) >= outboxFrames
	if s.started && !full {
		s.outbox = append(s.outbox, outgoing{after: after, frame: frame})
	}
	s.mu.Unlock()
	if full {
		s.end(refusal(CodeBusy, true, "Your connection is too slow for what is going on; your editor connects again by itself."))
		return
	}
	s.rouse()
}

// refuse tells the client why something was not taken.
func (s *Session) refuse(why *Refusal) {
	s.mu.Lock()
	started := s.started
	s.mu.Unlock()
	if !started {
		s.end(why)
		return
	}
	s.send(0, newFrame(why.Frame()))
}

// showCaret replaces what waits of another editor's caret.
func (s *Session) showCaret(id string, v Version, frame *Frame) {
	s.mu.Lock()
	if s.started {
		s.carets[id] = outgoing{after: v, frame: frame}
	}
	s.mu.Unlock()
	s.rouse()
}

// end makes why the last frame. The first reason stands.
func (s *Session) end(why *Refusal) {
	s.mu.Lock()
	if s.ended == nil {
		s.ended = why
	}
	s.mu.Unlock()
	s.rouse()
}

// SignOut ends the session because the sign-in that opened it has ended. What was
// acknowledged stays, what comes after is not taken; the client may resume once the
// person has signed in again.
func (s *Session) SignOut() {
	s.end(refusal(CodeSignedOut, true, "You have been signed out. Sign in again to go on; your words stay."))
}

func (s *Session) isEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended != nil
}

// rouse wakes Next if it waits.
func (s *Session) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// startPush marks that a push waits to be taken; false if one does already.
func (s *Session) startPush() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.pushing
	s.pushing = true
	return !was
}

func (s *Session) pushDone() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pushing = false
}

func (s *Session) peer() peer {
	return peer{ClientID: s.clientID, Name: s.who.Name, Circle: s.who.Circle, Write: s.who.CanWrite}
}

// Close takes the session out of its room. It may be called more than once.
func (s *Session) Close() {
	s.closing.Do(func() {
		err := s.room.do(context.Background(), func() error {
			s.room.remove(s)
			return nil
		})
		if err == nil || errors.Is(err, ErrClosed) || errors.Is(err, errRestart) {
			s.end(refusal(CodeBusy, true, "The connection was closed."))
		}
		s.room.hub.release(s.room)
	})
}
