package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/api"
	"plenary/server/drafting"
	"plenary/server/web"
)

// errOtherSite is returned for a form or call that another site made a browser send.
var errOtherSite = errors.New("sent by another site")

// errTooOften is returned to whoever tries passwords too fast.
var errTooOften = errors.New("too many attempts")

// failure is what a person is told about an error.
type failure struct {
	status          int
	title, sentence string
	next            string
}

// failures is the one table from errors to what people are told. Whatever is not in it is the server's fault.
var failures = []struct {
	err error
	failure
}{
	{drafting.ErrSignedOut, failure{http.StatusUnauthorized, "Please sign in", "You need to be signed in for this.", "Nothing was changed."}},
	{drafting.ErrForbidden, failure{http.StatusForbidden, "Not allowed", "Your role in this meeting does not allow this.", "The secretariat can tell you who may, and can change what you may do."}},
	{drafting.ErrNotFound, failure{http.StatusNotFound, "Not found", "There is nothing here, or nothing that you may read.", "If somebody gave you this link, ask them or the secretariat who has access."}},
	{repo.ErrNotFound, failure{http.StatusNotFound, "Not found", "There is nothing here, or nothing that you may read.", "If somebody gave you this link, ask them or the secretariat who has access."}},
	{drafting.ErrExists, failure{http.StatusConflict, "The name is taken", "Something with this name exists already.", "Go back and choose another name."}},
	{repo.ErrExists, failure{http.StatusConflict, "The name is taken", "Something with this name exists already.", "Go back and choose another name."}},
	{repo.ErrStale, failure{http.StatusConflict, "The text has moved", "Somebody changed this text at the same moment, so nothing of yours was done.", "Look at it again and repeat what you wanted."}},
	{errOtherSite, failure{http.StatusForbidden, "Not taken", "This was sent from another site, so it was not done.", "Open the page here and send it again."}},
	{errTooOften, failure{http.StatusTooManyRequests, "Too many attempts", "There were too many attempts to sign in.", "Wait a minute, then try again. The secretariat can give you a new password."}},
	{os.ErrDeadlineExceeded, failure{http.StatusRequestTimeout, "Not all of it came", "What you sent did not arrive in time; nothing was changed.", "Look at your connection, then go back and send it again."}},
	{syscall.ENOSPC, failure{http.StatusInsufficientStorage, "The disk is full", "The disk of the server is full: nothing was changed; tell the secretariat.", ""}},
	{drafting.ErrDamaged, failure{http.StatusInternalServerError, "The records are damaged", "What the server keeps on disk is damaged: nothing was changed.", "Tell the secretariat: a backup must be restored."}},
	{context.DeadlineExceeded, failure{http.StatusServiceUnavailable, "Too slow", "The server is too busy to finish this in time; nothing was changed.", "Try again in a moment."}},
}

// explain gives what people are told about err; known is false for what is the server's own fault.
func explain(err error) (f failure, known bool) {
	if r, ok := errors.AsType[*drafting.Refusal](err); ok {
		return failure{status: http.StatusConflict, title: "Not possible now", sentence: r.Sentence}, true
	}
	if e, ok := errors.AsType[*repo.CheckError](err); ok {
		return failure{status: http.StatusUnprocessableEntity, title: "The file cannot be taken", sentence: e.Error()}, true
	}
	if e, ok := errors.AsType[*resolution.SyntaxError](err); ok {
		return failure{status: http.StatusUnprocessableEntity, title: "The text cannot be read", sentence: e.Error()}, true
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return failure{http.StatusRequestEntityTooLarge, "Too large", fmt.Sprintf("What you sent is larger than %d MiB, the most that is taken here.", e.Limit>>20), "Nothing was changed."}, true
	}
	for _, row := range failures {
		if errors.Is(err, row.err) {
			return row.failure, true
		}
	}
	if e, ok := errors.AsType[*echo.HTTPError](err); ok && e.Code < http.StatusInternalServerError {
		return ofEcho(e), true
	}
	return failure{
		http.StatusInternalServerError, "Something went wrong", "The server made a mistake and could not finish this.",
		"What was saved before is safe. Try again; if it happens again, tell the secretariat the request number.",
	}, false
}

// ofEcho gives what people are told where the router or a reader of request bodies refused a request. A message that
// is a sentence is told as it is.
func ofEcho(e *echo.HTTPError) failure {
	if sentence, ok := e.Message.(string); ok && strings.HasSuffix(sentence, ".") {
		return failure{e.Code, "Not understood", sentence, ""}
	}
	switch e.Code {
	case http.StatusNotFound:
		return failure{e.Code, "Not found", "There is no such page.", "The list of resolutions leads to every text."}
	case http.StatusMethodNotAllowed:
		return failure{e.Code, "Not possible", "This address cannot be used in this way.", "Open the page it belongs to and use its buttons."}
	}
	return failure{e.Code, "Not understood", "The server did not understand what was sent; nothing was changed.", "Go back, check what you wrote and send it again."}
}

// fail answers a request that ended in an error, once, in the way its door speaks.
func (s *Server) fail(err error, c echo.Context) {
	f, known := explain(err)
	id := requestID(c)
	if gone := c.Request().Context().Err(); errors.Is(gone, context.Canceled) && errors.Is(err, gone) {
		s.log.LogAttrs(c.Request().Context(), slog.LevelInfo, "the asker left before the answer", slog.String("request", id))
	} else if !known || f.status == http.StatusInternalServerError {
		s.metrics.faults.Inc()
		s.log.LogAttrs(c.Request().Context(), slog.LevelError, "request failed", slog.String("request", id), slog.Any("error", err))
	}
	if c.Response().Committed {
		return // too late to say anything; the line of the log does
	}
	if err := s.tell(c, f, known, id); err != nil {
		s.log.LogAttrs(c.Request().Context(), slog.LevelError, "error page failed", slog.String("request", id), slog.Any("error", err))
		http.Error(c.Response(), f.sentence+" Request number "+id+".", f.status)
	}
}

func (s *Server) tell(c echo.Context, f failure, known bool, id string) error {
	r := c.Request()
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/"):
		return c.JSON(f.status, api.NewProblem(f.status, strings.TrimSpace(f.sentence+" "+f.next), id))
	case strings.HasPrefix(r.URL.Path, "/static/"):
		return c.String(f.status, f.sentence+"\n")
	case f.status == http.StatusUnauthorized && r.Method == http.MethodGet:
		return c.Redirect(http.StatusSeeOther, "/signin?next="+url.QueryEscape(r.URL.RequestURI()))
	}
	page := web.ErrorPage{Status: f.status, Title: f.title, Sentence: f.sentence, Next: f.next, SignIn: f.status == http.StatusUnauthorized}
	if page.SignIn {
		page.Next = "Nothing was changed. Sign in in another window, then go back and send the form again: what you wrote is still in it."
	}
	if !known {
		page.Request = id
		page.Again = r.Method == http.MethodGet
	}
	return s.pages.Problem(c, page)
}
