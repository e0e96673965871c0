package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// ClonePage tells how to work with a resolution in git.
type ClonePage struct {
	Public   string // the address of the public repository
	Desk     string // of the circle's own desk; empty where the person has none
	Circle   Tag
	Slug     string
	Login    string
	Branches []CloneBranch
	Tokens   string // where access tokens are made; empty for nobody signed in
}

// CloneBranch is one branch and what may be done with it.
type CloneBranch struct{ Name, What string }

// TokensPage lists a person's access tokens and makes new ones.
type TokensPage struct {
	Tokens   []TokenRow
	Secret   string // of the token just made: shown once
	Made     string // its name
	Login    string
	Name     string
	Scope    string
	Days     string
	Problem  string
	Lifetime []Choice
}

// TokenRow is one token as its owner sees it.
type TokenRow struct {
	Name     string
	Scope    string
	Created  When
	LastUsed When
	Expires  When
	State    string // "", "withdrawn", "ended"
	Withdraw string // empty when it is not in force
}

// Clone shows where a resolution's repositories are.
func (p *Pages) Clone(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	v, err := p.service.Resolution(r.ctx(), r.actor, slugOf(c))
	if err != nil {
		return err
	}
	host := p.public
	if host == "" {
		host = c.Scheme() + "://" + c.Request().Host
	}
	page := ClonePage{
		Public: host + "/git/" + string(v.Slug) + ".git", Slug: string(v.Slug), Login: r.actor.Login,
		Branches: []CloneBranch{{"main", "the text as it stands; it changes by merging, never by pushing"}},
	}
	if !r.actor.Anonymous() {
		page.Tokens = "/tokens"
	}
	if r.actor.Circle != "" && r.actor.Role != drafting.RoleObserver {
		page.Circle = r.inks.tag(r.actor.Circle)
		page.Desk = host + "/git/desks/" + string(r.actor.Circle) + "/" + string(v.Slug) + ".git"
		page.Branches = append(page.Branches, deskBranches(r.actor.Circle, v.Proposals)...)
	}
	return show(p, c, http.StatusOK, p.frame(r, "clone", "Work with git", way(v.Resolution, Crumb{Words: "Work with git"})...), page)
}

// deskBranches lists what the people of a circle may push.
func deskBranches(circle repo.Circle, rows []drafting.ProposalRow) []CloneBranch {
	var branches []CloneBranch
	for _, row := range rows {
		if row.Draft.Circle != circle {
			continue
		}
		branches = append(branches,
			CloneBranch{row.Draft.Draft(), "your draft of " + row.Label + "; pushing to it is writing in it"},
			CloneBranch{row.Draft.Proposal(), row.Label + " as submitted; pushing to it is submitting"})
	}
	if len(branches) == 0 {
		branches = append(branches, CloneBranch{"drafts/" + string(circle) + "/…", "any name: pushing a new one begins a draft"})
	}
	return branches
}

// lifetimes are how long an access token may live, in days.
var lifetimes = []struct {
	days  int
	words string
}{{7, "7 days"}, {30, "30 days"}, {90, "90 days"}, {365, "1 year"}}

// Tokens lists the person's access tokens.
func (p *Pages) Tokens(c echo.Context) error {
	return p.showTokens(c, http.StatusOK, TokensPage{Scope: string(drafting.ScopeWrite), Days: "30"})
}

func (p *Pages) showTokens(c echo.Context, status int, page TokensPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	tokens, err := p.door.Tokens(r.ctx(), r.actor)
	if err != nil {
		return err
	}
	page.Login = r.actor.Login
	for _, life := range lifetimes {
		days := strconv.Itoa(life.days)
		page.Lifetime = append(page.Lifetime, Choice{days, life.words, days == page.Days})
	}
	for _, t := range tokens {
		page.Tokens = append(page.Tokens, p.tokenRow(t))
	}
	return show(p, c, status, p.frame(r, "tokens", "Access tokens", Crumb{"Resolutions", "/"}, Crumb{Words: "Access tokens"}), page)
}

func (p *Pages) tokenRow(t drafting.Token) TokenRow {
	row := TokenRow{Name: t.Name, Scope: "read", Created: p.when(t.Created), LastUsed: p.when(t.LastUsed), Expires: p.when(t.Expires)}
	if t.Scope == drafting.ScopeWrite {
		row.Scope = "read and push own proposals"
	}
	switch {
	case !t.Withdrawn.IsZero():
		row.State = "withdrawn"
	case !t.Expires.IsZero() && t.Expires.Before(p.now()):
		row.State = "ended"
	default:
		row.Withdraw = "/tokens/" + strconv.FormatInt(t.ID, 10) + "/withdraw"
	}
	return row
}

// CreateToken makes an access token and shows its secret, once.
func (p *Pages) CreateToken(c echo.Context) error {
	page := TokensPage{Name: strings.TrimSpace(c.FormValue("name")), Scope: c.FormValue("scope"), Days: c.FormValue("days")}
	days, err := strconv.Atoi(page.Days)
	if err != nil || days < 1 || days > lifetimes[len(lifetimes)-1].days {
		page.Problem = "Choose how long the token may live."
		return p.showTokens(c, http.StatusUnprocessableEntity, page)
	}
	scope := drafting.ScopeRead
	if page.Scope == string(drafting.ScopeWrite) {
		scope = drafting.ScopeWrite
	}
	secret, made, err := p.door.CreateToken(c.Request().Context(), p.sessions.Actor(c), page.Name, scope, time.Duration(days)*24*time.Hour)
	if sentence, ok := refusal(err); ok {
		page.Problem = sentence
		return p.showTokens(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	if err := p.service.Note(c.Request().Context(), p.sessions.Actor(c), drafting.AuditTokenMade, made.Name); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return p.showTokens(c, http.StatusOK, TokensPage{Secret: secret, Made: made.Name, Scope: page.Scope, Days: page.Days})
}

// WithdrawToken ends one of the person's tokens.
func (p *Pages) WithdrawToken(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return drafting.ErrNotFound
	}
	if err := p.door.Withdraw(c.Request().Context(), p.sessions.Actor(c), id); err != nil {
		return err
	}
	if err := p.service.Note(c.Request().Context(), p.sessions.Actor(c), drafting.AuditTokenEnded, strconv.FormatInt(id, 10)); err != nil {
		return err
	}
	return seeOther(c, "/tokens")
}
