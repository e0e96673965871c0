package web

import (
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// ProcedureBox is what a proposal goes through, on its page.
type ProcedureBox struct {
	Action   string // what the text does, in words
	Declare  string // address; empty where the person may not
	Declared string
	Actions  []Choice
	Sponsors []Tag
	Join     string // address; empty where the person may not
	Joined   bool
	Acting   Tag // for which delegation the person would join
	Group    Tag
	Refer    string // address; empty where the person may not
	Groups   []Choice
	Steps    []StepRow
}

// StepRow is one thing that became of a proposal.
type StepRow struct {
	At    When
	Words string
}

// actionWords say an action.
var actionWords = map[drafting.Action]string{
	drafting.ActionModify: "MOD, changes the text", drafting.ActionAdd: "ADD, a new text",
	drafting.ActionSuppress: "SUP, strikes the whole text", drafting.ActionNoChange: "NOC, no change",
}

func (p *Pages) procedureBox(v drafting.ProposalView, acting Tag) ProcedureBox {
	slug, d, pr := v.Resolution.Slug, v.Proposal.Draft, v.Procedure
	box := ProcedureBox{Action: actionWords[pr.Action], Declared: actionWords[pr.Declared], Joined: pr.Joined, Acting: acting}
	if pr.Declares {
		box.Declare, box.Actions = proposalAddress(slug, d, "action"), []Choice{{"", "not declared", pr.Declared == ""}}
		for _, a := range drafting.Actions() {
			box.Actions = append(box.Actions, Choice{string(a), actionWords[a], a == pr.Declared})
		}
	}
	for _, c := range pr.Sponsors {
		box.Sponsors = append(box.Sponsors, tagOf(c))
	}
	if pr.Join {
		box.Join = proposalAddress(slug, d, "sponsors")
	}
	if pr.InGroup.Code != "" {
		box.Group = tagOf(pr.InGroup)
	}
	if len(pr.Groups) > 0 {
		box.Refer, box.Groups = proposalAddress(slug, d, "refer"), []Choice{{"", "no group", pr.Group == ""}}
		for _, g := range pr.Groups {
			box.Groups = append(box.Groups, Choice{string(g.Code), g.Label + ", " + g.Name, g.Code == pr.Group})
		}
	}
	for _, line := range pr.Steps {
		words := strings.TrimSpace(strings.ToUpper(line.Verb[:1]) + line.Verb[1:])
		if line.Detail != "" {
			words += ": " + line.Detail
		}
		box.Steps = append(box.Steps, StepRow{p.when(line.At), words})
	}
	return box
}

// Declare notes the action that a delegation says its proposal is.
func (p *Pages) Declare(c echo.Context) error {
	action := drafting.Action(c.FormValue("action"))
	return p.proposalDone(c, p.service.Declare(c.Request().Context(), p.sessions.Actor(c), slugOf(c), draftOf(c), action), ProposalPage{})
}

// Cosponsor joins another delegation's proposal, or leaves it.
func (p *Pages) Cosponsor(c echo.Context) error {
	join := c.FormValue("sponsor") == "join"
	return p.proposalDone(c, p.service.Cosponsor(c.Request().Context(), p.sessions.Actor(c), slugOf(c), draftOf(c), join), ProposalPage{})
}

// Refer hands a proposal to a drafting group, or takes it back.
func (p *Pages) Refer(c echo.Context) error {
	group := repo.Circle(c.FormValue("group"))
	return p.proposalDone(c, p.service.Refer(c.Request().Context(), p.sessions.Actor(c), slugOf(c), draftOf(c), group), ProposalPage{})
}
