package drafting_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"plenary/repo"
	"plenary/repo/docx"
	"plenary/repo/resolution"
	"plenary/server/drafting"
)

// contribution is a Word file with the changes from one text to another, as USA/48A5/1.
func (h *house) contribution(base, revised string) []byte {
	h.t.Helper()
	texts := [2]resolution.Text{}
	for i, file := range []string{base, revised} {
		var err error
		texts[i], _, err = resolution.Parse([]byte(file))
		h.must(err)
	}
	file, err := docx.Export(texts[0], texts[1], docx.Options{
		Author: "Carter", Number: "USA/48A5/1", Instruction: "MOD", Source: "United States", Note: []byte("Fog is why.\n"),
	})
	h.must(err)
	return file
}

// sent is a file that somebody sent.
func (h *house) sent(a drafting.Actor, to repo.Slug, name string, file []byte) drafting.ReceivedID {
	h.t.Helper()
	id, err := h.Receive(h.t.Context(), a, to, name, file)
	h.must(err)
	return id
}

func TestAContributionBecomesADraftWithItsNote(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	revised := strings.Replace(adopted, "every hour", "every half hour", 1)
	file := h.contribution(adopted, revised)
	sent := h.sent(h.carter, slug, "usa.docx", file)
	b, err := h.PreviewContribution(ctx, h.carter, slug, sent, nil)
	h.must(err)
	if len(b.Proposals) != 1 || b.Source != "United States" || !strings.Contains(string(b.Cover), "Fog is why.") {
		t.Fatalf("understood as %+v", b)
	}
	p := b.Proposals[0]
	if p.Number != "USA/48A5/1" || !p.Tracked || len(p.Differs) != 0 || p.Carried != nil || string(p.Whole) != revised {
		t.Fatalf("understood as %+v", p)
	}
	if v, err := h.Resolution(ctx, h.carter, slug); err != nil || len(v.Proposals) != 0 {
		t.Fatalf("looking began %d proposals, %v", len(v.Proposals), err)
	}
	begun, err := h.Bring(ctx, h.carter, slug, drafting.BringRequest{Received: sent, Number: p.Number, Note: b.Cover})
	h.must(err)
	if begun.Draft.Name != "48a5-1" || begun.Status != drafting.StatusDraft || h.read(h.carter, begun.Draft.Draft()) != revised {
		t.Errorf("begun as %+v", begun)
	}
	if _, back := h.word(h.reed, begun.Draft.Draft(), "main"); !strings.Contains(string(back.Cover), "Fog is why.") {
		t.Error("the covering note is lost")
	}
	if _, err := h.Read(ctx, h.weber, slug, begun.Draft.Draft(), ""); !errors.Is(err, drafting.ErrNotFound) {
		t.Errorf("others read the draft: %v", err)
	}
	h.write(h.carter, begun.Draft, "two keepers", "three keepers") // it is written on like any other
	_, err = h.Submit(ctx, h.carter, slug, begun.Draft)
	h.must(err)
	if got := h.read(h.observer, begun.Draft.Proposal()); !strings.Contains(got, "half hour") || !strings.Contains(got, "three keepers") {
		t.Errorf("submitted:\n%s", got)
	}
	_, err = h.Bring(ctx, h.carter, slug, drafting.BringRequest{Received: sent, Number: p.Number})
	h.refused(err, "A draft was begun with this already: drafts/usa/48a5-1.")
	_, err = h.Bring(ctx, h.carter, slug, drafting.BringRequest{Received: h.sent(h.carter, slug, "usa.docx", file), Number: p.Number})
	h.refused(err, "has a proposal on harbour-12 already")
}

