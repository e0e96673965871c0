// Package store keeps the records of an assembly in SQLite: people, circles, sessions, tokens, resolutions,
// proposals, merges and what happened.
//
// Start with [Open], which gives the [Records] of one database file, brought up to date. Records implements every
// record interface of package drafting; its errors are drafting's sentinels, wrapped.
//
// Promises: what a method has returned without an error survives a crash of the machine; a method that returns an
// error has changed nothing; a file written by a newer version is refused unread. No text of a resolution is kept
// here.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"syscall"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"

	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Records is the records of one assembly. Its methods may be called from several goroutines at once.
type Records struct {
	db    *database
	read  *sqlgen.Queries
	write *sqlgen.Queries // each call its own transaction
	tx    *sqlgen.Queries // the transaction that read and write are part of; nil: none
}

var (
	_ drafting.PeopleRecords     = (*Records)(nil)
	_ drafting.CircleRecords     = (*Records)(nil)
	_ drafting.SessionRecords    = (*Records)(nil)
	_ drafting.TokenRecords      = (*Records)(nil)
	_ drafting.AssemblyRecords   = (*Records)(nil)
	_ drafting.ResolutionRecords = (*Records)(nil)
	_ drafting.ProposalRecords   = (*Records)(nil)
	_ drafting.ActivityRecords   = (*Records)(nil)
	_ drafting.MergeRecords      = (*Records)(nil)
	_ drafting.Records           = (*Records)(nil)
)

// Open opens the records in the file at path, making it when it is not there, and brings its tables up to date.
// The directory must exist. A file written by a newer version is refused with a *NewerError.
func Open(ctx context.Context, path string) (*Records, error) {
	db, err := openDatabase(ctx, path, migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("open records: %w", err)
	}
	return &Records{db: db, read: sqlgen.New(db.read), write: sqlgen.New(db.write)}, nil
}

// Close closes the file. Nothing waits to be written.
func (r *Records) Close() error { return r.db.close() }

// Ping tells whether the records can be read.
func (r *Records) Ping(ctx context.Context) error {
	if _, err := r.Assembly(ctx); err != nil && !errors.Is(err, drafting.ErrNotFound) {
		return err
	}
	return nil
}

// Together runs fn on records that are one transaction: all of it is kept, or nothing. Inside fn no other records
// may be written; they would wait for the transaction to end.
func (r *Records) Together(ctx context.Context, fn func(drafting.Records) error) error {
	return r.together(ctx, func(q *sqlgen.Queries) error { return fn(&Records{db: r.db, read: q, write: q, tx: q}) })
}

// together runs fn in one write transaction, the one begun already where there is one.
func (r *Records) together(ctx context.Context, fn func(*sqlgen.Queries) error) error {
	if r.tx != nil {
		return fn(r.tx)
	}
	return transaction(ctx, r.db.write, fn)
}

// atOnce runs fn in one read transaction: everything it reads is of one moment.
func (r *Records) atOnce(ctx context.Context, fn func(*sqlgen.Queries) error) error {
	if r.tx != nil {
		return fn(r.tx)
	}
	return transaction(ctx, r.db.read, fn)
}

func transaction(ctx context.Context, db *sql.DB, fn func(*sqlgen.Queries) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(sqlgen.New(tx)); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// full tells whether a disk without room is behind what SQLite says: it says so itself, or could not make a file or its
// shared index longer.
func full(e sqlite3.Error) bool {
	return e.Code == sqlite3.ErrFull || e.SystemErrno == syscall.ENOSPC || e.ExtendedCode == sqlite3.ErrIoErrSHMSize
}

// wrap names the operation and its subject, and tells what callers must tell apart: no row and a reference to
// something that is not there are ErrNotFound, a taken name is ErrExists, a full disk is ENOSPC.
func wrap(err error, operation string, subject any) error {
	if err == nil {
		return nil
	}
	refused, bySQLite := errors.AsType[sqlite3.Error](err)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = drafting.ErrNotFound
	case bySQLite && full(refused):
		err = fmt.Errorf("%w: %w", syscall.ENOSPC, err)
	case damaged(err):
		err = fmt.Errorf("%w: %w", drafting.ErrDamaged, err)
	case bySQLite:
		switch refused.ExtendedCode {
		case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey:
			err = fmt.Errorf("%w: %w", drafting.ErrExists, err)
		case sqlite3.ErrConstraintForeignKey:
			err = fmt.Errorf("%w: %w", drafting.ErrNotFound, err)
		}
	}
	return fmt.Errorf("%s %v: %w", operation, subject, err)
}

// changed is wrap for an update that must have met a row.
func changed(rows int64, err error, operation string, subject any) error {
	if err == nil && rows == 0 {
		err = sql.ErrNoRows
	}
	return wrap(err, operation, subject)
}

// micros is a time as kept: microseconds since 1970, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// timeOf is the time kept as us.
func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// each turns every row into what drafting knows.
func each[Row, Out any](rows []Row, turn func(Row) Out) []Out {
	out := make([]Out, len(rows))
	for i, row := range rows {
		out[i] = turn(row)
	}
	return out
}
