package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"plenary/server/drafting"
)

//go:embed searchmigrations/*.sql
var searchMigrations embed.FS

// ErrNoFullText is returned where SQLite was built into the program without full-text search.
var ErrNoFullText = errors.New("this plenary was built without full-text search: build it with make, " +
	"or with go build -tags sqlite_fts5 ./cmd/plenary, and start again")

// placesInText is how many clauses of one text the index can tell apart.
const placesInText = 1 << 20

// SearchIndex keeps the words of texts in a SQLite file of its own, made for searching. It is no second truth: all
// that is in it is made of the repositories, and the file may be deleted whenever no server runs. It implements
// drafting.SearchIndex.
type SearchIndex struct{ db *database }

var _ drafting.SearchIndex = (*SearchIndex)(nil)

// OpenSearch opens the index at path, making it where there is none. A file that is damaged, or of another version of
// the program, is thrown away, and what it held is indexed again. ErrNoFullText where SQLite cannot search texts.
func OpenSearch(ctx context.Context, path string) (*SearchIndex, error) {
	if err := fullText(ctx); err != nil {
		return nil, err
	}
	db, err := openDatabase(ctx, path, searchMigrations, "searchmigrations")
	if outdated(err) {
		if err := removeDatabase(path); err != nil {
			return nil, fmt.Errorf("throw the old search index away: %w", err)
		}
		db, err = openDatabase(ctx, path, searchMigrations, "searchmigrations")
	}
	if err != nil {
		return nil, fmt.Errorf("open search index: %w", err)
	}
	return &SearchIndex{db}, nil
}

// fullText tells whether SQLite can search texts.
func fullText(ctx context.Context) (err error) {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var has bool
	if err := db.QueryRowContext(ctx, `SELECT sqlite_compileoption_used('ENABLE_FTS5')`).Scan(&has); err != nil {
		return fmt.Errorf("ask SQLite for full-text search: %w", err)
	}
	if !has {
		return ErrNoFullText
	}
	return nil
}

// removeDatabase removes a file of SQLite with what belongs to it.
func removeDatabase(path string) error {
	for _, ending := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(path + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Close closes the file.
func (s *SearchIndex) Close() error { return s.db.close() }

// Stamps tells what is indexed, and of which commits.
func (s *SearchIndex) Stamps(ctx context.Context) (stamps map[drafting.IndexKey]string, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT resolution, version, stamp FROM text`)
	if err != nil {
		return nil, fmt.Errorf("read search index: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	stamps = map[drafting.IndexKey]string{}
	for rows.Next() {
		var key drafting.IndexKey
		var stamp string
		if err := rows.Scan(&key.Resolution, &key.Version, &stamp); err != nil {
			return nil, fmt.Errorf("read search index: %w", err)
		}
		stamps[key] = stamp
	}
	return stamps, rows.Err()
}

// Put indexes texts, each in place of what was indexed under its key: all of them or none.
func (s *SearchIndex) Put(ctx context.Context, texts []drafting.IndexedText) error {
	tx, err := s.db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("index texts: %w", err)
	}
	for _, t := range texts {
		if err := put(ctx, tx, t); err != nil {
			return errors.Join(fmt.Errorf("index %s of %s: %w", t.Version, t.Resolution, err), tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("index texts: %w", err)
	}
	return nil
}

func put(ctx context.Context, tx *sql.Tx, t drafting.IndexedText) (err error) {
	var id int64
	err = tx.QueryRowContext(ctx, `INSERT INTO text (resolution, version, stamp) VALUES (?, ?, ?)
		ON CONFLICT (resolution, version) DO UPDATE SET stamp = excluded.stamp RETURNING id`,
		string(t.Resolution), t.Version, t.Stamp).Scan(&id)
	if err != nil {
		return err
	}
	first := id * placesInText
	if _, err := tx.ExecContext(ctx, `DELETE FROM clause WHERE rowid BETWEEN ? AND ?`, first, first+placesInText-1); err != nil {
		return err
	}
	if len(t.Clauses) > placesInText {
		return fmt.Errorf("the text has %d clauses, more than can be searched", len(t.Clauses))
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO clause (rowid, words, name, link) VALUES (?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	for i, c := range t.Clauses {
		if _, err := insert.ExecContext(ctx, first+int64(i), spaced(c.Words), c.Name.Spoken, c.Name.Link); err != nil {
			return err
		}
	}
	return nil
}

// Count tells in how many clauses of each text the words sought stand. It counts in every text there is: whose hits
// somebody may know of is for the caller to decide.
func (s *SearchIndex) Count(ctx context.Context, sought []drafting.SearchTerm) (counts map[drafting.IndexKey]int, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT text.resolution, text.version, hits.n FROM
		(SELECT rowid / 1048576 AS id, count(*) AS n FROM clause WHERE clause MATCH ? GROUP BY 1) AS hits
		JOIN text ON text.id = hits.id`, match(sought))
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	counts = map[drafting.IndexKey]int{}
	for rows.Next() {
		var key drafting.IndexKey
		var n int
		if err := rows.Scan(&key.Resolution, &key.Version, &n); err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		counts[key] = n
	}
	return counts, rows.Err()
}

// Clauses gives the clauses of one text in which the words sought stand, in reading order, with the words around them.
func (s *SearchIndex) Clauses(ctx context.Context, sought []drafting.SearchTerm, of drafting.IndexKey, skip, most int) (found []drafting.FoundClause, err error) {
	var id int64
	err = s.db.read.QueryRowContext(ctx, `SELECT id FROM text WHERE resolution = ? AND version = ?`, string(of.Resolution), of.Version).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("search %s of %s: %w", of.Version, of.Resolution, err)
	}
	first := id * placesInText
	rows, err := s.db.read.QueryContext(ctx, `SELECT name, link, snippet(clause, 0, ?, ?, '…', 40) FROM clause
		WHERE clause MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ? OFFSET ?`,
		string(beginMark), string(endMark), match(sought), first, first+placesInText-1, most, skip)
	if err != nil {
		return nil, fmt.Errorf("search %s of %s: %w", of.Version, of.Resolution, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var c drafting.FoundClause
		var words string
		if err := rows.Scan(&c.Name.Spoken, &c.Name.Link, &words); err != nil {
			return nil, fmt.Errorf("search %s of %s: %w", of.Version, of.Resolution, err)
		}
		c.Words = marked(words)
		found = append(found, c)
	}
	return found, rows.Err()
}
