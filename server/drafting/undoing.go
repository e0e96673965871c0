package drafting

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// VerbTookBack is the verb of undoing a merge in the activity.
const VerbTookBack = "took back the merge of"

// RevertTrailer names the commit of the merge that a commit takes back.
const RevertTrailer = "Takes-back"

// TakeBackMerge undoes a merge that is done: its words leave the revised text, what came later stays. Where later
// changes speak of words the merge had brought, the answer is a Refusal that names the clauses. The proposals it had
// taken are open again, as they were before it, unless nothing of them is left to propose.
func (s *Service) TakeBackMerge(ctx context.Context, a Actor, id MergeID, sentence string) (repo.Hash, error) {
	sentence, err := forTheRecord(sentence)
	if err != nil {
		return "", err
	}
	r, m, release, err := s.inTurn(ctx, a, id)
	if err != nil {
		return "", err
	}
	defer release()
	if err := r.mayTakeBack(ctx, m); err != nil {
		return "", err
	}
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return "", err
	}
	text, err := r.without(ctx, m, main)
	if err != nil {
		return "", err
	}
	labels, err := r.labels(ctx, m)
	if err != nil {
		return "", err
	}
	commit, err := s.revise(ctx, m.Resolution, repo.MergeRequest{
		Expect: main.Commit, File: resolution.Format(text), Subject: "Take back the merge of " + List(labels), Body: sentence,
		Signature: repo.Signature{Author: r.dir.author(a.Person, a.Circle), When: s.now()},
		Trailers:  []repo.Trailer{{Key: RevertTrailer, Value: string(m.Commit)}},
	})
	if err != nil {
		return "", err
	}
	return commit, s.recordTakenBack(ctx, r, m, commit, a)
}

// mayTakeBack refuses to take a merge back that does not stand, that an adopted text holds, or after which another
// merge took more of the same submission: what that one took was only what this one had left.
func (r *reader) mayTakeBack(ctx context.Context, m Merging) error {
	switch {
	case m.Done.IsZero() || m.Commit == "":
		return refuse("Only a merge that is done can be taken back; abandon this one instead.")
	case !m.TakenBack.IsZero():
		return refuse("This merge was taken back already.")
	}
	adopted, err := r.adoptedVersions(ctx)
	if err != nil {
		return err
	}
	if len(adopted) > 0 {
		in, err := r.public.IsAncestor(ctx, m.Commit, adopted[0].Commit)
		if err != nil {
			return fmt.Errorf("adopted text of %s: %w", r.about.Slug, missing(err))
		}
		if in {
			return refuse("%s was adopted with this merge in it. Propose the change you want on the adopted text instead.", adopted[0].Label)
		}
	}
	all, err := r.records.Mergings(ctx, r.about.Slug)
	if err != nil {
		return fmt.Errorf("merges on %s: %w", r.about.Slug, err)
	}
	ps, err := r.proposalsOf(ctx, m)
	if err != nil {
		return err
	}
	for i, sub := range m.Proposals {
		for _, later := range all {
			if later.ID != m.ID && later.stands(time.Time{}) && later.Done.After(m.Done) && later.takes(sub.Proposal, sub.N) {
				return refuse("More of %s was merged after this. Take that merge back first.", r.dir.proposal(ps[i]))
			}
		}
	}
	return nil
}

// recordTakenBack puts on record that a commit of main takes a merge back, opens its proposals again, and tells the
// open drafts.
func (s *Service) recordTakenBack(ctx context.Context, r *reader, m Merging, commit repo.Hash, a Actor) error {
	m.TakenBack, m.TakenBackBy = s.now(), commit
	open, err := r.reopened(ctx, m)
	if err != nil {
		return err
	}
	labels, err := r.labels(ctx, m)
	if err != nil {
		return err
	}
	line := Activity{Resolution: m.Resolution, Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbTookBack, Detail: List(labels)}
	err = s.records.Together(ctx, func(records Records) error {
		for _, p := range open {
			if err := records.UpdateProposal(ctx, p); err != nil {
				return err
			}
		}
		return records.UpdateMerging(ctx, m)
	})
	if err != nil {
		return fmt.Errorf("record that merge %d is taken back: %w", m.ID, err)
	}
	return s.revised(ctx, line, nil, "the merge of "+List(labels)+" was taken back", commit)
}

