package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// SecondPage sets up the second step of signing in, shows its recovery codes once, or gives it up.
type SecondPage struct {
	On       bool
	Left     string // how many recovery codes are left
	Key      string
	QR       string   // the same, drawn: PNG in base64
	Codes    []string // the recovery codes, shown this once
	Required bool     // the assembly asks for it
	Problem  string
}

// Second shows the second step of one's own account.
func (p *Pages) Second(c echo.Context) error {
	return p.showSecond(c, http.StatusOK, SecondPage{})
}

func (p *Pages) showSecond(c echo.Context, status int, page SecondPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	secret := p.sessions.Secret(c)
	state, err := p.door.SecondState(r.ctx(), secret)
	if err != nil {
		return err
	}
	page.On, page.Left = state.On, drafting.Counted(state.Recovery, "recovery code is left", "recovery codes are left")
	page.Required = p.strict && r.actor.Role == drafting.RoleSecretariat
	if !state.On {
		assembly, err := p.service.Assembly(r.ctx())
		if err != nil {
			return err
		}
		setup, err := p.door.BeginSecond(r.ctx(), secret, "Plenary "+assembly.Code)
		if err != nil {
			return err
		}
		page.Key, page.QR = setup.Key, base64.StdEncoding.EncodeToString(setup.Picture)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	crumbs := []Crumb{{"Resolutions", "/"}, {"Your account", "/account"}, {Words: "Second step"}}
	return show(p, c, status, p.frame(r, "second", "Second step of signing in", crumbs...), page)
}

// ConfirmSecond puts the second step in force with its first code.
func (p *Pages) ConfirmSecond(c echo.Context) error {
	codes, err := p.door.ConfirmSecond(c.Request().Context(), p.sessions.Secret(c), c.FormValue("code"))
	return p.secondDone(c, err, drafting.AuditSecondOn, codes)
}

// EndSecond gives the second step up.
func (p *Pages) EndSecond(c echo.Context) error {
	err := p.door.EndSecond(c.Request().Context(), p.sessions.Secret(c), c.FormValue("code"))
	return p.secondDone(c, err, drafting.AuditSecondOff, nil)
}

func (p *Pages) secondDone(c echo.Context, err error, act string, codes []string) error {
	if sentence, ok := refusal(err); ok {
		return p.showSecond(c, http.StatusUnprocessableEntity, SecondPage{Problem: sentence})
	}
	if err != nil {
		return err
	}
	actor := p.sessions.Actor(c)
	if err := p.service.Note(c.Request().Context(), actor, act, actor.Login); err != nil {
		return err
	}
	if len(codes) > 0 {
		return p.showSecond(c, http.StatusOK, SecondPage{Codes: codes})
	}
	return seeOther(c, "/account/second")
}

// DoSignInCode is the second step: a code of the app, or a recovery code.
func (p *Pages) DoSignInCode(c echo.Context) error {
	ctx := c.Request().Context()
	page := SignInPage{Next: local(c.FormValue("next")), Pending: c.FormValue("pending")}
	secret, actor, err := p.door.SignInCode(ctx, page.Pending, c.FormValue("code"), c.RealIP())
	return p.signedIn(c, page, secret, actor, err, drafting.AuditSignedIn)
}

// signedIn begins the session of somebody who was let in, asks for the second step, or says why not.
func (p *Pages) signedIn(c echo.Context, page SignInPage, secret string, actor drafting.Actor, err error, act string) error {
	ctx := c.Request().Context()
	if step, ok := errors.AsType[*drafting.SecondStep](err); ok {
		page.Pending = step.Pending
		return p.showSignIn(c, http.StatusOK, page)
	}
	if sentence, ok := refusal(err); ok {
		if err := p.service.NoteRefused(ctx, page.Login, c.RealIP()); err != nil {
			return err
		}
		page.Problem = sentence
		return p.showSignIn(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	actor.From = c.RealIP()
	if err := p.service.Note(ctx, actor, act, actor.Login); err != nil {
		return err
	}
	p.sessions.Begin(c, secret)
	return seeOther(c, page.Next)
}

// TakeSecondStep takes the second step away from somebody who has lost it.
func (p *Pages) TakeSecondStep(c echo.Context) error {
	return p.doPerson(c, PersonPage{}, p.takeSecondStep)
}

// SetEmail notes the address by which the provider of identities knows somebody.
func (p *Pages) SetEmail(c echo.Context) error {
	email := strings.TrimSpace(c.FormValue("email"))
	return p.doPerson(c, PersonPage{Email: email}, p.setEmail(email))
}

// SignInElsewhere leads to the provider of identities. Nothing is changed by it but a cookie of this browser.
func (p *Pages) SignInElsewhere(c echo.Context) error {
	return p.leave(c, "in", local(c.QueryParam("next")))
}

// ConnectElsewhere leads to the provider of identities, to connect who one is there with one's account here. Only the
// account's own page may begin it: a link of another site would connect whoever this browser is at the provider, who
// need not be the person. It is no form, because form-action of our policy would hold it back at the redirect.
func (p *Pages) ConnectElsewhere(c echo.Context) error {
	if from := c.Request().Header.Get("Sec-Fetch-Site"); from != "" && from != "same-origin" { // every browser says where from
		return p.showAccount(c, http.StatusForbidden, AccountPage{Problem: "Connecting is begun here, not by a link from elsewhere: press Connect on this page if you want it."})
	}
	return p.leave(c, "connect", "/account")
}

func (p *Pages) leave(c echo.Context, purpose, next string) error {
	address, flow, err := p.door.BeginElsewhere(c.Request().Context())
	if sentence, ok := refusal(err); ok {
		return p.showSignIn(c, http.StatusServiceUnavailable, SignInPage{Next: next, Problem: sentence})
	}
	if err != nil {
		return err
	}
	p.sessions.Leave(c, purpose+" "+flow+" "+url.QueryEscape(next))
	return c.Redirect(http.StatusSeeOther, address)
}

// BackFromElsewhere is where the provider of identities leads people back to.
func (p *Pages) BackFromElsewhere(c echo.Context) error {
	ctx := c.Request().Context()
	kept := strings.Fields(p.sessions.CameBack(c))
	if len(kept) != 3 {
		return p.showSignIn(c, http.StatusUnprocessableEntity, SignInPage{Next: "/", Problem: "Signing in elsewhere took too long, or was begun in another browser. Begin again."})
	}
	next, err := url.QueryUnescape(kept[2])
	if err != nil {
		next = "/"
	}
	page := SignInPage{Next: local(next)}
	state, code := c.QueryParam("state"), c.QueryParam("code")
	if kept[0] == "connect" {
		return p.connected(c, p.door.ConnectElsewhere(ctx, p.sessions.Secret(c), kept[1], state, code))
	}
	secret, actor, err := p.door.SignInElsewhere(ctx, kept[1], state, code, browserFamily(c.Request().UserAgent()))
	return p.signedIn(c, page, secret, actor, err, drafting.AuditSignedInBy)
}

func (p *Pages) connected(c echo.Context, err error) error {
	if sentence, ok := refusal(err); ok {
		return p.showAccount(c, http.StatusUnprocessableEntity, AccountPage{Problem: sentence})
	}
	if err != nil {
		return err
	}
	actor := p.sessions.Actor(c)
	if err := p.service.Note(c.Request().Context(), actor, drafting.AuditConnected, actor.Login); err != nil {
		return err
	}
	return seeOther(c, "/account")
}

// DisconnectElsewhere forgets who one is at the provider of identities.
func (p *Pages) DisconnectElsewhere(c echo.Context) error {
	ctx, actor := c.Request().Context(), p.sessions.Actor(c)
	if err := p.door.DisconnectElsewhere(ctx, p.sessions.Secret(c)); err != nil {
		return err
	}
	if err := p.service.Note(ctx, actor, drafting.AuditDisconnected, actor.Login); err != nil {
		return err
	}
	return seeOther(c, "/account")
}
