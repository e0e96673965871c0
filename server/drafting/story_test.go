package drafting_test

import (
	"slices"
	"strings"
	"testing"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

// The main story: two delegations, one conflict, one revised text.
func TestStory(t *testing.T) {
	for _, how := range []struct {
		name string
		with func(merge.Decision) merge.Settlement
		want string
	}{
		{"a variant is taken", func(d merge.Decision) merge.Settlement {
			at := slices.IndexFunc(d.Variants, func(v merge.Variant) bool { return slices.Contains(v.Proposals, "eur/38a9-1") })
			return merge.Settlement{Choice: merge.Take, Variant: at}
		}, "to publish readings every ten minutes;"},
		{"square brackets", func(merge.Decision) merge.Settlement {
			return merge.Settlement{Choice: merge.Brackets}
		}, "{USA}"},
	} {
		t.Run(how.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			ctx := t.Context()

			usa := h.propose(h.carter, "USA/48A5/1").Draft
			if usa != (repo.DraftName{Circle: "usa", Name: "48a5-1"}) {
				t.Fatalf("draft %s", usa)
			}
			// Two people write at once in different clauses.
			carter, reed := h.edit(h.carter, usa), h.edit(h.reed, usa)
			carter.replace("every hour", "every half hour")
			reed.replace("two keepers", "three keepers")
			carter.replace("one ferry in nine", "one ferry in seven")
			carter.close()
			reed.close()
			sub, err := h.Submit(ctx, h.carter, slug, usa)
			h.must(err)
			if sub.N != 1 {
				t.Errorf("submission %d, want 1", sub.N)
			}
			eur := h.submitted(h.weber, "EUR/38A9/1",
				"one ferry in nine", "one ferry in seven", "every hour", "every ten minutes", "a list", "a public list")

			m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{eur, usa})
			h.must(err)
			view, err := h.MergingView(ctx, h.chair, m.ID)
			h.must(err)
			if view.Left != 1 {
				t.Fatalf("%d conflicts, want 1: %+v", view.Left, view.Result.Decisions)
			}
			_, err = h.Finish(ctx, h.chair, m.ID, "")
			h.refused(err, "1 question is left")
			at := slices.IndexFunc(view.Result.Decisions, func(d merge.Decision) bool { return d.Kind.Open() })
			conflict := view.Result.Decisions[at]
			// Decided, taken back, decided again.
			h.must(h.Decide(ctx, h.chair, m.ID, conflict.Key, merge.Settlement{Choice: merge.KeepBase}))
			h.must(h.TakeBack(ctx, h.chair, m.ID, conflict.Key))
			if view, err = h.MergingView(ctx, h.lind, m.ID); err != nil || view.Left != 1 {
				t.Fatalf("left %d, %v; want 1", view.Left, err)
			}
			h.must(h.Decide(ctx, h.chair, m.ID, conflict.Key, how.with(conflict)))
			commit, err := h.Finish(ctx, h.chair, m.ID, "The group agreed on all but the interval.")
			h.must(err)

			text := h.read(h.observer, "main")
			for _, want := range []string{how.want, "three keepers", "one ferry in seven", "a public list"} {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			h.checkMergeCommit(commit, usa, eur)

			v, err := h.Adopt(ctx, h.chair, slug, drafting.Adoption{
				Place: "Porto", Year: 2026, NumberLine: "RESOLUTION 12 (Rev. Porto, 2026)",
				History: "(Bergen, 2015; Lisbon, 2019; Porto, 2026)", Opening: "The Harbour Assembly (Porto, 2026),",
			})
			h.must(err)
			if v.Key != "adopted/porto-2026" || v.Label != "Rev. Porto, 2026" {
				t.Errorf("adopted as %q, %q", v.Key, v.Label)
			}
			text = h.read(h.nobodyIn(), "adopted/porto-2026")
			if !strings.Contains(text, "# RESOLUTION 12 (Rev. Porto, 2026)") || !strings.Contains(text, how.want) {
				t.Errorf("adopted text:\n%s", text)
			}
			page, err := h.Resolution(ctx, h.observer, slug)
			h.must(err)
			if page.Edition != "Rev. Porto, 2026" || len(page.Adopted) != 2 {
				t.Errorf("edition %q, adopted %v", page.Edition, page.Adopted)
			}
			for _, p := range page.Proposals {
				if p.Status != drafting.StatusAdopted {
					t.Errorf("%s is %s", p.Label, p.Status)
				}
			}
			h.restart() // nothing is left to mend
			if again := h.read(h.observer, "main"); again != text {
				t.Errorf("after a restart:\n%s", again)
			}
		})
	}
}

func (h *house) nobodyIn() drafting.Actor { return h.observer }

// checkMergeCommit looks at the merge as a clone would see it.
func (h *house) checkMergeCommit(commit repo.Hash, ds ...repo.DraftName) {
	h.t.Helper()
	ctx := h.t.Context()
	public, err := h.archive.Public(slug)
	h.must(err)
	c, err := public.Commit(ctx, commit)
	h.must(err)
	if len(c.Parents) != 1+len(ds) {
		h.t.Errorf("%d parents: %v", len(c.Parents), c.Parents)
	}
	if c.Author.Name != "Ms Okafor" || c.Body != "The group agreed on all but the interval." {
		h.t.Errorf("author %v, body %q", c.Author, c.Body)
	}
	for _, d := range ds {
		if !slices.Contains(c.Trailers, repo.Trailer{Key: "Proposal", Value: d.String()}) {
			h.t.Errorf("no trailer of %s in %v", d, c.Trailers)
		}
		tip, err := public.Tip(ctx, d.Proposal())
		h.must(err)
		if !slices.Contains(c.Parents, tip) {
			h.t.Errorf("%s is no parent", d)
		}
	}
	var names []string
	for _, a := range c.CoAuthors {
		names = append(names, a.Name+" ("+a.Code+")")
	}
	slices.Sort(names)
	if got := strings.Join(names, ", "); got != "Mr Reed (USA), Ms Carter (USA), Ms Weber (EUR)" {
		h.t.Errorf("co-authors %s", got)
	}
	page, err := h.History(ctx, h.observer, slug, "main", "")
	h.must(err)
	if e := page.Entries[0]; e.Kind != drafting.EntryMerged || len(e.Proposals) != 2 || e.By.Name != "Ms Okafor" {
		h.t.Errorf("history begins with %+v", e)
	}
}
