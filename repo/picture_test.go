package repo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"plenary/repo"
)

// TestACopyHoldsWhatThePictureShows copies an archive that goes on being written and packed after its picture was
// taken: the copy is as of the picture, whole by git's own judgement, and a desk borrows as ever.
func TestACopyHoldsWhatThePictureShows(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	tip := main
	for i := range 5 {
		tip = save(t, a, usa, tip, i, fmt.Sprintf("words %d\n", i))
	}
	ok(t, a.Submit(ctx, "tea-7", usa, tip, 1, people(9, desk), "Submission 1"))
	later := save(t, a, usa, tip, 10, "words that are not submitted\n")
	begin(t, a, eur, main)

	before := must[repo.Picture](t)(a.Picture(ctx, nil))
	picture := must[repo.Picture](t)(a.Picture(ctx, before))
	after := save(t, a, usa, later, 11, "words that came too late\n")
	git(t, a.DeskPath("tea-7", "usa"), "repack", "-a", "-d", "-l", "-q")
	git(t, a.DeskPath("tea-7", "usa"), "pack-refs", "--all")

	root := t.TempDir()
	for _, r := range picture.Repositories() {
		ok(t, a.Copy(ctx, r, root))
		ok(t, repo.Configure(filepath.Join(root, r.Path)))
		fsck(t, filepath.Join(root, r.Path))
	}
	copied := openArchive(t, root)
	there := must[*repo.Repository](t)(copied.Desk(ctx, "tea-7", "usa"))
	if got := must[repo.Hash](t)(there.Tip(ctx, usa.Draft())); got != later {
		t.Errorf("the copied draft is at %s, want %s as pictured", got, later)
	}
	if has := must[bool](t)(there.Has(ctx, after)); has {
		t.Error("the copy holds a commit of after the picture")
	}
	public := must[*repo.Repository](t)(copied.Public("tea-7"))
	if has := must[bool](t)(public.Has(ctx, later)); has {
		t.Error("the public copy holds a commit of a draft")
	}
	if got := must[repo.Hash](t)(public.Tip(ctx, "submitted/usa/48a5-1/1")); got != tip {
		t.Errorf("the copied submission is at %s, want %s", got, tip)
	}
	if got := must[[]byte](t)(there.File(ctx, main, repo.TextFile)); string(got) != baseText {
		t.Errorf("the copied desk reads %q from the public copy", got)
	}
	save(t, copied, usa, later, 12, "goes on in the copy\n")
}

func TestWhoComesSecondClearsNothingAway(t *testing.T) {
	t.Parallel()
	a, _ := teaArchive(t)
	if !a.Sole() {
		t.Fatal("the first to open an archive does not have it alone")
	}
	inHand := filepath.Join(a.Path("tea-7"), "refs", "heads", "main.lock")
	ok(t, os.WriteFile(inHand, nil, 0o600))
	second := openArchive(t, a.Dir())
	if second.Sole() {
		t.Error("the second to open an archive has it alone")
	}
	if !fileThere(inHand) {
		t.Error("the second took the lock file of the first away")
	}
	if must[bool](t)(second.Claim(time.Millisecond)) || !fileThere(inHand) {
		t.Error("the second claims what the first has")
	}
	ok(t, second.Close())
	late := openArchive(t, a.Dir())
	ok(t, a.Close())
	if !must[bool](t)(late.Claim(20*time.Second)) || !late.Sole() || fileThere(inHand) {
		t.Error("who waited does not have the archive alone, or left the stale lock")
	}
	ok(t, late.Close())
	ok(t, os.WriteFile(inHand, nil, 0o600))
	third := openArchive(t, a.Dir())
	if !third.Sole() || fileThere(inHand) {
		t.Errorf("who comes after both: alone %v, stale lock left %v", third.Sole(), fileThere(inHand))
	}
}

func fileThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
