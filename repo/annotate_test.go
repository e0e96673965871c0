package repo_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"plenary/repo"
	"plenary/repo/diff"
)

// shelf keeps annotated texts in memory.
type shelf struct {
	texts   map[repo.Hash]diff.Annotated
	numbers map[repo.Hash]int
}

func newShelf() *shelf { return &shelf{map[repo.Hash]diff.Annotated{}, map[repo.Hash]int{}} }

func (s *shelf) has(h repo.Hash) bool { _, ok := s.texts[h]; return ok }

func (s *shelf) Known(_ context.Context, h repo.Hash) (diff.Annotated, bool, error) {
	text, ok := s.texts[h]
	return text, ok, nil
}

func (s *shelf) Number(h repo.Hash) int {
	if _, ok := s.numbers[h]; !ok {
		s.numbers[h] = len(s.numbers)
	}
	return s.numbers[h]
}

func (s *shelf) Keep(_ context.Context, h, _ repo.Hash, _, text diff.Annotated) error {
	s.texts[h] = text
	return nil
}

// TestAnnotatingStepByStepIsAnnotatingAtOnce annotates a history with merges a commit at a time, and whole: by stock
// git, which reads many texts, and in the process, which reads few.
func TestAnnotatingStepByStepIsAnnotatingAtOnce(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, main := teaArchive(t)
	all := webOfCommits(t, a, main)
	for i := range 12 {
		all = append(all, save(t, a, repo.DraftName{Circle: "usa", Name: "d0"}, must[repo.Hash](t)(
			must[*repo.Repository](t)(a.Desk(ctx, "tea-7", "usa")).Tip(ctx, "drafts/usa/d0")), i, string(longText(i))))
	}
	at := must[*repo.Repository](t)(a.Desk(ctx, "tea-7", "usa"))
	steps := newShelf()
	for _, h := range all {
		order := must[[]repo.Hash](t)(at.Unannotated(ctx, h, steps.has))
		ok(t, a.Annotate(ctx, at, order, steps))
	}
	for _, h := range all {
		whole := &shelf{map[repo.Hash]diff.Annotated{}, steps.numbers}
		order := must[[]repo.Hash](t)(at.Unannotated(ctx, h, whole.has))
		if order[len(order)-1] != h {
			t.Fatalf("the list for %s ends in %s", h, order[len(order)-1])
		}
		ok(t, a.Annotate(ctx, at, order, whole))
		if d := cmp.Diff(steps.texts[h], whole.texts[h], cmpopts.IgnoreUnexported(diff.Annotated{})); d != "" {
			t.Errorf("%s annotated step by step and at once:\n%s", h, d)
		}
	}
	if err := a.Annotate(ctx, at, all[len(all)-1:], newShelf()); !errors.Is(err, repo.ErrUnannotated) {
		t.Errorf("a text without its parents': %v", err)
	}
}

func TestBetweenIsThatOfGit(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	a, main := teaArchive(t)
	all := webOfCommits(t, a, main)
	at := must[*repo.Repository](t)(a.Desk(ctx, "tea-7", "usa"))
	for _, base := range all {
		for _, tip := range all {
			want := strings.Fields(git(t, a.DeskPath("tea-7", "usa"), "rev-list", "--right-only", string(base)+"..."+string(tip)))
			var got []string
			for _, h := range must[[]repo.Hash](t)(at.Between(ctx, base, tip)) {
				got = append(got, string(h))
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s..%s is %v, git says %v", base, tip, got, want)
			}
			together := must[bool](t)(at.LeadTo(ctx, []repo.Hash{tip, all[0], tip, all[len(all)/2]}, base))
			if apart := must[bool](t)(at.IsAncestor(ctx, base, tip)) || base == all[0] || must[bool](t)(at.IsAncestor(ctx, base, all[len(all)/2])); together != apart {
				t.Errorf("%s is led to: %v together, %v one by one", base, together, apart)
			}
		}
	}
}
