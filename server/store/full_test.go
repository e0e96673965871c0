package store

import (
	"errors"
	"syscall"
	"testing"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// A full disk is told apart from the server's own mistakes.
func TestAFullDiskIsTold(t *testing.T) {
	t.Parallel()
	if err := wrap(sqlite3.Error{Code: sqlite3.ErrFull}, "add person", 7); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("full: %v", err)
	}
	if err := wrap(sqlite3.Error{Code: sqlite3.ErrBusy}, "add person", 7); errors.Is(err, syscall.ENOSPC) {
		t.Errorf("busy: %v", err)
	}
}
