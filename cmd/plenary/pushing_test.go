package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"plenary/repo"
)

// pusher is somebody with a clone who changes one clause of the text again and again and pushes it.
type pusher struct {
	n        int
	dir, env string // the clone; home of its git
	address  string // of the desk, with login and token
	acked    []string
	tip      repo.Hash // the last that was acknowledged
	tries    int
}

// newPusher clones the desk of a measured assembly.
func newPusher(t *testing.T, n int, base, token string) *pusher {
	t.Helper()
	p := &pusher{n: n, env: t.TempDir()}
	p.at(base, fmt.Sprintf("typist-%d", n+1), token)
	p.dir = filepath.Join(p.env, "clone")
	if out, err := p.git(p.env, "clone", "-q", p.address, p.dir); err != nil {
		t.Fatalf("clone: %v: %s", err, out)
	}
	return p
}

func (p *pusher) at(base, login, token string) {
	p.address = strings.Replace(base, "http://", "http://"+login+":"+token+"@", 1) + "/git/desks/usa/measure-1.git"
}

func (p *pusher) git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.env, "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=P", "GIT_AUTHOR_EMAIL=p@example.org", "GIT_COMMITTER_NAME=P", "GIT_COMMITTER_EMAIL=p@example.org",
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// change puts a word into the pusher's own clause and commits it.
func (p *pusher) change() (word string, err error) {
	word = fmt.Sprintf("(g%d-%d)", p.n, len(p.acked)+p.tries)
	path := filepath.Join(p.dir, "resolution.md")
	text, err := os.ReadFile(path)
	if err != nil {
		return word, err
	}
	clause := fmt.Sprintf("group %d of the assembly", 20+10*p.n)
	if !strings.Contains(string(text), clause) {
		return word, fmt.Errorf("no %q in the clone", clause)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), clause, clause+" "+word, 1)), 0o600); err != nil {
		return word, err
	}
	out, err := p.git(p.dir, "commit", "-q", "-a", "-m", "push "+word)
	if err != nil {
		err = fmt.Errorf("commit: %w: %s", err, out)
	}
	return word, err
}

// push pushes to a branch, taking in what others have written there as often as that takes.
func (p *pusher) push(branch string, most int) error {
	word, err := p.change()
	if err != nil {
		return err
	}
	for range most {
		out, err := p.git(p.dir, "push", "-q", p.address, "HEAD:refs/heads/"+branch)
		if err == nil {
			tip, err := p.git(p.dir, "rev-parse", "HEAD")
			p.acked, p.tip = append(p.acked, word), repo.Hash(strings.TrimSpace(tip))
			return err
		}
		p.tries++
		if !strings.Contains(out, "fetch, merge, and push again") && !strings.Contains(out, "fetch first") && !strings.Contains(out, "non-fast-forward") {
			return fmt.Errorf("push: %w: %s", err, out)
		}
		if out, err := p.git(p.dir, "pull", "-q", "--no-rebase", "--no-edit", p.address, branch); err != nil {
			return fmt.Errorf("pull: %w: %s", err, out)
		}
	}
	return fmt.Errorf("pusher %d never came through", p.n)
}

// opened opens a house whose server has ended, and mends it as a start does.
func opened(t *testing.T, dir string) *house {
	t.Helper()
	h, err := openHouse(t.Context(), dir, false, slog.New(slog.DiscardHandler))
	must(t, err)
	if sole, err := h.archive.Claim(soleWait); err != nil || !sole {
		t.Fatalf("the server still has %s: %v", dir, err)
	}
	must(t, h.drafting.Reconcile(t.Context()))
	return h
}

