package repo

import (
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A commit is read back as it was written, whatever is in the names.
func TestACommitIsReadBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[A-Za-zÀ-ž]{1,8}`)
		line := rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(word, 1, 5).Draw(t, "words"), " ")
		})
		author := rapid.Custom(func(t *rapid.T) Author {
			return Author{Name: line.Draw(t, "name"), Code: rapid.StringMatching(`[A-Z]{0,4}`).Draw(t, "code"), ID: rapid.StringMatching(`[1-9][0-9]{0,4}`).Draw(t, "id")}
		})
		want := Commit{
			Author: author.Draw(t, "author"), CoAuthors: rapid.SliceOfN(author, 0, 3).Draw(t, "co-authors"),
			When: time.Unix(1_700_000_000, 0), Subject: line.Draw(t, "subject"),
		}
		if rapid.Bool().Draw(t, "has body") {
			want.Body = strings.Join(rapid.SliceOfN(line, 1, 3).Draw(t, "body"), "\n\n")
		}
		for range rapid.IntRange(0, 2).Draw(t, "trailers") {
			want.Trailers = append(want.Trailers, Trailer{
				Key: rapid.StringMatching(`[A-Z][a-z]{1,6}`).Draw(t, "key"), Value: line.Draw(t, "value"),
			})
		}
		got := readCommit(&object.Commit{
			Author:  gitSignature(Signature{Author: want.Author, When: want.When}),
			Message: message(want.Subject, want.Body, want.Trailers, want.CoAuthors),
		})
		got.Hash, want.Hash = "", ""
		if len(want.CoAuthors) == 0 {
			want.CoAuthors = nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestNamesCannotBreakACommitsHeader(t *testing.T) {
	t.Parallel()
	for _, a := range []Author{
		{Name: "Eve <root@x>\ncommitter Eve", Code: "U)S>A\x00", ID: "7>\nx"},
		{Name: " \t ", Code: "", ID: "@"},
	} {
		got := a.git()
		if strings.ContainsAny(got, "\n\x00") || strings.Count(got, "<") != 1 || strings.Count(got, ">") != 1 ||
			!strings.HasSuffix(got, "@users.invalid>") || strings.HasPrefix(got, " ") {
			t.Errorf("%+v is written %q", a, got)
		}
	}
}

func FuzzPackedRefs(f *testing.F) {
	f.Add([]byte("# pack-refs with: peeled fully-peeled sorted \n" + string(testHash(1)) + " refs/heads/main\n^" + string(testHash(2)) + "\n"))
	f.Add([]byte("^x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		packed, err := parsePacked(b)
		if err != nil {
			return
		}
		again, err := parsePacked(formatPacked(packed))
		if err != nil {
			t.Fatalf("what is written cannot be read: %v", err)
		}
		if diff := cmp.Diff(packed, again, cmp.AllowUnexported(packedRef{})); diff != "" {
			t.Errorf("(-read +read again):\n%s", diff)
		}
	})
}