// TestTwoPeopleDecideAtTheSameMoment begins one part of a file many times at once, and imports one file so.
func TestTwoPeopleDecideAtTheSameMoment(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	file := h.contribution(adopted, strings.Replace(adopted, "every hour", "every half hour", 1))
	brought, imported := h.sent(h.carter, slug, "usa.docx", file), h.sent(h.lind, "", "usa.docx", file)
	for what, try := range map[string]func(i int) error{
		"A draft was begun with this already: drafts/usa/": func(int) error {
			_, err := h.Bring(t.Context(), h.carter, slug, drafting.BringRequest{Received: brought})
			return err
		},
		"usa.docx was imported already, as twice-": func(i int) error {
			_, err := h.Import(t.Context(), h.lind, drafting.ImportRequest{Slug: repo.Slug(fmt.Sprintf("twice-%d", i)), Received: imported})
			return err
		},
	} {
		errs := make([]error, 4)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { errs[i] = try(i) })
		}
		all.Wait()
		done := 0
		for _, err := range errs {
			if err == nil {
				done++
				continue
			}
			h.refused(err, what)
		}
		if done != 1 {
			t.Errorf("%s: %d of %d were let through", what, done, len(errs))
		}
	}
}

// TestWhatWaits is bounded in size for each delegation, and pointed out when it has waited long.
func TestWhatWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.SetWaiting(drafting.Waiting{Megabytes: 1})
	half := strings.Replace(adopted, "every hour", "every hour"+strings.Repeat(", and again", 50_000), 1)
	first := h.sent(h.carter, slug, "first.md", []byte(half))
	_, err := h.Receive(ctx, h.carter, slug, "second.md", []byte(half))
	h.refused(err, "may have 1 MB together, and with second.md there would be more")
	h.sent(h.weber, slug, "second.md", []byte(half)) // of another delegation
	h.clock.Add(89 * 24 * 3600)
	long := func() bool {
		rows, err := h.ReceivedList(ctx, h.carter, slug)
		h.must(err)
		return len(rows) == 1 && rows[0].Long
	}
	if long() {
		t.Error("pointed out before its time")
	}
	h.clock.Add(2 * 24 * 3600)
	if !long() {
		t.Error("a file that has waited long is not pointed out")
	}
	if _, known, err := h.OriginalOf(ctx, h.carter, slug, repo.DraftName{Circle: "usa", Name: "draft-1"}); known || err != nil {
		t.Errorf("an original of what was never begun: %v", err)
	}
	begun, err := h.Bring(ctx, h.carter, slug, drafting.BringRequest{Received: first})
	h.must(err)
	if f, known, err := h.OriginalOf(ctx, h.carter, slug, begun.Draft); err != nil || !known || f.ID != first {
		t.Errorf("the original of %s: %+v, %v", begun.Draft, f, err)
	}
	for _, a := range []drafting.Actor{h.weber, h.observer, h.lind} {
		if _, known, err := h.OriginalOf(ctx, a, slug, begun.Draft); known || err != nil {
			t.Errorf("%s knows the original: %v", a.Name, err)
		}
	}
	if long() {
		t.Error("what was decided is pointed out")
	}
	h.sent(h.carter, slug, "third.md", []byte(half))
}

// TestAContributionOnAnotherBase was written on a text that is not the one that stands.
func TestAContributionOnAnotherBase(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	base := strings.Replace(adopted, "one ferry in nine", "one ferry in ten", 1)
	file := h.contribution(base, strings.Replace(base, "every hour", "every half hour", 1))
	sent := h.sent(h.carter, slug, "usa.docx", file)
	b, err := h.PreviewContribution(t.Context(), h.carter, slug, sent, nil)
	h.must(err)
	p := b.Proposals[0]
	if len(p.Differs) != 1 || p.Open != 0 {
		t.Fatalf("%d clauses differ, %d are open", len(p.Differs), p.Open)
	}
	if want := strings.Replace(adopted, "every hour", "every half hour", 1); string(p.Carried) != want {
		t.Errorf("carried:\n%s", p.Carried)
	}
	if !strings.Contains(string(p.Whole), "one ferry in ten") {
		t.Error("the whole text is not the file's")
	}
	for take, want := range map[drafting.Taking]string{drafting.TakeChanges: string(p.Carried), drafting.TakeWhole: string(p.Whole), drafting.TakeBase: base} {
		begun, err := h.Bring(t.Context(), h.carter, slug, drafting.BringRequest{Received: h.sent(h.carter, slug, "usa.docx", file), Take: take})
		h.must(err)
		if got := h.read(h.carter, begun.Draft.Draft()); got != want {
			t.Errorf("begun with %s:\n%s", take, got)
		}
	}
}

