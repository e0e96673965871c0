package drafting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// LeftOut is a change of a submission, or a phrase of one, that a merge leaves. It goes on being proposed.
type LeftOut struct {
	Proposal int64
	N        int // of the submission
	Key      string
	By       PersonID
	At       time.Time
}

// LeftTrailer names a clause of a proposal that a merge left, in whole or in part: "usa/48a5-1 resolves 5, bullet 2".
const LeftTrailer = "Left-open"

// MergePart is what a merge takes of one proposal and what it leaves.
type MergePart struct {
	ProposalRow
	Changes []PartChange
	Left    int // changes of which something is left
	By      map[PersonID]PersonName
}

// PartChange is one change of a proposal in a merge.
type PartChange struct {
	merge.Keyed
	Left    *LeftOut           // whole; nil: taken, as far as Phrases says nothing else
	Phrases map[string]LeftOut // the phrases left, by their keys
}

// takes tells whether a merge takes a submission.
func (m Merging) takes(proposal int64, n int) bool {
	return slices.ContainsFunc(m.Proposals, func(s Submission) bool { return s.Proposal == proposal && s.N == n })
}

// offered is what a submission offers to a merge: its text, as a change of its base, without what merges before have
// taken of it.
type offered struct {
	base, text resolution.Text
}

// offer gives what a submission offers to a merge that is not done yet; for one that is done, what it offered then.
func (r *reader) offer(ctx context.Context, sub Submission, to Merging) (offered, error) {
	o, err := r.whole(ctx, sub)
	if err != nil {
		return o, err
	}
	all, err := r.records.Mergings(ctx, r.about.Slug)
	if err != nil {
		return o, fmt.Errorf("merges on %s: %w", r.about.Slug, err)
	}
	err = r.reduce(ctx, &o, sub, to, all)
	return o, err
}

// whole is all that a submission offers.
func (r *reader) whole(ctx context.Context, sub Submission) (offered, error) {
	var o offered
	var err error
	if o.base, err = r.public.Text(ctx, sub.Base); err == nil {
		o.text, err = r.public.Text(ctx, sub.Commit)
	}
	if err != nil {
		return o, fmt.Errorf("submission %s: %w", sub.Commit, missing(err))
	}
	return o, nil
}

// reduce takes out of an offer what merges have taken of it, those that stand when another is done.
func (r *reader) reduce(ctx context.Context, o *offered, sub Submission, to Merging, all []Merging) error {
	all = slices.DeleteFunc(all, func(m Merging) bool {
		return m.ID == to.ID || !m.stands(to.Done) || !m.takes(sub.Proposal, sub.N)
	})
	slices.SortStableFunc(all, func(m, n Merging) int { return m.Done.Compare(n.Done) })
	for _, m := range all {
		left, err := r.leftOf(ctx, m.ID, sub)
		if err != nil {
			return err
		}
		text, _, err := merge.Accept(o.base, o.text, keys(left)...)
		if err != nil {
			return fmt.Errorf("what merge %d left of %s: %w", m.ID, sub.Commit, err)
		}
		o.text = text
	}
	return nil
}

// leftOf gives what a merge leaves of a submission.
func (r *reader) leftOf(ctx context.Context, id MergeID, sub Submission) ([]LeftOut, error) {
	all, err := r.records.LeftOut(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("what merge %d leaves: %w", id, err)
	}
	return slices.DeleteFunc(all, func(l LeftOut) bool { return l.Proposal != sub.Proposal || l.N != sub.N }), nil
}

func keys(left []LeftOut) []string {
	all := make([]string, len(left))
	for i, l := range left {
		all[i] = l.Key
	}
	return all
}

