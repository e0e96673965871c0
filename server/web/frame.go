package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // machines without zone files say times in the assembly's zone too

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// Frame is what every page has around its own data.
type Frame struct {
	Title   string
	Lang    string
	Dir     string
	Folder  string
	Styles  []string
	Scripts []string
	Crumbs  []Crumb
	Person  PersonBox
	Here    string // the page's own address, to come back to
	Follow  string // where the page hears that something has happened; empty: it does not follow
	Since   uint64 // what had happened when the page was made
}

// Crumb is one step of the way to a page; the page itself has no address.
type Crumb struct{ Words, Href string }

// PersonBox is who is signed in, for whom they act and could act.
type PersonBox struct {
	Folder string // of the page it stands on
	Name   string
	Role   string
	Circle Tag
	Others []Tag
	Keeper bool // of people, the meeting and the audit log
}

// Tag is a delegation's code as printed on screen, in the ink of its slot.
type Tag struct {
	Code  string
	Label string
	Name  string
	Slot  int
}

// slots is how many pairs of ink and underline the style sheet has.
const slots = 36

func tagOf(circle drafting.Circle) Tag {
	return Tag{Code: string(circle.Code), Label: circle.Label, Name: circle.Name, Slot: max(circle.Slot, 0) % slots}
}

// inks finds a circle's tag by its code.
type inks map[repo.Circle]Tag

// tag gives the tag of a circle, its bare code where the circle is not known.
func (i inks) tag(code repo.Circle) Tag {
	if t, ok := i[code]; ok {
		return t
	}
	return Tag{Code: string(code), Label: strings.ToUpper(string(code))}
}

func (p *Pages) inks(ctx context.Context) (inks, error) {
	circles, err := p.service.Circles(ctx)
	if err != nil {
		return nil, fmt.Errorf("read circles: %w", err)
	}
	found := make(inks, len(circles))
	for _, circle := range circles {
		found[circle.Code] = tagOf(circle)
	}
	return found, nil
}

// request is what every page handler begins with: who asks, and the tags of the circles.
type request struct {
	echo.Context
	actor drafting.Actor
	inks  inks
	since uint64 // what had happened before anything was read
}

// open gives the request, and the pages as they say times in the zone of the assembly.
func (p *Pages) open(c echo.Context) (*Pages, request, error) {
	ctx, since := c.Request().Context(), p.service.Stirred()
	found, err := p.inks(ctx)
	if err != nil {
		return nil, request{}, err
	}
	assembly, err := p.service.Assembly(ctx)
	if err != nil && !errors.Is(err, drafting.ErrNotFound) {
		return nil, request{}, err
	}
	zone, err := time.LoadLocation(assembly.Zone)
	if err != nil {
		return nil, request{}, fmt.Errorf("time zone of the assembly: %w", err)
	}
	here := *p
	here.zone = zone
	return &here, request{Context: c, actor: p.sessions.Actor(c), inks: found, since: since}, nil
}

func (r request) ctx() context.Context { return r.Request().Context() }

// frame gives the frame of a page; crumbs end with the page itself.
func (p *Pages) frame(r request, folder, title string, crumbs ...Crumb) Frame {
	f := Frame{Title: title, Lang: "en", Dir: "ltr", Folder: folder, Crumbs: crumbs, Here: r.Request().URL.RequestURI()}
	if r.Request().Method != "GET" {
		f.Here = r.Request().URL.Path
	}
	f.Styles, f.Scripts = p.assets.Page(folder)
	f.Follow, f.Since = followed(r, folder), r.since
	f.Person.Folder = folder
	if r.actor.Anonymous() {
		return f
	}
	f.Person.Name, f.Person.Role = r.actor.Name, roleWords(r.actor.Role)
	f.Person.Keeper = r.actor.Role == drafting.RoleSecretariat
	if r.actor.Circle != "" {
		f.Person.Circle = r.inks.tag(r.actor.Circle)
	}
	for _, code := range r.actor.Circles {
		if code != r.actor.Circle {
			f.Person.Others = append(f.Person.Others, r.inks.tag(code))
		}
	}
	return f
}

// followed gives where a page hears that something has happened. A form that came back stays as it is.
func followed(r request, folder string) string {
	if r.Request().Method != http.MethodGet {
		return ""
	}
	switch folder {
	case "list":
		return "/live"
	case "resolution", "compilation", "map", "merge", "part", "brackets":
		return address(slugOf(r), "live")
	}
	return ""
}

func roleWords(role drafting.Role) string {
	switch role {
	case drafting.RoleDelegate:
		return "Delegate"
	case drafting.RoleChair:
		return "Chair"
	case drafting.RoleSecretariat:
		return "Secretariat"
	case drafting.RoleObserver:
		return "Observer"
	}
	return ""
}

// When is a moment as a page writes it, and as machines read it. The zero When prints nothing.
type When struct{ ISO, Words string }

// dated gives a time with its day, also where that is today.
func (p *Pages) dated(t time.Time) string { return t.In(p.zone).Format("2 January 2006, 15:04") }

// when writes a moment the shortest way that cannot be mistaken: the hour today, the day this year, else the year too.
func (p *Pages) when(t time.Time) When {
	if t.IsZero() {
		return When{}
	}
	now, t := p.now().In(p.zone), t.In(p.zone)
	words := t.Format("2 January 2006, 15:04")
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		words = t.Format("15:04")
	case t.Year() == now.Year():
		words = t.Format("2 January, 15:04")
	}
	return When{ISO: t.Format(time.RFC3339), Words: words}
}

// deadline writes when submitting closes, with the zone and how long that is from now.
func (p *Pages) deadline(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	at := t.Format("2 January, 15:04 MST") // in the zone it was set in
	left := t.Sub(p.now())
	switch {
	case left <= 0:
		return "Submitting closed on " + at + "."
	case left < 48*time.Hour:
		return fmt.Sprintf("Deadline for proposals: %s (in %d hours)", at, int(left.Hours()))
	}
	return fmt.Sprintf("Deadline for proposals: %s (in %d days)", at, int(left.Hours()/24))
}

// address joins path segments to a resolution's address.
func address(slug repo.Slug, parts ...string) string {
	return "/" + strings.Join(slices.Concat([]string{"resolutions", string(slug)}, parts), "/")
}

// way gives the crumbs to a page of a resolution.
func way(r drafting.Resolution, rest ...Crumb) []Crumb {
	first := Crumb{Words: resolutionWords(r), Href: address(r.Slug)}
	return slices.Concat([]Crumb{{"Resolutions", "/"}, first}, rest)
}

func resolutionWords(r drafting.Resolution) string {
	if r.Number == "" {
		return r.Title
	}
	return "Resolution " + r.Number
}
