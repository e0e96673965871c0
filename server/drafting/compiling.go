package drafting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// compilations keeps the last compilation of each resolution. It is made of submitted texts alone, so it is the same
// for everybody, and it is named by their commits, so it is never stale.
type compilations struct {
	mu   sync.Mutex
	last map[repo.Slug]*compiled // guarded by mu; what it holds never changes
}

// compiled is the submitted texts of a resolution as changes of the revised text.
type compiled struct {
	key    string // the commits it is made of
	base   resolution.Text
	texts  []merge.Proposal
	result merge.Result
}

func (c *compilations) get(slug repo.Slug, key string) *compiled {
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept := c.last[slug]; kept != nil && kept.key == key {
		return kept
	}
	return nil
}

func (c *compilations) put(slug repo.Slug, made *compiled) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil {
		c.last = map[repo.Slug]*compiled{}
	}
	c.last[slug] = made
}

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
	proposals, err := r.submittedProposals(ctx)
	if err != nil {
		return CompilationView{}, err
	}
	c, err := r.compile(ctx, main, proposals)
	if err != nil {
		return CompilationView{}, err
	}
	view := CompilationView{
		Resolution: r.about, Base: main.Version, Text: c.base, Names: resolution.Names(c.base),
		Carried: slices.Clone(c.texts), Merged: c.result,
	}
	view.Proposals, err = r.rows(ctx, proposals)
	return view, err
}

// submittedProposals lists the proposals that stand submitted, in order of their labels.
func (r *reader) submittedProposals(ctx context.Context) ([]Proposal, error) {
	all, err := r.visible(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(p Proposal) bool { return p.Status != StatusSubmitted })
	slices.SortStableFunc(all, func(p, q Proposal) int { return natural(r.dir.proposal(p), r.dir.proposal(q)) })
	return all, nil
}

// compile puts submitted proposals over the revised text.
func (r *reader) compile(ctx context.Context, main located, proposals []Proposal) (*compiled, error) {
	var key strings.Builder
	fmt.Fprint(&key, main.Commit)
	for _, p := range proposals {
		fmt.Fprintf(&key, " %s %s %s %s", p.Draft, r.dir.label(p.Draft.Circle), p.Base, p.Submitted)
	}
	if kept := r.compilations.get(r.about.Slug, key.String()); kept != nil {
		return kept, nil
	}
	made := &compiled{key: key.String()}
	var err error
	if made.base, err = main.text(ctx); err != nil {
		return nil, err
	}
	for _, p := range proposals {
		sub, err := r.lastSubmission(ctx, p)
		if err != nil {
			return nil, err
		}
		text, err := r.carried(ctx, sub, main.Commit, made.base)
		if err != nil {
			return nil, err
		}
		made.texts = append(made.texts, merge.Proposal{Name: p.Draft.String(), Source: r.dir.label(p.Draft.Circle), Text: text})
	}
	made.result = merge.Merge(made.base, made.texts...)
	r.compilations.put(r.about.Slug, made)
	return made, nil
}

// differ counts the clauses on which submitted proposals disagree.
func (r *reader) differ(ctx context.Context) (int, error) {
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return 0, err
	}
	proposals, err := r.submittedProposals(ctx)
	if err != nil {
		return 0, err
	}
	c, err := r.compile(ctx, main, proposals)
	if err != nil {
		return 0, err
	}
	clauses := map[int]bool{}
	for _, d := range c.result.Decisions {
		if d.Kind.Open() {
			clauses[d.Base] = true
		}
	}
	return len(clauses), nil
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
