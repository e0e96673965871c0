package realtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// saveTimeout bounds one call of the Saver.
const saveTimeout = time.Minute

// saveRequest asks for a commit of the room's present text.
type saveRequest struct {
	message string // name of a save point
	answer  func(Snapshot, error)
}

// saveResult is what a save came to.
type saveResult struct {
	requests []saveRequest
	message  string
	writers  []Writer
	saved    Snapshot  // without Live
	unnoted  *Snapshot // the commit that was made and could not be noted
	missed   *Opened   // the branch as it is, when a push has moved it
	err      error
}

// saveAndWait saves the room's text as it is now and returns the commit that holds it.
func (r *room) saveAndWait(ctx context.Context, message string) (Snapshot, error) {
	type outcome struct {
		saved Snapshot
		err   error
	}
	answer := make(chan outcome, 1)
	err := r.do(ctx, func() error {
		r.startSave(ctx, saveRequest{message: message, answer: func(s Snapshot, err error) {
			answer <- outcome{s, err}
		}})
		return nil
	})
	if err != nil {
		return Snapshot{}, err
	}
	select {
	case o := <-answer:
		return o.saved, o.err
	case <-r.done:
		select {
		case o := <-answer:
			return o.saved, o.err
		default:
			return Snapshot{}, r.ended
		}
	case <-ctx.Done():
		return Snapshot{}, ctx.Err()
	}
}

// startSave begins a save beside the room's goroutine, so that nobody who types waits for
// git. A save that runs already is waited for first.
func (r *room) startSave(ctx context.Context, request saveRequest) {
	if r.saving {
		r.waiting = append(r.waiting, request)
		return
	}
	if r.head == r.saved.Version && r.unnoted == nil && request.message == "" {
		r.quietAt, r.unbrokenAt = time.Time{}, time.Time{}
		if request.answer != nil {
			request.answer(r.saved, nil)
		}
		return
	}
	r.saving = true
	r.quietAt, r.unbrokenAt = time.Time{}, time.Time{}
	save := Save{
		Live: r.text.String(), Expect: r.saved.Commit, From: r.saved.Version, To: r.head,
		Writers: r.takeWriters(), Message: request.message,
	}
	result := saveResult{requests: []saveRequest{request}, message: request.message, writers: save.Writers}
	unnoted := r.unnoted
	// The save outlives the request that asked for it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	r.cancelSave = cancel
	r.hub.wg.Go(func() {
		defer cancel()
		if result.err = r.noteSave(ctx, unnoted); result.err == nil {
			result.saved, result.unnoted, result.err = r.save(ctx, save)
		} else {
			result.unnoted = unnoted
		}
		if errors.Is(result.err, ErrStale) {
			result.missed = r.movedFrom(ctx, save.Expect)
		}
		r.saves <- result
	})
}

// takeWriters returns who typed how much since the last commit and starts counting anew.
func (r *room) takeWriters() []Writer {
	writers := make([]Writer, 0, len(r.units))
	for user, units := range r.units {
		writers = append(writers, Writer{User: user, Units: units})
	}
	slices.SortFunc(writers, func(a, b Writer) int {
		return cmp.Or(cmp.Compare(b.Units, a.Units), cmp.Compare(a.User, b.User))
	})
	clear(r.units)
	return writers
}

// save plans a save, makes it and notes it. A crash in between leaves the plan, from which
// load finds out what became of it.
func (r *room) save(ctx context.Context, save Save) (saved Snapshot, unnoted *Snapshot, err error) {
	if save.To > save.From {
		last, found, err := r.hub.journal.LastSnapshot(ctx, r.name)
		if err == nil && !found {
			err = errors.New("the room has no snapshot")
		}
		if err == nil {
			last.Planned = save.To
			err = r.hub.journal.PutSnapshot(ctx, r.name, last)
		}
		if err != nil {
			return Snapshot{}, nil, fmt.Errorf("plan save of %s at %d: %w", r.name, save.To, err)
		}
	}
	return r.makeSave(ctx, save)
}

// movedFrom reads the branch again after a save that did not build on its tip. It returns
// nil if the branch cannot be read or has not moved.
func (r *room) movedFrom(ctx context.Context, expected string) *Opened {
	opened, err := r.hub.saver.Open(ctx, r.name)
	if err != nil || opened.Commit == expected {
		return nil
	}
	return &opened
}

// makeSave makes a save that is planned and notes it. A commit that is made and cannot be
// noted comes back beside the error: it has to be noted before the next save.
func (r *room) makeSave(ctx context.Context, save Save) (saved Snapshot, unnoted *Snapshot, err error) {
	commit, err := r.hub.saver.Save(ctx, r.name, save)
	if err == nil && commit == "" {
		err = errors.New("the saver named no commit")
	}
	if err != nil {
		r.hub.counted.failed.Add(1)
		return Snapshot{}, nil, fmt.Errorf("save %s at %d: %w", r.name, save.To, err)
	}
	if commit != save.Expect {
		r.hub.counted.commits.Add(1)
	}
	made := Snapshot{Version: save.To, Live: save.Live, Commit: commit, At: time.Now()}
	saved = made
	saved.Live = ""
	if err := r.noteSave(ctx, &made); err != nil {
		return saved, &made, err
	}
	return saved, nil, nil
}

