package realtime

import (
	"context"
	"fmt"
	"time"

	"plenary/realtime/ot"
)

// gitPush is a commit that reached the branch through git.
type gitPush struct {
	commit string
	live   string
	by     Participant
}

// pushedText is what a push brought that the room has taken in and not saved yet. The next
// push builds on it, not on the last snapshot.
type pushedText struct {
	live string
	over ot.Desc // from live to the room's text at version at
	at   Version
}

// gitClient is the editor's ID under which a commit's changes enter a room.
func gitClient(commit string) string { return gitPrefix + commit }

// gitPrefix begins no ID that an editor can have.
const gitPrefix = "git:"

// enterPush enters a push into an open room, once. The caller holds the branch's lock, for
// which a save may be waiting: that save is given up and made again after the push.
func (r *room) enterPush(ctx context.Context, p *gitPush) error {
	for {
		var saveEnds chan struct{}
		err := r.do(ctx, func() error {
			if r.saving {
				saveEnds = make(chan struct{})
				r.afterSave = append(r.afterSave, saveEnds)
				r.cancelSave()
				return nil
			}
			return r.takeTip(ctx, p)
		})
		if err != nil || saveEnds == nil {
			return err
		}
		select {
		case <-saveEnds:
		case <-r.done:
			return r.ended
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// takeTip enters the branch's tip unless the text holds it: a tip that was read before a
// save must not undo what the save holds.
func (r *room) takeTip(ctx context.Context, p *gitPush) error {
	if _, entered := r.lastOf[gitClient(p.commit)]; entered || r.tips[p.commit] || r.saved.Commit == p.commit {
		return nil
	}
	if err := r.noteSave(ctx, r.unnoted); err != nil {
		return err
	}
	r.unnoted = nil
	last, found, err := r.hub.journal.LastSnapshot(ctx, r.name)
	if err == nil && (!found || last.Version != r.saved.Version) {
		err = fmt.Errorf("it is of version %d, not %d", last.Version, r.saved.Version)
	}
	if err != nil {
		return fmt.Errorf("last snapshot: %w", err)
	}
	return r.takePush(ctx, last, p)
}

// takePush enters the difference between the last commit's text and the pushed one, as an
// update made at the version of that commit. It runs on the room's goroutine.
func (r *room) takePush(ctx context.Context, last Snapshot, p *gitPush) error {
	changes, err := r.hub.saver.Between(r.branchText(last), p.live)
	if err != nil {
		return fmt.Errorf("changes of push %s: %w", p.commit, err)
	}
	update := ot.Update{ClientID: gitClient(p.commit), Changes: changes}
	b := batch{head: r.head}
	clean := r.head == last.Version && r.pushed == nil
	var since, after ot.Desc
	if !clean {
		over, err := r.sinceCommit(&b, last, r.head)
		if err == nil {
			after, err = ot.MapDesc(over, changes.Desc, true)
		}
		if err != nil {
			return fmt.Errorf("compose edits since commit %s: %w", last.Commit, err)
		}
		moved, err := ot.RebaseOver([]ot.Update{update}, over)
		if err != nil {
			return fmt.Errorf("rebase push %s: %w", p.commit, err)
		}
		update, since = moved[0], over
	}
	note := Note{Kind: "push", By: p.by.Name, Commit: p.commit}
	if !update.Changes.Empty() {
		if err := r.text.Apply(update.Changes); err != nil {
			return fmt.Errorf("apply push %s: %w", p.commit, err)
		}
		b.records = []record{newRecord(update.ClientID, p.by.Person, update.Changes)}
		b.changes = []ot.ChangeSet{update.Changes}
		b.head++
		if err := r.commit(ctx, &b); err != nil {
			r.restart(ctx, err)
			return errRestart
		}
		note.Version = r.head
		note.Review = reviewRanges(r.text, update.Changes, since, changes.Desc)
	}
	if err := r.notePush(ctx, p, clean); err != nil {
		return err
	}
	if !clean {
		r.pushed = &pushedText{live: p.live, over: after, at: r.head}
	}
	note.Text = pushSentence(changes, p.by.Name)
	r.notify(note)
	return nil
}

// branchText is the text of the last commit of the branch that the room knows.
func (r *room) branchText(last Snapshot) string {
	if r.pushed != nil {
		return r.pushed.live
	}
	return last.Live
}

// sinceCommit is all changes from the text of that commit to the room's at version to.
func (r *room) sinceCommit(b *batch, last Snapshot, to Version) (ot.Desc, error) {
	switch p := r.pushed; {
	case p == nil && to == last.Version:
		same, err := ot.Changes(ot.NewBuffer(last.Live).Len(), nil)
		return same.Desc, err
	case p == nil:
		return r.compose(b, last.Version, to)
	case p.at == to:
		return p.over, nil
	default:
		later, err := r.compose(b, p.at, to)
		if err != nil {
			return ot.Desc{}, err
		}
		return ot.ComposeDesc(p.over, later)
	}
}

// notePush makes the pushed commit the room's last one. With edits since the commit
// before, the room holds more than the push and is saved again at once.
func (r *room) notePush(ctx context.Context, p *gitPush, clean bool) error {
	r.tips[p.commit] = true
	if !clean {
		r.saved.Commit = p.commit // the next save builds on it
		r.quietAt, r.unbrokenAt = time.Now(), time.Now()
		return nil
	}
	s := Snapshot{Version: r.head, Live: r.text.String(), Commit: p.commit, At: time.Now()}
	if err := r.hub.journal.PutSnapshot(ctx, r.name, s); err != nil {
		return fmt.Errorf("note push %s: %w", p.commit, err)
	}
	s.Live = ""
	r.saved = s
	r.quietAt, r.unbrokenAt = time.Time{}, time.Time{}
	return nil
}

// pushSentence tells people what a push did: "2 places changed by git push (Ms Carter)".
func pushSentence(changes ot.ChangeSet, name string) string {
	places := "1 place"
	if n := len(changes.Edits()); n != 1 {
		places = fmt.Sprintf("%d places", n)
	}
	if name == "" {
		return places + " changed by git push"
	}
	return fmt.Sprintf("%s changed by git push (%s)", places, name)
}

// reviewRanges returns the lines of the present text that both the push and the edits
// since its commit touched. since starts from the commit's text, as theirs does.
func reviewRanges(text *ot.Buffer, moved ot.ChangeSet, since, theirs ot.Desc) []Range {
	if since.Empty() {
		return nil
	}
	after, err := ot.MapDesc(since, theirs, true)
	if err != nil {
		return nil
	}
	touched := text.Lines(after.Edits())
	var out []Range
	for _, line := range text.Lines(moved.Edits()) {
		for _, other := range touched {
			if line == other {
				out = append(out, Range{From: line.From, To: line.To})
			}
		}
	}
	return out
}
