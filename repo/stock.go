package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// stock runs stock git, apart from the configuration of whoever runs the server.
type stock struct {
	path string
	home string
}

// The oldest stock git that will do.
const (
	oldestMajor = 2
	oldestMinor = 39
)

// check tells whether stock git is there and new enough.
func (s stock) check(ctx context.Context) error {
	out, err := s.run(ctx, ".", nil, "version")
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("stock git is needed, version %d.%d or newer, and %q is not there: install git",
			oldestMajor, oldestMinor, s.path)
	}
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

// Environ is the environment stock git is run in: nothing of the person's who runs the server but the path.
func (s stock) environ() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.home, "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
	}
}

// run runs one git command in a repository and gives its output.
func (s stock) run(ctx context.Context, dir string, stdin io.Reader, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, s.path, args...) //nolint:gosec // arguments are ours, names are checked
	cmd.Dir, cmd.Env, cmd.Stdin = dir, s.environ(), stdin
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return out.Bytes(), nil
}
