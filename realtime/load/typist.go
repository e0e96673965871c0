package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"plenary/realtime"
	"plenary/realtime/editor"
	"plenary/realtime/ws"
)

// room is one text, with those who type into it.
type room struct {
	address string

	mu      sync.Mutex
	typists map[string]*typist // by clientID; guarded by mu
}

// typist is one editor. Most only count: everybody puts in one character at a time, so
// that a text's length follows from its version and nothing need be decoded. Those who
// watch keep the text, read everything and measure.
type typist struct {
	room   *room
	conn   *ws.Conn
	id     string
	reader sync.WaitGroup

	mu           sync.Mutex
	editor       *editor.Editor // of one who watches
	version      realtime.Version
	length       int         // of the text at version, in UTF-16 units
	at           int         // where to type
	typed        []time.Time // when each character was typed
	pushed       int         // characters in pushes
	acknowledged int
	counted      map[string]int // updates seen of each other typist
	seen, acked  []time.Duration
	frames       int
	bytes        int
	busy         int
	problems     []string
	closed       bool
}

// join connects one editor and waits for its text.
func join(ctx context.Context, r *room, header http.Header, watch bool) (*typist, error) {
	conn, err := ws.Dial(ctx, r.address, header)
	if err != nil {
		return nil, err
	}
	t := &typist{room: r, conn: conn, counted: map[string]int{}}
	raw, err := t.first()
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("join %s: %w", r.address, err)
	}
	f, err := editor.Decode(raw)
	if err != nil || f.Type != "init" || !f.Write {
		_ = conn.Close()
		return nil, fmt.Errorf("join %s: answered with %.200s", r.address, raw)
	}
	e := &editor.Editor{}
	if _, err := e.Receive(f); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("join %s: %w", r.address, err)
	}
	t.id, t.version, t.length = f.ClientID, f.Version, e.Text.Len()
	if watch {
		t.editor = e
	}
	r.mu.Lock()
	// Not inside a surrogate pair, whatever the text: at its beginning or its end.
	if t.at = 0; len(r.typists)%2 == 1 {
		t.at = -1
	}
	r.typists[t.id] = t
	r.mu.Unlock()
	t.reader.Go(t.read)
	return t, nil
}

func (t *typist) first() ([]byte, error) {
	if err := t.conn.Write(editor.Join()); err != nil {
		return nil, err
	}
	return t.conn.Read()
}

func (t *typist) close() {
	t.mu.Lock()
	was := t.closed
	t.closed = true
	t.mu.Unlock()
	if !was {
		_ = t.conn.Close()
	}
	t.reader.Wait()
}

// key types one character.
func (t *typist) key() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.typed = append(t.typed, time.Now())
	if t.editor != nil {
		at := 0
		if t.at < 0 {
			at = t.editor.Text.Len()
		}
		if err := t.editor.Replace(at, at, "x"); err != nil {
			t.problem("typing: " + err.Error())
		}
	}
	t.push()
}

// push sends what waits, unless a push is under way. The caller holds mu.
func (t *typist) push() {
	if t.closed || t.pushed > t.acknowledged || t.pushed == len(t.typed) {
		return
	}
	var frame []byte
	if t.editor != nil {
		frame = t.editor.Push()
		t.pushed = len(t.typed)
	} else {
		frame = t.lightPush()
	}
	if err := t.conn.Write(frame); err != nil {
		t.problem("sending: " + err.Error())
	}
}

