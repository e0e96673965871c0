package repo

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestFullRef(t *testing.T) {
	t.Parallel()
	for short, want := range map[string]string{
		"main":                            "refs/heads/main",
		"refs/heads/main":                 "refs/heads/main",
		"drafts/usa/48a5-1":               "refs/heads/drafts/usa/48a5-1",
		"refs/heads/proposals/usa/48a5-1": "refs/heads/proposals/usa/48a5-1",
		"merges/secretariat/x":            "refs/heads/merges/secretariat/x",
		"adopted/dubai-2012":              "refs/tags/adopted/dubai-2012",
		"submitted/usa/48a5-1/3":          "refs/tags/submitted/usa/48a5-1/3",
		"":                                "",
		"HEAD":                            "",
		"refs/tags/main":                  "",
		"refs/heads/adopted/dubai-2012":   "",
		"drafts/usa":                      "",
		"drafts/usa/a/b":                  "",
		"drafts/../x":                     "",
		"drafts/usa/..":                   "",
		"drafts/usa/x.lock":               "",
		"drafts/USA/x":                    "",
		"drafts//x":                       "",
		"refs/heads/refs/heads/main":      "",
		"adopted/a b":                     "",
		"submitted/usa/x":                 "",
	} {
		got, err := FullRef(short)
		if got != want || (err != nil) != (want == "") || (err != nil && !errors.Is(err, ErrName)) {
			t.Errorf("FullRef(%q) = %q, %v; want %q", short, got, err, want)
		}
	}
}

// testHash gives ids that need not exist: moving a ref does not look at objects.
func testHash(n int) Hash { return Hash(fmt.Sprintf("%040x", n+1)) }

func newRefs(t *testing.T) *refStore {
	t.Helper()
	dir := t.TempDir()
	if err := exec.CommandContext(t.Context(), "git", "init", "-q", "--bare", dir).Run(); err != nil {
		t.Fatal(err)
	}
	return &refStore{dir: dir}
}

func TestARefMovesOnlyFromWhereItIsExpected(t *testing.T) {
	t.Parallel()
	s := newRefs(t)
	const ref = "refs/heads/drafts/usa/x"
	steps := []struct {
		old, next Hash
		want      error
	}{
		{testHash(1), testHash(2), ErrStale},
		{"", testHash(1), nil},
		{"", testHash(2), ErrStale},
		{testHash(2), testHash(3), ErrStale},
		{testHash(1), testHash(2), nil},
	}
	for _, step := range steps {
		if err := s.set(ref, step.old, step.next); !errors.Is(err, step.want) {
			t.Errorf("from %.4q to %.4q: got %v, want %v", step.old, step.next, err, step.want)
		}
	}
	if h, err := s.read(ref); h != testHash(2) || err != nil {
		t.Errorf("at %s, %v", h, err)
	}
	if left, err := filepath.Glob(filepath.Join(s.dir, ref+".lock")); len(left) > 0 || err != nil {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestADamagedRefIsNotReadAsAnOlderOne(t *testing.T) {
	t.Parallel()
	s := newRefs(t)
	const ref = "refs/heads/drafts/usa/x"
	err := s.rewritePacked(func(p map[string]packedRef) map[string]packedRef {
		p[ref] = packedRef{hash: testHash(1)}
		return p
	})
	if err != nil {
		t.Fatal(err)
	}
	if h, err := s.read(ref); h != testHash(1) || err != nil {
		t.Fatalf("packed: %s, %v", h, err)
	}
	path := filepath.Join(s.dir, ref)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.read(ref); !errors.Is(err, errTornRef) {
		t.Errorf("an empty file reads as %v", err)
	}
	if err := s.set(ref, testHash(1), testHash(2)); !errors.Is(err, errTornRef) {
		t.Errorf("a damaged ref was moved: %v", err)
	}
}

func TestPackedRefsAreThoseOfGit(t *testing.T) {
	t.Parallel()
	s := newRefs(t)
	want := map[string]packedRef{
		"refs/heads/main":      {hash: testHash(1)},
		"refs/heads/drafts/a":  {hash: testHash(2)},
		"refs/tags/adopted/x":  {hash: testHash(3), peeled: testHash(1)},
		"refs/tags/submitted1": {hash: testHash(4)},
	}
	err := s.rewritePacked(func(map[string]packedRef) map[string]packedRef { return want })
	if err != nil {
		t.Fatal(err)
	}
	got, err := (&refStore{dir: s.dir}).all("")
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %v, %v", got, err)
	}
	for full, p := range want {
		if got[full] != p {
			t.Errorf("%s: got %v, want %v", full, got[full], p)
		}
		out, err := exec.CommandContext(t.Context(), "git", "--git-dir="+s.dir, "rev-parse", full).Output()
		if err != nil || strings.TrimSpace(string(out)) != string(p.hash) {
			t.Errorf("git reads %s as %s, %v", full, out, err)
		}
	}
}

// Our moves and those of stock git count one ref up together; none is lost, whoever is interrupted by whom.
func TestMovesBesideStockGitAreNotLost(t *testing.T) {
	t.Parallel()
	s := newRefs(t)
	const ours, theirs = 60, 15
	var ids []Hash
	for i := range ours + theirs + 1 {
		cmd := exec.CommandContext(t.Context(), "git", "--git-dir="+s.dir, "hash-object", "-w", "--stdin")
		cmd.Stdin = strings.NewReader(fmt.Sprint(i))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, Hash(strings.TrimSpace(string(out))))
	}
	place := map[Hash]int{}
	for i, id := range ids {
		place[id] = i
	}
	const tag = "refs/tags/x" // tags may point at anything, so no commits are needed
	if err := s.set(tag, "", ids[0]); err != nil {
		t.Fatal(err)
	}
	count := func(n int, move func(old, next Hash) bool) {
		for done := 0; done < n; {
			now, err := s.read(tag)
			if err != nil {
				t.Errorf("read: %v", err)
				return
			}
			if move(now, ids[place[now]+1]) {
				done++
			}
		}
	}
	var both sync.WaitGroup
	both.Go(func() {
		count(ours, func(old, next Hash) bool {
			err := s.set(tag, old, next)
			if err != nil && !errors.Is(err, ErrStale) {
				t.Errorf("move: %v", err)
				return true
			}
			return err == nil
		})
	})
	both.Go(func() {
		count(theirs, func(old, next Hash) bool {
			git := exec.CommandContext(t.Context(), "git", "--git-dir="+s.dir, "update-ref", tag, string(next), string(old))
			if git.Run() != nil {
				return false
			}
			_ = exec.CommandContext(t.Context(), "git", "--git-dir="+s.dir, "pack-refs", "--all").Run() // may lose the race
			return true
		})
	})
	both.Wait()
	if now, err := s.read(tag); err != nil || place[now] != ours+theirs {
		t.Errorf("%d moves made, the ref is at %d, %v", ours+theirs, place[now], err)
	}
}

