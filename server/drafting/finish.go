package drafting

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"plenary/realtime"
	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// Finish writes the merged text as the revised text, with a sentence for the record. When the text or a proposal has
// moved since the merge was begun, it is carried over first, and a Refusal says what that changed; decisions that
// still fit stand.
func (s *Service) Finish(ctx context.Context, a Actor, id MergeID, sentence string) (repo.Hash, error) {
	sentence, err := forTheRecord(sentence)
	if err != nil {
		return "", err
	}
	r, m, release, err := s.inTurn(ctx, a, id)
	if err != nil {
		return "", err
	}
	defer release()
	if err := s.finishable(ctx, r, m); err != nil {
		return "", err
	}
	w, err := r.work(ctx, m)
	if err != nil {
		return "", err
	}
	if n := left(w.result); n > 0 {
		return "", refuse("%s to decide before the texts can be merged.", Counted(n, "question is left", "questions are left"))
	}
	if err := w.takesSome(r.dir); err != nil {
		return "", err
	}
	request, err := r.mergeRequest(ctx, w, a, sentence)
	if err != nil {
		return "", err
	}
	commit, err := s.revise(ctx, m.Resolution, request)
	if err != nil {
		return "", err
	}
	m.Sentence = sentence
	return commit, s.recordMerge(ctx, r, m, w.proposals, commit, a)
}

// finishable tells whether a merge can be finished over the texts as they are now; if they have moved, it is carried
// over and the answer is a Refusal.
func (s *Service) finishable(ctx context.Context, r *reader, m Merging) error {
	if err := m.working(); err != nil {
		return err
	}
	ps, err := r.proposalsOf(ctx, m)
	if err != nil {
		return err
	}
	for _, p := range ps {
		if !p.Status.proposed() {
			return refuse("%s is %s since this merge was begun: abandon it and start another.", r.dir.proposal(p), p.Status)
		}
	}
	now, err := r.refreshed(ctx, m)
	if err != nil || sameMerge(m, now) {
		return err
	}
	return s.carryOver(ctx, r, m, now)
}

// carryOver saves the merge over the texts as they are now and tells what came of it.
func (s *Service) carryOver(ctx context.Context, r *reader, before, now Merging) error {
	was, err := r.work(ctx, before)
	if err != nil {
		return err
	}
	if err := s.records.UpdateMerging(ctx, now); err != nil {
		return fmt.Errorf("carry merge %d over: %w", now.ID, err)
	}
	gone, err := s.carryLeft(ctx, r, before, now)
	if err != nil {
		return err
	}
	is, err := r.work(ctx, now)
	if err != nil {
		return err
	}
	s.stir(Stir{Resolution: now.Resolution, Kind: StirMerge})
	also := ""
	if gone > 0 {
		also = Counted(gone, "change that was left is", "changes that were left are") + " proposed in other words now, and taken unless you leave them again; "
	}
	stand := 0
	for _, d := range is.result.Decisions {
		if d.Settled != nil {
			stand++
		}
	}
	return refuse("%s changed in the result since you began; %s%s, %s. Look it through, then finish again.",
		Counted(changed(was.result.Text, is.result.Text), "clause", "clauses"), also,
		Counted(stand, "decision stands", "decisions stand"),
		Counted(left(is.result), "question is open", "questions are open"))
}

// mergeRequest is the commit that a decided merge becomes.
func (r *reader) mergeRequest(ctx context.Context, w worked, a Actor, sentence string) (repo.MergeRequest, error) {
	request := repo.MergeRequest{
		Expect: w.Target, File: resolution.Format(w.result.Text),
		Signature: repo.Signature{Author: r.dir.author(a.Person, a.Circle), When: r.now()},
	}
	var labels []string
	for i, sub := range w.Proposals {
		p := w.proposals[i]
		labels = append(labels, r.dir.proposal(p)+w.portions[i].words())
		request.Parents = append(request.Parents, sub.Commit)
		request.Trailers = append(request.Trailers, w.portions[i].trailers(p.Draft)...)
		if p.Number != "" {
			request.Trailers = append(request.Trailers, repo.Trailer{Key: "Number", Value: string(p.Number)})
		}
		if err := r.addWriters(ctx, &request.Signature, sub); err != nil {
			return request, err
		}
	}
	request.Subject = "Merge " + List(labels)
	decisions := r.decisionLines(w)
	for _, line := range decisions {
		request.Trailers = append(request.Trailers, repo.Trailer{Key: DecisionTrailer, Value: line})
	}
	request.Body = sentence
	return request, nil
}

