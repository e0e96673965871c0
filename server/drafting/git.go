package drafting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/realtime"
	"plenary/repo"
	"plenary/repo/resolution"
)

// MayFetch answers whether the actor may read a repository: nil, ErrSignedOut when signing in could help, or
// ErrNotFound, for what does not exist and for the desks of others alike.
func (s *Service) MayFetch(ctx context.Context, a Actor, g GitRepository) error {
	_, err := s.repository(ctx, a, g)
	return err
}

// repository opens what a repository belongs to for an actor who may read it.
func (s *Service) repository(ctx context.Context, a Actor, g GitRepository) (*reader, error) {
	r, err := s.reader(ctx, a, g.Slug)
	switch {
	case errors.Is(err, ErrForbidden):
		return nil, fmt.Errorf("repository %s: %w", g.Slug, ErrNotFound)
	case err != nil:
		return nil, err
	}
	if g.Circle == "" {
		return r, nil
	}
	if a.Anonymous() {
		return nil, ErrSignedOut
	}
	if !r.mine(g.Circle) {
		return nil, fmt.Errorf("desk of %s: %w", g.Slug, ErrNotFound)
	}
	return r, nil
}

// unsavedFor is how long words may wait unsaved while their draft is fetched. Saving at every fetch would let a client
// that asks each second make a commit each second.
const unsavedFor = time.Minute

// BeforeFetch saves what has waited unsaved for a minute in the drafts of a desk, so that a clone is fresh. Whoever
// asks has been let in by [Service.MayFetch].
func (s *Service) BeforeFetch(ctx context.Context, g GitRepository) error {
	if g.Circle == "" {
		return nil
	}
	all, err := s.records.Proposals(ctx, g.Slug)
	if err != nil {
		return fmt.Errorf("drafts of %s: %w", g.Slug, err)
	}
	for _, p := range all {
		if p.Draft.Circle != g.Circle || p.open() != nil {
			continue
		}
		waits, err := s.waits(ctx, room(g.Slug, p.Draft))
		if err != nil {
			return fmt.Errorf("draft %s of %s: %w", p.Draft, g.Slug, err)
		}
		if !waits {
			continue
		}
		if err := s.flush(ctx, g.Slug, p.Draft); err != nil && (!overtaken(err) || ctx.Err() != nil) {
			return err // else pushes come one upon the other: a clone of what they brought is fresh enough
		}
	}
	return nil
}

// waits tells whether words of a room have waited too long to be saved.
func (s *Service) waits(ctx context.Context, name realtime.RoomName) (bool, error) {
	last, found, err := s.journal.LastSnapshot(ctx, name)
	if err != nil || !found {
		return false, err
	}
	if last.Commit == "" {
		return true, nil // a save was begun and not confirmed
	}
	entries, err := s.journal.Read(ctx, name, last.Version, 1)
	if err != nil || len(entries) == 0 {
		return false, err
	}
	return s.now().Sub(entries[0].At) >= unsavedFor, nil
}

// CheckPush answers each command of a push, in order, before its objects are taken. If any has a reason, none is to
// be done.
func (s *Service) CheckPush(ctx context.Context, a Actor, g GitRepository, updates []repo.RefUpdate) ([]RefVerdict, error) {
	r, err := s.repository(ctx, a, g)
	if err != nil {
		return nil, err
	}
	verdicts := make([]RefVerdict, len(updates))
	for i, u := range updates {
		reason, err := r.refuseUpdate(ctx, g.Circle, u)
		if err != nil {
			return nil, err
		}
		verdicts[i] = RefVerdict{Ref: u.Ref, Reason: reason}
	}
	return verdicts, nil
}

// AdmitPush tells what is against submitting what a push to proposals would submit, in the words of Submit; empty when
// nothing is. It is asked before the refs move, so that a push that is refused changes nothing.
func (s *Service) AdmitPush(ctx context.Context, a Actor, g GitRepository, pushed []repo.PushedRef) (string, error) {
	r, err := s.repository(ctx, a, g)
	if err != nil {
		return "", err
	}
	for _, u := range pushed {
		d, ok := repo.ParseDraftName(u.Ref)
		if !ok || !isSubmission(u.Ref) {
			continue
		}
		p, err := r.known(ctx, d)
		if isMissing(err) {
			p, err = r.wouldBe(ctx, d, u.Joins)
		}
		if err != nil {
			return "", err
		}
		if p.Submitted == u.New {
			continue
		}
		text, _, err := resolution.Parse(u.File)
		if err != nil {
			return "", fmt.Errorf("text pushed to %s: %w", u.Ref, err)
		}
		if said, err := sentence(r.admissible(ctx, p, text, u.Note), "submit here"); said != "" || err != nil {
			return said, err
		}
	}
	return "", nil
}

