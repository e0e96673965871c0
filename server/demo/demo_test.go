package demo

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/repo/resolution"
	"plenary/server/auth"
	"plenary/server/drafting"
	"plenary/server/store"
)

// newHouse opens a server's inside over files in dir.
func newHouse(t *testing.T, dir string) *house {
	t.Helper()
	records, err := store.Open(t.Context(), filepath.Join(dir, "records.db"))
	must(t, err)
	journal, err := store.OpenJournal(t.Context(), filepath.Join(dir, "journal.db"))
	must(t, err)
	archive, err := repo.Open(t.Context(), filepath.Join(dir, "texts"), repo.Options{})
	must(t, err)
	service := drafting.New(drafting.Options{Archive: archive, Records: records, Journal: journal})
	t.Cleanup(func() {
		must(t, errors.Join(service.Close(context.WithoutCancel(t.Context())), archive.Close(), journal.Close(), records.Close()))
	})
	return &house{service: service, door: auth.New(records, records, records, time.Now)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSeed(t *testing.T) {
	h := newHouse(t, t.TempDir())
	people, err := Seed(t.Context(), h.service, h.door, time.Now())
	must(t, err)
	roles := map[drafting.Role]int{}
	for _, p := range people {
		_, a, err := h.door.SignIn(t.Context(), p.Login, p.Password)
		if err != nil {
			t.Errorf("%s cannot sign in: %v", p.Login, err)
		}
		if a.Role != p.Role || a.Circle != p.Circle || a.Name != p.Name {
			t.Errorf("%s signs in as %+v, announced as %+v", p.Login, a, p)
		}
		roles[a.Role]++
	}
	for _, role := range []drafting.Role{drafting.RoleChair, drafting.RoleSecretariat, drafting.RoleObserver} {
		if roles[role] == 0 {
			t.Errorf("nobody is %s", role)
		}
	}
	t.Run("submitted", func(t *testing.T) { testSubmitted(t, h) })
	t.Run("unsubmitted", func(t *testing.T) { testUnsubmitted(t, h) })
	t.Run("again", func(t *testing.T) {
		again, err := Seed(t.Context(), h.service, h.door, time.Now())
		must(t, err)
		if len(again) != len(people) {
			t.Errorf("told of %d people, then of %d", len(people), len(again))
		}
		list, err := h.service.List(t.Context(), drafting.Actor{})
		must(t, err)
		if len(list) != len(resolutions) {
			t.Errorf("%d resolutions after the second time", len(list))
		}
	})
}

// testSubmitted checks that everybody may read what was submitted, word for word.
func testSubmitted(t *testing.T, h *house) {
	for _, w := range writings {
		if !w.submit || w.file == "wtda-11.eur-18a3-1.first.md" {
			continue
		}
		view, err := h.service.Resolution(t.Context(), drafting.Actor{}, w.slug)
		must(t, err)
		found := false
		for _, p := range view.Proposals {
			if string(p.Number) != w.number {
				continue
			}
			found = true
			reading, err := h.service.Read(t.Context(), drafting.Actor{}, w.slug, p.Draft.Proposal(), "")
			must(t, err)
			want, err := texts.ReadFile("texts/" + w.file)
			must(t, err)
			if got := resolution.Format(reading.Text); string(got) != string(want) {
				t.Errorf("%s says\n%s\nwant\n%s", w.number, got, want)
			}
			if p.Clauses == 0 || p.Status != drafting.StatusSubmitted {
				t.Errorf("%s: %d clauses changed, status %s", w.number, p.Clauses, p.Status)
			}
		}
		if !found {
			t.Errorf("%s is not among the proposals on %s", w.number, w.slug)
		}
	}
}

// testUnsubmitted checks that the draft is there for its delegation and for nobody else.
func testUnsubmitted(t *testing.T, h *house) {
	drafts := func(a drafting.Actor) (n int) {
		view, err := h.service.Resolution(t.Context(), a, "wtda-23")
		must(t, err)
		for _, p := range view.Proposals {
			if p.Status == drafting.StatusDraft {
				n++
			}
		}
		return n
	}
	for login, want := range map[string]int{"moreau": 1, "novak": 1, "okafor": 0, "silva": 0, secretary: 0, "berg": 0} {
		must(t, h.as(t.Context(), login, func(a drafting.Actor) error {
			if got := drafts(a); got != want {
				t.Errorf("%s sees %d drafts, want %d", login, got, want)
			}
			return nil
		}))
	}
	if got := drafts(drafting.Actor{}); got != 0 {
		t.Errorf("somebody signed out sees %d drafts", got)
	}
}

// TestProposalsMeet checks that the demonstration shows what merging is about.
func TestProposalsMeet(t *testing.T) {
	read := func(name string) resolution.Text {
		file, err := texts.ReadFile("texts/" + name)
		must(t, err)
		text, _, err := resolution.Parse(file)
		must(t, err)
		return text
	}
	var proposals []merge.Proposal
	for _, name := range []string{"afr-14a2-1", "arb-21a1-1", "eur-18a3-1"} {
		proposals = append(proposals, merge.Proposal{Name: name, Text: read("wtda-11." + name + ".md")})
	}
	result := merge.Merge(read("wtda-11.md"), proposals...)
	got := map[merge.Kind][]string{}
	for _, d := range result.Decisions {
		got[d.Kind] = append(got[d.Kind], d.Clause.Spoken)
	}
	for kind, clause := range map[merge.Kind]string{
		merge.Agreement: "resolves 1", merge.Combined: "resolves 2", merge.Conflict: "resolves 3",
	} {
		if len(got[kind]) == 0 || got[kind][0] != clause {
			t.Errorf("%s: got %q, want it at %q", kind, got[kind], clause)
		}
	}
	if len(got[merge.Conflict]) != 1 {
		t.Errorf("conflicts at %q, want one", got[merge.Conflict])
	}
}

func TestSeedRefusesAnotherAssembly(t *testing.T) {
	h := newHouse(t, t.TempDir())
	must(t, h.service.SetAssembly(t.Context(), drafting.Operator(), drafting.Assembly{Code: "OTHER", Name: "Another", Meeting: "O-1"}))
	if _, err := Seed(t.Context(), h.service, h.door, time.Now()); !errors.Is(err, errOccupied) {
		t.Errorf("got %v, want a refusal", err)
	}
	must(t, h.service.SetAssembly(t.Context(), drafting.Operator(), drafting.Assembly{Code: assemblyCode, Name: "Half", Meeting: "made"}))
	if _, err := Seed(t.Context(), h.service, h.door, time.Now()); !errors.Is(err, errOccupied) {
		t.Errorf("over half a demonstration: got %v, want a refusal", err)
	}
}
