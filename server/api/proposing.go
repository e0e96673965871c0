package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// ListProposals lists the proposals the actor may know of.
func (h *handlers) ListProposals(c echo.Context, slug Slug) error {
	view, err := h.service.Resolution(c.Request().Context(), h.actorOf(c), repo.Slug(slug))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, each(view.Proposals, proposalOf))
}

// Propose begins a draft.
func (h *handlers) Propose(c echo.Context, slug Slug) error {
	request, err := body[ProposeRequest](c)
	if err != nil {
		return err
	}
	p, err := h.service.Propose(c.Request().Context(), h.actorOf(c), repo.Slug(slug), request.Number)
	if err != nil {
		return err
	}
	return h.tellProposal(c, http.StatusCreated, repo.Slug(slug), p.Draft)
}

// GetProposal tells of one proposal, with its text.
func (h *handlers) GetProposal(c echo.Context, slug Slug, circle CircleCode, name BranchName) error {
	return h.tellProposal(c, http.StatusOK, repo.Slug(slug), draft(circle, name))
}

func (h *handlers) tellProposal(c echo.Context, status int, slug repo.Slug, d repo.DraftName) error {
	a := h.actorOf(c)
	view, err := h.service.Proposal(c.Request().Context(), a, slug, d)
	if err != nil {
		return err
	}
	row := drafting.ProposalRow{Proposal: view.Proposal, Circle: view.Circle, Label: view.Label, Mine: a.In(d.Circle)}
	for _, change := range view.Changes {
		if change.Touched() && change.Kind != diff.Same {
			row.Clauses++
		}
	}
	return c.JSON(status, ProposalView{
		Proposal:    proposalOf(row),
		Base:        versionOf(view.Base),
		Submitted:   versionOf(view.Submitted),
		Draft:       versionOf(view.Draft),
		Shown:       versionOf(view.Shown),
		Blocks:      blocksOf(view.Text, view.Names),
		Markdown:    string(resolution.Format(view.Text)),
		Changes:     each(view.Changes, changeOf),
		Unsubmitted: view.Unsubmitted,
		Submissions: each(view.Submissions, func(s drafting.SubmissionRow) Submission { return submissionOf(s.Submission) }),
		May: ProposalPermissions{
			Write: view.May.Write, Submit: view.May.Submit, Withdraw: view.May.Withdraw, Number: view.May.Number, Why: view.May.Why,
		},
	})
}

// SubmitProposal publishes the draft.
func (h *handlers) SubmitProposal(c echo.Context, slug Slug, circle CircleCode, name BranchName) error {
	s, err := h.service.Submit(c.Request().Context(), h.actorOf(c), repo.Slug(slug), draft(circle, name))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, submissionOf(s))
}

// WithdrawProposal withdraws a proposal.
func (h *handlers) WithdrawProposal(c echo.Context, slug Slug, circle CircleCode, name BranchName) error {
	request, err := body[WithdrawRequest](c)
	if err != nil {
		return err
	}
	err = h.service.Withdraw(c.Request().Context(), h.actorOf(c), repo.Slug(slug), draft(circle, name), request.Reason)
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func draft(circle CircleCode, name BranchName) repo.DraftName {
	return repo.DraftName{Circle: repo.Circle(circle), Name: name}
}