// wouldBe is the proposal that a push would begin with commits that follow from joins.
func (r *reader) wouldBe(ctx context.Context, d repo.DraftName, joins []repo.Hash) (Proposal, error) {
	main, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return Proposal{}, missing(err)
	}
	desk, err := r.archive.Desk(ctx, r.about.Slug, d.Circle)
	if err != nil {
		return Proposal{}, missing(err)
	}
	p := Proposal{Resolution: r.about.Slug, Draft: d, Status: StatusDraft}
	for _, j := range joins {
		base, err := desk.MergeBase(ctx, j, main)
		if err != nil {
			return Proposal{}, missing(err)
		}
		later := base != "" && p.Base == ""
		if base != "" && !later {
			if later, err = desk.IsAncestor(ctx, p.Base, base); err != nil {
				return Proposal{}, missing(err)
			}
		}
		if later {
			p.Base = base
		}
	}
	if p.Base == "" {
		p.Base = main
	}
	return p, nil
}

// Authors gives the people of a desk's circle as their commits name them. Nobody else is to be named in a commit that
// is pushed there.
func (s *Service) Authors(ctx context.Context, a Actor, g GitRepository) ([]repo.Author, error) {
	r, err := s.repository(ctx, a, g)
	if err != nil {
		return nil, err
	}
	var authors []repo.Author
	for id, p := range r.dir.people {
		if slices.Contains(p.Circles, g.Circle) {
			authors = append(authors, r.dir.author(id, g.Circle))
		}
	}
	return authors, nil
}

// refuseUpdate gives the sentence that refuses one command of a push; empty when it may be done.
func (r *reader) refuseUpdate(ctx context.Context, desk repo.Circle, u repo.RefUpdate) (string, error) {
	d, ok := repo.ParseDraftName(u.Ref)
	ok = ok && strings.HasPrefix(u.Ref, "refs/heads/")
	switch {
	case desk == "":
		return "nobody pushes to the public repository: push to the desk of your delegation and submit there", nil
	case u.Ref == "refs/heads/main":
		return "main changes by merging proposals, not by pushing: push to drafts/" + string(desk) + "/... and submit it", nil
	case !ok || d.Circle != desk:
		return "only drafts/" + string(desk) + "/... and proposals/" + string(desk) + "/... are pushed here", nil
	case u.New == "":
		return "branches stay on record: withdraw the proposal on its page instead of deleting it", nil
	}
	act, unknown := ActWrite, ActPropose
	if isSubmission(u.Ref) {
		act, unknown = ActSubmit, ActSubmit
	}
	p, err := r.known(ctx, d)
	if isMissing(err) {
		return sentence(r.rights.May(r.actor, unknown, desk), "begin a proposal")
	}
	if err != nil {
		return "", err
	}
	if err := p.open(); err != nil {
		return sentence(err, "")
	}
	return sentence(r.rights.May(r.actor, act, desk), string(act)+" here")
}

func isSubmission(ref string) bool { return strings.HasPrefix(ref, "refs/heads/proposals/") }

// sentence turns a no into what the git client is told.
func sentence(no error, what string) (string, error) {
	refusal, refused := errors.AsType[*Refusal](no)
	switch {
	case no == nil:
		return "", nil
	case refused:
		return refusal.Sentence, nil
	case errors.Is(no, ErrForbidden), errors.Is(no, ErrNotFound):
		return "you or this access token may not " + what + ": ask the secretariat, or make a token that may push", nil
	default:
		return "", no
	}
}

// Pushed takes in a push whose refs have moved: a new draft is put on record, the words reach the open editors, a
// push to proposals/ is a submission. A Refusal is for the person who pushed; the commits are kept at the desk.
func (s *Service) Pushed(ctx context.Context, a Actor, g GitRepository, updates []repo.RefUpdate) error {
	r, err := s.repository(ctx, a, g)
	if err != nil {
		return err
	}
	// Drafts first, so that a submission in the same push finds its draft.
	sorted := slices.Clone(updates)
	slices.SortStableFunc(sorted, func(u, v repo.RefUpdate) int { return boolInt(isSubmission(u.Ref)) - boolInt(isSubmission(v.Ref)) })
	for _, u := range sorted {
		d, ok := repo.ParseDraftName(u.Ref)
		if !ok || d.Circle != g.Circle || g.Circle == "" {
			return fmt.Errorf("push to %s: %w", u.Ref, ErrForbidden)
		}
		if isSubmission(u.Ref) {
			err = s.pushedSubmission(ctx, r, d, u.New)
		} else {
			err = s.pushedDraft(ctx, r, d)
		}
		if err != nil {
			return fmt.Errorf("take in push to %s: %w", u.Ref, err)
		}
	}
	return nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pushedDraft takes in a draft that a push has moved or begun.
func (s *Service) pushedDraft(ctx context.Context, r *reader, d repo.DraftName) error {
	release, err := s.turns.take(ctx, r.about.Slug)
	if err != nil {
		return err
	}
	defer release()
	if _, err := s.onRecord(ctx, r, d, r.actor.Person); err != nil {
		return err
	}
	if err := s.handOver(ctx, r, d); err != nil {
		return err
	}
	return s.tell(ctx, Activity{
		Resolution: r.about.Slug, Draft: d, Person: r.actor.Person, Circle: d.Circle, Verb: VerbPushed, Private: true,
	})
}

// onRecord gives the proposal of a branch at a desk, putting it on record when the branch came by a push.
func (s *Service) onRecord(ctx context.Context, r *reader, d repo.DraftName, by PersonID) (Proposal, error) {
	p, err := s.records.Proposal(ctx, r.about.Slug, d)
	if !errors.Is(err, ErrNotFound) {
		return p, err
	}
	desk, err := s.archive.Desk(ctx, r.about.Slug, d.Circle)
	if err != nil {
		return Proposal{}, missing(err)
	}
	tip, err := desk.Tip(ctx, d.Draft())
	if err != nil {
		return Proposal{}, missing(err)
	}
	main, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return Proposal{}, missing(err)
	}
	base, err := desk.MergeBase(ctx, tip, main)
	if err != nil {
		return Proposal{}, missing(err)
	}
	if base == "" {
		base = main
	}
	return s.record(ctx, Proposal{
		Resolution: r.about.Slug, Draft: d, Status: StatusDraft, Base: base, Begun: s.now(), BegunBy: by,
	})
}

