package realtime

import (
	"context"
	"fmt"
	"log/slog"

	"plenary/realtime/ot"
)

// anchors are the ranges that comments hold in a room's text, at the version of its head.
type anchors struct {
	all   map[string]Anchor
	dirty map[string]bool
}

// moveOver moves all anchors over changes accepted after version before. A start clings
// to what follows it, an end to what stands before it, so that an anchor does not grow.
// An emptied range stays where its words stood.
func (a *anchors) moveOver(changes []ot.ChangeSet, before Version) {
	for id, anchor := range a.all {
		for i, c := range changes {
			anchor = moveAnchor(anchor, c.Desc)
			anchor.Version = before + Version(i) + 1
		}
		a.all[id] = anchor
		a.dirty[id] = true
	}
}

func moveAnchor(a Anchor, d ot.Desc) Anchor {
	if a.Orphaned {
		a.From, _ = d.MapPos(a.From, -1, ot.Simple)
		a.To = a.From
		return a
	}
	from, _ := d.MapPos(a.From, 1, ot.Simple)
	to, _ := d.MapPos(a.To, -1, ot.Simple)
	if from >= to {
		from, _ = d.MapPos(a.From, -1, ot.Simple)
		to, a.Orphaned = from, true
	}
	a.From, a.To = from, to
	return a
}

// loadAnchors reads the anchors and moves each to the head from the version at which it
// was stored.
func (r *room) loadAnchors(ctx context.Context) error {
	r.anchors = anchors{all: map[string]Anchor{}, dirty: map[string]bool{}}
	if r.hub.options.Anchors == nil {
		return nil
	}
	stored, err := r.hub.options.Anchors.Anchors(ctx, r.name)
	if err != nil {
		return fmt.Errorf("read anchors: %w", err)
	}
	oldest := r.head
	for _, a := range stored {
		oldest = min(oldest, a.Version)
	}
	var later []Entry
	if oldest < r.head {
		if later, err = r.hub.journal.Read(ctx, r.name, oldest, 0); err != nil {
			return fmt.Errorf("read journal for anchors: %w", err)
		}
	}
	for _, a := range stored {
		for _, e := range later {
			if e.Version <= a.Version {
				continue
			}
			changes, err := ot.Decode(e.Changes, ot.AnyLength)
			if err != nil {
				return fmt.Errorf("move anchors to version %d: %w", e.Version, err)
			}
			a = moveAnchor(a, changes.Desc)
			a.Version = e.Version
		}
		r.anchors.all[a.ID] = a
	}
	return nil
}

// storeAnchors writes the anchors that have moved. A failure costs nothing: they are
// moved again from where they were stored.
func (r *room) storeAnchors(ctx context.Context) {
	if r.hub.options.Anchors == nil || len(r.anchors.dirty) == 0 {
		return
	}
	moved := make([]Anchor, 0, len(r.anchors.dirty))
	for id := range r.anchors.dirty {
		moved = append(moved, r.anchors.all[id])
	}
	if err := r.hub.options.Anchors.PutAnchors(ctx, r.name, moved); err != nil {
		r.hub.options.Logger.ErrorContext(ctx, "anchors could not be stored; they stay where they were",
			slog.String("room", string(r.name)), slog.Any("error", err))
		return
	}
	clear(r.anchors.dirty)
}

// SetAnchor ties a comment to a range of the text at a.Version, which an editor that has
// just read the text knows. It returns the anchor as it is at the room's head, with its
// quote taken from the text.
func (h *Hub) SetAnchor(ctx context.Context, name RoomName, a Anchor) (Anchor, error) {
	err := h.with(ctx, name, nil, func(r *room) error {
		return r.do(ctx, func() error {
			var err error
			a, err = r.setAnchor(ctx, a)
			return err
		})
	})
	if err != nil {
		return Anchor{}, fmt.Errorf("set anchor in %s: %w", name, err)
	}
	return a, nil
}

func (r *room) setAnchor(ctx context.Context, a Anchor) (Anchor, error) {
	if r.hub.options.Anchors == nil {
		return a, ErrClosed
	}
	base, _ := r.history.bounds()
	if a.Version < base || a.Version > r.head {
		return a, refusal(CodeFloor, true, "The words were marked in a text that is too old; mark them again.")
	}
	length := r.text.Len()
	b := batch{head: r.head}
	if a.Version < r.head {
		over, err := r.compose(&b, a.Version, r.head)
		if err != nil {
			return a, err
		}
		length = over.LengthBefore()
	}
	if a.From < 0 || a.To <= a.From || a.To > length {
		return a, refusal(CodeBadFrame, false, "The marked words lie outside the text; mark them again.")
	}
	for _, rec := range r.since(&b, a.Version, r.head) {
		changes, err := rec.decode()
		if err != nil {
			return a, err
		}
		a = moveAnchor(a, changes.Desc)
	}
	a.Version = r.head
	if a.Quote == "" && !a.Orphaned {
		a.Quote = r.text.Slice(a.From, a.To)
	}
	if err := r.hub.options.Anchors.PutAnchors(ctx, r.name, []Anchor{a}); err != nil {
		return a, err
	}
	r.anchors.all[a.ID] = a
	return a, nil
}

// Anchors returns the anchors of a room with their places at its head.
func (h *Hub) Anchors(ctx context.Context, name RoomName) ([]Anchor, error) {
	var out []Anchor
	err := h.with(ctx, name, nil, func(r *room) error {
		return r.do(ctx, func() error {
			out = out[:0]
			for _, a := range r.anchors.all {
				out = append(out, a)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("anchors of %s: %w", name, err)
	}
	return out, nil
}

// RemoveAnchor forgets an anchor.
func (h *Hub) RemoveAnchor(ctx context.Context, name RoomName, id string) error {
	err := h.with(ctx, name, nil, func(r *room) error {
		return r.do(ctx, func() error {
			if r.hub.options.Anchors == nil {
				return ErrClosed
			}
			if err := r.hub.options.Anchors.RemoveAnchor(ctx, r.name, id); err != nil {
				return err
			}
			delete(r.anchors.all, id)
			delete(r.anchors.dirty, id)
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("remove anchor in %s: %w", name, err)
	}
	return nil
}
