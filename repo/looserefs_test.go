package repo

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRememberedRefsAreThoseOnDisk moves, makes and removes refs by stock git and by ourselves, and lists them after
// each step with what is remembered and without. All directories are made to look long settled before each look, so
// that what is remembered is relied on wherever it can be.
func TestRememberedRefsAreThoseOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	git := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q", "--bare", ".")
	tree := git("hash-object", "-w", "-t", "tree", "/dev/null")
	var commits []Hash
	for n := range 5 {
		commits = append(commits, Hash(git("-c", "user.name=U", "-c", "user.email=u@users.invalid", "commit-tree", "-m", fmt.Sprint(n), tree)))
	}
	s, r, age := &refStore{dir: dir}, rand.New(rand.NewPCG(3, 8)), time.Now().Add(-time.Hour)
	names := []string{"refs/heads/main", "refs/heads/drafts/usa/one", "refs/heads/drafts/usa/two", "refs/heads/drafts/eur/one", "refs/tags/submitted/usa/one/1", "refs/tags/adopted/x"}
	for n := range 150 {
		full, to := names[r.IntN(len(names))], commits[r.IntN(len(commits))]
		switch now, err := s.read(full); r.IntN(5) {
		case 0:
			git("update-ref", "-d", full)
		case 1:
			git("pack-refs", "--all", "--prune")
		case 2, 3:
			git("update-ref", full, string(to))
		default:
			if err != nil {
				now = ""
			}
			if err := s.set(full, now, to); err != nil {
				t.Fatal(err)
			}
		}
		for _, below := range []string{"", "drafts/", "drafts/usa/", "adopted/", "nowhere/"} {
			got, err := s.all(below)
			if err != nil {
				t.Fatal(err)
			}
			want, err := (&refStore{dir: dir}).all(below)
			if err != nil || !maps.Equal(got, want) {
				t.Fatalf("step %d, below %q: remembered %v, on disk %v, %v", n, below, got, want, err)
			}
		}
		if r.IntN(2) == 0 {
			continue
		}
		age = age.Add(time.Second)
		err := filepath.WalkDir(filepath.Join(dir, "refs"), func(path string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				err = os.Chtimes(path, age, age)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
