package repo_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo"
)

// webOfCommits makes drafts that are carried over to main and merged back, and gives all commits.
func webOfCommits(t *testing.T, a *repo.Archive, main repo.Hash) []repo.Hash {
	t.Helper()
	ctx := t.Context()
	all := []repo.Hash{main}
	tips := map[repo.DraftName]repo.Hash{}
	first := main
	for i := range 6 {
		d := repo.DraftName{Circle: "usa", Name: fmt.Sprint("d", i)}
		begin(t, a, d, all[(i*7)%len(all)])
		tip := all[(i*7)%len(all)]
		for j := range 1 + i%3 {
			req := repo.SaveRequest{
				Expect: tip, File: fmt.Appendf(nil, "words %d %d\n", i, j), Subject: fmt.Sprint(i, j),
				Signature: people((i*5+j*3)%11, desk), // clocks disagree
			}
			if j == 1 {
				req.Parents = []repo.Hash{main}
			}
			tip = must[repo.Hash](t)(a.Save(ctx, "tea-7", d, req))
			all = append(all, tip)
		}
		tips[d] = tip
		if i%2 == 1 {
			ok(t, a.Submit(ctx, "tea-7", d, tip, 1, people(20, desk), "s"))
			main = must[repo.Hash](t)(a.Merge(ctx, "tea-7", repo.MergeRequest{
				Expect: main, Parents: []repo.Hash{tip}, File: fmt.Appendf(nil, "merged %d\n", i),
				Signature: people(3, desk), Subject: "merge",
			}))
			all = append(all, main)
		}
	}
	if main == first {
		t.Fatal("nothing was merged")
	}
	return all
}

func TestHistoryIsThatOfGit(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, main := teaArchive(t)
	all := webOfCommits(t, a, main)
	at := must[*repo.Repository](t)(a.Desk(ctx, "tea-7", "usa"))
	dir := a.DeskPath("tea-7", "usa")
	for i, x := range all {
		for _, y := range all[i:] {
			bases := strings.Fields(git(t, dir, "merge-base", "--all", string(x), string(y)))
			got := must[repo.Hash](t)(at.MergeBase(ctx, x, y))
			if !slices.Contains(bases, string(got)) {
				t.Errorf("merge base of %.7s and %.7s: got %.7s, git says %v", x, y, got, bases)
			}
			counts := strings.Fields(git(t, dir, "rev-list", "--left-right", "--count", string(x)+"..."+string(y)))
			ahead, behind, err := at.AheadBehind(ctx, x, y)
			if err != nil || strconv.Itoa(behind) != counts[0] || strconv.Itoa(ahead) != counts[1] {
				t.Errorf("%.7s to %.7s: %d ahead, %d behind, %v; git says %v", x, y, ahead, behind, err, counts)
			}
			in := must[bool](t)(at.IsAncestor(ctx, x, y))
			if want := slices.Contains(bases, string(x)); in != want {
				t.Errorf("%.7s ancestor of %.7s: %v, want %v", x, y, in, want)
			}
		}
	}
}

func TestLogShowsEveryCommitOnceBeforeItsParents(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, main := teaArchive(t)
	webOfCommits(t, a, main)
	at := must[*repo.Repository](t)(a.Public("tea-7"))
	tip := must[repo.Hash](t)(at.Tip(ctx, repo.Main))
	whole := must[[]repo.Commit](t)(at.Log(ctx, tip, 1000, ""))
	seen := map[repo.Hash]bool{}
	for _, c := range whole {
		for _, p := range c.Parents {
			if seen[p] {
				t.Errorf("%s comes after its parent %s", c.Hash, p)
			}
		}
		seen[c.Hash] = true
	}
	want := strings.Fields(git(t, a.Path("tea-7"), "rev-list", "main"))
	if len(seen) != len(whole) || len(whole) != len(want) {
		t.Errorf("%d commits, %d of them different; git has %d", len(whole), len(seen), len(want))
	}
	var paged []repo.Commit
	for after := repo.Hash(""); ; {
		page := must[[]repo.Commit](t)(at.Log(ctx, tip, 3, after))
		if len(page) == 0 {
			break
		}
		paged = append(paged, page...)
		after = page[len(page)-1].Hash
	}
	if diff := cmp.Diff(whole, paged); diff != "" {
		t.Errorf("pages differ from the whole (-whole +paged):\n%s", diff)
	}
}

func TestReadingGoesOnWhileStockGitPacks(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	at := must[*repo.Repository](t)(a.Desk(ctx, "tea-7", "usa"))
	stop, errs := make(chan struct{}), make(chan error, 4)
	for range cap(errs) {
		go func() {
			for {
				select {
				case <-stop:
					errs <- nil
					return
				default:
				}
				tip, err := at.Tip(ctx, usa.Draft())
				if err == nil {
					_, err = at.File(ctx, tip, repo.TextFile)
				}
				if err == nil {
					_, err = at.Log(ctx, tip, 5, "")
				}
				if err != nil {
					errs <- err
					return
				}
			}
		}()
	}
	tip := main
	for i := range 40 {
		tip = save(t, a, usa, tip, i, fmt.Sprintf("words %d\n", i))
		if i%8 == 7 {
			git(t, a.DeskPath("tea-7", "usa"), "repack", "-d", "-l", "-q", "--geometric=2", "--write-midx")
			git(t, a.DeskPath("tea-7", "usa"), "pack-refs", "--all")
		}
	}
	close(stop)
	for range cap(errs) {
		ok(t, <-errs)
	}
	fsck(t, a.DeskPath("tea-7", "usa"))
}

func TestUpkeepPacksWhatHasGrown(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	tip, n := main, 0
	for packs := range 3 {
		for i := range 8 {
			tip = save(t, a, usa, tip, n, fmt.Sprintf("words %d of %d\n", i, packs))
			n++
		}
		git(t, a.DeskPath("tea-7", "usa"), "repack", "-d", "-l", "-q")
		ok(t, a.Submit(ctx, "tea-7", usa, tip, packs+1, people(n, desk), "s"))
	}
	for i := range 22 { // one more pack each
		tip = save(t, a, usa, tip, n, fmt.Sprintf("more words %d\n", i))
		n++
		git(t, a.DeskPath("tea-7", "usa"), "repack", "-d", "-l", "-q")
	}
	ok(t, a.Upkeep(ctx))
	if out := git(t, a.DeskPath("tea-7", "usa"), "count-objects", "-v"); !strings.Contains(out, "count: 0\n") ||
		strings.Contains(out, "packs: 25\n") {
		t.Errorf("after upkeep:\n%s", out)
	}
	tip = save(t, a, usa, tip, n, "last words\n")
	at := must[*repo.Repository](t)(a.Desk(ctx, "tea-7", "usa"))
	if got := len(must[[]repo.Commit](t)(at.Log(ctx, tip, 1000, ""))); got != n+2 {
		t.Errorf("%d commits after upkeep, want %d", got, n+2)
	}
	ok(t, a.Check(ctx, "tea-7"))
}
