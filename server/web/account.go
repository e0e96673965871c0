package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// AccountPage is one's own account.
type AccountPage struct {
	Name, Login, Role string
	Circles           []Tag
	Sessions          []SessionRow
	Others            bool   // there are sessions beside this one
	Second            bool   // a second step is in force
	Other             string // what the provider of identities is called; empty: none
	Connected         bool   // with it
	Digests           string // what the person is told of mail; empty where no address is noted
	DigestsOn         bool
	Notice            string
	Problem           string
}

// SessionRow is one browser that is signed in.
type SessionRow struct {
	Browser  string
	Begun    When
	LastUsed When
	Here     bool
	End      string
}

// Account shows one's own account.
func (p *Pages) Account(c echo.Context) error {
	page := AccountPage{}
	if c.QueryParam("changed") != "" {
		page.Notice = "Your password is changed. Every other browser was signed out."
	}
	return p.showAccount(c, http.StatusOK, page)
}

func (p *Pages) showAccount(c echo.Context, status int, page AccountPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	open, err := p.door.Sessions(r.ctx(), p.sessions.Secret(c))
	if err != nil {
		return err
	}
	page.Name, page.Login, page.Role = r.actor.Name, r.actor.Login, roleWords(r.actor.Role)
	for _, code := range r.actor.Circles {
		page.Circles = append(page.Circles, r.inks.tag(code))
	}
	if page.DigestsOn, page.Digests, err = p.digests(r); err != nil {
		return err
	}
	page.Others, page.Second, page.Other = len(open) > 1, r.actor.Second, p.provider
	if page.Connected, err = p.door.Elsewhere(r.ctx(), p.sessions.Secret(c)); err != nil {
		return err
	}
	for _, s := range open {
		row := SessionRow{Browser: s.Browser, Begun: p.when(s.Created), LastUsed: p.when(s.LastUsed), Here: s.Here}
		if row.Browser == "" {
			row.Browser = "An unknown browser"
		}
		if !s.Here {
			row.End = "/account/sessions/" + s.ID + "/end"
		}
		page.Sessions = append(page.Sessions, row)
	}
	return show(p, c, status, p.frame(r, "account", "Your account", Crumb{"Resolutions", "/"}, Crumb{Words: "Your account"}), page)
}

// ChangePassword changes one's own password and signs every other browser out.
func (p *Pages) ChangePassword(c echo.Context) error {
	ctx := c.Request().Context()
	renewed, err := p.door.ChangePassword(ctx, p.sessions.Secret(c), c.FormValue("old"), c.FormValue("fresh"))
	if sentence, ok := refusal(err); ok {
		return p.showAccount(c, http.StatusUnprocessableEntity, AccountPage{Problem: sentence})
	}
	if err != nil {
		return err
	}
	p.sessions.Begin(c, renewed)
	actor := p.sessions.Actor(c)
	if err := p.service.Note(ctx, actor, drafting.AuditPassword, actor.Login); err != nil {
		return err
	}
	return seeOther(c, "/account?changed=1")
}

// EndSession signs one of one's own browsers out.
func (p *Pages) EndSession(c echo.Context) error {
	ctx := c.Request().Context()
	if err := p.door.EndSession(ctx, p.sessions.Secret(c), c.Param("id")); err != nil {
		return err
	}
	return p.sessionEnded(c)
}

// EndOtherSessions signs every other browser out.
func (p *Pages) EndOtherSessions(c echo.Context) error {
	if err := p.door.EndOtherSessions(c.Request().Context(), p.sessions.Secret(c)); err != nil {
		return err
	}
	return p.sessionEnded(c)
}

func (p *Pages) sessionEnded(c echo.Context) error {
	actor := p.sessions.Actor(c)
	if err := p.service.Note(c.Request().Context(), actor, drafting.AuditSessionEnded, actor.Login); err != nil {
		return err
	}
	return seeOther(c, "/account")
}

// WelcomePage is where a one-time link leads: a password is set there.
type WelcomePage struct {
	Link    string
	Name    string
	Login   string
	First   bool   // the link makes the first account
	Other   string // who is signed in here at present, if it is somebody else
	Closed  string // why the link opens nothing
	Problem string
}

// Welcome shows the form behind a one-time link. Looking does not use the link up.
func (p *Pages) Welcome(c echo.Context) error {
	return p.showWelcome(c, http.StatusOK, WelcomePage{Link: c.QueryParam("link")})
}

func (p *Pages) showWelcome(c echo.Context, status int, page WelcomePage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	person, err := p.service.Invited(r.ctx(), p.door.LinkHash(page.Link))
	if sentence, ok := refusal(err); ok {
		page.Closed, status = sentence, http.StatusNotFound
	} else if err != nil {
		return err
	}
	page.First = page.Closed == "" && person.ID == 0
	if person.ID != 0 {
		page.Name, page.Login = person.Name, person.Login
		if !r.actor.Anonymous() && r.actor.Person != person.ID {
			page.Other = r.actor.Name
		}
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	c.Response().Header().Set("Referrer-Policy", "no-referrer")
	frame := p.frame(r, "welcome", "Welcome", Crumb{Words: "Set your password"})
	frame.Here, frame.Person = "/", PersonBox{Folder: "signin"}
	return show(p, c, status, frame, page)
}

// DoWelcome sets the password and signs the person in.
func (p *Pages) DoWelcome(c echo.Context) error {
	ctx, from := c.Request().Context(), c.RealIP()
	page := WelcomePage{Link: c.FormValue("link"), Name: strings.TrimSpace(c.FormValue("name")), Login: strings.TrimSpace(c.FormValue("login"))}
	hash, password := p.door.LinkHash(page.Link), c.FormValue("password")
	refuse := func(err error) error {
		sentence, ok := refusal(err)
		if !ok {
			return err
		}
		page.Problem = sentence
		return p.showWelcome(c, http.StatusUnprocessableEntity, page)
	}
	person, err := p.service.Invited(ctx, hash)
	if err != nil {
		return refuse(err)
	}
	first := person.ID == 0
	if first {
		person.Login, person.Name = page.Login, page.Name
	}
	passwordHash, err := p.door.HashFor(ctx, password, person.Login, person.Name)
	if err != nil {
		return refuse(err)
	}
	if first {
		person, err = p.service.AcceptFirst(ctx, hash, page.Login, page.Name, passwordHash, from)
	} else {
		person, err = p.service.AcceptInvitation(ctx, hash, passwordHash, from)
	}
	if err != nil {
		return refuse(err)
	}
	secret, _, err := p.door.SignInWith(ctx, person.Login, password, browserFamily(c.Request().UserAgent()), from)
	_, owes := errors.AsType[*drafting.SecondStep](err)
	if _, ok := refusal(err); ok || owes {
		return seeOther(c, "/signin") // too many at this moment, or a code is owed; the password is set
	}
	if err != nil {
		return err
	}
	p.sessions.Begin(c, secret)
	return seeOther(c, "/")
}

// families of browsers and systems, by what they call themselves. The first that is found counts: most browsers name
// others beside themselves.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrom", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}}
	systems  = [][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}
)

// browserFamily says what kind of browser calls itself agent: "Firefox on Linux". Nothing that somebody made up gets
// into it.
func browserFamily(agent string) string {
	find := func(families [][2]string) string {
		for _, f := range families {
			if strings.Contains(agent, f[0]) {
				return f[1]
			}
		}
		return ""
	}
	browser, system := find(browsers), find(systems)
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + " on " + system
}
