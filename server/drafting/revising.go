package drafting

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"plenary/repo"
)

// longestSentence is how many bytes a sentence for the record may have.
const longestSentence = 4000

// forTheRecord gives a sentence as the record keeps it.
func forTheRecord(sentence string) (string, error) {
	sentence = strings.TrimSpace(sentence)
	if len(sentence) > longestSentence {
		return "", refuse("The sentence for the record is too long: keep it under 4,000 characters.")
	}
	return sentence, nil
}

// revise writes the next revised text of a resolution, whose turn the caller has.
func (s *Service) revise(ctx context.Context, slug repo.Slug, request repo.MergeRequest) (repo.Hash, error) {
	commit, err := s.archive.Merge(ctx, slug, request)
	if errors.Is(err, repo.ErrStale) {
		return "", refuse("The text moved this very moment. Load the page again; your decisions stand.")
	}
	if err != nil {
		return "", fmt.Errorf("revise %s: %w", slug, missing(err))
	}
	return commit, nil
}

// revised puts on record that the revised text has moved, and tells the open drafts: what is merged whole is closed,
// all others hear what has moved the text.
func (s *Service) revised(ctx context.Context, line Activity, merged []Proposal, what string, commit repo.Hash) error {
	if err := s.touch(ctx, line.Resolution); err != nil {
		return err
	}
	if err := s.tell(ctx, line); err != nil {
		return err
	}
	s.tellDrafts(ctx, line.Resolution, merged, what, commit)
	return nil
}
