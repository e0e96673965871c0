package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/server/drafting"
)

// AdoptPage records that the assembly has adopted the text as it stands, in two steps: place and year, then the lines
// that change with them.
type AdoptPage struct {
	Action     string
	Back       string
	Heading    string
	Place      string
	Year       string
	Edition    string
	NumberLine string
	History    string
	Opening    string
	Check      bool                // the second step: place and year are known, the lines are shown as they become
	Read       string              // the text as it stands
	Old        drafting.AdoptLines // the lines as they stand now
	Open       string              // "1 pair of brackets is open"; empty: everything is agreed
	OpenList   string              // where what is open is listed and settled
	Problem    string
}

// Adopt shows the first step: where and when.
func (p *Pages) Adopt(c echo.Context) error {
	return p.showAdopt(c, http.StatusOK, AdoptPage{Year: strconv.Itoa(p.now().In(p.zone).Year())})
}

func (p *Pages) showAdopt(c echo.Context, status int, page AdoptPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	reading, err := p.service.Read(r.ctx(), r.actor, slugOf(c), "main", "")
	if err != nil {
		return err
	}
	page.Action, page.Back, page.Read = address(slugOf(c), "adopt"), address(slugOf(c)), readAddress(slugOf(c), "main", "")
	page.Heading = resolutionWords(reading.Resolution)
	page.Old = drafting.LinesOf(reading.Text)
	if n := openBrackets(reading.Text); n > 0 {
		page.Open, page.OpenList = bracketCount(n), address(slugOf(c), "open")
	}
	return show(p, c, status, p.frame(r, "adopt", "Adopt", way(reading.Resolution, Crumb{Words: "Adopt"})...), page)
}

// DoAdopt takes either step: "check" shows what the lines become at this place in this year and keeps nothing, "adopt"
// records the adoption. Lines that were not touched are not written anew.
func (p *Pages) DoAdopt(c echo.Context) error {
	field := func(name string) string { return strings.Join(strings.Fields(c.FormValue(name)), " ") }
	page := AdoptPage{
		Place: field("place"), Year: field("year"), Edition: field("edition"), Check: field("step") == "adopt",
		NumberLine: field("number-line"), History: field("history"), Opening: field("opening"),
	}
	refuse := func(sentence string) error {
		page.Problem = sentence
		return p.showAdopt(c, http.StatusUnprocessableEntity, page)
	}
	year, err := strconv.Atoi(page.Year)
	if err != nil {
		return refuse("The year is a number of four digits, such as 2016.")
	}
	ctx, actor := c.Request().Context(), p.sessions.Actor(c)
	if !page.Check {
		adoption, lines, err := p.service.PrepareAdoption(ctx, actor, slugOf(c), drafting.Adoption{Place: page.Place, Year: year, Edition: page.Edition})
		if sentence, ok := refusal(err); ok {
			return refuse(sentence)
		}
		if err != nil {
			return err
		}
		page.Check, page.Place, page.Edition = true, adoption.Place, adoption.Edition
		page.NumberLine, page.History, page.Opening = lines.NumberLine, lines.History, lines.Opening
		return p.showAdopt(c, http.StatusOK, page)
	}
	reading, err := p.service.Read(ctx, actor, slugOf(c), "main", "")
	if err != nil {
		return err
	}
	old := drafting.LinesOf(reading.Text)
	fresh := func(written, stands string) string {
		if written == stands {
			return ""
		}
		return written
	}
	adopted, err := p.service.Adopt(ctx, actor, slugOf(c), drafting.Adoption{
		Place: page.Place, Year: year, Edition: page.Edition, NumberLine: fresh(page.NumberLine, old.NumberLine),
		History: fresh(page.History, old.History), Opening: fresh(page.Opening, old.Opening),
	})
	if sentence, ok := refusal(err); ok {
		return refuse(sentence)
	}
	if err != nil {
		return err
	}
	return seeOther(c, readAddress(slugOf(c), adopted.Key, ""))
}
