package drafting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plenary/realtime"
	"plenary/repo"
	"plenary/repo/resolution"
)

// reader reads one resolution for one actor, with the actor's rights and the names of everybody in it.
type reader struct {
	*Service
	actor  Actor
	rights Rights
	about  Resolution
	dir    *directory
	public *repo.Repository
}

// reader opens a resolution for reading. Every door to a text goes through here.
func (s *Service) reader(ctx context.Context, a Actor, slug repo.Slug) (*reader, error) {
	r, err := s.mayRead(ctx, a)
	if err != nil {
		return nil, err
	}
	about, err := s.records.Resolution(ctx, slug)
	if err != nil {
		return nil, fmt.Errorf("resolution %s: %w", slug, err)
	}
	if r.dir, err = s.directory(ctx); err != nil {
		return nil, err
	}
	return r.of(about)
}

// mayRead gives a reader of no resolution yet to an actor who may read.
func (s *Service) mayRead(ctx context.Context, a Actor) (*reader, error) {
	rights, err := s.rights(ctx)
	if err != nil {
		return nil, err
	}
	if err := rights.May(a, ActRead, ""); err != nil {
		return nil, err
	}
	return &reader{Service: s, actor: a, rights: rights}, nil
}

// of gives the same actor's reader of a resolution.
func (r *reader) of(about Resolution) (*reader, error) {
	public, err := r.archive.Public(about.Slug)
	if err != nil {
		return nil, fmt.Errorf("resolution %s: %w", about.Slug, missing(err))
	}
	other := *r
	other.about, other.public, other.rights = about, public, r.rights.On(about.Slug)
	return &other, nil
}

// mine tells whether the actor may read the drafts of a circle.
func (r *reader) mine(circle repo.Circle) bool {
	return r.rights.May(r.actor, ActReadDraft, circle) == nil
}

// visible gives the proposals the actor may know of: what was ever submitted, and drafts of the actor's circles.
func (r *reader) visible(ctx context.Context) ([]Proposal, error) {
	all, err := r.records.Proposals(ctx, r.about.Slug)
	if err != nil {
		return nil, fmt.Errorf("proposals on %s: %w", r.about.Slug, err)
	}
	var seen []Proposal
	for _, p := range all {
		if p.Submissions > 0 || r.mine(p.Draft.Circle) {
			seen = append(seen, p)
		}
	}
	return seen, nil
}

// known gives one proposal the actor may know of.
func (r *reader) known(ctx context.Context, d repo.DraftName) (Proposal, error) {
	p, err := r.records.Proposal(ctx, r.about.Slug, d)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Proposal{}, fmt.Errorf("proposal %s on %s: %w", d, r.about.Slug, err)
	}
	// One answer for what is not there and for what is hidden.
	if err != nil || p.Submissions == 0 && !r.mine(d.Circle) {
		return Proposal{}, fmt.Errorf("proposal %s on %s: %w", d, r.about.Slug, ErrNotFound)
	}
	return p, nil
}

// located is a version and the repository that holds it.
type located struct {
	Version
	in *repo.Repository
}

// text reads the version's text.
func (l located) text(ctx context.Context) (resolution.Text, error) {
	t, err := l.in.Text(ctx, l.Commit)
	if err != nil {
		return resolution.Text{}, fmt.Errorf("text of %s: %w", l.Key, missing(err))
	}
	return t, nil
}

// version finds a version by its key, if the actor may read it: the one function by which every page, comparison
// and link names a text. ErrNotFound for what does not exist and for what the actor may not know to exist.
func (r *reader) version(ctx context.Context, key string) (located, error) {
	kind, _, _ := strings.Cut(key, "/")
	var v located
	var err error
	switch {
	case key == "" || key == repo.Main:
		v, err = r.main(ctx)
	case kind == "adopted":
		v, err = r.adopted(ctx, key)
	case kind == "proposals":
		v, err = r.submitted(ctx, key)
	case kind == "submitted":
		v, err = r.submission(ctx, key)
	case kind == "drafts":
		v, err = r.draft(ctx, key)
	case repo.Hash(key).Valid():
		v, err = r.commit(ctx, repo.Hash(key))
	default:
		err = ErrNotFound
	}
	if err != nil {
		return located{}, fmt.Errorf("version %q of %s: %w", key, r.about.Slug, missing(err))
	}
	return v, nil
}

// at completes a version that a ref of a repository leads to.
func (r *reader) at(ctx context.Context, in *repo.Repository, key string, v Version) (located, error) {
	tip, err := in.Tip(ctx, key)
	if err != nil {
		return located{}, err
	}
	c, err := in.Commit(ctx, tip)
	if err != nil {
		return located{}, err
	}
	v.Key, v.Commit, v.At = key, tip, c.When
	return located{Version: v, in: in}, nil
}

