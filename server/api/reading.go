package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// handlers answers the operations of openapi.yaml.
type handlers struct {
	service *drafting.Service
	actorOf func(echo.Context) drafting.Actor
}

var _ ServerInterface = (*handlers)(nil)

// GetAssembly tells of the assembly and its meeting.
func (h *handlers) GetAssembly(c echo.Context) error {
	as, err := h.service.Assembly(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Assembly{
		Code: as.Code, Name: as.Name, Meeting: as.Meeting, Open: as.Open, Deadline: as.Deadline,
	})
}

// GetMe tells who is asking.
func (h *handlers) GetMe(c echo.Context) error {
	a := h.actorOf(c)
	if a.Anonymous() {
		return drafting.ErrSignedOut
	}
	return c.JSON(http.StatusOK, Me{
		Id: int64(a.Person), Login: a.Login, Name: a.Name, Role: Role(a.Role),
		Circle: string(a.Circle), Circles: codes(a.Circles), Scope: MeScope(a.Scope),
	})
}

// ListCircles tells who takes part.
func (h *handlers) ListCircles(c echo.Context) error {
	circles, err := h.service.Circles(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, each(circles, func(c drafting.Circle) Circle {
		return Circle{Code: string(c.Code), Label: c.Label, Name: c.Name, Kind: CircleKind(c.Kind), Slot: c.Slot}
	}))
}

// ListResolutions lists every resolution.
func (h *handlers) ListResolutions(c echo.Context) error {
	rows, err := h.service.List(c.Request().Context(), h.actorOf(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, each(rows, func(row drafting.ListRow) ResolutionRow {
		return ResolutionRow{
			Resolution: resolutionOf(row.Resolution), Proposals: row.Proposals, Differ: row.Differ, Mine: row.Mine,
			Circles: each(row.Circles, func(c drafting.Circle) string { return string(c.Code) }),
		}
	}))
}

// GetResolution tells of one resolution, its proposals and merges.
func (h *handlers) GetResolution(c echo.Context, slug Slug) error {
	view, err := h.service.Resolution(c.Request().Context(), h.actorOf(c), repo.Slug(slug))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, ResolutionView{
		Resolution: resolutionOf(view.Resolution),
		Main:       versionOf(view.Main),
		Adopted:    each(view.Adopted, versionOf),
		Proposals:  each(view.Proposals, proposalOf),
		Merges:     each(view.Mergings, mergingOf),
		Deadline:   view.Deadline,
		May: ResolutionPermissions{
			Propose: view.May.Propose, StartMerge: view.May.StartMerge, Adopt: view.May.Adopt, Why: view.May.Why,
		},
	})
}

// ListVersions lists what can be read and compared.
func (h *handlers) ListVersions(c echo.Context, slug Slug) error {
	versions, err := h.service.Versions(c.Request().Context(), h.actorOf(c), repo.Slug(slug))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, each(versions, versionOf))
}

// GetText gives a version's text, in the form asked for.
func (h *handlers) GetText(c echo.Context, slug Slug, params GetTextParams) error {
	if params.Version == "" {
		params.Version = repo.Main
	}
	if params.Format != "" && !params.Format.Valid() {
		return echo.NewHTTPError(http.StatusBadRequest, "A text comes as json, markdown or paper; ask for one of these.")
	}
	reading, err := h.service.Read(c.Request().Context(), h.actorOf(c), repo.Slug(slug), params.Version, params.Against)
	if err != nil {
		return err
	}
	switch params.Format {
	case GetTextParamsFormatMarkdown:
		return c.Blob(http.StatusOK, "text/markdown; charset=utf-8", resolution.Format(reading.Text))
	case GetTextParamsFormatPaper:
		return c.Blob(http.StatusOK, echo.MIMETextPlainCharsetUTF8, resolution.FormatPaper(reading.Text))
	default:
	}
	return c.JSON(http.StatusOK, Reading{
		Resolution: resolutionOf(reading.Resolution),
		Version:    versionOf(reading.Version),
		Base:       versionOf(reading.Base),
		Blocks:     blocksOf(reading.Text, reading.Names),
		Markdown:   string(resolution.Format(reading.Text)),
		Changes:    each(reading.Changes, changeOf),
	})
}

// CompareTexts tells what changes from one version to another.
func (h *handlers) CompareTexts(c echo.Context, slug Slug, params CompareTextsParams) error {
	found, err := h.service.Compare(c.Request().Context(), h.actorOf(c), repo.Slug(slug), params.A, params.B)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, Comparison{
		Resolution: resolutionOf(found.Resolution), A: versionOf(found.A), B: versionOf(found.B), Same: found.Same,
		Changes: each(found.Changes, changeOf),
	})
}
