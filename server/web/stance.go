package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// StanceBox is what one delegation says of a wording.
type StanceBox struct {
	Tag      Tag
	Supports bool
	Reason   string
}

// Projector is the compilation one clause at a time, for the screen of the room.
type Projector struct {
	N, Of      int
	Section    string
	Row        CompilationRow
	Back, Next string // addresses; empty at the ends
	Leave      string
}

// mostColumns is how many proposals stand side by side.
const mostColumns = 4

// state fills in what delegations say of a wording.
func (k *compiler) state(v *CompilationVariant, block string) {
	v.Block = block
	v.Own = slices.ContainsFunc(v.Tags, func(t Tag) bool { return k.own != "" && t.Code == string(k.own) })
	for _, s := range k.stances[block] {
		tag := k.inks.tag(s.Circle)
		if slices.Contains(v.Tags, tag) {
			continue // who proposes it supports it
		}
		v.Stances = append(v.Stances, StanceBox{tag, s.Supports, s.Reason})
		if s.Circle == k.own {
			v.Reason, v.Mine = s.Reason, "objects"
			if s.Supports {
				v.Mine = "supports"
			}
		}
	}
	slices.SortStableFunc(v.Stances, func(x, y StanceBox) int {
		switch {
		case x.Supports == y.Supports:
			return x.Tag.Slot - y.Tag.Slot
		case x.Supports:
			return -1
		default:
			return 1
		}
	})
}

// stated lets the pill of a clause tell of objections, and of a single wording that others support.
func (row *CompilationRow) stated() {
	var objecting []string
	supported := false
	for _, v := range row.Variants {
		for _, s := range v.Stances {
			supported = supported || s.Supports
			if !s.Supports && !slices.Contains(objecting, s.Tag.Label) {
				objecting = append(objecting, s.Tag.Label)
			}
		}
	}
	switch {
	case len(objecting) > 0:
		row.Pill, row.PillIs = "Objection: "+strings.Join(objecting, ", "), "bad"
	case len(row.Variants) == 1 && supported:
		row.Pill, row.PillIs = "No objection", "ok"
	}
}

// arrange lays the page out as the address asks: stacked, in columns, or one clause at a time.
func (page *CompilationPage) arrange(query url.Values) {
	with := func(set map[string]string) string {
		q := url.Values{}
		for key, values := range query {
			if key != "view" && key != "at" {
				q[key] = values
			}
		}
		for key, value := range set {
			q.Set(key, value)
		}
		return page.Action + "?" + q.Encode()
	}
	view := query.Get("view")
	for _, v := range []struct{ key, words string }{{"", "Stacked"}, {"columns", "Columns"}, {"projector", "Projector"}} {
		set := map[string]string{}
		if v.key != "" {
			set["view"] = v.key
		}
		page.Views = append(page.Views, Tab{Words: v.words, Href: with(set), Current: view == v.key})
	}
	switch view {
	case "columns":
		page.columns()
	case "projector":
		page.project(query.Get("at"), with)
	}
}

// columns gives each of the first shown proposals a column.
func (page *CompilationPage) columns() {
	for _, proposal := range page.Proposals {
		if proposal.Shown && len(page.Columns) < mostColumns {
			page.Columns = append(page.Columns, proposal)
		}
	}
	for i := range page.Sections {
		for j := range page.Sections[i].Rows {
			row := &page.Sections[i].Rows[j]
			if row.Folded != "" {
				continue
			}
			for _, column := range page.Columns {
				k := slices.IndexFunc(row.Variants, func(v CompilationVariant) bool {
					return slices.ContainsFunc(v.Numbers, func(n CompilationProposal) bool { return n.Value == column.Value })
				})
				if k < 0 {
					row.Cells = append(row.Cells, nil)
					continue
				}
				row.Cells = append(row.Cells, &row.Variants[k])
			}
		}
	}
}

// project opens one clause that has proposals.
func (page *CompilationPage) project(at string, with func(map[string]string) string) {
	var all []Projector
	for _, section := range page.Sections {
		for _, row := range section.Rows {
			if len(row.Variants) > 0 {
				all = append(all, Projector{Section: section.Opener, Row: row})
			}
		}
	}
	n, err := strconv.Atoi(at)
	if err != nil || n < 1 {
		n = 1
	}
	n = min(n, len(all))
	if n == 0 {
		return
	}
	address := func(n int) string { return with(map[string]string{"view": "projector", "at": strconv.Itoa(n)}) }
	open := all[n-1]
	open.N, open.Of, open.Leave = n, len(all), with(nil)
	if n > 1 {
		open.Back = address(n - 1)
	}
	if n < len(all) {
		open.Next = address(n + 1)
	}
	page.Projector = &open
}

// TakeStance takes what a delegation says of a wording, or takes it back.
func (p *Pages) TakeStance(c echo.Context) error {
	ctx, actor, slug := c.Request().Context(), p.sessions.Actor(c), slugOf(c)
	block, stance := c.FormValue("block"), c.FormValue("stance")
	var err error
	switch stance {
	case "support", "object":
		err = p.service.TakeStance(ctx, actor, slug, block, stance == "support", c.FormValue("reason"))
	case "none":
		err = p.service.DropStance(ctx, actor, slug, block)
	default:
		return echo.NewHTTPError(http.StatusBadRequest, "Support the wording, or object to it.")
	}
	if err != nil {
		return err
	}
	back := address(slug, "compilation")
	if query, err := url.ParseQuery(c.FormValue("query")); err == nil && len(query) > 0 {
		back += "?" + query.Encode()
	}
	return seeOther(c, back+"#block-"+url.PathEscape(block))
}
