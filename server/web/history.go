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
	Rows     []HistoryRow
	Restore  string // where a step's text is restored as a new draft; empty where the person may not
	Next     string // address of what came before; empty at the end
	Problem  string
	Words    string // address of the text that tells who brought each word
}

// HistoryRow is a day's heading, or a step with the drawing beside it.
type HistoryRow struct {
	Day   string // of a heading; empty for a step
	Graph Graph
	Sitting
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
	Restore   string // where the text is restored as a new draft; empty where the person may not
	Version   string // as that form names it
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
func (p *Pages) History(c echo.Context) error { return p.showHistory(c, http.StatusOK, "") }

func (p *Pages) showHistory(c echo.Context, status int, problem string) error {
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
	page := HistoryPage{Action: address(slug, "history"), Versions: choices(versions, h.Version), Label: h.Version.Label, Problem: problem}
	if r.actor.Circle != "" && r.actor.Role != drafting.RoleObserver {
		page.Restore = address(slug, "restore")
	}
	page.lay(p, r, slug, h.Entries)
	page.Words = address(slug, "words") + "?" + url.Values{"version": {version}}.Encode()
	if h.Next != "" {
		page.Next = page.Action + "?" + url.Values{"version": {version}, "after": {string(h.Next)}}.Encode()
	}
	return show(p, c, status, p.frame(r, "history", "History of "+page.Label, way(h.Resolution, Crumb{Words: "History"})...), page)
}

// lay puts entries in rows, under a heading for each day; the saves of one sitting fold into the newest of them.
func (page *HistoryPage) lay(p *Pages, r request, slug repo.Slug, entries []drafting.HistoryEntry) {
	g := grapher{slots: map[repo.Hash]int{}}
	for _, e := range entries {
		g.slots[e.Commit] = r.inks.slotOf(e.By.Circle)
	}
	day := ""
	for i := 0; i < len(entries); {
		today := entries[i].At.In(p.zone).Format("Monday, 2 January 2006")
		if today != day {
			day = today
			page.Rows = append(page.Rows, HistoryRow{Day: day, Graph: g.past()})
		}
		sitting := Sitting{Step: page.step(p, slug, entries[i])}
		last := i
		for last+1 < len(entries) && folds(entries[i], entries[last+1]) && entries[last+1].At.In(p.zone).Format("Monday, 2 January 2006") == day {
			last++
			sitting.Earlier = append(sitting.Earlier, page.step(p, slug, entries[last]))
		}
		page.Rows = append(page.Rows, HistoryRow{Graph: g.step(entries[i].Commit, entries[last].Parents), Sitting: sitting})
		i = last + 1
	}
	for i := range page.Rows {
		page.Rows[i].Graph.Width = g.width()
	}
}

// step is a step of this page: one whose text may be restored.
func (page *HistoryPage) step(p *Pages, slug repo.Slug, e drafting.HistoryEntry) Step {
	step := p.step(slug, e)
	step.Restore = page.Restore
	return step
}

// folds tells whether an older entry belongs to the sitting of a newer one.
func folds(newer, older drafting.HistoryEntry) bool {
	return newer.Kind == drafting.EntrySaved && older.Kind == drafting.EntrySaved && newer.Sitting == older.Sitting && len(older.Marks) == 0
}

// slotOf gives the ink of a circle by its label; that of nobody in particular where there is none.
func (i inks) slotOf(label string) int {
	for _, tag := range i {
		if strings.EqualFold(tag.Label, label) {
			return tag.Slot
		}
	}
	return anyInk
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
		Version: string(e.Commit),
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

// Restore begins a draft with the text of an older version.
func (p *Pages) Restore(c echo.Context) error {
	made, err := p.service.Restore(c.Request().Context(), p.sessions.Actor(c), slugOf(c), c.FormValue("version"))
	if sentence, ok := refusal(err); ok {
		return p.showHistory(c, http.StatusUnprocessableEntity, sentence)
	}
	if err != nil {
		return err
	}
	return seeOther(c, proposalAddress(made.Resolution, made.Draft, "edit"))
}
