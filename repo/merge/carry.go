package merge

import (
	"maps"
	"slices"
	"strings"

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
	maps.Copy(answers, settled)
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
	o := newOutcome(base, newBase, carried, open)
	v := align(base, Proposal{Text: proposal})
	var out []CarriedClause
	for _, c := range diff.Compare(base, proposal) {
		if !c.Touched() {
			continue
		}
		clause := CarriedClause{Clause: c.Name, Yours: said(proposal, c.Revised), Base: said(base, c.Base)}
		if len(c.Base) == 0 {
			clause.Outcome, clause.Key = o.inserted(v.anchor(c.Revised[0]), c.Blocks[0])
		} else {
			main := o.inMain[c.Base[0]]
			clause.Main = said(newBase, main.Revised)
			if len(main.Revised) > 0 {
				clause.Clause = main.Name
			}
			clause.Outcome, clause.Key = o.changed(c.Base[0], main)
		}
		out = append(out, clause)
	}
	return out
}

// outcome knows what is needed to tell what became of a change.
type outcome struct {
	carried Carried
	open    map[int]string      // key of the open decision, by base block
	inMain  map[int]diff.Change // what the new base made of each base block
	left    map[int]bool        // blocks of the new base that the carried text changes
	added   map[string]bool     // words of clauses that the carried text adds or changes
}

func newOutcome(base, newBase resolution.Text, carried Carried, open map[int]string) *outcome {
	o := &outcome{carried: carried, open: open, inMain: make(map[int]diff.Change), left: make(map[int]bool), added: make(map[string]bool)}
	for _, c := range diff.Compare(base, newBase) {
		for _, i := range c.Base {
			o.inMain[i] = c
		}
	}
	for _, c := range diff.Compare(newBase, carried.Text) {
		if !c.Touched() {
			continue
		}
		for _, i := range c.Base {
			o.left[i] = true
		}
		for _, b := range c.Blocks {
			o.added[diff.Key(b)] = true
		}
	}
	return o
}

// inserted tells what became of a new clause after a base block.
func (o *outcome) inserted(after int, b resolution.Block) (Outcome, string) {
	if key, clash := o.open[after]; clash && clashesNew(o.carried.Decisions, key) {
		return NeedsDecision, key
	}
	if !o.added[diff.Key(b)] {
		return NowEmpty, ""
	}
	return Applied, ""
}

// changed tells what became of a change of a base block.
func (o *outcome) changed(base int, main diff.Change) (Outcome, string) {
	key, clash := o.open[base]
	remains := slices.ContainsFunc(main.Revised, func(j int) bool { return o.left[j] })
	switch {
	case clash && !clashesNew(o.carried.Decisions, key):
		return NeedsDecision, key
	case !main.Touched():
		return Applied, ""
	case remains:
		return ChangedUnder, ""
	}
	return NowEmpty, ""
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
	words := make([]string, len(blocks))
	for k, i := range blocks {
		words[k] = wordsIn(t.Blocks[i])
	}
	return strings.Join(words, "\n")
}

// Revert takes back a merge: before is the text it was made into, after what it gave, now the text as it stands.
// What came later stays; where it speaks of words the merge had brought, the result has open decisions between
// "undo" and "later".
func Revert(before, after, now resolution.Text) Result {
	return Merge(after, Proposal{Name: "later", Text: now}, Proposal{Name: "undo", Text: before})
}
