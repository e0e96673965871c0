package ws

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"time"
)

// patient is a connection whose deadline for writing is moved now and then only: setting
// it for each of a hundred frames a second costs more than making their headers.
// Writes exclude each other, and so do the calls of SetWriteDeadline before them.
type patient struct {
	net.Conn
	slack    time.Duration // how much earlier than asked for a write may time out
	deadline time.Time
}

// SetWriteDeadline sets the deadline unless the present one is less than slack away from it.
func (p *patient) SetWriteDeadline(t time.Time) error {
	if d := t.Sub(p.deadline); !p.deadline.IsZero() && !t.IsZero() && d >= 0 && d < p.slack {
		return nil
	}
	p.deadline = t
	return p.Conn.SetWriteDeadline(t)
}

// CloseWrite tells the other end that nothing follows, where the connection can.
func (p *patient) CloseWrite() error {
	if half, ok := p.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return errors.ErrUnsupported
}

// patiently hands out patient connections.
type patiently struct {
	http.ResponseWriter
	slack time.Duration
}

// Hijack implements http.Hijacker.
func (w patiently) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &patient{Conn: conn, slack: w.slack}, buffered, nil
}
