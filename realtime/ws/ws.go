// Package ws carries frames of plenary.v1 over websockets.
//
// Serve answers one upgraded request for a room; Dial is the other end, for tests and
// the load tester. What the frames mean is described in package realtime.
package ws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"plenary/realtime"
)

// Options are the limits of connections. The zero value is good for production.
type Options struct {
	// AllowOrigin says whether pages of another origin may connect ("https://host").
	// Pages of the server's own host always may; nil allows no others.
	AllowOrigin func(origin string) bool
	// WriteTimeout ends a connection that takes no bytes for so long; 10 s.
	WriteTimeout time.Duration
	// Ping is how often a connection is tried; 25 s. It ends when two tries are not
	// answered and nothing else comes from the client.
	Ping time.Duration
	// JoinTimeout ends a connection that has not sent its first frame; 10 s.
	JoinTimeout time.Duration
	// SignedIn is done when the sign-in that opened the connection ends; the connection
	// then ends at once. nil: it stands as long as the connection.
	SignedIn context.Context //nolint:containedctx // a signal beside the request's own, which ends with the upgrade
}

func (o Options) withDefaults() Options {
	if o.WriteTimeout == 0 {
		o.WriteTimeout = 10 * time.Second
	}
	if o.Ping == 0 {
		o.Ping = 25 * time.Second
	}
	if o.JoinTimeout == 0 {
		o.JoinTimeout = 10 * time.Second
	}
	return o
}

// buffers are shared by all connections: most are silent most of the time.
var buffers sync.Pool

// Serve upgrades the request and carries frames between the client and its session in
// the room until one of them ends. The caller has signed the participant in and found
// that they may read the draft.
//
// The error is nil when the connection ended in an ordinary way. Once the connection is
// upgraded, the client is told of errors in a frame; before, Serve answers with a status.
func Serve(w http.ResponseWriter, r *http.Request, hub *realtime.Hub, room realtime.RoomName, who realtime.Participant, o Options) error {
	o = o.withDefaults()
	if !sameOrigin(r, o.AllowOrigin) {
		http.Error(w, "This page may not open a live connection here.", http.StatusForbidden)
		return fmt.Errorf("live connection to %s from origin %q: not allowed", room, r.Header.Get("Origin"))
	}
	if !websocket.IsWebSocketUpgrade(r) || !slices.Contains(websocket.Subprotocols(r), realtime.Protocol) {
		http.Error(w, "Open this address as a websocket with the subprotocol "+realtime.Protocol+".", http.StatusUpgradeRequired)
		return nil
	}
	upgrader := websocket.Upgrader{
		Subprotocols: []string{realtime.Protocol}, WriteBufferPool: &buffers,
		ReadBufferSize: 1024, WriteBufferSize: 4096,
		CheckOrigin: func(*http.Request) bool { return true }, // checked above
	}
	conn, err := upgrader.Upgrade(patiently{w, o.WriteTimeout / 10}, r, nil)
	if err != nil {
		return nil // Upgrade has told the client what was wrong with the request
	}
	c := &connection{conn: conn, options: o}
	defer c.close()
	session, err := hub.Join(r.Context(), room, who)
	if err != nil {
		return c.turnAway(err)
	}
	defer session.Close()
	if o.SignedIn != nil {
		defer context.AfterFunc(o.SignedIn, session.SignOut)()
	}
	// The request's context does not end with an upgraded connection.
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	defer c.tryNowAndThen()()
	var writing sync.WaitGroup
	writing.Go(func() {
		c.writeAll(ctx, session)
		c.endWriting()
	})
	c.readAll(ctx, session)
	session.Close()
	writing.Wait()
	c.linger()
	return nil
}

// sameOrigin tells whether the page that asks may connect. Clients that are no browsers
// name no origin; their cookies cannot be borrowed by a page.
func sameOrigin(r *http.Request, allow func(string) bool) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host) {
		return true
	}
	return allow != nil && allow(origin)
}

// drained is how much of what is too big or comes too late is read away.
const drained = 16 * realtime.MaxFrame

// lingering is how long a client that was told the end may take to read it. A connection closed over bytes that nobody
// has read is reset, and the last frame, which says why, may be lost with it.
const lingering = time.Second

// connection is one upgraded connection. One goroutine reads, one writes.
type connection struct {
	conn    *websocket.Conn
	options Options
	closing sync.Once
	ended   atomic.Bool // nothing will be written any more
}

func (c *connection) close() { c.closing.Do(func() { _ = c.conn.Close() }) }

