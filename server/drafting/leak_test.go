package drafting_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"plenary/realtime"
	"plenary/repo"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

// everythingSeen dumps all that a person can see of the resolution.
func (h *house) everythingSeen(a drafting.Actor) string {
	h.t.Helper()
	ctx := h.t.Context()
	var b strings.Builder
	dump := func(v any, err error) { fmt.Fprintf(&b, "%#v %v\n", v, err) }
	list, err := h.List(ctx, a)
	for i := range list {
		if list[i].Last != nil {
			dump(*list[i].Last, nil)
			list[i].Last = nil
		}
	}
	dump(list, err)
	view, err := h.Resolution(ctx, a, slug)
	dump(view, err)
	versions, err := h.Versions(ctx, a, slug)
	dump(versions, err)
	reading, err := h.Read(ctx, a, slug, "", "")
	dump(reading, err)
	history, err := h.History(ctx, a, slug, "", "")
	dump(history, err)
	compilation, err := h.Compilation(ctx, a, slug)
	dump(compilation, err)
	circles, err := h.Circles(ctx)
	dump(circles, err)
	dump(h.BeforeFetch(ctx, drafting.GitRepository{Slug: slug}), nil)
	return b.String()
}

// A draft that others may not read changes nothing of what they see: no count, no activity, no version, no date.
func TestADraftIsInvisibleToOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.submitted(h.weber, "EUR/38A9/1", "every hour", "every ten minutes")
	others := map[string]drafting.Actor{
		"other delegation": h.haddad, "chair": h.chair, "secretariat": h.lind, "observer": h.observer, "nobody": h.nobody,
	}
	before := map[string]string{}
	for name, a := range others {
		before[name] = h.everythingSeen(a)
	}
	d := h.propose(h.carter, "USA/48A5/1").Draft
	e := h.edit(h.carter, d)
	defer e.close()
	e.replace("every hour", "every quarter hour")
	_, _, err := h.Hub().Flush(t.Context(), room(d))
	h.must(err)
	for name, a := range others {
		if after := h.everythingSeen(a); after != before[name] {
			t.Errorf("%s sees a difference:\n%s\n%s", name, before[name], after)
		}
	}
	if own := h.everythingSeen(h.reed); !strings.Contains(own, "48a5-1") {
		t.Error("the own delegation does not see its draft")
	}
}

// Asking for a hidden draft is answered as asking for one that does not exist.
func TestAHiddenDraftIsNotFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hidden := h.propose(h.carter, "USA/48A5/1").Draft
	h.write(h.carter, hidden, "every hour", "every quarter hour")
	desk, err := h.archive.Desk(t.Context(), slug, "usa")
	h.must(err)
	_, _, err = h.Hub().Flush(t.Context(), room(hidden))
	h.must(err)
	tip, err := desk.Tip(t.Context(), hidden.Draft())
	h.must(err)
	nothing := repo.DraftName{Circle: "usa", Name: "99z9-9"}
	noCommit := repo.Hash(strings.Repeat("ab", 20))

	questions := map[string]func(a drafting.Actor, d repo.DraftName, commit repo.Hash) error{
		"read draft": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			_, err := h.Read(t.Context(), a, slug, d.Draft(), "")
			return err
		},
		"read proposal": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			_, err := h.Read(t.Context(), a, slug, d.Proposal(), "")
			return err
		},
		"read submission": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			_, err := h.Read(t.Context(), a, slug, d.Submitted(1), "")
			return err
		},
		"read commit": func(a drafting.Actor, _ repo.DraftName, commit repo.Hash) error {
			_, err := h.Read(t.Context(), a, slug, string(commit), "")
			return err
		},
		"compare with commit": func(a drafting.Actor, _ repo.DraftName, commit repo.Hash) error {
			_, err := h.Compare(t.Context(), a, slug, "main", string(commit))
			return err
		},
		"compare with draft": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			_, err := h.Compare(t.Context(), a, slug, d.Draft(), "main")
			return err
		},
		"history of draft": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			_, err := h.History(t.Context(), a, slug, d.Draft(), "")
			return err
		},
		"history after commit": func(a drafting.Actor, _ repo.DraftName, commit repo.Hash) error {
			_, err := h.History(t.Context(), a, slug, "main", commit)
			return err
		},
		"proposal": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			_, err := h.Proposal(t.Context(), a, slug, d)
			return err
		},
		"submit": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			_, err := h.Submit(t.Context(), a, slug, d)
			return err
		},
		"withdraw": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			return h.Withdraw(t.Context(), a, slug, d, "reason")
		},
		"number": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			return h.SetNumber(t.Context(), a, slug, d, "USA/1/1")
		},
		"room": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			_, _, err := h.Room(t.Context(), a, slug, d.Draft())
			return err
		},
		"merge": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			_, err := h.StartMerging(t.Context(), a, slug, []repo.DraftName{d})
			return err
		},
		"fetch": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			return h.MayFetch(t.Context(), a, drafting.GitRepository{Slug: slug, Circle: d.Circle})
		},
		"push": func(a drafting.Actor, d repo.DraftName, _ repo.Hash) error {
			_, err := h.CheckPush(t.Context(), a, drafting.GitRepository{Slug: slug, Circle: d.Circle},
				[]repo.RefUpdate{{Ref: "refs/heads/" + d.Draft(), New: noCommit}})
			return err
		},
	}
	for _, a := range []drafting.Actor{h.haddad, h.chair, h.lind, h.observer} {
		for name, ask := range questions {
			got, want := ask(a, hidden, tip), ask(a, nothing, noCommit)
			if !errors.Is(got, drafting.ErrNotFound) && !errors.Is(got, drafting.ErrForbidden) || errors.Is(got, drafting.ErrSignedOut) {
				t.Errorf("%s by %s: %v", name, a.Name, got)
				continue
			}
			same := strings.NewReplacer(hidden.String(), "D", nothing.String(), "D", string(tip), "C", string(noCommit), "C")
			if g, w := same.Replace(got.Error()), same.Replace(want.Error()); g != w {
				t.Errorf("%s by %s: a hidden draft is told from none:\n%s\n%s", name, a.Name, g, w)
			}
		}
	}
	for name, ask := range questions {
		if err := ask(h.nobody, hidden, tip); !errors.Is(err, drafting.ErrSignedOut) {
			t.Errorf("%s by nobody: %v", name, err)
		}
	}
}

