package web

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// ImportPage brings adopted texts in, in two steps: send files, then check each clause by clause and import it.
type ImportPage struct {
	Check     bool // the second step
	Action    string
	FileName  string
	Original  string // where the file lies as it came
	Slug      string
	Number    string
	Title     string
	Edition   string
	Place     string
	Year      string
	Counted   string
	Warnings  []string
	Said      []string // what is to be known of the file as a whole
	Tracked   bool     // it holds tracked changes
	Take      bool     // they are taken
	OtherSide string   // where the text is shown with its changes taken, or left out
	Changes   []Group  // what the tracked changes make of the text, where they are left out of it
	Changed   string   // "3 clauses changed"
	For       string   // the delegation that they become a draft of
	Circles   []ImportFor
	Propose   bool   // they become one
	Document  string // the number of that proposal
	Clauses   []ImportClause
	Files     []ReceivedFile
	Text      string // pasted, shown again where it could not be read
	Problems  []string
	Problem   string
}

// ImportFor is a delegation that tracked changes may become a draft of.
type ImportFor struct {
	Code, Words string
	Chosen      bool
}

// ImportClause is one clause as it was understood.
type ImportClause struct {
	Name  string
	Kind  string
	Label string
	Words string
}

const importAddress = "/import"

// Import shows the first step, and the files that wait for the second.
func (p *Pages) Import(c echo.Context) error {
	return p.showImport(c, http.StatusOK, ImportPage{})
}

func (p *Pages) showImport(c echo.Context, status int, page ImportPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	if !page.Check {
		if page.Files, err = p.receivedFiles(c, "", importAddress); err != nil {
			return err
		}
	}
	return show(p, c, status, p.frame(r, "import", "Import", Crumb{"Resolutions", "/"}, Crumb{Words: "Import adopted texts"}), page)
}

// DoImport keeps the files that were sent. With step "import" it goes on to open a resolution with the one file, as the
// fields of the form say.
func (p *Pages) DoImport(c echo.Context) error {
	kept, problems, err := p.receive(c, "")
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return p.showImport(c, http.StatusUnprocessableEntity, ImportPage{Problems: problems, Text: c.FormValue("text")})
	}
	if c.FormValue("step") == "import" && len(kept) == 1 {
		return p.keepImport(c, kept[0])
	}
	return afterReceiving(c, importAddress, kept)
}

// ImportFile shows how a file was understood.
func (p *Pages) ImportFile(c echo.Context) error {
	id, err := receivedID(c)
	if err != nil {
		return err
	}
	return p.checkImport(c, http.StatusOK, id, ImportPage{Take: c.QueryParam("changes") == "accept"})
}

// DoImportFile opens a resolution with a file, or discards it.
func (p *Pages) DoImportFile(c echo.Context) error {
	id, err := receivedID(c)
	if err != nil {
		return err
	}
	if c.FormValue("step") != "discard" {
		return p.keepImport(c, id)
	}
	err = p.service.Discard(c.Request().Context(), p.sessions.Actor(c), "", id)
	if sentence, ok := refusal(err); ok {
		return p.showImport(c, http.StatusUnprocessableEntity, ImportPage{Problem: sentence})
	}
	if err != nil {
		return err
	}
	return seeOther(c, importAddress)
}

// ImportOriginal sends a file as it came.
func (p *Pages) ImportOriginal(c echo.Context) error { return p.original(c, "") }

// checkImport shows how a text is understood. What the person wrote about it wins over what the text suggests.
func (p *Pages) checkImport(c echo.Context, status int, id drafting.ReceivedID, page ImportPage) error {
	preview, err := p.service.PreviewImport(c.Request().Context(), p.sessions.Actor(c), id, page.Take)
	if sentence, ok := refusal(err); ok && !page.Take { // a file may hold words on the other side of its changes alone
		page.Take = true
		if preview, err = p.service.PreviewImport(c.Request().Context(), p.sessions.Actor(c), id, true); err != nil {
			return p.showImport(c, http.StatusUnprocessableEntity, ImportPage{Problem: sentence})
		}
	}
	if sentence, ok := refusal(err); ok {
		return p.showImport(c, http.StatusUnprocessableEntity, ImportPage{Problem: sentence})
	}
	if err != nil {
		return err
	}
	page.Check, page.Action, page.FileName = true, receivedAddress(importAddress, id), preview.Received.Name
	page.Original, page.Tracked, page.Said = page.Action+"/original", preview.Tracked, preview.Said
	page.OtherSide = page.Action
	if !page.Take {
		page.OtherSide += "?changes=accept"
	}
	if became := preview.Received.Became[0]; became != "" && page.Problem == "" {
		page.Problem = "It was imported already, as " + became + "."
	}
	suggest(&page.Slug, string(preview.Slug))
	suggest(&page.Number, preview.Number)
	suggest(&page.Title, preview.Title)
	suggest(&page.Edition, preview.Edition)
	suggest(&page.Place, preview.Place)
	if preview.Year != 0 {
		suggest(&page.Year, strconv.Itoa(preview.Year))
	}
	if err := p.importFor(c, &page, preview); err != nil {
		return err
	}
	page.Counted = drafting.Counted(preview.Clauses, "clause", "clauses")
	page.Warnings = importWarnings(preview)
	for i, b := range preview.Text.Blocks {
		clause := ImportClause{Kind: kindWords[b.Kind], Label: paperLabel(b), Words: readable(b.Words)}
		if b.Kind == resolution.KindTable {
			clause.Words = fmt.Sprintf("Table of %s", drafting.Counted(len(b.Rows), "row", "rows"))
		}
		if i < len(preview.Names) {
			clause.Name = preview.Names[i].Spoken
		}
		page.Clauses = append(page.Clauses, clause)
	}
	return p.showImport(c, status, page)
}

