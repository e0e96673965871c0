package realtime

import (
	"log/slog"
	"slices"

	"plenary/realtime/ot"
)

// push is what a session's editor wants to have taken.
type push struct {
	session *Session
	version Version
	updates []ot.Update
}

// batch is updates that have been taken into the room's text but are not in the journal
// yet. Nobody is told of them before they are.
type batch struct {
	head    Version
	records []record
	changes []ot.ChangeSet
}

// composed is all changes after one version, up to another, as one.
type composed struct {
	to   Version
	desc ot.Desc
}

// take rebases a push over what was accepted since its version, checks it and puts it
// into the text. A push that cannot be taken is answered with a refusal and changes
// nothing.
func (r *room) take(b *batch, p *push) {
	s := p.session
	s.pushDone()
	if _, present := r.sessions[s]; !present || s.isEnded() {
		return
	}
	updates, err := r.rebase(b, p)
	if err != nil {
		s.refuse(err)
		return
	}
	if err := r.apply(updates); err != nil {
		s.refuse(err)
		return
	}
	for _, u := range updates {
		b.records = append(b.records, newRecord(u.ClientID, s.who.Person, u.Changes))
		b.changes = append(b.changes, u.Changes)
		b.head++
	}
}

// apply puts updates into the text, all or none.
func (r *room) apply(updates []ot.Update) *Refusal {
	undo := make([]ot.ChangeSet, 0, len(updates))
	for _, u := range updates {
		if n := u.Changes.LengthBefore(); n != r.text.Len() {
			r.undo(undo)
			return refusal(CodeBadChange, false, "An edit is for a text of %d characters, but the draft has %d; load the page again.", n, r.text.Len())
		}
		inverse, err := u.Changes.Invert(r.text)
		if err == nil {
			err = r.text.Apply(u.Changes)
		}
		if err != nil {
			r.undo(undo)
			return refusal(CodeBadChange, false, "An edit does not fit the draft (%v); load the page again.", err)
		}
		undo = append(undo, inverse)
		if r.text.Bytes() > r.hub.options.MaxBytes && u.Changes.LengthAfter() > u.Changes.LengthBefore() {
			r.undo(undo)
			return refusal(CodeTooBig, false, "The draft would be larger than %d bytes; divide it or take something out.", r.hub.options.MaxBytes)
		}
	}
	return nil
}

func (r *room) undo(inverses []ot.ChangeSet) {
	for _, inverse := range slices.Backward(inverses) {
		if err := r.text.Apply(inverse); err != nil {
			// An inverse fits the text it was made from; should it not, the room
			// starts again from its journal.
			r.hub.options.Logger.Error("an update could not be undone", slog.String("room", string(r.name)), slog.Any("error", err))
			r.gone, r.ended = true, errRestart
			return
		}
	}
}

// rebase moves a push to the head of the batch, in the same stages as the session's
// editor does: one for each frame it has been or will be sent.
func (r *room) rebase(b *batch, p *push) ([]ot.Update, *Refusal) {
	base, announced := r.history.bounds()
	stops, refused := p.session.stopsAfter(p.version, base, announced)
	if refused != nil {
		return nil, refused
	}
	from := p.version
	updates := p.updates
	twice := r.sentBefore(b, p)
	var err error
	for _, to := range r.frames(b, stops) {
		if to <= from {
			continue
		}
		if twice {
			updates, refused = r.rebaseTwice(b, updates, from, to)
			if refused != nil {
				return nil, refused
			}
		} else {
			var over ot.Desc
			if over, err = r.compose(b, from, to); err == nil {
				updates, err = ot.RebaseOver(updates, over)
			}
		}
		if err != nil {
			return nil, refusal(CodeBadChange, false, "An edit does not fit the draft at version %d; load the page again.", p.version)
		}
		from = to
	}
	return updates, nil
}

// frames completes the stops of a session to the head of the batch: beyond what is
// announced, one frame follows another where cut says.
func (r *room) frames(b *batch, stops []Version) []Version {
	last := stops[len(stops)-1]
	for last < b.head {
		last += Version(cut(r.since(b, last, b.head)))
		stops = append(stops, last)
	}
	return stops
}

// since returns the records after version from up to version to, the batch included.
func (r *room) since(b *batch, from, to Version) []record {
	var out []record
	if from < r.head {
		out = r.history.between(from, min(to, r.head))
	}
	if to > r.head {
		out = append(out, b.records[max(from, r.head)-r.head:to-r.head]...)
	}
	return out
}

// compose returns all changes of a stage as one. Stages are the same for most editors, so
// the last one from each version is kept.
func (r *room) compose(b *batch, from, to Version) (ot.Desc, error) {
	known, found := r.composed[from]
	if !found || known.to > to {
		known = composed{to: from}
	}
	for _, rec := range r.since(b, known.to, to) {
		changes, err := rec.decode()
		if err != nil {
			return ot.Desc{}, err
		}
		if known.to == from {
			known.desc = changes.Desc
		} else if known.desc, err = ot.ComposeDesc(known.desc, changes.Desc); err != nil {
			return ot.Desc{}, err
		}
		known.to++
	}
	if len(r.composed) > 256 {
		clear(r.composed)
	}
	r.composed[from] = known
	return known.desc, nil
}

// sentBefore tells whether updates of the push may have been accepted already.
func (r *room) sentBefore(b *batch, p *push) bool {
	if len(p.updates) == 0 {
		return false
	}
	id := p.updates[0].ClientID
	if r.lastOf[id] > p.version {
		return true
	}
	return slices.ContainsFunc(b.records, func(rec record) bool { return rec.clientID == id })
}

// rebaseTwice is the stage of a push of which some updates may have arrived before. Those
// are left out, after a look at whether they are what was accepted.
func (r *room) rebaseTwice(b *batch, updates []ot.Update, from, to Version) ([]ot.Update, *Refusal) {
	mismatch := refusal(CodeDiverged, true, "Edits with the same mark had other words; your editor loads the draft again and keeps what was not added.")
	records := r.since(b, from, to)
	over := make([]ot.Accepted, len(records))
	next := 0
	for i, rec := range records {
		changes, err := rec.decode()
		if err != nil {
			return nil, mismatch
		}
		over[i] = ot.Accepted{ClientID: rec.clientID, Desc: changes.Desc}
		if next < len(updates) && updates[next].ClientID == rec.clientID {
			if !ot.SameWords(updates[next].Changes, changes) {
				return nil, mismatch
			}
			next++
		}
	}
	rebased, err := ot.Rebase(updates, over)
	if err != nil {
		return nil, mismatch
	}
	return rebased, nil
}
