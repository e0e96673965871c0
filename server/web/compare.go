package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/server/drafting"
)

// ComparePage compares two versions of a text.
type ComparePage struct {
	Action     string
	A, B       string // labels; empty while two versions have not been chosen
	From, To   []Choice
	View       string // "" one text, "side" side by side
	One, Side  string // addresses of the two views
	Swap       string
	Same       bool
	Changes    string
	Exports    []ExportLink // of exactly this comparison
	Clauses    []Group
	Rows       []SideRow
	NothingYet bool   // fewer than two versions exist
	Say        string // what was chosen for the reader, or why something is not shown
	More       []CompareMore
	Columns    string // address of this comparison in columns
	Heads      []string
	Across     []AcrossRow
}

// CompareMore is the choice of a third or fourth text.
type CompareMore struct {
	Name    string // of the parameter
	Words   string
	Choices []Choice
}

// AcrossRow is one clause of the first text with what the others make of it, or the number of clauses that are the same
// in all.
type AcrossRow struct {
	Folded string
	Name   string
	Cells  []AcrossCell
}

// AcrossCell is one clause of one text.
type AcrossCell struct {
	Label string
	Runs  []Run
	Table []Row
	Same  bool // as in the first text
	Note  string
}

// SideRow is one clause on both sides.
type SideRow struct {
	Name       string
	Changed    bool
	Note       string // "moved"
	Left       []Run
	Right      []Run
	LeftLabel  string
	RightLabel string
	LeftTable  []Row
	RightTable []Row
	Class      string
}

// Compare shows the difference between two versions, in one text or side by side.
func (p *Pages) Compare(c echo.Context) error {
	p, r, err := p.open(c)
	if err != nil {
		return err
	}
	slug, a, b := slugOf(c), c.QueryParam("a"), c.QueryParam("b")
	asked := []string{a, b, c.QueryParam("c"), c.QueryParam("d")}
	versions, err := p.service.Versions(r.ctx(), r.actor, slug)
	if err != nil {
		return err
	}
	a, b, say := chosenPair(versions, a, b)
	page := ComparePage{Say: say, Action: address(slug, "compare"), NothingYet: len(versions) < 2, View: c.QueryParam("view")}
	if page.NothingYet && a == "" {
		v, err := p.service.Resolution(r.ctx(), r.actor, slug)
		if err != nil {
			return err
		}
		return show(p, c, http.StatusOK, p.frame(r, "compare", "Compare", way(v.Resolution, Crumb{Words: "Compare"})...), page)
	}
	status := http.StatusOK
	compared, err := p.service.Compare(r.ctx(), r.actor, slug, a, b)
	if errors.Is(err, drafting.ErrNotFound) {
		// One answer for a text that is not there and for one that is hidden.
		if _, known := p.service.Resolution(r.ctx(), r.actor, slug); known != nil {
			return known
		}
		a, b, _ = chosenPair(versions, "", "")
		page.Say = "There is no such version of this text, or you may not read it. Choose others; until then, this is what changed last."
		asked, status = []string{"", "", "", ""}, http.StatusNotFound
		compared, err = p.service.Compare(r.ctx(), r.actor, slug, a, b)
	}
	if err != nil {
		return err
	}
	page.A, page.B, page.Same = compared.A.Label, compared.B.Label, compared.Same
	page.From, page.To = choices(versions, compared.A), choices(versions, compared.B)
	page.One, page.Side = compareAddress(slug, a, b, ""), compareAddress(slug, a, b, "side")
	page.Swap = compareAddress(slug, b, a, page.View)
	page.Changes = changesWords(compared.Changes)
	page.Exports = exportLinks(slug, compared.B, compared.A)
	slot := anyInk
	if compared.B.Draft.Valid() {
		slot = r.inks.tag(compared.B.Draft.Circle).Slot
	}
	if err := p.across(r, &page, compared, versions, []string{a, b, asked[2], asked[3]}); err != nil {
		return err
	}
	switch page.View {
	case "columns":
	case "side":
		for _, change := range compared.Changes {
			page.Rows = append(page.Rows, sideRow(change, slot))
		}
	default:
		page.Clauses = changedText(compared.Changes, slot)
	}
	title := page.A + " and " + page.B
	return show(p, c, status, p.frame(r, "compare", "Compare "+title, way(compared.Resolution, Crumb{Words: "Compare"})...), page)
}

