package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/mattn/go-sqlite3"
)

// Copying is one file of records or a journal that is to be copied, and where to.
type Copying struct{ From, To string }

// CopyTogether copies files as all of them are at one moment, also while a server writes them. Writers of every file
// wait while meanwhile runs, which is to take note of what must fit the copies, and quickly: a writer gives up after
// ten seconds. The copying itself holds nobody up. The tables are copied as they are, whatever version wrote them.
func CopyTogether(ctx context.Context, files []Copying, meanwhile func(context.Context) error) (err error) {
	var stands []*standing
	defer func() {
		for _, s := range stands {
			err = errors.Join(err, s.close())
		}
	}()
	for _, f := range files { // always in this order, so that two copies never wait for each other
		s, err := stand(ctx, f.From)
		if s != nil {
			stands = append(stands, s)
		}
		if err != nil {
			return fmt.Errorf("hold %s: %w", f.From, err)
		}
	}
	if err := meanwhile(ctx); err != nil {
		return err
	}
	for _, s := range stands {
		if err := s.letWrite(); err != nil {
			return err
		}
	}
	for i, s := range stands {
		if err := s.copyTo(ctx, files[i].To); err != nil {
			return fmt.Errorf("copy %s: %w", files[i].From, err)
		}
	}
	return nil
}

// standing is a file whose writers wait, and which one reader sees as it is at that moment.
type standing struct {
	write, read *connection
	held, seen  *sql.Tx
}

// connection is one connection of a file.
type connection struct {
	db   *sql.DB
	conn *sql.Conn
}

func connect(ctx context.Context, dsn string) (*connection, error) {
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &connection{db, conn}, nil
}

func (d *connection) close() error { return errors.Join(d.conn.Close(), d.db.Close()) }

// stand makes the writers of a file wait and begins to read it.
func stand(ctx context.Context, path string) (s *standing, err error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	s = &standing{}
	if s.write, err = connect(ctx, dsn(path, false)); err != nil {
		return s, err
	}
	if s.held, err = s.write.conn.BeginTx(ctx, nil); err != nil { // immediate: see dsn
		return s, err
	}
	if s.read, err = connect(ctx, dsn(path, true)); err != nil {
		return s, err
	}
	if s.seen, err = s.read.conn.BeginTx(ctx, nil); err != nil {
		return s, err
	}
	var tables int // a reader sees the file as it is when it first reads
	err = s.seen.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables)
	return s, err
}

// letWrite lets the writers go on.
func (s *standing) letWrite() error {
	held := s.held
	s.held = nil
	return held.Rollback()
}

// copyTo writes what the reader sees to a new file, durably.
func (s *standing) copyTo(ctx context.Context, path string) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	to, err := connect(ctx, "file:"+escapePath(path)+"?_synchronous=FULL")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	return to.conn.Raw(func(to any) error {
		return s.read.conn.Raw(func(from any) error {
			source, ok := from.(*sqlite3.SQLiteConn)
			target, is := to.(*sqlite3.SQLiteConn)
			if !ok || !is {
				return fmt.Errorf("%T is no connection of SQLite", from)
			}
			return backup(target, source)
		})
	})
}

// backup copies every page in one step; the source is in the reader's transaction, so no writer disturbs it.
func backup(to, from *sqlite3.SQLiteConn) error {
	b, err := to.Backup("main", from, "main")
	if err != nil {
		return err
	}
	done, err := b.Step(-1)
	if err == nil && !done {
		err = errors.New("the file was busy: try again")
	}
	return errors.Join(err, b.Finish())
}

func (s *standing) close() error {
	var errs []error
	for _, tx := range []*sql.Tx{s.held, s.seen} {
		if tx != nil {
			errs = append(errs, tx.Rollback())
		}
	}
	for _, d := range []*connection{s.read, s.write} {
		if d != nil {
			errs = append(errs, d.close())
		}
	}
	return errors.Join(errs...)
}
