package api

import (
	"cmp"
	"net/http"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/server/drafting"
)

// ListComments tells what is said about a text.
func (h *handlers) ListComments(c echo.Context, slug Slug, params ListCommentsParams) error {
	return h.tellComments(c, http.StatusOK, slug, cmp.Or(params.Text, repo.Main))
}

// AddComment takes a comment, or an answer.
func (h *handlers) AddComment(c echo.Context, slug Slug) error {
	request, err := body[CommentRequest](c)
	if err != nil {
		return err
	}
	if request.Audience != "" && !request.Audience.Valid() {
		return echo.NewHTTPError(http.StatusBadRequest, "A comment is seen by own, group or all; choose one.")
	}
	_, err = h.service.AddComment(c.Request().Context(), h.actorOf(c), repo.Slug(slug), drafting.NewComment{
		Text: request.Text, Thread: drafting.CommentID(request.Thread), Clause: request.Clause, Quote: request.Quote,
		Audience: drafting.Audience(request.Audience), Words: request.Words,
		Version: request.Version, From: request.From, To: request.To,
	})
	if err != nil {
		return err
	}
	return h.tellComments(c, http.StatusCreated, slug, request.Text)
}

// ResolveComment closes a thread, or opens it again.
func (h *handlers) ResolveComment(c echo.Context, slug Slug, id int64) error {
	request, err := body[ResolveRequest](c)
	if err != nil {
		return err
	}
	err = h.service.ResolveComment(c.Request().Context(), h.actorOf(c), repo.Slug(slug), drafting.CommentID(id), request.Resolved)
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// ReadComments notes that comments have been read.
func (h *handlers) ReadComments(c echo.Context, slug Slug) error {
	request, err := body[ReadRequest](c)
	if err != nil {
		return err
	}
	err = h.service.ReadComments(c.Request().Context(), h.actorOf(c), repo.Slug(slug), request.Text, drafting.CommentID(request.Thread))
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (h *handlers) tellComments(c echo.Context, status int, slug Slug, text string) error {
	view, err := h.service.Comments(c.Request().Context(), h.actorOf(c), repo.Slug(slug), text)
	if err != nil {
		return err
	}
	return c.JSON(status, Comments{
		Text: view.Version.Key, Version: view.At,
		Audiences: each(view.Audiences, func(a drafting.Audience) Audience { return Audience(a) }),
		Threads:   each(view.Threads, func(t drafting.Thread) CommentThread { return threadOf(view, t) }),
	})
}

func threadOf(view drafting.CommentsView, t drafting.Thread) CommentThread {
	out := CommentThread{
		Comment: commentOf(t.CommentRow), Clause: t.Clause, Name: t.ClauseName, Quote: t.Quote, Gone: t.Gone, From: t.From, To: t.To,
		Audience: Audience(t.Audience), Resolved: !t.Resolved.IsZero(), Mine: t.Mine, New: t.New, Answers: each(t.Answers, commentOf),
	}
	if t.Place >= 0 && t.Place < len(view.Names) {
		out.Clause, out.Name = view.Names[t.Place].Link, view.Names[t.Place].Spoken
	}
	return out
}

func commentOf(c drafting.CommentRow) Comment {
	return Comment{
		Id: int64(c.ID), By: int64(c.By), Name: c.Who.Name, Circle: string(c.Circle), Label: c.Ink.Label, Slot: c.Ink.Slot,
		At: c.At, Words: c.Words,
	}
}