// addWriters makes everybody who wrote in a submission a co-author.
func (r *reader) addWriters(ctx context.Context, sig *repo.Signature, sub Submission) error {
	commits, err := r.public.Log(ctx, sub.Commit, 10_000, "")
	if err != nil {
		return fmt.Errorf("writers of %s: %w", sub.Commit, missing(err))
	}
	for _, c := range commits {
		in, err := r.public.IsAncestor(ctx, c.Hash, sub.Base)
		if err != nil {
			return fmt.Errorf("writers of %s: %w", sub.Commit, missing(err))
		}
		if in {
			continue
		}
		for _, author := range append([]repo.Author{c.Author}, c.CoAuthors...) {
			if author.ID != sig.Author.ID && !slices.Contains(sig.CoAuthors, author) {
				sig.CoAuthors = append(sig.CoAuthors, author)
			}
		}
	}
	return nil
}

// decisionLines tells how each conflict was settled.
func (r *reader) decisionLines(w worked) []string {
	label := map[string]string{RevisedText: "the revised text"}
	for _, p := range w.proposals {
		label[p.Draft.String()] = r.dir.proposal(p)
	}
	names := func(v merge.Variant) string {
		var all []string
		for _, p := range v.Proposals {
			all = append(all, label[p])
		}
		return List(all)
	}
	var lines []string
	for _, d := range w.result.Decisions {
		if d.Settled == nil {
			continue
		}
		how := ""
		switch d.Settled.Choice {
		case merge.KeepBase:
			how = "kept as it was"
		case merge.Take:
			how = "as in " + names(d.Variants[d.Settled.Variant])
		case merge.Combine:
			how = "combined"
		case merge.Brackets:
			how = "not agreed, in square brackets"
		}
		lines = append(lines, d.Clause.Spoken+": "+how)
	}
	return lines
}

// recordMerge puts on record what is merged in git, and tells the open drafts.
func (s *Service) recordMerge(ctx context.Context, r *reader, m Merging, ps []Proposal, commit repo.Hash, a Actor) error {
	m.Done, m.Commit = s.now(), commit
	if err := s.records.UpdateMerging(ctx, m); err != nil {
		return fmt.Errorf("record merge %d: %w", m.ID, err)
	}
	var labels []string
	var whole []Proposal
	for i, p := range ps {
		left, err := r.leftOf(ctx, m.ID, m.Proposals[i])
		if err != nil {
			return err
		}
		if p.Status = StatusMerged; len(left) > 0 {
			p.Status = StatusInPart
		} else {
			whole = append(whole, p)
		}
		labels = append(labels, r.dir.proposal(p)+partly(len(left) > 0))
		if err := s.records.UpdateProposal(ctx, p); err != nil {
			return fmt.Errorf("record merge of %s: %w", p.Draft, err)
		}
	}
	line := Activity{Resolution: m.Resolution, Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbMerged, Detail: List(labels)}
	return s.revised(ctx, line, whole, List(labels), commit)
}

// tellDrafts tells everybody who writes on the resolution that its text has moved, and closes the live drafts of
// what has been merged. The merge stands whether or not they could be told.
func (s *Service) tellDrafts(ctx context.Context, slug repo.Slug, merged []Proposal, what string, commit repo.Hash) {
	all, err := s.records.Proposals(ctx, slug)
	if err != nil {
		s.log.ErrorContext(ctx, "open drafts were not told of a merge", slog.String("resolution", string(slug)), slog.Any("error", err))
		return
	}
	for _, p := range all {
		name := room(slug, p.Draft)
		if slices.ContainsFunc(merged, func(m Proposal) bool { return m.ID == p.ID }) {
			err = s.hub.CloseRoom(ctx, name, realtime.CodeClosed,
				"The proposal has been merged into the revised text. You can still read and copy the draft.")
		} else {
			err = s.hub.Notify(ctx, name, realtime.Note{
				Kind: "base", Text: "The revised text has moved (" + what + ").", Commit: string(commit),
			})
		}
		if err != nil {
			s.log.ErrorContext(ctx, "open draft was not told of a merge", slog.String("room", string(name)), slog.Any("error", err))
		}
	}
}
