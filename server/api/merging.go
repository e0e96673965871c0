package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// StartMerging begins a merge of the proposals named.
func (h *handlers) StartMerging(c echo.Context, slug Slug) error {
	request, err := body[StartMergingRequest](c)
	if err != nil {
		return err
	}
	drafts := make([]repo.DraftName, len(request.Proposals))
	for i, name := range request.Proposals {
		circle, branch, _ := strings.Cut(name, "/")
		drafts[i] = draft(circle, branch)
		if !drafts[i].Valid() {
			return echo.NewHTTPError(http.StatusBadRequest, fmt.Sprintf("%q names no proposal: write circle and branch name, such as usa/48a5-1.", name))
		}
	}
	m, err := h.service.StartMerging(c.Request().Context(), h.actorOf(c), repo.Slug(slug), drafts)
	if err != nil {
		return err
	}
	return h.tellMerging(c, http.StatusCreated, m.ID)
}

// GetMerging tells of a merge and of everything there is to decide.
func (h *handlers) GetMerging(c echo.Context, id MergeId) error {
	return h.tellMerging(c, http.StatusOK, drafting.MergeID(id))
}

// Decide decides, or decides otherwise.
func (h *handlers) Decide(c echo.Context, id MergeId, key string) error {
	request, err := body[Settlement](c)
	if err != nil {
		return err
	}
	if !request.Choice.Valid() {
		return echo.NewHTTPError(http.StatusBadRequest, "A decision is one of base, take, combine and brackets; choose one.")
	}
	settlement := merge.Settlement{Choice: merge.Choice(request.Choice), Variant: request.Variant, Words: request.Words}
	if err := h.service.Decide(c.Request().Context(), h.actorOf(c), drafting.MergeID(id), key, settlement); err != nil {
		return err
	}
	return h.tellMerging(c, http.StatusOK, drafting.MergeID(id))
}

// TakeBack takes a decision back.
func (h *handlers) TakeBack(c echo.Context, id MergeId, key string) error {
	if err := h.service.TakeBack(c.Request().Context(), h.actorOf(c), drafting.MergeID(id), key); err != nil {
		return err
	}
	return h.tellMerging(c, http.StatusOK, drafting.MergeID(id))
}

// FinishMerging writes the revised text.
func (h *handlers) FinishMerging(c echo.Context, id MergeId) error {
	request, err := body[FinishRequest](c)
	if err != nil {
		return err
	}
	commit, err := h.service.Finish(c.Request().Context(), h.actorOf(c), drafting.MergeID(id), request.Sentence)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Merged{Commit: string(commit)})
}

// AbandonMerging gives a merge up.
func (h *handlers) AbandonMerging(c echo.Context, id MergeId) error {
	if err := h.service.Abandon(c.Request().Context(), h.actorOf(c), drafting.MergeID(id)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (h *handlers) tellMerging(c echo.Context, status int, id drafting.MergeID) error {
	view, err := h.service.MergingView(c.Request().Context(), h.actorOf(c), id)
	if err != nil {
		return err
	}
	text := view.Result.Text
	return c.JSON(status, MergingView{
		Merging:   mergingOf(view.Merging),
		Base:      versionOf(view.Base),
		Proposals: each(view.Proposals, proposalOf),
		Blocks:    blocksOf(text, resolution.Names(text)),
		Markdown:  string(resolution.Format(text)),
		Decisions: each(view.Result.Decisions, func(d merge.Decision) Decision { return decisionOf(view, d) }),
		Left:      view.Left,
		Moved:     view.Moved,
		May:       MergingPermissions{Decide: view.May.Decide, Finish: view.May.Finish, Why: view.May.Why},
	})
}

func decisionOf(view drafting.MergingView, d merge.Decision) Decision {
	out := Decision{
		Key: d.Key, Kind: string(d.Kind), Open: d.Kind.Open(), Name: d.Clause.Spoken, Link: d.Clause.Link, Words: d.Words,
		Variants: each(d.Variants, func(v merge.Variant) Variant {
			return Variant{Words: v.Words, Deleted: v.Deleted, Proposals: each(v.Proposals, func(p string) string { return p })}
		}),
	}
	if decided, ok := view.Decided[d.Key]; ok {
		s := decided.Settlement
		out.Decided = Decided{
			Settlement: Settlement{Choice: SettlementChoice(s.Choice), Variant: s.Variant, Words: s.Words},
			By:         int64(decided.By), Name: view.By[decided.By].Name, At: decided.At,
		}
	}
	return out
}
