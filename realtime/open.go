package realtime

import (
	"context"
	"fmt"
	"time"

	"plenary/realtime/ot"
)

// load opens the room: its last snapshot, what the journal holds since, and then what has
// happened to the branch behind the room's back.
func (r *room) load(ctx context.Context) error {
	opened, err := r.hub.saver.Open(ctx, r.name)
	if err != nil {
		return err
	}
	r.base = opened.Base
	snapshot, found, err := r.hub.journal.LastSnapshot(ctx, r.name)
	if err != nil {
		return fmt.Errorf("read snapshot: %w", err)
	}
	if !found {
		snapshot = Snapshot{Live: opened.Live, Commit: opened.Commit, At: time.Now()}
		if err := r.hub.journal.PutSnapshot(ctx, r.name, snapshot); err != nil {
			return fmt.Errorf("write first snapshot: %w", err)
		}
	}
	entries, err := r.hub.journal.Read(ctx, r.name, snapshot.Version, 0)
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	if snapshot.Commit == "" {
		if snapshot, err = r.repeatSave(ctx, snapshot); err != nil {
			return err
		}
		opened.Commit = snapshot.Commit
	}
	if err := r.replay(snapshot, entries); err != nil {
		return err
	}
	if err := r.loadAnchors(ctx); err != nil {
		return err
	}
	if opened.Commit != snapshot.Commit {
		return r.enterMissed(ctx, snapshot, opened)
	}
	return nil
}

// repeatSave finishes a save that a crash cut off, whether or not its commit was made.
func (r *room) repeatSave(ctx context.Context, planned Snapshot) (Snapshot, error) {
	entries, err := r.hub.journal.Read(ctx, r.name, planned.From, int(planned.Version-planned.From))
	if err != nil {
		return planned, fmt.Errorf("read journal: %w", err)
	}
	for _, e := range entries {
		changes, err := ot.Decode(e.Changes, ot.AnyLength)
		if err != nil {
			return planned, fmt.Errorf("read journal at version %d: %w", e.Version, err)
		}
		r.count(e.ClientID, e.User, changes)
	}
	live := planned.Live
	saved, err := r.save(ctx, planned, r.takeWriters(), "", true)
	saved.Live = live
	return saved, err
}

// replay builds the text and the history from a snapshot and the entries after it.
func (r *room) replay(snapshot Snapshot, entries []Entry) error {
	r.text = ot.NewBuffer(snapshot.Live)
	r.head = snapshot.Version
	r.history.base = snapshot.Version
	records := make([]record, 0, len(entries))
	for _, e := range entries {
		if e.Version != r.head+1 {
			return fmt.Errorf("journal jumps from version %d to %d", r.head, e.Version)
		}
		changes, err := ot.Decode(e.Changes, r.text.Len())
		if err == nil {
			err = r.text.Apply(changes)
		}
		if err != nil {
			return fmt.Errorf("replay version %d: %w", e.Version, err)
		}
		records = append(records, newRecord(e.ClientID, e.User, changes))
		r.head = e.Version
		r.lastOf[e.ClientID] = e.Version
		r.owners[e.ClientID] = e.User
		r.count(e.ClientID, e.User, changes)
	}
	r.history.add(records)
	r.history.announce(r.head)
	r.saved = snapshot
	r.saved.Live = ""
	if r.head > r.saved.Version {
		r.noteUnsaved(time.Now())
	}
	return nil
}

// enterMissed enters a commit that reached the branch without the room being told, by a
// crash between the push and the telling.
func (r *room) enterMissed(ctx context.Context, last Snapshot, opened Opened) error {
	if _, entered := r.lastOf[gitClient(opened.Commit)]; entered {
		return nil
	}
	pushed := &gitPush{commit: opened.Commit, live: opened.Live}
	if hint := r.presence.hint; hint != nil && hint.commit == opened.Commit {
		pushed = hint
	}
	return r.takePush(ctx, last, pushed)
}
