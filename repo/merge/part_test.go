package merge

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAcceptPhrases(t *testing.T) {
	base := with(t)
	proposal := with(t, "1.", "1. to ask eleven trees for every old house;", "2.", "2. to welcome all visitors on one day;")
	changes := Changes(base, proposal)
	at := slices.IndexFunc(changes, func(c Keyed) bool { return len(c.Parts()) > 1 })
	if at < 0 {
		t.Fatalf("no change has parts: %+v", changes)
	}
	parts := changes[at].Parts()
	text, left, err := Accept(base, proposal, parts[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := Leave(base, proposal, parts[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != len(changes) {
		t.Errorf("%d changes left something, want all %d", len(left), len(changes))
	}
	// What was taken and what was left make the proposal again.
	merged := Merge(base, Proposal{Name: "taken", Text: text}, Proposal{Name: "left", Text: rest})
	if d := cmp.Diff(written(proposal), written(merged.Text)); d != "" {
		t.Errorf("taken and left are not the whole: %s\ntaken\n%s\nleft\n%s", d, written(text), written(rest))
	}
	var unknown *UnknownChangeError
	if _, _, err := Accept(base, proposal, parts[0].Key+"7"); !errors.As(err, &unknown) {
		t.Errorf("a phrase that is not there: %v", err)
	}
	if _, err := Leave(base, proposal, "nothing"); !errors.As(err, &unknown) {
		t.Errorf("left a change that is not there: %v", err)
	}
}

// What is left of real revisions, carried over to the text with what was taken, makes the revision again.
func TestWhatIsLeftCarriesOver(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	pairs := revisions(t)
	again, asked := 0, 0
	for _, pair := range pairs[:min(len(pairs), 60)] {
		base, revised := paper(t, pair[0]), paper(t, pair[1])
		var left []string
		for _, c := range Changes(base, revised) {
			parts := c.Parts()
			switch {
			case r.IntN(3) == 0:
				left = append(left, c.Key)
			case len(parts) > 0 && r.IntN(2) == 0:
				left = append(left, parts[r.IntN(len(parts))].Key)
			}
		}
		if len(left) == 0 {
			continue
		}
		taken, err := Leave(base, revised, left...)
		if err != nil {
			t.Fatalf("%s: %v", pair[1], err)
		}
		rest, _, err := Accept(base, revised, left...)
		if err != nil {
			t.Fatalf("%s: %v", pair[1], err)
		}
		carried := Carry(base, taken, rest, nil)
		if !carried.Clean() {
			asked++
			continue
		}
		again++
		if d := cmp.Diff(loosely(revised), loosely(carried.Text)); d != "" && !repeats(revised) && !repeats(base) {
			t.Errorf("%s: %s", pair[1], d)
		}
	}
	t.Logf("%d made again, %d asked", again, asked)
}
