package realtime_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSoak has the browser's own modules type into the real server, under Node, through a
// network that delays, breaks and doubles, while tabs are closed, rights come and go, git
// pushes, people comment and the server is killed. PLENARY_SOAK_SECONDS says for how long:
// make test gives it three minutes; PLENARY_LONG=1 an hour. Without either it does not run.
func TestSoak(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	vitest := filepath.Join(root, "frontend", "node_modules", ".bin", "vitest")
	if _, err := os.Stat(vitest); err != nil {
		t.Skip("the packages of frontend are not installed: make frontend/node_modules/.installed")
	}
	seconds := os.Getenv("PLENARY_SOAK_SECONDS")
	if seconds == "" && os.Getenv("PLENARY_LONG") != "" {
		seconds = "3600"
	}
	if seconds == "" {
		t.Skip("PLENARY_SOAK_SECONDS says for how long it soaks: make soak")
	}
	binary := filepath.Join(t.TempDir(), "plenary")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "sqlite_fts5", "-o", binary, "./cmd/plenary")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	soak := exec.CommandContext(t.Context(), vitest, "run", "--config", "editor/soak/vitest.config.ts")
	soak.Dir = filepath.Join(root, "frontend")
	soak.Env = append(os.Environ(), "PLENARY_BIN="+binary, "PLENARY_SOAK_SECONDS="+seconds, "NO_COLOR=1")
	out, err := soak.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "{") {
			t.Log(strings.TrimSpace(line))
		}
	}
}