// endWriting tells the other end that nothing follows, and gives it a moment to read the last frame and close.
func (c *connection) endWriting() {
	c.ended.Store(true)
	_ = c.conn.SetReadDeadline(time.Now().Add(lingering))
	if half, ok := c.conn.NetConn().(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// linger reads away what the client had sent already, until it closes, so that it can read why it was refused.
func (c *connection) linger() {
	_ = c.conn.SetReadDeadline(time.Now().Add(lingering))
	_, _ = io.CopyN(io.Discard, c.conn.NetConn(), drained) // the connection ends here either way
}

// turnAway tells the client why it cannot join. Errors that are not meant for people are
// returned, for the log.
func (c *connection) turnAway(err error) error {
	var why *realtime.Refusal
	unexpected := err
	switch {
	case errors.As(err, &why):
		unexpected = nil
	case errors.Is(err, realtime.ErrBusy), errors.Is(err, realtime.ErrClosed):
		why = &realtime.Refusal{Code: realtime.CodeBusy, Retry: true, Text: "The draft cannot be opened just now; your editor tries again by itself."}
		unexpected = nil
	default:
		why = &realtime.Refusal{Code: realtime.CodeBusy, Retry: true, Text: "The draft could not be opened; your editor tries again by itself. If this lasts, tell those who run the server."}
	}
	_ = c.conn.SetWriteDeadline(time.Now().Add(c.options.WriteTimeout))
	_ = c.conn.WriteMessage(websocket.TextMessage, why.Frame())
	_ = c.conn.WriteControl(websocket.CloseMessage,
		websocket.FormatCloseMessage(websocket.CloseTryAgainLater, ""), time.Now().Add(time.Second))
	c.endWriting()
	c.linger()
	return unexpected
}

// write sends a frame that is made ready once for all who are sent it.
func (c *connection) write(frame *realtime.Frame) error {
	switch ready := frame.Made(prepare).(type) {
	case *websocket.PreparedMessage:
		if err := c.conn.SetWriteDeadline(time.Now().Add(c.options.WriteTimeout)); err != nil {
			return err
		}
		return c.conn.WritePreparedMessage(ready)
	case error:
		return ready
	default:
		return fmt.Errorf("a frame was made into %T", ready)
	}
}

func prepare(text []byte) any {
	message, err := websocket.NewPreparedMessage(websocket.TextMessage, text)
	if err != nil {
		return err
	}
	return message
}

// tryNowAndThen pings the client until the returned function is called: an answer tells
// that the client is there, also while it only reads.
func (c *connection) tryNowAndThen() (stop func()) {
	var timer *time.Timer
	timer = time.AfterFunc(time.Hour, func() {
		if c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(c.options.WriteTimeout)) == nil {
			timer.Reset(c.options.Ping)
		}
	})
	timer.Reset(c.options.Ping)
	return func() { timer.Stop() }
}

// writeAll sends the session's frames.
func (c *connection) writeAll(ctx context.Context, session *realtime.Session) {
	for {
		frame, err := session.NextFrame(ctx)
		if err == nil {
			err = c.write(frame)
		}
		if err != nil {
			_ = c.conn.WriteControl(websocket.CloseMessage,
				websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
			return
		}
	}
}

// readAll hands frames to the session until the connection or the session ends.
func (c *connection) readAll(ctx context.Context, session *realtime.Session) {
	alive := func(wait time.Duration) {
		_ = c.conn.SetReadDeadline(time.Now().Add(wait))
		if c.ended.Load() {
			_ = c.conn.SetReadDeadline(time.Now().Add(lingering))
		}
	}
	c.conn.SetPongHandler(func(string) error { alive(2*c.options.Ping + c.options.WriteTimeout); return nil })
	alive(c.options.JoinTimeout)
	for {
		kind, reader, err := c.conn.NextReader()
		if err != nil {
			c.close() // nobody is there to read the last frame
			return
		}
		// One byte more than allowed lets the session say that it is too much.
		frame, err := io.ReadAll(io.LimitReader(reader, realtime.MaxFrame+1))
		if err != nil {
			return
		}
		if len(frame) > realtime.MaxFrame {
			// A client that is still writing would not read why it is refused.
			if _, err := io.Copy(io.Discard, io.LimitReader(reader, drained)); err != nil {
				return
			}
		}
		if kind != websocket.TextMessage {
			frame = nil // no frame of the protocol; the session says so
		}
		if session.Receive(ctx, frame) != nil {
			return
		}
		alive(2*c.options.Ping + c.options.WriteTimeout)
	}
}

// Conn is the client's end of a connection. One goroutine may read while another writes.
type Conn struct {
	conn *websocket.Conn
}

// Dial opens a live connection to address ("ws://host/path") with the given headers,
// which carry the sign-in.
func Dial(ctx context.Context, address string, header http.Header) (*Conn, error) {
	dialer := websocket.Dialer{
		Subprotocols: []string{realtime.Protocol}, HandshakeTimeout: 10 * time.Second,
		NetDialContext: (&net.Dialer{}).DialContext, WriteBufferPool: &buffers,
		ReadBufferSize: 1024, WriteBufferSize: 4096,
	}
	conn, response, err := dialer.DialContext(ctx, address, header)
	if response != nil {
		defer func() { _ = response.Body.Close() }()
	}
	if err != nil {
		status := ""
		if response != nil {
			status = ": " + response.Status
		}
		return nil, fmt.Errorf("dial %s%s: %w", address, status, err)
	}
	return &Conn{conn: conn}, nil
}

// Read returns the next frame.
func (c *Conn) Read() ([]byte, error) {
	_, frame, err := c.conn.ReadMessage()
	return frame, err
}

// Write sends a frame.
func (c *Conn) Write(frame []byte) error {
	if err := c.conn.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	return c.conn.WriteMessage(websocket.TextMessage, frame)
}

// Close ends the connection.
func (c *Conn) Close() error { return c.conn.Close() }
