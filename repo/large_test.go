package repo_test

import (
	"strings"
	"testing"

	"plenary/repo"
)

// A text of more than 16 KiB comes to the public repository in a pack, from which the git library reads it in
// another way than a small one.
func TestALongTextIsReadFromAPack(t *testing.T) {
	t.Parallel()
	a, main := teaArchive(t)
	long := []byte(baseText + "\n3. " + strings.Repeat("to count the spoons, ", 2000) + "and no more.\n")
	if err := a.BeginDraft(t.Context(), "tea-7", usa, main); err != nil {
		t.Fatal(err)
	}
	tip, err := a.Save(t.Context(), "tea-7", usa, repo.SaveRequest{Expect: main, File: long, Signature: people(1, desk)})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Submit(t.Context(), "tea-7", usa, tip, 1, people(2, desk), "submission 1"); err != nil {
		t.Fatal(err)
	}
	public, err := a.Public("tea-7")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time from what is kept
		got, err := public.File(t.Context(), tip, repo.TextFile)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(long) {
			t.Fatalf("%d bytes read, %d written", len(got), len(long))
		}
	}
}

// A desk reads a long text from a pack of the public repository; stock git then packs that anew.
func TestALongTextIsReadAfterItsPackHasGone(t *testing.T) {
	t.Parallel()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	long := baseText + "\n3. " + strings.Repeat("to count the spoons, ", 2000) + "and no more.\n"
	one := save(t, a, usa, main, 1, long)
	ok(t, a.Submit(t.Context(), "tea-7", usa, one, 1, people(2, desk), "submission 1"))
	at := must[*repo.Repository](t)(a.Desk(t.Context(), "tea-7", "eur"))
	for i := range 3 {
		if got := string(must[[]byte](t)(at.File(t.Context(), one, repo.TextFile))); got != long {
			t.Fatalf("after %d repacks %d bytes are read, %d were written", i, len(got), len(long))
		}
		two := save(t, a, usa, one, 10+i, long+strings.Repeat("\nmore\n", i+1))
		ok(t, a.Submit(t.Context(), "tea-7", usa, two, 2+i, people(20+i, desk), "submission"))
		one, long = two, long+strings.Repeat("\nmore\n", i+1)
		must[repo.Commit](t)(at.Commit(t.Context(), one)) // so it knows the pack, and has not read the text
		git(t, a.Path("tea-7"), "repack", "-a", "-d", "-q")
	}
}
