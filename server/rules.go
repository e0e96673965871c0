package server

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// rule says who may use a route at all. What it lets through, drafting still judges by the thing asked for.
type rule struct {
	name   string
	allows func(a drafting.Actor, assembly drafting.Assembly) bool
}

// The rules, from the widest to the narrowest.
var (
	// everyone may: what is needed to sign in, and doors that ask for themselves.
	everyone = rule{"everyone", func(drafting.Actor, drafting.Assembly) bool { return true }}
	// readers may read what is public in the assembly: whoever is signed in, and anybody where the assembly is open.
	readers = rule{"readers", func(a drafting.Actor, as drafting.Assembly) bool { return as.Open || !a.Anonymous() }}
	// members are the people of the assembly.
	members = rule{"members", func(a drafting.Actor, _ drafting.Assembly) bool { return !a.Anonymous() }}
	// writers write for a circle. Observers never do.
	writers = rule{"writers", func(a drafting.Actor, _ drafting.Assembly) bool {
		return !a.Anonymous() && a.Role != drafting.RoleObserver && a.Circle != ""
	}}
	// chairs decide: the chair, and the secretariat on the chair's word.
	chairs = rule{"chairs", func(a drafting.Actor, _ drafting.Assembly) bool {
		return a.Role == drafting.RoleChair || a.Role == drafting.RoleSecretariat
	}}
	// secretariat keeps the texts and the records.
	secretariat = rule{"secretariat", func(a drafting.Actor, _ drafting.Assembly) bool {
		return a.Role == drafting.RoleSecretariat
	}}
)

// secondPath is where a second step of signing in is set up.
const secondPath = "/account/second"

// owesSecondStep tells whether the asker must set up a second step before anything else.
func (s *Server) owesSecondStep(a drafting.Actor, r rule, path string) bool {
	return s.strict && a.Role == drafting.RoleSecretariat && !a.Second && a.Scope == drafting.ScopeFull &&
		r.name != everyone.name && path != secondPath
}

// forgetFiles removes the files of a form that were too large for memory. The server of net/http removes those of the
// request it made; this one was made of it.
func (s *Server) forgetFiles(r *http.Request) {
	if r.MultipartForm == nil {
		return
	}
	if err := r.MultipartForm.RemoveAll(); err != nil {
		s.log.ErrorContext(r.Context(), "files of a form stay behind", slog.Any("error", err))
	}
}

// guard lets through whom the rule allows, and reads the form they send only then. Somebody not signed in is asked to
// sign in; everybody else is refused.
func (s *Server) guard(r rule, next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		actor := s.sessions.Actor(c)
		var assembly drafting.Assembly
		if actor.Anonymous() && r.name == readers.name {
			var err error
			if assembly, err = s.service.Assembly(c.Request().Context()); err != nil {
				return err
			}
		}
		if s.owesSecondStep(actor, r, c.Path()) {
			if c.Request().Method == http.MethodGet && !strings.HasPrefix(c.Path(), "/api/") {
				return c.Redirect(http.StatusSeeOther, secondPath)
			}
			return &drafting.Refusal{Sentence: "The secretariat of this assembly signs in with a second step: set it up on your account's page first."}
		}
		if r.allows(actor, assembly) {
			form := c.Request()
			if err := readForm(form); err != nil {
				return err
			}
			defer s.forgetFiles(form)
			return next(c)
		}
		if c.Request().ContentLength != 0 {
			c.Response().Header().Set("Connection", "close") // the answer does not wait for a body nobody reads
		}
		if actor.Anonymous() {
			return drafting.ErrSignedOut
		}
		return drafting.ErrForbidden
	}
}
