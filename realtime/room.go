package realtime

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"plenary/realtime/ot"
)

// errRestart tells that the room has ended because its journal failed. The next one who
// needs it opens it again from the journal.
var errRestart = errors.New("the room is being opened again")

const mailbox = 512

// room is one draft edited live. Its goroutine runs run and owns all fields below the
// line; everybody else sends it commands.
type room struct {
	hub     *Hub
	name    RoomName
	refs    int           // guarded by hub.mu
	ready   chan struct{} // closed when the room is open or has failed to open
	failed  error         // read only after ready
	done    chan struct{} // closed when the goroutine ends
	ended   error         // read only after done
	unused  chan struct{} // a hint that nobody holds the room
	mail    chan command
	saves   chan saveResult
	cancel  context.CancelFunc
	history history

	// -- owned by the room's goroutine

	text     *ot.Buffer
	head     Version
	base     string    // what the text is compared with
	saved    Snapshot  // the last commit; Live is left out
	unnoted  *Snapshot // the same, with Live, as long as the journal could not be told
	sessions map[*Session]struct{}
	owners   map[string]string  // clientID to the person it was given to
	lastOf   map[string]Version // clientID to its last update in memory
	composed map[Version]composed
	units    map[string]int  // per person, since the last commit
	tips     map[string]bool // commits of the branch that the text holds
	pushed   *pushedText     // a push that no save holds yet; nil: none
	anchors  anchors
	gone     bool // the goroutine is to end

	saving     bool
	cancelSave context.CancelFunc
	waiting    []saveRequest   // saves to be made after the present one
	afterSave  []chan struct{} // closed when the present save has ended

	timer        *time.Timer
	announceAt   time.Time // zero: nothing to announce
	lastAnnounce time.Time
	quietAt      time.Time // zero: nothing unsaved
	unbrokenAt   time.Time
	presence     presence
	failedSaves  int
}

// command is a message to the room: a push, or something to do between two pushes.
type command struct {
	push *push
	fn   func() error
	done chan<- error
}

func newRoom(h *Hub, name RoomName, pushed *gitPush) *room {
	r := &room{
		hub: h, name: name,
		ready: make(chan struct{}), done: make(chan struct{}), unused: make(chan struct{}, 1),
		mail: make(chan command, mailbox), saves: make(chan saveResult, 1),
		sessions: map[*Session]struct{}{}, owners: map[string]string{},
		lastOf: map[string]Version{}, composed: map[Version]composed{}, units: map[string]int{},
		tips: map[string]bool{},
	}
	r.presence.carets = map[string]atFrame{}
	r.presence.hint = pushed
	return r
}

// run is the room's goroutine.
func (r *room) run(ctx context.Context) {
	defer r.cancel()
	r.timer = time.NewTimer(time.Hour)
	defer r.timer.Stop()
	r.ended = ErrClosed
	defer close(r.done)
	if err := r.load(ctx); err != nil {
		r.failed, r.ended = err, err
		r.hub.forget(r)
		close(r.ready)
		return
	}
	close(r.ready)
	for !r.gone {
		r.arm()
		select {
		case c := <-r.mail:
			r.receive(ctx, c)
		case result := <-r.saves:
			r.saveEnded(ctx, result)
		case <-r.timer.C:
			r.tick(ctx, time.Now())
		case <-r.unused:
		case <-ctx.Done():
			r.gone = true
		}
		r.leaveIfUnused(ctx)
	}
	r.hub.forget(r)
	if r.saving {
		<-r.saves
	}
	for s := range r.sessions {
		s.end(refusal(CodeBusy, true, "The live draft is being restarted; your editor connects again by itself."))
	}
}

