package drafting

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Versions lists every version of a text that the actor may read: the revised text, adopted texts newest first,
// proposals with their submissions, drafts of the actor's circles.
func (s *Service) Versions(ctx context.Context, a Actor, slug repo.Slug) ([]Version, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return nil, err
	}
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return nil, err
	}
	all := []Version{main.Version}
	adopted, err := r.adoptedVersions(ctx)
	if err != nil {
		return nil, err
	}
	all = append(all, adopted...)
	proposals, err := r.visible(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range proposals {
		of, err := r.versionsOf(ctx, p)
		if err != nil {
			return nil, err
		}
		all = append(all, of...)
	}
	return all, nil
}

// adoptedVersions lists the adopted texts, newest first.
func (r *reader) adoptedVersions(ctx context.Context) ([]Version, error) {
	refs, err := r.public.Refs(ctx, "adopted/")
	if err != nil {
		return nil, fmt.Errorf("adopted texts of %s: %w", r.about.Slug, err)
	}
	var all []Version
	for _, ref := range refs {
		v, err := r.version(ctx, ref.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, v.Version)
	}
	slices.SortStableFunc(all, func(v, w Version) int { return w.At.Compare(v.At) })
	return all, nil
}

// versionsOf lists what the actor may read of one proposal.
func (r *reader) versionsOf(ctx context.Context, p Proposal) ([]Version, error) {
	var all []Version
	add := func(v located, err error) error {
		if err != nil {
			return fmt.Errorf("versions of %s: %w", p.Draft, missing(err))
		}
		all = append(all, v.Version)
		return nil
	}
	if p.Submissions > 0 {
		if err := add(r.submittedOf(ctx, p)); err != nil {
			return nil, err
		}
	}
	for n := p.Submissions; n > 0; n-- {
		if err := add(r.submissionOf(ctx, p, n)); err != nil {
			return nil, err
		}
	}
	if r.mine(p.Draft.Circle) {
		if err := add(r.savedDraftOf(ctx, p)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Read gives one version to read with its changes against another. An empty version is the revised text; an empty
// against is the version's own base, and a text that has none is read for itself.
func (s *Service) Read(ctx context.Context, a Actor, slug repo.Slug, version, against string) (Reading, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return Reading{}, err
	}
	v, err := r.version(ctx, version)
	if err != nil {
		return Reading{}, err
	}
	var base located
	if against == "" {
		base, err = r.baseOf(ctx, v)
	} else {
		base, err = r.version(ctx, against)
	}
	if err != nil {
		return Reading{}, err
	}
	reading := Reading{Resolution: r.about, Version: v.Version, Base: base.Version}
	if reading.Text, err = v.text(ctx); err != nil {
		return Reading{}, err
	}
	reading.Names = resolution.Names(reading.Text)
	if !base.Exists() {
		return reading, nil
	}
	was, err := base.text(ctx)
	if err != nil {
		return Reading{}, err
	}
	reading.Changes = diff.Compare(was, reading.Text)
	return reading, nil
}

// Compare gives the difference from one version to another. Empty keys are the revised text.
func (s *Service) Compare(ctx context.Context, a Actor, slug repo.Slug, from, to string) (Comparison, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return Comparison{}, err
	}
	va, err := r.version(ctx, from)
	if err != nil {
		return Comparison{}, err
	}
	vb, err := r.version(ctx, to)
	if err != nil {
		return Comparison{}, err
	}
	ta, err := va.text(ctx)
	if err != nil {
		return Comparison{}, err
	}
	tb, err := vb.text(ctx)
	if err != nil {
		return Comparison{}, err
	}
	return Comparison{
		Resolution: r.about, A: va.Version, B: vb.Version,
		Changes: diff.Compare(ta, tb), Same: same(ta, tb),
	}, nil
}

// same tells whether two texts are the same, word for word and label for label.
func same(a, b resolution.Text) bool {
	return string(resolution.Format(a)) == string(resolution.Format(b))
}

// changed counts the clauses that differ from the base.
func changed(base, revised resolution.Text) int {
	n := 0
	for _, c := range diff.Compare(base, revised) {
		if c.Kind != diff.Same || c.Moved {
			n++
		}
	}
	return n
}

// Resolution gives the page of one resolution.
func (s *Service) Resolution(ctx context.Context, a Actor, slug repo.Slug) (ResolutionView, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return ResolutionView{}, err
	}
	view := ResolutionView{Resolution: r.about, Deadline: r.rights.closesFor(r.actor), May: r.permissions()}
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return ResolutionView{}, err
	}
	view.Main = main.Version
	proposals, err := r.visible(ctx)
	if err != nil {
		return ResolutionView{}, err
	}
	if view.Proposals, err = r.rows(ctx, proposals); err != nil {
		return ResolutionView{}, err
	}
	if view.Activity, err = r.activity(ctx, 30); err != nil {
		return ResolutionView{}, err
	}
	if view.Mergings, err = r.mergings(ctx); err != nil {
		return ResolutionView{}, err
	}
	if view.Adopted, err = r.adoptedVersions(ctx); err != nil {
		return ResolutionView{}, err
	}
	return view, nil
}

