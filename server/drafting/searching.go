package drafting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plenary/repo"
	"plenary/repo/resolution"
)

// IndexKey names one text in the index: a version of a resolution.
type IndexKey struct {
	Resolution repo.Slug
	Version    string // "main", "adopted/dubai-2012", "proposals/usa/48a5-1", "drafts/usa/48a5-1"
}

// IndexedText is what can be found of one text.
type IndexedText struct {
	IndexKey
	Stamp   string // the commits it was made of
	Clauses []IndexedClause
}

// IndexedClause is one clause as the index holds it.
type IndexedClause struct {
	Name  resolution.Name
	Words string // as people read them
}

// FoundClause is a clause in which the words sought stand.
type FoundClause struct {
	Name  resolution.Name
	Words []FoundWords
}

// FoundWords are some of a clause's words: those sought, or those around them.
type FoundWords struct {
	Words string
	Found bool
}

// SearchIndex finds clauses by their words. What it holds is made of the repositories and can be made again.
type SearchIndex interface {
	Stamps(ctx context.Context) (map[IndexKey]string, error)
	Put(ctx context.Context, texts []IndexedText) error
	Count(ctx context.Context, sought []SearchTerm) (map[IndexKey]int, error)
	Clauses(ctx context.Context, sought []SearchTerm, of IndexKey, skip, most int) ([]FoundClause, error)
}

// SearchHit is one clause of one text that the actor may read.
type SearchHit struct {
	Resolution Resolution
	Version    Version // Commit and At are not filled in
	Circle     Circle  // of a proposal or draft
	FoundClause
}

// SearchView is what a search has found.
type SearchView struct {
	Terms       []SearchTerm
	Cut         bool         // more was asked for than is sought
	Resolutions []Resolution // whose number or title holds the words
	Hits        []SearchHit  // a page of them, in the order of resolutions, texts and clauses
	Total       int          // of all clauses found
	Texts       int          // in how many resolutions they stand
}

// HitsShown is how many hits one view holds.
const HitsShown = 50

// searchText is one text that may be searched.
type searchText struct {
	r       *reader
	version Version
	in      *repo.Repository
	without []repo.Hash // texts of the same resolution: what they say too is found there
}

func (t searchText) key() IndexKey { return IndexKey{t.r.about.Slug, t.version.Key} }

func (t searchText) stamp() string {
	var stamp strings.Builder
	stamp.WriteString(string(t.version.Commit))
	for _, h := range t.without {
		stamp.WriteString(" " + string(h))
	}
	return stamp.String()
}

// Search finds words in numbers and titles, and clause by clause in every text that the actor may read: revised and
// adopted texts, submitted proposals, drafts of the actor's circles as last saved. A clause that several texts have
// in common is found once, in the revised text if it stands there. It leaves skip hits out.
func (s *Service) Search(ctx context.Context, a Actor, words string, skip int) (SearchView, error) {
	asker, err := s.mayRead(ctx, a)
	if err != nil {
		return SearchView{}, err
	}
	if s.index == nil {
		return SearchView{}, refuse("Nothing can be searched here: the server was started without an index.")
	}
	view := SearchView{}
	if view.Terms, view.Cut = ParseSearch(words); len(view.Terms) == 0 {
		return view, nil
	}
	if asker.dir, err = s.directory(ctx); err != nil {
		return SearchView{}, err
	}
	all, err := s.records.Resolutions(ctx)
	if err != nil {
		return SearchView{}, fmt.Errorf("resolutions: %w", err)
	}
	slices.SortStableFunc(all, func(x, y Resolution) int { return natural(x.Number, y.Number) })
	for _, about := range all {
		if names(about, view.Terms) {
			view.Resolutions = append(view.Resolutions, about)
		}
	}
	texts, err := asker.indexed(ctx, all)
	if err != nil {
		return SearchView{}, fmt.Errorf("search: %w", err)
	}
	err = s.find(ctx, &view, texts, max(skip, 0))
	return view, err
}

// names tells whether every word sought stands in the number, title or edition of a resolution.
func names(about Resolution, sought []SearchTerm) bool {
	text := foldName("resolution " + about.Number + " " + about.Title + " " + about.Edition + " " + string(about.Slug))
	return !slices.ContainsFunc(sought, func(t SearchTerm) bool { return !strings.Contains(text, foldName(t.Words)) })
}

