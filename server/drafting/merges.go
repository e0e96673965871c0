package drafting

import (
	"context"
	"fmt"
	"slices"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// StartMerging begins a merge of submitted proposals as they were last submitted.
func (s *Service) StartMerging(ctx context.Context, a Actor, slug repo.Slug, ds []repo.DraftName) (Merging, error) {
	r, err := s.merging(ctx, a, slug)
	if err != nil {
		return Merging{}, err
	}
	if len(ds) == 0 {
		return Merging{}, refuse("Choose at least one proposal to merge.")
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return Merging{}, err
	}
	defer release()
	m := Merging{Resolution: slug, Begun: s.now(), BegunBy: a.Person}
	if m.Target, err = r.public.Tip(ctx, repo.Main); err != nil {
		return Merging{}, fmt.Errorf("text of %s: %w", slug, missing(err))
	}
	if m.Proposals, err = r.taken(ctx, ds); err != nil {
		return Merging{}, err
	}
	if m.ID, err = s.records.AddMerging(ctx, m); err != nil {
		return Merging{}, fmt.Errorf("begin a merge on %s: %w", slug, err)
	}
	labels, err := r.labels(ctx, m)
	if err != nil {
		return Merging{}, err
	}
	return m, s.tell(ctx, Activity{
		Resolution: slug, Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbMerging, Detail: List(labels),
	})
}

// merging opens a resolution for those who merge.
func (s *Service) merging(ctx context.Context, a Actor, slug repo.Slug) (*reader, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return nil, err
	}
	if err := r.rights.May(a, ActMerge, ""); err != nil {
		return nil, err
	}
	return r, nil
}

// taken gives the last submission of each proposal, in the order of their labels.
func (r *reader) taken(ctx context.Context, ds []repo.DraftName) ([]Submission, error) {
	var proposals []Proposal
	for _, d := range ds {
		p, err := r.known(ctx, d)
		if err != nil {
			return nil, err
		}
		if p.Submissions == 0 {
			// A draft of the actor's own circle: others' drafts are not found above.
			return nil, refuse("%s is not submitted yet; only submitted proposals are merged.", r.dir.proposal(p))
		}
		if !p.Status.proposed() {
			return nil, refuse("%s is %s; only submitted proposals are merged.", r.dir.proposal(p), p.Status)
		}
		if slices.ContainsFunc(proposals, func(q Proposal) bool { return q.ID == p.ID }) {
			return nil, refuse("%s is named twice.", r.dir.proposal(p))
		}
		proposals = append(proposals, p)
	}
	slices.SortStableFunc(proposals, func(p, q Proposal) int { return natural(r.dir.proposal(p), r.dir.proposal(q)) })
	subs := make([]Submission, len(proposals))
	for i, p := range proposals {
		sub, err := r.lastSubmission(ctx, p)
		if err != nil {
			return nil, err
		}
		subs[i] = sub
	}
	return subs, nil
}

func (r *reader) lastSubmission(ctx context.Context, p Proposal) (Submission, error) {
	subs, err := r.records.Submissions(ctx, p.ID)
	if err != nil {
		return Submission{}, fmt.Errorf("submissions of %s: %w", p.Draft, err)
	}
	for _, sub := range subs {
		if sub.N == p.Submissions {
			return sub, nil
		}
	}
	return Submission{}, fmt.Errorf("submission %d of %s: %w", p.Submissions, p.Draft, ErrNotFound)
}

// worked is a merge with everything its workbench needs.
type worked struct {
	Merging
	from      repo.Hash // the commit all texts are compared with: the target, or the oldest base of a proposal
	base      resolution.Text
	proposals []Proposal // in the order of Merging.Proposals
	texts     []merge.Proposal
	portions  []portion // of each of the proposals
	decided   []Decided
	result    merge.Result
}

// RevisedText is the name under which the revised text itself takes part in a merge of proposals that were made
// from an older one: what the assembly has agreed since then is weighed like a proposal, so that nothing of it is
// overwritten unasked.
const RevisedText = repo.Main

// work computes a merge from the records: main as the merge sees it, the submissions, the decisions taken.
func (r *reader) work(ctx context.Context, m Merging) (worked, error) {
	w := worked{Merging: m}
	var err error
	if w.from, err = r.oldestBase(ctx, m); err != nil {
		return w, err
	}
	if w.base, err = r.public.Text(ctx, w.from); err != nil {
		return w, fmt.Errorf("text of %s: %w", r.about.Slug, missing(err))
	}
	if w.proposals, err = r.proposalsOf(ctx, m); err != nil {
		return w, err
	}
	if w.from != m.Target {
		text, err := r.public.Text(ctx, m.Target)
		if err != nil {
			return w, fmt.Errorf("text of %s: %w", r.about.Slug, missing(err))
		}
		w.texts = append(w.texts, merge.Proposal{Name: RevisedText, Source: "revised text", Text: text})
	}
	for i, sub := range m.Proposals {
		text, taken, err := r.taking(ctx, m, sub)
		if err != nil {
			return w, err
		}
		w.portions = append(w.portions, taken)
		p := w.proposals[i]
		w.texts = append(w.texts, merge.Proposal{
			Name: p.Draft.String(), Source: r.dir.label(p.Draft.Circle), Text: text,
		})
	}
	if w.decided, err = r.records.Decisions(ctx, m.ID); err != nil {
		return w, fmt.Errorf("decisions of merge %d: %w", m.ID, err)
	}
	w.result, err = merge.Settle(w.base, w.texts, settlements(w.decided))
	if err != nil {
		return w, fmt.Errorf("merge %d: %w", m.ID, err)
	}
	return w, nil
}

