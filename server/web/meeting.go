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

// MeetingPage is the meeting with its deadline, and who was given more time.
type MeetingPage struct {
	Code, Name, Meeting string
	Open                bool
	Date, Clock, Zone   string
	Zones               []string
	Stands              string // what the deadline is now, in words
	Extensions          []ExtensionRow
	Form                ExtensionForm
	Problem             string
}

// ExtensionRow is more time that a delegation was given.
type ExtensionRow struct {
	Circle Tag
	What   string
	Until  string
	Reason string
	Given  When
	By     string
	State  string // "", "over", "ended"
	End    string
}

// ExtensionForm is an extension about to be given, as written.
type ExtensionForm struct {
	Circles     []Choice
	Resolutions []Choice
	Date, Clock string
	Reason      string
}

// zones are offered for choosing; any other that the server knows may be written.
var zones = []string{
	"UTC", "Africa/Abidjan", "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "Africa/Tunis",
	"America/Argentina/Buenos_Aires", "America/Bogota", "America/Chicago", "America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Sao_Paulo", "America/Toronto",
	"Asia/Bangkok", "Asia/Dubai", "Asia/Jakarta", "Asia/Kolkata", "Asia/Manila", "Asia/Riyadh", "Asia/Seoul", "Asia/Shanghai", "Asia/Tashkent", "Asia/Tokyo",
	"Australia/Sydney", "Europe/Berlin", "Europe/Brussels", "Europe/Bucharest", "Europe/Istanbul", "Europe/Kyiv", "Europe/London", "Europe/Madrid", "Europe/Moscow",
	"Europe/Paris", "Europe/Vienna", "Europe/Zurich", "Pacific/Auckland",
}

// Meeting shows the meeting.
func (p *Pages) Meeting(c echo.Context) error {
	return p.showMeeting(c, http.StatusOK, MeetingPage{}, "", "")
}

func (p *Pages) showMeeting(c echo.Context, status int, page MeetingPage, circle repo.Circle, slug repo.Slug) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	as, err := p.service.Assembly(r.ctx())
	if err != nil {
		return err
	}
	if page.Code == "" { // nothing was written into the upper form
		page.Code, page.Name, page.Meeting, page.Open, page.Zone = as.Code, as.Name, as.Meeting, as.Open, as.Zone
		if !as.Deadline.IsZero() {
			page.Date, page.Clock = as.Deadline.Format(time.DateOnly), as.Deadline.Format("15:04")
		}
	}
	page.Zones, page.Stands = zones, p.deadline(as.Deadline)
	circles, err := p.service.Circles(r.ctx())
	if err != nil {
		return err
	}
	for _, c := range circles {
		if c.Kind != drafting.CircleSecretariat {
			page.Form.Circles = append(page.Form.Circles, Choice{string(c.Code), c.Label + ", " + c.Name, c.Code == circle})
		}
	}
	rows, err := p.service.List(r.ctx(), r.actor)
	if err != nil {
		return err
	}
	page.Form.Resolutions = []Choice{{"", "all of them", slug == ""}}
	for _, row := range rows {
		page.Form.Resolutions = append(page.Form.Resolutions, Choice{string(row.Slug), resolutionWords(row.Resolution), row.Slug == slug})
	}
	if page.Extensions, err = p.extensions(r, as); err != nil {
		return err
	}
	return show(p, c, status, p.frame(r, "meeting", "Meeting and deadline", Crumb{"Resolutions", "/"}, Crumb{Words: "Meeting"}), page)
}

func (p *Pages) extensions(r request, as drafting.Assembly) ([]ExtensionRow, error) {
	all, err := p.service.Extensions(r.ctx(), r.actor)
	if err != nil {
		return nil, err
	}
	people, err := p.service.People(r.ctx(), r.actor)
	if err != nil {
		return nil, err
	}
	names := map[drafting.PersonID]string{}
	for _, person := range people {
		names[person.ID] = person.Name
	}
	where := time.UTC
	if zone, err := time.LoadLocation(as.Zone); err == nil {
		where = zone
	}
	var rows []ExtensionRow
	for _, e := range all {
		row := ExtensionRow{
			Circle: r.inks.tag(e.Circle), What: "all its texts", Until: e.Until.In(where).Format("2 January 2006, 15:04 MST"),
			Reason: e.Reason, Given: p.when(e.Given), By: names[e.GivenBy],
		}
		if e.Resolution != "" {
			row.What = "a late text on " + string(e.Resolution)
		}
		switch {
		case !e.Ended.IsZero():
			row.State = "ended"
		case !p.now().Before(e.Until):
			row.State = "over"
		default:
			row.End = "/meeting/extensions/" + strconv.FormatInt(e.ID, 10) + "/end"
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// SetMeeting records the meeting and its deadline.
func (p *Pages) SetMeeting(c echo.Context) error {
	form := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	page := MeetingPage{
		Code: form("code"), Name: form("name"), Meeting: form("meeting"), Open: form("open") != "",
		Date: form("date"), Clock: form("clock"), Zone: form("zone"),
	}
	as := drafting.Assembly{Code: page.Code, Name: page.Name, Meeting: page.Meeting, Open: page.Open, Zone: page.Zone}
	var err error
	if page.Date != "" || page.Clock != "" {
		as.Deadline, err = drafting.Moment(page.Date, page.Clock, page.Zone)
	}
	if err == nil {
		err = p.service.SetAssembly(c.Request().Context(), p.sessions.Actor(c), as)
	}
	if sentence, ok := refusal(err); ok {
		page.Problem = sentence
		return p.showMeeting(c, http.StatusUnprocessableEntity, page, "", "")
	}
	if err != nil {
		return err
	}
	return seeOther(c, "/meeting")
}

// Extend gives a delegation more time.
func (p *Pages) Extend(c echo.Context) error {
	form := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	ctx := c.Request().Context()
	as, err := p.service.Assembly(ctx)
	if err != nil {
		return err
	}
	e := drafting.Extension{Circle: repo.Circle(form("circle")), Resolution: repo.Slug(form("resolution")), Reason: form("reason")}
	if e.Until, err = drafting.Moment(form("date"), form("clock"), as.Zone); err == nil {
		err = p.service.Extend(ctx, p.sessions.Actor(c), e)
	}
	if sentence, ok := refusal(err); ok {
		page := MeetingPage{Problem: sentence, Form: ExtensionForm{Date: form("date"), Clock: form("clock"), Reason: e.Reason}}
		return p.showMeeting(c, http.StatusUnprocessableEntity, page, e.Circle, e.Resolution)
	}
	if err != nil {
		return err
	}
	return seeOther(c, "/meeting")
}

// EndExtension takes an extension back.
func (p *Pages) EndExtension(c echo.Context) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return drafting.ErrNotFound
	}
	if err := p.service.EndExtension(c.Request().Context(), p.sessions.Actor(c), id); err != nil {
		return err
	}
	return seeOther(c, "/meeting")
}
