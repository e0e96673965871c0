package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/docx"
	"plenary/server/drafting"
)

// BringPage brings contributions, in two steps: send files, then check each and begin a draft with a proposal in it.
type BringPage struct {
	Action    string
	List      string // where the files are sent
	Back      string
	Heading   string
	Circle    Tag
	Check     bool // the second step
	FileName  string
	Original  string
	Source    string
	Cover     string
	Facts     []string // what was found in the file
	Warnings  []string
	Proposals []BroughtProposal
	Files     []ReceivedFile
	Text      string // pasted, shown again where it could not be read
	Note      bool   // the covering note is kept
	Discard   bool   // nothing was begun with it
	Problems  []string
	Problem   string
}

// BroughtProposal is one proposal of the file, with the form that begins a draft of it.
type BroughtProposal struct {
	ID      int
	Title   string // "MOD USA/48A5/1", or "The proposal"
	Number  string // what the form suggests
	Others  string // the number in the file, where it is not one of the delegation
	Base    string // "Revised text"
	Changes string
	Clauses []Group
	Differs []Group // where the file's base says something else than the text as it stands
	Counted string  // "3 clauses changed"
	Takes   []BringTake
	Take    string // of Takes
	Became  ExportLink
	Nothing string // why no draft can be begun of it
	Split   *BroughtSplit
}

// BringTake is one thing that a draft may be begun with.
type BringTake struct {
	Value, Words, Note string
}

// BroughtSplit is how a flattened text was parted, with what a person is to settle.
type BroughtSplit struct {
	Warnings []string
	Doubtful []BroughtPlace
	Certain  []BroughtPlace
	Left     int // of Doubtful, those that nobody has settled
}

// BroughtPlace is a place where words were struck or came.
type BroughtPlace struct {
	Name     string // of its field
	Clause   string
	Before   string
	Struck   string
	New      string
	After    string
	Why      string
	Settled  bool
	Readings []BroughtReading
}

// BroughtReading is one answer to what was struck at a place.
type BroughtReading struct {
	Value   string
	Words   string // empty: nothing was struck
	Checked bool
}

func bringAddress(slug repo.Slug) string { return address(slug, "bring") }

// Bring asks for files, and lists those that were sent.
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
	page.List, page.Back, page.Heading = bringAddress(v.Slug), address(v.Slug), resolutionWords(v.Resolution)
	page.Circle = r.inks.tag(r.actor.Circle)
	if !v.May.Propose {
		if page.Problem == "" {
			page.Problem = v.May.Why
		}
	} else if !page.Check {
		if page.Files, err = p.receivedFiles(c, v.Slug, page.List); err != nil {
			return err
		}
	}
	return show(p, c, status, p.frame(r, "bring", "Bring a contribution", way(v.Resolution, Crumb{Words: "Bring a contribution"})...), page)
}

// DoBring keeps the files that were sent.
func (p *Pages) DoBring(c echo.Context) error {
	kept, problems, err := p.receive(c, slugOf(c))
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return p.showBring(c, http.StatusUnprocessableEntity, BringPage{Problems: problems, Text: c.FormValue("text")})
	}
	return afterReceiving(c, bringAddress(slugOf(c)), kept)
}

// BringOriginal sends a file as it came.
func (p *Pages) BringOriginal(c echo.Context) error { return p.original(c, slugOf(c)) }

// BringFile shows how a file is understood.
func (p *Pages) BringFile(c echo.Context) error {
	return p.checkBring(c, http.StatusOK, "")
}

