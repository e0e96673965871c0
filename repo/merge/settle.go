package merge

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// SettlementError tells that a settlement cannot be carried out.
type SettlementError struct {
	Key      string
	Sentence string // what is wrong and what to do
}

func (e *SettlementError) Error() string { return fmt.Sprintf("settle %s: %s", e.Key, e.Sentence) }

// fits tells whether a settlement can be carried out on a decision.
func (s Settlement) fits(d *Decision) bool { return s.fault(d) == "" }

func (s Settlement) fault(d *Decision) string {
	switch s.Choice {
	case KeepBase:
		return ""
	case Take:
		if s.Variant < 0 || s.Variant >= len(d.Variants) {
			return fmt.Sprintf("there is no variant %d; choose one from 0 to %d", s.Variant, len(d.Variants)-1)
		}
		return ""
	case Combine:
		if d.Kind == TwoPlaces || d.Kind == Structure {
			return "a place or a level cannot be put in words; take a variant or keep the base"
		}
		if strings.ContainsAny(s.Words, "\n\r") {
			return "the words hold a line break; settle with words of one paragraph"
		}
		if d.Kind != Conflict && strings.Trim(s.Words, blanks) == "" {
			return "a clause needs words; take the deletion to strike it out"
		}
		return ""
	case Brackets:
		if d.Kind == TwoPlaces || d.Kind == Structure {
			return "a place or a level cannot stand in brackets; take a variant or keep the base"
		}
		return ""
	}
	return fmt.Sprintf("the choice %q is not known; use base, take, combine or brackets", string(s.Choice))
}

// checkSettled reports the first settlement, by key, that met its decision but could not be carried out.
func checkSettled(r Result, settled map[string]Settlement) error {
	for _, key := range slices.Sorted(maps.Keys(settled)) {
		k := slices.IndexFunc(r.Decisions, func(d Decision) bool { return d.Key == key })
		if k < 0 {
			continue
		}
		if fault := settled[key].fault(&r.Decisions[k]); fault != "" {
			return &SettlementError{Key: key, Sentence: fault}
		}
	}
	return nil
}