func TestWhatCannotBeBrought(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	good := h.contribution(adopted, strings.Replace(adopted, "every hour", "every half hour", 1))
	for name, file := range map[string][]byte{"cut.docx": good[:len(good)/2], "words.docx": []byte("words"), "old.doc": []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")} {
		_, err := h.Receive(ctx, h.carter, slug, name, file)
		h.refused(err, name+" cannot be read: ")
		_, err = h.Receive(ctx, h.lind, "", name, file)
		h.refused(err, name+" cannot be read: ")
	}
	sent := h.sent(h.carter, slug, "usa.docx", good)
	for _, a := range []drafting.Actor{h.observer, h.chair} {
		if _, err := h.Receive(ctx, a, slug, "usa.docx", good); !errors.Is(err, drafting.ErrForbidden) {
			t.Errorf("%s sends: %v", a.Name, err)
		}
		if _, err := h.Bring(ctx, a, slug, drafting.BringRequest{Received: sent}); !errors.Is(err, drafting.ErrForbidden) {
			t.Errorf("%s brings: %v", a.Name, err)
		}
	}
	same := h.sent(h.carter, slug, "same.md", []byte(adopted))
	_, err := h.Bring(ctx, h.carter, slug, drafting.BringRequest{Received: same})
	h.refused(err, "no change to bring")
	_, err = h.Bring(ctx, h.carter, slug, drafting.BringRequest{Received: sent, Take: drafting.TakeBase})
	h.refused(err, "nothing to bring")
	_, err = h.Bring(ctx, h.carter, slug, drafting.BringRequest{Received: sent, Number: "EUR/1"})
	h.refused(err, "begins with USA/")
	_, err = h.Bring(ctx, h.carter, slug, drafting.BringRequest{Received: sent, Note: []byte("\xff")})
	h.refused(err, "covering note cannot be kept")
	_, err = h.Bring(ctx, h.carter, slug, drafting.BringRequest{Received: sent, Part: 1})
	h.refused(err, "no such proposal")
	if v, err := h.Resolution(ctx, h.carter, slug); err != nil || len(v.Proposals) != 0 {
		t.Fatalf("refusals began %d proposals, %v", len(v.Proposals), err)
	}
	adoptedText := h.sent(h.lind, "", "usa.docx", good)
	for take, words := range map[bool]string{true: "every half hour", false: "every hour"} {
		got, err := h.PreviewImport(ctx, h.lind, adoptedText, take)
		h.must(err)
		if !got.Tracked || !strings.Contains(string(resolution.Format(got.Text)), words) {
			t.Errorf("changes taken %v: %+v", take, got.Text)
		}
	}
	if _, err := h.PreviewImport(ctx, h.carter, adoptedText, true); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("a delegate reads for import: %v", err)
	}
}

