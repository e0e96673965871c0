package githttp_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/githttp"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "run-as-hook" {
		os.Exit(githttp.RunHook(context.Background(), os.Getenv, os.Stdin, os.Stderr))
	}
	if dir := os.Getenv("GITHTTP_TEST_SERVE"); dir != "" {
		if err := serveForEver(context.Background(), dir, os.Stdout); err != nil {
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

const baseText = "# RESOLUTION 7\n\n## Tea in meeting rooms\n\n*resolves*\n\n1. to buy cups;\n\n2. to wash them.\n"

// assembly is a small Access: people with a token "<login>-token", each in the circle they are named after; pushed
// proposals are submitted.
type assembly struct {
	archive *repo.Archive
	open    bool
	now     time.Time

	mu     sync.Mutex
	pushed []string       // guarded by mu: "usa drafts/usa/x"
	closed bool           // guarded by mu: submitting is over
	count  map[string]int // guarded by mu: submissions by draft
}

func (a *assembly) Authenticate(_ context.Context, login, token string) (githttp.Caller, error) {
	if login == "" && token == "" {
		return repo.Circle(""), nil
	}
	if token != login+"-token" {
		return nil, githttp.ErrSignedOut
	}
	circle, _, _ := strings.Cut(login, ".") // "usa.3" is the third of usa
	return repo.Circle(circle), nil
}

func (a *assembly) MayRead(_ context.Context, c githttp.Caller, at githttp.Address) error {
	switch {
	case c == repo.Circle("") && (!a.open || at.Circle != ""):
		return githttp.ErrSignedOut
	case at.Circle != "" && c != at.Circle:
		return githttp.ErrNotFound
	}
	return nil
}

// Admit refuses texts that say they may not be submitted.
func (a *assembly) Admit(_ context.Context, _ githttp.Caller, _ githttp.Address, pushed []repo.PushedRef) (string, error) {
	for _, p := range pushed {
		if strings.HasPrefix(p.Ref, "refs/heads/proposals/") && bytes.Contains(p.Note, []byte("not yet")) {
			return "this is not to be submitted yet", nil
		}
	}
	return "", nil
}

func (a *assembly) CheckPush(_ context.Context, _ githttp.Caller, _ githttp.Address, updates []repo.RefUpdate) ([]string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	reasons := make([]string, len(updates))
	for i, u := range updates {
		if a.closed && strings.HasPrefix(u.Ref, "refs/heads/proposals/") {
			reasons[i] = "submitting is over"
		}
	}
	return reasons, nil
}

func (a *assembly) Authors(context.Context, githttp.Caller, githttp.Address) ([]repo.Author, error) {
	return []repo.Author{{Name: "Ms Carter", Code: "USA", ID: "7"}}, nil
}

func (a *assembly) BeforeFetch(context.Context, githttp.Address) error { return nil }

func (a *assembly) Desk(c githttp.Caller) repo.Circle { return c.(repo.Circle) }

func (a *assembly) Pushed(ctx context.Context, c githttp.Caller, at githttp.Address, updates []repo.RefUpdate) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, u := range updates {
		a.pushed = append(a.pushed, fmt.Sprint(c, " ", u.Ref))
		if d, ok := repo.ParseDraftName(u.Ref); ok && u.Ref == "refs/heads/"+d.Proposal() {
			a.count[d.String()]++
			sig := repo.Signature{Author: repo.Author{Name: "Server", ID: "0"}, When: a.now}
			if err := a.archive.Submit(ctx, at.Slug, d, u.New, a.count[d.String()], sig, "submitted"); err != nil {
				return err
			}
		}
	}
	return nil
}

// hall is a running server with one resolution, "tea-7".
type hall struct {
	archive  *repo.Archive
	assembly *assembly
	server   *httptest.Server
	main     repo.Hash
}

func newHall(t testing.TB, change func(*githttp.Options)) *hall {
	t.Helper()
	return newHallWithGit(t, "git", change)
}

func newHallWithGit(t testing.TB, program string, change func(*githttp.Options)) *hall {
	t.Helper()
	a, err := repo.Open(t.Context(), t.TempDir(), repo.Options{Git: program})
	if err != nil {
		t.Fatal(err)
	}
	when := time.Date(2024, 10, 1, 9, 0, 0, 0, time.UTC)
	sig := repo.Signature{Author: repo.Author{Name: "Ann Clerk", ID: "1"}, When: when}
	main, err := a.Create(t.Context(), "tea-7", []byte(baseText), "adopted/springfield-2012", sig, "As adopted")
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{archive: a, main: main}
	h.open(t, change)
	return h
}

// open serves the hall's archive.
func (h *hall) open(t testing.TB, change func(*githttp.Options)) {
	t.Helper()
	a := h.archive
	access := &assembly{archive: a, open: true, now: time.Date(2024, 10, 1, 9, 0, 0, 0, time.UTC), count: map[string]int{}}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := githttp.Options{
		Archive: a, Access: access, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Hook: []string{self, "run-as-hook"},
	}
	if change != nil {
		change(&o)
	}
	handler, err := githttp.New(o)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.Close()
		if err := handler.Close(); err != nil {
			t.Errorf("close handler: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Errorf("close archive: %v", err)
		}
	})
	h.assembly, h.server = access, server
}

