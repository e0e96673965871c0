package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// ListPage is the list of resolutions.
type ListPage struct {
	Assembly string
	Deadline string
	Filters  []Filter
	Total    int
	Rows     []ListRow
	Import   bool   // the person may import
	Guest    string // what somebody not signed in is told
}

// Filter is one way to narrow a list.
type Filter struct {
	Words  string
	Count  int
	Href   string
	Chosen bool
}

// ListRow is one resolution in the list.
type ListRow struct {
	Number    string
	Title     string
	Href      string
	Edition   string
	Circles   []Tag
	Proposals string
	Differ    string
	Last      When
	LastWords string
}

// listFilter is a filter of the list by its name in addresses.
type listFilter struct {
	name, words string
	keeps       func(drafting.ListRow) bool
}

func (p *Pages) listFilters(signedIn bool) []listFilter {
	today := p.now().In(p.zone).Format(time.DateOnly)
	filters := []listFilter{{"", "All", func(drafting.ListRow) bool { return true }}}
	if signedIn {
		filters = append(filters, listFilter{"mine", "With my proposals", func(r drafting.ListRow) bool { return r.Mine }})
	}
	return append(filters,
		listFilter{"decide", "To decide", func(r drafting.ListRow) bool { return r.Differ > 0 }},
		listFilter{"today", "Changed today", func(r drafting.ListRow) bool {
			return r.Last != nil && r.Last.At.In(p.zone).Format(time.DateOnly) == today
		}})
}

// List shows every resolution with what is going on in it.
func (p *Pages) List(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	assembly, err := p.service.Assembly(r.ctx())
	if err != nil {
		return err
	}
	rows, err := p.service.List(r.ctx(), r.actor)
	if err != nil {
		return err
	}
	page := ListPage{
		Assembly: assembly.Name, Deadline: p.deadline(assembly.Deadline), Total: len(rows),
		Import: r.actor.Role == drafting.RoleSecretariat,
	}
	if r.actor.Anonymous() {
		page.Guest = "You are reading as a guest: adopted texts and submitted proposals."
	}
	page.Filters, rows = p.filterList(rows, c.QueryParam("show"), r.actor.Circle != "")
	for _, row := range rows {
		page.Rows = append(page.Rows, p.listRow(row))
	}
	frame := p.frame(r, "list", "Resolutions", Crumb{Words: meetingWords(assembly)})
	return show(p, c, http.StatusOK, frame, page)
}

// filterList counts what each filter would keep and keeps what the chosen one does.
func (p *Pages) filterList(rows []drafting.ListRow, chosen string, signedIn bool) ([]Filter, []drafting.ListRow) {
	var filters []Filter
	var kept []drafting.ListRow
	for _, filter := range p.listFilters(signedIn) {
		f := Filter{Words: filter.words, Href: "/?show=" + filter.name, Chosen: filter.name == chosen}
		if filter.name == "" {
			f.Href = "/"
		}
		for _, row := range rows {
			if !filter.keeps(row) {
				continue
			}
			f.Count++
			if f.Chosen {
				kept = append(kept, row)
			}
		}
		filters = append(filters, f)
	}
	return filters, kept
}

func (p *Pages) listRow(row drafting.ListRow) ListRow {
	shown := ListRow{
		Number: row.Number, Title: row.Title, Href: address(row.Slug), Edition: row.Edition,
		Proposals: drafting.Counted(row.Proposals, "proposal", "proposals"),
	}
	if row.Differ > 0 {
		shown.Differ = drafting.Counted(row.Differ, "clause differs", "clauses differ")
	}
	for _, circle := range row.Circles {
		shown.Circles = append(shown.Circles, tagOf(circle))
	}
	if row.Last != nil {
		shown.Last = p.when(row.Last.At)
		shown.LastWords = activityWords(*row.Last, false)
	}
	return shown
}

// activityWords says in one line who did what to what.
func activityWords(a drafting.ActivityRow, where bool) string {
	who := a.CircleLabel
	if who == "" {
		who = a.Who.Name
	}
	words := who + " " + a.Verb
	if where && a.Proposal != "" {
		words += " " + a.Proposal
	}
	if where && a.Detail != "" {
		words += ": " + a.Detail
	}
	return strings.TrimSpace(words)
}

func meetingWords(a drafting.Assembly) string {
	if a.Meeting != "" {
		return a.Meeting
	}
	if a.Code != "" {
		return a.Code
	}
	return "Resolutions"
}
