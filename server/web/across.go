package web

import (
	"net/url"
	"slices"
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// across offers a third and a fourth text, and in the view in columns lays all of them beside the first.
func (p *Pages) across(r request, page *ComparePage, first drafting.Comparison, versions []drafting.Version, keys []string) error {
	slug := first.Resolution.Slug
	page.Columns = columnsAddress(page.Action, keys)
	if page.View != "columns" {
		return nil
	}
	reading, err := p.service.Read(r.ctx(), r.actor, slug, keys[0], "")
	if err != nil {
		return err
	}
	page.Heads = []string{first.A.Label, first.B.Label}
	all := []drafting.Comparison{first}
	for i, name := range []string{"c", "d"} {
		more := CompareMore{Name: name, Words: [...]string{"third text", "fourth text"}[i]}
		var chosen drafting.Version
		if key := keys[2:][i]; key != "" {
			other, err := p.service.Compare(r.ctx(), r.actor, slug, keys[0], key)
			if err != nil {
				return err
			}
			chosen = other.B
			all, page.Heads = append(all, other), append(page.Heads, chosen.Label)
		}
		more.Choices = append([]Choice{{Value: "", Words: "none", Chosen: !chosen.Exists()}}, choices(versions, chosen)...)
		page.More = append(page.More, more)
	}
	page.Same = !slices.ContainsFunc(all, func(c drafting.Comparison) bool { return !c.Same })
	page.Across = acrossRows(r.inks, reading.Text, reading.Names, all)
	return nil
}

func columnsAddress(action string, keys []string) string {
	query := url.Values{"view": {"columns"}}
	for i, name := range []string{"a", "b", "c", "d"} {
		if keys[i] != "" {
			query.Set(name, keys[i])
		}
	}
	return action + "?" + query.Encode()
}

// acrossRows lays texts beside the clauses of the first; what they insert stands in rows of its own behind the clause it
// follows. Clauses that are the same in all fold.
func acrossRows(known inks, first resolution.Text, names []resolution.Name, all []drafting.Comparison) []AcrossRow {
	cells := make([]map[int]AcrossCell, len(all))
	inserted := map[int][]AcrossRow{}
	for k, c := range all {
		cells[k] = map[int]AcrossCell{}
		slot := anyInk
		if c.B.Draft.Valid() {
			slot = known.tag(c.B.Draft.Circle).Slot
		}
		last := -1
		for _, change := range c.Changes {
			cell := acrossCell(change, slot)
			if len(change.Base) == 0 {
				row := AcrossRow{Name: change.Name.Spoken, Cells: make([]AcrossCell, len(all)+1)}
				row.Cells[k+1] = cell
				inserted[last] = append(inserted[last], row)
				continue
			}
			last = max(last, change.Base[len(change.Base)-1])
			cells[k][change.Base[0]] = cell
		}
	}
	var rows []AcrossRow
	same := 0
	fold := func() {
		if same > 0 {
			rows = append(rows, AcrossRow{Folded: drafting.Counted(same, "clause is", "clauses are") + " the same in all"})
			same = 0
		}
	}
	put := func(more []AcrossRow) {
		if len(more) > 0 {
			fold()
			rows = append(rows, more...)
		}
	}
	put(inserted[-1])
	for i, b := range first.Blocks {
		row := AcrossRow{Name: names[i].Spoken, Cells: []AcrossCell{{Label: paperLabel(b), Runs: plainRuns(b.Words), Table: plainRows(b.Rows)}}}
		idle := true
		for k := range all {
			cell := cells[k][i]
			idle = idle && cell.Same
			row.Cells = append(row.Cells, cell)
		}
		if idle {
			same++
		} else {
			fold()
			rows = append(rows, row)
		}
		put(inserted[i])
	}
	fold()
	return rows
}

func acrossCell(c diff.Change, slot int) AcrossCell {
	cell := AcrossCell{Same: !c.Touched(), Label: strings.TrimSuffix(string(c.LabelRevised), ".")}
	switch {
	case c.Kind == diff.Deleted:
		cell.Note = "struck out"
	case c.Kind == diff.Inserted:
		cell.Note = "new"
	case c.Moved:
		cell.Note = "moved"
	}
	for _, line := range dividedOps(c.Ops) {
		cell.Runs = append(cell.Runs, runs(line, slot)...)
	}
	if len(c.Rows) > 0 {
		cell.Table = changedRows(c.Rows, slot)
	}
	return cell
}
