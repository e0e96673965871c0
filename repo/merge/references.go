package merge

import "plenary/repo/resolution"

// Reference is a mention of a clause by its label, in a merged text, that no longer names the clause it named.
type Reference struct {
	Block      int             `json:"block"` // index in Result.Text
	Clause     resolution.Name `json:"clause"`
	Start      int             `json:"start"` // byte range in the words
	End        int             `json:"end"`
	Words      string          `json:"words"`      // "considering f)"
	Suggestion string          `json:"suggestion"` // "considering g)"; empty if the clause is gone
}

func (m *merger) references(_ resolution.Text, _ map[int]int) []Reference { return nil }
