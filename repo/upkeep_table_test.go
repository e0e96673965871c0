package repo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestUpkeepOfManySaves prints, with PLENARY_SAVES=20000, what so many saves of a 40 KB text cost with upkeep: the size
// on disk, and the time of a clone beside one of a freshly packed copy. The aims are 25 MiB and 1.2 times.
func TestUpkeepOfManySaves(t *testing.T) {
	saves, err := strconv.Atoi(os.Getenv("PLENARY_SAVES"))
	if err != nil || saves < 1 {
		t.Skip("PLENARY_SAVES=20000 measures and prints a table")
	}
	a, tip := teaArchive(t)
	begin(t, a, usa, tip)
	began, kept := time.Now(), time.Duration(0)
	for i := range saves {
		text := strings.Replace(string(longText(1)), "numbered "+strconv.Itoa(1+i%499)+",", "numbered "+strconv.Itoa(i)+",", 1)
		tip = save(t, a, usa, tip, i, text)
		if i%5000 == 4999 || i == saves-1 {
			at := time.Now()
			ok(t, a.Upkeep(t.Context()))
			kept += time.Since(at)
		}
	}
	dir := a.DeskPath("tea-7", "usa")
	size := func(dir string) string {
		out, err := exec.CommandContext(t.Context(), "du", "-sk", dir).Output()
		ok(t, err)
		return strings.Fields(string(out))[0] + " KiB"
	}
	clone := func(from string) time.Duration {
		at := time.Now()
		git(t, t.TempDir(), "clone", "-q", "--bare", "--no-local", from, "copy")
		return time.Since(at)
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	git(t, t.TempDir(), "clone", "-q", "--bare", "--no-local", dir, fresh)
	git(t, fresh, "repack", "-a", "-d", "-f", "-q")
	ours, theirs := clone(dir), clone(fresh)
	t.Logf("%d saves in %v, upkeep %v; %s on disk, %s freshly packed; clone %v, of the fresh copy %v: %.2f",
		saves, time.Since(began).Round(time.Second), kept.Round(time.Millisecond), size(dir), size(fresh), ours.Round(time.Millisecond), theirs.Round(time.Millisecond), ours.Seconds()/theirs.Seconds())
	ok(t, a.Check(t.Context(), "tea-7"))
}