// importFor offers to make the tracked changes a draft of a delegation: of the one that the file's number names, unless
// the person has chosen.
func (p *Pages) importFor(c echo.Context, page *ImportPage, preview drafting.ImportPreview) error {
	if len(preview.Changes) == 0 {
		return nil
	}
	circles, err := p.service.Circles(c.Request().Context())
	if err != nil {
		return err
	}
	page.Changes, page.Changed = changedText(preview.Changes, anyInk), changesWords(preview.Changes)
	suggest(&page.Document, preview.Document)
	prefix, _, _ := strings.Cut(page.Document, "/")
	for _, circle := range circles {
		if circle.Kind == drafting.CircleDelegation {
			chosen := page.For == string(circle.Code) || page.For == "" && strings.EqualFold(circle.Label, prefix)
			page.Circles = append(page.Circles, ImportFor{string(circle.Code), circle.Label + ", " + circle.Name, chosen})
			page.Propose = page.Propose || chosen && (c.Request().Method == http.MethodGet || c.FormValue("changes") == "propose")
		}
	}
	return nil
}

func suggest(field *string, suggestion string) {
	if *field == "" {
		*field = suggestion
	}
}

// importWarnings are the places worth a look: those kept as words, by their line in the file where it has lines, and
// those that were understood.
func importWarnings(preview drafting.ImportPreview) []string {
	var out []string
	for _, w := range preview.Warnings {
		words := "Kept as words: " + w.Text
		if w.Line > 0 {
			words = fmt.Sprintf("Line %d, kept as words: %s", w.Line, w.Text)
		}
		out = append(out, words)
	}
	for _, check := range preview.Checks {
		out = append(out, check.Text)
	}
	return out
}

// keepImport opens a resolution with a file that was sent.
func (p *Pages) keepImport(c echo.Context, id drafting.ReceivedID) error {
	field := func(name string) string { return strings.TrimSpace(c.FormValue(name)) }
	page := ImportPage{
		Slug: field("slug"), Number: field("number"), Title: field("title"), Edition: field("edition"), Place: field("place"), Year: field("year"),
		Take: field("changes") == "accept", For: field("for"), Document: field("document"),
	}
	request := drafting.ImportRequest{Received: id, Take: page.Take}
	if field("changes") == "propose" {
		request.For, request.Document = repo.Circle(page.For), page.Document
		if page.For == "" {
			page.Problem = "Choose the delegation that the tracked changes are of, or import the text alone."
			return p.checkImport(c, http.StatusUnprocessableEntity, id, page)
		}
	}
	year := 0
	if page.Year != "" {
		var err error
		if year, err = strconv.Atoi(page.Year); err != nil || year < 1800 || year > 9999 {
			page.Problem = "The year is a number of four digits, such as 2012."
			return p.checkImport(c, http.StatusUnprocessableEntity, id, page)
		}
	}
	request.Slug, request.Number, request.Title = repo.Slug(page.Slug), page.Number, page.Title
	request.Edition, request.Place, request.Year = page.Edition, page.Place, year
	kept, err := p.service.Import(c.Request().Context(), p.sessions.Actor(c), request)
	if sentence, ok := refusal(err); ok {
		page.Problem = sentence
		return p.checkImport(c, http.StatusUnprocessableEntity, id, page)
	}
	if errors.Is(err, drafting.ErrExists) || errors.Is(err, repo.ErrExists) {
		page.Problem = "A resolution with the address “" + page.Slug + "” is here already. Choose another address."
		return p.checkImport(c, http.StatusUnprocessableEntity, id, page)
	}
	if err != nil {
		return err
	}
	return seeOther(c, address(kept.Slug))
}
