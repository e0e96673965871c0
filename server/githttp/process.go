package githttp

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// place waits for a free place among the git processes; the function it gives makes the place free again.
func (h *Handler) place(ctx context.Context) (done func(), err error) {
	wait := time.NewTimer(h.o.Queue)
	defer wait.Stop()
	select {
	case h.places <- struct{}{}:
		return func() { <-h.places }, nil
	case <-wait.C:
		return nil, &problem{http.StatusServiceUnavailable, "too many people fetch and push just now: try again in a moment"}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Processes counts the git processes that run now.
func (h *Handler) Processes() int { return len(h.places) }

// serving opens what an address names, waits for a place among the git processes, and prepares the one that is to
// answer a request. done makes the place free again.
func (h *Handler) serving(r *http.Request, at Address, args ...string) (cmd *exec.Cmd, done func(), err error) {
	_, dir, err := h.repository(r.Context(), at)
	if err != nil {
		return nil, nil, err
	}
	if done, err = h.place(r.Context()); err != nil {
		return nil, nil, err
	}
	return h.command(r.Context(), r, dir, args...), done, nil
}

// protocolVersion is what a client may ask for in its Git-Protocol header; anything else is not passed on.
var protocolVersion = regexp.MustCompile(`^version=[0-2]$`)

// command prepares one stock git process on a repository, in the protocol version the client asks for.
func (h *Handler) command(ctx context.Context, r *http.Request, dir string, args ...string) *exec.Cmd {
	cmd := h.o.Archive.Git(ctx, dir, args...)
	if v := r.Header.Get("Git-Protocol"); protocolVersion.MatchString(v) {
		cmd.Env = append(cmd.Env, "GIT_PROTOCOL="+v)
	}
	return cmd
}

// run runs a prepared process and gives its output, with at most so many bytes of it in memory.
func run(cmd *exec.Cmd, stdin io.Reader, most int64) ([]byte, error) {
	out, _, err := runAndHear(cmd, stdin, most)
	return out, err
}

// runAndHear is run that gives what the process complains of, too.
func runAndHear(cmd *exec.Cmd, stdin io.Reader, most int64) (output []byte, complaint string, err error) {
	var out, said limited
	out.most, said.most = most, 4<<10
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &said
	if err := cmd.Run(); err != nil {
		return out.Bytes(), said.String(), fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, said.String())
	}
	return out.Bytes(), said.String(), nil
}

// limited keeps the first bytes written to it and counts on.
type limited struct {
	bytes.Buffer
	most int64
}

// Write keeps what there is room for.
func (l *limited) Write(p []byte) (int, error) {
	if room := l.most - int64(l.Len()); room > 0 {
		_, _ = l.Buffer.Write(p[:min(int64(len(p)), room)]) // a Buffer does not fail
	}
	return len(p), nil
}

// errTooLong means a request is longer than it may be; what is over has been read and thrown away.
var errTooLong = errors.New("request too long")

// mostDrained is how much of a request that is too long is read, so that the client comes to read the answer.
const mostDrained = 64 << 20

// body reads a whole request, unpacked, of at most so many bytes; every read must come within the idle time. The
// git process is started only afterwards, so a slow client never holds one. When it fails, the connection is closed
// after the answer: nothing more is waited for.
func (h *Handler) body(w http.ResponseWriter, r *http.Request, most int64) (b []byte, err error) {
	raw := &patient{
		r: http.MaxBytesReader(w, r.Body, mostDrained), control: http.NewResponseController(w), idle: h.o.Idle,
	}
	defer func() {
		if err == nil || errors.Is(err, errTooLong) {
			_ = raw.control.SetReadDeadline(time.Time{}) // the connection may be gone; then it does not matter
		} else {
			w.Header().Set("Connection", "close")
		}
	}()
	var unpacked io.Reader = raw
	switch r.Header.Get("Content-Encoding") {
	case "":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(raw)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil, broken(err)
		}
		if err != nil {
			return nil, &problem{http.StatusBadRequest, "the request is not the gzip it says it is"}
		}
		unpacked = z
	default:
		return nil, &problem{http.StatusUnsupportedMediaType, "requests come plain or as gzip"}
	}
	b, err = io.ReadAll(io.LimitReader(unpacked, most+1))
	if err != nil {
		return nil, broken(err)
	}
	if int64(len(b)) > most {
		if _, err := io.Copy(io.Discard, raw); err != nil {
			return nil, broken(err)
		}
		return b[:most], errTooLong
	}
	return b, nil
}

func broken(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return &problem{http.StatusRequestEntityTooLarge, "the request is too long: push in smaller parts"}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &problem{http.StatusRequestTimeout, "the request did not arrive in time: try again"}
	}
	return &problem{http.StatusBadRequest, "the request broke off: try again"}
}

// patient reads from a client that must not be silent for longer than the idle time.
type patient struct {
	r       io.Reader
	control *http.ResponseController
	idle    time.Duration
}

// Read reads what comes within the idle time.
func (p *patient) Read(b []byte) (int, error) {
	if err := p.control.SetReadDeadline(time.Now().Add(p.idle)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return p.r.Read(b)
}

// stream writes to a client that must take something within the idle time, and at once what git has said.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	idle    time.Duration
	gone    context.CancelFunc // ends the git process when the client takes no more
}

// Write sends what git has written.
func (s *stream) Write(b []byte) (int, error) {
	err := s.control.SetWriteDeadline(time.Now().Add(s.idle))
	n := 0
	if err == nil || errors.Is(err, http.ErrNotSupported) {
		n, err = s.w.Write(b)
	}
	if err == nil {
		err = s.control.Flush()
		if errors.Is(err, http.ErrNotSupported) {
			err = nil
		}
	}
	if err != nil {
		s.gone()
	}
	return n, err
}
