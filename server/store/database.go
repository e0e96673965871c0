package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
	"github.com/pressly/goose/v3"
)

// busyTimeout is how long a statement waits for another process (a command beside the server) to finish writing.
const busyTimeout = 10 * time.Second

// readers is how many statements may read one file at once.
const readers = 4

// NewerError says that a file was written by a newer version of Plenary than this one.
type NewerError struct {
	Path         string
	Found, Known int64 // versions of the tables
}

// Error says what to do.
func (e *NewerError) Error() string {
	return fmt.Sprintf("%s was written by a newer version of Plenary (its tables are version %d, this one knows up to %d): "+
		"run that version, or restore a backup made before the upgrade", e.Path, e.Found, e.Known)
}

// database is one SQLite file. Writes go through one connection, so they never meet each other; reads have
// connections of their own that see the last committed state and cannot write.
type database struct {
	path  string
	write *sql.DB
	read  *sql.DB
}

// openDatabase opens the file at path, readable by its owner only, and applies the migrations in dir of migrations
// that it does not have yet, each in one transaction.
func openDatabase(ctx context.Context, path string, migrations fs.FS, dir string) (*database, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the file that whoever runs the server names
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite3", dsn(path, false))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	if err := migrate(ctx, write, path, migrations, dir); err != nil {
		if found, ok := errors.AsType[*DamagedError](whole(ctx, write, path)); ok {
			err = found // what a migration says of a damaged file misleads
		}
		return nil, errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite3", dsn(path, true))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &database{path: path, write: write, read: read}, nil
}

// close closes the readers first, so that the writer's connection is the last and folds the write-ahead log in.
func (d *database) close() error { return errors.Join(d.read.Close(), d.write.Close()) }

// dsn holds every setting, because a pragma run once reaches one connection of a pool. With synchronous=FULL a
// committed transaction survives a power cut.
func dsn(path string, readOnly bool) string {
	settings := url.Values{
		"_journal_mode": {"WAL"},
		"_foreign_keys": {"on"},
		"_busy_timeout": {fmt.Sprint(busyTimeout.Milliseconds())},
		"_txlock":       {"immediate"},
		"_synchronous":  {"FULL"},
	}
	if readOnly {
		settings.Set("_query_only", "true")
		settings.Set("_txlock", "deferred")
	}
	return "file:" + escapePath(path) + "?" + settings.Encode()
}

// escapePath writes a path as part of a data source name.
func escapePath(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

func migrate(ctx context.Context, db *sql.DB, path string, migrations fs.FS, dir string) error {
	files, err := fs.Sub(migrations, dir)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	found, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of %s: %w", path, err)
	}
	if found > known {
		return &NewerError{Path: path, Found: found, Known: known}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring %s up to date: %w", path, err)
	}
	return nil
}
