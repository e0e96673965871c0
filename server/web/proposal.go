package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// ProposePage begins a proposal.
type ProposePage struct {
	Action  string
	Back    string
	Heading string
	Number  string
	Circle  Tag
	Once    string        // marks the form, so that sending it twice begins one proposal
	Drafts  []ProposalRow // what the delegation has on this resolution already
	Problem string
}

// ProposalPage is one proposal: its changes, where it stands, what can be done with it.
type ProposalPage struct {
	Label       string
	Circle      Tag
	Status      string
	StatusIs    string
	Reason      string
	Base        string
	Shown       string // which text is below: "as submitted", "draft, not submitted yet"
	At          When
	Changes     string
	Edit        string // addresses; empty where the person may not
	Submit      string
	SubmitWords string
	Withdraw    string
	SetNumber   string
	SetName     string
	Name        string // working name
	Number      string
	WhyNot      string // what the person gave as reason, kept when a withdrawal could not be done
	Read        string
	Compare     string // from what is submitted to the draft; empty when they are the same
	History     string
	Comments    string
	Exports     []ExportLink
	Original    ExportLink // the file it was begun with, for its own delegation
	Why         string
	Deadline    string
	Unsubmitted bool
	Submissions []SubmissionRow
	Clauses     []Group
	Procedure   ProcedureBox
	Problem     string
}

// SubmissionRow is one submission on record.
type SubmissionRow struct {
	N    int
	Who  string
	At   When
	Href string
}

// Propose asks for what a new proposal needs: nothing but a document number, which may be left for later.
func (p *Pages) Propose(c echo.Context) error {
	return p.showPropose(c, http.StatusOK, "", "")
}

func (p *Pages) showPropose(c echo.Context, status int, number, problem string) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	v, err := p.service.Resolution(r.ctx(), r.actor, slugOf(c))
	if err != nil {
		return err
	}
	if !v.May.Propose && problem == "" {
		problem = v.May.Why
	}
	page := ProposePage{
		Action: address(v.Slug, "propose"), Back: address(v.Slug), Heading: resolutionWords(v.Resolution),
		Number: number, Circle: r.inks.tag(r.actor.Circle), Problem: problem, Once: rand.Text(),
	}
	for _, row := range v.Proposals {
		if row.Draft.Circle == r.actor.Circle && row.Status != drafting.StatusAdopted && row.Status != drafting.StatusNot {
			page.Drafts = append(page.Drafts, p.proposalRow(row))
		}
	}
	return show(p, c, status, p.frame(r, "propose", "Propose a change", way(v.Resolution, Crumb{Words: "Propose a change"})...), page)
}

// DoPropose begins a proposal and leads to the page where it is written. The same form sent again leads to the same
// proposal.
func (p *Pages) DoPropose(c echo.Context) error {
	number, actor := strings.TrimSpace(c.FormValue("number")), p.sessions.Actor(c)
	begun, err := p.begun.do(fmt.Sprint(actor.Person, c.FormValue("once")), c.FormValue("once") != "", func() (drafting.Proposal, error) {
		// A browser that sends the form again leaves the first request; what that began is finished all the same.
		return p.service.Propose(context.WithoutCancel(c.Request().Context()), actor, slugOf(c), number)
	})
	if sentence, ok := refusal(err); ok {
		return p.showPropose(c, http.StatusUnprocessableEntity, number, sentence)
	}
	if err != nil {
		return err
	}
	return seeOther(c, proposalAddress(begun.Resolution, begun.Draft, "edit"))
}

// draftOf gives the proposal a request is about.
func draftOf(c echo.Context) repo.DraftName {
	return repo.DraftName{Circle: repo.Circle(c.Param("circle")), Name: c.Param("name")}
}

// Proposal shows one proposal with its changes.
func (p *Pages) Proposal(c echo.Context) error {
	return p.showProposal(c, http.StatusOK, ProposalPage{})
}

// showProposal shows a proposal; filled holds what came back from a form that could not be done.
func (p *Pages) showProposal(c echo.Context, status int, filled ProposalPage) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	v, err := p.service.Proposal(r.ctx(), r.actor, slugOf(c), draftOf(c))
	if err != nil {
		return err
	}
	page := p.proposalPage(v)
	f, known, err := p.service.OriginalOf(r.ctx(), r.actor, v.Resolution.Slug, v.Proposal.Draft)
	if err != nil {
		return err
	}
	if known {
		page.Original = ExportLink{receivedAddress(bringAddress(v.Resolution.Slug), f.ID) + "/original", f.Name}
	}
	page.Procedure = p.procedureBox(v, r.inks.tag(r.actor.Circle))
	if page.Procedure.Group.Label != "" {
		page.Status, page.StatusIs = "In drafting group "+page.Procedure.Group.Label, "warn"
	}
	page.Problem, page.WhyNot = filled.Problem, filled.WhyNot
	if filled.Name != "" {
		page.Name = filled.Name
	}
	if filled.Number != "" {
		page.Number = filled.Number
	}
	return show(p, c, status, p.frame(r, "proposal", page.Label, way(v.Resolution, Crumb{Words: "Proposal " + page.Label})...), page)
}