// find fills in the hits of a view. Texts are those the actor may read; of all others that hold the words, not even
// the number is told.
func (s *Service) find(ctx context.Context, view *SearchView, texts []searchText, skip int) error {
	counts, err := s.index.Count(ctx, view.Terms)
	if err != nil {
		return err
	}
	in := map[repo.Slug]bool{}
	for _, t := range texts {
		n := counts[t.key()]
		view.Total += n
		if n > 0 {
			in[t.r.about.Slug] = true
		}
		if left := HitsShown - len(view.Hits); n > skip && left > 0 {
			hits, err := t.hits(ctx, view.Terms, skip, left)
			if err != nil {
				return err
			}
			view.Hits = append(view.Hits, hits...)
		}
		skip = max(skip-n, 0)
	}
	view.Texts = len(in)
	return nil
}

// hits gives the hits in one text.
func (t searchText) hits(ctx context.Context, sought []SearchTerm, skip, most int) ([]SearchHit, error) {
	found, err := t.r.index.Clauses(ctx, sought, t.key(), skip, most)
	if err != nil {
		return nil, err
	}
	version := t.version
	if version.Kind == VersionAdopted {
		v, err := t.r.adopted(ctx, version.Key)
		if err != nil {
			return nil, missing(err)
		}
		version = v.Version
	}
	var circle Circle
	if version.Draft.Valid() {
		circle = t.r.dir.circle(version.Draft.Circle)
	}
	hits := make([]SearchHit, len(found))
	for i, c := range found {
		hits[i] = SearchHit{Resolution: t.r.about, Version: version, Circle: circle, FoundClause: c}
	}
	return hits, nil
}

// searchable lists the texts of a resolution that the actor may search. It is the one place that decides: what it
// does not list is neither found nor counted.
func (r *reader) searchable(ctx context.Context) ([]searchText, error) {
	main, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return nil, missing(err)
	}
	label, err := r.mainLabel(ctx, main)
	if err != nil {
		return nil, missing(err)
	}
	texts := []searchText{{r: r, in: r.public, version: Version{Key: repo.Main, Label: label, Kind: VersionMain, Commit: main}}}
	tags, err := r.public.Refs(ctx, "adopted/")
	if err != nil {
		return nil, missing(err)
	}
	for _, tag := range tags {
		v := Version{Key: tag.Name, Kind: VersionAdopted, Commit: tag.Hash}
		texts = append(texts, searchText{r: r, in: r.public, version: v, without: []repo.Hash{main}})
	}
	proposals, err := r.visible(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(proposals, func(p, q Proposal) int { return natural(r.dir.proposal(p), r.dir.proposal(q)) })
	for _, p := range proposals {
		of, err := r.searchableOf(ctx, p, main)
		if err != nil {
			return nil, fmt.Errorf("proposal %s: %w", p.Draft, err)
		}
		texts = append(texts, of...)
	}
	return texts, nil
}

// searchableOf lists what the actor may search of one proposal: what it changes, and what its draft changes since.
func (r *reader) searchableOf(ctx context.Context, p Proposal, main repo.Hash) ([]searchText, error) {
	var texts []searchText
	without := []repo.Hash{main, p.Base}
	if p.Submissions > 0 {
		v := Version{Key: p.Draft.Proposal(), Label: r.dir.proposal(p), Kind: VersionProposal, Draft: p.Draft, Commit: p.Submitted}
		texts = append(texts, searchText{r: r, in: r.public, version: v, without: without})
		without = append(slices.Clone(without), p.Submitted)
	}
	if !r.mine(p.Draft.Circle) {
		return texts, nil
	}
	desk, err := r.archive.Desk(ctx, r.about.Slug, p.Draft.Circle)
	if err != nil {
		return nil, missing(err)
	}
	tip, err := desk.Tip(ctx, p.Draft.Draft())
	if err != nil {
		return nil, missing(err)
	}
	v := Version{Key: p.Draft.Draft(), Label: r.dir.proposal(p) + ", draft", Kind: VersionDraft, Draft: p.Draft, Commit: tip}
	return append(texts, searchText{r: r, in: desk, version: v, without: without}), nil
}
