package main

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// rowsOf gives every row of every table of a file of SQLite, by table.
func rowsOf(ctx context.Context, path string) (map[string][]string, error) {
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // read only
	names, err := column(ctx, db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
	if err != nil {
		return nil, err
	}
	tables := map[string][]string{}
	for _, name := range names {
		columns, err := column(ctx, db, fmt.Sprintf("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('%s')", name))
		if err != nil {
			return nil, err
		}
		rows, err := column(ctx, db, fmt.Sprintf(`SELECT %s FROM "%s"`, strings.Join(columns, " || '|' || "), name))
		if err != nil {
			return nil, err
		}
		slices.Sort(rows)
		tables[name] = rows
	}
	return tables, nil
}

// column gives the one column that a query asks for.
func column(ctx context.Context, db *sql.DB, query string) (all []string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	defer func() { _ = rows.Close() }() // their error is asked for below
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// refsOf gives every ref of every repository of a house: "public/measure-1.git refs/heads/main".
func refsOf(ctx context.Context, dir string) (map[string]string, error) {
	all := map[string]string{}
	for _, pattern := range []string{"public/*.git", "desks/*/*.git"} {
		found, err := filepath.Glob(filepath.Join(dir, textsDir, pattern))
		if err != nil {
			return nil, err
		}
		for _, repository := range found {
			cmd := exec.CommandContext(ctx, "git", "for-each-ref", "--format=%(refname) %(objectname)")
			cmd.Dir = repository
			out, err := cmd.Output()
			if err != nil {
				return nil, fmt.Errorf("refs of %s: %w", repository, err)
			}
			name, err := filepath.Rel(filepath.Join(dir, textsDir), repository)
			if err != nil {
				return nil, err
			}
			for line := range strings.Lines(string(out)) {
				ref, tip, _ := strings.Cut(strings.TrimSpace(line), " ")
				all[name+" "+ref] = tip
			}
		}
	}
	return all, nil
}

// A backup that is taken while people type, push and submit holds every row of every table and every ref of every
// repository as they are at its moment, and what it holds is restored.
func TestABackupHoldsEverything(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newCrowd(t, dir, 4, 2)
	tokens := c.Tokens
	stop, base := serveCrowd(t, dir, "127.0.0.1:0")
	c.begin(base, 100*time.Millisecond)
	c.await(3)
	var over atomic.Bool
	var everybody sync.WaitGroup
	pushed := make(chan struct{}, 1000)
	for i, branch := range []string{"drafts/usa/backup-0", "proposals/usa/backup-1"} {
		p := newPusher(t, i, base, tokens[i])
		everybody.Go(func() {
			for !over.Load() {
				if err := p.push(branch, 5); err != nil {
					t.Error(err)
					return
				}
				select {
				case pushed <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 4 {
		<-pushed
	}
	ctx := t.Context()
	var tables []map[string]map[string][]string // at both looks
	var refs []map[string]string
	out := filepath.Join(t.TempDir(), "house.tar")
	command := BackupCommand{DataFlag: DataFlag{dir}, Out: out, beside: func(ctx context.Context) error {
		now, err := refsOf(ctx, dir)
		if err != nil {
			return err
		}
		files := map[string]map[string][]string{}
		for _, name := range []string{recordsFile, journalFile} {
			if files[name], err = rowsOf(ctx, filepath.Join(dir, name)); err != nil {
				return err
			}
		}
		refs, tables = append(refs, now), append(tables, files)
		return nil
	}}
	var said strings.Builder
	must(t, command.Run(ctx, Streams{In: strings.NewReader(""), Out: &said, Err: &said}))
	over.Store(true)
	everybody.Wait()
	c.end()
	stop(syscall.SIGTERM)

	unpacked := filepath.Join(t.TempDir(), "unpacked")
	must(t, unpackBackup(out, unpacked))
	must(t, configureRepositories(filepath.Join(unpacked, textsDir)))
	rows := 0
	for file, want := range tables[1] {
		got, err := rowsOf(ctx, filepath.Join(unpacked, file))
		must(t, err)
		if !slices.Equal(slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want))) {
			t.Errorf("%s holds the tables %v, want %v", file, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
		for table, all := range want {
			if rows += len(all); !slices.Equal(got[table], all) {
				t.Errorf("%s, table %s: %d rows, want %d, or others", file, table, len(got[table]), len(all))
			}
		}
	}
	got, err := refsOf(ctx, unpacked)
	must(t, err)
	for ref, tip := range refs[0] {
		if now := got[ref]; now != tip && now != refs[1][ref] {
			t.Errorf("%s is at %q; it was at %s, and then at %s", ref, now, tip, refs[1][ref])
		}
	}
	for ref := range got {
		if refs[1][ref] == "" {
			t.Errorf("%s was not there", ref)
		}
	}
	if rows == 0 || len(got) == 0 {
		t.Errorf("%d rows and %d refs", rows, len(got))
	}
	restored := filepath.Join(t.TempDir(), "restored")
	must(t, RestoreCommand{In: out, Data: restored}.Run(ctx, Streams{In: strings.NewReader(""), Out: &said, Err: &said}))
	checked(t, restored)
	t.Logf("%d rows and %d refs", rows, len(got))
}
