// Package web shows the pages: it turns what drafting gives into typed page data and that into HTML.
//
// Start with [New], which reads every template once, and [Pages], whose methods are the handlers that package server
// puts behind its routes and their rules. A page is one struct here and one template in frontend; every string a
// person wrote reaches the page through html/template's escaping and no other way.
//
// Promises: every page works, prints and reads aloud without script; a form that could not be done comes back with a
// sentence that says why and with what the person had written.
package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// Door lets people in and out; package auth has one.
type Door interface {
	SignInWith(ctx context.Context, login, password, browser, address string) (secret string, a drafting.Actor, err error)
	SignOut(ctx context.Context, secret string) error
	ActFor(ctx context.Context, secret string, circle repo.Circle) (drafting.Actor, error)
	CreateToken(ctx context.Context, a drafting.Actor, name string, scope drafting.Scope, lifetime time.Duration) (secret string, t drafting.Token, err error)
	Tokens(ctx context.Context, a drafting.Actor) ([]drafting.Token, error)
	Withdraw(ctx context.Context, a drafting.Actor, id int64) error
	Sessions(ctx context.Context, secret string) ([]drafting.OpenSession, error)
	EndSession(ctx context.Context, secret, id string) error
	EndOtherSessions(ctx context.Context, secret string) error
	ChangePassword(ctx context.Context, secret, old, fresh string) (renewed string, err error)
	HashFor(ctx context.Context, password, login, name string) (hash string, err error)
	NewLink() (secret string, hash []byte)
	LinkHash(secret string) []byte
	SecondDoor
	OtherDoor
}

// SecondDoor is the second step of signing in.
type SecondDoor interface {
	SignInCode(ctx context.Context, pending, code, address string) (secret string, a drafting.Actor, err error)
	SecondState(ctx context.Context, secret string) (drafting.SecondState, error)
	BeginSecond(ctx context.Context, secret, issuer string) (drafting.SecondSetup, error)
	ConfirmSecond(ctx context.Context, secret, code string) (recovery []string, err error)
	EndSecond(ctx context.Context, secret, code string) error
}

// OtherDoor is signing in at a provider of identities.
type OtherDoor interface {
	BeginElsewhere(ctx context.Context) (address, flow string, err error)
	SignInElsewhere(ctx context.Context, flow, state, code, browser string) (secret string, a drafting.Actor, err error)
	ConnectElsewhere(ctx context.Context, secret, flow, state, code string) error
	DisconnectElsewhere(ctx context.Context, secret string) error
	Elsewhere(ctx context.Context, secret string) (connected bool, err error)
}

// Sessions reads and writes the session cookie of a request; package server has one.
type Sessions interface {
	Actor(c echo.Context) drafting.Actor // as the server's rules saw the request
	Secret(c echo.Context) string        // empty: no session
	Begin(c echo.Context, secret string)
	End(c echo.Context)
	Leave(c echo.Context, kept string) // for a provider of identities; what is kept comes back once
	CameBack(c echo.Context) string    // empty where nothing was kept
}

// Options are what the pages work with. All but Demo and Now are required.
type Options struct {
	Service  *drafting.Service
	Door     Door
	Sessions Sessions
	Assets   *Assets
	Public   string      // the server's own address, "https://texts.example.org", for the clone box
	Demo     []DemoLogin // who can sign in how, shown on the sign-in page of a demonstration only
	Now      func() time.Time
	Provider string // what the provider of identities is called; empty: none
	Strict   bool   // the secretariat must have a second step
	Mail     bool   // people are mailed what is new to them
}

// DemoLogin is one way to sign in to the demonstration.
type DemoLogin struct {
	Login, Password, Name, Role, Circle string
}

// Pages holds the page handlers.
type Pages struct {
	service   *drafting.Service
	door      Door
	sessions  Sessions
	assets    *Assets
	templates map[string]*template.Template
	public    string
	demo      []DemoLogin
	begun     *once // proposals, by the form that began them
	now       func() time.Time
	provider  string
	strict    bool
	mail      bool
	zone      *time.Location // of the times on the pages: the assembly's, see open
}

// New reads the templates.
func New(o Options) (*Pages, error) {
	templates, err := parseTemplates()
	if err != nil {
		return nil, err
	}
	p := &Pages{
		service: o.Service, door: o.Door, sessions: o.Sessions, assets: o.Assets, templates: templates,
		public: o.Public, demo: o.Demo, now: o.Now, zone: time.UTC, begun: &once{},
		provider: o.Provider, strict: o.Strict, mail: o.Mail,
	}
	if p.now == nil {
		p.now = time.Now
	}
	return p, nil
}

// view is what a template is given: the frame every page has, and the page's own data.
type view[T any] struct {
	Frame Frame
	Page  T
}

// show writes a page. Nothing is sent before the template has run to its end.
func show[T any](p *Pages, c echo.Context, status int, frame Frame, page T) error {
	t, ok := p.templates[frame.Folder]
	if !ok {
		return fmt.Errorf("show page %s: no template", frame.Folder)
	}
	var body bytes.Buffer
	if err := t.ExecuteTemplate(&body, "layout", view[T]{frame, page}); err != nil {
		return fmt.Errorf("show page %s: %w", frame.Folder, err)
	}
	if header := c.Response().Header(); header.Get("Cache-Control") == "" { // a page that shows a secret says no-store
		header.Set("Cache-Control", "private, no-cache")
	}
	return c.HTMLBlob(status, body.Bytes())
}

// part writes a part of a page by itself, for a script of that page.
func (p *Pages) part(r request, folder, name string, of any) error {
	t, ok := p.templates[folder]
	if !ok {
		return fmt.Errorf("show a part of page %s: no template", folder)
	}
	var body bytes.Buffer
	if err := t.ExecuteTemplate(&body, name, of); err != nil {
		return fmt.Errorf("show %s of page %s: %w", name, folder, err)
	}
	r.Response().Header().Set("Cache-Control", "private, no-cache")
	return r.HTMLBlob(http.StatusOK, body.Bytes())
}

// refusal gives the sentence of an error that tells the person why and what to do; false for any other error.
func refusal(err error) (string, bool) {
	if r, ok := errors.AsType[*drafting.Refusal](err); ok {
		return r.Sentence, true
	}
	return "", false
}

// seeOther answers a form that was done: the browser fetches the next page, so that reloading repeats nothing.
func seeOther(c echo.Context, to string) error {
	return c.Redirect(http.StatusSeeOther, to)
}