// main is the text as it stands: the adopted text under its edition's name until something is merged into it, the
// revised text from then on.
func (r *reader) main(ctx context.Context) (located, error) {
	v, err := r.at(ctx, r.public, repo.Main, Version{Kind: VersionMain})
	if err != nil {
		return located{}, err
	}
	v.Label, err = r.mainLabel(ctx, v.Commit)
	return v, err
}

// revisedText is what people call the text as it stands once something was merged into the adopted text.
const revisedText = "Revised text"

func (r *reader) mainLabel(ctx context.Context, tip repo.Hash) (string, error) {
	if r.about.Edition == "" {
		return revisedText, nil
	}
	adopted, err := r.public.Refs(ctx, "adopted/")
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(adopted, func(ref repo.Ref) bool { return ref.Hash == tip }) {
		return r.about.Edition, nil
	}
	return revisedText, nil
}

func (r *reader) adopted(ctx context.Context, key string) (located, error) {
	v, err := r.at(ctx, r.public, key, Version{Kind: VersionAdopted})
	if err != nil {
		return located{}, err
	}
	v.Label, err = r.edition(ctx, v)
	return v, err
}

// edition names an adopted text as its number line does: "Rev. Dubai, 2012"; by its tag when the line says something
// else.
func (r *reader) edition(ctx context.Context, v located) (string, error) {
	t, err := v.text(ctx)
	if err != nil {
		return "", err
	}
	e := editionOf(t)
	if place, year := placeOf(e); adoptedTag(place, year) == v.Key {
		return e, nil
	}
	name := strings.TrimPrefix(v.Key, "adopted/")
	place, year, found := cutLast(name, "-")
	if !found {
		return name, nil
	}
	return titled(place) + ", " + year, nil
}

func (r *reader) submitted(ctx context.Context, key string) (located, error) {
	d, ok := repo.ParseDraftName(key)
	if !ok || key != d.Proposal() {
		return located{}, ErrNotFound
	}
	p, err := r.known(ctx, d)
	if err != nil {
		return located{}, err
	}
	return r.submittedOf(ctx, p)
}

// submittedOf gives a proposal the actor may know of, as last submitted.
func (r *reader) submittedOf(ctx context.Context, p Proposal) (located, error) {
	v, err := r.at(ctx, r.public, p.Draft.Proposal(), Version{Kind: VersionProposal, Draft: p.Draft, Label: r.dir.proposal(p)})
	if err == nil && !p.SubmittedAt.IsZero() {
		v.At = p.SubmittedAt
	}
	return v, err
}

func (r *reader) submission(ctx context.Context, key string) (located, error) {
	words := strings.Split(key, "/")
	if len(words) != 4 {
		return located{}, ErrNotFound
	}
	d := repo.DraftName{Circle: repo.Circle(words[1]), Name: words[2]}
	n, err := strconv.Atoi(words[3])
	if err != nil || !d.Valid() || key != d.Submitted(n) {
		return located{}, ErrNotFound
	}
	p, err := r.known(ctx, d)
	if err != nil {
		return located{}, err
	}
	return r.submissionOf(ctx, p, n)
}

// submissionOf gives one submission of a proposal the actor may know of.
func (r *reader) submissionOf(ctx context.Context, p Proposal, n int) (located, error) {
	label := fmt.Sprintf("%s, submission %d", r.dir.proposal(p), n)
	return r.at(ctx, r.public, p.Draft.Submitted(n), Version{Kind: VersionSubmission, Draft: p.Draft, Label: label})
}

// draft finds a draft at a desk of the actor's.
func (r *reader) draft(ctx context.Context, key string) (located, error) {
	d, ok := repo.ParseDraftName(key)
	if !ok || key != d.Draft() || !r.mine(d.Circle) {
		return located{}, ErrNotFound
	}
	p, err := r.known(ctx, d)
	if err != nil {
		return located{}, err
	}
	return r.draftOf(ctx, p)
}

// draftOf gives the draft of a proposal of one of the actor's circles. What is being written there is saved first.
func (r *reader) draftOf(ctx context.Context, p Proposal) (located, error) {
	if err := r.flush(ctx, r.about.Slug, p.Draft); err != nil {
		return located{}, err
	}
	return r.savedDraftOf(ctx, p)
}

