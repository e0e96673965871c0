package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// accountFile is what is kept of a person's account, as they take it along.
type accountFile struct {
	Login    string        `json:"login"`
	Name     string        `json:"name"`
	Role     string        `json:"role"`
	Email    string        `json:"email,omitempty"`
	Circles  []string      `json:"circles"`
	Second   bool          `json:"second_step"`
	Sessions []sessionFile `json:"sessions"`
	Tokens   []tokenFile   `json:"access_tokens"`
	Acts     []actFile     `json:"acts"`
}

type sessionFile struct {
	Browser  string    `json:"browser"`
	Begun    time.Time `json:"begun"`
	LastUsed time.Time `json:"last_used"`
}

type tokenFile struct {
	Name    string    `json:"name"`
	Scope   string    `json:"scope"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires"`
}

type actFile struct {
	At      time.Time `json:"at"`
	Act     string    `json:"act"`
	Subject string    `json:"subject,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Address string    `json:"address,omitempty"`
}

// ExportAccount gives a person what is kept of their account, as a file. No secret is in it.
func (p *Pages) ExportAccount(c echo.Context) error {
	ctx, actor := c.Request().Context(), p.sessions.Actor(c)
	own, err := p.service.OwnAccount(ctx, actor)
	if err != nil {
		return err
	}
	file := accountFile{Login: own.Person.Login, Name: own.Person.Name, Role: string(own.Person.Role), Email: own.Person.Email, Second: own.Person.Second}
	for _, circle := range own.Person.Circles {
		file.Circles = append(file.Circles, string(circle))
	}
	sessions, err := p.door.Sessions(ctx, p.sessions.Secret(c))
	if err != nil {
		return err
	}
	for _, s := range sessions {
		file.Sessions = append(file.Sessions, sessionFile{s.Browser, s.Created, s.LastUsed})
	}
	tokens, err := p.door.Tokens(ctx, actor)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		file.Tokens = append(file.Tokens, tokenFile{t.Name, string(t.Scope), t.Created, t.Expires})
	}
	for _, e := range own.Acts {
		file.Acts = append(file.Acts, actFile{e.At, e.Act, e.Subject, e.Detail, e.Address})
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="account.json"`)
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSONPretty(http.StatusOK, file, "  ")
}

// RemovePerson removes a closed account for good, once its login is typed.
func (p *Pages) RemovePerson(c echo.Context) error {
	typed := strings.TrimSpace(c.FormValue("typed"))
	return p.doPerson(c, PersonPage{Typed: typed}, func(ctx context.Context, a drafting.Actor, person drafting.Person) error {
		if typed != person.Login {
			return &drafting.Refusal{Sentence: "Type the login of the account, " + person.Login + ", to remove it. Nothing was changed."}
		}
		return p.service.RemovePerson(ctx, a, person.ID)
	})
}
