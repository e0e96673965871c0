package store

import (
	"context"
	"database/sql"
	"errors"

	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// CommentedSince gives the texts that have comments later than the one named.
func (r *Records) CommentedSince(ctx context.Context, after drafting.CommentID) ([]drafting.Commented, error) {
	rows, err := r.read.CommentedSince(ctx, int64(after))
	return each(rows, func(row sqlgen.CommentedSinceRow) drafting.Commented {
		return drafting.Commented{Resolution: repo.Slug(row.Resolution), Text: row.Text}
	}), wrap(err, "commented since", after)
}

// LastComment gives the latest comment of all; 0 while there is none.
func (r *Records) LastComment(ctx context.Context) (drafting.CommentID, error) {
	id, err := r.read.LastComment(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return drafting.CommentID(id), wrap(err, "last comment", "of all")
}

// DigestState gives whether a person wants no digests, and up to which comment the last one told.
func (r *Records) DigestState(ctx context.Context, person drafting.PersonID) (off bool, upTo drafting.CommentID, err error) {
	row, err := r.read.Digest(ctx, int64(person))
	if errors.Is(err, sql.ErrNoRows) {
		return false, 0, nil
	}
	return row.Off, drafting.CommentID(row.Upto), wrap(err, "digest of", person)
}

// SetDigestOff keeps whether a person wants no digests.
func (r *Records) SetDigestOff(ctx context.Context, person drafting.PersonID, off bool) error {
	return wrap(r.write.SetDigestOff(ctx, sqlgen.SetDigestOffParams{Person: int64(person), Off: off}), "digests of", person)
}

// SetDigestUpTo keeps up to which comment a person was told.
func (r *Records) SetDigestUpTo(ctx context.Context, person drafting.PersonID, upTo drafting.CommentID) error {
	return wrap(r.write.SetDigestUpTo(ctx, sqlgen.SetDigestUpToParams{Person: int64(person), Upto: int64(upTo)}), "digest of", person)
}
