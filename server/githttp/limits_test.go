package githttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"plenary/server/githttp"
)

// slowGit is a git that never ends a fetch, and with protocol 2 not a list of refs either: it writes its process id and that of a child to a file.
func slowGit(t *testing.T) (program, pids string) {
	t.Helper()
	dir := t.TempDir()
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	program, pids = filepath.Join(dir, "git"), filepath.Join(dir, "pids")
	script := "#!/bin/sh\ncase \"$*\" in\n'upload-pack --stateless-rpc .')\n" +
		"sleep 1000 & echo $$ $! > " + pids + ".new; mv " + pids + ".new " + pids + "; wait;;\n*) exec " + real + " \"$@\";;\nesac\n"
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return program, pids
}

// eventually waits for a condition that must come true soon.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(20 * time.Second); !is(); <-again.C {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not in time", what)
		}
	}
}

func TestGitIsKilledWithItsChildrenWhenTheClientGoes(t *testing.T) {
	t.Parallel()
	program, file := slowGit(t)
	h := newHallWithGit(t, program, func(o *githttp.Options) { o.Processes, o.Queue = 1, 50*time.Millisecond })
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	left := make(chan error, 1)
	go func() { left <- h.startFetch(ctx) }()
	var pids []string
	eventually(t, "git starts", func() bool {
		b, err := os.ReadFile(file)
		pids = strings.Fields(string(b))
		return err == nil
	})

	if out, err := try(t, t.TempDir(), "-c", "protocol.version=0", "ls-remote", h.url("usa", publicPath)); err == nil || !strings.Contains(out, "503") {
		t.Errorf("while all places are taken: %v\n%s", err, out)
	}

	leave()
	if err := <-left; err == nil {
		t.Error("the fetch ended by itself")
	}
	for _, pid := range pids {
		n, err := strconv.Atoi(pid)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "process "+pid+" ends", func() bool {
			stat, err := os.ReadFile("/proc/" + pid + "/stat")
			return errors.Is(syscall.Kill(n, 0), syscall.ESRCH) || err != nil || strings.Contains(string(stat), ") Z ")
		})
	}
	eventually(t, "the place is free", func() bool {
		_, err := try(t, t.TempDir(), "-c", "protocol.version=0", "ls-remote", h.url("usa", publicPath))
		return err == nil
	})
}

// startFetch asks for a pack and waits for all of it.
func (h *hall) startFetch(ctx context.Context) error {
	body := line("want %s\n", h.main) + "0000" + line("done\n")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.server.URL+publicPath+"/git-upload-pack", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-git-upload-pack-request")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return errors.Join(err, resp.Body.Close())
}

// Git lets a push in when there is no hook to run. We do not.
func TestWithoutItsHookNothingIsPushed(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	dir := h.clone(t, "usa", usaDesk)
	git(t, dir, "checkout", "-q", "-b", "work")
	commit(t, dir, "README.md", "not a text\n")
	hook := filepath.Join(h.archive.Dir(), "hooks", "pre-receive")
	for _, spoil := range []struct {
		name string
		do   func() error
	}{
		{"not executable", func() error { return os.Chmod(hook, 0o644) }},
		{"gone", func() error { return os.Remove(hook) }},
	} {
		if err := spoil.do(); err != nil {
			t.Fatal(err)
		}
		if out, err := try(t, dir, "push", "origin", "HEAD:refs/heads/drafts/usa/x"); err == nil {
			t.Errorf("%s: the push came in:\n%s", spoil.name, out)
		}
	}
	if out := git(t, h.archive.DeskPath("tea-7", "usa"), "for-each-ref", "refs/heads/drafts"); out != "" {
		t.Errorf("a draft came in: %s", out)
	}
}

func TestTheHookAloneRefuses(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]map[string]string{
		"run by hand":      {},
		"nobody listening": {"PLENARY_HOOK_SOCKET": filepath.Join(t.TempDir(), "none")},
	} {
		var said strings.Builder
		status := githttp.RunHook(t.Context(), func(key string) string { return env[key] }, strings.NewReader(""), &said)
		if status == 0 || said.String() == "" {
			t.Errorf("%s: status %d, %q", name, status, said.String())
		}
	}
}
