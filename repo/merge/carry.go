package merge

import (
	"slices"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Outcome is what became of one change of a proposal when its base moved.
type Outcome string

// The outcomes of a carried change.
const (
	Applied       Outcome = "applied"           // it stands in the new text as it was
	ChangedUnder  Outcome = "changed under you" // it stands, and others changed the same clause too
	NowEmpty      Outcome = "now empty"         // the new base has it already
	NeedsDecision Outcome = "needs decision"    // it clashes with what the new base says
)

// CarriedClause tells what became of a proposal's change of one clause.
type CarriedClause struct {
	Clause  resolution.Name // in the new base; in the proposal if it has none there
	Outcome Outcome
	Base    string // the words in the old base
	Main    string // the words in the new base
	Yours   string // the words in the proposal
	Key     string // of the decision that is needed, to settle it
}

// Carried is a proposal taken over to a newer base.
type Carried struct {
	Text      resolution.Text // where a decision is needed it holds the proposal's words
	Clauses   []CarriedClause // one for each clause the proposal changed, in the proposal's order
	Decisions []Decision      // the open ones
}

// Clean tells whether nothing needs a decision.
func (c Carried) Clean() bool { return len(c.Decisions) == 0 }

// The names of the two sides of a carry in its decisions.
const (
	CarryMain  = "main"
	CarryYours = "yours"
)

// Carry takes a proposal over from the base it was made on to a newer one. Settlements of earlier carries may be
// given; where none answers, the proposal's words stand and the clause needs a decision.
func Carry(base, newBase, proposal resolution.Text, settled map[string]Settlement) Carried {
	views := alignAll(base, []Proposal{{Name: CarryMain, Text: newBase}, {Name: CarryYours, Text: proposal}})
	first := combine(base, views, settled, WordsOfBase)
	answers := make(map[string]Settlement, len(settled))
	for key, s := range settled {
		answers[key] = s
	}
	var out Carried
	open := make(map[int]string)
	for _, d := range first.Decisions {
		if !d.Kind.Open() || d.Settled != nil {
			continue
		}
		out.Decisions = append(out.Decisions, d)
		open[d.Base] = d.Key
		for k, v := range d.Variants {
			if slices.Contains(v.Proposals, CarryYours) {
				answers[d.Key] = Settlement{Choice: Take, Variant: k}
			}
		}
	}
	result := first
	if len(out.Decisions) > 0 {
		result = combine(base, views, answers, WordsOfBase)
	}
	out.Text = result.Text
	out.Clauses = outcomes(base, newBase, proposal, out, open)
	return out
}

// outcomes goes through what a proposal changed and finds what is left of it.
func outcomes(base, newBase, proposal resolution.Text, carried Carried, open map[int]string) []CarriedClause {
	toMain := diff.Compare(base, newBase)
	inMain := make(map[int]diff.Change)
	for _, c := range toMain {
		for _, i := range c.Base {
			inMain[i] = c
		}
	}
	left := make(map[int]bool)     // blocks of the new base that the carried text changes
	added := make(map[string]bool) // words of clauses that it adds
	for _, c := range diff.Compare(newBase, carried.Text) {
		if !c.Touched() {
			continue
		}
		for _, i := range c.Base {
			left[i] = true
		}
		for _, b := range c.Blocks {
			added[diff.Key(b)] = true
		}
	}
	v := align(base, Proposal{Text: proposal})
	var out []CarriedClause
	for _, c := range diff.Compare(base, proposal) {
		if !c.Touched() {
			continue
		}
		clause := CarriedClause{Clause: c.Name, Outcome: Applied, Yours: said(proposal, c.Revised), Base: said(base, c.Base)}
		if len(c.Base) == 0 {
			at := v.anchor(c.Revised[0])
			if key, clash := open[at]; clash && clashesNew(carried.Decisions, key) {
				clause.Outcome, clause.Key = NeedsDecision, key
			} else if !added[diff.Key(c.Blocks[0])] {
				clause.Outcome = NowEmpty
			}
			out = append(out, clause)
			continue
		}
		i := c.Base[0]
		main := inMain[i]
		clause.Main = said(newBase, main.Revised)
		if len(main.Revised) > 0 {
			clause.Clause = main.Name
		}
		remains := slices.ContainsFunc(main.Revised, func(j int) bool { return left[j] })
		key, clash := open[i]
		switch {
		case clash && !clashesNew(carried.Decisions, key):
			clause.Outcome, clause.Key = NeedsDecision, key
		case !remains && main.Touched():
			clause.Outcome = NowEmpty
		case main.Touched():
			clause.Outcome = ChangedUnder
		}
		out = append(out, clause)
	}
	return out
}

// clashesNew tells whether a decision is about clauses that were inserted.
func clashesNew(decisions []Decision, key string) bool {
	return slices.ContainsFunc(decisions, func(d Decision) bool { return d.Key == key && d.Kind == NearlySame })
}

// anchor gives the base block after which a new block of the proposal stands, -1 for the beginning.
func (v *view) anchor(block int) int {
	for j := block - 1; j >= 0; j-- {
		if i := v.owner[j]; i >= 0 && !v.moved[i] {
			return i
		}
	}
	return -1
}

func said(t resolution.Text, blocks []int) string {
	var out string
	for k, i := range blocks {
		if k > 0 {
			out += "\n"
		}
		out += wordsIn(t.Blocks[i])
	}
	return out
}

// Revert takes back a merge: before is the text it was made into, after what it gave, now the text as it stands.
// What came later stays; where it speaks of words the merge had brought, the result has open decisions between
// "undo" and "later".
func Revert(before, after, now resolution.Text) Result {
	return Merge(after, Proposal{Name: "later", Text: now}, Proposal{Name: "undo", Text: before})
}
