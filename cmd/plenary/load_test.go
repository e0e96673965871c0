package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// storyLoad is somebody who types and somebody who pushes, both without a pause, until they are told to stop.
type storyLoad struct {
	stop    chan struct{}
	running sync.WaitGroup

	mu            sync.Mutex
	typed, pushed int // guarded by mu; acknowledged
	err           error
}

type loadKey struct{}

// stroke is the time between two strokes of the typist: a server refuses whoever types much faster than people do.
const stroke = 30 * time.Millisecond

// load: load start EDITOR CLONE BRANCH | mark | stop. After start the editor types <w1>, <w2> ... and CLONE commits and
// pushes "push 1", "push 2" ... to BRANCH. mark waits for some of both and prints how many of each were acknowledged.
func load(ts *testscript.TestScript, _ bool, args []string) {
	l, ok := ts.Value(loadKey{}).(*storyLoad)
	if !ok {
		ts.Fatalf("the script has no load")
	}
	switch args[0] {
	case "start":
		e := storyOf(ts).editors[args[1]]
		clone, branch, env := ts.MkAbs(args[2]), args[3], []string{"PATH=" + ts.Getenv("PATH"), "HOME=" + ts.Getenv("HOME")}
		l.running.Go(func() { l.keepOn(func(n int) error { return e.typeNumber(n) }, &l.typed) })
		l.running.Go(func() { l.keepOn(func(n int) error { return pushNumber(env, clone, branch, n) }, &l.pushed) })
		ts.Defer(func() { l.end() })
	case "mark":
		again := time.NewTicker(stroke)
		defer again.Stop()
		typed, pushed := l.count()
		for from, of := typed, pushed; (typed < from+20 || pushed < of+2) && l.failure() == nil; typed, pushed = l.count() {
			<-again.C
		}
		ts.Check(l.failure())
		ts.Setenv("TYPED", fmt.Sprintf("<w%d>", typed))
		ts.Setenv("PUSHED", fmt.Sprintf("push %d", pushed))
		ts.Logf("acknowledged: %d words, %d pushes", typed, pushed)
	case "stop":
		l.end()
		ts.Check(l.failure())
	default:
		ts.Fatalf("load %s: no such verb", args[0])
	}
}

func (l *storyLoad) keepOn(act func(n int) error, done *int) {
	again := time.NewTicker(stroke)
	defer again.Stop()
	for n := 1; ; n++ {
		select {
		case <-l.stop:
			return
		case <-again.C:
		}
		err := act(n)
		l.mu.Lock()
		if err != nil {
			l.err = errors.Join(l.err, err)
		} else {
			*done = n
		}
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (l *storyLoad) count() (typed, pushed int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.typed, l.pushed
}

func (l *storyLoad) failure() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// end stops both and waits for them; once is enough.
func (l *storyLoad) end() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.running.Wait()
}

// typeNumber types <wN> and, now and then, saves.
func (e *liveEditor) typeNumber(n int) error {
	after := "that lamps wear out"
	if n > 1 {
		after = fmt.Sprintf("<w%d>", n-1)
	}
	if err := e.typeAfter(after, fmt.Sprintf("<w%d>", n)); err != nil {
		return err
	}
	if err := e.wait(func() bool { return e.editor.Unconfirmed() == 0 }, "the acknowledgement"); err != nil {
		return err
	}
	if n%10 == 0 {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.conn.Write([]byte(`{"t":"save","message":"now and then"}`))
	}
	return nil
}

// pushNumber commits a change in a clone as "push N" and pushes it.
func pushNumber(env []string, clone, branch string, n int) error {
	path := filepath.Join(clone, "resolution.md")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, _, ok := strings.Cut(string(text), "to replace worn lamps")
	if !ok {
		return errors.New("the clone holds another text")
	}
	after := fmt.Sprintf("%sto replace worn lamps every %d days.\n", before, n)
	if err := os.WriteFile(path, []byte(after), 0o600); err != nil {
		return err
	}
	for _, args := range [][]string{{"commit", "-q", "-a", "-m", fmt.Sprint("push ", n)}, {"push", "-q", "origin", "HEAD:" + branch}} {
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Env = clone, env
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", args[0], err, out)
		}
	}
	return nil
}