// TestPushersAndTypists lets several people push to one draft while others type in it. At the end each word is there
// once, each pushed commit is in the history once, and all fits. PLENARY_LONG=1: twenty push and five type for five
// minutes.
func TestPushersAndTypists(t *testing.T) {
	pushers, typists, rounds, until := 3, 2, 2, time.Now()
	if os.Getenv("PLENARY_LONG") != "" {
		pushers, typists, rounds, until = 20, 5, 1, time.Now().Add(5*time.Minute)
	}
	dir := t.TempDir()
	c := newCrowd(t, dir, pushers, 1)
	branch, tokens := c.Drafts[0].Ref, c.Tokens
	stop, base := serveCrowd(t, dir, "127.0.0.1:0")
	c.Tokens = tokens[:typists]
	c.begin(base, 250*time.Millisecond)
	var all []*pusher
	for i := range pushers {
		all = append(all, newPusher(t, i, base, tokens[i]))
	}
	var everybody sync.WaitGroup
	for _, p := range all {
		everybody.Go(func() {
			if out, err := p.git(p.dir, "switch", "-q", branch); err != nil {
				t.Errorf("switch: %v: %s", err, out)
				return
			}
			for n := 0; n < rounds || time.Now().Before(until); n++ {
				if err := p.push(branch, 60); err != nil {
					t.Errorf("pusher %d: %v", p.n, err)
					return
				}
			}
		})
	}
	everybody.Wait()
	c.await(5)
	c.end()
	c.checkWords()
	stop(syscall.SIGTERM)

	h := opened(t, dir)
	desk, err := h.archive.Desk(t.Context(), "measure-1", "usa")
	must(t, err)
	tip, err := desk.Tip(t.Context(), branch)
	must(t, err)
	file, err := desk.File(t.Context(), tip, repo.TextFile)
	must(t, err)
	log, err := desk.Log(t.Context(), tip, 1_000_000, "")
	must(t, err)
	subjects := map[string]int{}
	for _, commit := range log {
		subjects[commit.Subject]++
	}
	pushed, tries, typed := 0, 0, 0
	for _, p := range all {
		pushed, tries = pushed+len(p.acked), tries+p.tries
		for _, word := range p.acked {
			if n := strings.Count(string(file), word); n != 1 {
				t.Errorf("pushed %s stands %d times in the text", word, n)
			}
			if n := subjects["push "+word]; n != 1 {
				t.Errorf("the commit of %s is there %d times", word, n)
			}
		}
	}
	for _, p := range c.people {
		typed += len(p.acked)
		for _, word := range p.acked {
			if n := strings.Count(string(file), word); n != 1 {
				t.Errorf("typed %s stands %d times in the commit", word, n)
			}
		}
	}
	must(t, h.close(context.WithoutCancel(t.Context())))
	checked(t, dir)
	t.Logf("%d pushes by %d people, %d more tries, %d words typed by %d, %d commits", pushed, pushers, tries, typed, typists, len(log))
}