// reopened gives the proposals that are open again once a merge is taken back, with the status they have then: those
// it was the last to take, if something of them is not in the text all the same.
func (r *reader) reopened(ctx context.Context, m Merging) ([]Proposal, error) {
	all, err := r.records.Mergings(ctx, r.about.Slug)
	if err != nil {
		return nil, fmt.Errorf("merges on %s: %w", r.about.Slug, err)
	}
	all = slices.DeleteFunc(all, func(other Merging) bool { return other.ID == m.ID })
	ps, err := r.proposalsOf(ctx, m)
	if err != nil {
		return nil, err
	}
	now, err := r.public.Text(ctx, m.TakenBackBy)
	if err != nil {
		return nil, fmt.Errorf("text without merge %d: %w", m.ID, missing(err))
	}
	var open []Proposal
	for i, p := range ps {
		sub := m.Proposals[i]
		if sub.N != p.Submissions || (p.Status != StatusMerged && p.Status != StatusInPart) {
			continue // submitted anew or withdrawn since
		}
		o, err := r.whole(ctx, sub)
		if err == nil {
			err = r.reduce(ctx, &o, sub, Merging{}, all)
		}
		if err != nil {
			return nil, err
		}
		if same(merge.Carry(o.base, now, o.text, nil).Text, now) {
			continue
		}
		p.Status = StatusSubmitted
		if slices.ContainsFunc(all, func(m Merging) bool { return m.stands(time.Time{}) && m.takes(sub.Proposal, sub.N) }) {
			p.Status = StatusInPart
		}
		open = append(open, p)
	}
	return open, nil
}

// reconcileTakenBack puts on record which merges main takes back, when the server was stopped before it could.
func (s *Service) reconcileTakenBack(ctx context.Context, r *reader) error {
	all, err := s.records.Mergings(ctx, r.about.Slug)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(m Merging) bool { return !m.stands(time.Time{}) })
	if len(all) == 0 {
		return nil
	}
	adopted, err := r.adoptedVersions(ctx)
	if err != nil {
		return err
	}
	return r.alongMain(ctx, func(c repo.Commit) (bool, error) {
		if len(adopted) > 0 && c.Hash == adopted[0].Commit {
			return false, nil // what is adopted is not taken back
		}
		for _, m := range all {
			if !takesBack(c, m.Commit) {
				continue
			}
			by := m.BegunBy
			if id, err := strconv.ParseInt(c.Author.ID, 10, 64); err == nil && r.dir.people[PersonID(id)].Name != "" {
				by = PersonID(id)
			}
			if err := s.recordTakenBack(ctx, r, m, c.Hash, Actor{Person: by}); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

// takesBack tells whether a commit of main takes the words of a merge out again.
func takesBack(c repo.Commit, merged repo.Hash) bool {
	return slices.Contains(c.Trailers, repo.Trailer{Key: RevertTrailer, Value: string(merged)})
}

// alongMain visits the commits of main from its tip to its beginning, until visit says that it has seen enough.
func (r *reader) alongMain(ctx context.Context, visit func(c repo.Commit) (further bool, err error)) error {
	h, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return missing(err)
	}
	for {
		c, err := r.public.Commit(ctx, h)
		if err != nil {
			return missing(err)
		}
		further, err := visit(c)
		if err != nil || !further || len(c.Parents) == 0 {
			return err
		}
		h = c.Parents[0]
	}
}

// without gives the revised text without what a merge brought into it.
func (r *reader) without(ctx context.Context, m Merging, main located) (resolution.Text, error) {
	c, err := r.public.Commit(ctx, m.Commit)
	if err != nil || len(c.Parents) == 0 {
		return resolution.Text{}, fmt.Errorf("merge %d: %w", m.ID, missing(err))
	}
	before, err := r.public.Text(ctx, c.Parents[0])
	if err != nil {
		return resolution.Text{}, fmt.Errorf("text before merge %d: %w", m.ID, missing(err))
	}
	after, err := r.public.Text(ctx, m.Commit)
	if err != nil {
		return resolution.Text{}, fmt.Errorf("text of merge %d: %w", m.ID, missing(err))
	}
	now, err := main.text(ctx)
	if err != nil {
		return resolution.Text{}, err
	}
	result := merge.Revert(before, after, now)
	var clauses []string
	for _, d := range result.Decisions {
		if d.Kind.Open() {
			clauses = append(clauses, d.Clause.Spoken)
		}
	}
	switch {
	case len(clauses) > 0:
		return resolution.Text{}, refuse("Words of this merge were changed again since, in %s. Propose the change you want there instead.", List(clauses))
	case same(result.Text, now):
		return resolution.Text{}, refuse("Nothing of this merge is left in the revised text, so there is nothing to take back.")
	}
	return result.Text, nil
}
