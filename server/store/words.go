package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"plenary/repo"
	"plenary/server/drafting"
)

//go:embed wordmigrations/*.sql
var wordMigrations embed.FS

// WordIndex keeps where the words of texts come from in a SQLite file of its own. It is no second truth: all that is in
// it is made of the repositories, and the file may be deleted whenever no server runs. It implements drafting.WordStore.
type WordIndex struct{ db *database }

var _ drafting.WordStore = (*WordIndex)(nil)

// OpenWords opens the index at path, making it where there is none. A file that is damaged, or was made by a program
// with another stamp, is thrown away, and what it held is worked out again.
func OpenWords(ctx context.Context, path, stamp string) (*WordIndex, error) {
	w, err := openWords(ctx, path, stamp)
	if !outdated(err) {
		return w, err
	}
	if err := removeDatabase(path); err != nil {
		return nil, fmt.Errorf("throw the old index of words away: %w", err)
	}
	return openWords(ctx, path, stamp)
}

// errOtherMaker says that another program made an index.
var errOtherMaker = errors.New("the index was made by another version of the program")

// outdated tells whether a file that can be made anew is to be: it is damaged, or of another version of the program.
func outdated(err error) bool {
	_, newer := errors.AsType[*NewerError](err)
	return newer || damaged(err) || errors.Is(err, drafting.ErrDamaged) || errors.Is(err, errOtherMaker)
}

func openWords(ctx context.Context, path, stamp string) (*WordIndex, error) {
	db, err := openDatabase(ctx, path, wordMigrations, "wordmigrations")
	if err != nil {
		return nil, fmt.Errorf("open index of words: %w", err)
	}
	w := &WordIndex{db}
	if err := w.sign(ctx, stamp); err != nil {
		return nil, errors.Join(fmt.Errorf("open index of words: %w", err), w.Close())
	}
	return w, nil
}

// sign puts the stamp into a new index and compares that of an old one, which is looked through for damage.
func (w *WordIndex) sign(ctx context.Context, stamp string) error {
	var made, sound string
	err := w.db.write.QueryRowContext(ctx, `SELECT stamp FROM maker`).Scan(&made)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = w.db.write.ExecContext(ctx, `INSERT INTO maker (stamp) VALUES (?)`, stamp)
		return err
	}
	if err == nil && made != stamp {
		err = errOtherMaker
	}
	if err != nil {
		return err
	}
	if err := w.db.write.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&sound); err != nil {
		return err
	}
	if sound != "ok" {
		return fmt.Errorf("%w: %s", errOtherMaker, sound)
	}
	return nil
}

// Close closes the file.
func (w *WordIndex) Close() error { return w.db.close() }

// Recorded tells what is kept of a resolution: of each commit, on how many records its own stands.
func (w *WordIndex) Recorded(ctx context.Context, slug repo.Slug) (depths map[repo.Hash]int, err error) {
	rows, err := w.db.read.QueryContext(ctx, `SELECT hash, depth FROM word_record WHERE resolution = ?`, string(slug))
	if err != nil {
		return nil, wrap(err, "read the index of words of", slug)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	depths = map[repo.Hash]int{}
	for rows.Next() {
		var h repo.Hash
		var depth int
		if err := rows.Scan(&h, &depth); err != nil {
			return nil, wrap(err, "read the index of words of", slug)
		}
		depths[h] = depth
	}
	return depths, rows.Err()
}

// Records gives the record of a commit and those it stands on, its own first; none where one of them is not kept.
func (w *WordIndex) Records(ctx context.Context, slug repo.Slug, h repo.Hash) (records []drafting.WordRecord, err error) {
	rows, err := w.db.read.QueryContext(ctx, `
		WITH RECURSIVE standing (hash, stands_on, record, n) AS (
			SELECT hash, stands_on, record, 0 FROM word_record WHERE resolution = ?1 AND hash = ?2
			UNION ALL
			SELECT below.hash, below.stands_on, below.record, n + 1
			FROM standing JOIN word_record AS below ON below.resolution = ?1 AND below.hash = standing.stands_on
			WHERE n < 1000)
		SELECT hash, coalesce(stands_on, ''), record FROM standing ORDER BY n`, string(slug), string(h))
	if err != nil {
		return nil, wrap(err, "read the index of words at", h)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r drafting.WordRecord
		if err := rows.Scan(&r.Commit, &r.On, &r.Bytes); err != nil {
			return nil, wrap(err, "read the index of words at", h)
		}
		records = append(records, r)
	}
	if n := len(records); n > 0 && records[n-1].On != "" {
		records = nil
	}
	return records, rows.Err()
}

// Record keeps records, in place of what was kept of their commits: all of them or none.
func (w *WordIndex) Record(ctx context.Context, slug repo.Slug, records []drafting.WordRecord) error {
	tx, err := w.db.write.BeginTx(ctx, nil)
	if err != nil {
		return wrap(err, "write the index of words of", slug)
	}
	for _, r := range records {
		on := sql.NullString{String: string(r.On), Valid: r.On != ""}
		if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO word_record (resolution, hash, stands_on, depth, record) VALUES (?, ?, ?, ?, ?)`,
			string(slug), string(r.Commit), on, r.Depth, r.Bytes); err != nil {
			return errors.Join(wrap(err, "write the index of words at", r.Commit), tx.Rollback())
		}
	}
	return wrap(tx.Commit(), "write the index of words of", slug)
}
