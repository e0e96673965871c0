package web

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/server/drafting"
)

// PartPage shows what a merge takes of one proposal, change by change.
type PartPage struct {
	Tag     Tag
	Label   string
	Value   string // "usa/48a5-1", as forms send it
	Bench   string // address of the workbench
	Of      []Tab  // the proposals of the merge
	Summary string
	Changes []PartChange
	Form    string // where choices go; empty once the merge has ended
	Problem string
}

// PartChange is one change that can be taken or left.
type PartChange struct {
	Key      string
	Anchor   string
	Name     string
	Label    string
	Note     string // "new", "struck out", "moved"
	Runs     []Run
	Left     bool
	SomeLeft bool // some of its phrases are left
	By       string
	Phrases  []PartPhrase
}

// PartPhrase is one phrase of a change.
type PartPhrase struct {
	N    int
	Key  string
	Runs []Run
	Left bool
}

// partAddress gives the address of the page that says what a merge takes of a proposal.
func partAddress(m drafting.Merging, d repo.DraftName) string {
	return mergingAddress(m.Resolution, m.ID, "part") + "?" + url.Values{"proposal": {d.String()}}.Encode()
}

// Part shows what a merge takes of a proposal.
func (p *Pages) Part(c echo.Context) error {
	return p.showPart(c, http.StatusOK, c.QueryParam("proposal"), "")
}

// ChoosePart takes or leaves one change of a proposal.
func (p *Pages) ChoosePart(c echo.Context) error {
	id, err := p.mergeHere(c)
	if err != nil {
		return err
	}
	name, key := c.FormValue("proposal"), c.FormValue("key")
	d, ok := repo.ParseDraftName("proposals/" + name)
	if !ok {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	ctx, actor := c.Request().Context(), p.sessions.Actor(c)
	switch c.FormValue("do") {
	case "leave":
		err = p.service.LeaveOut(ctx, actor, id, d, key)
	case "take":
		err = p.service.TakeIn(ctx, actor, id, d, key)
	default:
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if sentence, ok := refusal(err); ok {
		return p.showPart(c, http.StatusUnprocessableEntity, name, sentence)
	}
	if err != nil {
		return err
	}
	to := partAddress(drafting.Merging{Resolution: slugOf(c), ID: id}, d)
	if at := c.FormValue("at"); at != "" {
		to += "#" + url.PathEscape(at)
	}
	return seeOther(c, to)
}

func (p *Pages) showPart(c echo.Context, status int, name, problem string) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	id, err := p.mergeHere(c)
	if err != nil {
		return err
	}
	v, err := p.service.MergingView(r.ctx(), r.actor, id)
	if err != nil {
		return err
	}
	d, ok := repo.ParseDraftName("proposals/" + name)
	if !ok {
		return drafting.ErrNotFound
	}
	part, err := p.service.MergePartOf(r.ctx(), r.actor, id, d)
	if err != nil {
		return err
	}
	page := PartPage{
		Tag: tagOf(part.Circle), Label: part.Label, Value: part.Draft.String(), Bench: mergingAddress(v.Resolution, v.ID), Problem: problem,
		Summary: fmt.Sprintf("%d of %s taken whole.", len(part.Changes)-part.Left, drafting.Counted(len(part.Changes), "change is", "changes are")),
	}
	if v.May.Decide {
		page.Form = mergingAddress(v.Resolution, v.ID, "part")
	}
	for _, row := range v.Proposals {
		if len(v.Proposals) > 1 {
			page.Of = append(page.Of, Tab{Words: row.Label, Href: partAddress(v.Merging, row.Draft), Current: row.Draft == d})
		}
	}
	for i, change := range part.Changes {
		page.Changes = append(page.Changes, p.partChange(part, change, i, page.Tag.Slot))
	}
	title := "What is taken of " + part.Label
	crumbs := way(v.Of, Crumb{Words: "Merge", Href: page.Bench}, Crumb{Words: title})
	c.Response().Header().Set("Cache-Control", "no-store")
	return show(p, c, status, p.frame(r, "part", title, crumbs...), page)
}

func (p *Pages) partChange(part drafting.MergePart, c drafting.PartChange, i, slot int) PartChange {
	shown := PartChange{
		Key: c.Key, Anchor: fmt.Sprintf("change-%d", i+1), Name: c.Name.Spoken, Left: c.Left != nil, SomeLeft: len(c.Phrases) > 0,
	}
	switch {
	case c.Kind == diff.Inserted:
		shown.Note = "a new clause"
	case c.Kind == diff.Deleted:
		shown.Note = "struck out whole"
	case c.Moved:
		shown.Note = "moved"
	}
	if c.Left != nil {
		shown.By = "Left by " + nameWords(part.By[c.Left.By]) + ", " + p.when(c.Left.At).Words + "."
	}
	if len(c.Blocks) > 0 {
		shown.Label = paperLabel(c.Blocks[0])
	}
	for _, line := range dividedOps(c.Ops) {
		shown.Runs = append(shown.Runs, runs(line, slot)...)
	}
	if c.Rows != nil {
		shown.Note = "a table"
	}
	for n, phrase := range c.Parts() {
		_, left := c.Phrases[phrase.Key]
		shown.Phrases = append(shown.Phrases, PartPhrase{N: n + 1, Key: phrase.Key, Runs: runs(c.Ops[phrase.From:phrase.To], slot), Left: left})
	}
	return shown
}
