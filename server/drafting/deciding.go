package drafting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// Decide settles one decision of a merge, at once and for everybody at the workbench. It replaces an earlier one.
func (s *Service) Decide(ctx context.Context, a Actor, id MergeID, key string, how merge.Settlement) error {
	return s.decide(ctx, a, id, key, how, nil)
}

// DecideAfter is Decide for somebody who saw the question as it was decided at a moment, the zero time for one not
// decided: where somebody else has decided it since, nothing is replaced and the answer is a Refusal that says so.
func (s *Service) DecideAfter(ctx context.Context, a Actor, id MergeID, key string, how merge.Settlement, seen time.Time) error {
	return s.decide(ctx, a, id, key, how, &seen)
}

func (s *Service) decide(ctx context.Context, a Actor, id MergeID, key string, how merge.Settlement, seen *time.Time) error {
	if err := settleable(how.Words); err != nil {
		return err
	}
	r, m, release, err := s.atWork(ctx, a, id)
	if err != nil {
		return err
	}
	defer release()
	w, err := r.work(ctx, m)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(w.result.Decisions, func(d merge.Decision) bool { return d.Key == key }) {
		return refuse("This question is not asked any more: the texts have changed. Load the page again.")
	}
	for _, d := range w.decided {
		if seen != nil && d.Key == key && d.By != a.Person && !d.At.Equal(*seen) {
			return refuse("%s has decided this in the meantime. Look at that decision; decide again to replace it.", r.dir.person(d.By, "").Name)
		}
	}
	_, err = merge.Settle(w.base, w.texts, map[string]merge.Settlement{key: how})
	if cannot, ok := errors.AsType[*merge.SettlementError](err); ok {
		return refuse("This cannot be decided so: %s", cannot.Sentence)
	}
	if err != nil {
		return fmt.Errorf("decide in merge %d: %w", id, err)
	}
	if err := s.records.Decide(ctx, id, Decided{Key: key, Settlement: how, By: a.Person, At: s.now()}); err != nil {
		return fmt.Errorf("decide in merge %d: %w", id, err)
	}
	s.stir(Stir{Resolution: m.Resolution, Kind: StirMerge})
	return nil
}

// maxSettled is how many bytes the words that settle a question may have, far above any clause.
const maxSettled = 64 << 10

// settleable tells whether words can stand in the text.
func settleable(words string) error {
	if len(words) > maxSettled {
		return refuse("The words are too long for one clause: keep them under %d bytes.", maxSettled)
	}
	_, _, err := resolution.Parse([]byte(words))
	if wrong, is := errors.AsType[*resolution.SyntaxError](err); is {
		return refuse("These words cannot stand in the text: at character %d, %s.", wrong.Column, strings.TrimSuffix(wrong.Text, "."))
	}
	return err
}

// TakeBack opens a decision again.
func (s *Service) TakeBack(ctx context.Context, a Actor, id MergeID, key string) error {
	_, m, release, err := s.atWork(ctx, a, id)
	if err != nil {
		return err
	}
	defer release()
	if err := s.records.TakeBack(ctx, id, key); err != nil {
		return fmt.Errorf("take back in merge %d: %w", id, err)
	}
	s.stir(Stir{Resolution: m.Resolution, Kind: StirMerge})
	return nil
}