func TestOpenClearsAwayWhatAKilledProcessLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sig := Signature{Author: Author{Name: "A", ID: "1"}, When: time.Unix(1_700_000_000, 0)}
	main, err := a.Create(t.Context(), "tea-7", []byte("words\n"), "", sig, "first")
	if err != nil {
		t.Fatal(err)
	}
	d := DraftName{Circle: "usa", Name: "x"}
	if err := a.BeginDraft(t.Context(), "tea-7", d, main); err != nil {
		t.Fatal(err)
	}
	left := []string{
		"public/tea-7.git/refs/heads/main.lock", "public/tea-7.git/packed-refs.lock",
		"public/tea-7.git/objects/pack/tmp_pack_x", "public/tea-7.git/objects/tmp_objdir-incoming-x/pack/y",
		"desks/usa/tea-7.git/refs/heads/drafts/usa/x.lock", "desks/usa/tea-7.git/packed-refs.new",
		"public/" + halfMade + "1/config", "desks/usa/" + halfMade + "2/config",
	}
	for _, name := range left {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a, err = Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range left {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	if _, err := a.Save(t.Context(), "tea-7", d, SaveRequest{
		Expect: main, File: []byte("other words\n"), Signature: sig, Subject: "second",
	}); err != nil {
		t.Error(err)
	}
	if err := a.Check(t.Context(), "tea-7"); err != nil {
		t.Error(err)
	}
}

func TestOpenNeedsGit(t *testing.T) {
	t.Parallel()
	old := filepath.Join(t.TempDir(), "git")
	if err := os.WriteFile(old, []byte("#!/bin/sh\necho git version 2.38.1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/nowhere/git": `stock git is needed, version 2.39 or newer, and "/nowhere/git" is not there: install git`,
		old:            "git 2.38.1 is too old, version 2.39 or newer is needed: install a newer git",
	} {
		_, err := Open(t.Context(), t.TempDir(), Options{Git: path})
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestOnlySomeRepositoriesStayWarm(t *testing.T) {
	t.Parallel()
	w := newWarmth()
	all := make([]*Repository, mostWarm+2)
	for i := range all {
		all[i] = &Repository{}
	}
	for i := range mostWarm {
		if cold := w.use(all[i]); cold != nil {
			t.Errorf("repository %d makes one let go", i)
		}
	}
	w.use(all[0])
	for i, want := range []*Repository{all[1], all[2]} {
		if cold := w.use(all[mostWarm+i]); cold != want {
			t.Errorf("repository %d over the limit makes the wrong one let go", i)
		}
	}
}
