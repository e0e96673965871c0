package realtime

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"plenary/realtime/ot"
)

// maxMessage bounds the name of a save point, in bytes.
const maxMessage = 500

// mailWait is how long a frame may wait for a room before its sender is told "busy".
const mailWait = time.Second

// Receive takes one frame from the client. What is wrong with it is told to the client;
// the error is ErrClosed once the session has ended and nothing more need be read.
func (s *Session) Receive(ctx context.Context, frame []byte) error {
	if s.isEnded() {
		return ErrClosed
	}
	var in inbound
	if len(frame) > MaxFrame {
		s.refuse(refusal(CodeTooBig, false, "A message may have %d bytes; divide what you paste.", MaxFrame))
		return s.unlessEnded()
	}
	if err := json.Unmarshal(frame, &in); err != nil {
		s.end(refusal(CodeBadFrame, false, "A message was not JSON of %s; load the page again.", Protocol))
		return ErrClosed
	}
	if refused := s.handle(ctx, in); refused != nil {
		s.refuse(refused)
	}
	return s.unlessEnded()
}

func (s *Session) unlessEnded() error {
	if s.isEnded() {
		return ErrClosed
	}
	return nil
}

// handle does what a frame asks for.
func (s *Session) handle(ctx context.Context, in inbound) *Refusal {
	started := s.clientID != ""
	if !started && in.Type != "join" && in.Type != "resume" {
		return refusal(CodeBadFrame, false, "The first message has to be join or resume.")
	}
	if started && (in.Type == "join" || in.Type == "resume") {
		return refusal(CodeBadFrame, false, "The editor has joined already; open a new connection.")
	}
	if in.Version == nil && in.Type != "join" && in.Type != "save" {
		return refusal(CodeBadFrame, false, "The message %q needs a version.", in.Type)
	}
	if !s.rate.take(time.Now()) {
		if in.Type == "at" {
			return nil // the next caret replaces it
		}
		return refusal(CodeBusy, true, "Your editor sends too much at once; it tries again in a moment.")
	}
	switch in.Type {
	case "join":
		return s.run(ctx, func() *Refusal { return s.room.join(s) })
	case "resume":
		return s.run(ctx, func() *Refusal { return s.room.resume(s, in.ClientID, *in.Version) })
	case "push":
		return s.receivePush(ctx, in)
	case "at":
		return s.run(ctx, func() *Refusal {
			s.room.caretMoved(s, atFrame{Anchor: in.Anchor, Head: in.Head, Version: *in.Version})
			return nil
		})
	case "hash":
		return s.run(ctx, func() *Refusal { return s.room.checkHash(s, *in.Version, in.Hash) })
	case "save":
		return s.receiveSave(ctx, in.Message)
	}
	return refusal(CodeBadFrame, false, "The message %q is not part of %s.", in.Type, Protocol)
}

// run asks the room's goroutine.
func (s *Session) run(ctx context.Context, fn func() *Refusal) *Refusal {
	var refused *Refusal
	if err := s.room.do(ctx, func() error { refused = fn(); return nil }); err != nil {
		return refusal(CodeBusy, true, "The draft cannot be reached just now; your editor tries again.")
	}
	return refused
}

// receivePush decodes a push here, on the connection's own goroutine, and hands it to the
// room.
func (s *Session) receivePush(ctx context.Context, in inbound) *Refusal {
	if !s.who.CanWrite {
		return refusal(CodeNotAllowed, false, "You may read this draft but not change it.")
	}
	if len(in.Updates) == 0 || len(in.Updates) > MaxUpdates {
		return refusal(CodeTooBig, false, "A push holds 1 to %d updates.", MaxUpdates)
	}
	p := &push{session: s, version: *in.Version, updates: make([]ot.Update, len(in.Updates))}
	for i, u := range in.Updates {
		if u.ClientID != s.clientID {
			return refusal(CodeNotAllowed, false, "An edit bears the mark of another editor; load the page again.")
		}
		changes, err := ot.Decode(u.Changes, ot.AnyLength)
		if err != nil {
			return refusal(CodeBadChange, false, "An edit cannot be read (%v); load the page again.", err)
		}
		if i > 0 && changes.LengthBefore() != p.updates[i-1].Changes.LengthAfter() {
			return refusal(CodeBadChange, false, "The edits of a push do not follow each other; load the page again.")
		}
		p.updates[i] = ot.Update{ClientID: u.ClientID, Changes: changes}
	}
	if !s.startPush() {
		return refusal(CodeBusy, true, "One push at a time: wait for the answer to the one before.")
	}
	return s.hand(ctx, p)
}

// hand puts a push into the room's mail, waiting a little if it is full.
func (s *Session) hand(ctx context.Context, p *push) *Refusal {
	select {
	case s.room.mail <- command{push: p}:
		return nil
	default:
	}
	wait := time.NewTimer(mailWait)
	defer wait.Stop()
	select {
	case s.room.mail <- command{push: p}:
		return nil
	case <-wait.C:
	case <-s.room.done:
	case <-ctx.Done():
	}
	s.pushDone()
	return refusal(CodeBusy, true, "Too much is going on in this draft; your editor sends the edits again.")
}

