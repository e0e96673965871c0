package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	sqlite3 "github.com/mattn/go-sqlite3"

	"plenary/server/drafting"
)

// DamagedError says that a file is not whole: what stands in it is not what was written.
type DamagedError struct {
	Path  string
	Found []string // what SQLite says of it
}

// Unwrap tells it apart for the doors.
func (e *DamagedError) Unwrap() error { return drafting.ErrDamaged }

// Error says what to do.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s is damaged (%s): keep a copy of the directory as it is, then restore the last backup with plenary restore",
		e.Path, strings.Join(e.Found, "; "))
}

// mostFound is how much of the damage is told.
const mostFound = 3

// whole reads a database through. A file that is not what was written is a *DamagedError.
func whole(ctx context.Context, db *sql.DB, path string) (err error) {
	rows, err := db.QueryContext(ctx, "PRAGMA quick_check("+fmt.Sprint(mostFound)+")")
	if err != nil {
		return damage(err, path)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var found []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return damage(err, path)
		}
		if line != "ok" {
			found = append(found, strings.Join(strings.Fields(line), " "))
		}
	}
	if err := rows.Err(); err != nil {
		return damage(err, path)
	}
	if len(found) > 0 {
		return &DamagedError{Path: path, Found: found}
	}
	return nil
}

// damage makes what SQLite says of a damaged file a *DamagedError.
func damage(err error, path string) error {
	if damaged(err) {
		return &DamagedError{Path: path, Found: []string{err.Error()}}
	}
	return err
}

// damaged tells whether SQLite met a file that is not what was written.
func damaged(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB)
}

// Whole reads the records through; a *DamagedError where they are not what was written.
func (r *Records) Whole(ctx context.Context) error { return whole(ctx, r.db.read, r.db.path) }

// Whole reads the journal through; a *DamagedError where it is not what was written.
func (j *Journal) Whole(ctx context.Context) error { return whole(ctx, j.db.read, j.db.path) }
