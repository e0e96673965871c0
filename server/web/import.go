package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// ImportPage brings an adopted text in, in two steps: choose, then check clause by clause.
type ImportPage struct {
	Check    bool // the second step
	FileName string
	Text     string // what was pasted, or the file as read: carried from step to step
	Slug     string
	Number   string
	Title    string
	Edition  string
	Place    string
	Year     string
	Counted  string
	Warnings []ImportWarning
	Word     []string // what is to be known of the Word file it was read from
	Take     bool     // its tracked changes were taken
	Clauses  []ImportClause
	Problem  string
}

// ImportWarning is a place that was kept as words because it could not be understood as structure.
type ImportWarning struct {
	Line, Column int
	Words        string
}

// ImportClause is one clause as it was understood.
type ImportClause struct {
	Name  string
	Kind  string
	Label string
	Words string
}

// pasted names a text that came without a file.
const pasted = "pasted.txt"

// Import shows the first step.
func (p *Pages) Import(c echo.Context) error {
	return p.showImport(c, http.StatusOK, ImportPage{})
}

func (p *Pages) showImport(c echo.Context, status int, page ImportPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	return show(p, c, status, p.frame(r, "import", "Import", Crumb{"Resolutions", "/"}, Crumb{Words: "Import an adopted text"}), page)
}

// DoImport takes either step: "check" shows how the text would be understood and keeps nothing, "import" keeps it.
func (p *Pages) DoImport(c echo.Context) error {
	page := ImportPage{
		FileName: c.FormValue("file-name"), Text: c.FormValue("text"), Slug: strings.TrimSpace(c.FormValue("slug")),
		Number: strings.TrimSpace(c.FormValue("number")), Title: strings.TrimSpace(c.FormValue("title")),
		Edition: strings.TrimSpace(c.FormValue("edition")), Place: strings.TrimSpace(c.FormValue("place")), Year: strings.TrimSpace(c.FormValue("year")),
	}
	fresh := c.FormValue("step") != "import"
	if fresh {
		name, file, err := uploaded(c)
		if err != nil {
			return err
		}
		if sentence, err := p.fill(c, &page, name, file); err != nil {
			return err
		} else if sentence != "" {
			page.Problem = sentence
			return p.showImport(c, http.StatusUnprocessableEntity, page)
		}
	}
	if page.FileName == "" {
		page.FileName = pasted
	}
	if strings.TrimSpace(page.Text) == "" {
		page.Problem = "Choose a file or paste a text; there was neither."
		return p.showImport(c, http.StatusUnprocessableEntity, page)
	}
	if fresh {
		return p.checkImport(c, http.StatusOK, page)
	}
	return p.keepImport(c, page)
}

// uploaded gives the file a form brought along; nothing where none was chosen.
func uploaded(c echo.Context) (name string, file []byte, err error) {
	header, err := c.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("read the file: %w", err)
	}
	opened, err := header.Open()
	if err != nil {
		return "", nil, fmt.Errorf("read the file: %w", err)
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	if file, err = io.ReadAll(opened); err != nil {
		return "", nil, fmt.Errorf("read the file: %w", err)
	}
	return header.Filename, file, nil
}

// understand gives what people are told where a text cannot be read at all.
func understand(err error) (string, bool) {
	if sentence, ok := refusal(err); ok {
		return sentence, true
	}
	if e, ok := errors.AsType[*resolution.SyntaxError](err); ok {
		return fmt.Sprintf("Line %d, column %d: %s. Mend the text and check it again.", e.Line, e.Column, e.Text), true
	}
	return "", false
}

// checkImport shows how a text is understood. What the person wrote about it wins over what the text suggests.
func (p *Pages) checkImport(c echo.Context, status int, page ImportPage) error {
	preview, err := p.service.PreviewImport(c.Request().Context(), p.sessions.Actor(c), page.FileName, []byte(page.Text))
	if sentence, ok := understand(err); ok {
		page.Problem = sentence
		return p.showImport(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	page.Check = true
	suggest := func(field *string, suggestion string) {
		if *field == "" {
			*field = suggestion
		}
	}
	suggest(&page.Slug, string(preview.Slug))
	suggest(&page.Number, preview.Number)
	suggest(&page.Title, preview.Title)
	suggest(&page.Edition, preview.Edition)
	suggest(&page.Place, preview.Place)
	if preview.Year != 0 {
		suggest(&page.Year, strconv.Itoa(preview.Year))
	}
	page.Counted = count(preview.Clauses, "clause", "clauses")
	for _, w := range preview.Warnings {
		page.Warnings = append(page.Warnings, ImportWarning{w.Line, w.Column, w.Text})
	}
	for i, b := range preview.Text.Blocks {
		clause := ImportClause{Kind: kindWords[b.Kind], Label: paperLabel(b), Words: readable(b.Words)}
		if b.Kind == resolution.KindTable {
			clause.Words = fmt.Sprintf("Table of %s", count(len(b.Rows), "row", "rows"))
		}
		if i < len(preview.Names) {
			clause.Name = preview.Names[i].Spoken
		}
		page.Clauses = append(page.Clauses, clause)
	}
	return p.showImport(c, status, page)
}

func (p *Pages) keepImport(c echo.Context, page ImportPage) error {
	year := 0
	if page.Year != "" {
		var err error
		if year, err = strconv.Atoi(page.Year); err != nil || year < 1800 || year > 9999 {
			page.Problem = "The year is a number of four digits, such as 2012."
			return p.checkImport(c, http.StatusUnprocessableEntity, page)
		}
	}
	kept, err := p.service.Import(c.Request().Context(), p.sessions.Actor(c), drafting.ImportRequest{
		Slug: repo.Slug(page.Slug), Number: page.Number, Title: page.Title, Edition: page.Edition, Place: page.Place,
		Year: year, FileName: page.FileName, File: []byte(page.Text),
	})
	if sentence, ok := refusal(err); ok {
		page.Problem = sentence
		return p.checkImport(c, http.StatusUnprocessableEntity, page)
	}
	if errors.Is(err, drafting.ErrExists) || errors.Is(err, repo.ErrExists) {
		page.Problem = "A resolution with the address “" + page.Slug + "” is here already. Choose another address."
		return p.checkImport(c, http.StatusUnprocessableEntity, page)
	}
	if err != nil {
		return err
	}
	return seeOther(c, address(kept.Slug))
}
