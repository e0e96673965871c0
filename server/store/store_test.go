package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
)

var noon = time.Date(2026, 3, 9, 12, 0, 0, 123456000, time.UTC)

func open(t *testing.T) *Records {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "plenary.db"))
}

func openAt(t *testing.T, path string) *Records {
	t.Helper()
	r, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// furnished gives records with two delegations, two people and a resolution.
func furnished(t *testing.T) (r *Records, silva, okafor drafting.PersonID) {
	t.Helper()
	r = open(t)
	for i, code := range []repo.Circle{"usa", "eur"} {
		must(t, r.AddCircle(t.Context(), drafting.Circle{
			Code: code, Label: strings.ToUpper(string(code)), Name: "Delegation " + string(code),
			Kind: drafting.CircleDelegation, Slot: i,
		}))
	}
	silva = added(t, r, drafting.Person{Login: "silva", Name: "Ms Silva", Role: drafting.RoleDelegate, Circles: []repo.Circle{"usa"}})
	okafor = added(t, r, drafting.Person{Login: "okafor", Name: "Ms Okafor", Role: drafting.RoleChair})
	must(t, r.AddResolution(t.Context(), drafting.Resolution{Slug: "wta-1", Number: "1", Title: "Rules", Created: noon, Changed: noon}))
	return r, silva, okafor
}

func added(t *testing.T, r *Records, p drafting.Person) drafting.PersonID {
	t.Helper()
	id, err := r.AddPerson(t.Context(), p, "hash of "+p.Login)
	must(t, err)
	return id
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got error %v, want %v", what, err, want)
	}
}

func TestReopenedRecordsAreTheSame(t *testing.T) {
	path := filepath.Join(t.TempDir(), "odd name?#%20.db")
	first, err := Open(t.Context(), path)
	must(t, err)
	want := drafting.Assembly{Code: "WTA", Name: "An assembly", Meeting: "WTA-26", Open: true, Deadline: noon, Zone: "UTC"}
	must(t, first.SetAssembly(t.Context(), want))
	must(t, first.Close())
	if got, err := openAt(t, path).Assembly(t.Context()); err != nil || got != want {
		t.Errorf("after opening again: got %+v, %v, want %+v", got, err, want)
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file may be read by others: mode %v", info.Mode())
	}
}

func TestSettingsHoldOnEveryConnection(t *testing.T) {
	r := open(t)
	for _, tc := range []struct {
		name string
		db   *sql.DB
		want string
	}{
		{"write", r.db.write, "wal 1 10000 2 0"},
		{"read", r.db.read, "wal 1 10000 2 1"},
	} {
		for range 3 {
			var mode string
			var keys, busy, synchronous, queryOnly int
			err := tc.db.QueryRowContext(t.Context(), `SELECT journal_mode, foreign_keys, timeout, synchronous, query_only
				FROM pragma_journal_mode, pragma_foreign_keys, pragma_busy_timeout, pragma_synchronous, pragma_query_only`).
				Scan(&mode, &keys, &busy, &synchronous, &queryOnly)
			must(t, err)
			if got := fmt.Sprintln(mode, keys, busy, synchronous, queryOnly); strings.TrimSpace(got) != tc.want {
				t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
			}
		}
	}
}

func TestEveryTableIsStrict(t *testing.T) {
	rows, err := open(t).db.read.QueryContext(t.Context(),
		`SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'`)
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		t.Errorf("table %s is not STRICT", name)
	}
	must(t, rows.Err())
}

func TestNewerFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plenary.db")
	r, err := Open(t.Context(), path)
	must(t, err)
	_, err = r.db.write.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	must(t, err)
	must(t, r.Close())
	_, err = Open(t.Context(), path)
	newer, ok := errors.AsType[*NewerError](err)
	if !ok || newer.Found != 9999 {
		t.Fatalf("got %v, want a NewerError that found 9999", err)
	}
	if !strings.Contains(err.Error(), "restore a backup") {
		t.Errorf("the sentence %q does not say what to do", err)
	}
}

func TestWhatIsNoDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plenary.db")
	must(t, os.WriteFile(path, []byte(strings.Repeat("not a database\n", 100)), 0o600))
	if r, err := Open(t.Context(), path); err == nil {
		t.Errorf("opened a text file as records: %v", r.Close())
	}
	kept, err := os.ReadFile(path)
	must(t, err)
	if !strings.HasPrefix(string(kept), "not a database\n") {
		t.Error("the refused file was changed")
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "missing", "plenary.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("directory missing: got %v", err)
	}
}

func TestManyWritersAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plenary.db")
	one, other := openAt(t, path), openAt(t, path) // as a command beside the server
	var group sync.WaitGroup
	for w := range 8 {
		r := []*Records{one, other}[w%2]
		group.Go(func() {
			for i := range 10 {
				login := fmt.Sprintf("p%d-%d", w, i)
				if _, err := r.AddPerson(t.Context(), drafting.Person{Login: login, Name: login, Role: drafting.RoleObserver}, "x"); err != nil {
					t.Errorf("add %s: %v", login, err)
				}
				if _, err := r.People(t.Context()); err != nil {
					t.Errorf("people: %v", err)
				}
			}
		})
	}
	group.Wait()
	people, err := one.People(t.Context())
	must(t, err)
	if len(people) != 80 {
		t.Errorf("got %d people, want 80", len(people))
	}
}
