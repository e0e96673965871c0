package drafting

import (
	"context"
	"fmt"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// VerbTookBack is the verb of undoing a merge in the activity.
const VerbTookBack = "took back the merge of"

// RevertTrailer names the commit of the merge that a commit takes back.
const RevertTrailer = "Takes-back"

// TakeBackMerge undoes a merge that is done: its words leave the revised text, what came later stays. Where later
// changes speak of words the merge had brought, the answer is a Refusal that names the clauses. The proposals stay on
// record as merged; who wants their words again proposes them anew.
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
	if m.Done.IsZero() || m.Commit == "" {
		return "", refuse("Only a merge that is done can be taken back; abandon this one instead.")
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
		Expect: main.Commit, File: resolution.Format(text), Subject: "Take back the merge of " + list(labels), Body: sentence,
		Signature: repo.Signature{Author: r.dir.author(a.Person, a.Circle), When: s.now()},
		Trailers:  []repo.Trailer{{Key: RevertTrailer, Value: string(m.Commit)}},
	})
	if err != nil {
		return "", err
	}
	line := Activity{Resolution: m.Resolution, Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbTookBack, Detail: list(labels)}
	return commit, s.revised(ctx, line, nil, "the merge of "+list(labels)+" was taken back", commit)
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
		return resolution.Text{}, refuse("Words of this merge were changed again since, in %s. Propose the change you want there instead.", list(clauses))
	case same(result.Text, now):
		return resolution.Text{}, refuse("Nothing of this merge is left in the revised text; it was taken back already.")
	}
	return result.Text, nil
}