func (s *Session) receiveSave(ctx context.Context, message string) *Refusal {
	if !s.who.CanWrite {
		return refusal(CodeNotAllowed, false, "You may read this draft but not save it.")
	}
	message = strings.Join(strings.Fields(message), " ")
	if len(message) > maxMessage {
		return refusal(CodeTooBig, false, "The name of a save point may have %d bytes; shorten it.", maxMessage)
	}
	return s.run(ctx, func() *Refusal {
		r := s.room
		if message == "" && r.head == r.saved.Version && !r.saving {
			s.send(r.head, r.savedFrame(""))
			return nil
		}
		r.startSave(ctx, saveRequest{message: message, answer: func(_ Snapshot, err error) {
			if err != nil {
				s.refuse(refusal(CodeBusy, true, "The draft could not be saved to its branch just now. Nothing is lost; try again in a moment."))
			}
		}})
		return nil
	})
}

// admit lets a connection into the room, before it has said who it resumes.
func (r *room) admit(s *Session) error {
	if len(r.sessions) >= r.hub.options.People {
		return refusal(CodeBusy, true, "%d editors are open in this draft; try again later, or read it without editing.", r.hub.options.People)
	}
	same := 0
	for other := range r.sessions {
		if other.who.Person == s.who.Person && s.who.Person != "" {
			same++
		}
	}
	if same >= r.hub.options.PerPerson {
		return refusal(CodeBusy, true, "You have this draft open %d times; close one of them.", same)
	}
	r.sessions[s] = struct{}{}
	return nil
}

// join starts a new editor.
func (r *room) join(s *Session) *Refusal {
	if _, present := r.sessions[s]; !present {
		return refusal(CodeBusy, true, "The live draft is being opened again; your editor connects again by itself.")
	}
	s.clientID = r.newID()
	r.owners[s.clientID] = s.who.Person
	s.start(r.head, newFrame(encode(initFrame{
		Type: "init", Version: r.head, Doc: r.text.String(), Base: r.base, Commit: r.saved.Commit,
		Write: s.who.CanWrite, ClientID: s.clientID, Peers: r.peers(s),
	})))
	r.peerJoined(s)
	return nil
}

// resume goes on with an editor that lost its connection. Its ID has to be its own: edits
// are recognised by it.
func (r *room) resume(s *Session, id string, v Version) *Refusal {
	if _, present := r.sessions[s]; !present {
		return refusal(CodeBusy, true, "The live draft is being opened again; your editor connects again by itself.")
	}
	if !validID(id) {
		return refusal(CodeBadFrame, false, "The editor's mark cannot be read; load the page again.")
	}
	if owner, known := r.owners[id]; known && owner != s.who.Person {
		return refusal(CodeNotAllowed, true, "That editor belongs to somebody else; load the page again.")
	}
	if v < 0 || v > r.head {
		return refusal(CodeDiverged, true, "Your editor knows a version that the server does not; it loads the draft again and keeps what was not added.")
	}
	for other := range r.sessions {
		if other.clientID == id {
			r.remove(other)
			other.end(refusal(CodeBusy, true, "This editor has connected again elsewhere."))
		}
	}
	s.clientID = id
	r.owners[id] = s.who.Person
	s.start(v, newFrame(encode(peerFrame{Type: "peer", Joined: r.peers(s)})))
	r.peerJoined(s)
	return nil
}

// newID returns an editor's ID that nobody can guess.
func (r *room) newID() string {
	raw := make([]byte, 9)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(raw)
}

// checkHash compares an editor's text with the room's. Only the newest version can be
// compared; editors ask in quiet moments.
func (r *room) checkHash(s *Session, v Version, hash string) *Refusal {
	if v != r.head {
		return nil
	}
	sum := sha256.Sum256([]byte(r.text.String()))
	if hash == hex.EncodeToString(sum[:]) {
		return nil
	}
	r.hub.options.Logger.Error("an editor's text differs from the server's",
		slog.String("room", string(r.name)), slog.Int64("version", int64(v)), slog.String("client", s.clientID))
	return refusal(CodeDiverged, true, "Your text is not the server's; your editor loads the draft again and keeps what was not added.")
}

// bucket allows so many frames a second, and twice that at once. It is not safe for use
// by several goroutines.
type bucket struct {
	rate, tokens float64
	filled       time.Time
}

func newBucket(perSecond int) bucket {
	return bucket{rate: float64(perSecond), tokens: 2 * float64(perSecond)}
}

// take tells whether one more frame is allowed now.
func (b *bucket) take(now time.Time) bool {
	if !b.filled.IsZero() {
		b.tokens = min(2*b.rate, b.tokens+b.rate*now.Sub(b.filled).Seconds())
	}
	b.filled = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// storedRecord is a journal entry as it goes into "up" frames.
func storedRecord(e Entry) (record, error) {
	changes, err := ot.Decode(e.Changes, ot.AnyLength)
	if err != nil {
		return record{}, err
	}
	return newRecord(e.ClientID, e.User, changes), nil
}
