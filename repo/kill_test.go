package repo_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"plenary/repo"
)

// TestMain lets the test binary be the writer that the kill test kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv("REPO_TEST_WRITE_TO"); dir != "" {
		if err := writeForEver(context.Background(), dir, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeForEver saves drafts of two circles, submits every third revision, and says so once it is
// acknowledged: "saved usa <hash>", "submitted usa <hash> <n>".
func writeForEver(ctx context.Context, dir string, said io.Writer) error {
	a, err := repo.Open(ctx, dir, repo.Options{})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		for _, d := range []repo.DraftName{usa, eur} {
			desk, err := a.Desk(ctx, "tea-7", d.Circle)
			if err != nil {
				return err
			}
			tip, err := desk.Tip(ctx, d.Draft())
			if err != nil {
				return err
			}
			sig := repo.Signature{Author: repo.Author{Name: "W", ID: "9"}, When: time.Now()}
			head, err := a.Save(ctx, "tea-7", d, repo.SaveRequest{
				Expect: tip, File: fmt.Appendf(nil, "words of %s at %d\n", d, time.Now().UnixNano()), Signature: sig, Subject: "s",
			})
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintln(said, "saved", d.Circle, head); err != nil {
				return err
			}
			if i%3 != 2 {
				continue
			}
			tags, err := desk.Refs(ctx, "submitted/"+d.String())
			if err != nil {
				return err
			}
			n := len(tags) + 1
			if err := a.Submit(ctx, "tea-7", d, head, n, sig, "submitted"); err != nil {
				return err
			}
			if _, err := fmt.Fprintln(said, "submitted", d.Circle, head, n); err != nil {
				return err
			}
		}
	}
}

// PLENARY_LONG=1 kills 200 times.
func TestWhatWasAcknowledgedSurvivesKilling(t *testing.T) {
	t.Parallel()
	kills := 6
	if os.Getenv("PLENARY_LONG") != "" {
		kills = 200
	}
	dir := t.TempDir()
	a := openArchive(t, dir)
	main := must[repo.Hash](t)(a.Create(t.Context(), "tea-7", []byte(baseText), "", people(0, desk), "first"))
	begin(t, a, usa, main)
	begin(t, a, eur, main)
	ok(t, a.Close()) // the writers are to have the archive alone
	acknowledged := 0
	for range kills {
		said := killed(t, dir, time.Duration(20+rand.Intn(150))*time.Millisecond)
		b := openArchive(t, dir)
		if sole := must[bool](t)(b.Claim(20 * time.Second)); !sole {
			t.Fatal("the killed writer still has the archive")
		}
		last := map[string]repo.Hash{}
		for _, line := range said {
			acknowledged++
			words := strings.Fields(line)
			last[words[0]+" "+words[1]] = repo.Hash(words[2])
		}
		for key, hash := range last {
			what, circle, _ := strings.Cut(key, " ")
			d := map[string]repo.DraftName{"usa": usa, "eur": eur}[circle]
			at, ref := must[*repo.Repository](t)(b.Desk(t.Context(), "tea-7", d.Circle)), d.Draft()
			if what == "submitted" {
				at, ref = must[*repo.Repository](t)(b.Public("tea-7")), d.Proposal()
			}
			tip := must[repo.Hash](t)(at.Tip(t.Context(), ref))
			if in, err := at.IsAncestor(t.Context(), hash, tip); err != nil || !in {
				t.Errorf("%s %s was acknowledged and is lost; the ref is at %s, %v", what, hash, tip, err)
			}
		}
		ok(t, b.Check(t.Context(), "tea-7"))
		ok(t, b.Close())
	}
	if acknowledged == 0 {
		t.Error("nothing was ever acknowledged")
	}
	t.Logf("%d kills, %d acknowledged", kills, acknowledged)
}

// killed runs the writer, kills it after it has written for a while, and gives what it acknowledged.
func killed(t *testing.T, dir string, after time.Duration) (said []string) {
	t.Helper()
	self, err := os.Executable()
	ok(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "REPO_TEST_WRITE_TO="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	ok(t, err)
	ok(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if len(said) == 0 {
			timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
			defer timer.Stop()
		}
		said = append(said, lines.Text())
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
		t.Fatalf("the writer ended by itself: %v", err)
	}
	if n := len(said); n > 0 {
		if words := strings.Fields(said[n-1]); len(words) < 3 || !repo.Hash(words[2]).Valid() {
			said = said[:n-1] // cut off in the middle of a line
		}
	}
	return said
}