// TestKillWhilePushing kills the whole server while some push drafts, some push submissions and one types, and looks
// into the house as the next start would: nothing that was acknowledged is lost, no ref is torn, git finds no fault, and
// records, repositories and journal fit. PLENARY_LONG=1 does it 200 times.
func TestKillWhilePushing(t *testing.T) {
	rounds := 3
	if os.Getenv("PLENARY_LONG") != "" {
		rounds = 200
	}
	dir := t.TempDir()
	c := newCrowd(t, dir, 5, 1)
	tokens := c.Tokens
	stop, base := serveCrowd(t, dir, "127.0.0.1:0")
	var all []*pusher
	branches := []string{"drafts/usa/kill-0", "drafts/usa/kill-1", "proposals/usa/kill-2", "proposals/usa/kill-3"}
	for i := range branches {
		all = append(all, newPusher(t, i, base, tokens[i]))
	}
	stop(syscall.SIGTERM)
	var typed []string
	for range rounds {
		stop, base := serveCrowd(t, dir, "127.0.0.1:0")
		e, err := joinLive(strings.TrimPrefix(base, "http://"), c.Drafts[0].Resolution, c.Drafts[0].Ref, tokens[4])
		must(t, err)
		words := make(chan []string, 1)
		name := fmt.Sprintf("r%d", len(typed))
		go func() { words <- e.typeWordsUntilGone("group 2 of the assembly", name) }()
		first := sync.OnceFunc(func() { // somebody's push was acknowledged: from here a random moment is the point
			time.AfterFunc(time.Duration(rand.IntN(1000))*time.Millisecond, func() { stop(syscall.SIGKILL) })
		})
		var everybody sync.WaitGroup
		for i, p := range all {
			everybody.Go(func() {
				for p.at(base, fmt.Sprintf("typist-%d", i+1), tokens[i]); p.push(branches[i], 3) == nil; {
					first()
				}
			})
		}
		everybody.Wait()
		stop(syscall.SIGKILL)
		typed = append(typed, <-words...)
		afterKill(t, dir, all, branches)
	}
	h := opened(t, dir)
	desk, err := h.archive.Desk(t.Context(), "measure-1", "usa")
	must(t, err)
	must(t, h.close(context.WithoutCancel(t.Context()))) // saves the room
	file := textOf(t, dir, desk, c.Drafts[0].Ref)
	for _, word := range typed {
		if n := strings.Count(file, word); n != 1 {
			t.Errorf("acknowledged %s stands %d times in the commit", word, n)
		}
	}
	pushed := 0
	for _, p := range all {
		pushed += len(p.acked)
	}
	if pushed == 0 || len(typed) == 0 {
		t.Errorf("only %d pushes and %d words were acknowledged", pushed, len(typed))
	}
	t.Logf("%d kills, %d pushes and %d words acknowledged", rounds, pushed, len(typed))
}

// afterKill looks into a house whose server was killed.
func afterKill(t *testing.T, dir string, all []*pusher, branches []string) {
	t.Helper()
	h := opened(t, dir)
	desk, err := h.archive.Desk(t.Context(), "measure-1", "usa")
	must(t, err)
	public, err := h.archive.Public("measure-1")
	must(t, err)
	for i, p := range all {
		if p.tip == "" {
			continue
		}
		at := desk
		if strings.HasPrefix(branches[i], "proposals/") {
			at = public
		}
		tip, err := at.Tip(t.Context(), branches[i])
		if err != nil {
			t.Errorf("%s: %v", branches[i], err)
			continue
		}
		if in, err := at.IsAncestor(t.Context(), p.tip, tip); err != nil || !in {
			t.Errorf("push of %s to %s was acknowledged and is lost; it is at %s, %v", p.tip, branches[i], tip, err)
		}
	}
	faults, err := h.drafting.Check(t.Context())
	must(t, err)
	for _, f := range faults {
		t.Errorf("%s: %s", f.Where, f.What)
	}
	must(t, h.close(context.WithoutCancel(t.Context())))
}

// textOf gives the text at a branch of a house that nobody has open.
func textOf(t *testing.T, dir string, in *repo.Repository, branch string) string {
	t.Helper()
	a, err := repo.Open(t.Context(), filepath.Join(dir, textsDir), repo.Options{})
	must(t, err)
	defer func() { must(t, a.Close()) }()
	desk, err := a.Desk(t.Context(), in.Slug(), in.Circle())
	must(t, err)
	tip, err := desk.Tip(t.Context(), branch)
	must(t, err)
	file, err := desk.File(t.Context(), tip, repo.TextFile)
	must(t, err)
	return string(file)
}

// typeWordsUntilGone types words after others until the connection breaks, and gives those that were acknowledged.
func (e *liveEditor) typeWordsUntilGone(after, name string) (acknowledged []string) {
	for n := 0; ; n++ {
		word := fmt.Sprintf("(%s-%d)", name, n)
		err := e.typeAfter(after, " "+word)
		if err == nil {
			err = e.wait(func() bool { return e.editor.Unconfirmed() == 0 }, "the acknowledgement")
		}
		if err != nil {
			return acknowledged
		}
		acknowledged = append(acknowledged, word)
	}
}
