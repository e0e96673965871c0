package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// SignInPage is the sign-in page. Demo is empty but in a demonstration.
type SignInPage struct {
	Login   string
	Next    string
	Problem string
	Demo    []DemoRow
	Pending string // a first step that a code is owed for; empty: the first step itself
	Other   string // what the provider of identities is called; empty: none
}

// DemoRow is somebody to sign in as in a demonstration.
type DemoRow struct {
	Login, Password, Name, Role string
	Circle                      Tag
}

// SignIn shows the sign-in form.
func (p *Pages) SignIn(c echo.Context) error {
	return p.showSignIn(c, http.StatusOK, SignInPage{Next: local(c.QueryParam("next"))})
}

func (p *Pages) showSignIn(c echo.Context, status int, page SignInPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	for _, d := range p.demo {
		row := DemoRow{Login: d.Login, Password: d.Password, Name: d.Name, Role: roleWords(drafting.Role(d.Role))}
		if d.Circle != "" {
			row.Circle = r.inks.tag(repo.Circle(d.Circle))
		}
		page.Demo = append(page.Demo, row)
	}
	page.Other = p.provider
	if page.Pending != "" {
		c.Response().Header().Set("Cache-Control", "no-store")
	}
	frame := p.frame(r, "signin", "Sign in", Crumb{Words: "Sign in"})
	frame.Here = page.Next
	return show(p, c, status, frame, page)
}

// DoSignIn signs a person in and leads them where they wanted to go.
func (p *Pages) DoSignIn(c echo.Context) error {
	page := SignInPage{Login: strings.TrimSpace(c.FormValue("login")), Next: local(c.FormValue("next"))}
	ctx := c.Request().Context()
	secret, actor, err := p.door.SignInWith(ctx, page.Login, c.FormValue("password"), browserFamily(c.Request().UserAgent()), c.RealIP())
	return p.signedIn(c, page, secret, actor, err, drafting.AuditSignedIn)
}

// SignOut ends the session.
func (p *Pages) SignOut(c echo.Context) error {
	if secret := p.sessions.Secret(c); secret != "" {
		if err := p.door.SignOut(c.Request().Context(), secret); err != nil {
			return err
		}
		actor := p.sessions.Actor(c)
		if err := p.service.Note(c.Request().Context(), actor, drafting.AuditSignedOut, actor.Login); err != nil {
			return err
		}
	}
	p.sessions.End(c)
	return seeOther(c, "/signin")
}

// ActFor changes the circle the person acts for.
func (p *Pages) ActFor(c echo.Context) error {
	if _, err := p.door.ActFor(c.Request().Context(), p.sessions.Secret(c), repo.Circle(c.FormValue("circle"))); err != nil {
		return err
	}
	return seeOther(c, local(c.FormValue("next")))
}

// local gives an address on this server to go on to, "/" for anything that leads elsewhere.
func local(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}