// without gives what a merge takes of what is offered. What is left by a key that is not offered any more counts for
// nothing.
func (o offered) without(left []LeftOut) (resolution.Text, portion, error) {
	if len(left) == 0 {
		return o.text, portion{}, nil
	}
	var taken portion
	var still []string
	for _, c := range merge.Changes(o.base, o.text) {
		found := slices.DeleteFunc(keys(left), func(key string) bool { return !c.Names(key) })
		if len(found) > 0 {
			still, taken.left = append(still, found...), append(taken.left, c)
		}
	}
	text, err := merge.Leave(o.base, o.text, still...)
	taken.nothing = err == nil && same(text, o.base)
	return text, taken, err
}

// parting opens a merge and one of its proposals for choosing what is taken of it.
func (r *reader) parting(ctx context.Context, m Merging, d repo.DraftName) (Proposal, Submission, error) {
	ps, err := r.proposalsOf(ctx, m)
	if err != nil {
		return Proposal{}, Submission{}, err
	}
	for i, p := range ps {
		if p.Draft == d {
			return p, m.Proposals[i], nil
		}
	}
	return Proposal{}, Submission{}, fmt.Errorf("proposal %s in merge %d: %w", d, m.ID, ErrNotFound)
}

// MergePartOf gives what a merge takes of one of its proposals, change by change.
func (s *Service) MergePartOf(ctx context.Context, a Actor, id MergeID, d repo.DraftName) (MergePart, error) {
	r, m, err := s.ofMerge(ctx, a, id)
	if err != nil {
		return MergePart{}, err
	}
	p, sub, err := r.parting(ctx, m, d)
	if err != nil {
		return MergePart{}, err
	}
	return r.part(ctx, m, p, sub)
}

func (r *reader) part(ctx context.Context, m Merging, p Proposal, sub Submission) (MergePart, error) {
	rows, err := r.rows(ctx, []Proposal{p})
	if err != nil {
		return MergePart{}, err
	}
	o, err := r.offer(ctx, sub, m)
	if err != nil {
		return MergePart{}, err
	}
	left, err := r.leftOf(ctx, m.ID, sub)
	if err != nil {
		return MergePart{}, err
	}
	part := MergePart{ProposalRow: rows[0], By: map[PersonID]PersonName{}}
	for _, c := range merge.Changes(o.base, o.text) {
		shown := PartChange{Keyed: c, Phrases: map[string]LeftOut{}}
		for _, l := range left {
			part.By[l.By] = r.dir.person(l.By, "")
			switch {
			case l.Key == c.Key:
				shown.Left = &l
			case c.Names(l.Key):
				shown.Phrases[l.Key] = l
			}
		}
		if shown.Left != nil || len(shown.Phrases) > 0 {
			part.Left++
		}
		part.Changes = append(part.Changes, shown)
	}
	return part, nil
}

// LeaveOut leaves a change of a proposal, or a phrase of one, out of a merge. What is left goes on being proposed.
func (s *Service) LeaveOut(ctx context.Context, a Actor, id MergeID, d repo.DraftName, key string) error {
	return s.choosePart(ctx, a, id, d, key, func(l LeftOut, changes []merge.Keyed, records Records) error {
		for _, c := range changes {
			if c.Key != key {
				continue
			}
			for _, phrase := range c.Parts() { // the whole clause is left: its phrases are not asked for any more
				if err := takeIn(ctx, records, id, l, phrase.Key); err != nil {
					return err
				}
			}
		}
		return records.LeaveOut(ctx, id, l)
	})
}

// TakeIn takes a change or a phrase into a merge again that was left.
func (s *Service) TakeIn(ctx context.Context, a Actor, id MergeID, d repo.DraftName, key string) error {
	return s.choosePart(ctx, a, id, d, key, func(l LeftOut, changes []merge.Keyed, records Records) error {
		for _, c := range changes {
			if c.Key != key {
				continue
			}
			for _, phrase := range c.Parts() {
				if err := takeIn(ctx, records, id, l, phrase.Key); err != nil {
					return err
				}
			}
		}
		return takeIn(ctx, records, id, l, key)
	})
}

