package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"plenary/server/attempts"
)

// policy lets a page load its own files and nothing else, and run no script or style written into it: whatever a person
// writes stays words.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// The bounds of one request. Git has its own, in its own door.
const (
	maxBody   = 3 << 20 // a text of at most 1 MiB, as a form writes it
	pageLimit = 30 * time.Second
)

const requestKey = "plenary.request"

func requestID(c echo.Context) string {
	id, _ := c.Get(requestKey).(string)
	return id
}

// number gives every request a number that its error page and its line of the log share.
func number(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()[:10]
		c.Set(requestKey, id)
		c.Response().Header().Set("X-Request-Id", id)
		return next(c)
	}
}

// record writes one line for each request, after it was answered. Query strings, forms and secrets are not in it.
func (s *Server) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun := s.now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		s.metrics.answered(c, s.now().Sub(begun), s.known)
		level := slog.LevelInfo
		if path := c.Path(); path == "/static/*" || path == "/healthz" || path == "/readyz" || path == "/metrics" {
			level = slog.LevelDebug
		}
		s.log.LogAttrs(c.Request().Context(), level, "request",
			slog.String("request", requestID(c)), slog.String("method", c.Request().Method), slog.String("path", c.Request().URL.Path),
			slog.Int("status", c.Response().Status), slog.Int64("bytes", c.Response().Size),
			slog.Duration("took", s.now().Sub(begun)), slog.Int64("person", int64(s.sessions.Actor(c).Person)))
		return nil
	}
}

// survive turns a panic of a handler into an error, so that one request's fault is one request's error page.
func survive(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("handler panicked: %v\n%s", p, debug.Stack())
			}
		}()
		return next(c)
	}
}

// secure sets the headers that keep a page to itself.
func (s *Server) secure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.sessions.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(c)
	}
}

// sameSite refuses what another site made a browser send.
func (s *Server) sameSite(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.origin.Check(c.Request()); err != nil {
			return fmt.Errorf("%w: %w", errOtherSite, err)
		}
		return next(c)
	}
}

// compressed makes pages smaller on the wire. Left alone are doors that stream or compress for themselves, and pages
// that hold a secret beside words somebody else may have chosen.
func compressed() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{
		Level: 5, MinLength: 1024,
		Skipper: func(c echo.Context) bool {
			path := c.Request().URL.Path
			return strings.HasPrefix(path, "/static/") || strings.HasPrefix(path, "/git/") || strings.HasPrefix(path, "/tokens") ||
				strings.HasPrefix(path, "/signin") || path == "/welcome" || strings.HasPrefix(path, "/people") || strings.HasPrefix(path, "/account") || strings.HasSuffix(path, "/live")
		},
	})
}

// bound limits what a request may send, and how long it may take to send it, to be worked on and to take its answer.
// Git and live editing have limits of their own.
func (s *Server) bound(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, control := c.Request(), http.NewResponseController(c.Response())
		if strings.HasPrefix(r.URL.Path, "/git/") || strings.HasSuffix(c.Path(), "/live") {
			// The connection may have carried a page before, whose limit ends here.
			if err := supported(control.SetWriteDeadline(time.Time{})); err != nil {
				return fmt.Errorf("lift the limit of an answer: %w", err)
			}
			return next(c)
		}
		ctx, cancel := context.WithTimeout(r.Context(), s.patience)
		defer cancel()
		// A handler that takes too long is told of it by its context first, then has time to say so.
		begun := time.Now()
		if err := errors.Join(
			supported(control.SetReadDeadline(begun.Add(s.patience+s.patience/10))),
			supported(control.SetWriteDeadline(begun.Add(2*s.patience))),
		); err != nil {
			return fmt.Errorf("limit how long a request takes: %w", err)
		}
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(c.Response(), r.Body, bodyLimit(c))
		c.SetRequest(r)
		return next(c)
	}
}

// supported leaves out that a connection has no deadlines; one over a network has.
func supported(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// readForm reads a form whole, so that one too large or broken is refused before anything is done. Other bodies are
// left to who reads them.
func readForm(r *http.Request) error {
	if r.Method != http.MethodPost || strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/git/") {
		return nil
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err := r.ParseMultipartForm(maxBody); err != nil {
			return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
		}
		return nil
	}
	if err := r.ParseForm(); err != nil {
		return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	return nil
}

// The measures of sign-ins: wide for an address, which a whole hall may share; strict for one login from one address.
// What one login is tried with from everywhere is measured where passwords are checked, and only slowed.
var (
	perAddress = attempts.Measure{Burst: 200, Every: 200 * time.Millisecond}
	perLogin   = attempts.Measure{Burst: 10, Every: 6 * time.Second}
)

// triesKept is how many addresses, and how many logins at addresses, are remembered.
const triesKept = 16384

// slowly lets a sign-in attempt through at the measure of the address it comes from, then of the login there. What an
// address may not try any more is not remembered by login.
func (s *Server) slowly(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		login, place, now := strings.ToLower(strings.TrimSpace(c.FormValue("login"))), attempts.Place(c.RealIP()), s.now()
		if !s.addresses.Allow(place, now) {
			return errTooOften
		}
		if login != "" && !s.logins.Allow(place+"\n"+login, now) {
			return errTooOften
		}
		return next(c)
	}
}