// do runs fn on the room's goroutine and returns its error.
func (r *room) do(ctx context.Context, fn func() error) error {
	done := make(chan error, 1)
	select {
	case r.mail <- command{fn: fn, done: done}:
	case <-r.done:
		return r.ended
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-done:
		return err
	case <-r.done:
		select {
		case err := <-done:
			return err
		default:
			return r.ended
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// receive handles one command. Pushes that wait behind a push are taken with it, so that
// they share one write to the journal.
func (r *room) receive(ctx context.Context, c command) {
	if c.push == nil {
		c.done <- c.fn()
		return
	}
	b := batch{head: r.head}
	next := r.collect(&b, c)
	if err := r.commit(ctx, &b); err != nil {
		r.restart(ctx, err)
	}
	if next.fn != nil {
		if r.gone {
			next.done <- r.ended
			return
		}
		next.done <- next.fn()
	}
}

// collect takes pushes until none waits; it returns the command that came between.
func (r *room) collect(b *batch, c command) command {
	for {
		r.take(b, c.push)
		if len(b.records) >= MaxUpdates {
			return command{}
		}
		select {
		case c = <-r.mail:
			if c.push == nil {
				return c
			}
		default:
			return command{}
		}
	}
}

// commit writes a batch to the journal and then makes it known.
func (r *room) commit(ctx context.Context, b *batch) error {
	if len(b.records) == 0 {
		return nil
	}
	now := time.Now()
	entries := make([]Entry, len(b.records))
	for i, rec := range b.records {
		entries[i] = Entry{
			Room: r.name, Version: r.head + Version(i) + 1,
			ClientID: rec.clientID, User: rec.user, At: now, Changes: rec.json(),
		}
	}
	if err := r.hub.journal.Append(ctx, r.name, r.head, entries); err != nil {
		return err
	}
	r.hub.counted.edits.Add(uint64(len(entries)))
	for i, rec := range b.records {
		r.lastOf[rec.clientID] = r.head + Version(i) + 1
		r.owners[rec.clientID] = rec.user
		r.count(rec.clientID, rec.user, b.changes[i])
	}
	r.anchors.moveOver(b.changes, r.head)
	r.history.add(b.records)
	r.head = b.head
	r.noteUnsaved(now)
	r.announce(now)
	return nil
}

// count adds an update to what its writer has written since the last commit. A pushed
// commit names its author itself.
func (r *room) count(clientID, user string, changes ot.ChangeSet) {
	if !strings.HasPrefix(clientID, gitPrefix) {
		r.units[user] += changes.Units()
	}
}

// restart ends the room after the journal failed: whether the batch is on disk is not
// known, so the next one who opens the room reads it from there.
func (r *room) restart(ctx context.Context, err error) {
	r.hub.options.Logger.ErrorContext(ctx, "journal refused updates; the room is opened again",
		slog.String("room", string(r.name)), slog.Any("error", err))
	r.gone, r.ended = true, errRestart
}

// pace is how far apart frames to everybody are at least: in a large room, sending each
// update at once would cost more than typing faster than that is worth.
func (r *room) pace() time.Duration {
	return time.Duration(len(r.sessions)) * 50 * time.Microsecond
}

// announce lets the sessions send what was accepted, now or when the pace allows it.
func (r *room) announce(now time.Time) {
	due := r.lastAnnounce.Add(r.pace())
	if now.Before(due) {
		r.announceAt = due
		return
	}
	r.announceAt, r.lastAnnounce = time.Time{}, now
	r.history.announce(r.head)
	for s := range r.sessions {
		s.rouse()
	}
}

// noteUnsaved starts the clocks that end in a save.
func (r *room) noteUnsaved(now time.Time) {
	r.quietAt = now.Add(r.hub.options.Quiet)
	if r.unbrokenAt.IsZero() {
		r.unbrokenAt = now.Add(r.hub.options.Unbroken)
	}
}

// saveAt is when the room has to be saved; zero for never.
func (r *room) saveAt() time.Time {
	if r.quietAt.IsZero() || r.saving {
		return time.Time{}
	}
	if r.quietAt.Before(r.unbrokenAt) {
		return r.quietAt
	}
	return r.unbrokenAt
}

// arm sets the timer to the next moment at which something is due.
func (r *room) arm() {
	var next time.Time
	for _, at := range []time.Time{r.announceAt, r.presence.at, r.saveAt()} {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if next.IsZero() {
		r.timer.Stop()
		return
	}
	r.timer.Reset(time.Until(next))
}

// tick does what is due.
func (r *room) tick(ctx context.Context, now time.Time) {
	if at := r.announceAt; !at.IsZero() && !now.Before(at) {
		r.announce(now)
	}
	if at := r.presence.at; !at.IsZero() && !now.Before(at) {
		r.tellPresence()
	}
	if at := r.saveAt(); !at.IsZero() && !now.Before(at) {
		r.startSave(ctx, saveRequest{})
	}
}

// leaveIfUnused saves a room that nobody holds, and ends it once it is saved.
func (r *room) leaveIfUnused(ctx context.Context) {
	if r.gone || len(r.sessions) > 0 || r.saving || !r.hub.unheld(r) {
		return
	}
	if r.head > r.saved.Version || r.unnoted != nil {
		if r.failedSaves == 0 {
			r.startSave(ctx, saveRequest{})
		}
		return
	}
	r.storeAnchors(ctx)
	if r.hub.retire(r) {
		r.gone = true
	}
}

// finish ends the room for good: everybody is told to come back later, the text is saved.
func (r *room) finish(ctx context.Context) error {
	err := r.do(ctx, func() error {
		r.sendOff(func(*Session) bool { return true },
			refusal(CodeBusy, true, "The server is going down for a moment; your editor connects again by itself."))
		return nil
	})
	if err != nil {
		return err
	}
	_, err = r.saveAndWait(ctx, "")
	endErr := r.do(ctx, func() error {
		r.storeAnchors(ctx)
		r.gone = true
		return nil
	})
	if errors.Is(endErr, ErrClosed) {
		endErr = nil
	}
	return errors.Join(err, endErr)
}
