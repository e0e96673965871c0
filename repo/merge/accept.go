package merge

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Keyed is one change of a proposal that can be taken or left by itself.
type Keyed struct {
	Key string // the same as long as the proposal's and the base's words of the clause stay
	diff.Change
}

// Changes gives what a proposal changes, clause by clause, with keys to choose by.
func Changes(base, proposal resolution.Text) []Keyed {
	var out []Keyed
	seen := make(map[string]int)
	for _, c := range diff.Compare(base, proposal) {
		if !c.Touched() {
			continue
		}
		h := sha256.New()
		_, _ = fmt.Fprintf(h, "%s\x00%t", c.Kind, c.Moved)
		for _, i := range c.Base {
			_, _ = fmt.Fprintf(h, "\x00%s", diff.Key(base.Blocks[i]))
		}
		_, _ = fmt.Fprint(h, "\x00")
		for _, j := range c.Revised {
			_, _ = fmt.Fprintf(h, "\x00%s", diff.Key(proposal.Blocks[j]))
		}
		key := hex.EncodeToString(h.Sum(nil))[:16]
		seen[key]++
		if n := seen[key]; n > 1 {
			key = fmt.Sprintf("%s-%d", key, n)
		}
		out = append(out, Keyed{key, c})
	}
	return out
}

// UnknownChangeError tells that a chosen change is not among those of the proposal.
type UnknownChangeError struct{ Key string }

func (e *UnknownChangeError) Error() string {
	return fmt.Sprintf("accept: the proposal has no change %s any more; look at it again and choose anew", e.Key)
}

// Accept takes the chosen changes of a proposal into the base and leaves the others. A chosen key is that of a change,
// or of one of its [Keyed.Parts]. It gives the new text and the changes of which something was left. The proposal's own
// text stays as it is: carried over to the new text, it holds just what was left. An unknown key gives an
// [*UnknownChangeError] and nothing is taken.
func Accept(base, proposal resolution.Text, chosen ...string) (resolution.Text, []Keyed, error) {
	changes := Changes(base, proposal)
	for _, key := range chosen {
		if !known(changes, key) {
			return resolution.Text{}, nil, fmt.Errorf("take %d changes: %w", len(chosen), &UnknownChangeError{Key: key})
		}
	}
	v := align(base, Proposal{Name: "proposal", Text: inPart(proposal, changes, chosen)})
	v.refused, v.refusedNew = make(map[int]bool), make(map[int]bool)
	var left []Keyed
	nothing := true
	for _, c := range changes {
		if slices.Contains(chosen, c.Key) {
			nothing = false
			continue
		}
		parts := c.Parts()
		if someOf(parts, chosen) {
			nothing = false
			if slices.ContainsFunc(parts, func(p Part) bool { return !slices.Contains(chosen, p.Key) }) {
				left = append(left, c)
			}
			continue
		}
		left = append(left, c)
		for _, i := range c.Base {
			v.refused[i] = true
		}
		for _, j := range c.Revised {
			if len(c.Base) == 0 {
				v.refusedNew[j] = true
			}
		}
	}
	if nothing {
		return base, left, nil
	}
	return combine(base, []*view{v}, nil, WordsOfBase).Text, left, nil
}

// Leave gives a proposal as if what is left had never been proposed: all its other changes of the base. Keys are those
// that [Accept] takes; one that the proposal does not hold gives an [*UnknownChangeError].
func Leave(base, proposal resolution.Text, left ...string) (resolution.Text, error) {
	if len(left) == 0 {
		return proposal, nil
	}
	changes := Changes(base, proposal)
	for _, key := range left {
		if !known(changes, key) {
			return resolution.Text{}, fmt.Errorf("leave %d changes: %w", len(left), &UnknownChangeError{Key: key})
		}
	}
	text, _, err := Accept(base, proposal, others(changes, left)...)
	return text, err
}

// others gives the keys of all that is not named.
func others(changes []Keyed, named []string) []string {
	var keys []string
	for _, c := range changes {
		parts := c.Parts()
		switch {
		case slices.Contains(named, c.Key):
		case !someOf(parts, named):
			keys = append(keys, c.Key)
		default:
			for _, p := range parts {
				if !slices.Contains(named, p.Key) {
					keys = append(keys, p.Key)
				}
			}
		}
	}
	return keys
}
