package realtime

import (
	"context"
	"errors"
	"time"

	"plenary/realtime/ot"
)

// RoomName names one room: the resolution's slug, a colon and the branch at the desk,
// as in "wtsa-7:drafts/usa/48a5-1".
type RoomName string

// Version counts the updates a room has accepted since it was first opened.
// Version 0 is the text the room began with.
type Version int64

// Entry is one accepted update as the journal keeps it.
type Entry struct {
	Room     RoomName
	Version  Version   // of the text after this update
	ClientID string    // the editor it came from; "git:<commit>" for a push
	User     string    // the person's id, as given in Participant.Person
	At       time.Time // when the room accepted it
	Changes  []byte    // the change set in its JSON form
}

// Snapshot is the text of a room at the version of its last commit, exactly as people saw
// it, and the commit that holds its canonical form. Planned is a later version that the
// room is about to save, or 0: after a crash it is not known whether that was done.
type Snapshot struct {
	Version Version
	Planned Version
	Live    string
	Commit  string
	At      time.Time
}

// Journal keeps what rooms have accepted. Package store implements it over SQLite.
type Journal interface {
	// Append stores entries that follow version after, all or none, and returns once they
	// are on disk. It returns ErrStale if the room's last version is not after.
	Append(ctx context.Context, room RoomName, after Version, entries []Entry) error
	// Read returns the entries with versions above from, in order, at most limit of them
	// if limit is above 0.
	Read(ctx context.Context, room RoomName, from Version, limit int) ([]Entry, error)
	// LastSnapshot returns the newest snapshot; false if the room has none.
	LastSnapshot(ctx context.Context, room RoomName) (Snapshot, bool, error)
	// PutSnapshot stores s as the newest snapshot. A snapshot of the same version is
	// replaced, an older one is refused with ErrStale.
	PutSnapshot(ctx context.Context, room RoomName, s Snapshot) error
	// Unsaved returns the rooms that hold entries above their newest snapshot.
	Unsaved(ctx context.Context) ([]RoomName, error)
}

// Opened is what the branch behind a room holds.
type Opened struct {
	Live   string // the text of the branch's tip, in its live form
	Base   string // the text it is compared with, in its live form
	Commit string // the tip
}

// Writer is one person's share of the edits in a save.
type Writer struct {
	User  string // the person's id
	Units int    // UTF-16 units typed and deleted
}

// Save is one request to commit a room's text.
type Save struct {
	Live     string   // the text as people see it; the Saver makes it canonical
	Expect   string   // the commit that the text builds on
	From, To Version  // the journal versions the commit holds: From < v <= To
	Writers  []Writer // most units first; empty when nothing was typed
	Message  string   // the name of a save point, or empty for an automatic save
}

// Saver ties rooms to the branches they edit. Package drafting implements it over repo.
type Saver interface {
	// Open returns the text of the branch. It is asked each time a room is opened.
	Open(ctx context.Context, room RoomName) (Opened, error)
	// Text returns the text of a commit that was pushed to the branch, in its live form.
	Text(ctx context.Context, room RoomName, commit string) (live string, err error)
	// Between returns the changes that make one live text of another.
	Between(before, after string) (ot.ChangeSet, error)
	// Save commits the canonical form of s.Live to the branch and returns the branch's
	// tip. It is asked again with the same text after a crash, and then returns the
	// commit that already holds it. Otherwise a branch whose tip is not s.Expect is left
	// as it is, with ErrStale: a push moved it that the room has yet to take in.
	Save(ctx context.Context, room RoomName, s Save) (commit string, err error)
}

// Anchor is a range of words that a comment holds on to.
// Positions are UTF-16 units in the live text at Version.
type Anchor struct {
	ID       string
	Version  Version
	From, To int
	Quote    string // the words when the anchor was set
	Orphaned bool   // the words are gone; From is the place where they stood
}

// AnchorStore keeps the anchors of rooms. Options may leave it out.
type AnchorStore interface {
	Anchors(ctx context.Context, room RoomName) ([]Anchor, error)
	// PutAnchors stores the given anchors by their IDs and leaves all others as they are.
	PutAnchors(ctx context.Context, room RoomName, anchors []Anchor) error
	RemoveAnchor(ctx context.Context, room RoomName, id string) error
}

// Participant is the person behind one connection, with the rights found at sign-in.
type Participant struct {
	Person   string // the person's id
	Name     string // "Ms Carter"
	Circle   string // the circle they act for: "usa"
	CanWrite bool
}

// Sentinels that callers tell apart.
var (
	// ErrStale tells that a journal's head or a branch's tip is not where the caller
	// believes it is.
	ErrStale = errors.New("it has moved on")
	// ErrBusy tells that a limit was reached; trying again later may succeed.
	ErrBusy = errors.New("too much is going on in this draft; try again in a moment")
	// ErrClosed tells that the room, the session or the whole hub is closed.
	ErrClosed = errors.New("the live draft is closed")
)

// Code is the machine-readable reason of an error frame.
type Code string

// The codes of plenary.v1.
const (
	CodeBadFrame   Code = "bad-frame"   // not a frame of the protocol
	CodeBadChange  Code = "bad-change"  // the change set does not fit the text
	CodeTooBig     Code = "too-big"     // a frame, a push or the text would be too big
	CodeBusy       Code = "busy"        // a limit was reached; try again later
	CodeNotAllowed Code = "not-allowed" // the person may not write, or not any more
	CodeSignedOut  Code = "signed-out"  // the sign-in that opened the connection has ended; sign in and resume
	CodeClosed     Code = "closed"      // the draft was closed while it was edited
	CodeGone       Code = "gone"        // the draft does not exist any more
	CodeFloor      Code = "floor"       // the version is below what history reaches
	CodeDiverged   Code = "diverged"    // the editor's text is not the server's
)
