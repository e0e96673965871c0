package drafting_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/repo/docx"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// word exports a Word file and reads it back.
func (h *house) word(a drafting.Actor, version, against string) (drafting.ExportFile, docx.Contribution) {
	h.t.Helper()
	file, err := h.Export(h.t.Context(), a, slug, drafting.ExportRequest{Version: version, Against: against, Form: drafting.ExportWord})
	h.must(err)
	c, err := docx.Import(file.Content)
	h.must(err)
	if len(c.Proposals) != 1 {
		h.t.Fatalf("the file holds %d texts", len(c.Proposals))
	}
	return file, c
}

func authors(c docx.Contribution) []string {
	names := map[string]bool{}
	for _, a := range c.Authors {
		names[a.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func TestExportedWordFileReadsBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour", "two keepers", "three keepers")
	base, proposal := h.read(h.observer, "main"), h.read(h.observer, d.Proposal())

	file, c := h.word(h.observer, d.Proposal(), "adopted/lisbon-2019")
	if file.Name != "harbour-12-usa-48a5-1-against-lisbon-2019.docx" {
		t.Errorf("the file is called %s", file.Name)
	}
	got := c.Proposals[0]
	if string(resolution.Format(got.Base)) != base || string(resolution.Format(got.Proposal)) != proposal {
		t.Errorf("read back:\n%s\n%s", resolution.Format(got.Base), resolution.Format(got.Proposal))
	}
	if got.Number != "USA/48A5/1" || got.Instruction != "MOD" || c.Source != "United States" || !slices.Equal(authors(c), []string{"USA"}) {
		t.Errorf("read back %s %s from %q by %v", got.Instruction, got.Number, c.Source, authors(c))
	}
	if _, clean := h.word(h.observer, d.Proposal(), ""); clean.Proposals[0].Changed || string(resolution.Format(clean.Proposals[0].Proposal)) != proposal {
		t.Error("the clean file is not the proposal")
	}
}

func TestExportOfAMergedTextNamesItsProposals(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	eur := h.submitted(h.weber, "EUR/38A9/1", "two keepers", "three keepers")
	h.merged(usa, eur)
	file, c := h.word(h.observer, "main", "adopted/lisbon-2019")
	if file.Name != "harbour-12-revised-text-against-lisbon-2019.docx" || !slices.Equal(authors(c), []string{"EUR", "USA"}) {
		t.Errorf("%s by %v", file.Name, authors(c))
	}
}

func TestExportKeepsDraftsPrivate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.propose(h.carter, "").Draft
	h.write(h.carter, d, "every hour", "every half hour")
	h.word(h.reed, d.Draft(), "main")
	for _, a := range []drafting.Actor{h.weber, h.chair, h.lind, h.observer} {
		for _, q := range []drafting.ExportRequest{
			{Version: d.Draft(), Form: drafting.ExportWord},
			{Version: "main", Against: d.Draft(), Form: drafting.ExportWord},
			{Version: d.Proposal(), Form: drafting.ExportPaper},
			{Version: d.Draft(), Form: "odt"},
		} {
			if _, err := h.Export(t.Context(), a, slug, q); !errors.Is(err, drafting.ErrNotFound) {
				t.Errorf("%s exports %+v: %v", a.Name, q, err)
			}
		}
	}
	if _, err := h.Export(t.Context(), h.nobody, slug, drafting.ExportRequest{Form: drafting.ExportPaper}); !errors.Is(err, drafting.ErrSignedOut) {
		t.Errorf("nobody exports: %v", err)
	}
}

func TestExportForms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	for _, row := range []struct {
		form    drafting.ExportForm
		against string
		begins  string
		holds   string
	}{
		{drafting.ExportPaper, "", "RESOLUTION 12", "every half hour"},
		{drafting.ExportMarkdown, "", "# RESOLUTION 12", "every half hour"},
		{drafting.ExportPage, "", "<!doctype html>", "every half hour"},
		{drafting.ExportPage, "main", "<!doctype html>", "<ins"},
		{drafting.ExportAkomaNtoso, "", "<?xml", "every half hour"},
	} {
		file, err := h.Export(t.Context(), h.observer, slug, drafting.ExportRequest{Version: d.Proposal(), Against: row.against, Form: row.form})
		h.must(err)
		got := string(file.Content)
		if !strings.HasPrefix(strings.ToLower(got), strings.ToLower(row.begins)) || !strings.Contains(got, row.holds) || !strings.HasSuffix(file.Name, "."+string(row.form)) {
			t.Errorf("%s is %.400s", file.Name, got)
		}
	}
	for _, form := range []drafting.ExportForm{drafting.ExportPaper, drafting.ExportMarkdown, drafting.ExportAkomaNtoso} {
		_, err := h.Export(t.Context(), h.observer, slug, drafting.ExportRequest{Version: d.Proposal(), Against: "main", Form: form})
		h.refused(err, "holds one text and no changes")
	}
	_, err := h.Export(t.Context(), h.observer, slug, drafting.ExportRequest{Form: "odt"})
	h.refused(err, "choose docx, pdf, html")
}

