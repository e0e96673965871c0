package demo

import (
	"context"
	"encoding/json"
	"fmt"

	"plenary/realtime"
	"plenary/realtime/livediff"
	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// frame is what a writer needs of the frames that come from a room.
type frame struct {
	Type     string `json:"t"`
	Version  int64  `json:"v"`
	Doc      string `json:"doc"`
	ClientID string `json:"clientID"`
	Text     string `json:"text"`
	Updates  []struct {
		ClientID string `json:"clientID"`
	} `json:"u"`
}

// writeLive makes the draft say what file says, as an editor does: it joins the room, sends what differs, waits until
// that is acknowledged, and has it saved.
func writeLive(ctx context.Context, service *drafting.Service, a drafting.Actor, slug repo.Slug, d repo.DraftName, file []byte) error {
	name, who, err := service.Room(ctx, a, slug, d.Draft())
	if err != nil {
		return err
	}
	session, err := service.Hub().Join(ctx, name, who)
	if err != nil {
		return err
	}
	defer session.Close()
	if err := send(ctx, session, map[string]any{"t": "join"}); err != nil {
		return err
	}
	first, err := await(ctx, session, func(f frame) bool { return f.Type == "init" })
	if err != nil {
		return err
	}
	changes, err := livediff.Between(first.Doc, resolution.Live(file))
	if err != nil {
		return err
	}
	update := map[string]any{"clientID": first.ClientID, "changes": changes}
	if err := send(ctx, session, map[string]any{"t": "push", "v": first.Version, "u": []any{update}}); err != nil {
		return err
	}
	if _, err := await(ctx, session, func(f frame) bool {
		return f.Type == "up" && len(f.Updates) > 0 && f.Updates[len(f.Updates)-1].ClientID == first.ClientID
	}); err != nil {
		return err
	}
	_, _, err = service.Hub().Flush(ctx, name)
	return err
}

func send(ctx context.Context, s *realtime.Session, message map[string]any) error {
	raw, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return s.Receive(ctx, raw)
}

// await reads frames until one is wanted. An error frame ends it.
func await(ctx context.Context, s *realtime.Session, wanted func(frame) bool) (frame, error) {
	for {
		raw, err := s.Next(ctx)
		if err != nil {
			return frame{}, err
		}
		var f frame
		if err := json.Unmarshal(raw, &f); err != nil {
			return frame{}, fmt.Errorf("frame %q: %w", raw, err)
		}
		switch {
		case f.Type == "error":
			return frame{}, fmt.Errorf("the room answered: %s", f.Text)
		case wanted(f):
			return f, nil
		}
	}
}
