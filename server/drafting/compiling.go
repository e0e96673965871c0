package drafting

import (
	"context"
	"fmt"
	"strings"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// Compilation gives the revised text with what every submitted proposal makes of it, each carried over to the text
// as it stands. Drafts are no part of it.
func (s *Service) Compilation(ctx context.Context, a Actor, slug repo.Slug) (CompilationView, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return CompilationView{}, err
	}
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return CompilationView{}, err
	}
	base, proposals, texts, err := r.submittedTexts(ctx, main)
	if err != nil {
		return CompilationView{}, err
	}
	view := CompilationView{
		Resolution: r.about, Base: main.Version, Text: base, Names: resolution.Names(base),
		Carried: texts, Merged: merge.Merge(base, texts...),
	}
	view.Proposals, err = r.rows(ctx, proposals)
	return view, err
}

// submittedTexts gives the text of main and every submitted proposal's text carried over to it.
func (r *reader) submittedTexts(ctx context.Context, main located) (resolution.Text, []Proposal, []merge.Proposal, error) {
	base, err := main.text(ctx)
	if err != nil {
		return base, nil, nil, err
	}
	all, err := r.visible(ctx)
	if err != nil {
		return base, nil, nil, err
	}
	var proposals []Proposal
	var texts []merge.Proposal
	for _, p := range all {
		if p.Status != StatusSubmitted {
			continue
		}
		sub, err := r.lastSubmission(ctx, p)
		if err != nil {
			return base, nil, nil, err
		}
		text, err := r.carried(ctx, sub, main.Commit, base)
		if err != nil {
			return base, nil, nil, err
		}
		proposals = append(proposals, p)
		texts = append(texts, merge.Proposal{Name: p.Draft.String(), Source: r.dir.label(p.Draft.Circle), Text: text})
	}
	return base, proposals, texts, nil
}

// differ counts the clauses on which submitted proposals disagree.
func (r *reader) differ(ctx context.Context, submitted []Proposal) (int, error) {
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return 0, err
	}
	var key strings.Builder
	fmt.Fprintf(&key, "differ %s", main.Commit)
	for _, p := range submitted {
		fmt.Fprintf(&key, " %s %s", p.Base, p.Submitted)
	}
	return r.counts.of(key.String(), func() (int, error) {
		base, _, texts, err := r.submittedTexts(ctx, main)
		if err != nil {
			return 0, err
		}
		clauses := map[int]bool{}
		for _, d := range merge.Merge(base, texts...).Decisions {
			if d.Kind.Open() {
				clauses[d.Base] = true
			}
		}
		return len(clauses), nil
	})
}

// carried is a submission's text as a change of target: its own words when it was made from target, else taken over
// from its older base. Where the newer text and the proposal say different things, the proposal's words stand.
func (r *reader) carried(ctx context.Context, sub Submission, target repo.Hash, base resolution.Text) (resolution.Text, error) {
	text, err := r.public.Text(ctx, sub.Commit)
	if err != nil {
		return text, fmt.Errorf("submission %s: %w", sub.Commit, missing(err))
	}
	if sub.Base == target {
		return text, nil
	}
	was, err := r.public.Text(ctx, sub.Base)
	if err != nil {
		return text, fmt.Errorf("base of submission %s: %w", sub.Commit, missing(err))
	}
	return merge.Carry(was, base, text, nil).Text, nil
}
