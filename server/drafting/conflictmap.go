package drafting

import (
	"context"
	"fmt"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// MapColumn is one text of the conflict map.
type MapColumn struct {
	ProposalRow
	Draft bool // the actor's own draft, which nobody else sees; else the text as submitted
}

// ConflictMapView is the grid of texts and clauses: who changes what, who agrees and who clashes, before any merge.
type ConflictMapView struct {
	Resolution Resolution
	Base       Version
	Columns    []MapColumn    // submitted texts in order of their labels, then own drafts
	Rows       []merge.MapRow // a cell for each column, in their order; cells name texts as Name does
	Names      map[string]MapColumn
}

// ConflictMap gives the grid of submitted texts, with the drafts of the circle the actor acts for beside them.
func (s *Service) ConflictMap(ctx context.Context, a Actor, slug repo.Slug) (ConflictMapView, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return ConflictMapView{}, err
	}
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return ConflictMapView{}, err
	}
	proposals, err := r.submittedProposals(ctx)
	if err != nil {
		return ConflictMapView{}, err
	}
	view := ConflictMapView{Resolution: r.about, Base: main.Version, Names: map[string]MapColumn{}}
	rows, err := r.rows(ctx, proposals)
	if err != nil {
		return ConflictMapView{}, err
	}
	for _, row := range rows {
		view.Columns = append(view.Columns, MapColumn{ProposalRow: row})
		view.Names[row.Draft.String()] = MapColumn{ProposalRow: row}
	}
	of, sources := compilationOf{slug: slug}, r.sources(main, proposals)
	drafts, err := r.ownDrafts(ctx)
	if err != nil {
		return ConflictMapView{}, err
	}
	for _, d := range drafts {
		row, err := r.row(ctx, d.proposal, map[repo.Hash]resolution.Text{})
		if err != nil {
			return ConflictMapView{}, err
		}
		column := MapColumn{ProposalRow: row, Draft: true}
		view.Columns = append(view.Columns, column)
		view.Names[d.version.Key] = column
		of.circle = a.Circle
		sources = append(sources, r.draftSource(main, d))
	}
	c, err := r.compiled(ctx, of, main, sources)
	if err != nil {
		return ConflictMapView{}, err
	}
	view.Rows = c.conflictMap().Clauses
	return view, nil
}

// ownDraft is a draft that says something else than what its circle has submitted.
type ownDraft struct {
	proposal Proposal
	version  located
}

// ownDrafts lists the open drafts of the circle the actor acts for, as far as they say something new. A draft in which
// people write is shown as it was last saved, at most a minute ago: were every draft saved whenever somebody looks, all
// who look would wait for all who write.
func (r *reader) ownDrafts(ctx context.Context) ([]ownDraft, error) {
	if r.actor.Circle == "" || !r.mine(r.actor.Circle) {
		return nil, nil
	}
	all, err := r.visible(ctx)
	if err != nil {
		return nil, err
	}
	var drafts []ownDraft
	for _, p := range all {
		if p.Draft.Circle != r.actor.Circle || p.Status != StatusDraft && !p.Status.proposed() {
			continue
		}
		waits, err := r.waits(ctx, room(r.about.Slug, p.Draft))
		if err != nil {
			return nil, fmt.Errorf("draft %s of %s: %w", p.Draft, r.about.Slug, err)
		}
		of := r.savedDraftOf
		if waits {
			of = r.draftOf
		}
		v, err := of(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("draft %s of %s: %w", p.Draft, r.about.Slug, missing(err))
		}
		if v.Commit != p.Base && v.Commit != p.Submitted {
			drafts = append(drafts, ownDraft{p, v})
		}
	}
	return drafts, nil
}

// draftSource gives a draft to compile.
func (r *reader) draftSource(main located, d ownDraft) source {
	return source{
		from: fmt.Sprintf("%s %s %s", d.version.Key, d.proposal.Base, d.version.Commit),
		make: func(ctx context.Context, base resolution.Text) (merge.Proposal, error) {
			named := merge.Proposal{Name: d.version.Key, Source: r.dir.label(d.proposal.Draft.Circle)}
			text, err := d.version.text(ctx)
			if err != nil {
				return named, err
			}
			named.Text, err = r.over(ctx, text, d.proposal.Base, main.Commit, base)
			return named, err
		},
	}
}
