package merge

import "plenary/repo/resolution"

// Report is a result as JSON carries it.
type Report struct {
	Clean      bool             `json:"clean"`
	Text       string           `json:"text"` // the canonical file
	Decisions  []ReportDecision `json:"decisions"`
	References []Reference      `json:"references"`
	Unknown    []string         `json:"unknownSettlements,omitempty"`
}

// ReportDecision is a decision as JSON carries it.
type ReportDecision struct {
	Key      string      `json:"key"`
	Clause   string      `json:"clause"` // "considering f)"
	Link     string      `json:"link"`   // "considering-f"
	Kind     Kind        `json:"kind"`
	Open     bool        `json:"open"`
	Base     string      `json:"base"`
	Block    int         `json:"block"`
	Start    int         `json:"start"`
	End      int         `json:"end"`
	Variants []Variant   `json:"variants"`
	Settled  *Settlement `json:"settled,omitempty"`
}

// JSON gives a result in the shape that the command line and the pages hand on.
func JSON(r Result) Report {
	out := Report{
		Clean: r.Clean(), Text: string(resolution.Format(r.Text)), Decisions: make([]ReportDecision, len(r.Decisions)),
		References: append([]Reference{}, r.References...), Unknown: r.Unknown,
	}
	for k, d := range r.Decisions {
		out.Decisions[k] = ReportDecision{
			Key: d.Key, Clause: d.Clause.Spoken, Link: d.Clause.Link, Kind: d.Kind, Open: d.Kind.Open() && d.Settled == nil,
			Base: d.Words, Block: d.Block, Start: d.Start, End: d.End, Variants: d.Variants, Settled: d.Settled,
		}
	}
	return out
}
