// Package diff tells which clause of one text is which clause of another, and which words changed in it.
//
// Start with [Compare], which gives every clause of two texts with its changes, and [Words], the word
// difference of one clause. [Align] is the pairing they rest on. [HTML], [Terminal] and [JSON] show changes.
//
// Promises: everything is a pure function of its arguments; Align(a, b) mirrors Align(b, a); applying the
// operations of a change to the base gives exactly the revised words and dropping them exactly the base words.
//
// Bounds: work grows with the number of clauses that differ, not with their product. Beyond 60,000 candidate
// pairs in one gap only clauses that share a rare word are compared; beyond 3,000,000 candidate word pairs in
// one clause only words that stand once on each side are anchors, and what lies between is given whole.
package diff

// PairKind says what became of a clause.
type PairKind uint8

// The kinds of pair. A moved clause is Same or Changed with Moved set.
const (
	Same     PairKind = iota // equal but for label, list punctuation and spelling of blanks and hyphens
	Changed                  // the same clause with other words
	Inserted                 // only in the revised text
	Deleted                  // only in the base
	Split                    // one base clause, several revised ones
	Joined                   // several base clauses, one revised
)

// String gives the kind as one word, as JSON carries it.
func (k PairKind) String() string {
	switch k {
	case Same:
		return "same"
	case Changed:
		return "changed"
	case Inserted:
		return "inserted"
	case Deleted:
		return "deleted"
	case Split:
		return "split"
	case Joined:
		return "joined"
	}
	return "unknown"
}

// Pair says which blocks of the base are which blocks of the revised text, by index. A missing side is nil.
// Both sides ascend; only Split and Joined have more than one index on a side.
type Pair struct {
	Kind    PairKind
	Moved   bool
	Base    []int
	Revised []int
}

// OpKind says what an operation does with its text.
type OpKind uint8

// The operations of a word difference.
const (
	Equal OpKind = iota
	Delete
	Insert
)

// Op is a run of words that stayed, went or came. Text is inline Markdown as in [resolution.Block].Words.
type Op struct {
	Kind OpKind
	Text string
}
