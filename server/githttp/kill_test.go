package githttp_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/githttp"
)

// serveForEver serves an archive in a process of its own, so that it can be killed; it says its address.
func serveForEver(ctx context.Context, dir string, said io.Writer) error {
	a, err := repo.Open(ctx, dir, repo.Options{})
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	handler, err := githttp.New(githttp.Options{
		Archive: a, Access: &assembly{archive: a, now: time.Now(), count: map[string]int{}},
		Log: slog.New(slog.DiscardHandler), Hook: []string{self, "run-as-hook"},
	})
	if err != nil {
		return err
	}
	server := httptest.NewServer(handler)
	if _, err := fmt.Fprintln(said, server.URL); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

// PLENARY_LONG=1 kills 200 times.
func TestPushesThatWereAcknowledgedSurviveKilling(t *testing.T) {
	t.Parallel()
	kills := 3
	if os.Getenv("PLENARY_LONG") != "" {
		kills = 200
	}
	h := newHall(t, nil) // makes the resolution and the clones; the killed servers serve the same archive
	clones := make([]string, 3)
	for i := range clones {
		clones[i] = h.clone(t, "usa", usaDesk)
		git(t, clones[i], "checkout", "-q", "-b", "work")
	}
	if err := h.archive.Close(); err != nil { // so that the servers to be killed have the archive to themselves
		t.Fatal(err)
	}
	acknowledged := 0
	for range kills {
		url, _, kill := h.serveApart(t)
		tips := make([]string, len(clones))
		var everybody sync.WaitGroup
		first := make(chan struct{}, len(clones)*1000) // somebody's push was acknowledged
		for i, dir := range clones {
			everybody.Go(func() {
				for n := 0; ; n++ {
					commit(t, dir, "contributions/usa-"+strconv.Itoa(i)+".md", fmt.Sprint("At ", time.Now().UnixNano(), ".\n"))
					if _, err := try(t, dir, "push", "-q", url+usaDesk, fmt.Sprint("HEAD:refs/heads/drafts/usa/p", i)); err != nil {
						return // the server has gone
					}
					tips[i] = git(t, dir, "rev-parse", "HEAD")
					first <- struct{}{}
				}
			})
		}
		<-first
		time.AfterFunc(time.Duration(rand.Intn(700))*time.Millisecond, kill) // a random moment is the point
		everybody.Wait()

		a, err := repo.Open(t.Context(), h.archive.Dir(), repo.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Check(t.Context(), "tea-7"); err != nil {
			t.Error(err)
		}
		desk, err := a.Desk(t.Context(), "tea-7", "usa")
		if err != nil {
			t.Fatal(err)
		}
		for i, tip := range tips {
			if tip == "" {
				continue
			}
			acknowledged++
			now, err := desk.Tip(t.Context(), fmt.Sprint("drafts/usa/p", i))
			if err != nil {
				t.Error(err)
				continue
			}
			if in, err := desk.IsAncestor(t.Context(), repo.Hash(tip), now); err != nil || !in {
				t.Errorf("push of %s was acknowledged and is lost; the branch is at %s, %v", tip, now, err)
			}
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d kills, %d branches with acknowledged pushes", kills, acknowledged)
}

// serveApart starts a server on the hall's archive in another process.
func (h *hall) serveApart(t *testing.T) (url string, pid int, kill func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "GITHTTP_TEST_SERVE="+h.archive.Dir())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	url, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(strings.TrimSpace(url), "http://", "http://usa:usa-token@", 1), cmd.Process.Pid, func() {
		if err := errors.Join(cmd.Process.Kill(), ignoreExit(cmd.Wait())); err != nil {
			t.Error(err)
		}
	}
}

// ignoreExit drops the news that a killed process was killed.
func ignoreExit(err error) error {
	if _, killed := errors.AsType[*exec.ExitError](err); killed {
		return nil
	}
	return err
}
