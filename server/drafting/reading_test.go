package drafting_test

import (
	"errors"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/server/drafting"
)

func TestVersionsCompareAndHistory(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	d := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	h.write(h.carter, d, "two keepers", "three keepers")
	h.write(h.carter, d, "three keepers", "four keepers")

	versions, err := h.Versions(ctx, h.carter, slug)
	h.must(err)
	var got []string
	for _, v := range versions {
		got = append(got, v.Key+" = "+v.Label)
	}
	want := []string{
		"main = Rev. Lisbon, 2019", "adopted/lisbon-2019 = Rev. Lisbon, 2019", "proposals/usa/48a5-1 = USA/48A5/1",
		"submitted/usa/48a5-1/1 = USA/48A5/1, submission 1", "drafts/usa/48a5-1 = USA/48A5/1, draft",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("versions:\n%s", strings.Join(got, "\n"))
	}

	r, err := h.Read(ctx, h.weber, slug, d.Proposal(), "")
	h.must(err)
	if r.Base.Label != "Rev. Lisbon, 2019" || len(r.Names) != len(r.Text.Blocks) {
		t.Errorf("read against %q", r.Base.Label)
	}
	changed := 0
	for _, c := range r.Changes {
		if c.Kind != diff.Same {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d clauses changed, want 1", changed)
	}
	same, err := h.Compare(ctx, h.weber, slug, "main", "adopted/lisbon-2019")
	h.must(err)
	if !same.Same {
		t.Error("the revised text and the adopted one differ")
	}
	other, err := h.Compare(ctx, h.carter, slug, d.Proposal(), d.Draft())
	h.must(err)
	if other.Same || other.B.Kind != drafting.VersionDraft {
		t.Errorf("compared %+v", other.B)
	}

	page, err := h.History(ctx, h.carter, slug, d.Draft(), "")
	h.must(err)
	if len(page.Entries) != 4 || page.Next != "" {
		t.Fatalf("%d steps", len(page.Entries))
	}
	e := page.Entries
	if e[0].Sitting != e[1].Sitting || e[1].Sitting == e[2].Sitting {
		t.Errorf("sittings %d %d %d", e[0].Sitting, e[1].Sitting, e[2].Sitting)
	}
	if e[0].By.Name != "Ms Carter" || e[0].By.ID != h.carter.Person || e[0].By.Circle != "USA" {
		t.Errorf("by %+v", e[0].By)
	}
	if len(e[2].Marks) != 1 || e[2].Marks[0].Kind != drafting.VersionSubmission || e[3].Kind != drafting.EntryImported {
		t.Errorf("marks %+v, then %s", e[2].Marks, e[3].Kind)
	}
	// A commit can be read by those who may read something that holds it, and by nobody else.
	for _, row := range []struct {
		as     drafting.Actor
		commit repo.Hash
		ok     bool
	}{
		{h.carter, e[0].Commit, true}, {h.weber, e[0].Commit, false}, {h.weber, e[2].Commit, true}, {h.observer, e[3].Commit, true},
	} {
		_, err := h.Read(ctx, row.as, slug, string(row.commit), "main")
		if (err == nil) != row.ok || err != nil && !errors.Is(err, drafting.ErrNotFound) {
			t.Errorf("%s reads %s: %v", row.as.Name, row.commit, err)
		}
	}
	for _, key := range []string{"adopted/nowhere-1900", "../main", "drafts/usa", "refs/heads/main", "submitted/usa/48a5-1/01", "HEAD", "\x00"} {
		if _, err := h.Read(ctx, h.carter, slug, key, ""); !errors.Is(err, drafting.ErrNotFound) {
			t.Errorf("version %q: %v", key, err)
		}
	}
}

func TestPreviewAndImport(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	paper := "RESOLUTION 31 (Rév. Porto, 2021)\nQuiet hours in harbours\nThe Harbour Assembly (Porto, 2021),\nconsidering\na)\tthat people sleep;\nresolves\n1\tto be quiet.\n"
	p, err := h.PreviewImport(ctx, h.lind, h.sent(h.lind, "", "res31.txt", []byte(paper)), false)
	h.must(err)
	if p.Number != "31" || p.Edition != "Rév. Porto, 2021" || p.Place != "Porto" || p.Year != 2021 || p.Slug != "harbour-31" ||
		p.Title != "Quiet hours in harbours" || p.Clauses == 0 || len(p.Names) != p.Clauses {
		t.Errorf("preview %+v", p)
	}
	_, err = h.Import(ctx, h.lind, drafting.ImportRequest{FileName: "res31.txt", File: []byte(paper), Place: p.Place, Year: p.Year})
	h.must(err)
	v, err := h.Read(ctx, h.observer, "harbour-31", "adopted/porto-2021", "")
	h.must(err)
	if v.Version.Label != "Rév. Porto, 2021" || v.Base.Exists() {
		t.Errorf("read %+v against %+v", v.Version, v.Base)
	}
	for name, row := range map[string]struct {
		request drafting.ImportRequest
		want    string
	}{
		"taken":         {drafting.ImportRequest{Slug: "harbour-31", FileName: "a.txt", File: []byte(paper)}, "already"},
		"no text":       {drafting.ImportRequest{FileName: "a.md"}, "holds no words"},
		"other file":    {drafting.ImportRequest{FileName: "a.exe", File: []byte("x")}, "cannot be read"},
		"not UTF-8":     {drafting.ImportRequest{FileName: "a.md", File: []byte("# A\n\n\xff")}, "line 3, column 1"},
		"bad address":   {drafting.ImportRequest{Slug: "A B", FileName: "a.txt", File: []byte(paper)}, "cannot be an address"},
		"year alone":    {drafting.ImportRequest{Year: 2021, FileName: "a.txt", File: []byte(paper)}, "both the place and the year"},
		"path for name": {drafting.ImportRequest{FileName: "../../etc/passwd", File: []byte(paper)}, "passwd cannot be read"},
	} {
		_, err := h.Import(ctx, h.lind, row.request)
		t.Run(name, func(*testing.T) { h.refused(err, row.want) })
	}
}

// TestAListOfVersionsWaitsForNobody: who lists the versions or looks at the map gets drafts as they were saved; who
// names a draft gets what is written in it.
func TestAListOfVersionsWaitsForNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.propose(h.carter, "")
	e := h.edit(h.carter, p.Draft)
	e.replace("every hour", "every half hour")
	saved := func() repo.Hash {
		t.Helper()
		versions, err := h.Versions(t.Context(), h.carter, slug)
		h.must(err)
		for _, v := range versions {
			if v.Key == p.Draft.Draft() {
				return v.Commit
			}
		}
		t.Fatal("the own draft is not listed")
		return ""
	}
	_, err := h.ConflictMap(t.Context(), h.carter, slug)
	h.must(err)
	if saved() != p.Base {
		t.Error("a list saved the draft")
	}
	waits, err := h.Hub().Unsaved(t.Context())
	h.must(err)
	if c := h.Hub().Counts(); c.Edits != 1 || c.Commits != 0 || c.Failed != 0 || waits != 1 {
		t.Errorf("counted while it waits: %+v, %d drafts unsaved", c, waits)
	}
	if text := h.read(h.carter, p.Draft.Draft()); !strings.Contains(text, "every half hour") {
		t.Errorf("the draft that is named lacks what is written: %s", text)
	}
	if saved() == p.Base {
		t.Error("the saved draft is not listed")
	}
	waits, err = h.Hub().Unsaved(t.Context())
	h.must(err)
	if c := h.Hub().Counts(); c.Edits != 1 || c.Commits != 1 || waits != 0 {
		t.Errorf("counted when it is saved: %+v, %d drafts unsaved", c, waits)
	}
	e.close()
}
