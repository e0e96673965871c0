package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"sync"
	"time"

	"plenary/realtime"
)

//go:embed journalmigrations/*.sql
var journalMigrations embed.FS

// journalQueue is how many appends may wait for the transaction before theirs.
const journalQueue = 1024

// Journal keeps what rooms have accepted in a SQLite file of its own, so that records,
// search and imports never hold a keystroke's lock. One goroutine writes: appends that
// wait for it share a transaction, whose end is on disk before any of them returns. It
// implements realtime.Journal.
type Journal struct {
	db      *database
	appends chan *appending
	quit    chan struct{}
	written chan struct{} // closed when the writing goroutine has ended
	closing sync.Once
	closed  error
	// The statements of the writing goroutine.
	entry *sql.Stmt
	// What the writing goroutine knows of each room.
	rooms map[realtime.RoomName]*journalRoom
}

// journalRoom is a room's key, its last version and the keys of its hands.
type journalRoom struct {
	id    int64
	head  realtime.Version
	hands map[hand]int64
}

type hand struct{ client, person string }

// appending is one call of Append that waits.
type appending struct {
	room    realtime.RoomName
	after   realtime.Version
	entries []realtime.Entry
	done    chan error
}

// OpenJournal opens the journal at path and brings its tables up to date. It returns a
// *NewerError if a newer version of the program has written it.
func OpenJournal(ctx context.Context, path string) (*Journal, error) {
	db, err := openDatabase(ctx, path, journalMigrations, "journalmigrations")
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &Journal{
		db: db, appends: make(chan *appending, journalQueue),
		quit: make(chan struct{}), written: make(chan struct{}),
		rooms: map[realtime.RoomName]*journalRoom{},
	}
	j.entry, err = db.write.PrepareContext(ctx,
		`INSERT INTO entry (room, version, hand, at, changes) VALUES (?, ?, ?, ?, ?)`)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), db.close())
	}
	go j.write()
	return j, nil
}

// Close waits for the appends that have begun and closes the file.
func (j *Journal) Close() error {
	j.closing.Do(func() {
		close(j.quit)
		<-j.written
		j.closed = errors.Join(j.entry.Close(), j.db.close())
	})
	return j.closed
}

// Append stores entries that follow version after and returns once they are on disk.
// Append does not give up when ctx ends while the entries are being written, since nobody
// could say then whether they are.
func (j *Journal) Append(ctx context.Context, room realtime.RoomName, after realtime.Version, entries []realtime.Entry) error {
	a := &appending{room: room, after: after, entries: entries, done: make(chan error, 1)}
	select {
	case j.appends <- a:
	case <-j.quit:
		return fmt.Errorf("append to %s: %w", room, realtime.ErrClosed)
	case <-ctx.Done():
		return fmt.Errorf("append to %s: %w", room, ctx.Err())
	}
	select {
	case err := <-a.done:
		return err
	case <-j.written:
		select {
		case err := <-a.done:
			return err
		default:
			return fmt.Errorf("append to %s: %w", room, realtime.ErrClosed)
		}
	}
}

// write is the writing goroutine.
func (j *Journal) write() {
	defer close(j.written)
	for {
		select {
		case a := <-j.appends:
			j.writeGroup(j.waiting(a))
		case <-j.quit:
			for {
				select {
				case a := <-j.appends:
					j.writeGroup(j.waiting(a))
				default:
					return
				}
			}
		}
	}
}

// waiting collects the appends that wait with the first one.
func (j *Journal) waiting(first *appending) []*appending {
	group := []*appending{first}
	for len(group) < journalQueue {
		select {
		case a := <-j.appends:
			group = append(group, a)
		default:
			return group
		}
	}
	return group
}

// writeGroup writes all appends of a group in one transaction. A stale one is left out
// and told so; any other error fails the group.
func (j *Journal) writeGroup(group []*appending) {
	// The writing goroutine ends with Close only: a transaction is finished once begun.
	ctx := context.Background()
	stale := make([]bool, len(group))
	err := j.inTransaction(ctx, func(tx *sql.Tx) error {
		insert := tx.StmtContext(ctx, j.entry)
		for i, a := range group {
			err := j.insert(ctx, tx, insert, a)
			if stale[i] = errors.Is(err, realtime.ErrStale); err != nil && !stale[i] {
				return err
			}
		}
		return nil
	})
	if err != nil {
		clear(j.rooms) // what was cached may have been rolled back
	}
	for i, a := range group {
		switch {
		case err != nil:
			a.done <- fmt.Errorf("append to %s after %d: %w", a.room, a.after, err)
		case stale[i]:
			a.done <- fmt.Errorf("append to %s after %d: %w", a.room, a.after, realtime.ErrStale)
		default:
			a.done <- nil
		}
	}
}

func (j *Journal) inTransaction(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := j.db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// insert writes one append. The room's head goes forward only once all is inserted.
func (j *Journal) insert(ctx context.Context, tx *sql.Tx, insert *sql.Stmt, a *appending) error {
	r, err := j.room(ctx, tx, a.room)
	if err != nil {
		return err
	}
	if r.head != a.after {
		return realtime.ErrStale
	}
	for i, e := range a.entries {
		if e.Version != a.after+realtime.Version(i)+1 {
			return fmt.Errorf("entry %d has version %d", i, e.Version)
		}
		id, err := r.hand(ctx, tx, hand{e.ClientID, e.User})
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, r.id, int64(e.Version), id, e.At.UnixMilli(), string(e.Changes)); err != nil {
			return err
		}
	}
	r.head += realtime.Version(len(a.entries))
	return nil
}

