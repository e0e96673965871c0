package drafting

import (
	"context"

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
func (r *reader) differ(ctx context.Context) (int, error) {
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return 0, err
	}
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
}