// TestTextAndProposalOfOneFile imports the text of a file and makes its changes a delegation's draft, in one step.
func TestTextAndProposalOfOneFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	revised := strings.Replace(adopted, "every hour", "every half hour", 1)
	sent := h.sent(h.lind, "", "usa.docx", h.contribution(adopted, revised))
	preview, err := h.PreviewImport(ctx, h.lind, sent, false)
	h.must(err)
	if preview.Document != "USA/48A5/1" || len(preview.Changes) == 0 {
		t.Fatalf("understood as %+v", preview)
	}
	for what, q := range map[string]drafting.ImportRequest{
		"There is no delegation nowhere":        {For: "nowhere"},
		"There is no delegation secretariat":    {For: drafting.SecretariatCircle},
		"begins with USA/":                      {For: "usa", Document: "EUR/1"},
		"Changes that are taken into the text":  {For: "usa", Take: true},
		"holds no tracked changes, which could": {For: "usa", FileName: "plain.md", File: []byte(adopted)},
	} {
		q.Slug = "both"
		if q.File == nil {
			q.Received = sent
		}
		_, err := h.Import(ctx, h.lind, q)
		h.refused(err, what)
		if _, err := h.Resolution(ctx, h.lind, "both"); !errors.Is(err, drafting.ErrNotFound) {
			t.Fatalf("refused with %q, and half was done: %v", what, err)
		}
	}
	about, err := h.Import(ctx, h.lind, drafting.ImportRequest{Slug: "both", Received: sent, For: "usa", Document: preview.Document})
	h.must(err)
	draft := repo.DraftName{Circle: "usa", Name: "48a5-1"}
	was, err := h.Read(ctx, h.observer, about.Slug, "main", "")
	h.must(err)
	is, err := h.Read(ctx, h.carter, about.Slug, draft.Draft(), "")
	h.must(err)
	if string(resolution.Format(was.Text)) != adopted || string(resolution.Format(is.Text)) != revised {
		t.Errorf("the text is\n%s\nthe draft\n%s", resolution.Format(was.Text), resolution.Format(is.Text))
	}
	f, known, err := h.OriginalOf(ctx, h.carter, about.Slug, draft)
	h.must(err)
	if _, content, err := h.Original(ctx, h.carter, about.Slug, f.ID); err != nil || !known || len(content) == 0 {
		t.Errorf("the delegation's original: %v, %d bytes, %v", known, len(content), err)
	}
	for _, a := range []drafting.Actor{h.weber, h.lind, h.observer} {
		if _, err := h.Read(ctx, a, about.Slug, draft.Draft(), ""); !errors.Is(err, drafting.ErrNotFound) {
			t.Errorf("%s reads the draft: %v", a.Name, err)
		}
	}
}

// TestARealContribution imports the base of a real Word file as the secretariat does, and brings the same file.
func TestARealContribution(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "docx", "usa-48a5-1.docx"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the real contribution is not there")
	}
	h := newHouse(t)
	ctx := t.Context()
	about, err := h.Import(ctx, h.lind, drafting.ImportRequest{Slug: "real-7", Received: h.sent(h.lind, "", "usa.docx", file)})
	h.must(err)
	sent := h.sent(h.carter, about.Slug, "usa.docx", file)
	b, err := h.PreviewContribution(ctx, h.carter, about.Slug, sent, nil)
	h.must(err)
	p := b.Proposals[0]
	if len(b.Proposals) != 1 || p.Number != "USA/48A5/1" || len(p.Differs) != 0 || p.Carried != nil || b.Comments != 1 {
		t.Fatalf("%d proposals, number %s, %d clauses differ, %d comments", len(b.Proposals), p.Number, len(p.Differs), b.Comments)
	}
	_, err = h.Bring(ctx, h.carter, about.Slug, drafting.BringRequest{Received: sent, Number: p.Number, Note: b.Cover})
	h.must(err)
	said, err := h.Comments(ctx, h.carter, about.Slug, "drafts/usa/48a5-1")
	h.must(err)
	if len(said.Threads) != 1 || said.Threads[0].Gone || !strings.Contains(said.Threads[0].Words, ", in the Word file: ") {
		t.Errorf("the comment of the file became %+v", said.Threads)
	}
	base, err := h.Read(ctx, h.lind, about.Slug, "main", "")
	h.must(err)
	again, err := h.Export(ctx, h.carter, about.Slug, drafting.ExportRequest{Version: "drafts/usa/48a5-1", Against: "main", Form: drafting.ExportWord})
	h.must(err)
	back, err := docx.Import(again.Content)
	h.must(err)
	if q := back.Proposals[0]; string(resolution.Format(q.Base)) != string(resolution.Format(base.Text)) || string(resolution.Format(q.Proposal)) != string(p.Whole) {
		t.Error("what is exported again is not the contribution")
	}
}
