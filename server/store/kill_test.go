package store

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"plenary/server/drafting"
)

// killedFile names the file that the child of TestKilledWriterLosesNothing writes until it is killed.
const killedFile = "PLENARY_TEST_KILLED_FILE"

// TestWriteUntilKilled is that child; by itself it does nothing. It says of each person when it is kept.
func TestWriteUntilKilled(t *testing.T) {
	path := os.Getenv(killedFile)
	if path == "" {
		t.Skip("runs as a child of TestKilledWriterLosesNothing")
	}
	r := openAt(t, path)
	for i := 0; ; i++ {
		login := fmt.Sprintf("p%d", i)
		added(t, r, drafting.Person{Login: login, Name: login, Role: drafting.RoleObserver})
		_, err := fmt.Fprintln(os.Stdout, login)
		must(t, err)
	}
}

func TestKilledWriterLosesNothing(t *testing.T) {
	self, err := os.Executable()
	must(t, err)
	path := filepath.Join(t.TempDir(), "plenary.db")
	kept := []string{}
	for round := range 3 {
		file := fmt.Sprintf("%s-%d", path, round)
		child := exec.CommandContext(t.Context(), self, "-test.run", "^TestWriteUntilKilled$")
		child.Env = append(os.Environ(), killedFile+"="+file)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		lines := bufio.NewScanner(out)
		kept = kept[:0]
		for enough := 20 * (round + 1); len(kept) < enough && lines.Scan(); {
			kept = append(kept, lines.Text())
		}
		must(t, child.Process.Kill())
		for lines.Scan() { // said before the end
			kept = append(kept, lines.Text())
		}
		if err := child.Wait(); err == nil || len(kept) < 20 {
			t.Fatalf("the child ended by itself after %d people: %v", len(kept), err)
		}
		begun := time.Now()
		r := openAt(t, file)
		for _, login := range kept {
			if _, _, err := r.PersonByLogin(t.Context(), login); err != nil {
				t.Errorf("%s was said to be kept: %v", login, err)
			}
		}
		var state string
		must(t, r.db.read.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&state))
		if state != "ok" {
			t.Errorf("after the kill: %s", state)
		}
		t.Logf("%d people kept, opened and checked in %v", len(kept), time.Since(begun))
	}
}