// A document number is no way to find out what others draft.
func TestNumbersTellNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.propose(h.carter, "USA/48A5/1")
	_, err := h.Propose(t.Context(), h.weber, slug, "USA/48A5/1")
	h.refused(err, "begins with EUR/")
	_, err = h.Propose(t.Context(), h.reed, slug, "USA/48A5/1")
	h.refused(err, "already")

	// The secretariat issues the number to another proposal of the delegation; the draft goes without.
	other := h.submitted(h.reed, "", "every hour", "every day")
	h.must(h.SetNumber(t.Context(), h.lind, slug, other, "USA/48A5/1"))
	view, err := h.Proposal(t.Context(), h.carter, slug, repo.DraftName{Circle: "usa", Name: "48a5-1"})
	h.must(err)
	if view.Label != "USA 48a5-1" {
		t.Errorf("the draft is called %q", view.Label)
	}
	if page, err := h.Proposal(t.Context(), h.observer, slug, other); err != nil || page.Label != "USA/48A5/1" {
		t.Errorf("the proposal is called %q, %v", page.Label, err)
	}
}

// What is told of a merge is for those who merge.
func TestMergesAreForThoseWhoMerge(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.submitted(h.carter, "", "every hour", "every day")
	for _, a := range []drafting.Actor{h.carter, h.observer} {
		if _, err := h.StartMerging(t.Context(), a, slug, []repo.DraftName{d}); !errors.Is(err, drafting.ErrForbidden) {
			t.Errorf("%s begins a merge: %v", a.Name, err)
		}
	}
	m, err := h.StartMerging(t.Context(), h.chair, slug, []repo.DraftName{d})
	h.must(err)
	for _, a := range []drafting.Actor{h.carter, h.weber, h.observer, h.nobody} {
		want := drafting.ErrForbidden
		if a.Anonymous() {
			want = drafting.ErrSignedOut
		}
		for _, id := range []drafting.MergeID{m.ID, 999} {
			_, seen := h.MergingView(t.Context(), a, id)
			_, finished := h.Finish(t.Context(), a, id, "")
			for name, err := range map[string]error{
				"see": seen, "finish": finished, "abandon": h.Abandon(t.Context(), a, id),
				"decide": h.Decide(t.Context(), a, id, "k", merge.Settlement{}), "take back": h.TakeBack(t.Context(), a, id, "k"),
			} {
				if !errors.Is(err, want) {
					t.Errorf("%s of %d by %s: %v", name, id, a.Name, err)
				}
			}
		}
		if !a.Anonymous() {
			view, err := h.Resolution(t.Context(), a, slug)
			h.must(err)
			if len(view.Mergings) != 0 {
				t.Errorf("%s sees an open merge", a.Name)
			}
		}
	}
	for _, a := range []drafting.Actor{h.carter, h.weber, h.chair, h.observer} {
		if _, err := h.Import(t.Context(), a, drafting.ImportRequest{}); !errors.Is(err, drafting.ErrForbidden) {
			t.Errorf("%s imports: %v", a.Name, err)
		}
		if err := h.SetNumber(t.Context(), a, slug, d, "USA/1"); !errors.Is(err, drafting.ErrForbidden) {
			t.Errorf("%s numbers: %v", a.Name, err)
		}
		if _, err := h.People(t.Context(), a); !errors.Is(err, drafting.ErrForbidden) {
			t.Errorf("%s lists people: %v", a.Name, err)
		}
	}
}

// room is the live room of a draft.
func room(d repo.DraftName) realtime.RoomName {
	return realtime.RoomName(string(slug) + ":" + d.Draft())
}