// reopened is the same archive, opened again after it was closed, behind another server.
func reopened(t testing.TB, h *hall, places int, idle time.Duration) *hall {
	t.Helper()
	a, err := repo.Open(t.Context(), h.archive.Dir(), repo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	again := &hall{archive: a, main: h.main}
	again.open(t, func(o *githttp.Options) { o.Processes, o.Idle = places, idle })
	return again
}

// url gives the address of a path with the login of a person; nobody for "".
func (h *hall) url(login, path string) string {
	if login == "" {
		return h.server.URL + path
	}
	return strings.Replace(h.server.URL, "http://", "http://"+login+":"+login+"-token@", 1) + path
}

const (
	publicPath = "/git/tea-7.git"
	usaDesk    = "/git/desks/usa/tea-7.git"
)

// try runs stock git as a person would, and gives what it says.
func try(t testing.TB, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "HOME="+dir, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Maria", "GIT_AUTHOR_EMAIL=m@x", "GIT_COMMITTER_NAME=Maria", "GIT_COMMITTER_EMAIL=m@x")
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	out, err := try(t, dir, args...)
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// clone clones an address into a new directory.
func (h *hall) clone(t *testing.T, login, path string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, append(append([]string{"clone", "-q"}, flags...), h.url(login, path), "tea")...)
	return filepath.Join(dir, "tea")
}

// commit changes a file in a clone and commits it.
func commit(t testing.TB, dir, path, content string) {
	t.Helper()
	full := filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "change "+path)
}

func (h *hall) fsck(t *testing.T) {
	t.Helper()
	for _, dir := range []string{h.archive.Path("tea-7"), h.archive.DeskPath("tea-7", "usa")} {
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		if out := git(t, dir, "fsck", "--strict", "--full", "--no-dangling"); out != "" {
			t.Errorf("git fsck in %s: %s", dir, out)
		}
	}
}

func TestCloneByEveryProtocol(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	for _, version := range []string{"0", "1", "2"} {
		for _, way := range [][]string{nil, {"--depth=1"}, {"--single-branch"}, {"--filter=blob:none"}, {"--mirror"}} {
			if version != "2" && way != nil && way[0] == "--filter=blob:none" {
				continue // needs uploadpack.allowAnySHA1InWant, which stays off
			}
			t.Run(version+strings.Join(way, ""), func(t *testing.T) {
				t.Parallel()
				dir := h.clone(t, "usa", usaDesk, append([]string{"-c", "protocol.version=" + version}, way...)...)
				if got := git(t, dir, "rev-parse", "main"); got != string(h.main) {
					t.Errorf("main at %s, want %s", got, h.main)
				}
			})
		}
	}
}

func TestAPushToOnesOwnDraftArrives(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	dir := h.clone(t, "usa", usaDesk)
	git(t, dir, "checkout", "-q", "-b", "drafts/usa/48a5-1")
	commit(t, dir, "resolution.md", strings.Replace(baseText, "buy", "borrow", 1))
	commit(t, dir, "contributions/usa-48a5-1.md", "Cups are dear.\n")
	git(t, dir, "push", "-q", "origin", "HEAD:refs/heads/drafts/usa/48a5-1")
	d := repo.DraftName{Circle: "usa", Name: "48a5-1"}
	desk, err := h.archive.Desk(t.Context(), "tea-7", "usa")
	if err != nil {
		t.Fatal(err)
	}
	tip, err := desk.Tip(t.Context(), d.Draft())
	if err != nil || string(tip) != git(t, dir, "rev-parse", "HEAD") {
		t.Errorf("draft at %s, %v", tip, err)
	}
	file, err := desk.File(t.Context(), tip, "resolution.md")
	if err != nil || !strings.Contains(string(file), "borrow cups") {
		t.Errorf("the text reads %q, %v", file, err)
	}
	if out := git(t, dir, "ls-remote", h.url("eur", publicPath)); strings.Contains(out, "48a5-1") {
		t.Errorf("the draft shows in the public repository:\n%s", out)
	}

	git(t, dir, "push", "-q", "origin", "HEAD:refs/heads/proposals/usa/48a5-1")
	out := git(t, dir, "ls-remote", h.url("", publicPath))
	for _, ref := range []string{"refs/heads/proposals/usa/48a5-1", "refs/tags/submitted/usa/48a5-1/1^{}"} {
		if !strings.Contains(out, string(tip)+"\t"+ref) {
			t.Errorf("after submitting %s is not at %s:\n%s", ref, tip, out)
		}
	}
	if got, want := strings.Join(h.assembly.pushed, ", "),
		"usa refs/heads/drafts/usa/48a5-1, usa refs/heads/proposals/usa/48a5-1"; got != want {
		t.Errorf("told of %q, want %q", got, want)
	}
	h.fsck(t)
}

