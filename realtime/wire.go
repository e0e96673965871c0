package realtime

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"plenary/realtime/ot"
)

// Protocol is the websocket subprotocol. Frames are JSON objects; "t" names the message.
//
// The client speaks first: "join" for a new editor, "resume" after a lost connection.
// It then sends "push" (one at a time, all its unconfirmed updates), "at" (its caret),
// "hash" (a check in quiet moments) and "save" (a named save point).
//
// The server answers a join with "init", sends accepted updates as "up", in order, none
// left out or merged, several to a frame; an editor's own clientID among them is the
// acknowledgement and means "on disk". Beside them go "at", "peer", "saved", "note" and
// "error". A push that is refused is always answered with "error".
//
//	client  {"t":"join"}
//	server  {"t":"init","v":V,"doc":TEXT,"base":TEXT,"commit":SHA,"write":BOOL,
//	         "clientID":ID,"peers":[{"clientID":ID,"name":N,"circle":C,"write":BOOL,
//	         "anchor":n,"head":n,"v":V}]}
//	client  {"t":"push","v":V,"u":[{"clientID":ID,"changes":CS},...]}
//	server  {"t":"up","v":V_BEFORE,"u":[{"clientID":ID,"changes":CS},...]}
//	client  {"t":"resume","v":V,"clientID":ID}
//	both    {"t":"at","clientID":ID,"anchor":n,"head":n,"v":V}
//	client  {"t":"hash","v":V,"h":HEX}
//	client  {"t":"save","message":TEXT}
//	server  {"t":"saved","v":V,"commit":SHA,"message":TEXT,"at":TIME}
//	server  {"t":"peer","joined":[PEER...],"left":[ID...]}
//	server  {"t":"note","kind":K,"text":SENTENCE,"by":NAME,"commit":SHA,"v":V}
//	server  {"t":"error","code":CODE,"text":SENTENCE,"retry":BOOL}
//
// A resume is answered with a "peer" frame that lists everybody else, then with the
// updates since V.
const Protocol = "plenary.v1"

// Limits of one frame from a client.
const (
	MaxFrame   = 1 << 20 // bytes
	MaxUpdates = 1000    // in one push
)

// Limits of one "up" frame to a client.
const (
	frameUpdates = 1000
	frameBytes   = 256 << 10
)

// inbound is any frame from a client.
type inbound struct {
	Type     string          `json:"t"`
	Version  *Version        `json:"v"`
	Updates  []inboundUpdate `json:"u"`
	ClientID string          `json:"clientID"`
	Anchor   int             `json:"anchor"`
	Head     int             `json:"head"`
	Hash     string          `json:"h"`
	Message  string          `json:"message"`
}

type inboundUpdate struct {
	ClientID string          `json:"clientID"`
	Changes  json.RawMessage `json:"changes"`
}

// peer is one participant as others see them.
type peer struct {
	ClientID string   `json:"clientID"`
	Name     string   `json:"name"`
	Circle   string   `json:"circle"`
	Write    bool     `json:"write"`
	Anchor   *int     `json:"anchor,omitempty"`
	Head     *int     `json:"head,omitempty"`
	Version  *Version `json:"v,omitempty"`
}

type initFrame struct {
	Type     string  `json:"t"`
	Version  Version `json:"v"`
	Doc      string  `json:"doc"`
	Base     string  `json:"base"`
	Commit   string  `json:"commit"`
	Write    bool    `json:"write"`
	ClientID string  `json:"clientID"`
	Peers    []peer  `json:"peers"`
}

type peerFrame struct {
	Type   string   `json:"t"`
	Joined []peer   `json:"joined,omitempty"`
	Left   []string `json:"left,omitempty"`
}

type savedFrame struct {
	Type    string  `json:"t"`
	Version Version `json:"v"`
	Commit  string  `json:"commit"`
	Message string  `json:"message"`
	At      string  `json:"at"`
}

type atFrame struct {
	Type     string  `json:"t"`
	ClientID string  `json:"clientID"`
	Anchor   int     `json:"anchor"`
	Head     int     `json:"head"`
	Version  Version `json:"v"`
}

// Note is a message of the server to everybody in a room.
type Note struct {
	Kind    string  `json:"kind"` // "push", "base", "comment"
	Text    string  `json:"text"` // a sentence for people
	By      string  `json:"by,omitempty"`
	Commit  string  `json:"commit,omitempty"`
	Version Version `json:"v,omitempty"` // 0: nothing to wait for
	// Review holds ranges of the text at Version that were changed from two sides.
	Review []Range `json:"review,omitempty"`
}

// Range is a part of the live text, in UTF-16 units.
type Range struct {
	From int `json:"from"`
	To   int `json:"to"`
}

type noteFrame struct {
	Type string `json:"t"`
	Note
}

// Refusal is an error that a client is told as a frame.
type Refusal struct {
	Code  Code
	Text  string // what is wrong and what to do
	Retry bool   // the same may succeed later
}

// Error gives the code and the sentence.
func (e *Refusal) Error() string { return string(e.Code) + ": " + e.Text }

// Frame returns the refusal as an error frame.
func (e *Refusal) Frame() []byte {
	return encode(struct {
		Type  string `json:"t"`
		Code  Code   `json:"code"`
		Text  string `json:"text"`
		Retry bool   `json:"retry"`
	}{"error", e.Code, e.Text, e.Retry})
}

func refusal(code Code, retry bool, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Text: fmt.Sprintf(format, args...), Retry: retry}
}

// encode writes a frame. All frame types are made of strings, numbers and slices of
// these, which encoding/json never refuses.
func encode(frame any) []byte {
	out, err := json.Marshal(frame)
	if err != nil {
		return []byte(`{"t":"error","code":"bad-frame","text":"A message could not be written.","retry":true}`)
	}
	return out
}

// appendUpdate writes one update as it stands in "up" frames and tells where its change
// set begins.
func appendUpdate(clientID string, changes ot.ChangeSet) (wire []byte, at int) {
	wire = make([]byte, 0, len(clientID)+64)
	wire = append(wire, `{"clientID":`...)
	wire = strconv.AppendQuote(wire, clientID)
	wire = append(wire, `,"changes":`...)
	at = len(wire)
	wire = changes.AppendJSON(wire)
	return append(wire, '}'), at
}

// upFrame joins updates into one frame.
func upFrame(before Version, records []record) []byte {
	size := 40
	for i := range records {
		size += len(records[i].wire) + 1
	}
	out := make([]byte, 0, size)
	out = append(out, `{"t":"up","v":`...)
	out = strconv.AppendInt(out, int64(before), 10)
	out = append(out, `,"u":[`...)
	for i := range records {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, records[i].wire...)
	}
	return append(out, "]}"...)
}

// validID tells whether s can be an editor's ID: it is sent on to others as it is.
func validID(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	return strings.IndexFunc(s, func(c rune) bool {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		return !letter && (c < '0' || c > '9') && c != '-' && c != '_'
	}) < 0
}
