package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// HistoryPage is a stretch of a text's history, newest first.
type HistoryPage struct {
	Action   string
	Versions []Choice
	Label    string
	Days     []HistoryDay
	Next     string // address of what came before; empty at the end
	Words    string // address of the text that tells who brought each word
}

// HistoryDay is what was done on one day.
type HistoryDay struct {
	Day      string
	Sittings []Sitting
}

// Sitting is one step, or the steps of one sitting of writing, newest first: the first is shown, the others fold.
type Sitting struct {
	Step
	Earlier []Step
}

// Step is one step of a history.
type Step struct {
	Kind      string // saved, imported, merged, editorial
	Sign      string
	Subject   string
	Body      string
	At        When
	Who       string
	With      string
	Proposals []StepProposal
	Marks     []string
	Read      string
	Compare   string // with the step before; empty for the first
	Commit    string // short, for "Details"
}

// StepProposal is a proposal a merge took in.
type StepProposal struct {
	Tag    Tag
	Label  string
	Href   string
	InPart bool
}

// History shows how a text came to be.
func (p *Pages) History(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	slug, version := slugOf(c), c.QueryParam("version")
	if version == "" {
		version = "main"
	}
	h, err := p.service.History(r.ctx(), r.actor, slug, version, repo.Hash(c.QueryParam("after")))
	if err != nil {
		return err
	}
	versions, err := p.service.Versions(r.ctx(), r.actor, slug)
	if err != nil {
		return err
	}
	page := HistoryPage{Action: address(slug, "history"), Versions: choices(versions, h.Version), Label: h.Version.Label, Days: p.days(slug, h.Entries)}
	page.Words = address(slug, "words") + "?" + url.Values{"version": {version}}.Encode()
	if h.Next != "" {
		page.Next = page.Action + "?" + url.Values{"version": {version}, "after": {string(h.Next)}}.Encode()
	}
	return show(p, c, http.StatusOK, p.frame(r, "history", "History of "+page.Label, way(h.Resolution, Crumb{Words: "History"})...), page)
}

// days gathers entries by day, and within a day by sitting.
func (p *Pages) days(slug repo.Slug, entries []drafting.HistoryEntry) []HistoryDay {
	var days []HistoryDay
	for i, e := range entries {
		day := e.At.In(p.zone).Format("Monday, 2 January 2006")
		fresh := len(days) == 0 || days[len(days)-1].Day != day
		if fresh {
			days = append(days, HistoryDay{Day: day})
		}
		today := &days[len(days)-1]
		step := p.step(slug, e)
		if !fresh && e.Kind == drafting.EntrySaved && entries[i-1].Kind == drafting.EntrySaved && entries[i-1].Sitting == e.Sitting && len(e.Marks) == 0 {
			last := &today.Sittings[len(today.Sittings)-1]
			last.Earlier = append(last.Earlier, step)
			continue
		}
		today.Sittings = append(today.Sittings, Sitting{Step: step})
	}
	return days
}

// entrySigns print the kind of a step in the time line; the words say it too.
var entrySigns = map[drafting.EntryKind]string{
	drafting.EntrySaved: "○", drafting.EntryImported: "◆", drafting.EntryMerged: "●", drafting.EntryEditorial: "◇",
}

func (p *Pages) step(slug repo.Slug, e drafting.HistoryEntry) Step {
	step := Step{
		Kind: string(e.Kind), Sign: entrySigns[e.Kind], Subject: e.Subject, Body: strings.TrimSpace(e.Body),
		At: When{e.At.Format(time.RFC3339), e.At.In(p.zone).Format("15:04")}, Who: nameWords(e.By),
		Read: readAddress(slug, string(e.Commit), ""), Commit: short(e.Commit),
	}
	if len(e.Parents) > 0 {
		step.Compare = compareAddress(slug, string(e.Parents[0]), string(e.Commit), "")
	}
	var with []string
	for _, name := range e.With {
		with = append(with, nameWords(name))
	}
	step.With = strings.Join(with, ", ")
	for _, name := range e.Proposals {
		step.Proposals = append(step.Proposals, StepProposal{tagOf(name.Circle), name.Label, proposalAddress(slug, name.Draft), name.InPart})
	}
	for _, mark := range e.Marks {
		step.Marks = append(step.Marks, mark.Label)
	}
	return step
}

// short gives as much of a commit's name as tells it apart.
func short(h repo.Hash) string { return string(h[:min(len(h), 10)]) }
