package main

import (
	"path/filepath"
	"strings"
	"testing"

	"plenary/repo"
)

// Two servers never work on one data directory.
func TestOneServerForOneAssembly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "house")
	made := Streams{In: strings.NewReader(""), Out: t.Output(), Err: t.Output()}
	if status := run(t.Context(), []string{"init", "--data", dir, "--code", "WTA", "--name", "An Assembly"}, made); status != 0 {
		t.Fatalf("init: status %d", status)
	}
	held, err := repo.Open(t.Context(), filepath.Join(dir, textsDir), repo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var complaint strings.Builder
	status := run(t.Context(), []string{"serve", "--data", dir, "--listen", "127.0.0.1:0"}, Streams{In: strings.NewReader(""), Out: t.Output(), Err: &complaint})
	if status == 0 || !strings.Contains(complaint.String(), "another plenary works on") {
		t.Errorf("status %d: %s", status, &complaint)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
}
