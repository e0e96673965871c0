package web

import (
	"github.com/labstack/echo/v4"
)

// ErrorPage says what went wrong and what to do next.
type ErrorPage struct {
	Status   int
	Title    string
	Sentence string
	Next     string // what to do, empty where the sentence says it
	Request  string // the number to quote; only for what the server did wrong
	Again    bool   // offer to try again
	SignIn   bool
}

// Problem shows an error as a page.
func (p *Pages) Problem(c echo.Context, page ErrorPage) error {
	r := request{Context: c, actor: p.sessions.Actor(c)}
	if found, err := p.inks(c.Request().Context()); err == nil {
		r.inks = found
	}
	return show(p, c, page.Status, p.frame(r, "error", page.Title, Crumb{Words: page.Title}), page)
}