func (p *Pages) proposalPage(v drafting.ProposalView) ProposalPage {
	slug, d := v.Resolution.Slug, v.Proposal.Draft
	page := ProposalPage{
		Label: v.Label, Circle: tagOf(v.Circle), Reason: v.Proposal.Reason, Base: v.Base.Label, Shown: shownWords(v), At: When{v.Shown.At.Format(time.RFC3339), p.dated(v.Shown.At)},
		Changes: changesWords(v.Changes), Why: v.May.Why, Deadline: p.deadline(v.Deadline), Unsubmitted: v.Unsubmitted,
		Number: string(v.Proposal.Number), Read: readAddress(slug, v.Shown.Key, ""),
		History: address(slug, "history") + "?" + url.Values{"version": {v.Shown.Key}}.Encode(),
		Clauses: changedText(v.Changes, tagOf(v.Circle).Slot),
	}
	page.Comments = commentsAddress(slug, v.Shown.Key)
	page.Exports = exportLinks(slug, v.Shown, v.Base)
	page.Status, page.StatusIs = statusWords(v.Proposal.Status)
	if len(v.Changes) == 0 {
		page.Clauses = plainText(v.Text, v.Names)
	}
	if v.May.Write {
		page.Edit = proposalAddress(slug, d, "edit")
	}
	if v.May.Submit {
		page.Submit, page.SubmitWords = proposalAddress(slug, d, "submit"), submitWords(v.Proposal.Submissions > 0)
	}
	if v.May.Withdraw {
		page.Withdraw = proposalAddress(slug, d, "withdraw")
	}
	if v.May.Number {
		page.SetNumber = proposalAddress(slug, d, "number")
	}
	if v.May.Name {
		page.SetName, page.Name = proposalAddress(slug, d, "name"), v.Proposal.WorkingName
	}
	if v.Unsubmitted && v.Submitted.Exists() && v.Draft.Exists() {
		page.Compare = compareAddress(slug, v.Submitted.Key, v.Draft.Key, "")
	}
	for _, s := range v.Submissions {
		page.Submissions = append(page.Submissions, SubmissionRow{
			N: s.N, Who: nameWords(s.Who), At: p.when(s.At), Href: readAddress(slug, s.Version.Key, ""),
		})
	}
	return page
}

// shownWords says which text of a proposal its page shows.
func shownWords(v drafting.ProposalView) string {
	switch {
	case v.Shown.Kind != drafting.VersionDraft:
		return "as submitted"
	case v.Proposal.Submissions > 0:
		return "draft, with what is not submitted yet"
	}
	return "draft, not submitted yet"
}

// nameWords writes a person with the delegation they spoke for.
func nameWords(n drafting.PersonName) string {
	if n.Circle == "" {
		return n.Name
	}
	return n.Name + " (" + n.Circle + ")"
}

// Submit publishes a proposal's draft.
func (p *Pages) Submit(c echo.Context) error {
	_, err := p.service.Submit(c.Request().Context(), p.sessions.Actor(c), slugOf(c), draftOf(c))
	return p.proposalDone(c, err, ProposalPage{})
}

// Withdraw takes a submitted proposal back.
func (p *Pages) Withdraw(c echo.Context) error {
	reason := strings.TrimSpace(c.FormValue("reason"))
	err := p.service.Withdraw(c.Request().Context(), p.sessions.Actor(c), slugOf(c), draftOf(c), reason)
	return p.proposalDone(c, err, ProposalPage{WhyNot: reason})
}

// SetNumber issues a proposal's document number.
func (p *Pages) SetNumber(c echo.Context) error {
	number := strings.TrimSpace(c.FormValue("number"))
	err := p.service.SetNumber(c.Request().Context(), p.sessions.Actor(c), slugOf(c), draftOf(c), drafting.ProposalNumber(number))
	return p.proposalDone(c, err, ProposalPage{Number: number})
}

// SetWorkingName names a proposal until it has its number.
func (p *Pages) SetWorkingName(c echo.Context) error {
	name := strings.TrimSpace(c.FormValue("name"))
	err := p.service.SetWorkingName(c.Request().Context(), p.sessions.Actor(c), slugOf(c), draftOf(c), name)
	return p.proposalDone(c, err, ProposalPage{Name: name})
}

