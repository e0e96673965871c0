package drafting

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"plenary/repo"
)

// sameNote tells whether a proposal's covering note reads the same at two commits.
func sameNote(ctx context.Context, d repo.DraftName, a *repo.Repository, at repo.Hash, b *repo.Repository, bt repo.Hash) (bool, error) {
	one, err := noteAt(ctx, a, at, d)
	if err != nil {
		return false, err
	}
	other, err := noteAt(ctx, b, bt, d)
	return bytes.Equal(one, other), err
}

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
