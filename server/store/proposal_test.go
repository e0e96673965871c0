package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/repo"
	"plenary/repo/merge"
	"plenary/server/drafting"
)

const (
	commitA repo.Hash = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	commitB repo.Hash = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

func begun(t *testing.T, r *Records, who drafting.PersonID, d repo.DraftName, number drafting.ProposalNumber) drafting.Proposal {
	t.Helper()
	p := drafting.Proposal{Resolution: "wta-1", Draft: d, Number: number, Status: drafting.StatusDraft, Base: commitA, Begun: noon, BegunBy: who}
	id, err := r.AddProposal(t.Context(), p)
	must(t, err)
	p.ID = id
	return p
}

func TestResolutions(t *testing.T) {
	r, _, _ := furnished(t)
	ctx := t.Context()
	wantErr(t, "taken slug", r.AddResolution(ctx, drafting.Resolution{Slug: "wta-1"}), drafting.ErrExists)
	_, err := r.Resolution(ctx, "wta-9")
	wantErr(t, "unknown", err, drafting.ErrNotFound)
	want := drafting.Resolution{ID: 1, Slug: "wta-1", Number: "1", Title: "Rules of work", Edition: "Rev. Nairobi, 2026", Created: noon, Changed: noon.Add(time.Hour)}
	must(t, r.UpdateResolution(ctx, want))
	got, err := r.Resolution(ctx, "wta-1")
	must(t, err)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("updated (-want +got):\n%s", d)
	}
	wantErr(t, "update of none", r.UpdateResolution(ctx, drafting.Resolution{Slug: "wta-9"}), drafting.ErrNotFound)
	must(t, r.AddResolution(ctx, drafting.Resolution{Slug: "wta-2", Created: noon, Changed: noon}))
	all, err := r.Resolutions(ctx)
	must(t, err)
	if len(all) != 2 || all[0].Slug != "wta-1" || all[1].Slug != "wta-2" {
		t.Errorf("got %+v", all)
	}
}

func TestProposalsAndSubmissions(t *testing.T) {
	r, silva, _ := furnished(t)
	ctx := t.Context()
	d := repo.DraftName{Circle: "usa", Name: "48a5-1"}
	p := begun(t, r, silva, d, "USA/48A5/1")

	_, err := r.AddProposal(ctx, drafting.Proposal{Resolution: "wta-1", Draft: d, Status: drafting.StatusDraft, BegunBy: silva})
	wantErr(t, "taken branch", err, drafting.ErrExists)
	_, err = r.AddProposal(ctx, drafting.Proposal{Resolution: "wta-1", Draft: repo.DraftName{Circle: "eur", Name: "x"}, Number: "USA/48A5/1", Status: drafting.StatusDraft, BegunBy: silva})
	wantErr(t, "taken number", err, drafting.ErrExists)
	_, err = r.AddProposal(ctx, drafting.Proposal{Resolution: "wta-9", Draft: d, Status: drafting.StatusDraft, BegunBy: silva})
	wantErr(t, "unknown resolution", err, drafting.ErrNotFound)
	begun(t, r, silva, repo.DraftName{Circle: "usa", Name: "draft-1"}, "")
	begun(t, r, silva, repo.DraftName{Circle: "usa", Name: "draft-2"}, "") // no number twice is no clash

	p.Status, p.Submissions, p.Submitted, p.SubmittedAt, p.Reason = drafting.StatusSubmitted, 1, commitB, noon, "late, admitted"
	must(t, r.UpdateProposal(ctx, p))
	got, err := r.Proposal(ctx, "wta-1", d)
	must(t, err)
	if diff := cmp.Diff(p, got); diff != "" {
		t.Errorf("updated (-want +got):\n%s", diff)
	}
	wantErr(t, "update of none", r.UpdateProposal(ctx, drafting.Proposal{ID: 999, Status: drafting.StatusDraft}), drafting.ErrNotFound)
	_, err = r.Proposal(ctx, "wta-1", repo.DraftName{Circle: "eur", Name: "48a5-1"})
	wantErr(t, "unknown", err, drafting.ErrNotFound)
	all, err := r.Proposals(ctx, "wta-1")
	must(t, err)
	if len(all) != 3 || all[0].ID != p.ID {
		t.Errorf("got %+v", all)
	}

	first := drafting.Submission{Proposal: p.ID, N: 1, Commit: commitB, Base: commitA, At: noon, By: silva}
	must(t, r.AddSubmission(ctx, first))
	again := first
	again.At = noon.Add(time.Hour)
	must(t, r.AddSubmission(ctx, again))
	again.Commit = commitA
	if err := r.AddSubmission(ctx, again); err == nil {
		t.Error("another text took the place of a submission on record")
	}
	second := drafting.Submission{Proposal: p.ID, N: 2, Commit: commitA, Base: commitA, At: noon, By: silva}
	must(t, r.AddSubmission(ctx, second))
	submissions, err := r.Submissions(ctx, p.ID)
	must(t, err)
	if diff := cmp.Diff([]drafting.Submission{first, second}, submissions); diff != "" {
		t.Errorf("on record (-want +got):\n%s", diff)
	}
}

