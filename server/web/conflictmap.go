package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo/merge"
	"plenary/server/drafting"
)

// MapPage is the conflict map: a column for each proposal, a row for each clause that anybody touches.
type MapPage struct {
	Heading  string
	Summary  string
	Compiled string
	Columns  []MapHead
	Rows     []MapLine
}

// MapHead is the head of a column.
type MapHead struct {
	Tag   Tag
	Label string
	Href  string
	Draft bool // the reader's own draft
}

// MapLine is one clause.
type MapLine struct {
	Name  string
	Href  string // of the clause in the compilation
	State string // clashes, same, changed
	Words string // the state in words
	Cells []MapCell
}

// MapCell is one proposal at one clause.
type MapCell struct {
	State string // "", changed, same, clashes
	Sign  string
	Words string // "clashes with EUR, ARB"
	Href  string // empty for a free cell
}

// cellSigns print the states of a cell.
var cellSigns = map[merge.CellState]string{merge.Free: "", merge.Touches: "±", merge.SameAs: "=", merge.Clashes: "✕"}

// ConflictMap shows who changes what, who agrees and who clashes.
func (p *Pages) ConflictMap(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	v, err := p.service.ConflictMap(r.ctx(), r.actor, slugOf(c))
	if err != nil {
		return err
	}
	page := mapPage(v)
	return show(p, c, http.StatusOK, p.frame(r, "map", "Conflict map, "+resolutionWords(v.Resolution), way(v.Resolution, Crumb{Words: "Conflict map"})...), page)
}

func mapPage(v drafting.ConflictMapView) MapPage {
	slug := v.Resolution.Slug
	page := MapPage{
		Heading:  fmt.Sprintf("%s: conflict map of %s", resolutionWords(v.Resolution), drafting.Counted(len(v.Columns), "text", "texts")),
		Compiled: address(slug, "compilation"),
	}
	for _, column := range v.Columns {
		page.Columns = append(page.Columns, MapHead{tagOf(column.Circle), column.Label, proposalAddress(slug, column.Proposal.Draft), column.Draft})
	}
	clashing := 0
	for _, row := range v.Rows {
		line := mapLine(v, page.Columns, row)
		line.Href = page.Compiled + "#" + row.Name.Link
		if line.State == string(merge.Clashes) {
			clashing++
		}
		page.Rows = append(page.Rows, line)
	}
	page.Summary = fmt.Sprintf("%s touched, %s", drafting.Counted(len(v.Rows), "clause", "clauses"), drafting.Counted(clashing, "clause where texts clash", "clauses where texts clash"))
	return page
}

func mapLine(v drafting.ConflictMapView, heads []MapHead, row merge.MapRow) MapLine {
	line := MapLine{Name: row.Name.Spoken, State: string(merge.Touches), Words: "changes stand beside each other"}
	if row.Inserted {
		line.Name = "new, after " + line.Name
		if row.Base < 0 {
			line.Name = "new, at the beginning"
		}
	}
	touching, same := 0, 0
	for i, cell := range row.Cells {
		shown := MapCell{State: string(cell.State), Sign: cellSigns[cell.State]}
		if cell.State != merge.Free && i < len(heads) {
			touching++
			shown.Href = heads[i].Href
			shown.Words = cellWords(v, cell, heads[i].Label)
		}
		switch cell.State {
		case merge.Clashes:
			line.State, line.Words = string(merge.Clashes), "texts clash"
		case merge.SameAs:
			same++
		case merge.Free, merge.Touches:
		}
		line.Cells = append(line.Cells, shown)
	}
	switch {
	case line.State == string(merge.Clashes):
	case touching == 1:
		line.Words = "one text"
	case same == touching:
		line.State, line.Words = string(merge.SameAs), "all agree"
	}
	return line
}

// cellWords says what a text does to a clause, with whom or against whom.
func cellWords(v drafting.ConflictMapView, cell merge.Cell, self string) string {
	var others []string
	for _, name := range cell.With {
		column := v.Names[name]
		said := column.Circle.Label
		if column.Draft {
			said += " draft"
		}
		if column.Label != self && !slices.Contains(others, said) {
			others = append(others, said)
		}
	}
	switch cell.State {
	case merge.SameAs:
		return "same change as " + strings.Join(others, ", ")
	case merge.Clashes:
		return "clashes with " + strings.Join(others, ", ")
	default:
		return "changed"
	}
}
