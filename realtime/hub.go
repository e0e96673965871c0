package realtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Options are the limits and intervals of a hub. The zero value is good for production.
type Options struct {
	Logger    *slog.Logger  // defects and failed saves; nil: the default logger
	Anchors   AnchorStore   // nil: rooms keep no anchors
	Quiet     time.Duration // a room is saved after so long without an edit; 10 s
	Unbroken  time.Duration // and at the latest so long after its first unsaved edit; 5 min
	Retry     time.Duration // after a failed save; 30 s
	People    int           // connections in one room; 2,000
	PerPerson int           // connections of one person in one room; 64
	MaxBytes  int           // of a room's text in UTF-8; 1 MiB
	Kept      int           // updates kept in memory for late pushes beyond those unsaved; 16,384
	Pushes    int           // a second from one connection; 60, with twice that at once
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	setDefault(&o.Quiet, 10*time.Second)
	setDefault(&o.Unbroken, 5*time.Minute)
	setDefault(&o.Retry, 30*time.Second)
	setDefault(&o.People, 2000)
	setDefault(&o.PerPerson, 64)
	setDefault(&o.MaxBytes, 1<<20)
	setDefault(&o.Pushes, 60)
	setDefault(&o.Kept, 16_384)
	return o
}

func setDefault[T int | time.Duration](value *T, usual T) {
	if *value == 0 {
		*value = usual
	}
}

// Hub opens rooms when somebody needs them and closes them when nobody does.
// Its methods may be called from any goroutine.
type Hub struct {
	journal Journal
	saver   Saver
	options Options
	wg      sync.WaitGroup // the rooms' goroutines
	counted counted

	mu     sync.Mutex
	rooms  map[RoomName]*room // guarded by mu
	closed bool               // guarded by mu
}

// NewHub returns a hub without open rooms. Close it before the journal is closed.
func NewHub(journal Journal, saver Saver, options Options) *Hub {
	return &Hub{
		journal: journal, saver: saver, options: options.withDefaults(),
		rooms: map[RoomName]*room{},
	}
}

// Join opens a session in a room for one connection. The caller has found that the
// participant may read the draft. The error is ErrClosed, a *Refusal to be shown to the
// person, or that of the journal or the saver. End the session with Session.Close.
func (h *Hub) Join(ctx context.Context, name RoomName, who Participant) (*Session, error) {
	r, err := h.acquire(ctx, name, nil)
	if err != nil {
		return nil, err
	}
	s := newSession(r, who)
	if err := r.do(ctx, func() error { return r.admit(s) }); err != nil {
		h.release(r)
		if errors.Is(err, errRestart) {
			err = ErrBusy
		}
		return nil, err
	}
	return s, nil
}

// Flush saves a room now and returns its commit, and the version that the commit holds.
// A room that is not open is opened only if its journal holds edits that no commit has;
// otherwise its last commit is returned, which is empty for a draft never edited live.
func (h *Hub) Flush(ctx context.Context, name RoomName) (commit string, v Version, err error) {
	if !h.isOpen(name) {
		s, found, err := h.journal.LastSnapshot(ctx, name)
		if err != nil {
			return "", 0, fmt.Errorf("flush %s: %w", name, err)
		}
		if !found {
			return "", 0, nil
		}
		later, err := h.journal.Read(ctx, name, s.Version, 1)
		if err != nil {
			return "", 0, fmt.Errorf("flush %s: %w", name, err)
		}
		if len(later) == 0 {
			return s.Commit, s.Version, nil
		}
	}
	err = h.with(ctx, name, nil, func(r *room) error {
		saved, err := r.saveAndWait(ctx, "")
		commit, v = saved.Commit, saved.Version
		return err
	})
	if err != nil {
		return "", 0, fmt.Errorf("flush %s: %w", name, err)
	}
	return commit, v, nil
}