// taking gives what a merge takes of a submission.
func (r *reader) taking(ctx context.Context, m Merging, sub Submission) (resolution.Text, portion, error) {
	o, err := r.offer(ctx, sub, m)
	if err != nil {
		return resolution.Text{}, portion{}, err
	}
	left, err := r.leftOf(ctx, m.ID, sub)
	if err != nil {
		return resolution.Text{}, portion{}, err
	}
	return o.without(left)
}

// oldestBase gives the commit of main that all texts of a merge go back to.
func (r *reader) oldestBase(ctx context.Context, m Merging) (repo.Hash, error) {
	oldest := m.Target
	for _, sub := range m.Proposals {
		base, err := r.public.MergeBase(ctx, oldest, sub.Base)
		if err != nil {
			return "", fmt.Errorf("base of submission %s: %w", sub.Commit, missing(err))
		}
		if base != "" {
			oldest = base
		}
	}
	return oldest, nil
}

func settlements(decided []Decided) map[string]merge.Settlement {
	all := map[string]merge.Settlement{}
	for _, d := range decided {
		all[d.Key] = d.Settlement
	}
	return all
}

// proposalsOf gives the proposals of a merge in its order.
func (r *reader) proposalsOf(ctx context.Context, m Merging) ([]Proposal, error) {
	all, err := r.records.Proposals(ctx, r.about.Slug)
	if err != nil {
		return nil, fmt.Errorf("proposals on %s: %w", r.about.Slug, err)
	}
	byID := map[int64]Proposal{}
	for _, p := range all {
		byID[p.ID] = p
	}
	ps := make([]Proposal, len(m.Proposals))
	for i, sub := range m.Proposals {
		p, ok := byID[sub.Proposal]
		if !ok {
			return nil, fmt.Errorf("proposal %d of merge %d: %w", sub.Proposal, m.ID, ErrNotFound)
		}
		ps[i] = p
	}
	return ps, nil
}

func (r *reader) labels(ctx context.Context, m Merging) ([]string, error) {
	ps, err := r.proposalsOf(ctx, m)
	if err != nil {
		return nil, err
	}
	labels := make([]string, len(ps))
	for i, p := range ps {
		labels[i] = r.dir.proposal(p)
	}
	return labels, nil
}

// left counts the conflicts without a decision.
func left(result merge.Result) int {
	n := 0
	for _, d := range result.Decisions {
		if d.Kind.Open() && d.Settled == nil {
			n++
		}
	}
	return n
}

// ofMerge opens the merge of an ID for those who merge.
func (s *Service) ofMerge(ctx context.Context, a Actor, id MergeID) (*reader, Merging, error) {
	if err := s.may(ctx, a, ActMerge, ""); err != nil {
		return nil, Merging{}, err
	}
	m, err := s.records.Merging(ctx, id)
	if err != nil {
		return nil, Merging{}, fmt.Errorf("merge %d: %w", id, err)
	}
	r, err := s.merging(ctx, a, m.Resolution)
	return r, m, err
}

// MergingOn tells whether a merge is one of a resolution: nil, or ErrNotFound.
func (s *Service) MergingOn(ctx context.Context, a Actor, slug repo.Slug, id MergeID) error {
	_, m, err := s.ofMerge(ctx, a, id)
	if err == nil && m.Resolution != slug {
		err = fmt.Errorf("merge %d on %s: %w", id, slug, ErrNotFound)
	}
	return err
}

// MergingView gives the workbench of a merge.
func (s *Service) MergingView(ctx context.Context, a Actor, id MergeID) (MergingView, error) {
	r, m, err := s.ofMerge(ctx, a, id)
	if err != nil {
		return MergingView{}, err
	}
	view, err := r.mergingView(ctx, m)
	if err != nil {
		return MergingView{}, err
	}
	moved, err := r.refreshed(ctx, m)
	if err != nil {
		return MergingView{}, err
	}
	view.Moved = m.working() == nil && !sameMerge(m, moved)
	view.May = mergePermissions(m, view)
	view.May.Adopt = r.rights.May(a, ActAdopt, "") == nil
	return view, nil
}

