package web

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// ExportLink leads to the text of a page as a file.
type ExportLink struct{ Href, Words string }

// mediaTypes says what the forms of an export are on the wire.
var mediaTypes = map[drafting.ExportForm]string{
	drafting.ExportWord:       "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	drafting.ExportPage:       "text/html; charset=utf-8",
	drafting.ExportAkomaNtoso: "application/xml; charset=utf-8",
	drafting.ExportMarkdown:   "text/markdown; charset=utf-8",
	drafting.ExportPaper:      "text/plain; charset=utf-8",
	drafting.ExportPDF:        "application/pdf",
}

// Export gives a version of a text as a file, clean or with its changes against another.
func (p *Pages) Export(c echo.Context) error {
	form := drafting.ExportForm(cmp.Or(c.QueryParam("form"), string(drafting.ExportWord)))
	q := drafting.ExportRequest{
		Version: c.QueryParam("version"), Against: c.QueryParam("against"), Form: form,
		Comments: c.QueryParam("comments") != "", Compilation: c.QueryParam("compilation") != "",
	}
	file, err := p.service.Export(c.Request().Context(), p.sessions.Actor(c), slugOf(c), q)
	if err != nil {
		return err
	}
	header := c.Response().Header()
	header.Set("Content-Disposition", `attachment; filename="`+file.Name+`"`)
	header.Set("Cache-Control", "private, no-cache")
	return c.Blob(http.StatusOK, mediaTypes[form], file.Content)
}

// exportLinks lead to exactly what a page shows: a version, and the one its changes are against if there is any.
func exportLinks(slug repo.Slug, v, against drafting.Version) []ExportLink {
	to := func(form drafting.ExportForm, against drafting.Version) string {
		q := url.Values{"version": {v.Key}, "form": {string(form)}}
		if against.Exists() {
			q.Set("against", against.Key)
		}
		return address(slug, "export") + "?" + q.Encode()
	}
	var clean drafting.Version
	links := []ExportLink{{to(drafting.ExportWord, clean), "Word"}}
	if against.Exists() {
		links = []ExportLink{
			{to(drafting.ExportWord, against), "Word with tracked changes"},
			{to(drafting.ExportWord, against) + "&comments=yes", "and comments"},
			{to(drafting.ExportWord, clean), "Word, clean"},
			{to(drafting.ExportPDF, against), "PDF with changes"},
			{to(drafting.ExportPage, against), "HTML with changes"},
		}
	}
	return append(links,
		ExportLink{to(drafting.ExportPDF, clean), "PDF"},
		ExportLink{to(drafting.ExportPage, clean), "HTML"},
		ExportLink{to(drafting.ExportPaper, clean), "text"},
		ExportLink{to(drafting.ExportMarkdown, clean), "Markdown"},
		ExportLink{to(drafting.ExportAkomaNtoso, clean), "Akoma Ntoso"},
	)
}
