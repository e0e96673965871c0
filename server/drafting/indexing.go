package drafting

import (
	"context"
	"fmt"
	"strings"

	"plenary/repo"
	"plenary/repo/resolution"
)

// indexed lists every text that the actor may search, and sees to it that the index holds them as they are now.
// Whatever has moved a text since the last search (an import, a save, a submission, a merge, a push, an adoption), its
// commits tell.
func (r *reader) indexed(ctx context.Context, all []Resolution) ([]searchText, error) {
	texts, err := r.allSearchable(ctx, all)
	if err != nil {
		return nil, err
	}
	behind, err := r.behind(ctx, texts)
	if err != nil || len(behind) == 0 {
		return texts, err
	}
	select { // one search brings the index up to date, those that came with it wait for that
	case r.indexing <- struct{}{}:
		defer func() { <-r.indexing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if texts, err = r.allSearchable(ctx, all); err != nil {
		return nil, err
	}
	if behind, err = r.behind(ctx, texts); err != nil {
		return nil, err
	}
	return texts, r.catchUp(ctx, behind)
}

func (r *reader) allSearchable(ctx context.Context, all []Resolution) ([]searchText, error) {
	var texts []searchText
	for _, about := range all {
		of, err := r.of(about)
		if err != nil {
			return nil, err
		}
		more, err := of.searchable(ctx)
		if err != nil {
			return nil, fmt.Errorf("texts of %s: %w", about.Slug, err)
		}
		texts = append(texts, more...)
	}
	return texts, nil
}

// behind gives the texts that the index does not hold as they are.
func (s *Service) behind(ctx context.Context, texts []searchText) ([]searchText, error) {
	stamps, err := s.index.Stamps(ctx)
	if err != nil {
		return nil, err
	}
	var behind []searchText
	for _, t := range texts {
		if stamps[t.key()] != t.stamp() {
			behind = append(behind, t)
		}
	}
	return behind, nil
}

// atATime is how many texts are indexed in one transaction.
const atATime = 100

// catchUp indexes texts.
func (s *Service) catchUp(ctx context.Context, behind []searchText) error {
	read := map[repo.Hash]resolution.Text{}
	var slug repo.Slug
	var made []IndexedText
	for i, t := range behind {
		if t.r.about.Slug != slug {
			slug = t.r.about.Slug
			clear(read)
		}
		text, err := t.index(ctx, read)
		if err != nil {
			return fmt.Errorf("index %s of %s: %w", t.version.Key, slug, err)
		}
		made = append(made, text)
		if len(made) == atATime || i == len(behind)-1 {
			if err := s.index.Put(ctx, made); err != nil {
				return err
			}
			made = nil
		}
	}
	return nil
}

// index gives the clauses of a text that none of the texts it is read beside says in the same words.
func (t searchText) index(ctx context.Context, read map[repo.Hash]resolution.Text) (IndexedText, error) {
	made := IndexedText{IndexKey: t.key(), Stamp: t.stamp()}
	said := map[string]bool{"": true}
	for _, h := range t.without {
		other, err := textOnce(ctx, t.r.public, h, read)
		if err != nil {
			return made, err
		}
		for _, b := range other.Blocks {
			said[wordsSought(b)] = true
		}
	}
	text, err := textOnce(ctx, t.in, t.version.Commit, read)
	if err != nil {
		return made, err
	}
	for i, name := range resolution.Names(text) {
		if words := wordsSought(text.Blocks[i]); !said[words] {
			made.Clauses = append(made.Clauses, IndexedClause{Name: name, Words: words})
		}
	}
	return made, nil
}

// wordsSought gives the words of a clause as people read them; of a table, its cells one after the other.
func wordsSought(b resolution.Block) string {
	words := []string{resolution.Plain(b.Words)}
	for _, row := range b.Rows {
		for _, cell := range row {
			words = append(words, resolution.Plain(cell))
		}
	}
	return strings.TrimSpace(strings.Join(words, " "))
}

// reindex brings the index up to date with what everybody may read. Drafts follow when somebody who may read them
// searches.
func (s *Service) reindex(ctx context.Context) error {
	if s.index == nil {
		return nil
	}
	all, err := s.records.Resolutions(ctx)
	if err != nil {
		return fmt.Errorf("resolutions: %w", err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return err
	}
	everybody := &reader{Service: s, dir: dir}
	if _, err := everybody.indexed(ctx, all); err != nil {
		return fmt.Errorf("search index: %w", err)
	}
	return nil
}
