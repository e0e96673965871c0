package drafting_test

import (
	"slices"
	"testing"

	"plenary/repo/merge"
	"plenary/server/drafting"
)

// mapRow gives the states of the cells of a clause, in order of the columns; nil where nobody touches it.
func (h *house) mapRow(a drafting.Actor, clause string) []merge.CellState {
	h.t.Helper()
	view, err := h.ConflictMap(h.t.Context(), a, slug)
	h.must(err)
	for _, row := range view.Rows {
		if row.Name.Spoken != clause || row.Inserted {
			continue
		}
		if len(row.Cells) != len(view.Columns) {
			h.t.Fatalf("%d cells under %d columns", len(row.Cells), len(view.Columns))
		}
		states := make([]merge.CellState, len(row.Cells))
		for i, cell := range row.Cells {
			states[i] = cell.State
			for _, name := range cell.With {
				if view.Names[name].Label == "" {
					h.t.Errorf("a cell speaks of %q, which no column names", name)
				}
			}
		}
		return states
	}
	return nil
}

func TestConflictMapFollowsSubmissions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	check := func(clause string, want ...merge.CellState) {
		t.Helper()
		if got := h.mapRow(h.observer, clause); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", clause, got, want)
		}
	}
	h.submitted(h.haddad, "ARB/1/1", "every hour", "every half hour")
	check("resolves 2", merge.Touches)
	eur := h.submitted(h.weber, "EUR/1/1", "every hour", "every day", "two keepers", "three keepers")
	check("resolves 2", merge.Clashes, merge.Clashes)
	check("resolves 3", merge.Free, merge.Touches)

	// A new text of one that is there, in place; then one more at the end.
	h.write(h.weber, eur, "every day", "every half hour")
	_, err := h.Submit(t.Context(), h.weber, slug, eur)
	h.must(err)
	check("resolves 2", merge.SameAs, merge.SameAs)
	usa := h.submitted(h.carter, "USA/1/1", "two keepers", "four keepers")
	check("resolves 3", merge.Free, merge.Clashes, merge.Clashes)
	view, err := h.Compilation(t.Context(), h.observer, slug)
	h.must(err)
	if len(view.Carried) != 3 || view.Carried[2].Name != usa.String() {
		t.Errorf("the compilation holds %d texts", len(view.Carried))
	}
	h.must(h.Withdraw(t.Context(), h.carter, slug, usa, "Agreed otherwise."))
	check("resolves 3", merge.Free, merge.Touches)
}

func TestConflictMapShowsADraftToItsCircleOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.submitted(h.weber, "EUR/1/1", "every hour", "every day")
	p := h.propose(h.carter, "")
	if got := h.mapRow(h.reed, "resolves 2"); !slices.Equal(got, []merge.CellState{merge.Touches}) {
		t.Errorf("an empty draft shows: %v", got)
	}
	h.write(h.carter, p.Draft, "every hour", "every half hour")
	if got := h.mapRow(h.reed, "resolves 2"); !slices.Equal(got, []merge.CellState{merge.Clashes, merge.Clashes}) {
		t.Errorf("the own draft: %v", got)
	}
	for _, a := range []drafting.Actor{h.weber, h.chair, h.lind, h.observer} {
		if got := h.mapRow(a, "resolves 2"); !slices.Equal(got, []merge.CellState{merge.Touches}) {
			t.Errorf("%s sees the draft of another: %v", a.Login, got)
		}
	}
}
