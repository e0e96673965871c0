// Package merge puts the changes of any number of proposals into one text.
//
// Start with [Merge], which gives the merged text with everything a person should look at as [Decision] values,
// and [Settle], which does the same with earlier answers applied. [Unsettled] gives a text while conflicts are
// open, [Carry] takes a proposal over to a newer base, [Accept] takes some changes of a proposal, [Revert] undoes
// a merge, [NewCompilation] shows base and variants side by side.
//
// Promises: every function is pure. Merging nothing gives the base, merging one proposal gives that proposal.
// The order of proposals changes nothing but the order of insertions at one place. A conflict is data: the text
// of a [Result] holds the base words there. What is not listed as a conflict carries every proposal's words.
//
// How words merge: all proposals are compared with the common base, word by word. Changes of different proposals
// with a word between them are all taken; the same change is taken once; changes of the same or adjoining words
// that differ are a conflict on exactly those words. U+2011 counts as a hyphen and a no-break space as a blank:
// whoever respells one gets the spelling, two different spellings are no conflict and the lower one in code order
// stays. The final mark of an item is merged apart from its words.
//
// Limits: two proposals that each strike one of two equal clauses look like two that strike the same one. What is
// inserted at one place, or moved there, stands in the order of the proposals; deep items come first and new sections
// last. The conflict map tells of clauses before anyone merges, so it shows clashes that this second reading solves.
// Where proposals give a clause different levels the flattest is taken, listed as combined.
//
// Bounds: odd input (10,000 clauses, a clause of 100 KB, texts that differ everywhere, 1 MiB with every clause changed by
// two) is merged in one to three seconds and 200 MB. What clashes is read again across the borders of clauses, 200,000
// tokens in all (tokens of the base times proposals); what is left after that stays a conflict.
// At one place, 40,000 pairs of inserted clauses at most are compared for being nearly the same (200 clauses from
// each of two proposals); where there are more, only clauses of the same words are found to be one.
package merge

import (
	"plenary/repo/resolution"
)

// Proposal is a text that was made from the base.
type Proposal struct {
	Name   string // unique among the proposals of a merge: "usa/48a5-1"; the command line uses p1, p2
	Source string // what stands behind unagreed words: "USA"; Name if empty
	Text   resolution.Text
}

func (p Proposal) source() string {
	if p.Source != "" {
		return p.Source
	}
	return p.Name
}

// Kind says what sort of decision a clause asks for.
type Kind string

// The kinds of decision. The first three are clean and listed for review; the others are conflicts.
const (
	Agreement  Kind = "agreement"   // several made the same change
	Combined   Kind = "combined"    // several changed different words of one clause
	SamePlace  Kind = "same-place"  // several inserted different clauses at one place, or moved them there
	Conflict   Kind = "conflict"    // several changed the same or adjoining words differently
	DeleteEdit Kind = "delete-edit" // one deleted what another changed, moved or added to
	NearlySame Kind = "nearly-same" // several inserted nearly the same clause at one place
	TwoPlaces  Kind = "two-places"  // several moved one clause to different places
	Structure  Kind = "structure"   // several made one clause another kind of block
)

// Open tells whether decisions of this kind stand open until they are settled.
func (k Kind) Open() bool { return k != Agreement && k != Combined && k != SamePlace }

// Variant is one wording and who stands for it.
type Variant struct {
	Words     string   `json:"words"`
	Deleted   bool     `json:"deleted,omitempty"` // the words, or the whole clause, are struck out
	Proposals []string `json:"proposals"`
}

// Decision is a place where more than one proposal speaks.
type Decision struct {
	Key      string          // the same for the same base words and variants, whoever supports them
	Kind     Kind            // what sort of decision
	Clause   resolution.Name // in the base; of an inserted clause in the merged text
	Base     int             // index of the base block, or of the one after which clauses were inserted; -1 for the beginning
	Block    int             // index in Result.Text, -1 if nothing stands there
	Start    int             // byte range in the words of Block where Words stand; of a conflict only
	End      int
	Words    string      // base words in question
	Variants []Variant   // sorted by words, so that an index is good for as long as the key
	Settled  *Settlement // the answer that was applied, nil if none
}

// Attribution says who brought words of the merged text.
type Attribution struct {
	Block     int // index in Result.Text
	Start     int // byte range in its words; equal if words were only struck out
	End       int
	Deleted   string // base words that stood here
	Proposals []string
}

// Result is a merged text with what people should know about it.
type Result struct {
	Text         resolution.Text // open conflicts hold their base words
	Decisions    []Decision      // in reading order
	References   []Reference     // references by label that no longer fit
	Attributions []Attribution   // in reading order
	Unknown      []string        // keys of settlements that met no decision, sorted
}

// Clean tells whether no conflict is open.
func (r Result) Clean() bool {
	for _, d := range r.Decisions {
		if d.Kind.Open() && d.Settled == nil {
			return false
		}
	}
	return true
}

// Choice is how a decision was settled.
type Choice string

// The ways to settle a conflict.
const (
	KeepBase Choice = "base"     // the base words stay
	Take     Choice = "take"     // one variant
	Combine  Choice = "combine"  // free words
	Brackets Choice = "brackets" // unagreed, all variants in attributed square brackets
)

// Settlement is the answer to a decision.
type Settlement struct {
	Choice  Choice `json:"choice"`
	Variant int    `json:"variant,omitempty"` // index into Decision.Variants, for Take
	Words   string `json:"words,omitempty"`   // for Combine
}

// Mode says what stands in a text where conflicts are open.
type Mode uint8

// The modes of a text with open conflicts.
const (
	WordsOfBase  Mode = iota // only the words in question are the base's
	ClauseOfBase             // the whole clause is the base's, label included
	InBrackets               // the variants stand in attributed square brackets
)

// Merge puts all proposals into the base at once.
func Merge(base resolution.Text, proposals ...Proposal) Result {
	return combine(base, alignAll(base, proposals), nil, WordsOfBase)
}

// Settle merges with remembered settlements applied. Settlements whose decision no longer arises are named in
// Result.Unknown. The error is a [*SettlementError] if one cannot be carried out.
func Settle(base resolution.Text, proposals []Proposal, settled map[string]Settlement) (Result, error) {
	r := combine(base, alignAll(base, proposals), settled, WordsOfBase)
	return r, checkSettled(r, settled)
}

// Unsettled gives the merged text with open conflicts as mode says and everything else merged.
func Unsettled(base resolution.Text, proposals []Proposal, mode Mode) resolution.Text {
	return combine(base, alignAll(base, proposals), nil, mode).Text
}
