package drafting_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/server/drafting"
)

// comment says something about the clause, on a text.
func (h *house) comment(a drafting.Actor, text string, n drafting.NewComment) drafting.CommentID {
	h.t.Helper()
	n.Text = text
	if n.Words == "" {
		n.Words = "What does this mean?"
	}
	id, err := h.AddComment(h.t.Context(), a, slug, n)
	h.must(err)
	return id
}

// threads gives what the actor hears about a text.
func (h *house) threads(a drafting.Actor, text string) []drafting.Thread {
	h.t.Helper()
	view, err := h.Comments(h.t.Context(), a, slug, text)
	h.must(err)
	return view.Threads
}

func TestCommentsAreHeardByTheirAudience(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	usa := h.submitted(h.carter, "USA/1/1", "fog delays", "thick fog delays")
	text := usa.Proposal()
	for _, audience := range []drafting.Audience{drafting.AudienceOwn, drafting.AudienceGroup, drafting.AudienceAll} {
		h.comment(h.carter, text, drafting.NewComment{Clause: "considering-a", Audience: audience, Words: string(audience)})
	}
	for _, c := range []struct {
		a    drafting.Actor
		want string
	}{
		{h.carter, "own group all"},
		{h.reed, "own group all"},
		{h.chair, "group all"},
		{h.lind, "group all"},
		{h.weber, "all"},
		{h.haddad, "all"},
		{h.observer, "all"},
	} {
		var heard []string
		for _, thread := range h.threads(c.a, text) {
			heard = append(heard, thread.Words)
		}
		if got := strings.Join(heard, " "); got != c.want {
			t.Errorf("%s hears %q, want %q", c.a.Login, got, c.want)
		}
	}
	// Having submitted, Europe is in the drafting group.
	h.submitted(h.weber, "EUR/1/1", "two keepers", "three keepers")
	if got := h.threads(h.weber, text); len(got) != 2 {
		t.Errorf("Europe hears %d comments, want those of the group", len(got))
	}
	own := h.threads(h.carter, text)[0].ID
	if _, err := h.AddComment(t.Context(), h.weber, slug, drafting.NewComment{Thread: own, Words: "I read this"}); !errors.Is(err, drafting.ErrNotFound) {
		t.Errorf("answering what one may not hear: %v", err)
	}
	if err := h.ResolveComment(t.Context(), h.weber, slug, own, true); !errors.Is(err, drafting.ErrNotFound) {
		t.Errorf("resolving what one may not hear: %v", err)
	}
	if _, err := h.AddComment(t.Context(), h.observer, slug, drafting.NewComment{Text: text, Clause: "considering-a", Audience: drafting.AudienceAll, Words: "x"}); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("an observer comments: %v", err)
	}
}

func TestCommentsOnADraftStayWithItsCircle(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.propose(h.carter, "")
	h.comment(h.carter, p.Draft.Draft(), drafting.NewComment{Clause: "resolves-2", Audience: drafting.AudienceOwn})
	if got := h.threads(h.reed, p.Draft.Draft()); len(got) != 1 || got[0].Who.Name != "Ms Carter" || got[0].ClauseName != "resolves 2" {
		t.Errorf("the delegation hears %+v", got)
	}
	_, err := h.AddComment(t.Context(), h.carter, slug, drafting.NewComment{Text: p.Draft.Draft(), Clause: "resolves-2", Audience: drafting.AudienceAll, Words: "x"})
	h.refused(err, "stays with its delegation")
	for _, a := range []drafting.Actor{h.weber, h.chair, h.lind, h.observer} {
		if _, err := h.Comments(t.Context(), a, slug, p.Draft.Draft()); !errors.Is(err, drafting.ErrNotFound) {
			t.Errorf("%s asks for comments on another's draft: %v", a.Login, err)
		}
		view, err := h.Resolution(t.Context(), a, slug)
		h.must(err)
		for _, line := range view.Activity {
			if line.Verb == drafting.VerbCommented {
				t.Errorf("%s learns of a comment on another's draft", a.Login)
			}
		}
	}
}

func TestACommentMovesWithItsWords(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.propose(h.carter, "")
	e := h.edit(h.carter, p.Draft)
	at := strings.Index(e.doc.String(), "every hour") // ASCII up to here: bytes are units
	id := h.comment(h.reed, p.Draft.Draft(), drafting.NewComment{
		Clause: "resolves-2", Quote: "every hour", Audience: drafting.AudienceOwn, Version: int64(e.version), From: at, To: at + len("every hour"),
	})
	e.replace("1. to keep", "1. to make and to keep")
	found := func() drafting.Thread {
		t.Helper()
		for _, thread := range h.threads(h.carter, p.Draft.Draft()) {
			if thread.ID == id {
				return thread
			}
		}
		t.Fatal("the comment is gone")
		return drafting.Thread{}
	}
	if got := found(); got.Gone || got.From != at+len("make and to ") || got.To-got.From != len("every hour") {
		t.Errorf("after an insertion before it: %d to %d, gone %v; it was at %d", got.From, got.To, got.Gone, at)
	}
	e.replace(" every hour", "")
	if got := found(); !got.Gone || got.Quote != "every hour" || got.ClauseName != "resolves 2" {
		t.Errorf("after its words went: gone %v, quote %q at %q", got.Gone, got.Quote, got.ClauseName)
	}
	e.close()
	h.restart()
	if got := found(); !got.Gone || got.Quote != "every hour" {
		t.Errorf("after a restart: gone %v, quote %q", got.Gone, got.Quote)
	}
}

