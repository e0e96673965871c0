package drafting

import (
	"context"
	"fmt"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Restore begins a draft of the actor's circle, on the text as it stands, that says what a version the actor may read
// says: an older text is proposed anew, and nothing that came since is undone unasked.
func (s *Service) Restore(ctx context.Context, a Actor, slug repo.Slug, version string) (Proposal, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return Proposal{}, err
	}
	if err := r.rights.May(a, ActPropose, a.Circle); err != nil {
		return Proposal{}, err
	}
	v, err := r.version(ctx, version)
	if err != nil {
		return Proposal{}, err
	}
	text, err := v.text(ctx)
	if err != nil {
		return Proposal{}, err
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return Proposal{}, err
	}
	defer release()
	main, err := r.main(ctx)
	if err != nil {
		return Proposal{}, fmt.Errorf("text of %s: %w", slug, missing(err))
	}
	now, err := main.text(ctx)
	if err != nil {
		return Proposal{}, err
	}
	if same(now, text) {
		return Proposal{}, refuse("This version says what the text as it stands says: there is nothing to restore.")
	}
	d, err := s.begin(ctx, slug, a.Circle, "", main.Commit)
	if err != nil {
		return Proposal{}, fmt.Errorf("restore %s of %s: %w", version, slug, missing(err))
	}
	save := repo.SaveRequest{
		Expect: main.Commit, File: resolution.Format(text),
		Signature: repo.Signature{Author: r.dir.author(a.Person, a.Circle), When: s.now()},
		Subject:   firstWords(diff.Subject(now, text)), Body: "Restored from: " + v.Label + ".",
	}
	if _, err := s.archive.Save(ctx, slug, d, save); err != nil {
		return Proposal{}, fmt.Errorf("restore %s: %w", d, missing(err))
	}
	return s.record(ctx, Proposal{
		Resolution: slug, Draft: d, Status: StatusDraft, Base: main.Commit, Begun: s.now(), BegunBy: a.Person,
	})
}
