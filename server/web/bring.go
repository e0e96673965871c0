package web

import (
	"net/http"
	"path/filepath"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// BringPage brings a contribution in Word form, in two steps: choose a file, then check and choose a proposal in it.
type BringPage struct {
	Action    string
	Back      string
	Heading   string
	Circle    Tag
	Check     bool // the second step
	FileName  string
	Source    string
	Cover     string
	Facts     []string // what was found in the file
	Warnings  []string
	Proposals []BroughtProposal
	Problem   string
}

// BroughtProposal is one proposal of the file, with the form that begins a draft of it.
type BroughtProposal struct {
	ID      int
	Title   string // "MOD USA/48A5/1", or "The proposal"
	Number  string // what the form suggests
	Whole   string // the text as the file has it
	Carried string // the text as it stands with the file's changes alone; empty where that is the same
	Base    string // "Revised text"
	Changes string
	Clauses []Group
	Differs []Group // where the file's base says something else than the text as it stands
	Counted string  // "3 clauses changed"
	Only    string  // what the carried text changes
	Open    string  // what of it needs a look
	Nothing string  // why no draft can be begun of it
}

// Bring asks for a Word file.
func (p *Pages) Bring(c echo.Context) error {
	return p.showBring(c, http.StatusOK, BringPage{})
}

func (p *Pages) showBring(c echo.Context, status int, page BringPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	v, err := p.service.Resolution(r.ctx(), r.actor, slugOf(c))
	if err != nil {
		return err
	}
	if !v.May.Propose && page.Problem == "" {
		page.Problem = v.May.Why
	}
	page.Action, page.Back, page.Heading = address(v.Slug, "bring"), address(v.Slug), resolutionWords(v.Resolution)
	page.Circle = r.inks.tag(r.actor.Circle)
	return show(p, c, status, p.frame(r, "bring", "Bring a Word contribution", way(v.Resolution, Crumb{Words: "Bring a Word contribution"})...), page)
}

// DoBring takes either step: "check" shows how the file would be understood and keeps nothing, "begin" begins a draft
// with one of its proposals.
func (p *Pages) DoBring(c echo.Context) error {
	if c.FormValue("step") == "begin" {
		return p.beginBrought(c)
	}
	name, file, err := uploaded(c)
	if err != nil {
		return err
	}
	if len(file) == 0 {
		return p.showBring(c, http.StatusUnprocessableEntity, BringPage{Problem: "Choose a Word file (.docx); there was none."})
	}
	brought, err := p.service.PreviewContribution(c.Request().Context(), p.sessions.Actor(c), slugOf(c), name, file)
	if sentence, ok := refusal(err); ok {
		return p.showBring(c, http.StatusUnprocessableEntity, BringPage{Problem: sentence})
	}
	if err != nil {
		return err
	}
	_, r, err := p.open(c)
	if err != nil {
		return err
	}
	return p.showBring(c, http.StatusOK, bringPage(brought, r.inks.tag(r.actor.Circle)))
}

// bringPage shows a contribution as it was understood.
func bringPage(b drafting.Bringing, circle Tag) BringPage {
	page := BringPage{Check: true, FileName: b.FileName, Source: b.Source, Cover: string(b.Cover), Warnings: b.Warnings}
	for _, a := range b.Authors {
		page.Facts = append(page.Facts, count(a.Changes, "tracked change", "tracked changes")+" by "+a.Name)
	}
	if len(b.Authors) == 0 {
		page.Facts = append(page.Facts, "No tracked changes: what the file says is held against the text as it stands.")
	}
	if b.Comments > 0 {
		page.Facts = append(page.Facts, count(b.Comments, "comment", "comments")+" of the file, which stay in the file")
	}
	for i, of := range b.Proposals {
		page.Proposals = append(page.Proposals, broughtProposal(i, of, b.Main, circle))
	}
	return page
}

func broughtProposal(i int, of drafting.Brought, main drafting.Version, circle Tag) BroughtProposal {
	shown := BroughtProposal{
		ID: i, Title: strings.TrimSpace(of.Instruction + " " + of.Number), Base: main.Label,
		Whole: string(of.Whole), Carried: string(of.Carried), Changes: changesWords(of.Changes),
		Clauses: changedText(of.Changes, circle.Slot),
	}
	if shown.Title == "" {
		shown.Title = "The proposal"
	}
	if strings.HasPrefix(strings.ToUpper(of.Number), strings.ToUpper(circle.Label)+"/") {
		shown.Number = of.Number
	}
	switch {
	case len(of.Whole) == 0:
		shown.Nothing = "It proposes to take the whole text out; write that as a draft of your own."
	case shown.Changes == changesWords(nil):
		shown.Nothing = "It changes nothing in the text as it stands."
	}
	if len(of.Differs) > 0 {
		shown.Counted, shown.Differs = changesWords(of.Differs), changedText(of.Differs, anyInk)
	}
	if shown.Carried != "" {
		shown.Only = changesWords(of.CarriedChanges)
	}
	if of.Open > 0 {
		shown.Open = count(of.Open, "clause needs a look", "clauses need a look") +
			" after that: the text as it stands says something else there than the file's own base."
	}
	return shown
}

// beginBrought begins a draft and leads to the page where it is written. A refusal shows the text again, so that
// nothing has to be sent twice.
func (p *Pages) beginBrought(c echo.Context) error {
	file := c.FormValue("whole")
	if c.FormValue("take") == "carried" && c.FormValue("carried") != "" {
		file = c.FormValue("carried")
	}
	q := drafting.BringRequest{
		Number: strings.TrimSpace(c.FormValue("number")), File: []byte(file), FileName: filepath.Base(c.FormValue("file-name")),
	}
	if c.FormValue("note") != "" {
		q.Note = []byte(strings.ReplaceAll(c.FormValue("cover"), "\r\n", "\n"))
	}
	begun, err := p.service.Bring(c.Request().Context(), p.sessions.Actor(c), slugOf(c), q)
	if sentence, ok := refusal(err); ok {
		return p.bringAgain(c, sentence)
	}
	if err != nil {
		return err
	}
	return seeOther(c, proposalAddress(begun.Resolution, begun.Draft, "edit"))
}

// bringAgain shows what a form brought once more, with the sentence of a refusal.
func (p *Pages) bringAgain(c echo.Context, problem string) error {
	of := BroughtProposal{
		Title: "The proposal", Number: c.FormValue("number"), Whole: c.FormValue("whole"), Carried: c.FormValue("carried"),
	}
	text, _, err := resolution.Parse([]byte(of.Whole))
	if err != nil {
		return p.showBring(c, http.StatusUnprocessableEntity, BringPage{Problem: problem})
	}
	reading, err := p.service.Read(c.Request().Context(), p.sessions.Actor(c), slugOf(c), repo.Main, "")
	if err != nil {
		return err
	}
	changes := diff.Compare(reading.Text, text)
	of.Base, of.Changes, of.Clauses = reading.Version.Label, changesWords(changes), changedText(changes, anyInk)
	return p.showBring(c, http.StatusUnprocessableEntity, BringPage{
		Check: true, FileName: c.FormValue("file-name"), Cover: c.FormValue("cover"), Proposals: []BroughtProposal{of}, Problem: problem,
	})
}