func TestAnsweringAndResolving(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	usa := h.submitted(h.carter, "USA/1/1", "fog delays", "thick fog delays")
	id := h.comment(h.weber, usa.Proposal(), drafting.NewComment{Quote: "thick fog", Audience: drafting.AudienceAll, Words: "How thick, @USA?"})
	h.comment(h.carter, "", drafting.NewComment{Thread: id, Words: "Very."})
	got := h.threads(h.reed, usa.Proposal())[0]
	if len(got.Answers) != 1 || got.Answers[0].Who.Circle != "USA" || !got.Mine || got.Gone || got.ClauseName != "considering a)" {
		t.Errorf("the thread is %+v", got)
	}
	h.must(h.ResolveComment(t.Context(), h.carter, slug, id, true))
	if got := h.threads(h.weber, usa.Proposal())[0]; got.Resolved.IsZero() || got.Closer.Name != "Ms Carter" {
		t.Errorf("resolved: %v by %v", got.Resolved, got.Closer)
	}
	h.must(h.ResolveComment(t.Context(), h.weber, slug, id, false))
	if got := h.threads(h.weber, usa.Proposal())[0]; !got.Resolved.IsZero() {
		t.Error("it is not open again")
	}
	for _, n := range []drafting.NewComment{
		{Text: "main", Clause: "resolves-9", Audience: drafting.AudienceAll, Words: "x"},
		{Text: "main", Clause: "resolves-1", Audience: drafting.AudienceAll, Words: "  "},
		{Text: "main", Clause: "resolves-1", Audience: "everybody", Words: "x"},
		{Text: "main", Clause: "resolves-1", Audience: drafting.AudienceAll, Words: strings.Repeat("x", 9000)},
	} {
		_, err := h.AddComment(t.Context(), h.weber, slug, n)
		if _, ok := errors.AsType[*drafting.Refusal](err); !ok {
			t.Errorf("%.40v: %v, want a refusal", n, err)
		}
	}
}

func TestStancesOfDelegations(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	usa := h.submitted(h.carter, "USA/1/1", "every hour", "every half hour")
	view, err := h.Compilation(t.Context(), h.weber, slug)
	h.must(err)
	block := blockKey(t, view, usa)
	h.must(h.TakeStance(t.Context(), h.weber, slug, block, true, ""))
	h.must(h.TakeStance(t.Context(), h.weber, slug, block, false, "Too often."))
	h.must(h.TakeStance(t.Context(), h.haddad, slug, block, true, ""))
	h.refused(h.TakeStance(t.Context(), h.reed, slug, block, false, ""), "own delegation's wording")
	if err := h.TakeStance(t.Context(), h.chair, slug, block, true, ""); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("the chair supports: %v", err)
	}
	stances, err := h.Stances(t.Context(), h.observer, slug)
	h.must(err)
	if got := stances[block]; len(got) != 2 || got[0].Circle != "eur" || got[0].Supports || got[0].Reason != "Too often." || !got[1].Supports {
		t.Errorf("stances are %+v", got)
	}
	h.must(h.DropStance(t.Context(), h.weber, slug, block))
	h.must(h.DropStance(t.Context(), h.weber, slug, block))
	h.merged(usa)
	h.refused(h.TakeStance(t.Context(), h.weber, slug, block, true, ""), "not in the compilation any more")
}

// blockKey gives the key of the one change of a proposal.
func blockKey(t *testing.T, view drafting.CompilationView, d repo.DraftName) string {
	t.Helper()
	blocks := drafting.BlocksOf(view.Text, view.Carried, d.String())
	if len(blocks) != 1 {
		t.Fatalf("%d blocks, want 1", len(blocks))
	}
	return blocks[0]
}

// What is new to somebody is what others have said since they read, thread by thread, and only what they may hear.
func TestUnreadComments(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	text := h.submitted(h.carter, "USA/1/1", "fog delays", "thick fog delays").Proposal()
	first := h.comment(h.carter, text, drafting.NewComment{Clause: "considering-a", Audience: drafting.AudienceAll})
	second := h.comment(h.carter, text, drafting.NewComment{Clause: "considering-a", Audience: drafting.AudienceAll})
	hidden := h.comment(h.carter, text, drafting.NewComment{Clause: "considering-a", Audience: drafting.AudienceOwn})
	unread := func(a drafting.Actor) string {
		t.Helper()
		var counts []string
		for _, thread := range h.threads(a, text) {
			counts = append(counts, strconv.Itoa(thread.New))
		}
		return strings.Join(counts, " ")
	}
	for who, want := range map[*drafting.Actor]string{&h.carter: "0 0 0", &h.reed: "1 1 1", &h.weber: "1 1"} {
		if got := unread(*who); got != want {
			t.Errorf("to %q %q are new, want %q", who.Login, got, want)
		}
	}
	h.must(h.ReadComments(t.Context(), h.weber, slug, text, first))
	h.comment(h.carter, "", drafting.NewComment{Thread: second, Words: "And this."})
	if got := unread(h.weber); got != "0 2" {
		t.Errorf("having read the first %q are new", got)
	}
	h.must(h.ReadComments(t.Context(), h.weber, slug, text, 0))
	h.comment(h.carter, "", drafting.NewComment{Thread: first, Words: "And that."})
	if got := unread(h.weber); got != "1 0" {
		t.Errorf("after an answer %q are new", got)
	}
	for _, a := range []drafting.Actor{h.weber, {}} {
		err := h.ReadComments(t.Context(), a, slug, text, hidden)
		if !errors.Is(err, drafting.ErrNotFound) && !errors.Is(err, drafting.ErrSignedOut) {
			t.Errorf("%q reads what is not for them: %v", a.Login, err)
		}
	}
}
