package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"plenary": main})
}

// TestScript runs the stories in testdata/script with the real binary and the real git client.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                commands,
		Setup: func(env *testscript.Env) error {
			env.Values[storyKey{}] = newStory()
			env.Values[loadKey{}] = &storyLoad{stop: make(chan struct{})}
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("PLENARY_LONG", os.Getenv("PLENARY_LONG"))
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("GIT_TERMINAL_PROMPT", "0")
			return os.WriteFile(filepath.Join(env.WorkDir, ".gitconfig"), []byte(
				"[user]\n\tname = A Delegate\n\temail = delegate@example.org\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n"), 0o600)
		},
	})
}
