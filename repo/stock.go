package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stock runs stock git, apart from the configuration of whoever runs the server.
type stock struct {
	path string // absolute once find has found it
	home string
}

// The oldest stock git that will do.
const (
	oldestMajor = 2
	oldestMinor = 39
)

// find looks stock git up, and tells whether it is there and new enough.
func (s *stock) find(ctx context.Context, name string) error {
	path, err := exec.LookPath(name)
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return fmt.Errorf("stock git is needed, version %d.%d or newer, and %q is not there: install git",
			oldestMajor, oldestMinor, name)
	}
	s.path = path
	out, err := s.run(ctx, ".", nil, "version")
	if err != nil {
		return err
	}
	version := strings.TrimPrefix(strings.TrimSpace(string(out)), "git version ")
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return fmt.Errorf("%s does not say its version: %q", s.path, version)
	}
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("version of %s %q: %w", s.path, version, err)
	}
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return fmt.Errorf("git %s is too old, version %d.%d or newer is needed: install a newer git",
			version, oldestMajor, oldestMinor)
	}
	return nil
}

// environ is the environment stock git is run in: nothing of the person's who runs the server.
func (s stock) environ() []string {
	return []string{
		"PATH=" + filepath.Dir(s.path) + ":/usr/local/bin:/usr/bin:/bin", "HOME=" + s.home, "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
	}
}

// run runs one git command in a repository and gives its output.
func (s stock) run(ctx context.Context, dir string, stdin io.Reader, args ...string) ([]byte, error) {
	return s.finish(s.command(ctx, dir, args...), stdin, func(*os.Process) error { return nil })
}

// runNicely is run at low priority, for work that nobody waits for.
func (s stock) runNicely(ctx context.Context, dir string, args ...string) ([]byte, error) {
	return s.finish(s.command(ctx, dir, args...), nil, func(p *os.Process) error {
		err := syscall.Setpriority(syscall.PRIO_PGRP, p.Pid, 10)
		if errors.Is(err, syscall.ESRCH) { // done already
			return nil
		}
		return err
	})
}

// Git prepares a stock git process in a directory, apart from the configuration of whoever runs the server, and in a
// process group of its own, which is killed whole when ctx ends.
func (a *Archive) Git(ctx context.Context, dir string, args ...string) *exec.Cmd {
	return a.stock.command(ctx, dir, args...)
}

func (s stock) command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.path, args...) //nolint:gosec // arguments are ours, names are checked
	cmd.Dir, cmd.Env = dir, s.environ()
	cmd.SysProcAttr = processAttributes()
	cmd.Cancel = func() error {
		err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) {
			return os.ErrProcessDone
		}
		return err
	}
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// output runs a prepared process and gives its output, also when it fails.
func (s stock) output(cmd *exec.Cmd) ([]byte, error) {
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("git %s: %w: %s", cmd.Args[1], err, strings.TrimSpace(complaint.String()))
	}
	return out.Bytes(), nil
}

func (s stock) finish(cmd *exec.Cmd, stdin io.Reader, started func(*os.Process) error) ([]byte, error) {
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &complaint
	err := cmd.Start()
	if err == nil {
		err = errors.Join(started(cmd.Process), cmd.Wait())
	}
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", cmd.Args[1], err, strings.TrimSpace(complaint.String()))
	}
	return out.Bytes(), nil
}