// DoBringFile takes what a person decides about a file: "settle" shows it again with the doubtful places settled,
// "begin" begins a draft with one of its proposals, "discard" forgets it.
func (p *Pages) DoBringFile(c echo.Context) error {
	id, err := receivedID(c)
	if err != nil {
		return err
	}
	ctx, actor, slug := c.Request().Context(), p.sessions.Actor(c), slugOf(c)
	switch c.FormValue("step") {
	case "discard":
		err = p.service.Discard(ctx, actor, slug, id)
		if err == nil {
			return seeOther(c, bringAddress(slug))
		}
	case "begin":
		part, wrong := strconv.Atoi(c.FormValue("part"))
		if wrong != nil {
			part = -1
		}
		q := drafting.BringRequest{
			Received: id, Part: part, Take: drafting.Taking(c.FormValue("take")), Number: strings.TrimSpace(c.FormValue("number")),
			Settled: settledIn(c)[part],
		}
		if c.FormValue("note") != "" {
			q.Note = []byte(strings.ReplaceAll(c.FormValue("cover"), "\r\n", "\n"))
		}
		var begun drafting.Proposal
		if begun, err = p.service.Bring(ctx, actor, slug, q); err == nil {
			return seeOther(c, proposalAddress(begun.Resolution, begun.Draft, "edit"))
		}
	default:
		return p.checkBring(c, http.StatusOK, "")
	}
	if sentence, ok := refusal(err); ok {
		return p.checkBring(c, http.StatusUnprocessableEntity, sentence)
	}
	return err
}

// settledPrefix begins the names of the fields that settle a place: struck-0-3 is the fourth of the first proposal.
const settledPrefix = "struck-"

// settledIn reads what a form says was struck.
func settledIn(c echo.Context) drafting.Settled {
	settled := drafting.Settled{}
	for name, values := range c.Request().PostForm {
		part, place, ok := strings.Cut(strings.TrimPrefix(name, settledPrefix), "-")
		i, err := strconv.Atoi(part)
		k, err2 := strconv.Atoi(place)
		if !ok || !strings.HasPrefix(name, settledPrefix) || err != nil || err2 != nil || len(values) == 0 {
			continue
		}
		if settled[i] == nil {
			settled[i] = map[int]string{}
		}
		settled[i][k] = values[0]
	}
	return settled
}

// checkBring shows how a file is understood, with what a form brought back.
func (p *Pages) checkBring(c echo.Context, status int, problem string) error {
	id, err := receivedID(c)
	if err != nil {
		return err
	}
	b, err := p.service.PreviewContribution(c.Request().Context(), p.sessions.Actor(c), slugOf(c), id, settledIn(c))
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
	page := bringPage(b, r.inks.tag(r.actor.Circle))
	page.Problem = problem
	if c.Request().Method == http.MethodPost {
		page.Cover, page.Note = c.FormValue("cover"), c.FormValue("note") != ""
		if part, err := strconv.Atoi(c.FormValue("part")); err == nil && part >= 0 && part < len(page.Proposals) {
			page.Proposals[part].Number, page.Proposals[part].Take = c.FormValue("number"), c.FormValue("take")
		}
	}
	return p.showBring(c, status, page)
}

// bringPage shows a contribution as it was understood.
func bringPage(b drafting.Bringing, circle Tag) BringPage {
	at := receivedAddress(bringAddress(b.Resolution.Slug), b.Received.ID)
	page := BringPage{
		Check: true, Action: at, Original: at + "/original", FileName: b.Received.Name, Source: b.Source, Cover: string(b.Cover), Note: true,
		Warnings: b.Warnings, Discard: len(b.Received.Became) == 0,
	}
	for _, a := range b.Authors {
		page.Facts = append(page.Facts, drafting.Counted(a.Changes, "tracked change", "tracked changes")+" by "+a.Name)
	}
	if len(b.Authors) == 0 {
		page.Facts = append(page.Facts, "No tracked changes: what the file says is held against the text as it stands.")
	}
	if b.Comments > 0 {
		page.Facts = append(page.Facts, drafting.Counted(b.Comments, "comment", "comments")+", which come along with the words they are about")
	}
	if n := len(b.Proposals); n > 1 {
		page.Facts = append(page.Facts, drafting.Counted(n, "proposal", "proposals")+": a draft is begun with each one by itself")
	}
	for i, of := range b.Proposals {
		page.Proposals = append(page.Proposals, broughtProposal(i, of, b, circle))
	}
	return page
}

