package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/attempts"
	"plenary/server/drafting"
)

// The measures of following: how many pages of one sign-in, or of one address without sign-in, follow at once; how many
// in all; how long one goes on before it must ask again, with the rights of then.
const (
	followsPerSignIn = 12
	followsPerPlace  = 200
	followsInAll     = 4000
	followLife       = 10 * time.Minute
	followPing       = 20 * time.Second
	followWrite      = 10 * time.Second
)

var errFollowsTooMuch = echo.NewHTTPError(http.StatusTooManyRequests, "Too many open pages follow what happens. Close some; this one is right when it is loaded again.")

// follows counts who follows. The zero value is empty.
type follows struct {
	mu  sync.Mutex
	by  map[string]int // guarded by mu
	all int            // guarded by mu
}

// begin counts one more by somebody, of at most most; false when it is one too many.
func (f *follows) begin(who string, most int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by == nil {
		f.by = map[string]int{}
	}
	if f.by[who] >= most || f.all >= followsInAll {
		return false
	}
	f.by[who]++
	f.all++
	return true
}

func (f *follows) end(who string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all--
	if f.by[who]--; f.by[who] == 0 {
		delete(f.by, who)
	}
}

// follow tells a page that something has happened on a resolution, or on any: an event stream. Each event says what
// sort of thing it was; what it was the page asks for anew, under the rights of the asker.
//
//	event: since  data: 1790000000000001                                         once, what has happened so far
//	event: stir   data: {"n":1790000000000002,"kind":"activity","verb":"submitted","slug":"wtda-11"}
//
// The stream ends with the sign-in, and at the latest after ten minutes; a page then opens it again.
func (s *Server) follow(c echo.Context) error {
	r, actor := c.Request(), s.sessions.Actor(c)
	who, most := s.credential(c), followsPerSignIn
	if actor.Anonymous() {
		who, most = "place "+attempts.Place(c.RealIP()), followsPerPlace
	}
	if !s.follows.begin(who, most) {
		return errFollowsTooMuch
	}
	defer s.follows.end(who)
	var signedOut <-chan struct{}
	if !actor.Anonymous() {
		signedIn, done := s.signIns.open(actor.Person, who)
		defer done()
		if err := s.door.Stands(r.Context(), who); err != nil {
			return err
		}
		signedOut = signedIn.Done()
	}
	stirs, since, done, err := s.service.Follow(r.Context(), actor, repo.Slug(c.Param("slug")))
	if err != nil {
		return err
	}
	defer done()
	h := c.Response().Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	c.Response().WriteHeader(http.StatusOK)
	out := events{c.Response(), http.NewResponseController(c.Response())}
	if err := out.send("since", since); err != nil {
		return nil // whoever followed is gone; there is nobody to answer
	}
	ping, life := time.NewTicker(followPing), time.NewTimer(followLife)
	defer ping.Stop()
	defer life.Stop()
	for {
		var err error
		select {
		case <-r.Context().Done():
			return nil
		case <-signedOut:
			return nil
		case <-s.closing:
			return nil
		case <-life.C:
			return nil
		case stir, on := <-stirs:
			if !on {
				return nil
			}
			err = out.send("stir", stirred{stir.N, stir.Kind, stir.Verb, stir.Resolution})
		case <-ping.C:
			err = out.send("", nil)
		}
		if err != nil {
			return nil
		}
	}
}

// stirred is a stir as the stream writes it.
type stirred struct {
	N    uint64            `json:"n"`
	Kind drafting.StirKind `json:"kind"`
	Verb string            `json:"verb,omitempty"`
	Slug repo.Slug         `json:"slug"`
}

// events writes an event stream.
type events struct {
	http.ResponseWriter
	control *http.ResponseController
}

// send writes one event; one without a name is a sign of life.
func (e events) send(name string, data any) error {
	if err := supported(e.control.SetWriteDeadline(time.Now().Add(followWrite))); err != nil {
		return fmt.Errorf("limit an event: %w", err)
	}
	message := ":\n\n"
	if name != "" {
		said, err := json.Marshal(data)
		if err != nil {
			return fmt.Errorf("write event %s: %w", name, err)
		}
		message = "event: " + name + "\ndata: " + string(said) + "\n\n"
	}
	_, err := e.Write([]byte(message))
	if flushed := e.control.Flush(); !errors.Is(flushed, http.ErrNotSupported) {
		err = errors.Join(err, flushed)
	}
	if err != nil {
		return fmt.Errorf("write event %q: %w", name, err)
	}
	return nil
}
