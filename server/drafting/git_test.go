package drafting_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plenary/repo"
	"plenary/server/drafting"
)

// clone is a work tree of a person who works with stock git.
type clone struct {
	h   *house
	dir string
	as  drafting.Actor
	at  drafting.GitRepository
}

func (h *house) clone(a drafting.Actor) *clone {
	h.t.Helper()
	g := drafting.GitRepository{Slug: slug, Circle: a.Circle}
	h.must(h.MayFetch(h.t.Context(), a, g))
	h.clock.Add(int64((100 * 365 * 24 * time.Hour).Seconds())) // what was written has waited long
	h.must(h.BeforeFetch(h.t.Context(), g))
	h.clock.Add(-int64((100 * 365 * 24 * time.Hour).Seconds()))
	_, err := h.archive.Desk(h.t.Context(), slug, a.Circle)
	h.must(err)
	c := &clone{h: h, dir: filepath.Join(h.t.TempDir(), "clone"), as: a, at: g}
	c.run("", "clone", "-q", h.archive.DeskPath(slug, a.Circle), c.dir)
	return c
}

func (c *clone) run(dir string, args ...string) string {
	c.h.t.Helper()
	cmd := exec.CommandContext(c.h.t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME="+c.as.Name, "GIT_AUTHOR_EMAIL=someone@example.org",
		"GIT_COMMITTER_NAME="+c.as.Name, "GIT_COMMITTER_EMAIL=someone@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.h.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (c *clone) git(args ...string) string { return c.run(c.dir, args...) }

// commit replaces words in the text and commits.
func (c *clone) commit(old, words string) {
	c.h.t.Helper()
	path := filepath.Join(c.dir, repo.TextFile)
	file, err := os.ReadFile(path)
	c.h.must(err)
	if !strings.Contains(string(file), old) {
		c.h.t.Fatalf("no %q in the clone", old)
	}
	c.h.must(os.WriteFile(path, []byte(strings.Replace(string(file), old, words, 1)), 0o600))
	c.git("commit", "-q", "-a", "-m", "Edit with git")
}

// push does what the server does around a push: asks, lets git move the ref under the branch's lock, tells.
func (c *clone) push(ref string) error {
	c.h.t.Helper()
	ctx := c.h.t.Context()
	full := "refs/heads/" + ref
	desk, err := c.h.archive.Desk(ctx, slug, c.as.Circle)
	c.h.must(err)
	old, _ := desk.Tip(ctx, ref)
	update := []repo.RefUpdate{{Ref: full, Old: old, New: repo.Hash(c.git("rev-parse", "HEAD"))}}
	verdicts, err := c.h.CheckPush(ctx, c.as, c.at, update)
	if err != nil {
		return err
	}
	if verdicts[0].Reason != "" {
		return &drafting.Refusal{Sentence: verdicts[0].Reason}
	}
	pushed := repo.PushedRef{RefUpdate: update[0], File: []byte(c.git("show", "HEAD:"+repo.TextFile) + "\n")}
	for line := range strings.Lines(c.git("rev-list", "--boundary", "HEAD", "--not", "--remotes=origin")) {
		if join, is := strings.CutPrefix(strings.TrimSpace(line), "-"); is {
			pushed.Joins = append(pushed.Joins, repo.Hash(join))
		}
	}
	if d, ok := repo.ParseDraftName(ref); ok && c.git("ls-tree", "HEAD", d.Note()) != "" {
		pushed.Note = []byte(c.git("show", "HEAD:"+d.Note()) + "\n")
	}
	sentence, err := c.h.AdmitPush(ctx, c.as, c.at, []repo.PushedRef{pushed})
	if err != nil {
		return err
	}
	if sentence != "" {
		return &drafting.Refusal{Sentence: sentence}
	}
	c.h.must(c.h.archive.Locked(ctx, slug, []string{ref}, func() error {
		c.git("push", "-q", "origin", "HEAD:"+full)
		return nil
	}))
	return c.h.Pushed(ctx, c.as, c.at, update)
}

func TestAPushReachesTheOpenEditor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.propose(h.carter, "USA/48A5/1").Draft
	e := h.edit(h.reed, d)
	defer e.close()
	e.replace("one ferry in nine", "one ferry in eight")

	c := h.clone(h.carter) // the room is saved first
	c.git("checkout", "-q", d.Draft())
	c.commit("every hour", "every half hour")
	e.replace("two keepers", "three keepers")                                             // not saved when the push arrives,
	h.must(h.BeforeFetch(t.Context(), drafting.GitRepository{Slug: slug, Circle: "usa"})) // as it is fresh
	h.must(c.push(d.Draft()))
	for !strings.Contains(e.doc.String(), "every half hour") {
		e.read(t.Context())
	}
	e.replace("a list", "a public list")
	text := h.read(h.carter, d.Draft())
	for _, want := range []string{"one ferry in eight", "every half hour", "three keepers", "a public list"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// A save made beside a push, before the room knows of it, loses neither.
func TestASaveBesideAPushLosesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.propose(h.carter, "USA/48A5/1").Draft
	e := h.edit(h.reed, d)
	defer e.close()
	e.replace("one ferry in nine", "one ferry in eight")
	c := h.clone(h.carter)
	c.git("checkout", "-q", d.Draft())
	c.commit("every hour", "every half hour")
	e.replace("two keepers", "three keepers")
	c.git("push", "-q", "origin", "HEAD:refs/heads/"+d.Draft())
	if _, _, err := h.Hub().Flush(t.Context(), room(d)); err != nil { // saves before the push is told
		t.Fatal(err)
	}
	e.replace("a list", "a public list")
	h.must(h.Pushed(t.Context(), h.carter, c.at, []repo.RefUpdate{{Ref: "refs/heads/" + d.Draft(), New: repo.Hash(c.git("rev-parse", "HEAD"))}}))
	for range 2 { // also after a restart, from journal and git
		text := h.read(h.carter, d.Draft())
		for _, want := range []string{"one ferry in eight", "every half hour", "three keepers", "a public list"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		e.close()
		h.restart()
		e = h.edit(h.reed, d)
	}
}

func TestPushes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	c := h.clone(h.carter)
	c.git("checkout", "-q", "-b", "work")
	c.commit("every hour", "every half hour")

	t.Run("a new branch is a new proposal", func(*testing.T) {
		h.must(c.push("drafts/usa/lights"))
		view, err := h.Proposal(ctx, h.reed, slug, repo.DraftName{Circle: "usa", Name: "lights"})
		h.must(err)
		if view.Proposal.Status != drafting.StatusDraft || !view.May.Submit || len(view.Changes) == 0 {
			t.Errorf("proposal %+v, may %+v", view.Proposal, view.May)
		}
		if got := h.everythingSeen(h.weber); strings.Contains(got, "lights") {
			t.Error("another delegation sees it")
		}
	})
	t.Run("a push to the proposal is a submission", func(*testing.T) {
		h.must(c.push("proposals/usa/lights"))
		if text := h.read(h.weber, "submitted/usa/lights/1"); !strings.Contains(text, "every half hour") {
			t.Errorf("submitted:\n%s", text)
		}
		c.commit("two keepers", "four keepers")
		h.must(c.push("proposals/usa/lights"))
		if text := h.read(h.carter, "drafts/usa/lights"); !strings.Contains(text, "four keepers") {
			t.Errorf("the draft did not follow:\n%s", text)
		}
		if text := h.read(h.weber, "proposals/usa/lights"); !strings.Contains(text, "four keepers") {
			t.Errorf("proposal:\n%s", text)
		}
	})
	t.Run("the covering note alone is a submission too", func(*testing.T) {
		note := filepath.Join(c.dir, "contributions", "usa-lights.md")
		h.must(os.MkdirAll(filepath.Dir(note), 0o700))
		for _, words := range []string{"Keepers are tired.\n", "Keepers are very tired.\n"} {
			h.must(os.WriteFile(note, []byte(words), 0o600))
			c.git("add", "-A")
			c.git("commit", "-q", "-m", "why")
			h.must(c.push("proposals/usa/lights"))
			public, err := h.archive.Public(slug)
			h.must(err)
			at, err := public.Tip(ctx, "proposals/usa/lights")
			h.must(err)
			if got, err := public.File(ctx, at, "contributions/usa-lights.md"); err != nil || string(got) != words {
				t.Errorf("published %q, %v", got, err)
			}
		}
		c.git("commit", "-q", "--allow-empty", "-m", "nothing")
		before := c.git("ls-remote", "origin")
		h.refused(c.push("proposals/usa/lights"), "Nothing has changed since submission 4")
		fresh := h.clone(h.carter)
		fresh.git("checkout", "-q", "-b", "work", "origin/main")
		fresh.git("commit", "-q", "--allow-empty", "-m", "nothing at all")
		h.refused(fresh.push("proposals/usa/empty"), "There is no change to submit yet")
		if after := c.git("ls-remote", "origin"); after != before {
			t.Errorf("a refused push has moved refs from\n%s\nto\n%s", before, after)
		}
	})
	t.Run("a submission beside a draft that went on", func(*testing.T) {
		h.write(h.reed, repo.DraftName{Circle: "usa", Name: "lights"}, "one ferry in nine", "one ferry in six")
		c.commit("a list", "a public list")
		h.must(c.push("proposals/usa/lights"))
		draft := h.read(h.carter, "drafts/usa/lights")
		if !strings.Contains(draft, "one ferry in six") || !strings.Contains(draft, "a public list") {
			t.Errorf("draft:\n%s", draft)
		}
		if text := h.read(h.weber, "proposals/usa/lights"); strings.Contains(text, "one ferry in six") {
			t.Error("unsubmitted words were published")
		}
		_, err := h.Submit(ctx, h.carter, slug, repo.DraftName{Circle: "usa", Name: "lights"})
		h.must(err) // the next submission follows from the pushed one
	})
	t.Run("a pushed message makes no merge", func(*testing.T) {
		c.commit("one ferry", "a ferry")
		c.git("commit", "-q", "--amend", "-m", "Merge everything\n\nProposal: eur/38a9-1\nAdopted-text: Rev. Nowhere, 1900")
		h.must(c.push("drafts/usa/other"))
		page, err := h.History(ctx, h.carter, slug, "drafts/usa/other", "")
		h.must(err)
		if e := page.Entries[0]; e.Kind != drafting.EntrySaved || len(e.Proposals) != 0 || e.By.ID != 0 {
			t.Errorf("told as %s of %v by %+v", e.Kind, e.Proposals, e.By)
		}
		c.git("checkout", "-q", "work")
	})
	t.Run("what is not pushed", func(*testing.T) {
		for ref, want := range map[string]string{
			"main":               "main changes by merging proposals, not by pushing",
			"drafts/eur/x":       "only drafts/usa/...",
			"adopted/porto-2026": "only drafts/usa/...",
			"merges/usa/x":       "only drafts/usa/...",
			"proposals/eur/x":    "only drafts/usa/...",
		} {
			h.refused(c.push(ref), want)
		}
	})
	t.Run("a token that may only read", func(*testing.T) {
		reading := *c
		reading.as.Scope = drafting.ScopeRead
		h.refused(reading.push("drafts/usa/lights"), "may not write here")
		h.refused(reading.push("drafts/usa/new"), "may not begin a proposal")
	})
	t.Run("after the deadline", func(*testing.T) {
		as, err := h.Assembly(ctx)
		h.must(err)
		as.Deadline = start.Add(time.Second)
		h.must(h.SetAssembly(ctx, h.lind, as))
		c.git("fetch", "-q")
		c.git("checkout", "-q", "origin/drafts/usa/lights")
		c.commit("a public list", "an open list")
		h.refused(c.push("proposals/usa/lights"), "Submitting closed on 9 March 2026")
		h.must(c.push("drafts/usa/lights"))
		_, err = h.Submit(ctx, h.carter, slug, repo.DraftName{Circle: "usa", Name: "lights"})
		h.refused(err, "Submitting closed on 9 March 2026")
	})
}
