package repo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plenary/repo"
)

// What is written while git looks is no fault; what is missing for good is, and is named.
func TestCheckBesideSaves(t *testing.T) {
	t.Parallel()
	a, main := teaArchive(t)
	begin(t, a, usa, main)
	stop, ended := make(chan struct{}), make(chan repo.Hash, 1)
	go func() {
		tip := main
		for n := 0; ; n++ {
			select {
			case <-stop:
				ended <- tip
				return
			default:
				tip = save(t, a, usa, tip, n, fmt.Sprintf("words %d\n", n))
			}
		}
	}()
	for range 10 {
		if err := a.Check(t.Context(), "tea-7"); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	tip := string(<-ended)
	lost := filepath.Join(a.DeskPath("tea-7", "usa"), "objects", tip[:2], tip[2:])
	ok(t, os.Remove(lost))
	if err := a.Check(t.Context(), "tea-7"); err == nil || !strings.Contains(err.Error(), tip) {
		t.Errorf("a lost commit is told as %v", err)
	}
}