// takeIn forgets that a key is left; one that is not left stays so.
func takeIn(ctx context.Context, records Records, id MergeID, l LeftOut, key string) error {
	l.Key = key
	if err := records.TakeIn(ctx, id, l); err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	return nil
}

// choosePart does something about one change of a proposal in an open merge.
func (s *Service) choosePart(ctx context.Context, a Actor, id MergeID, d repo.DraftName, key string,
	do func(l LeftOut, changes []merge.Keyed, records Records) error,
) error {
	r, m, release, err := s.atWork(ctx, a, id)
	if err != nil {
		return err
	}
	defer release()
	p, sub, err := r.parting(ctx, m, d)
	if err != nil {
		return err
	}
	o, err := r.offer(ctx, sub, m)
	if err != nil {
		return err
	}
	changes := merge.Changes(o.base, o.text)
	if !slices.ContainsFunc(changes, func(c merge.Keyed) bool { return c.Names(key) }) {
		return refuse("%s does not propose this change any more: it was submitted anew. Load the page again.", r.dir.proposal(p))
	}
	l := LeftOut{Proposal: sub.Proposal, N: sub.N, Key: key, By: a.Person, At: s.now()}
	if err := s.records.Together(ctx, func(records Records) error { return do(l, changes, records) }); err != nil {
		return fmt.Errorf("choose what merge %d takes of %s: %w", id, d, err)
	}
	s.stir(Stir{Resolution: m.Resolution, Kind: StirMerge})
	return nil
}

// carryLeft leaves the same changes of proposals that were submitted anew since a merge was begun, and forgets what is
// not proposed any more in the same words. It tells how many that were.
func (s *Service) carryLeft(ctx context.Context, r *reader, before, now Merging) (gone int, err error) {
	for i, sub := range now.Proposals {
		left, err := r.leftOf(ctx, before.ID, before.Proposals[i])
		if err != nil {
			return gone, err
		}
		if len(left) == 0 {
			continue
		}
		o, err := r.offer(ctx, sub, now)
		if err != nil {
			return gone, err
		}
		changes := merge.Changes(o.base, o.text)
		for _, l := range left {
			if err := takeIn(ctx, s.records, now.ID, l, l.Key); err != nil {
				return gone, fmt.Errorf("carry merge %d over: %w", now.ID, err)
			}
			if !slices.ContainsFunc(changes, func(c merge.Keyed) bool { return c.Names(l.Key) }) {
				gone++
				continue
			}
			l.N = sub.N
			if err := s.records.LeaveOut(ctx, now.ID, l); err != nil {
				return gone, fmt.Errorf("carry merge %d over: %w", now.ID, err)
			}
		}
	}
	return gone, nil
}

// partly says after a proposal's name that a merge took it in part.
func partly(part bool) string {
	if part {
		return inPart
	}
	return ""
}

// portion is how much of a proposal a merge takes.
type portion struct {
	left    []merge.Keyed // the changes of which it leaves something
	nothing bool
}

// words says after the name of a proposal that the merge takes it in part.
func (s portion) words() string { return partly(len(s.left) > 0) }

// trailers tell in the merge commit of a proposal, and of the clauses in which something of it was left.
func (s portion) trailers(d repo.DraftName) []repo.Trailer {
	all := []repo.Trailer{{Key: ProposalTrailer, Value: d.String() + s.words()}}
	for _, c := range s.left {
		all = append(all, repo.Trailer{Key: LeftTrailer, Value: d.String() + ": " + c.Name.Spoken})
	}
	return all
}

// takesSome refuses a merge that takes nothing of one of its proposals.
func (w worked) takesSome(dir *directory) error {
	for i, s := range w.portions {
		if s.nothing {
			return refuse("Nothing of %s would be taken: take at least one of its changes, or begin a merge without it.", dir.proposal(w.proposals[i]))
		}
	}
	return nil
}
