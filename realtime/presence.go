package realtime

import (
	"maps"
	"slices"
	"time"
)

// presence is who is in a room and where their carets are. It is never journalled.
type presence struct {
	at     time.Time // when changes are told; zero: nothing to tell
	joined map[string]peer
	left   map[string]bool
	moved  map[string]bool
	carets map[string]atFrame
	hint   *gitPush // the push for which the room was opened
}

// presencePace is how far apart carets are told: what everybody has to be told about
// everybody grows with the square of the people.
func (r *room) presencePace() time.Duration {
	n := time.Duration(len(r.sessions))
	return max(100*time.Millisecond, n*n*10*time.Microsecond)
}

func (r *room) presenceChanged() {
	if r.presence.at.IsZero() {
		r.presence.at = time.Now().Add(r.presencePace())
	}
}

func (r *room) peerJoined(s *Session) {
	if r.presence.joined == nil {
		r.presence.joined = map[string]peer{}
	}
	r.presence.joined[s.clientID] = s.peer()
	delete(r.presence.left, s.clientID)
	r.presenceChanged()
}

func (r *room) peerLeft(id string) {
	delete(r.presence.carets, id)
	delete(r.presence.moved, id)
	if _, untold := r.presence.joined[id]; untold {
		delete(r.presence.joined, id)
		return
	}
	if r.presence.left == nil {
		r.presence.left = map[string]bool{}
	}
	r.presence.left[id] = true
	r.presenceChanged()
}

// caretMoved takes in a session's caret; the newest one is told at the next pace.
func (r *room) caretMoved(s *Session, f atFrame) {
	if _, present := r.sessions[s]; !present || f.Version > r.head || f.Anchor < 0 || f.Head < 0 {
		return
	}
	f.Type, f.ClientID = "at", s.clientID
	r.presence.carets[s.clientID] = f
	if r.presence.moved == nil {
		r.presence.moved = map[string]bool{}
	}
	r.presence.moved[s.clientID] = true
	r.presenceChanged()
}

// tellPresence tells everybody who came, who went, and which carets moved.
func (r *room) tellPresence() {
	p := &r.presence
	p.at = time.Time{}
	if len(p.joined) > 0 || len(p.left) > 0 {
		r.tellComings()
	}
	for id := range p.moved {
		caret := p.carets[id]
		frame := newFrame(encode(caret))
		for s := range r.sessions {
			if s.clientID != id {
				s.showCaret(id, caret.Version, frame)
			}
		}
	}
	p.joined, p.left, p.moved = nil, nil, nil
}

// tellComings tells everybody who came and who went, but nobody of themselves.
func (r *room) tellComings() {
	left := slices.Sorted(maps.Keys(r.presence.left))
	frame := func(but string) *Frame {
		f := peerFrame{Type: "peer", Left: left}
		for id, joined := range r.presence.joined {
			if id != but {
				f.Joined = append(f.Joined, joined)
			}
		}
		if len(f.Joined) == 0 && len(f.Left) == 0 {
			return nil
		}
		return newFrame(encode(f))
	}
	everybody := frame("")
	for s := range r.sessions {
		if _, came := r.presence.joined[s.clientID]; !came {
			s.send(0, everybody)
		} else if others := frame(s.clientID); others != nil {
			s.send(0, others)
		}
	}
}

// peers lists everybody but the session itself, with their carets.
func (r *room) peers(but *Session) []peer {
	out := make([]peer, 0, len(r.sessions))
	for s := range r.sessions {
		if s == but || s.clientID == "" {
			continue
		}
		p := s.peer()
		if caret, known := r.presence.carets[s.clientID]; known {
			if caret, ok := r.caretAtHead(caret); ok {
				p.Anchor, p.Head, p.Version = &caret.Anchor, &caret.Head, &caret.Version
			}
		}
		out = append(out, p)
	}
	return out
}

// caretAtHead moves a caret to the room's head, unless it is too old for that.
func (r *room) caretAtHead(caret atFrame) (atFrame, bool) {
	base, _ := r.history.bounds()
	if caret.Version < base {
		return caret, false
	}
	if caret.Version < r.head {
		over, err := r.compose(&batch{head: r.head}, caret.Version, r.head)
		if err != nil {
			return caret, false
		}
		var inside bool
		if caret.Anchor, inside = over.MapPos(caret.Anchor, 1, 0); !inside {
			return caret, false
		}
		if caret.Head, inside = over.MapPos(caret.Head, 1, 0); !inside {
			return caret, false
		}
		caret.Version = r.head
	}
	return caret, caret.Anchor <= r.text.Len() && caret.Head <= r.text.Len()
}

// broadcast sends a frame to everybody once they have been sent version after.
func (r *room) broadcast(after Version, frame *Frame) {
	for s := range r.sessions {
		s.send(after, frame)
	}
}

// notify sends a note to everybody.
func (r *room) notify(note Note) {
	r.broadcast(note.Version, newFrame(encode(noteFrame{Type: "note", Note: note})))
}

// sendOff ends the sessions that match, telling them why.
func (r *room) sendOff(match func(*Session) bool, why *Refusal) {
	for s := range r.sessions {
		if match(s) {
			r.remove(s)
			s.end(why)
		}
	}
}

// remove takes a session out of the room.
func (r *room) remove(s *Session) {
	if _, present := r.sessions[s]; !present {
		return
	}
	delete(r.sessions, s)
	if s.clientID != "" {
		r.peerLeft(s.clientID)
	}
}
