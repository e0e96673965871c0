package drafting

import (
	"context"
	"errors"
	"fmt"

	"plenary/repo"
)

// noteAt gives a proposal's covering note at a commit; nil where there is none.
func noteAt(ctx context.Context, in *repo.Repository, at repo.Hash, d repo.DraftName) ([]byte, error) {
	note, err := in.File(ctx, at, d.Note())
	if errors.Is(err, repo.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("covering note of %s: %w", d, err)
	}
	return note, nil
}
