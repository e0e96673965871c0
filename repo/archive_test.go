package repo_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/repo"
)

const baseText = "# RESOLUTION 7 (Rev. Springfield, 2012)\n\n## Tea in meeting rooms\n\n*considering*\n\n" +
	"a) that tea is drunk;\n\nb) that cups are few,\n\n*resolves*\n\n1. to buy cups;\n\n2. to wash them.\n"

var (
	usa  = repo.DraftName{Circle: "usa", Name: "48a5-1"}
	eur  = repo.DraftName{Circle: "eur", Name: "12-2"}
	desk = repo.Author{Name: "Maria Silva", Code: "USA", ID: "7"}
)

// people signs at successive seconds, so that histories are in order.
func people(second int, who repo.Author, with ...repo.Author) repo.Signature {
	return repo.Signature{Author: who, CoAuthors: with, When: time.Date(2024, 10, 1, 9, 0, second, 0, time.UTC)}
}

func openArchive(t testing.TB, dir string) *repo.Archive {
	t.Helper()
	a, err := repo.Open(context.Background(), dir, repo.Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return a
}

// teaArchive gives an archive with one resolution and the commit of its main.
func teaArchive(t testing.TB) (*repo.Archive, repo.Hash) {
	t.Helper()
	a := openArchive(t, t.TempDir())
	main, err := a.Create(t.Context(), "tea-7", []byte(baseText), "adopted/springfield-2012",
		people(0, repo.Author{Name: "Ann Clerk", ID: "1"}), "Resolution 7 as adopted in Springfield")
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	return a, main
}

func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "HOME="+t.TempDir(), "LC_ALL=C",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@x", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@x")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func fsck(t testing.TB, dir string) {
	t.Helper()
	if out := git(t, dir, "fsck", "--strict", "--full", "--no-dangling"); out != "" {
		t.Errorf("git fsck in %s: %s", filepath.Base(dir), out)
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func begin(t testing.TB, a *repo.Archive, d repo.DraftName, from repo.Hash) {
	t.Helper()
	ok(t, a.BeginDraft(t.Context(), "tea-7", d, from))
}

func save(t testing.TB, a *repo.Archive, d repo.DraftName, expect repo.Hash, second int, file string) repo.Hash {
	t.Helper()
	return must[repo.Hash](t)(a.Save(t.Context(), "tea-7", d, repo.SaveRequest{
		Expect: expect, File: []byte(file), Signature: people(second, desk), Subject: "resolves: changed",
	}))
}

func TestAResolutionsWholeLife(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	begin(t, a, eur, main)
	textUSA := strings.Replace(baseText, "buy cups", "buy forty cups", 1)
	textEUR := strings.Replace(baseText, "wash them", "wash them twice", 1)

	usaTip, err := a.Save(ctx, "tea-7", usa, repo.SaveRequest{
		Expect: main, File: []byte(textUSA), Note: []byte("Cups are few.\n"),
		Signature: people(1, desk, repo.Author{Name: "Joe Doe", Code: "USA", ID: "8"}),
		Subject:   "resolves 1: 1 clause changed", Trailers: []repo.Trailer{{Key: "Journal", Value: "0..14"}},
	})
	ok(t, err)
	eurTip := save(t, a, eur, main, 2, textEUR)
	ok(t, a.Submit(ctx, "tea-7", usa, usaTip, 1, people(3, desk), "USA/48A5/1"))
	ok(t, a.Submit(ctx, "tea-7", eur, eurTip, 1, people(4, desk), "EUR/12/2"))

	both := strings.Replace(textUSA, "wash them", "wash them twice", 1)
	merged, err := a.Merge(ctx, "tea-7", repo.MergeRequest{
		Expect: main, Parents: []repo.Hash{usaTip, eurTip}, File: []byte(both),
		Signature: people(5, repo.Author{Name: "The Chair", ID: "2"}), Subject: "Merge USA/48A5/1 and EUR/12/2",
		Body: "Nothing was in conflict.", Trailers: []repo.Trailer{{Key: "Proposal", Value: "usa/48a5-1"}},
	})
	ok(t, err)
	ok(t, a.Tag(ctx, "tea-7", "adopted/shelbyville-2016", merged, people(6, desk), "Adopted"))

	public := must[*repo.Repository](t)(a.Public("tea-7"))
	want := repo.Commit{
		Hash: merged, Parents: []repo.Hash{main, usaTip, eurTip}, Author: repo.Author{Name: "The Chair", ID: "2"},
		When: people(5, desk).When, Subject: "Merge USA/48A5/1 and EUR/12/2", Body: "Nothing was in conflict.",
		Trailers: []repo.Trailer{{Key: "Proposal", Value: "usa/48a5-1"}},
	}
	if diff := cmp.Diff(want, must[repo.Commit](t)(public.Commit(ctx, merged))); diff != "" {
		t.Errorf("merge commit (-want +got):\n%s", diff)
	}
	first := must[repo.Commit](t)(public.Commit(ctx, usaTip))
	if diff := cmp.Diff([]repo.Author{{Name: "Joe Doe", Code: "USA", ID: "8"}}, first.CoAuthors); diff != "" {
		t.Errorf("co-authors (-want +got):\n%s", diff)
	}
	if got := string(must[[]byte](t)(public.File(ctx, merged, usa.Note()))); got != "Cups are few.\n" {
		t.Errorf("the covering note did not come with the merge: %q", got)
	}

	log := git(t, a.Path("tea-7"), "log", "--format=%H %P", "main")
	if wantLog := strings.Join([]string{
		string(merged) + " " + string(main) + " " + string(usaTip) + " " + string(eurTip),
		string(eurTip) + " " + string(main), string(usaTip) + " " + string(main), string(main),
	}, "\n"); log != wantLog {
		t.Errorf("git log:\n%s\nwant:\n%s", log, wantLog)
	}
	if got := git(t, a.Path("tea-7"), "log", "-1", "--format=%an <%ae>|%(trailers:key=Co-authored-by,valueonly)", string(usaTip)); !strings.HasPrefix(got,
		"Maria Silva (USA) <7@users.invalid>|Joe Doe (USA) <8@users.invalid>") {
		t.Errorf("git log says %s", got)
	}
	refs := git(t, a.Path("tea-7"), "for-each-ref", "--format=%(refname:short) %(objecttype) %(*objecttype)")
	wantRefs := "main commit \nproposals/eur/12-2 commit \nproposals/usa/48a5-1 commit \n" +
		"adopted/shelbyville-2016 tag commit\nadopted/springfield-2012 tag commit\n" +
		"submitted/eur/12-2/1 tag commit\nsubmitted/usa/48a5-1/1 tag commit"
	if diff := cmp.Diff(wantRefs, refs); diff != "" {
		t.Errorf("public refs (-want +got):\n%s", diff)
	}
	fsck(t, a.Path("tea-7"))

	at := must[*repo.Repository](t)(a.Desk(ctx, "tea-7", "usa"))
	if got := must[repo.Hash](t)(at.Tip(ctx, "main")); got != merged {
		t.Errorf("the desk shows main at %s, want %s", got, merged)
	}
	deskRefs := git(t, a.DeskPath("tea-7", "usa"), "for-each-ref", "--format=%(refname:short)", "refs/heads")
	if want := "drafts/usa/48a5-1\nmain\nproposals/eur/12-2\nproposals/usa/48a5-1"; deskRefs != want {
		t.Errorf("desk branches:\n%s\nwant:\n%s", deskRefs, want)
	}
	fsck(t, a.DeskPath("tea-7", "usa"))
}

func TestSaveIsComparedAndSet(t *testing.T) {
	t.Parallel()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	one := save(t, a, usa, main, 1, baseText+"\n3. to dry them.\n")

	_, err := a.Save(t.Context(), "tea-7", usa, repo.SaveRequest{
		Expect: main, File: []byte(baseText), Signature: people(2, desk), Subject: "late",
	})
	if !errors.Is(err, repo.ErrStale) {
		t.Errorf("save over an older tip: got %v, want ErrStale", err)
	}
	if again := save(t, a, usa, one, 3, baseText+"\n3. to dry them.\n"); again != one {
		t.Errorf("saving the same text made commit %s", again)
	}
	_, err = a.Save(t.Context(), "tea-7", usa, repo.SaveRequest{
		Expect: one, File: []byte("a) bad \x01 byte\n"), Signature: people(4, desk), Subject: "bad",
	})
	var wrong *repo.CheckError
	if !errors.As(err, &wrong) || wrong.File != "resolution.md" || wrong.Line != 1 {
		t.Errorf("save of a control character: got %v, want a CheckError in line 1", err)
	}
	if err := a.BeginDraft(t.Context(), "tea-7", usa, main); !errors.Is(err, repo.ErrExists) {
		t.Errorf("begin the same draft: got %v, want ErrExists", err)
	}
}

func TestSubmitMayBeRepeated(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	one := save(t, a, usa, main, 1, baseText+"\n3. to dry them.\n")
	two := save(t, a, usa, one, 2, baseText+"\n3. to dry them well.\n")
	for range 3 {
		ok(t, a.Submit(ctx, "tea-7", usa, one, 1, people(3, desk), "USA/48A5/1"))
	}
	if err := a.Submit(ctx, "tea-7", usa, two, 1, people(4, desk), "again"); !errors.Is(err, repo.ErrExists) {
		t.Errorf("another text as submission 1: got %v, want ErrExists", err)
	}
	public := must[*repo.Repository](t)(a.Public("tea-7"))
	if there := must[bool](t)(public.Has(ctx, main)); !there {
		t.Error("main is not there")
	}
	ok(t, a.Submit(ctx, "tea-7", usa, two, 2, people(5, desk), "USA/48A5/1 (Rev.1)"))
	if err := a.Submit(ctx, "tea-7", usa, one, 3, people(6, desk), "back"); !errors.Is(err, repo.ErrStale) {
		t.Errorf("submitting an older text: got %v, want ErrStale", err)
	}
	if got := must[repo.Hash](t)(public.Tip(ctx, usa.Proposal())); got != two {
		t.Errorf("proposal at %s, want %s", got, two)
	}
	fsck(t, a.Path("tea-7"))
}

func TestADraftStaysAtItsDesk(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	secret := save(t, a, usa, main, 1, baseText+"\n3. to hide them.\n")
	public := must[*repo.Repository](t)(a.Public("tea-7"))
	eurDesk := must[*repo.Repository](t)(a.Desk(ctx, "tea-7", "eur"))
	usaDesk := must[*repo.Repository](t)(a.Desk(ctx, "tea-7", "usa"))
	if ahead, behind, err := usaDesk.AheadBehind(ctx, main, secret); err != nil || ahead != 1 || behind != 0 {
		t.Errorf("at its desk: ahead %d, behind %d, %v", ahead, behind, err)
	}
	for name, r := range map[string]*repo.Repository{"public": public, "another desk": eurDesk} {
		_, errTip := r.Tip(ctx, usa.Draft())
		_, errFile := r.File(ctx, secret, repo.TextFile)
		_, errCommit := r.Commit(ctx, secret)
		_, errLog := r.Log(ctx, secret, 5, "")
		_, errBase := r.MergeBase(ctx, main, secret)
		for _, err := range []error{errTip, errFile, errCommit, errLog, errBase} {
			if !errors.Is(err, repo.ErrNotFound) {
				t.Errorf("%s: got %v, want ErrNotFound", name, err)
			}
		}
	}
	if err := a.BeginDraft(ctx, "tea-7", eur, secret); !errors.Is(err, repo.ErrNotFound) {
		t.Errorf("another circle begins at the secret commit: %v", err)
	}
	err := a.Submit(ctx, "tea-7", eur, secret, 1, people(2, desk), "stolen")
	if !errors.Is(err, repo.ErrNotFound) {
		t.Errorf("another circle submits the secret commit: %v", err)
	}
	_, err = a.Merge(ctx, "tea-7", repo.MergeRequest{
		Expect: main, Parents: []repo.Hash{secret}, File: []byte(baseText), Signature: people(3, desk), Subject: "m",
	})
	if !errors.Is(err, repo.ErrNotFound) {
		t.Errorf("merge of what was not submitted: %v", err)
	}
}