func broughtProposal(i int, of drafting.Brought, b drafting.Bringing, circle Tag) BroughtProposal {
	shown := BroughtProposal{
		ID: i, Title: strings.TrimSpace(of.Instruction + " " + of.Number), Base: b.Main.Label,
		Changes: changesWords(of.Changes), Clauses: changedText(of.Changes, circle.Slot),
	}
	if shown.Title == "" {
		shown.Title = "The proposal"
	}
	if strings.HasPrefix(strings.ToUpper(of.Number), strings.ToUpper(circle.Label)+"/") {
		shown.Number = of.Number
	} else {
		shown.Others = of.Number
	}
	switch {
	case of.Became != "":
		shown.Became = becameLink(b.Resolution.Slug, of.Became)
		shown.Nothing = "A draft was begun with it: "
	case len(of.Whole) == 0:
		shown.Nothing = "It proposes to take the whole text out; write that as a draft of your own."
	case shown.Changes == changesWords(nil) && of.Base == nil:
		shown.Nothing = "It changes nothing in the text as it stands."
	}
	if len(of.Differs) > 0 {
		shown.Counted, shown.Differs = changesWords(of.Differs), changedText(of.Differs, anyInk)
	}
	shown.takes(of)
	if of.Split != nil {
		shown.Split = broughtSplit(i, of.Split)
	}
	return shown
}

// takes lists what a draft may be begun with; nothing where there is no choice.
func (b *BroughtProposal) takes(of drafting.Brought) {
	if of.Base == nil {
		return
	}
	first := BringTake{Value: string(drafting.TakeChanges), Words: "the text as it stands, and the file's tracked changes (" + changesWords(of.CarriedChanges) + ")"}
	if of.Open > 0 {
		first.Note = drafting.Counted(of.Open, "clause needs a look", "clauses need a look") +
			" after that: the text as it stands says something else there than the file's own base."
	}
	b.Take = first.Value
	b.Takes = []BringTake{
		first,
		{Value: string(drafting.TakeWhole), Words: "the text of the file as it is, its changes taken (" + b.Changes + ")"},
		{Value: string(drafting.TakeBase), Words: "the text of the file without its changes (" + b.Counted + ")"},
	}
}

// broughtSplit shows the places of a flattened text: first those that a person is to settle.
func broughtSplit(part int, split *docx.Split) *BroughtSplit {
	shown := &BroughtSplit{Warnings: split.Warnings}
	for k, place := range split.Places {
		one := BroughtPlace{
			Name: settledPrefix + strconv.Itoa(part) + "-" + strconv.Itoa(k), Clause: place.Clause,
			Before: fromWord(place.Before), Struck: place.Deleted, New: place.Inserted, After: toWord(place.After), Why: place.Why, Settled: place.Settled,
		}
		if place.Certain {
			shown.Certain = append(shown.Certain, one)
			continue
		}
		choices := place.Choices
		if !slices.Contains(choices, place.Deleted) {
			choices = append([]string{place.Deleted}, choices...)
		}
		for _, choice := range choices {
			one.Readings = append(one.Readings, BroughtReading{Value: choice, Words: strings.TrimSpace(choice), Checked: choice == place.Deleted})
		}
		if !place.Settled {
			shown.Left++
		}
		shown.Doubtful = append(shown.Doubtful, one)
	}
	return shown
}

// fromWord leaves out the word that a cut began in, toWord the one that it ended in.
func fromWord(s string) string {
	if _, rest, ok := strings.Cut(s, " "); ok && rest != "" {
		return " " + rest
	}
	return s
}

func toWord(s string) string {
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		return s[:i+1]
	}
	return s
}