// chosenPair fills in what was not chosen, and says so: the newest adopted text with what has changed it since, a
// proposal or the text as it stands; where nothing has, with the adopted text before it.
func chosenPair(versions []drafting.Version, a, b string) (from, to, say string) {
	if a == "" && b == "" {
		if was, is, ok := sinceAdoption(versions); ok {
			return was.Key, is.Key, "Nothing has changed since " + is.Label + "; this is what it changed in " + was.Label + "."
		}
	}
	first := func(kinds ...drafting.VersionKind) string {
		for _, kind := range kinds {
			for _, v := range versions {
				if v.Kind == kind && v.Key != a && v.Key != b {
					return v.Key
				}
			}
		}
		return ""
	}
	if a == "" {
		a = first(drafting.VersionAdopted, drafting.VersionMain)
	}
	if b == "" {
		b = first(drafting.VersionProposal, drafting.VersionDraft, drafting.VersionMain, drafting.VersionAdopted)
	}
	return a, b, ""
}

// sinceAdoption gives the two newest adopted texts where the text as it stands is the newest of them.
func sinceAdoption(versions []drafting.Version) (was, is drafting.Version, ok bool) {
	var adopted []drafting.Version
	var main drafting.Version
	for _, v := range versions {
		switch v.Kind {
		case drafting.VersionAdopted:
			adopted = append(adopted, v)
		case drafting.VersionMain:
			main = v
		default:
		}
	}
	if len(adopted) < 2 || adopted[0].Commit != main.Commit {
		return was, is, false
	}
	return adopted[1], adopted[0], true
}

// compareAddress gives the permanent link of a comparison.
func compareAddress(slug repo.Slug, a, b, view string) string {
	query := url.Values{"a": {a}, "b": {b}}
	if view != "" {
		query.Set("view", view)
	}
	return address(slug, "compare") + "?" + query.Encode()
}

// sideRow shows one change with what was on the left and what is on the right.
func sideRow(c diff.Change, slot int) SideRow {
	row := SideRow{Name: c.Name.Spoken, Changed: c.Touched(), LeftLabel: strings.TrimSuffix(string(c.LabelBase), "."), RightLabel: strings.TrimSuffix(string(c.LabelRevised), ".")}
	if c.Moved {
		row.Note = "moved"
	}
	if len(c.Blocks) > 0 {
		row.Class = "k-" + kindWords[c.Blocks[0].Kind]
	}
	row.Left, row.Right = sideRuns(c.Ops, diff.Insert, slot), sideRuns(c.Ops, diff.Delete, slot)
	row.LeftTable, row.RightTable = sideTable(c.Rows, diff.Insert, slot), sideTable(c.Rows, diff.Delete, slot)
	return row
}

// sideRuns gives the runs of one side: all operations but those of the other.
func sideRuns(ops []diff.Op, without diff.OpKind, slot int) []Run {
	var side []diff.Op
	for _, op := range ops {
		if op.Kind != without {
			side = append(side, op)
		}
	}
	return runs(side, slot)
}

func sideTable(rows [][][]diff.Op, without diff.OpKind, slot int) []Row {
	var side []Row
	for i, cells := range rows {
		row := Row{Head: i == 0 && len(rows) > 1}
		some := false
		for _, ops := range cells {
			shown := sideRuns(ops, without, slot)
			some = some || len(shown) > 0
			row.Cells = append(row.Cells, shown)
		}
		if some {
			side = append(side, row)
		}
	}
	return side
}