// mergingView gives a merge as it was decided so far.
func (r *reader) mergingView(ctx context.Context, m Merging) (MergingView, error) {
	w, err := r.work(ctx, m)
	if err != nil {
		return MergingView{}, err
	}
	view := MergingView{
		Merging: m, Of: r.about, BaseText: w.base, Result: w.result, Decided: map[string]Decided{},
		By: map[PersonID]PersonName{}, Left: left(w.result),
	}
	base, err := r.named(ctx, w.from)
	if err != nil {
		return MergingView{}, err
	}
	view.Base = base.Version
	asked := map[string]bool{}
	for _, d := range w.result.Decisions {
		asked[d.Key] = true
	}
	for _, d := range w.decided {
		if asked[d.Key] {
			view.Decided[d.Key] = d
			view.By[d.By] = r.dir.person(d.By, "")
		}
	}
	if view.Proposals, err = r.rows(ctx, w.proposals); err != nil {
		return MergingView{}, err
	}
	for _, row := range view.Proposals {
		if !slices.Contains(view.Circles, row.Circle) {
			view.Circles = append(view.Circles, row.Circle)
		}
	}
	for i, s := range w.portions {
		if len(s.left) == 0 {
			continue
		}
		part, err := r.part(ctx, m, w.proposals[i], m.Proposals[i])
		if err != nil {
			return MergingView{}, err
		}
		view.Parts = append(view.Parts, part)
	}
	return view, nil
}

func mergePermissions(m Merging, view MergingView) MergePermissions {
	if err := m.working(); err != nil {
		return MergePermissions{Why: err.Error()}
	}
	p := MergePermissions{Decide: true, Finish: view.Left == 0}
	if view.Left > 0 {
		p.Why = fmt.Sprintf("%s to decide before the texts can be merged.", Counted(view.Left, "question is left", "questions are left"))
	}
	return p
}

// working tells whether a merge is still being worked out.
func (m Merging) working() error {
	switch {
	case !m.Done.IsZero():
		return refuse("This merge is done; the revised text holds it.")
	case !m.Abandoned.IsZero():
		return refuse("This merge was abandoned; start another.")
	default:
		return nil
	}
}

// refreshed is the merge as it would be begun now: over main as it is, with the submissions made since.
func (r *reader) refreshed(ctx context.Context, m Merging) (Merging, error) {
	var err error
	if m.Target, err = r.public.Tip(ctx, repo.Main); err != nil {
		return m, fmt.Errorf("text of %s: %w", r.about.Slug, missing(err))
	}
	ps, err := r.proposalsOf(ctx, m)
	if err != nil {
		return m, err
	}
	m.Proposals = slices.Clone(m.Proposals)
	for i, p := range ps {
		if m.Proposals[i], err = r.lastSubmission(ctx, p); err != nil {
			return m, err
		}
	}
	return m, nil
}

// sameMerge tells whether two states of a merge start from the same texts.
func sameMerge(a, b Merging) bool {
	return a.Target == b.Target && slices.EqualFunc(a.Proposals, b.Proposals, func(s, t Submission) bool { return s.Commit == t.Commit })
}

// atWork gives an open merge as it stands, in the resolution's turn, which the caller has to release.
func (s *Service) atWork(ctx context.Context, a Actor, id MergeID) (r *reader, m Merging, release func(), err error) {
	r, m, release, err = s.inTurn(ctx, a, id)
	if err != nil {
		return nil, m, nil, err
	}
	if err = m.working(); err != nil {
		release()
		return nil, m, nil, err
	}
	return r, m, release, nil
}

// inTurn gives a merge as it stands, in the resolution's turn, which the caller has to release.
func (s *Service) inTurn(ctx context.Context, a Actor, id MergeID) (r *reader, m Merging, release func(), err error) {
	r, m, err = s.ofMerge(ctx, a, id)
	if err != nil {
		return nil, m, nil, err
	}
	release, err = s.turns.take(ctx, m.Resolution)
	if err != nil {
		return nil, m, nil, err
	}
	if m, err = s.records.Merging(ctx, id); err != nil {
		release()
		return nil, m, nil, fmt.Errorf("merge %d: %w", id, err)
	}
	return r, m, release, nil
}

// Abandon ends a merge without a result; its decisions stay on record.
func (s *Service) Abandon(ctx context.Context, a Actor, id MergeID) error {
	r, m, release, err := s.atWork(ctx, a, id)
	if err != nil {
		return err
	}
	defer release()
	m.Abandoned = s.now()
	if err := s.records.UpdateMerging(ctx, m); err != nil {
		return fmt.Errorf("abandon merge %d: %w", id, err)
	}
	labels, err := r.labels(ctx, m)
	if err != nil {
		return err
	}
	return s.tell(ctx, Activity{
		Resolution: m.Resolution, Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbAbandoned, Detail: List(labels),
	})
}