// lightPush writes a push of one character each at the present version.
func (t *typist) lightPush() []byte {
	n := min(len(t.typed)-t.pushed, realtime.MaxUpdates)
	out := append([]byte(`{"t":"push","v":`), strconv.FormatInt(int64(t.version), 10)...)
	out = append(out, `,"u":[`...)
	for i := range n {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"clientID":"`+t.id+`","changes":[`...)
		switch length := t.length + i; {
		case length == 0:
			out = append(out, `[0,"x"]`...)
		case t.at < 0:
			out = append(strconv.AppendInt(out, int64(length), 10), `,[0,"x"]`...)
		default:
			out = strconv.AppendInt(append(out, `[0,"x"],`...), int64(length), 10)
		}
		out = append(out, "]}"...)
	}
	t.pushed += n
	return append(out, "]}"...)
}

// read takes in frames until the connection ends.
func (t *typist) read() {
	for {
		raw, err := t.conn.Read()
		now := time.Now()
		t.mu.Lock()
		if err != nil {
			if !t.closed {
				t.problem("lost the connection: " + err.Error())
			}
			t.mu.Unlock()
			return
		}
		t.frames++
		t.bytes += len(raw)
		if t.editor != nil {
			t.watch(raw, now)
		} else {
			t.count(raw, now)
		}
		t.mu.Unlock()
	}
}

var (
	upFrame    = []byte(`{"t":"up"`)
	errorFrame = []byte(`{"t":"error"`)
	update     = []byte(`{"clientID":`)
)

// count takes in a frame without decoding it. The caller holds mu.
func (t *typist) count(raw []byte, now time.Time) {
	switch {
	case bytes.HasPrefix(raw, upFrame):
		n := bytes.Count(raw, update)
		t.version += realtime.Version(n)
		t.length += n
		if t.pushed > t.acknowledged {
			t.acknowledge(bytes.Count(raw, []byte(t.id)), now)
		}
	case bytes.HasPrefix(raw, errorFrame):
		t.refused(raw)
	}
}

// watch takes in a frame in full and measures. The caller holds mu.
func (t *typist) watch(raw []byte, now time.Time) {
	var f editor.Frame
	if err := json.Unmarshal(raw, &f); err != nil {
		t.problem("frame: " + err.Error())
		return
	}
	own, err := t.editor.Receive(f)
	if err != nil {
		t.problem("receiving: " + err.Error())
	}
	switch f.Type {
	case "up":
		for _, u := range f.Updates {
			if u.ClientID != t.id {
				t.measure(u.ClientID, now)
			}
		}
		t.acknowledge(own, now)
	case "error":
		t.refused(raw)
	}
}

// measure notes how long the next character of another typist took to come here.
func (t *typist) measure(id string, now time.Time) {
	t.room.mu.Lock()
	other := t.room.typists[id]
	t.room.mu.Unlock()
	if other == nil {
		return
	}
	n := t.counted[id]
	t.counted[id]++
	// other.typed is appended to by its own goroutine, under its own lock; two typists
	// that measure each other at once must not wait for each other.
	t.mu.Unlock()
	other.mu.Lock()
	var at time.Time
	if n < len(other.typed) {
		at = other.typed[n]
	}
	other.mu.Unlock()
	t.mu.Lock()
	if !at.IsZero() {
		t.seen = append(t.seen, now.Sub(at))
	}
}

// acknowledge notes that n more characters are on disk. The caller holds mu.
func (t *typist) acknowledge(n int, now time.Time) {
	for range min(n, len(t.typed)-t.acknowledged) {
		t.acked = append(t.acked, now.Sub(t.typed[t.acknowledged]))
		t.acknowledged++
	}
	t.push()
}

// refused notes a refusal; what was pushed is pushed again after a moment.
func (t *typist) refused(raw []byte) {
	var f editor.Frame
	if json.Unmarshal(raw, &f) == nil && f.Code == realtime.CodeBusy {
		t.busy++
	} else {
		t.problem("refused: " + string(f.Code))
	}
	t.pushed = t.acknowledged
	time.AfterFunc(200*time.Millisecond, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.push()
	})
}

func (t *typist) problem(what string) {
	if len(t.problems) < 10 {
		t.problems = append(t.problems, what)
	}
}

// settled tells whether everything typed is acknowledged, and all of the room is seen.
func (t *typist) settled() bool {
	t.mu.Lock()
	mine := len(t.typed) == t.acknowledged
	version := t.version
	if t.editor != nil {
		version = t.editor.Version
	}
	t.mu.Unlock()
	if !mine {
		return false
	}
	t.room.mu.Lock()
	others := make([]*typist, 0, len(t.room.typists))
	for _, other := range t.room.typists {
		others = append(others, other)
	}
	t.room.mu.Unlock()
	for _, other := range others[:min(3, len(others))] {
		other.mu.Lock()
		theirs := other.version
		if other.editor != nil {
			theirs = other.editor.Version
		}
		other.mu.Unlock()
		if theirs > version {
			return false
		}
	}
	return true
}
