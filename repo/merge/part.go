package merge

import (
	"fmt"
	"slices"
	"strings"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Part is one phrase of a changed clause that can be taken or left by itself.
type Part struct {
	Key      string // "<key of the change>.<number>"
	Was, Is  string // the words struck out, and the words put in
	From, To int    // the operations of the change that make it: Ops[From:To]
}

// Parts gives the phrases of a change: none where the clause can only be taken or left whole, because it is new, gone,
// moved, a table, split or joined, because only one phrase of it changed, or because italics, brackets or notes did.
func (c Keyed) Parts() []Part {
	if c.Kind != diff.Changed || c.Moved || len(c.Base) != 1 || len(c.Revised) != 1 || c.Rows != nil {
		return nil
	}
	var parts []Part
	for i := 0; i < len(c.Ops); {
		if c.Ops[i].Kind == diff.Equal {
			i++
			continue
		}
		part := Part{Key: fmt.Sprintf("%s.%d", c.Key, len(parts)+1), From: i}
		for ; i < len(c.Ops) && c.Ops[i].Kind != diff.Equal; i++ {
			if c.Ops[i].Kind == diff.Delete {
				part.Was += c.Ops[i].Text
			} else {
				part.Is += c.Ops[i].Text
			}
		}
		part.To = i
		parts = append(parts, part)
	}
	marked := slices.ContainsFunc(parts, func(p Part) bool { return strings.ContainsAny(p.Was+p.Is, `*[]\`) })
	if len(parts) < 2 || marked {
		return nil // marks come in pairs; one of a pair alone would break the other
	}
	return parts
}

// taking gives the words of a clause with some of its parts taken and the others left.
func (c Keyed) taking(parts []Part, taken func(Part) bool) string {
	var words strings.Builder
	at := 0
	for _, part := range parts {
		for _, op := range c.Ops[at:part.From] {
			words.WriteString(op.Text)
		}
		if taken(part) {
			words.WriteString(part.Is)
		} else {
			words.WriteString(part.Was)
		}
		at = part.To
	}
	for _, op := range c.Ops[at:] {
		words.WriteString(op.Text)
	}
	return words.String()
}

// known tells whether a key names a change of a proposal, or a part of one.
func known(changes []Keyed, key string) bool {
	return slices.ContainsFunc(changes, func(c Keyed) bool { return c.Names(key) })
}

// inPart gives the proposal with those clauses of which only some parts are chosen as these parts make them.
func inPart(proposal resolution.Text, changes []Keyed, chosen []string) resolution.Text {
	blocks := slices.Clone(proposal.Blocks)
	for _, c := range changes {
		parts := c.Parts()
		if slices.Contains(chosen, c.Key) || !someOf(parts, chosen) {
			continue
		}
		blocks[c.Revised[0]].Words = c.taking(parts, func(p Part) bool { return slices.Contains(chosen, p.Key) })
	}
	proposal.Blocks = blocks
	return proposal
}

func someOf(parts []Part, chosen []string) bool {
	return slices.ContainsFunc(parts, func(p Part) bool { return slices.Contains(chosen, p.Key) })
}

// Names tells whether a key is that of the change or of one of its parts.
func (c Keyed) Names(key string) bool {
	return c.Key == key || slices.ContainsFunc(c.Parts(), func(p Part) bool { return p.Key == key })
}
