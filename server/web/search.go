package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// SearchPage is what a search has found.
type SearchPage struct {
	Search      string
	Seeks       bool   // there is something to seek
	Cut         string // "its first 12 words", where more was asked for than is sought
	Found       string // "12 clauses in 3 resolutions"
	Resolutions []FoundResolution
	Groups      []FoundGroup
	Before      string // address of the hits before these; empty: none
	After       string
}

// FoundResolution is a resolution whose number or title holds the words.
type FoundResolution struct{ Number, Title, Edition, Href string }

// FoundGroup is the hits in one resolution.
type FoundGroup struct {
	Words string // "Resolution 12"
	Title string
	Href  string
	Hits  []FoundClause
}

// FoundClause is one hit: a clause, the text it stands in, and its words.
type FoundClause struct {
	Spoken string
	Href   string
	Text   string // "Revised text", "USA/48A5/1"
	Tag    Tag    // of a proposal or draft
	Parts  []drafting.FoundWords
}

// Search shows where the words sought stand: numbers and titles first, then clauses.
func (p *Pages) Search(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	from, err := strconv.Atoi(c.QueryParam("from"))
	if err != nil || from < 0 {
		from = 0
	}
	page := SearchPage{Search: strings.TrimSpace(strings.ToValidUTF8(c.QueryParam("q"), "\ufffd"))}
	found, err := p.service.Search(r.ctx(), r.actor, page.Search, from)
	if err != nil {
		return err
	}
	page.Seeks = len(found.Terms) > 0
	if found.Cut {
		page.Cut = "its first " + drafting.Counted(len(found.Terms), "word", "words")
	}
	if from == 0 {
		for _, about := range found.Resolutions {
			page.Resolutions = append(page.Resolutions, FoundResolution{about.Number, about.Title, about.Edition, address(about.Slug)})
		}
	}
	if found.Total > 0 {
		page.Found = drafting.Counted(found.Total, "clause", "clauses") + " in " + drafting.Counted(found.Texts, "resolution", "resolutions")
	}
	page.Groups = foundGroups(found.Hits)
	at := func(from int) string {
		return "/search?" + url.Values{"q": {page.Search}, "from": {strconv.Itoa(from)}}.Encode()
	}
	if from > 0 {
		page.Before = at(max(from-drafting.HitsShown, 0))
	}
	if next := from + len(found.Hits); len(found.Hits) > 0 && next < found.Total {
		page.After = at(next)
	}
	title := "Search"
	if page.Search != "" {
		title = "Search for “" + page.Search + "”"
	}
	return show(p, c, http.StatusOK, p.frame(r, "search", title, Crumb{"Resolutions", "/"}, Crumb{Words: "Search"}), page)
}

// foundGroups puts the hits of one resolution together.
func foundGroups(hits []drafting.SearchHit) []FoundGroup {
	var groups []FoundGroup
	for _, hit := range hits {
		href := address(hit.Resolution.Slug)
		if len(groups) == 0 || groups[len(groups)-1].Href != href {
			groups = append(groups, FoundGroup{Words: resolutionWords(hit.Resolution), Title: hit.Resolution.Title, Href: href})
		}
		c := FoundClause{
			Spoken: hit.Name.Spoken, Text: hit.Version.Label, Parts: hit.Words,
			Href: readAddress(hit.Resolution.Slug, hit.Version.Key, "") + "#" + url.PathEscape(hit.Name.Link),
		}
		if hit.Circle.Code != "" {
			c.Tag = tagOf(hit.Circle)
		}
		last := &groups[len(groups)-1]
		last.Hits = append(last.Hits, c)
	}
	return groups
}
