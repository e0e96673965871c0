package githttp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestTableBesideNginx prints, with PLENARY_BENCH=N, how long requests of stock git take from us and from nginx with
// git-http-backend on the same repository: four clients at a time, ours and theirs in turn, N rounds, the medians.
func TestTableBesideNginx(t *testing.T) {
	rounds, err := strconv.Atoi(os.Getenv("PLENARY_BENCH"))
	if err != nil || rounds < 1 {
		t.Skip("PLENARY_BENCH=5 measures and prints a table")
	}
	h := newHall(t, nil)
	fill(t, h.archive.Path("tea-7"), 300, 17)
	if _, err := h.archive.Desk(t.Context(), "tea-7", "usa"); err != nil {
		t.Fatal(err)
	}
	theirs := h.backend(t)
	n := 0
	next := func() int { n++; return n }
	for _, way := range []struct {
		name string
		desk bool
		do   func(dir, url string, n int) []string // the clone or empty directory it works in
	}{
		{"ls-remote", false, func(_, url string, _ int) []string { return []string{"ls-remote", "-q", url} }},
		{"clone", false, func(_, url string, _ int) []string { return []string{"clone", "-q", "--bare", url, "all"} }},
		{"shallow clone", false, func(_, url string, _ int) []string { return []string{"clone", "-q", "--bare", "--depth=1", url, "all"} }},
		{"fetch of one branch", false, func(_, url string, n int) []string {
			return []string{"-C", "one", "fetch", "-q", url, fmt.Sprint("refs/heads/proposals/usa/p", n%300)}
		}},
		{"push of one commit", true, func(_, url string, n int) []string {
			return []string{"-C", "one", "push", "-q", url, fmt.Sprint("HEAD:refs/heads/drafts/usa/t", n)}
		}},
	} {
		addresses := [2]string{h.url("usa", publicPath), theirs + "/public/tea-7.git"}
		if way.desk {
			addresses = [2]string{h.url("usa", usaDesk), theirs + "/desks/usa/tea-7.git"}
		}
		var took [2][]time.Duration
		for range rounds {
			for who, url := range addresses {
				took[who] = append(took[who], h.four(t, url, next, way.do))
			}
		}
		slices.Sort(took[0])
		slices.Sort(took[1])
		ours, nginx := took[0][rounds/2], took[1][rounds/2]
		t.Logf("%-20s  ours %8.1f ms   nginx %8.1f ms   theirs/ours %.2f", way.name,
			float64(ours.Microseconds())/1000, float64(nginx.Microseconds())/1000, float64(nginx)/float64(ours))
	}
}

// four lets four clients do a thing at once and gives how long that took for each of them. What they need is made ready
// before.
func (h *hall) four(t *testing.T, url string, next func() int, do func(dir, url string, n int) []string) time.Duration {
	t.Helper()
	var dirs []string
	var args [][]string
	for range 4 {
		dir, i := t.TempDir(), next()
		args = append(args, do(dir, url, i))
		if slices.Contains(args[len(args)-1], "one") {
			git(t, dir, "clone", "-q", "--single-branch", "-b", "main", h.archive.Path("tea-7"), "one")
			if strings.Contains(fmt.Sprint(args[len(args)-1]), "push") {
				commit(t, filepath.Join(dir, "one"), "resolution.md", longText(1_000_000+i))
			}
		}
		dirs = append(dirs, dir)
	}
	began := time.Now()
	var all sync.WaitGroup
	for i, dir := range dirs {
		all.Go(func() {
			if out, err := try(t, dir, args[i]...); err != nil {
				t.Errorf("%v: %v: %s", args[i], err, out)
			}
		})
	}
	all.Wait()
	return time.Since(began) / 4
}
