package realtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
	planned, err := r.replay(snapshot, entries)
	if err != nil {
		return err
	}
	if err := r.loadAnchors(ctx); err != nil {
		return err
	}
	r.tips[snapshot.Commit] = true
	if opened.Commit == snapshot.Commit {
		return nil
	}
	if err := r.findPushes(ctx, snapshot); err != nil {
		return err
	}
	if _, entered := r.lastOf[gitClient(opened.Commit)]; entered {
		r.saved.Commit = opened.Commit
		return nil
	}
	if snapshot.Planned > 0 {
		found, err := r.finishSave(ctx, snapshot, planned)
		if err != nil || found {
			return err
		}
	}
	return r.enterMissed(ctx, snapshot, opened)
}

// finishSave finds out whether the branch's tip, which is not the last commit the room
// knows, is the save that it had planned when it ended.
func (r *room) finishSave(ctx context.Context, last Snapshot, planned string) (found bool, err error) {
	saved, _, err := r.makeSave(ctx, Save{Live: planned, Expect: last.Commit, From: last.Version, To: last.Planned})
	if errors.Is(err, ErrStale) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r.saved = saved
	r.tips[saved.Commit], r.pushed = true, nil
	clear(r.units) // the commit names who wrote what it holds
	for _, rec := range r.history.between(saved.Version, r.head) {
		changes, err := rec.decode()
		if err != nil {
			return false, err
		}
		r.count(rec.clientID, rec.user, changes)
	}
	if r.head == saved.Version {
		r.quietAt, r.unbrokenAt = time.Time{}, time.Time{}
	}
	return true, nil
}

// replay builds the text and the history from a snapshot and the entries after it. It
// returns the text at the version that was planned to be saved.
func (r *room) replay(snapshot Snapshot, entries []Entry) (planned string, err error) {
	r.text = ot.NewBuffer(snapshot.Live)
	r.head = snapshot.Version
	r.history.base = snapshot.Version
	records := make([]record, 0, len(entries))
	for _, e := range entries {
		if e.Version != r.head+1 {
			return "", fmt.Errorf("journal jumps from version %d to %d", r.head, e.Version)
		}
		changes, err := ot.Decode(e.Changes, r.text.Len())
		if err == nil {
			err = r.text.Apply(changes)
		}
		if err != nil {
			return "", fmt.Errorf("replay version %d: %w", e.Version, err)
		}
		records = append(records, newRecord(e.ClientID, e.User, changes))
		r.head = e.Version
		r.lastOf[e.ClientID] = e.Version
		r.owners[e.ClientID] = e.User
		r.count(e.ClientID, e.User, changes)
		if e.Version == snapshot.Planned {
			planned = r.text.String()
		}
	}
	r.history.add(records)
	r.history.announce(r.head)
	r.saved = snapshot
	r.saved.Live = ""
	if r.head > r.saved.Version {
		r.noteUnsaved(time.Now())
	}
	return planned, nil
}

// findPushes finds again how the pushes that were taken in since the last commit, and that
// no save holds, lie beside the text: the next push builds on them.
func (r *room) findPushes(ctx context.Context, last Snapshot) error {
	for i, rec := range r.history.between(last.Version, r.head) {
		commit, isPush := strings.CutPrefix(rec.clientID, gitPrefix)
		if !isPush {
			continue
		}
		live, err := r.hub.saver.Text(ctx, r.name, commit)
		if err != nil {
			return fmt.Errorf("text of push %s: %w", commit, err)
		}
		at := last.Version + Version(i) + 1
		over, err := r.sinceCommit(&batch{head: r.head}, last, at-1)
		if err == nil {
			var came ot.ChangeSet
			if came, err = r.hub.saver.Between(r.branchText(last), live); err == nil {
				over, err = ot.MapDesc(over, came.Desc, true)
			}
		}
		if err != nil {
			return fmt.Errorf("push %s beside the edits before it: %w", commit, err)
		}
		r.pushed = &pushedText{live: live, over: over, at: at}
		r.tips[commit] = true
	}
	return nil
}

// enterMissed enters a commit that reached the branch without the room being told, by a
// crash between the push and the telling.
func (r *room) enterMissed(ctx context.Context, last Snapshot, opened Opened) error {
	pushed := &gitPush{commit: opened.Commit, live: opened.Live}
	if hint := r.presence.hint; hint != nil && hint.commit == opened.Commit {
		pushed = hint
	}
	return r.takePush(ctx, last, pushed)
}