func TestPushesThatAreRefused(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	dir := h.clone(t, "usa", usaDesk)
	git(t, dir, "checkout", "-q", "-b", "work")
	commit(t, dir, "resolution.md", strings.Replace(baseText, "buy", "borrow", 1))
	git(t, dir, "push", "-q", "origin", "HEAD:refs/heads/drafts/usa/one")
	git(t, dir, "tag", "-m", "x", "adopted/now-2016")
	before := git(t, h.archive.DeskPath("tea-7", "usa"), "for-each-ref")
	public := h.url("usa", publicPath)
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"main": {
			[]string{"origin", "HEAD:main"},
			"main changes by merging proposals, not by pushing: push to drafts/usa/... and submit it",
		},
		"another's draft": {
			[]string{"origin", "HEAD:refs/heads/drafts/eur/one"},
			"only the circle itself writes its drafts and proposals: push to drafts/usa/...",
		},
		"a tag": {
			[]string{"origin", "adopted/now-2016"},
			"tags record adoptions and submissions, and the server sets them",
		},
		"another branch": {[]string{"origin", "HEAD:refs/heads/feature"}, "there are no branches of this kind"},
		"another ref":    {[]string{"origin", "HEAD:refs/notes/x"}, "there are no branches of this kind"},
		"a bad name": {
			[]string{"origin", "HEAD:refs/heads/drafts/usa/My_Draft"},
			"a draft's name is of small letters, digits and single hyphens",
		},
		"a deletion": {[]string{"origin", ":refs/heads/drafts/usa/one"}, "drafts and proposals are not deleted"},
		"a rewrite": {
			[]string{"-f", "origin", "origin/main:refs/heads/drafts/usa/one"},
			"drafts/usa/one would lose commits, and history is never rewritten",
		},
		"all or nothing": {
			[]string{"origin", "HEAD:refs/heads/drafts/usa/two", "HEAD:main"},
			"not moved, because another ref of this push was refused",
		},
		"the public repository": {[]string{public, "HEAD:refs/heads/drafts/usa/two"}, h.server.URL + usaDesk},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := try(t, dir, append([]string{"push"}, test.args...)...)
			if err == nil || !strings.Contains(strings.Join(strings.Fields(out), " "), test.want) {
				t.Errorf("err %v, git says:\n%s\nwant: %s", err, out, test.want)
			}
		})
	}
	if after := git(t, h.archive.DeskPath("tea-7", "usa"), "for-each-ref"); after != before {
		t.Errorf("refs changed from\n%s\nto\n%s", before, after)
	}
}

// What may not be submitted is refused before a ref moves, and its objects do not stay.
func TestASubmissionThatIsRefusedChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	dir := h.clone(t, "usa", usaDesk)
	git(t, dir, "checkout", "-q", "-b", "work")
	commit(t, dir, "contributions/usa-one.md", "Do not read this, not yet.\n")
	before := h.state(t)
	out, err := try(t, dir, "push", "origin", "HEAD:refs/heads/drafts/usa/one", "HEAD:refs/heads/proposals/usa/one")
	if err == nil || !strings.Contains(strings.Join(strings.Fields(out), " "), "this is not to be submitted yet") {
		t.Errorf("err %v, git says:\n%s", err, out)
	}
	if after := h.state(t); after != before {
		t.Errorf("the repository has changed from\n%s\nto\n%s", before, after)
	}
	commit(t, dir, "contributions/usa-one.md", "Read this.\n")
	git(t, dir, "push", "-q", "origin", "HEAD:refs/heads/drafts/usa/one", "HEAD:refs/heads/proposals/usa/one")
}

func TestDesksOfOthersLookLikeNothing(t *testing.T) {
	t.Parallel()
	h := newHall(t, nil)
	h.clone(t, "usa", usaDesk)
	for _, login := range []string{"eur", ""} {
		var said []string
		for _, path := range []string{usaDesk, "/git/desks/nowhere/tea-7.git", "/git/desks/usa/nothing.git"} {
			out, err := try(t, t.TempDir(), "ls-remote", h.url(login, path))
			if err == nil {
				t.Errorf("%q may read %s", login, path)
			}
			said = append(said, strings.ReplaceAll(out, path, "PATH"))
		}
		if said[0] != said[1] || said[1] != said[2] {
			t.Errorf("%q can tell them apart: %q", login, said)
		}
	}
	if out, err := try(t, t.TempDir(), "ls-remote", strings.Replace(h.url("usa", usaDesk), "usa-token", "x", 1)); err == nil {
		t.Errorf("a wrong token is let in: %s", out)
	}
}
