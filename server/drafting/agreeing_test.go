package drafting_test

import (
	"strings"
	"testing"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

// bracketed makes a revised text in which USA and EUR hold different words of resolves 2, and EUR alone words of resolves 1.
func (h *house) bracketed() {
	h.t.Helper()
	ctx := h.t.Context()
	usa := h.submitted(h.carter, "USA/48A5/1", "every hour", "every half hour")
	eur := h.submitted(h.weber, "EUR/38A9/1", "every hour", "every ten minutes", "shared stations;", "shared stations [and of their keepers]{EUR};")
	m, err := h.StartMerging(ctx, h.chair, slug, []repo.DraftName{usa, eur})
	h.must(err)
	for _, d := range h.openDecisions(m.ID) {
		h.must(h.Decide(ctx, h.chair, m.ID, d.Key, merge.Settlement{Choice: merge.Brackets}))
	}
	_, err = h.Finish(ctx, h.chair, m.ID, "")
	h.must(err)
}

func (h *house) questionOn(clause string) drafting.BracketQuestion {
	h.t.Helper()
	open, err := h.OpenBrackets(h.t.Context(), h.chair, slug)
	h.must(err)
	for _, q := range open.Questions {
		if q.Clause.Spoken == clause {
			return q
		}
	}
	h.t.Fatalf("nothing is open in %s: %+v", clause, open.Questions)
	return drafting.BracketQuestion{}
}

// Brackets are settled once the last who holds other words agrees, and not before.
func TestBracketsAreSettled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.bracketed()
	q := h.questionOn("resolves 2")
	if len(q.Answers) != 2 || q.Answers[0].Settled || q.Answers[1].Settled {
		t.Fatalf("answers %+v", q.Answers)
	}
	ten := 0
	if strings.Contains(q.Answers[1].Words, "ten") {
		ten = 1
	}
	_, err := h.SettleBrackets(ctx, h.chair, slug, q.Key, ten)
	h.refused(err, "USA has not agreed")
	if h.Agree(ctx, h.chair, slug, q.Key, ten) == nil || h.Agree(ctx, h.observer, slug, q.Key, ten) == nil {
		t.Error("the chair or an observer agreed")
	}
	h.refused(h.Agree(ctx, h.carter, slug, q.Key, 2), "do not stand in brackets any more")
	h.must(h.Agree(ctx, h.carter, slug, q.Key, ten))
	h.must(h.Disagree(ctx, h.carter, slug, q.Key))
	_, err = h.SettleBrackets(ctx, h.chair, slug, q.Key, ten)
	h.refused(err, "USA has not agreed")
	h.must(h.Agree(ctx, h.carter, slug, q.Key, ten))
	if _, err = h.SettleBrackets(ctx, h.weber, slug, q.Key, ten); err == nil {
		t.Error("a delegate settled")
	}
	h.must(h.Agree(ctx, h.haddad, slug, q.Key, 1-ten)) // a third delegation wants the other words
	_, err = h.SettleBrackets(ctx, h.chair, slug, q.Key, ten)
	h.refused(err, "not agreed yet")
	h.must(h.Disagree(ctx, h.haddad, slug, q.Key))
	_, err = h.SettleBrackets(ctx, h.chair, slug, q.Key, ten)
	h.must(err)
	text := h.read(h.observer, "main")
	if !strings.Contains(text, "every ten minutes;") || strings.Contains(text, "half hour") {
		t.Errorf("text:\n%s", text)
	}
	_, err = h.SettleBrackets(ctx, h.chair, slug, q.Key, ten)
	h.refused(err, "settled or changed")
}

// Words that one delegation alone holds leave the text once it lets them go.
func TestSingleBracketsAreSettled(t *testing.T) {
	t.Parallel()
	for _, out := range []bool{true, false} {
		h := newHouse(t)
		ctx := t.Context()
		h.bracketed()
		q := h.questionOn("resolves 1")
		want, by, answer := "shared stations and of their keepers;", h.carter, 0
		if out {
			want, by, answer = "shared stations;", h.weber, 1
		}
		_, err := h.SettleBrackets(ctx, h.chair, slug, q.Key, answer)
		h.refused(err, "not agreed yet")
		h.must(h.Agree(ctx, by, slug, q.Key, answer))
		_, err = h.SettleBrackets(ctx, h.chair, slug, q.Key, answer)
		h.must(err)
		if text := h.read(h.observer, "main"); !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