// mergings lists the merges the actor may know of: open ones are the business of those who merge.
func (r *reader) mergings(ctx context.Context) ([]Merging, error) {
	all, err := r.records.Mergings(ctx, r.about.Slug)
	if err != nil {
		return nil, fmt.Errorf("merges on %s: %w", r.about.Slug, err)
	}
	merges := r.rights.May(r.actor, ActMerge, "") == nil
	return slices.DeleteFunc(all, func(m Merging) bool { return !merges && m.Done.IsZero() }), nil
}

// permissions tells what the actor may do with the resolution.
func (r *reader) permissions() Permissions {
	may := func(act Act, circle repo.Circle) bool { return r.rights.May(r.actor, act, circle) == nil }
	p := Permissions{
		Propose:    r.actor.Circle != "" && may(ActPropose, r.actor.Circle),
		StartMerge: may(ActMerge, ""),
		Adopt:      may(ActAdopt, ""),
		Import:     may(ActImport, ""),
	}
	switch {
	case r.actor.Anonymous():
		p.Why = "Sign in to propose a change."
	case r.actor.Role == RoleDelegate && r.actor.Circle == "":
		p.Why = "You belong to no delegation yet; the secretariat can add you to one."
	case p.Propose && r.rights.closed(r.actor.Circle):
		p.Why = "Submitting closed on " + said(r.rights.Closes(r.actor.Circle)) + ". Drafts stay open for writing."
	}
	return p
}

// rows completes proposals for a list.
func (r *reader) rows(ctx context.Context, proposals []Proposal) ([]ProposalRow, error) {
	texts := map[repo.Hash]resolution.Text{}
	rows := make([]ProposalRow, len(proposals))
	for i, p := range proposals {
		row, err := r.row(ctx, p, texts)
		if err != nil {
			return nil, err
		}
		rows[i] = row
	}
	slices.SortStableFunc(rows, func(a, b ProposalRow) int { return natural(a.Label, b.Label) })
	return rows, nil
}

func (r *reader) row(ctx context.Context, p Proposal, texts map[repo.Hash]resolution.Text) (ProposalRow, error) {
	row := ProposalRow{
		Proposal: p, Circle: r.dir.circle(p.Draft.Circle), Label: r.dir.proposal(p), Mine: r.mine(p.Draft.Circle),
	}
	var err error
	in, ref := r.public, p.Draft.Proposal()
	if row.Mine {
		if in, err = r.archive.Desk(ctx, r.about.Slug, p.Draft.Circle); err != nil {
			return row, fmt.Errorf("desk of %s: %w", p.Draft.Circle, missing(err))
		}
		ref = p.Draft.Draft()
		if row.Editing, err = r.hub.Present(ctx, room(r.about.Slug, p.Draft)); err != nil {
			return row, fmt.Errorf("people in %s: %w", p.Draft, err)
		}
	}
	tip, err := in.Tip(ctx, ref)
	if err != nil {
		return row, fmt.Errorf("%s: %w", ref, missing(err))
	}
	row.Clauses, err = r.counts.of(string("clauses "+p.Base+" "+tip), func() (int, error) {
		base, err := textOnce(ctx, r.public, p.Base, texts)
		if err != nil {
			return 0, fmt.Errorf("base of %s: %w", p.Draft, err)
		}
		text, err := in.Text(ctx, tip)
		if err != nil {
			return 0, fmt.Errorf("text of %s: %w", ref, missing(err))
		}
		return changed(base, text), nil
	})
	return row, err
}

