package drafting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plenary/repo"
	"plenary/repo/resolution"
)

// Fault is something that does not fit: what a check of the whole house found.
type Fault struct {
	Where string // "wtsa-7", "wtsa-7 drafts/usa/48a5-1"
	What  string // a sentence
}

// Check holds repositories, records and journal against each other and gives every fault, in order of resolution. It
// changes nothing; [Service.Reconcile] mends what can be mended. Nobody may be writing meanwhile.
func (s *Service) Check(ctx context.Context) ([]Fault, error) {
	slugs, err := s.archive.Resolutions()
	if err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	records, err := s.records.Resolutions(ctx)
	if err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	var faults []Fault
	for _, about := range records {
		if !slices.Contains(slugs, about.Slug) {
			faults = append(faults, Fault{string(about.Slug), "it is on record, but its repository is gone: restore it from a backup"})
		}
	}
	for _, slug := range slugs {
		found, err := s.check(ctx, slug)
		if ctx.Err() != nil || errors.Is(err, ErrDamaged) {
			return nil, fmt.Errorf("check %s: %w", slug, err)
		}
		if err != nil { // one that cannot be read keeps nobody from hearing about the others
			found = append(found, Fault{string(slug), "it cannot be read: " + err.Error()})
		}
		faults = append(faults, found...)
	}
	return faults, nil
}

// check looks through one resolution.
func (s *Service) check(ctx context.Context, slug repo.Slug) ([]Fault, error) {
	var faults []Fault
	if err := s.archive.Check(ctx, slug); err != nil {
		faults = append(faults, Fault{string(slug), err.Error()})
	}
	if _, err := s.records.Resolution(ctx, slug); errors.Is(err, ErrNotFound) {
		return append(faults, Fault{string(slug), "its repository is not on record"}), nil
	} else if err != nil {
		return nil, err
	}
	public, err := s.archive.Public(slug)
	if err != nil {
		return nil, err
	}
	refs, err := public.Refs(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		what, err := checkText(ctx, public, ref)
		if err != nil {
			return nil, err
		}
		if what != "" {
			faults = append(faults, Fault{string(slug) + " " + ref.Name, what})
		}
	}
	all, err := s.records.Proposals(ctx, slug)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		what, err := s.checkProposal(ctx, public, p)
		if err != nil {
			return nil, err
		}
		if what != "" {
			faults = append(faults, Fault{string(slug) + " " + p.Draft.String(), what})
		}
	}
	return faults, nil
}

// checkText says what is wrong with the text at a ref; nothing, if it is canonical.
func checkText(ctx context.Context, r *repo.Repository, ref repo.Ref) (string, error) {
	file, err := r.File(ctx, ref.Hash, repo.TextFile)
	if errors.Is(err, repo.ErrNotFound) {
		return "it has no " + repo.TextFile, nil
	}
	if err != nil {
		return "", err
	}
	canonical, _, err := resolution.Canonical(file)
	if err != nil {
		return fmt.Sprintf("its text cannot be read: %v", err), nil
	}
	if string(canonical) != string(file) && !strings.HasPrefix(ref.Name, "submitted/") && !strings.HasPrefix(ref.Name, "adopted/") {
		return "its text is not canonical: plenary fmt rewrites it", nil
	}
	return "", nil
}

// checkProposal holds the record of a proposal against its refs and its journal.
func (s *Service) checkProposal(ctx context.Context, public *repo.Repository, p Proposal) (string, error) {
	if p.Submitted != "" {
		tip, err := public.Tip(ctx, p.Draft.Proposal())
		if errors.Is(err, repo.ErrNotFound) {
			return "it is on record as submitted, but nothing is published", nil
		}
		if err != nil {
			return "", err
		}
		if tip != p.Submitted {
			return fmt.Sprintf("record and repository name different submissions (%.10s, %.10s)", p.Submitted, tip), nil
		}
	}
	desk, err := s.archive.Desk(ctx, p.Resolution, p.Draft.Circle)
	if err != nil {
		return "", err
	}
	if _, err := desk.Tip(ctx, p.Draft.Draft()); errors.Is(err, repo.ErrNotFound) {
		return "it is on record, but its draft is gone from the desk", nil
	} else if err != nil {
		return "", err
	}
	snapshot, ok, err := s.journal.LastSnapshot(ctx, room(p.Resolution, p.Draft))
	if err != nil || !ok || snapshot.Commit == "" {
		return "", err
	}
	held, err := desk.Has(ctx, repo.Hash(snapshot.Commit))
	if err != nil {
		return "", err
	}
	if !held {
		return fmt.Sprintf("its journal names a commit that the desk does not hold (%.10s)", snapshot.Commit), nil
	}
	return "", nil
}