func TestMergings(t *testing.T) {
	r, silva, okafor := furnished(t)
	ctx := t.Context()
	var taken []drafting.Submission
	for _, name := range []string{"one", "two"} {
		p := begun(t, r, silva, repo.DraftName{Circle: "usa", Name: name}, "")
		s := drafting.Submission{Proposal: p.ID, N: 1, Commit: commitB, Base: commitA, At: noon, By: silva}
		must(t, r.AddSubmission(ctx, s))
		taken = append(taken, s)
	}
	want := drafting.Merging{Resolution: "wta-1", Target: commitA, Proposals: []drafting.Submission{taken[1], taken[0]}, Begun: noon, BegunBy: okafor}
	id, err := r.AddMerging(ctx, want)
	must(t, err)
	want.ID = id
	got, err := r.Merging(ctx, id)
	must(t, err)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("begun (-want +got):\n%s", d)
	}
	want.Target, want.Done, want.Commit, want.Sentence = commitB, noon.Add(time.Hour), commitB, "Agreed in the plenary."
	want.Proposals = taken[:1]
	must(t, r.UpdateMerging(ctx, want))
	all, err := r.Mergings(ctx, "wta-1")
	must(t, err)
	if d := cmp.Diff([]drafting.Merging{want}, all); d != "" {
		t.Errorf("done (-want +got):\n%s", d)
	}
	bad := want
	bad.Sentence, bad.Proposals = "Another.", []drafting.Submission{{Proposal: 999, N: 1}}
	wantErr(t, "submission not on record", r.UpdateMerging(ctx, bad), drafting.ErrNotFound)
	if got, err = r.Merging(ctx, id); err != nil || got.Sentence != want.Sentence || len(got.Proposals) != 1 {
		t.Errorf("half an update was kept: %+v, %v", got, err)
	}
	_, err = r.Merging(ctx, 999)
	wantErr(t, "unknown", err, drafting.ErrNotFound)
	wantErr(t, "update of none", r.UpdateMerging(ctx, drafting.Merging{ID: 999}), drafting.ErrNotFound)
}

func TestDecisions(t *testing.T) {
	r, _, okafor := furnished(t)
	ctx := t.Context()
	id, err := r.AddMerging(ctx, drafting.Merging{Resolution: "wta-1", Target: commitA, Begun: noon, BegunBy: okafor})
	must(t, err)
	first := drafting.Decided{Key: "resolves-1/abc", Settlement: merge.Settlement{Choice: merge.KeepBase}, By: okafor, At: noon}
	must(t, r.Decide(ctx, id, first))
	first.Settlement = merge.Settlement{Choice: merge.Take, Variant: 1, Words: "as *agreed*, “word for word”"}
	first.At = noon.Add(time.Minute)
	must(t, r.Decide(ctx, id, first))
	second := drafting.Decided{Key: "noting-a/def", By: okafor, At: noon.Add(time.Hour)}
	must(t, r.Decide(ctx, id, second))
	got, err := r.Decisions(ctx, id)
	must(t, err)
	if d := cmp.Diff([]drafting.Decided{first, second}, got); d != "" {
		t.Errorf("decided (-want +got):\n%s", d)
	}
	must(t, r.TakeBack(ctx, id, first.Key))
	wantErr(t, "taken back twice", r.TakeBack(ctx, id, first.Key), drafting.ErrNotFound)
	wantErr(t, "no such merge", r.Decide(ctx, 999, second), drafting.ErrNotFound)
}

func TestActivity(t *testing.T) {
	r, silva, _ := furnished(t)
	ctx := t.Context()
	must(t, r.AddResolution(ctx, drafting.Resolution{Slug: "wta-2", Created: noon, Changed: noon}))
	first := drafting.Activity{ID: 1, At: noon, Resolution: "wta-1", Draft: repo.DraftName{Circle: "usa", Name: "one"}, Person: silva, Circle: "usa", Verb: "submitted", Detail: "2 clauses changed", Private: true}
	second := drafting.Activity{ID: 2, At: noon, Resolution: "wta-2", Verb: "imported"}
	must(t, r.AddActivity(ctx, first))
	must(t, r.AddActivity(ctx, second))
	for _, tc := range []struct {
		name  string
		of    repo.Slug
		limit int
		want  []drafting.Activity
	}{
		{"of one", "wta-1", 10, []drafting.Activity{first}},
		{"of all", "", 10, []drafting.Activity{second, first}},
		{"newest of all", "", 1, []drafting.Activity{second}},
		{"of none", "wta-9", 10, []drafting.Activity{}},
	} {
		got, err := r.Activity(ctx, tc.of, tc.limit)
		must(t, err)
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
	if _, err := r.db.write.ExecContext(ctx, `UPDATE activity SET verb = 'withdrew'`); err == nil {
		t.Error("what happened could be rewritten")
	}
}