// textOnce reads a text and keeps it for the rest of a page.
func textOnce(ctx context.Context, in *repo.Repository, h repo.Hash, kept map[repo.Hash]resolution.Text) (resolution.Text, error) {
	if t, ok := kept[h]; ok {
		return t, nil
	}
	t, err := in.Text(ctx, h)
	if err != nil {
		return t, missing(err)
	}
	kept[h] = t
	return t, nil
}

// natural orders labels as people count: USA/48A5/2 before USA/48A5/10.
func natural(a, b string) int {
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da > 0 && db > 0 {
			na, nb := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
			if len(na) != len(nb) {
				return len(na) - len(nb)
			}
			if c := strings.Compare(na, nb); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// activity gives the latest lines the actor may read. It asks the records for more until it has enough or all, so
// that lines kept from the actor leave no gap that could be counted.
func (r *reader) activity(ctx context.Context, limit int) ([]ActivityRow, error) {
	for asked := 2 * limit; ; asked *= 4 {
		lines, err := r.records.Activity(ctx, r.about.Slug, asked)
		if err != nil {
			return nil, fmt.Errorf("activity on %s: %w", r.about.Slug, err)
		}
		var seen []ActivityRow
		for _, line := range lines {
			if line.Private && !r.mine(line.Draft.Circle) {
				continue
			}
			if len(seen) == limit {
				break
			}
			row, err := r.activityRow(ctx, line)
			if err != nil {
				return nil, err
			}
			seen = append(seen, row)
		}
		if len(seen) == limit || len(lines) < asked {
			return seen, nil
		}
	}
}

func (r *reader) activityRow(ctx context.Context, line Activity) (ActivityRow, error) {
	row := ActivityRow{Activity: line, Who: r.dir.person(line.Person, line.Circle), CircleLabel: r.dir.label(line.Circle)}
	if line.Draft == (repo.DraftName{}) {
		return row, nil
	}
	p, err := r.records.Proposal(ctx, r.about.Slug, line.Draft)
	if err != nil {
		return row, fmt.Errorf("proposal %s of an activity: %w", line.Draft, err)
	}
	row.Proposal = r.dir.proposal(p)
	return row, nil
}

// List gives every resolution with what is going on in it for the actor, in order of number.
func (s *Service) List(ctx context.Context, a Actor) ([]ListRow, error) {
	reader, err := s.mayRead(ctx, a)
	if err != nil {
		return nil, err
	}
	if reader.dir, err = s.directory(ctx); err != nil {
		return nil, err
	}
	all, err := s.records.Resolutions(ctx)
	if err != nil {
		return nil, fmt.Errorf("resolutions: %w", err)
	}
	rows := make([]ListRow, len(all))
	counting := make([]string, len(all)) // what the counts of differing clauses go by; empty where none is due
	for i, about := range all {
		r, err := reader.of(about)
		if err != nil {
			return nil, err
		}
		if rows[i], counting[i], err = r.listRow(ctx); err != nil {
			return nil, fmt.Errorf("list %s: %w", about.Slug, err)
		}
	}
	s.differences.settle(ctx, countsWait)
	for i, key := range counting {
		if key != "" {
			rows[i].Differ, _ = s.differences.of(rows[i].Slug, key)
		}
	}
	slices.SortStableFunc(rows, func(x, y ListRow) int { return natural(x.Number, y.Number) })
	return rows, nil
}

// listRow gives one line of the list, and by what its differing clauses are counted.
func (r *reader) listRow(ctx context.Context) (row ListRow, counting string, err error) {
	row = ListRow{Resolution: r.about}
	proposals, err := r.visible(ctx)
	if err != nil {
		return row, "", err
	}
	submitted := map[repo.Circle]bool{}
	open := 0
	for _, p := range proposals {
		mine := r.mine(p.Draft.Circle)
		row.Mine = row.Mine || mine
		if p.Status.proposed() {
			submitted[p.Draft.Circle] = true
			open++
		}
		if p.Status.proposed() || mine && p.Status == StatusDraft {
			row.Proposals++
		}
	}
	for _, c := range r.dir.order {
		if submitted[c.Code] {
			row.Circles = append(row.Circles, c)
		}
	}
	if open > 1 {
		if counting, err = r.askDiffer(ctx); err != nil {
			return row, "", err
		}
	}
	last, err := r.activity(ctx, 1)
	if len(last) > 0 {
		row.Last = &last[0]
	}
	return row, counting, err
}
