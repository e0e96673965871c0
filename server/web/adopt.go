package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// AdoptPage records that the assembly has adopted the text as it stands.
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
	Old        AdoptLines // the lines as they stand now
	Problem    string
}

// AdoptLines are the lines of a text that change with every adoption.
type AdoptLines struct{ NumberLine, History, Opening string }

// Adopt shows the adoption form, filled with the lines as they stand.
func (p *Pages) Adopt(c echo.Context) error {
	return p.showAdopt(c, http.StatusOK, AdoptPage{})
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
	page.Action, page.Back = address(slugOf(c), "adopt"), address(slugOf(c))
	page.Heading = resolutionWords(reading.Resolution)
	page.Old = adoptLines(reading.Text)
	if status == http.StatusOK {
		page.NumberLine, page.History, page.Opening = page.Old.NumberLine, page.Old.History, page.Old.Opening
		page.Year = strconv.Itoa(p.now().In(p.zone).Year())
	}
	return show(p, c, status, p.frame(r, "adopt", "Adopt", way(reading.Resolution, Crumb{Words: "Adopt"})...), page)
}

// adoptLines finds the number line, the history and the opening line of a text.
func adoptLines(text resolution.Text) AdoptLines {
	var lines AdoptLines
	for _, b := range text.Blocks {
		switch b.Kind {
		case resolution.KindNumber:
			lines.NumberLine = readable(b.Words)
		case resolution.KindHistory:
			lines.History = readable(b.Words)
		case resolution.KindParagraph:
			lines.Opening = readable(b.Words)
			return lines
		case resolution.KindOpener, resolution.KindItem, resolution.KindDivision:
			return lines
		default:
		}
	}
	return lines
}

// DoAdopt records the adoption. Lines that were not touched are not written anew.
func (p *Pages) DoAdopt(c echo.Context) error {
	field := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	page := AdoptPage{
		Place: field("place"), Year: field("year"), Edition: field("edition"),
		NumberLine: field("number-line"), History: field("history"), Opening: field("opening"),
	}
	refuse := func(sentence string) error {
		page.Problem = sentence
		return p.showAdopt(c, http.StatusUnprocessableEntity, page)
	}
	year, err := strconv.Atoi(page.Year)
	switch {
	case page.Place == "":
		return refuse("Write where the assembly met: the place names the adopted text.")
	case err != nil || year < 1800 || year > 9999:
		return refuse("The year is a number of four digits, such as 2016.")
	}
	actor := p.sessions.Actor(c)
	reading, err := p.service.Read(c.Request().Context(), actor, slugOf(c), "main", "")
	if err != nil {
		return err
	}
	old := adoptLines(reading.Text)
	fresh := func(written, stands string) string {
		if written == stands {
			return ""
		}
		return written
	}
	adopted, err := p.service.Adopt(c.Request().Context(), actor, slugOf(c), drafting.Adoption{
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
