package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// watchEvery is how often the sign-ins behind live connections are looked through for those that have run out or were
// ended by another process.
const watchEvery = 30 * time.Second

// signIns knows by which sign-in each live connection was opened, so that it ends with it. The zero value is empty.
type signIns struct {
	mu    sync.Mutex
	lines map[*line]struct{} // guarded by mu
}

// line is one live connection.
type line struct {
	person     drafting.PersonID
	credential string // the secret of the session or the token that opened it
	end        context.CancelFunc
}

// open puts a connection on the list. The context is done when its sign-in has ended, or once done is called.
func (l *signIns) open(person drafting.PersonID, credential string) (signedIn context.Context, done func()) {
	signedIn, end := context.WithCancel(context.Background())
	entry := &line{person: person, credential: credential, end: end}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lines == nil {
		l.lines = map[*line]struct{}{}
	}
	l.lines[entry] = struct{}{}
	return signedIn, func() {
		l.mu.Lock()
		delete(l.lines, entry)
		l.mu.Unlock()
		end()
	}
}

// of gives the connections of a person, or with 0 all.
func (l *signIns) of(person drafting.PersonID) []*line {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []*line
	for entry := range l.lines {
		if person == 0 || entry.person == person {
			found = append(found, entry)
		}
	}
	return found
}

// endSignedOut ends the connections of a person, or with 0 of everybody, whose sign-in is over. One whose sign-in cannot
// be looked up just now stays until the next look.
func (s *Server) endSignedOut(ctx context.Context, person drafting.PersonID) error {
	var all error
	over := map[string]bool{}
	for _, entry := range s.signIns.of(person) {
		ended, known := over[entry.credential]
		if !known {
			err := s.door.Stands(ctx, entry.credential)
			ended = errors.Is(err, drafting.ErrSignedOut)
			if err != nil && !ended {
				all = errors.Join(all, err)
			}
			over[entry.credential] = ended
		}
		if ended {
			entry.end()
		}
	}
	return all
}

// watch ends connections whose sign-in has run out, until ctx ends.
func (s *Server) watch(ctx context.Context) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := s.endSignedOut(ctx, 0); err != nil && ctx.Err() == nil {
				s.log.LogAttrs(ctx, slog.LevelError, "look through the sign-ins of live connections", slog.Any("error", err))
			}
		}
	}
}

// endConnections looks, after every form a person has sent, whether a sign-in of theirs has ended by it: they signed
// out, ended another session, changed the password or withdrew a token.
func (s *Server) endConnections(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		err := next(c)
		r := c.Request()
		person := s.sessions.Actor(c).Person
		if r.Method != http.MethodPost || person == 0 || strings.HasPrefix(r.URL.Path, "/git/") || strings.HasPrefix(r.URL.Path, "/api/") {
			return err
		}
		return errors.Join(err, s.endSignedOut(context.WithoutCancel(r.Context()), person))
	}
}

// credential is the secret by which a request was let in.
func (s *Server) credential(c echo.Context) string {
	if token, ok := c.Get(bearerKey).(string); ok {
		return token
	}
	return s.sessions.Secret(c)
}