// savedDraftOf gives the same draft as it was last saved: what lists many drafts must not wait until each is saved.
func (r *reader) savedDraftOf(ctx context.Context, p Proposal) (located, error) {
	desk, err := r.archive.Desk(ctx, r.about.Slug, p.Draft.Circle)
	if err != nil {
		return located{}, err
	}
	return r.at(ctx, desk, p.Draft.Draft(), Version{Kind: VersionDraft, Draft: p.Draft, Label: r.dir.proposal(p) + ", draft"})
}

// commit finds a saved state that leads to something the actor may read.
func (r *reader) commit(ctx context.Context, h repo.Hash) (located, error) {
	in, err := r.holder(ctx, h)
	if err != nil {
		return located{}, err
	}
	c, err := in.Commit(ctx, h)
	if err != nil {
		return located{}, err
	}
	label := "Text of " + said(c.When)
	return located{Version: Version{Key: string(h), Label: label, Kind: VersionCommit, Commit: h, At: c.When}, in: in}, nil
}

// holder finds the repository through whose refs the actor may reach a commit: the public one, or one of the
// actor's desks. That a repository holds a commit is not enough: an unpublished one may lie in it.
func (r *reader) holder(ctx context.Context, h repo.Hash) (*repo.Repository, error) {
	if reached, err := reaches(ctx, r.public, "", h); err != nil || reached {
		return r.public, err
	}
	for _, circle := range r.actor.Circles {
		if !r.mine(circle) {
			continue
		}
		desk, err := r.archive.Desk(ctx, r.about.Slug, circle)
		if errors.Is(err, repo.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if reached, err := reaches(ctx, desk, "drafts/"+string(circle)+"/", h); err != nil || reached {
			return desk, err
		}
	}
	return nil, ErrNotFound
}

// reaches tells whether one of the refs that begin with prefix leads to the commit.
func reaches(ctx context.Context, in *repo.Repository, prefix string, h repo.Hash) (bool, error) {
	has, err := in.Has(ctx, h)
	if err != nil || !has {
		return false, err
	}
	refs, err := in.Refs(ctx, prefix)
	if err != nil {
		return false, err
	}
	tips := make([]repo.Hash, len(refs))
	for i, ref := range refs {
		tips[i] = ref.Hash
	}
	return in.LeadTo(ctx, tips, h)
}

// baseOf is what a version is read against when nothing else is asked for: a proposal's recorded base; the text
// before it for a saved state; nothing for a text that stands for itself.
func (r *reader) baseOf(ctx context.Context, v located) (located, error) {
	switch v.Kind {
	case VersionProposal, VersionDraft, VersionSubmission:
	default:
		return located{}, nil
	}
	p, err := r.known(ctx, v.Draft)
	if err != nil {
		return located{}, err
	}
	base := p.Base
	if v.Kind == VersionSubmission {
		if base, err = r.submissionBase(ctx, p, v.Commit); err != nil {
			return located{}, err
		}
	}
	return r.named(ctx, base)
}

// submissionBase is the base on record of the submission with this commit.
func (r *reader) submissionBase(ctx context.Context, p Proposal, commit repo.Hash) (repo.Hash, error) {
	subs, err := r.records.Submissions(ctx, p.ID)
	if err != nil {
		return "", fmt.Errorf("submissions of %s: %w", p.Draft, err)
	}
	for _, s := range subs {
		if s.Commit == commit {
			return s.Base, nil
		}
	}
	return p.Base, nil
}

// named finds a public commit under the name people know it by: an adopted text, or the text as it stands.
func (r *reader) named(ctx context.Context, h repo.Hash) (located, error) {
	refs, err := r.public.Refs(ctx, "adopted/")
	if err != nil {
		return located{}, err
	}
	for _, ref := range refs {
		if ref.Hash == h {
			return r.adopted(ctx, ref.Name)
		}
	}
	m, err := r.main(ctx)
	if err != nil || m.Commit == h {
		return m, err
	}
	c, err := r.public.Commit(ctx, h)
	if err != nil {
		return located{}, err
	}
	label := revisedText + " of " + said(c.When)
	return located{Version: Version{Key: string(h), Label: label, Kind: VersionCommit, Commit: h, At: c.When}, in: r.public}, nil
}

// flush saves what is being written in a draft, so that what is read next is current.
func (s *Service) flush(ctx context.Context, slug repo.Slug, d repo.DraftName) error {
	var err error
	for range 3 {
		_, _, err = s.hub.Flush(ctx, room(slug, d))
		if !overtaken(err) || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("save draft %s of %s: %w", d, slug, err)
	}
	return nil
}

// overtaken tells whether a save came to nothing because a push came in between; the next one takes both in.
func overtaken(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, realtime.ErrStale)
}