// handOver gives a draft's tip, as it is now, to its room.
func (s *Service) handOver(ctx context.Context, r *reader, d repo.DraftName) error {
	desk, err := s.archive.Desk(ctx, r.about.Slug, d.Circle)
	if err != nil {
		return missing(err)
	}
	tip, err := desk.Tip(ctx, d.Draft())
	if err != nil {
		return missing(err)
	}
	live, err := liveText(ctx, desk, tip)
	if err != nil {
		return err
	}
	name := room(r.about.Slug, d)
	return s.hub.Push(ctx, name, string(tip), live, r.participant(r.actor, d.Circle, true))
}

// pushedSubmission makes a commit pushed to a proposal its next submission, under the rules of Submit, and brings it
// into the draft.
func (s *Service) pushedSubmission(ctx context.Context, r *reader, d repo.DraftName, pushed repo.Hash) error {
	release, err := s.turns.take(ctx, r.about.Slug)
	if err != nil {
		return err
	}
	defer release()
	desk, err := s.archive.Desk(ctx, r.about.Slug, d.Circle)
	if err != nil {
		return missing(err)
	}
	if err := s.archive.BeginDraft(ctx, r.about.Slug, d, pushed); err != nil && !errors.Is(err, repo.ErrExists) {
		return missing(err)
	}
	p, err := s.onRecord(ctx, r, d, r.actor.Person)
	if err != nil {
		return err
	}
	if err := s.intoDraft(ctx, r, desk, d, pushed); err != nil {
		return err
	}
	if p, err = s.caughtUp(ctx, r, d); err != nil {
		return err
	}
	if p.Submitted == pushed {
		return nil
	}
	if err := r.rights.May(r.actor, ActSubmit, d.Circle); err != nil {
		return err
	}
	if err := r.submittable(ctx, p, desk, pushed); err != nil {
		return err
	}
	_, err = s.publish(ctx, r, p, pushed, r.actor.Person)
	return err
}

// intoDraft brings a commit pushed to a proposal into its draft: the draft moves forward to it, or, where both have
// gone on, takes its changes in as a merge, so that later submissions follow from this one.
func (s *Service) intoDraft(ctx context.Context, r *reader, desk *repo.Repository, d repo.DraftName, pushed repo.Hash) error {
	tip, err := desk.Tip(ctx, d.Draft())
	if err != nil {
		return missing(err)
	}
	if has, err := desk.IsAncestor(ctx, pushed, tip); err != nil || has {
		return missing(err)
	}
	base, err := desk.MergeBase(ctx, tip, pushed)
	if err != nil {
		return missing(err)
	}
	if base == tip {
		err = s.archive.Advance(ctx, r.about.Slug, d, tip, pushed)
	} else {
		err = s.mergeIntoDraft(ctx, r, desk, d, base, tip, pushed)
	}
	if err != nil {
		return missing(err)
	}
	return s.handOver(ctx, r, d)
}

func (s *Service) mergeIntoDraft(ctx context.Context, r *reader, desk *repo.Repository, d repo.DraftName, base, tip, pushed repo.Hash) error {
	var file []byte
	var err error
	if base == "" {
		var t resolution.Text
		if t, err = desk.Text(ctx, pushed); err == nil {
			file = resolution.Format(t)
		}
	} else {
		file, err = both(ctx, desk, base, tip, pushed)
	}
	if err != nil {
		return err
	}
	_, err = s.archive.Save(ctx, r.about.Slug, d, repo.SaveRequest{
		Expect: tip, File: file, Parents: []repo.Hash{pushed}, Subject: "Take in the text pushed as a submission",
		Signature: repo.Signature{Author: r.dir.author(r.actor.Person, d.Circle), When: s.now()},
	})
	return err
}

var _ realtime.Saver = (*saver)(nil)
