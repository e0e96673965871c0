package drafting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// compilations keeps the last compilations. They are named by the commits they are made of, so they are never stale;
// one of submitted texts is the same for everybody, one that holds a circle's drafts besides is that circle's.
type compilations struct {
	mu   sync.Mutex
	last map[compilationOf]*compiled // guarded by mu
}

// mostCompilations bounds how many are kept; past it they are made anew.
const mostCompilations = 400

// compilationOf names what a compilation is of: the submitted texts on a resolution, and the drafts of a circle.
type compilationOf struct {
	slug   repo.Slug
	circle repo.Circle // empty: no drafts
}

// compiled is texts as changes of the revised text. What its methods give never changes.
type compiled struct {
	base resolution.Text

	mu     sync.Mutex
	key    string // guarded by mu, as all below: the commits it is made of
	main   repo.Hash
	froms  []string // of each text: what it is made from
	texts  []merge.Proposal
	diffs  [][]diff.Change // of each text against the base, made when asked for
	merged *merge.Compilation
	result *merge.Result      // made when asked for
	grid   *merge.ConflictMap // made when asked for
}

func (c *compilations) get(of compilationOf) *compiled {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last[of]
}

func (c *compilations) put(of compilationOf, made *compiled) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil || len(c.last) >= mostCompilations {
		c.last = map[compilationOf]*compiled{}
	}
	c.last[of] = made
}

// compilation is a compiled as it is at one moment.
type compilation struct {
	base   resolution.Text
	texts  []merge.Proposal
	diffs  [][]diff.Change // of each text against the base
	result merge.Result
}

// now gives the texts with their differences and their merge.
func (c *compiled) now() compilation {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.result == nil {
		c.result = new(c.merged.Result(nil))
	}
	for i := range c.texts {
		if c.diffs[i] == nil {
			c.diffs[i] = diff.Compare(c.base, c.texts[i].Text)
		}
	}
	return compilation{c.base, slices.Clone(c.texts), slices.Clone(c.diffs), *c.result}
}

// conflictMap gives the grid of texts and clauses.
func (c *compiled) conflictMap() merge.ConflictMap {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.grid == nil {
		c.grid = new(c.merged.Map())
	}
	return *c.grid
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
		Carried: c.texts, Changes: c.diffs, Merged: c.result,
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
	all = slices.DeleteFunc(all, func(p Proposal) bool { return !p.Status.proposed() })
	slices.SortStableFunc(all, func(p, q Proposal) int { return natural(r.dir.proposal(p), r.dir.proposal(q)) })
	return all, nil
}

// source is a text to compile: from says what it is made from, make carries it over to the revised text.
type source struct {
	from string
	make func(ctx context.Context, base resolution.Text) (merge.Proposal, error)
}

// compile puts submitted proposals over the revised text.
func (r *reader) compile(ctx context.Context, main located, proposals []Proposal) (compilation, error) {
	c, err := r.compiled(ctx, compilationOf{slug: r.about.Slug}, main, r.sources(main, proposals))
	if err != nil {
		return compilation{}, err
	}
	return c.now(), nil
}

// sources gives the submitted texts to compile.
func (r *reader) sources(main located, proposals []Proposal) []source {
	all := make([]source, len(proposals))
	for i, p := range proposals {
		all[i] = source{
			from: fmt.Sprintf("%s %s %s %s", p.Draft, r.dir.label(p.Draft.Circle), p.Base, p.Submitted),
			make: func(ctx context.Context, base resolution.Text) (merge.Proposal, error) {
				sub, err := r.lastSubmission(ctx, p)
				if err != nil {
					return merge.Proposal{}, err
				}
				text, err := r.carried(ctx, sub, main.Commit, base)
				return merge.Proposal{Name: p.Draft.String(), Source: r.dir.label(p.Draft.Circle), Text: text}, err
			},
		}
	}
	return all
}

// compiled gives a compilation of the sources over the revised text. One that is kept is brought up to date: only
// texts that are new in it are carried and aligned, unless the revised text or the order has changed.
func (r *reader) compiled(ctx context.Context, of compilationOf, main located, sources []source) (*compiled, error) {
	var key strings.Builder
	fmt.Fprint(&key, main.Commit)
	for _, s := range sources {
		fmt.Fprint(&key, " ", s.from)
	}
	if kept := r.compilations.get(of); kept != nil && kept.main == main.Commit {
		done, err := kept.follow(ctx, key.String(), sources)
		if err != nil || done {
			return kept, err
		}
	}
	made := &compiled{key: key.String(), main: main.Commit}
	var err error
	if made.base, err = main.text(ctx); err != nil {
		return nil, err
	}
	for _, s := range sources {
		text, err := s.make(ctx, made.base)
		if err != nil {
			return nil, err
		}
		made.texts, made.froms = append(made.texts, text), append(made.froms, s.from)
	}
	made.diffs = make([][]diff.Change, len(made.texts))
	made.merged = merge.NewCompilation(made.base)
	for _, text := range made.texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		made.merged.Put(text)
	}
	r.compilations.put(of, made)
	return made, nil
}

// follow brings a compilation up to date where it holds texts of the same names in the same order, or the first of
// them; it tells whether it could.
func (c *compiled) follow(ctx context.Context, key string, sources []source) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.key == key {
		return true, nil
	}
	if len(sources) < len(c.texts) {
		return false, nil
	}
	fresh := make(map[int]merge.Proposal)
	for i, s := range sources {
		if i < len(c.froms) && c.froms[i] == s.from {
			continue
		}
		text, err := s.make(ctx, c.base)
		if err != nil {
			return false, err
		}
		if i < len(c.texts) && c.texts[i].Name != text.Name {
			return false, nil
		}
		fresh[i] = text
	}
	for i, s := range sources {
		text, changed := fresh[i]
		switch {
		case !changed:
			continue
		case i < len(c.texts):
			c.texts[i], c.froms[i], c.diffs[i] = text, s.from, nil
		default:
			c.texts, c.froms, c.diffs = append(c.texts, text), append(c.froms, s.from), append(c.diffs, nil)
		}
		c.merged.Put(text)
	}
	c.key, c.result, c.grid = key, nil, nil
	return true, nil
}

// carried is a submission's text as a change of target: its own words when it was made from target, else taken over
// from its older base. Where the newer text and the proposal say different things, the proposal's words stand.
func (r *reader) carried(ctx context.Context, sub Submission, target repo.Hash, base resolution.Text) (resolution.Text, error) {
	o, err := r.offer(ctx, sub, Merging{})
	if err != nil {
		return resolution.Text{}, err
	}
	return r.over(ctx, o.text, sub.Base, target, base)
}

// over is a text made from one commit of main as a change of the text of another, target.
func (r *reader) over(ctx context.Context, text resolution.Text, from, target repo.Hash, base resolution.Text) (resolution.Text, error) {
	if from == target {
		return text, nil
	}
	was, err := r.public.Text(ctx, from)
	if err != nil {
		return text, fmt.Errorf("base %s: %w", from, missing(err))
	}
	return merge.Carry(was, base, text, nil).Text, nil
}