// SaveLeft begins to save, one after another, the rooms that a killed server left unsaved.
// It returns once it knows which they are; Close ends it. A room that cannot be saved is
// logged and left in the journal.
func (h *Hub) SaveLeft(ctx context.Context) error {
	left, err := h.journal.Unsaved(ctx)
	if err != nil {
		return fmt.Errorf("save what was left unsaved: %w", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(left) == 0 {
		return nil
	}
	h.wg.Go(func() {
		for _, name := range left {
			// The request that started the server does not last as long.
			_, _, err := h.Flush(context.WithoutCancel(ctx), name)
			if errors.Is(err, ErrClosed) {
				return
			}
			if err != nil {
				h.options.Logger.ErrorContext(ctx, "a draft that was left unsaved could not be saved; it stays in the journal",
					slog.String("room", string(name)), slog.Any("error", err))
			}
		}
	})
	return nil
}

// Push enters into a room what a git push brought: commit is the branch's new tip, live
// its text. The difference to the last commit the room knows becomes one update by
// "git:<commit>". Flush the room and hold the branch's lock before the ref moves; a push
// that is told twice, or found by the room itself when it opens, is taken once.
func (h *Hub) Push(ctx context.Context, name RoomName, commit, live string, by Participant) error {
	pushed := &gitPush{commit: commit, live: live, by: by}
	err := h.with(ctx, name, pushed, func(r *room) error {
		return r.enterPush(ctx, pushed)
	})
	if err != nil {
		return fmt.Errorf("push into %s: %w", name, err)
	}
	return nil
}

// CloseRoom saves an open room, tells everybody in it why it closes and ends their
// sessions. Whether it may be opened again is for those who call Join.
func (h *Hub) CloseRoom(ctx context.Context, name RoomName, code Code, sentence string) error {
	if !h.isOpen(name) {
		return nil
	}
	err := h.with(ctx, name, nil, func(r *room) error {
		err := r.do(ctx, func() error {
			r.sendOff(func(*Session) bool { return true }, &Refusal{Code: code, Text: sentence})
			return nil
		})
		_, saveErr := r.saveAndWait(ctx, "")
		return errors.Join(err, saveErr)
	})
	if err != nil {
		return fmt.Errorf("close %s: %w", name, err)
	}
	return nil
}

// Revoke ends the sessions of a person in a room, or with an empty name in all rooms, and
// tells them the sentence. What they had sent and was acknowledged stays.
func (h *Hub) Revoke(ctx context.Context, name RoomName, person, sentence string) error {
	var all error
	for _, r := range h.open(name) {
		err := r.do(ctx, func() error {
			r.sendOff(func(s *Session) bool { return s.who.Person == person },
				&Refusal{Code: CodeNotAllowed, Text: sentence})
			return nil
		})
		if err != nil && !errors.Is(err, ErrClosed) {
			all = errors.Join(all, fmt.Errorf("revoke in %s: %w", r.name, err))
		}
		h.release(r)
	}
	return all
}

// Notify sends a note to everybody in a room, if it is open.
func (h *Hub) Notify(ctx context.Context, name RoomName, note Note) error {
	for _, r := range h.open(name) {
		err := r.do(ctx, func() error { r.notify(note); return nil })
		h.release(r)
		if err != nil && !errors.Is(err, ErrClosed) {
			return fmt.Errorf("notify %s: %w", name, err)
		}
	}
	return nil
}

// SetBase tells a room, if it is open, that its text is now compared with another one.
func (h *Hub) SetBase(ctx context.Context, name RoomName, base string, note Note) error {
	for _, r := range h.open(name) {
		err := r.do(ctx, func() error { r.base = base; r.notify(note); return nil })
		h.release(r)
		if err != nil && !errors.Is(err, ErrClosed) {
			return fmt.Errorf("set base of %s: %w", name, err)
		}
	}
	return nil
}

// Present tells how many connections a room has: none while it is being opened again.
func (h *Hub) Present(ctx context.Context, name RoomName) (int, error) {
	n := 0
	for _, r := range h.open(name) {
		err := r.do(ctx, func() error { n = len(r.sessions); return nil })
		h.release(r)
		if err != nil && !errors.Is(err, ErrClosed) && !errors.Is(err, errRestart) {
			return 0, fmt.Errorf("count people in %s: %w", name, err)
		}
	}
	return n, nil
}

// Close tells all participants to come back later, saves all rooms and returns when their
// goroutines have ended. Errors of single rooms are joined; their text is in the journal.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	rooms := make([]*room, 0, len(h.rooms))
	for _, r := range h.rooms {
		rooms = append(rooms, r)
	}
	h.mu.Unlock()
	var all error
	for _, r := range rooms {
		if err := r.finish(ctx); err != nil && !errors.Is(err, ErrClosed) {
			all = errors.Join(all, fmt.Errorf("close %s: %w", r.name, err))
		}
	}
	ended := make(chan struct{})
	go func() { h.wg.Wait(); close(ended) }()
	select {
	case <-ended:
		return all
	case <-ctx.Done():
		for _, r := range rooms {
			r.cancel()
		}
		<-ended
		return errors.Join(all, fmt.Errorf("close hub: %w", ctx.Err()))
	}
}

// acquire returns a room that stays open until it is released, opening it if needed.
func (h *Hub) acquire(ctx context.Context, name RoomName, pushed *gitPush) (*room, error) {
	for try := 0; ; try++ {
		h.mu.Lock()
		if h.closed {
			h.mu.Unlock()
			return nil, ErrClosed
		}
		r := h.rooms[name]
		if r == nil {
			r = newRoom(h, name, pushed)
			h.rooms[name] = r
			ctx, cancel := context.WithCancel(context.Background())
			r.cancel = cancel
			h.wg.Go(func() { r.run(ctx) })
		}
		r.refs++
		h.mu.Unlock()
		select {
		case <-r.ready:
		case <-ctx.Done():
			h.release(r)
			return nil, fmt.Errorf("open %s: %w", name, ctx.Err())
		}
		if r.failed == nil {
			return r, nil
		}
		err := r.failed
		h.release(r)
		if !errors.Is(err, errRestart) || try == 2 {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
	}
}

// release gives a room back. A room nobody holds saves itself and goes.
func (h *Hub) release(r *room) {
	h.mu.Lock()
	r.refs--
	unused := r.refs == 0
	h.mu.Unlock()
	if unused {
		select {
		case r.unused <- struct{}{}:
		default:
		}
	}
}

// unheld tells whether nobody holds a room.
func (h *Hub) unheld(r *room) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return r.refs == 0
}

// retire forgets a room unless somebody holds it.
func (h *Hub) retire(r *room) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.refs > 0 {
		return false
	}
	if h.rooms[r.name] == r {
		delete(h.rooms, r.name)
	}
	return true
}

// forget takes a room out of the hub whoever holds it; they find it ended.
func (h *Hub) forget(r *room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[r.name] == r {
		delete(h.rooms, r.name)
	}
}

func (h *Hub) isOpen(name RoomName) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.rooms[name] != nil
}

// open returns the open room of that name, or with an empty name all of them. Release
// each.
func (h *Hub) open(name RoomName) []*room {
	h.mu.Lock()
	defer h.mu.Unlock()
	var rooms []*room
	for n, r := range h.rooms {
		if name == "" || n == name {
			r.refs++
			rooms = append(rooms, r)
		}
	}
	return rooms
}

// with runs fn while the room is held, once more if the room ended meanwhile.
func (h *Hub) with(ctx context.Context, name RoomName, pushed *gitPush, fn func(*room) error) error {
	for range 3 {
		r, err := h.acquire(ctx, name, pushed)
		if err != nil {
			return err
		}
		err = fn(r)
		h.release(r)
		if !errors.Is(err, errRestart) {
			return err
		}
	}
	return ErrBusy
}