// proposalDone leads back to the proposal, with the sentence of a refusal and what the person had written.
func (p *Pages) proposalDone(c echo.Context, err error, filled ProposalPage) error {
	if sentence, ok := refusal(err); ok {
		filled.Problem = sentence
		return p.showProposal(c, http.StatusUnprocessableEntity, filled)
	}
	if err != nil {
		return err
	}
	return seeOther(c, proposalAddress(slugOf(c), draftOf(c)))
}

func submitWords(again bool) string {
	if again {
		return "Submit revision"
	}
	return "Submit proposal"
}

// EditorPage is where a proposal is written. The island reads Start; without script the page leads to the reading view.
type EditorPage struct {
	Label  string
	Circle Tag
	Read   string
	Page   string // the proposal's own page, where it is submitted
	// SubmitWords says what the button does: the first submission or a revision of one.
	SubmitWords string
	Start       EditorStart
}

// EditorStart is what the editor island needs to begin, as JSON.
type EditorStart struct {
	Slug      string      `json:"slug"`
	Ref       string      `json:"ref"`
	Circle    EditorTag   `json:"circle"`
	Person    EditorName  `json:"person"`
	Circles   []EditorTag `json:"circles"`
	Socket    string      `json:"socket"`
	URLs      EditorURLs  `json:"urls"`
	BaseLabel string      `json:"baseLabel"`
	CanWrite  bool        `json:"canWrite"`
	Number    string      `json:"number"`
	Lang      string      `json:"lang"`
	Clauses   int         `json:"clauses"`
	Submitted string      `json:"submitted"` // the text as last submitted; empty while nothing is
	Nonce     string      `json:"nonce"`     // for the style element that the editor makes
}

// EditorTag is a delegation as the island prints it.
type EditorTag struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Name  string `json:"name"`
	Slot  int    `json:"slot"`
}

// EditorName is the person writing.
type EditorName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// EditorURLs are the pages and forms the island leads to.
type EditorURLs struct {
	Submit     string `json:"submit"`
	History    string `json:"history"`
	Compare    string `json:"compare"`
	Resolution string `json:"resolution"`
	Read       string `json:"read"`
	Clone      string `json:"clone"`
	Keep       string `json:"keep"`

	Comments    string `json:"comments"`
	CommentsAPI string `json:"commentsAPI"`
}

// allowStyle lets the editor's own style element into this one page: the policy of all pages names none.
func allowStyle(c echo.Context, nonce string) {
	const policy, style = "Content-Security-Policy", "style-src 'self'"
	h := c.Response().Header()
	h.Set(policy, strings.Replace(h.Get(policy), style, style+" 'nonce-"+nonce+"'", 1))
}

func editorTag(t Tag) EditorTag { return EditorTag(t) }

// Edit shows the editor of a draft to the people of its circle.
func (p *Pages) Edit(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	v, err := p.service.Proposal(r.ctx(), r.actor, slugOf(c), draftOf(c))
	if err != nil {
		return err
	}
	if !v.May.Write {
		return seeOther(c, proposalAddress(v.Resolution.Slug, v.Proposal.Draft))
	}
	circles, err := p.service.Circles(r.ctx())
	if err != nil {
		return fmt.Errorf("read circles: %w", err)
	}
	slug, d := v.Resolution.Slug, v.Proposal.Draft
	own := proposalAddress(slug, d)
	page := EditorPage{Label: v.Label, Circle: tagOf(v.Circle), Read: readAddress(slug, d.Draft(), ""), Page: own, SubmitWords: submitWords(v.Proposal.Submissions > 0)}
	page.Start = EditorStart{
		Slug: string(slug), Ref: d.Draft(), Circle: editorTag(page.Circle),
		Person: EditorName{fmt.Sprint(r.actor.Person), r.actor.Name},
		Socket: "/api/v1/resolutions/" + string(slug) + "/live?" + url.Values{"ref": {d.Draft()}}.Encode(),
		URLs: EditorURLs{
			Submit: own + "/submit", History: address(slug, "history") + "?" + url.Values{"version": {d.Draft()}}.Encode(),
			Compare: compareAddress(slug, v.Base.Key, d.Draft(), ""), Resolution: address(slug), Read: page.Read,
			Clone: address(slug, "clone"), Keep: address(slug, "propose"),
			Comments: commentsAddress(slug, d.Draft()), CommentsAPI: "/api/v1" + address(slug, "comments"),
		},
		BaseLabel: v.Base.Label, CanWrite: v.May.Write, Number: v.Label, Lang: "en", Clauses: len(v.Names), Nonce: rand.Text(),
	}
	page.Start.Submitted = v.Submitted.Key
	allowStyle(c, page.Start.Nonce)
	for _, circle := range circles {
		page.Start.Circles = append(page.Start.Circles, editorTag(tagOf(circle)))
	}
	return show(p, c, http.StatusOK, p.frame(r, "editor", page.Label, way(v.Resolution, Crumb{Words: "Proposal " + page.Label})...), page)
}
