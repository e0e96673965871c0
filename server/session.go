package server

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// sessionLife is how long a browser keeps the cookie; the session itself may end earlier.
const sessionLife = 14 * 24 * 60 * 60 // seconds

// sessions keeps a browser's secret in a cookie that scripts cannot read and other sites cannot send along with a form.
type sessions struct {
	secure bool // cookies travel over https only, and for this host only
}

// keys under which a request's asker is kept on its echo.Context.
const (
	actorKey  = "plenary.actor"
	secretKey = "plenary.secret"
	bearerKey = "plenary.bearer" //nolint:gosec // the name of a key, not a secret
)

func (s sessions) name() string {
	if s.secure {
		return "__Host-plenary"
	}
	return "plenary"
}

// Actor gives who asks, as identify found out; the zero Actor for nobody.
func (s sessions) Actor(c echo.Context) drafting.Actor {
	a, _ := c.Get(actorKey).(drafting.Actor)
	return a
}

// Secret gives the session's secret, empty where there is no session.
func (s sessions) Secret(c echo.Context) string {
	secret, _ := c.Get(secretKey).(string)
	return secret
}

// Begin hands the browser a session.
func (s sessions) Begin(c echo.Context, secret string) {
	c.SetCookie(s.cookie(s.name(), secret, sessionLife))
}

// End takes the session back from the browser.
func (s sessions) End(c echo.Context) { c.SetCookie(s.cookie(s.name(), "", -1)) }

// cookie is Secure wherever people come by https; on plain http, as a demonstration on loopback has it, a browser
// would not send it back.
func (s sessions) cookie(name, secret string, life int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure follows the address people use, see above
		Name: name, Value: secret, Path: "/", MaxAge: life, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	}
}

// leaving names the cookie that a browser keeps while its person signs in elsewhere.
func (s sessions) leaving() string { return s.name() + "-leaving" }

// leavingLife is how long signing in elsewhere may take.
const leavingLife = 10 * 60 // seconds

// Leave lets the browser keep something until its person comes back.
func (s sessions) Leave(c echo.Context, kept string) {
	c.SetCookie(s.cookie(s.leaving(), base64.RawURLEncoding.EncodeToString([]byte(kept)), leavingLife))
}

// CameBack gives what the browser kept, and takes it back from it.
func (s sessions) CameBack(c echo.Context) string {
	kept, err := c.Cookie(s.leaving())
	if err != nil {
		return ""
	}
	c.SetCookie(s.cookie(s.leaving(), "", -1))
	words, err := base64.RawURLEncoding.DecodeString(kept.Value)
	if err != nil {
		return ""
	}
	return string(words)
}

// identify finds out who asks, by the session cookie or, for the API, by an access token. A session that has ended
// makes the asker nobody; a token that is not in force is refused.
func (s *Server) identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx := c.Request().Context()
		path := c.Request().URL.Path
		if strings.HasPrefix(path, "/static/") || strings.HasPrefix(path, "/git/") {
			return next(c) // the git door asks for itself
		}
		if login, secret, ok := bearer(c.Request()); ok && strings.HasPrefix(path, "/api/") {
			actor, err := s.door.TokenActor(ctx, login, secret)
			if err != nil {
				return err
			}
			actor.From = c.RealIP()
			c.Set(actorKey, actor)
			c.Set(bearerKey, secret)
			return next(c)
		}
		cookie, err := c.Cookie(s.sessions.name())
		if err != nil || cookie.Value == "" {
			return next(c)
		}
		actor, err := s.door.Actor(ctx, cookie.Value)
		switch {
		case errors.Is(err, drafting.ErrSignedOut) || errors.Is(err, drafting.ErrNotFound):
			return next(c)
		case err != nil:
			return err
		}
		actor.From = c.RealIP()
		c.Set(actorKey, actor)
		c.Set(secretKey, cookie.Value)
		return next(c)
	}
}

// bearer reads an access token from the Authorization header, in either of the two ways clients send it.
func bearer(r *http.Request) (login, secret string, ok bool) {
	if login, secret, ok = r.BasicAuth(); ok {
		return login, secret, true
	}
	secret, ok = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return "", secret, ok
}
