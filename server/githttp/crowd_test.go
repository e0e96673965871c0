package githttp_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/repo"
)

// Several people push to one draft while somebody writes it in the browser and it is saved without a pause. Nothing of
// anyone is lost, nothing is there twice, and everybody's turn comes. PLENARY_LONG=1 lets 20 push for five minutes.
func TestPushersAndATypistLoseNothing(t *testing.T) {
	t.Parallel()
	pushers, rounds, until := 3, 2, time.Now()
	if os.Getenv("PLENARY_LONG") != "" {
		pushers, rounds, until = 20, 1, time.Now().Add(5*time.Minute)
	}
	h := newHall(t, nil)
	d := repo.DraftName{Circle: "usa", Name: "crowd"}
	if err := h.archive.BeginDraft(t.Context(), "tea-7", d, h.main); err != nil {
		t.Fatal(err)
	}
	var everybody sync.WaitGroup
	pushed := make([]int, pushers)
	typed := make(chan int, 1)
	stop := make(chan struct{})
	go func() { typed <- h.typist(t, d, stop) }()
	for i := range pushers {
		dir := h.clone(t, fmt.Sprint("usa.", i), usaDesk, "-b", d.Draft())
		everybody.Go(func() {
			for j := 0; j < rounds || time.Now().Before(until); j++ {
				if err := pushNote(t, dir, i, j); err != nil {
					t.Errorf("pusher %d: %v", i, err)
					return
				}
				pushed[i]++
			}
		})
	}
	everybody.Wait()
	close(stop)
	saves := <-typed

	desk, err := h.archive.Desk(t.Context(), "tea-7", "usa")
	if err != nil {
		t.Fatal(err)
	}
	tip, err := desk.Tip(t.Context(), d.Draft())
	if err != nil {
		t.Fatal(err)
	}
	commits, err := desk.Log(t.Context(), tip, 100_000, "")
	if err != nil {
		t.Fatal(err)
	}
	subjects := map[string]int{}
	for _, c := range commits {
		subjects[c.Subject]++
	}
	for i := range pushers {
		note, err := desk.File(t.Context(), tip, fmt.Sprintf("contributions/usa-p%d.md", i))
		if err != nil || strings.Count(string(note), "Reason") != pushed[i] {
			t.Errorf("note %d reads %q, %v", i, note, err)
		}
		for j := range pushed[i] {
			if n := subjects[fmt.Sprint("note ", i, " ", j)]; n != 1 {
				t.Errorf("the commit of pusher %d, round %d is there %d times", i, j, n)
			}
		}
	}
	for n := range saves {
		if subjects[fmt.Sprint("typed ", n)] != 1 {
			t.Errorf("save %d is there %d times", n, subjects[fmt.Sprint("typed ", n)])
		}
	}
	if saves == 0 {
		t.Error("nothing was saved")
	}
	t.Logf("pushes %v, %d saves", pushed, saves)
	h.fsck(t)
}

// typist saves the draft without a pause until stopped, and gives how many saves were acknowledged.
func (h *hall) typist(t *testing.T, d repo.DraftName, stop <-chan struct{}) (saves int) {
	pause := time.NewTicker(20 * time.Millisecond) // far more often than any room saves
	defer pause.Stop()
	for {
		select {
		case <-stop:
			return saves
		case <-pause.C:
		}
		desk, err := h.archive.Desk(t.Context(), "tea-7", "usa")
		if err != nil {
			t.Error(err)
			return saves
		}
		tip, err := desk.Tip(t.Context(), d.Draft())
		if err != nil {
			t.Error(err)
			return saves
		}
		_, err = h.archive.Save(t.Context(), "tea-7", d, repo.SaveRequest{
			Expect: tip, File: []byte(baseText + fmt.Sprintf("\n3. to count to %d.\n", saves)), Subject: fmt.Sprint("typed ", saves),
			Signature: repo.Signature{Author: repo.Author{Name: "T", ID: "3"}, When: time.Now()},
		})
		switch {
		case err == nil:
			saves++
		case !errors.Is(err, repo.ErrStale):
			t.Error(err)
			return saves
		}
	}
}

// pushNote adds a line to a note of the pusher's own and pushes it, fetching and merging as often as needed.
func pushNote(t *testing.T, dir string, who, round int) error {
	path := filepath.Join(dir, "contributions", fmt.Sprintf("usa-p%d.md", who))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "Reason %d of %d.\n\n", round, who)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "HOME="+dir, "LC_ALL=C",
			"GIT_AUTHOR_NAME=P", "GIT_AUTHOR_EMAIL=p@x", "GIT_COMMITTER_NAME=P", "GIT_COMMITTER_EMAIL=p@x")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run("add", "-A"); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	if out, err := run("commit", "-q", "-m", fmt.Sprint("note ", who, " ", round)); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	for range 40 {
		out, err := run("push", "-q", "origin", "HEAD")
		if err == nil {
			return nil
		}
		if !strings.Contains(out, "fetch, merge, and push again") && !strings.Contains(out, "fetch first") &&
			!strings.Contains(out, "non-fast-forward") {
			return fmt.Errorf("%w: %s", err, out)
		}
		if out, err := run("pull", "-q", "--no-rebase", "--no-edit"); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
	}
	return errors.New("never came through")
}