// noteSave tells the journal of a commit that is made, even if nobody waits any more.
func (r *room) noteSave(ctx context.Context, made *Snapshot) error {
	if made == nil {
		return nil
	}
	if err := r.hub.journal.PutSnapshot(context.WithoutCancel(ctx), r.name, *made); err != nil {
		return fmt.Errorf("note save of %s at %d: %w", r.name, made.Version, err)
	}
	return nil
}

// saveEnded takes in the result of a save and starts the next one that is asked for.
func (r *room) saveEnded(ctx context.Context, result saveResult) {
	r.saving = false
	r.unnoted = result.unnoted
	switch {
	case result.missed != nil:
		r.giveBack(result.writers)
		result.writers = nil
		if err := r.takeMissed(ctx, result.missed); err != nil {
			result.err = errors.Join(result.err, err)
			r.saveFailed(ctx, result)
			break
		}
		r.waiting = slices.Concat(result.requests, r.waiting) // to be made again
		result.requests = nil
	case result.err != nil && errors.Is(result.err, context.Canceled):
		r.giveBack(result.writers) // for a push, after which the room is saved again
		r.noteUnsaved(time.Now())
	case result.err != nil && result.saved.Commit != "":
		// The commit is made. What was typed since must not be taken for a part of it.
		r.saveMade(ctx, result)
		result.writers = nil
		r.saveFailed(ctx, result)
	case result.err != nil:
		r.saveFailed(ctx, result)
	default:
		r.failedSaves = 0
		r.saveMade(ctx, result)
	}
	for _, request := range result.requests {
		if request.answer != nil {
			request.answer(result.saved, result.err)
		}
	}
	for _, ended := range r.afterSave {
		close(ended)
	}
	r.afterSave = nil
	waiting := r.waiting
	r.waiting = nil
	for _, request := range waiting {
		r.startSave(ctx, request)
	}
	if r.head > r.saved.Version && r.quietAt.IsZero() && !r.saving {
		r.noteUnsaved(time.Now())
	}
}

// saveMade takes in a commit that holds the room's text.
func (r *room) saveMade(ctx context.Context, result saveResult) {
	r.saved = result.saved
	r.tips[r.saved.Commit], r.pushed = true, nil
	if r.unnoted == nil {
		r.trim() // until then, a restart needs what came before
	}
	r.broadcast(r.saved.Version, r.savedFrame(result.message))
	r.storeAnchors(ctx)
}

// takeMissed takes in a push that the room has not been told of, which a save has met on
// the branch.
func (r *room) takeMissed(ctx context.Context, missed *Opened) error {
	if err := r.takeTip(ctx, &gitPush{commit: missed.Commit, live: missed.Live}); err != nil {
		return err
	}
	if r.saved.Commit != missed.Commit {
		return fmt.Errorf("the branch went back to %s, which the room has left behind", missed.Commit)
	}
	return nil
}

// savedFrame tells of the last commit.
func (r *room) savedFrame(message string) *Frame {
	return newFrame(encode(savedFrame{
		Type: "saved", Version: r.saved.Version, Commit: r.saved.Commit,
		Message: message, At: r.saved.At.UTC().Format(time.RFC3339),
	}))
}

// saveFailed keeps what is needed to try again. The text itself is safe in the journal.
func (r *room) saveFailed(ctx context.Context, result saveResult) {
	r.failedSaves++
	r.hub.options.Logger.ErrorContext(ctx, "draft could not be saved; it stays in the journal",
		slog.String("room", string(r.name)), slog.Int("tries", r.failedSaves), slog.Any("error", result.err))
	r.giveBack(result.writers)
	r.quietAt = time.Now().Add(r.hub.options.Retry)
	r.unbrokenAt = r.quietAt
}

// giveBack counts again what a save that was not made had taken.
func (r *room) giveBack(writers []Writer) {
	for _, w := range writers {
		r.units[w.User] += w.Units
	}
}

// trim forgets updates that neither a late push nor a save will ask for.
func (r *room) trim() {
	base, _ := r.history.bounds()
	kept := Version(r.hub.options.Kept)
	keep := min(r.saved.Version, r.head-kept)
	if keep-base < kept/4 {
		return
	}
	r.history.trim(keep)
	clear(r.composed)
	for id, last := range r.lastOf {
		if last <= keep {
			delete(r.lastOf, id)
			delete(r.owners, id)
		}
	}
	for s := range r.sessions {
		r.owners[s.clientID] = s.who.Person
	}
}