// TestExportCarriesTheCoveringNote writes a note beside a draft, as a push does, and finds it in the Word file.
func TestExportCarriesTheCoveringNote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.propose(h.carter, "USA/48A5/1").Draft
	v, err := h.Read(t.Context(), h.carter, slug, d.Draft(), "")
	h.must(err)
	changed := strings.Replace(adopted, "every hour", "every half hour", 1)
	_, err = h.archive.Save(t.Context(), slug, d, repo.SaveRequest{
		Expect: v.Version.Commit, File: []byte(changed), Note: []byte("Fog is why.\n"),
		Signature: repo.Signature{Author: repo.Author{Name: "Ms Carter"}, When: h.now()}, Subject: "Say why",
	})
	h.must(err)
	if _, c := h.word(h.carter, d.Draft(), "main"); !strings.Contains(string(c.Cover), "Fog is why.") {
		t.Errorf("the covering note is %q", c.Cover)
	}
}

func TestACompilationAsAWordFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.Export(t.Context(), h.observer, slug, drafting.ExportRequest{Compilation: true, Form: drafting.ExportWord})
	h.refused(err, "nothing to compile")
	h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	h.submitted(h.weber, "EUR/38A9/1", "every hour", "every other hour", "two keepers", "three keepers")
	h.write(h.carter, h.propose(h.carter, "").Draft, "two keepers", "nobody") // a draft is no part of it
	file, err := h.Export(t.Context(), h.observer, slug, drafting.ExportRequest{Compilation: true, Form: drafting.ExportWord})
	h.must(err)
	c, err := docx.Import(file.Content)
	h.must(err)
	if got := string(resolution.Format(c.Proposals[0].Base)); got != adopted {
		t.Errorf("rejected:\n%s", got)
	}
	all := string(resolution.Format(c.Proposals[0].Proposal))
	for _, words := range []string{"half", "other", "three"} {
		if !strings.Contains(all, words) {
			t.Errorf("%q is lost in\n%s", words, all)
		}
	}
	if strings.Contains(all, "nobody") || !slices.Contains(authors(c), "EUR") || !slices.Contains(authors(c), "USA") || file.Name != "harbour-12-compilation.docx" {
		t.Errorf("%s by %v:\n%s", file.Name, authors(c), all)
	}
	_, err = h.Export(t.Context(), h.observer, slug, drafting.ExportRequest{Compilation: true, Form: drafting.ExportPaper})
	h.refused(err, "choose docx")
}

func TestCommentsLeaveWithAWordFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	d := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	say := func(a drafting.Actor, n drafting.NewComment) drafting.CommentID {
		id, err := h.AddComment(ctx, a, slug, n)
		h.must(err)
		return id
	}
	head := say(h.weber, drafting.NewComment{Text: d.Proposal(), Quote: "every half hour", Audience: drafting.AudienceAll, Words: "Why so often?"})
	say(h.carter, drafting.NewComment{Thread: head, Words: "Fog."})
	say(h.carter, drafting.NewComment{Text: d.Proposal(), Quote: "every half hour", Audience: drafting.AudienceOwn, Words: "Do not give in."})
	done := say(h.weber, drafting.NewComment{Text: d.Proposal(), Quote: "every half hour", Audience: drafting.AudienceAll, Words: "Settled."})
	h.must(h.ResolveComment(ctx, h.weber, slug, done, true))
	q := drafting.ExportRequest{Version: d.Proposal(), Against: "main", Form: drafting.ExportWord, Comments: true}
	for _, row := range []struct {
		who  drafting.Actor
		want []string
	}{{h.weber, []string{"Why so often?", "Fog."}}, {h.carter, []string{"Why so often?", "Fog.", "Do not give in."}}} {
		file, err := h.Export(ctx, row.who, slug, q)
		h.must(err)
		c, err := docx.Import(file.Content)
		h.must(err)
		var got []string
		for _, one := range c.Comments {
			got = append(got, one.Text)
			if one.Parent < 0 && one.Quote != "every half hour" {
				t.Errorf("%q is on %q", one.Text, one.Quote)
			}
		}
		if !slices.Equal(got, row.want) || !strings.HasSuffix(c.Comments[0].Author, " (EUR)") || c.Comments[1].Parent != 0 {
			t.Errorf("%s gets %+v", row.who.Name, c.Comments)
		}
	}
	q.Comments = false
	file, err := h.Export(ctx, h.carter, slug, q)
	h.must(err)
	if c, err := docx.Import(file.Content); err != nil || len(c.Comments) > 0 {
		t.Errorf("%d comments that nobody asked for, %v", len(c.Comments), err)
	}
}

func TestPagesForPaper(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	for _, q := range []drafting.ExportRequest{{Form: drafting.ExportPDF}, {Version: d.Proposal(), Against: "main", Form: drafting.ExportPDF}} {
		file, err := h.Export(t.Context(), h.observer, slug, q)
		h.must(err)
		if !strings.HasPrefix(string(file.Content), "%PDF-") || !strings.HasSuffix(file.Name, ".pdf") {
			t.Errorf("%s: %.20q", file.Name, file.Content)
		}
	}
	chinese := h.submitted(h.weber, "EUR/38A9/1", "two keepers", "two 守灯人")
	_, err := h.Export(t.Context(), h.observer, slug, drafting.ExportRequest{Version: chinese.Proposal(), Form: drafting.ExportPDF})
	h.refused(err, "No font here has the character “守”")
}
