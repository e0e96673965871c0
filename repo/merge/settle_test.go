package merge

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/resolution"
)

// parsed reads a file written in a test.
func parsed(t testing.TB, lines ...string) resolution.Text {
	t.Helper()
	text, _, err := resolution.Parse([]byte(strings.Join(lines, "\n\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func written(t resolution.Text) []string {
	return strings.Split(strings.TrimSuffix(string(resolution.Format(t)), "\n"), "\n\n")
}

// garten is a small text with each sort of list.
var garten = []string{
	"# RESOLUTION 9 (Rev. Bern, 2001)",
	"The Assembly of Gardeners (Bern, 2001),",
	"*noting*",
	"a) that towns grow fast and green places vanish;",
	"b) that children learn from plants and animals;",
	"c) that rain water is wasted in most towns,",
	"*resolves*",
	"1. to plant ten trees for every new house;",
	"2. to invite schools to keep a garden of their own;",
	"3. to report on gardens every second year.",
}

// with gives the small text with some lines put in place of others; "" takes a line out.
func with(t testing.TB, pairs ...string) resolution.Text {
	t.Helper()
	var out []string
	for _, line := range garten {
		for k := 0; k < len(pairs); k += 2 {
			if strings.HasPrefix(line, pairs[k]) {
				line = pairs[k+1]
			}
		}
		if line != "" {
			out = append(out, strings.Split(line, "\n")...)
		}
	}
	return parsed(t, out...)
}

func TestSituations(t *testing.T) {
	for _, c := range []struct {
		name   string
		p, q   []string // replacements made by USA and EUR
		kinds  string
		want   []string // replacements that give the merged text
		base   []string // with whole base clauses
		square []string // with brackets
	}{
		{
			name: "same change by both", p: []string{"1.", "1. to plant twelve trees for every new house;"}, q: []string{"1.", "1. to plant twelve trees for every new house;"},
			kinds: "agreement", want: []string{"1.", "1. to plant twelve trees for every new house;"},
		},
		{
			name: "different words", p: []string{"1.", "1. to plant twelve trees for every new house;"}, q: []string{"1.", "1. to plant ten trees for every new road;"},
			kinds: "combined", want: []string{"1.", "1. to plant twelve trees for every new road;"},
		},
		{
			name: "one word two ways", p: []string{"1.", "1. to plant twelve trees for every house;"}, q: []string{"1.", "1. to plant five trees for every new house;"},
			kinds: "conflict",
			want:  []string{"1.", "1. to plant ten trees for every house;"}, base: []string{},
			square: []string{"1.", "1. to plant [twelve]{USA}[five]{EUR} trees for every house;"},
		},
		{
			name: "adjoining words", p: []string{"1.", "1. to plant twelve trees for every new house;"}, q: []string{"1.", "1. to plant ten oaks for every new house;"},
			kinds: "conflict", want: []string{}, base: []string{},
			square: []string{"1.", "1. to plant [twelve trees]{USA}[ten oaks]{EUR} for every new house;"},
		},
		{
			name: "deleted and edited", p: []string{"2.", "", "3.", "2. to report on gardens every second year."}, q: []string{"2.", "2. to invite all schools to keep a garden of their own;"},
			kinds: "delete-edit", want: []string{}, base: []string{},
			square: []string{"2.", "2. [to invite all schools to keep a garden of their own]{EUR}[]{USA};"},
		},
		{
			name: "moved and edited",
			p:    []string{"1.", "1. to invite schools to keep a garden of their own;", "2.", "2. to report on gardens every second year;", "3.", "3. to plant ten trees for every new house."},
			q:    []string{"1.", "1. to plant ten old trees for every new house;"},
			want: []string{"1.", "1. to invite schools to keep a garden of their own;", "2.", "2. to report on gardens every second year;", "3.", "3. to plant ten old trees for every new house."},
		},
		{
			name: "insertions at one place", p: []string{"b)", garten[4] + "\nc) that bees need flowers;", "c)", "d) that rain water is wasted in most towns,"}, q: []string{"b)", garten[4] + "\nc) that old people like to walk in the shade;", "c)", "d) that rain water is wasted in most towns,"},
			kinds: "same-place", want: []string{"b)", garten[4] + "\nc) that bees need flowers;\nd) that old people like to walk in the shade;", "c)", "e) that rain water is wasted in most towns,"},
		},
		{
			name: "nearly the same insertion", p: []string{"b)", garten[4] + "\nc) that the bees of the town need many flowers;", "c)", "d) that rain water is wasted in most towns,"}, q: []string{"b)", garten[4] + "\nc) that the bees of the town need more flowers;", "c)", "d) that rain water is wasted in most towns,"},
			kinds: "nearly-same", want: []string{}, base: []string{},
			square: []string{"b)", garten[4] + "\nc) that the bees of the town need [many]{USA}[more]{EUR} flowers;", "c)", "d) that rain water is wasted in most towns,"},
		},
		{
			name: "items appended by both", p: []string{"c)", "c) that rain water is wasted in most towns;\nd) that bees need flowers,"}, q: []string{"c)", "c) that rain water is wasted in most towns;\nd) that old people like the shade,"},
			kinds: "same-place", want: []string{"c)", "c) that rain water is wasted in most towns;\nd) that bees need flowers;\ne) that old people like the shade,"},
		},
		{
			name: "a bis item shifts no one", p: []string{"b)", garten[4] + "\nb bis) that bees need flowers;"}, q: []string{"a)", "a) that all towns grow fast and green places vanish;"},
			want: []string{"b)", garten[4] + "\nb bis) that bees need flowers;", "a)", "a) that all towns grow fast and green places vanish;"},
		},
		{
			name: "a split by one, an edit by the other", p: []string{"b)", "b) that children learn from plants;\nc) that children learn from animals;", "c)", "d) that rain water is wasted in most towns,"}, q: []string{"a)", "a) that towns grow very fast and green places vanish;"},
			want: []string{"a)", "a) that towns grow very fast and green places vanish;", "b)", "b) that children learn from plants;\nc) that children learn from animals;", "c)", "d) that rain water is wasted in most towns,"},
		},
		{
			name:  "the end of one and the beginning of the next struck",
			p:     []string{"1.", "1. to plant ten trees to keep a garden of their own;", "2.", "", "3.", "2. to report on gardens every second year."},
			q:     []string{"2.", "2. to invite schools to keep a large garden of their own;"},
			kinds: "combined", want: []string{"1.", "1. to plant ten trees to keep a large garden of their own;", "2.", "", "3.", "2. to report on gardens every second year."},
		},
		{
			name: "one moves and one inserts at one place",
			p: []string{
				"c)", "", "b)", "c) that children learn from plants and animals,",
				"a)", "a) that rain water is wasted in most towns;\nb) that towns grow fast and green places vanish;",
			},
			q: []string{
				"c)", "d) that rain water is wasted in most towns,", "b)", "c) that children learn from plants and animals;",
				"a)", "b) that towns grow fast and green places vanish;", "*noting*", "*noting*\na) that bees need flowers;",
			},
			kinds: "same-place",
			want: []string{
				"c)", "", "b)", "d) that children learn from plants and animals,",
				"a)", "a) that rain water is wasted in most towns;\nb) that bees need flowers;\nc) that towns grow fast and green places vanish;",
			},
		},
		{
			name: "a section deleted and added to", p: []string{"*noting*", "", "a)", "", "b)", "", "c)", ""}, q: []string{"b)", garten[4] + "\nc) that bees need flowers;", "c)", "d) that rain water is wasted in most towns,"},
			kinds: "delete-edit", want: []string{"a)", "", "b)", "a) that bees need flowers;", "c)", ""},
			base:   []string{"a)", "", "b)", "a) that bees need flowers;", "c)", ""},
			square: []string{"*noting*", "[*noting*]{EUR}[]{USA}", "a)", "", "b)", "a) that bees need flowers;", "c)", ""},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			base := with(t)
			proposals := []Proposal{{Name: "usa/1", Source: "USA", Text: with(t, c.p...)}, {Name: "eur/1", Source: "EUR", Text: with(t, c.q...)}}
			r := Merge(base, proposals...)
			var kinds []string
			for _, d := range r.Decisions {
				kinds = append(kinds, string(d.Kind))
			}
			if got := strings.Join(kinds, " "); got != c.kinds {
				t.Errorf("decisions %q, want %q: %+v", got, c.kinds, r.Decisions)
			}
			if c.base == nil {
				c.base = c.want
			}
			if c.square == nil {
				c.square = c.want
			}
			if d := cmp.Diff(written(with(t, c.want...)), written(r.Text)); d != "" {
				t.Errorf("merged (-want +got):\n%s", d)
			}
			if d := cmp.Diff(written(with(t, c.base...)), written(Unsettled(base, proposals, ClauseOfBase))); d != "" {
				t.Errorf("with base clauses (-want +got):\n%s", d)
			}
			if d := cmp.Diff(written(with(t, c.square...)), written(Unsettled(base, proposals, InBrackets))); d != "" {
				t.Errorf("with brackets (-want +got):\n%s", d)
			}
		})
	}
}

func TestSettlementsAreRemembered(t *testing.T) {
	base := with(t)
	usa := Proposal{Name: "usa/1", Source: "USA", Text: with(t, "1.", "1. to plant twelve trees for every house;")}
	eur := Proposal{Name: "eur/1", Source: "EUR", Text: with(t, "1.", "1. to plant five trees for every new house;")}
	open := Merge(base, usa, eur).Decisions[0]
	for _, c := range []struct {
		name    string
		settled Settlement
		want    string
	}{
		{"keep base", Settlement{Choice: KeepBase}, "1. to plant ten trees for every house;"},
		{"take one", Settlement{Choice: Take, Variant: 0}, "1. to plant five trees for every house;"},
		{"combine", Settlement{Choice: Combine, Words: "eight strong"}, "1. to plant eight strong trees for every house;"},
		{"brackets", Settlement{Choice: Brackets}, "1. to plant [five]{EUR}[twelve]{USA} trees for every house;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			settled := map[string]Settlement{open.Key: c.settled, "unknown": {Choice: KeepBase}}
			r, err := Settle(base, []Proposal{eur, usa}, settled)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Clean() || r.Decisions[0].Settled == nil {
				t.Error("still open")
			}
			if d := cmp.Diff(written(with(t, "1.", c.want)), written(r.Text)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff([]string{"unknown"}, r.Unknown); d != "" {
				t.Error(d)
			}
			// another clause changes and a third joins: the answer still holds, only the new clash is asked
			usa2 := Proposal{Name: "usa/2", Source: "USA", Text: with(t, "1.", "1. to plant twelve trees for every house;", "3.", "3. to report on gardens every year.")}
			ger := Proposal{Name: "ger/1", Source: "GER", Text: with(t, "3.", "3. to report on gardens every third year.")}
			r, err = Settle(base, []Proposal{usa2, eur, ger}, settled)
			if err != nil {
				t.Fatal(err)
			}
			var asked []string
			for _, d := range r.Decisions {
				if d.Kind.Open() && d.Settled == nil {
					asked = append(asked, d.Clause.Spoken)
				}
			}
			if d := cmp.Diff([]string{"resolves 3"}, asked); d != "" {
				t.Error(d)
			}
		})
	}
	_, err := Settle(base, []Proposal{usa, eur}, map[string]Settlement{open.Key: {Choice: Take, Variant: 7}})
	if fault, ok := errors.AsType[*SettlementError](err); !ok || !strings.Contains(fault.Sentence, "choose one from 0 to 1") {
		t.Errorf("a variant that is not there gives %v", err)
	}
}

func TestCarry(t *testing.T) {
	base := with(t)
	newBase := with(t, "a)", "a) that towns grow very fast and green places vanish;", "1.", "1. to plant twelve trees for every new house;", "3.", "3. to report on gardens every year.")
	proposal := with(t, "a)", "a) that towns grow fast and quiet places vanish;", "1.", "1. to plant five trees for every new house;", "2.", "2. to invite all schools to keep a garden of their own;", "3.", "3. to report on gardens every year.")
	got := Carry(base, newBase, proposal, nil)
	want := with(t, "a)", "a) that towns grow very fast and quiet places vanish;", "1.", "1. to plant five trees for every new house;", "2.", "2. to invite all schools to keep a garden of their own;", "3.", "3. to report on gardens every year.")
	if d := cmp.Diff(written(want), written(got.Text)); d != "" {
		t.Error(d)
	}
	outcomes := make(map[string]Outcome)
	for _, c := range got.Clauses {
		outcomes[c.Clause.Spoken] = c.Outcome
	}
	if d := cmp.Diff(map[string]Outcome{"noting a)": ChangedUnder, "resolves 1": NeedsDecision, "resolves 2": Applied, "resolves 3": NowEmpty}, outcomes); d != "" {
		t.Error(d)
	}
	if got.Clean() {
		t.Error("a clash went unnoticed")
	}
}

func TestAccept(t *testing.T) {
	base := with(t)
	proposal := with(t, "a)", "a) that all towns grow fast and green places vanish;", "b)", garten[4]+"\nc) that bees need flowers;", "c)", "d) that rain water is wasted in most towns,", "1.", "", "2.", "1. to invite schools to keep a garden of their own;", "3.", "2. to report on gardens every year.")
	changes := Changes(base, proposal)
	by := make(map[string]string)
	for _, c := range changes {
		by[c.Name.Spoken+" "+c.Kind.String()] = c.Key
	}
	text, left, err := Accept(base, proposal, by["noting c) inserted"], by["resolves 2 changed"])
	if err != nil {
		t.Fatal(err, by)
	}
	want := with(t, "b)", garten[4]+"\nc) that bees need flowers;", "c)", "d) that rain water is wasted in most towns,", "3.", "3. to report on gardens every year.")
	if d := cmp.Diff(written(want), written(text)); d != "" {
		t.Error(d)
	}
	if len(left) != 2 {
		t.Errorf("%d changes left, want 2", len(left))
	}
	carried := Carry(base, text, proposal, nil)
	if d := cmp.Diff(written(proposal), written(carried.Text)); d != "" || !carried.Clean() {
		t.Errorf("the rest does not carry over: %s", d)
	}
	all := make([]string, len(changes))
	for k, c := range changes {
		all[k] = c.Key
	}
	if text, _, err = Accept(base, proposal, all...); err != nil || equal(text, proposal) != "" {
		t.Errorf("all taken is not the proposal: %v %s", err, equal(proposal, text))
	}
	if _, _, err = Accept(base, proposal, "nothing"); err == nil {
		t.Error("an unknown change was taken")
	}
}

func TestRevert(t *testing.T) {
	before := with(t)
	after := with(t, "1.", "1. to plant twelve trees for every new house;", "2.", "")
	now := with(t, "1.", "1. to plant twelve trees for every new house;", "2.", "", "a)", "a) that all towns grow fast and green places vanish;")
	r := Revert(before, after, now)
	want := with(t, "a)", "a) that all towns grow fast and green places vanish;")
	if d := cmp.Diff(written(want), written(r.Text)); d != "" || !r.Clean() {
		t.Error(d)
	}
}

func TestCompilation(t *testing.T) {
	base := with(t)
	proposals := []Proposal{
		{Name: "usa/1", Text: with(t, "1.", "1. to plant twelve trees for every new house;")},
		{Name: "eur/1", Text: with(t, "1.", "1. to plant twelve trees for every new house;", "2.", "2. to invite all schools to keep a garden of their own;")},
		{Name: "arb/1", Text: with(t, "1.", "1. to plant five trees for every new house;", "b)", garten[4]+"\nb bis) that bees need flowers;")},
	}
	c := NewCompilation(base, proposals...)
	told := func() map[string]string {
		out := make(map[string]string)
		m := c.Map()
		for _, row := range m.Clauses {
			name := row.Name.Spoken
			if row.Inserted {
				name = "after " + name
			}
			var cells []string
			for _, cell := range row.Cells {
				cells = append(cells, string(cell.State))
			}
			out[name] = strings.Join(cells, ",")
		}
		return out
	}
	if d := cmp.Diff(map[string]string{"resolves 1": "clashes,clashes,clashes", "resolves 2": ",changed,", "after noting b)": ",,changed"}, told()); d != "" {
		t.Error(d)
	}
	c.Put(Proposal{Name: "arb/1", Text: base})
	if d := cmp.Diff(map[string]string{"resolves 1": "same,same,", "resolves 2": ",changed,"}, told()); d != "" {
		t.Error(d)
	}
	c.Remove("eur/1")
	if d := cmp.Diff(map[string]string{"resolves 1": "changed,"}, told()); d != "" {
		t.Error(d)
	}
	for _, clause := range c.Clauses() {
		if clause.Name.Spoken == "resolves 1" && (len(clause.Variants) != 1 || clause.Variants[0].Proposals[0] != "usa/1") {
			t.Errorf("%+v", clause)
		}
	}
	if r := c.Result(nil); !r.Clean() {
		t.Error("the merge of a compilation is not clean")
	}
}

func TestTablesMergeCellByCell(t *testing.T) {
	table := func(rows ...string) resolution.Text { return parsed(t, strings.Join(rows, "\n")) }
	base := table("| Tree | Height |", "| --- | --- |", "| oak | 30 m |", "| yew | 10 m |")
	p := table("| Tree | Height |", "| --- | --- |", "| oak | 40 m |", "| yew | 10 m |", "| fir | 50 m |")
	q := table("| Tree | Height |", "| --- | --- |", "| old oak | 30 m |", "| yew | 10 m |")
	r := Merge(base, Proposal{Name: "p", Text: p}, Proposal{Name: "q", Text: q})
	want := table("| Tree | Height |", "| --- | --- |", "| old oak | 40 m |", "| yew | 10 m |", "| fir | 50 m |")
	if d := cmp.Diff(written(want), written(r.Text)); d != "" || !r.Clean() {
		t.Errorf("%s\n%s", d, openOnes(r))
	}
}

func TestStaleReferencesAreListed(t *testing.T) {
	base := with(t, "3.", "3. to report on noting b) and resolves 1 every second year.")
	usa := Proposal{Name: "usa/1", Text: with(t, "b)", "b) that bees need flowers;\nc) that children learn from plants and animals;", "c)", "d) that rain water is wasted in most towns,", "3.", "3. to report on noting c) and resolves 1 every second year.")}
	ger := Proposal{Name: "ger/1", Text: with(t, "a)", "a) that towns grow, see noting b), and green places vanish;", "3.", "3. to report on noting b) and resolves 1 every second year.")}
	for _, c := range []struct {
		name      string
		proposals []Proposal
		want      []string
	}{
		{"nothing moved", []Proposal{ger}, nil},
		{"one voice speaks for itself", []Proposal{usa}, nil},
		{"another's mention moved", []Proposal{usa, ger}, []string{"noting a): noting b) -> noting c)"}},
		{"a mentioned clause is gone", []Proposal{ger, {Name: "eur/1", Text: with(t, "1.", "", "2.", "1. to invite schools to keep a garden of their own;", "3.", "2. to report on noting b) and resolves 1 every second year.")}}, []string{"resolves 2: resolves 1 -> "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, r := range Merge(base, c.proposals...).References {
				got = append(got, r.Clause+": "+r.Words+" -> "+r.Suggestion)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
