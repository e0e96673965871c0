package drafting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/repo"
)

// historyPage is how many steps a page of history holds.
const historyPage = 100

// sittingGap is how long writing may rest within one sitting.
const sittingGap = 30 * time.Minute

// The trailers by which a history knows what a commit did.
const (
	ProposalTrailer = "Proposal"     // "usa/48a5-1", one for each proposal merged
	DecisionTrailer = "Decision"     // "resolves 5: usa/48a5-1", one for each conflict settled
	EditionTrailer  = "Adopted-text" // "Rev. Hammamet, 2016", of an editorial merge at adoption
	inPart          = " (in part)"
)

// History gives a stretch of a version's history, newest first, from the step below after.
func (s *Service) History(ctx context.Context, a Actor, slug repo.Slug, version string, after repo.Hash) (HistoryPage, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return HistoryPage{}, err
	}
	v, err := r.version(ctx, version)
	if err != nil {
		return HistoryPage{}, err
	}
	if after != "" {
		below, err := v.in.IsAncestor(ctx, after, v.Commit)
		if err != nil {
			return HistoryPage{}, fmt.Errorf("history of %s: %w", v.Key, missing(err))
		}
		if !below {
			return HistoryPage{}, fmt.Errorf("step %s in the history of %s: %w", after, v.Key, ErrNotFound)
		}
	}
	commits, err := v.in.Log(ctx, v.Commit, historyPage+1, after)
	if err != nil {
		return HistoryPage{}, fmt.Errorf("history of %s: %w", v.Key, missing(err))
	}
	page := HistoryPage{Resolution: r.about, Version: v.Version}
	if len(commits) > historyPage {
		commits = commits[:historyPage]
		page.Next = commits[historyPage-1].Hash
	}
	marks, err := r.marks(ctx, commits)
	if err != nil {
		return HistoryPage{}, err
	}
	line, err := r.mainLine(ctx)
	if err != nil {
		return HistoryPage{}, err
	}
	for _, c := range commits {
		entry, err := r.entry(ctx, c, marks[c.Hash], line[c.Hash])
		if err != nil {
			return HistoryPage{}, err
		}
		page.Entries = append(page.Entries, entry)
	}
	sittings(page.Entries)
	return page, nil
}

// marks lists the submissions and adoptions of these commits.
func (r *reader) marks(ctx context.Context, commits []repo.Commit) (map[repo.Hash][]Version, error) {
	shown := map[repo.Hash]bool{}
	for _, c := range commits {
		shown[c.Hash] = true
	}
	refs, err := r.public.Refs(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("versions of %s: %w", r.about.Slug, err)
	}
	marks := map[repo.Hash][]Version{}
	for _, ref := range refs {
		mark := strings.HasPrefix(ref.Name, "adopted/") || strings.HasPrefix(ref.Name, "submitted/")
		if !mark || !shown[ref.Hash] {
			continue
		}
		v, err := r.version(ctx, ref.Name)
		if err != nil {
			return nil, err
		}
		marks[ref.Hash] = append(marks[ref.Hash], v.Version)
	}
	return marks, nil
}

// entry tells of one commit in the assembly's words; onMain says that the server wrote it on main.
func (r *reader) entry(ctx context.Context, c repo.Commit, marks []Version, onMain bool) (HistoryEntry, error) {
	e := HistoryEntry{
		Version: Version{
			Key: string(c.Hash), Label: "Text of " + said(c.When), Kind: VersionCommit, Commit: c.Hash, At: c.When,
		},
		Kind: EntrySaved, Parents: c.Parents, By: r.dir.named(c.Author), Subject: c.Subject, Body: c.Body, Marks: marks,
	}
	for _, with := range c.CoAuthors {
		e.With = append(e.With, r.dir.named(with))
	}
	if !onMain {
		return e, nil
	}
	for _, t := range c.Trailers {
		if t.Key != ProposalTrailer {
			continue
		}
		name, err := r.proposalName(ctx, t.Value)
		if err != nil {
			return HistoryEntry{}, err
		}
		if name.Label != "" {
			e.Proposals = append(e.Proposals, name)
		}
	}
	edits := slices.ContainsFunc(c.Trailers, func(t repo.Trailer) bool { return t.Key == EditionTrailer })
	switch {
	case edits:
		e.Kind = EntryEditorial
	case len(e.Proposals) > 0:
		e.Kind = EntryMerged
	case len(c.Parents) == 0:
		e.Kind = EntryImported
	}
	return e, nil
}

// proposalName reads a proposal's trailer; one that names no proposal the actor may know of is left out.
func (r *reader) proposalName(ctx context.Context, trailer string) (ProposalName, error) {
	name, part := strings.CutSuffix(trailer, inPart)
	d, ok := repo.ParseDraftName("proposals/" + name)
	if !ok {
		return ProposalName{}, nil
	}
	p, err := r.known(ctx, d)
	if isMissing(err) {
		return ProposalName{}, nil
	}
	if err != nil {
		return ProposalName{}, err
	}
	return ProposalName{Draft: d, Label: r.dir.proposal(p), Circle: r.dir.circle(d.Circle), InPart: part}, nil
}

// sittings numbers the entries so that neighbouring saves by the same person within one sitting share a number.
func sittings(entries []HistoryEntry) {
	n := 0
	for i := range entries {
		if i > 0 && !sameSitting(entries[i-1], entries[i]) {
			n++
		}
		entries[i].Sitting = n
	}
}

func sameSitting(newer, older HistoryEntry) bool {
	return newer.Kind == EntrySaved && older.Kind == EntrySaved && len(older.Marks) == 0 &&
		newer.By == older.By && len(newer.Parents) == 1 && newer.Parents[0] == older.Commit &&
		newer.At.Sub(older.At) <= sittingGap
}
