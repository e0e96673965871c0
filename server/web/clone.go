package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// ClonePage tells how to work with a resolution in git.
type ClonePage struct {
	Public  string      // the address of the public repository
	Desks   []CloneDesk // of the circles the person writes for; none for those who only read
	Login   string
	Tokens  string         // where access tokens are made; empty for nobody signed in
	Open    bool           // anybody may read; no token is asked for
	Texts   []CloneVersion // what is public: the text as it stands, adopted texts, what others have submitted
	SignIn  string         // for nobody signed in: where they do
	Handled bool           // a token made here may push
}

// CloneDesk is one circle's repository, and its drafts in it.
type CloneDesk struct {
	Circle  Tag
	Address string
	Drafts  []CloneDraft
	New     string // a branch name to begin a proposal under
}

// CloneDraft is one proposal of the asker's own.
type CloneDraft struct {
	Label    string
	Status   string
	Draft    string // branches
	Proposal string // empty when it is not to be pushed any more
	Href     string
}

// CloneVersion is one text that whoever may clone can look at.
type CloneVersion struct{ Label, Ref, What string }

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

// Clone shows where a resolution's repositories are, and the commands for what the asker may clone.
func (p *Pages) Clone(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	v, err := p.service.Resolution(r.ctx(), r.actor, slugOf(c))
	if err != nil {
		return err
	}
	as, err := p.service.Assembly(r.ctx())
	if err != nil {
		return err
	}
	host := p.public
	if host == "" {
		host = c.Scheme() + "://" + c.Request().Host
	}
	page := ClonePage{
		Public: host + "/git/" + string(v.Slug) + ".git", Login: r.actor.Login, Open: as.Open,
		Texts: publicTexts(v),
	}
	if r.actor.Anonymous() {
		page.SignIn = "/signin?next=" + url.QueryEscape(c.Request().URL.Path)
		return show(p, c, http.StatusOK, p.frame(r, "clone", "Work with git", way(v.Resolution, Crumb{Words: "Work with git"})...), page)
	}
	page.Tokens = "/tokens"
	if r.actor.Role != drafting.RoleObserver {
		for _, circle := range r.actor.Circles {
			page.Desks = append(page.Desks, cloneDesk(host, r.actor.Login, r.inks.tag(circle), v))
		}
	}
	if !as.Open { // git asks for the token alone
		page.Public = withLogin(page.Public, r.actor.Login)
	}
	page.Handled = len(page.Desks) > 0
	return show(p, c, http.StatusOK, p.frame(r, "clone", "Work with git", way(v.Resolution, Crumb{Words: "Work with git"})...), page)
}

// withLogin puts a login into an address, so that git asks for the token alone.
func withLogin(address, login string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok || login == "" {
		return address
	}
	return scheme + "://" + url.User(login).String() + "@" + rest
}

// cloneDesk tells of a circle's desk for one resolution.
func cloneDesk(host, login string, circle Tag, v drafting.ResolutionView) CloneDesk {
	desk := CloneDesk{
		Circle: circle, Address: withLogin(host+"/git/desks/"+circle.Code+"/"+string(v.Slug)+".git", login),
		New: "drafts/" + circle.Code + "/my-changes",
	}
	for _, row := range v.Proposals {
		if string(row.Draft.Circle) != circle.Code {
			continue
		}
		d := CloneDraft{
			Label: row.Label, Status: string(row.Status), Draft: row.Draft.Draft(),
			Href: address(v.Slug) + "/proposals/" + row.Draft.String(),
		}
		switch row.Status {
		case drafting.StatusDraft, drafting.StatusSubmitted, drafting.StatusInPart, drafting.StatusWithdrawn:
			d.Proposal = row.Draft.Proposal()
		case drafting.StatusMerged, drafting.StatusAdopted, drafting.StatusNot:
		}
		desk.Drafts = append(desk.Drafts, d)
	}
	return desk
}

// publicTexts lists what every clone holds: the text as it stands, adopted texts, and proposals as last submitted.
func publicTexts(v drafting.ResolutionView) []CloneVersion {
	texts := []CloneVersion{{"The text as it stands", "origin/" + repo.Main, "changes by merging proposals, never by pushing"}}
	for _, adopted := range v.Adopted {
		texts = append(texts, CloneVersion{adopted.Label, adopted.Key, "adopted"})
	}
	for _, row := range v.Proposals {
		if row.Submissions > 0 {
			texts = append(texts, CloneVersion{row.Label, "origin/" + row.Draft.Proposal(), string(row.Status)})
		}
	}
	return texts
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