// room returns what is known of a room, which it makes if it is new. A room begins at the
// version of its snapshot.
func (j *Journal) room(ctx context.Context, tx *sql.Tx, name realtime.RoomName) (*journalRoom, error) {
	if r, known := j.rooms[name]; known {
		return r, nil
	}
	r := &journalRoom{hands: map[hand]int64{}}
	id, err := journalRoomID(ctx, tx, name)
	if err != nil {
		return nil, err
	}
	r.id = id
	err = tx.QueryRowContext(ctx, `SELECT max(
		coalesce((SELECT max(version) FROM entry WHERE room = ?1), 0),
		coalesce((SELECT version FROM snapshot WHERE room = ?1), 0))`, r.id).Scan(&r.head)
	if err != nil {
		return nil, err
	}
	j.rooms[name] = r
	return r, nil
}

// journalRoomID returns the key of a room, which it makes if it is new.
func journalRoomID(ctx context.Context, tx *sql.Tx, name realtime.RoomName) (int64, error) {
	var id int64
	if _, err := tx.ExecContext(ctx, `INSERT INTO room (name) VALUES (?) ON CONFLICT DO NOTHING`, string(name)); err != nil {
		return 0, err
	}
	err := tx.QueryRowContext(ctx, `SELECT id FROM room WHERE name = ?`, string(name)).Scan(&id)
	return id, err
}

// hand returns the key of a hand, which it makes if it is new.
func (r *journalRoom) hand(ctx context.Context, tx *sql.Tx, h hand) (int64, error) {
	if id, known := r.hands[h]; known {
		return id, nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO hand (room, client, person) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		r.id, h.client, h.person)
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.QueryRowContext(ctx, `SELECT id FROM hand WHERE room = ? AND client = ? AND person = ?`,
		r.id, h.client, h.person).Scan(&id)
	if err != nil {
		return 0, err
	}
	if len(r.hands) > 4096 {
		clear(r.hands)
	}
	r.hands[h] = id
	return id, nil
}

// Read returns the entries of a room with versions above from, at most limit of them if
// limit is above 0.
func (j *Journal) Read(ctx context.Context, room realtime.RoomName, from realtime.Version, limit int) (entries []realtime.Entry, err error) {
	if limit <= 0 {
		limit = -1
	}
	rows, err := j.db.read.QueryContext(ctx, `
		SELECT e.version, h.client, h.person, e.at, e.changes
		FROM room r JOIN entry e ON e.room = r.id JOIN hand h ON h.id = e.hand
		WHERE r.name = ? AND e.version > ? ORDER BY e.version LIMIT ?`, string(room), int64(from), limit)
	if err != nil {
		return nil, fmt.Errorf("read journal of %s: %w", room, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		e := realtime.Entry{Room: room}
		var at int64
		if err := rows.Scan(&e.Version, &e.ClientID, &e.User, &at, &e.Changes); err != nil {
			return nil, fmt.Errorf("read journal of %s: %w", room, err)
		}
		e.At = time.UnixMilli(at).UTC()
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read journal of %s: %w", room, err)
	}
	return entries, nil
}

// LastSnapshot returns the newest snapshot of a room; false if it has none.
func (j *Journal) LastSnapshot(ctx context.Context, room realtime.RoomName) (realtime.Snapshot, bool, error) {
	var s realtime.Snapshot
	var at int64
	err := j.db.read.QueryRowContext(ctx, `
		SELECT s.version, s.planned, s.live, s.hash, s.at
		FROM room r JOIN snapshot s ON s.room = r.id WHERE r.name = ?`, string(room)).
		Scan(&s.Version, &s.Planned, &s.Live, &s.Commit, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("read snapshot of %s: %w", room, err)
	}
	s.At = time.UnixMilli(at).UTC()
	return s, true, nil
}

// PutSnapshot stores s as the newest snapshot of a room, and notes the version of its
// commit. An older one than is stored is refused with realtime.ErrStale.
func (j *Journal) PutSnapshot(ctx context.Context, room realtime.RoomName, s realtime.Snapshot) error {
	err := j.inTransaction(ctx, func(tx *sql.Tx) error {
		id, err := journalRoomID(ctx, tx, room)
		if err != nil {
			return err
		}
		stored, err := tx.ExecContext(ctx, `
			INSERT INTO snapshot (room, version, planned, live, hash, at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (room) DO UPDATE SET version = excluded.version, planned = excluded.planned,
				live = excluded.live, hash = excluded.hash, at = excluded.at
			WHERE excluded.version >= snapshot.version`,
			id, int64(s.Version), int64(s.Planned), s.Live, s.Commit, s.At.UnixMilli())
		if err != nil {
			return err
		}
		if n, err := stored.RowsAffected(); err != nil || n == 0 {
			return errors.Join(realtime.ErrStale, err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO saved (room, version, hash, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			id, int64(s.Version), s.Commit, s.At.UnixMilli())
		return err
	})
	if err != nil {
		return fmt.Errorf("put snapshot %d of %s: %w", s.Version, room, err)
	}
	return nil
}

// Unsaved returns the rooms that hold entries above their newest snapshot, by name.
func (j *Journal) Unsaved(ctx context.Context) (rooms []realtime.RoomName, err error) {
	rows, err := j.db.read.QueryContext(ctx, `
		SELECT r.name FROM room r JOIN snapshot s ON s.room = r.id
		WHERE EXISTS (SELECT 1 FROM entry e WHERE e.room = r.id AND e.version > s.version) ORDER BY r.name`)
	if err != nil {
		return nil, fmt.Errorf("read unsaved rooms: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("read unsaved rooms: %w", err)
		}
		rooms = append(rooms, realtime.RoomName(name))
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read unsaved rooms: %w", err)
	}
	return rooms, nil
}
