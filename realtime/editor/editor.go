// Package editor is an editor of live drafts without a screen.
//
// An Editor keeps a text, types into it, and rebases what is not confirmed as CodeMirror's
// collab extension does in the browser. It moves no bytes itself: tests hand its frames to
// a session, package load sends them over the wire.
package editor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"plenary/realtime"
	"plenary/realtime/ot"
)

// Frame is any frame from the server.
type Frame struct {
	Type     string           `json:"t"`
	Version  realtime.Version `json:"v"`
	Doc      string           `json:"doc"`
	Base     string           `json:"base"`
	Commit   string           `json:"commit"`
	Write    bool             `json:"write"`
	ClientID string           `json:"clientID"`
	Peers    []Peer           `json:"peers"`
	Joined   []Peer           `json:"joined"`
	Left     []string         `json:"left"`
	Updates  []Update         `json:"u"`
	Anchor   int              `json:"anchor"`
	Head     int              `json:"head"`
	Message  string           `json:"message"`
	Kind     string           `json:"kind"`
	Text     string           `json:"text"`
	Code     realtime.Code    `json:"code"`
	Retry    bool             `json:"retry"`
	Review   []realtime.Range `json:"review"`
}

// Peer is somebody else in the room.
type Peer struct {
	ClientID string `json:"clientID"`
	Name     string `json:"name"`
	Circle   string `json:"circle"`
	Write    bool   `json:"write"`
	Anchor   *int   `json:"anchor"`
}

// Update is one update of a frame.
type Update struct {
	ClientID string          `json:"clientID"`
	Changes  json.RawMessage `json:"changes"`
}

// Editor is the state of one editor. It is not safe for use by several goroutines.
type Editor struct {
	ClientID string
	Version  realtime.Version // up to which everything is confirmed
	Text     *ot.Buffer
	Commit   string

	unconfirmed []ot.ChangeSet
	inFlight    bool
}

// Receive takes in a frame of the server. It returns the number of own updates that it
// acknowledges.
func (e *Editor) Receive(f Frame) (acknowledged int, err error) {
	switch f.Type {
	case "init":
		*e = Editor{ClientID: f.ClientID, Version: f.Version, Text: ot.NewBuffer(f.Doc), Commit: f.Commit}
	case "up":
		return e.receiveUpdates(f)
	case "error":
		e.inFlight = false
	case "saved":
		e.Commit = f.Commit
	}
	return 0, nil
}

// receiveUpdates does what collab's receiveUpdates does with the updates of one frame.
func (e *Editor) receiveUpdates(f Frame) (acknowledged int, err error) {
	if f.Version != e.Version {
		return 0, fmt.Errorf("updates after version %d, but the editor is at %d", f.Version, e.Version)
	}
	var changes *ot.ChangeSet
	own := 0
	for i, u := range f.Updates {
		e.Version++
		if own < len(e.unconfirmed) && u.ClientID == e.ClientID {
			if changes, err = e.confirm(own, u, changes); err != nil {
				return own, fmt.Errorf("update %d: %w", i, err)
			}
			own++
			continue
		}
		c, err := ot.Decode(u.Changes, ot.AnyLength)
		if err != nil {
			return own, fmt.Errorf("update %d: %w", i, err)
		}
		if changes != nil {
			if c, err = ot.Compose(*changes, c); err != nil {
				return own, fmt.Errorf("update %d: %w", i, err)
			}
		}
		changes = &c
	}
	e.unconfirmed = e.unconfirmed[own:]
	if own > 0 {
		e.inFlight = false
	}
	if changes == nil {
		return own, nil
	}
	for i, mine := range e.unconfirmed {
		moved, err := ot.Map(mine, *changes, false)
		if err != nil {
			return own, err
		}
		theirs, err := ot.Map(*changes, mine, true)
		if err != nil {
			return own, err
		}
		e.unconfirmed[i], changes = moved, &theirs
	}
	return own, e.Text.Apply(*changes)
}

// confirm takes in an own update that comes back after changes by others, which it
// returns as they apply beside it. Browsers do not look at their own updates; a server
// that has rebased one differently makes their texts differ for good, so this editor
// looks.
func (e *Editor) confirm(own int, u Update, changes *ot.ChangeSet) (*ot.ChangeSet, error) {
	expected, mine := e.unconfirmed[own], e.unconfirmed[own]
	if changes != nil {
		moved, err := ot.Map(mine, *changes, false)
		if err != nil {
			return nil, err
		}
		theirs, err := ot.Map(*changes, mine, true)
		if err != nil {
			return nil, err
		}
		expected, changes = moved, &theirs
	}
	if got := string(u.Changes); got != string(expected.Encode()) {
		return nil, fmt.Errorf("own update came back as %s, not as %s", got, expected.Encode())
	}
	return changes, nil
}

// Type changes the editor's own text; Push gives it to the server.
func (e *Editor) Type(c ot.ChangeSet) error {
	if err := e.Text.Apply(c); err != nil {
		return err
	}
	e.unconfirmed = append(e.unconfirmed, c)
	return nil
}

// Replace types words in place of a range of the editor's text.
func (e *Editor) Replace(from, to int, words string) error {
	c, err := ot.Replace(e.Text.Len(), from, to, words)
	if err != nil {
		return err
	}
	return e.Type(c)
}

// Unconfirmed is the number of updates that the server has not acknowledged.
func (e *Editor) Unconfirmed() int { return len(e.unconfirmed) }

// Push returns the next frame with unconfirmed updates, or nil if there are none or one
// push is under way.
func (e *Editor) Push() []byte {
	if e.inFlight || len(e.unconfirmed) == 0 {
		return nil
	}
	e.inFlight = true
	updates := make([]Update, min(len(e.unconfirmed), realtime.MaxUpdates))
	for i := range updates {
		updates[i] = Update{ClientID: e.ClientID, Changes: e.unconfirmed[i].Encode()}
	}
	return Encode(map[string]any{"t": "push", "v": e.Version, "u": updates})
}

// Resume returns the first frame of a new connection of the same editor.
func (e *Editor) Resume() []byte {
	e.inFlight = false
	return Encode(map[string]any{"t": "resume", "v": e.Version, "clientID": e.ClientID})
}

// Hash returns the hash check of the editor's text; it is only meaningful when nothing is
// unconfirmed.
func (e *Editor) Hash() []byte {
	sum := sha256.Sum256([]byte(e.Text.String()))
	return Encode(map[string]any{"t": "hash", "v": e.Version, "h": hex.EncodeToString(sum[:])})
}

// Join is the first frame of a new editor.
func Join() []byte { return []byte(`{"t":"join"}`) }

// Decode reads a frame of the server.
func Decode(frame []byte) (Frame, error) {
	var f Frame
	err := json.Unmarshal(frame, &f)
	return f, err
}

// Encode writes a frame for the server. Its values are strings, numbers and slices, which
// JSON always has a form for.
func Encode(frame map[string]any) []byte {
	out, err := json.Marshal(frame)
	if err != nil {
		return nil
	}
	return out
}
