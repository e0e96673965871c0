package server

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
)

// A full disk is nobody's mistake, and people are told what to do.
func TestAFullDiskIsExplained(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("save: %w", &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	if f, known := explain(err); !known || f.status != http.StatusInsufficientStorage || !strings.Contains(f.sentence, "tell the secretariat") {
		t.Errorf("%v %+v", known, f)
	}
}
