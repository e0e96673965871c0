package drafting

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// Action is what a proposal does to a resolution, as documents of the meeting say it.
type Action string

// The actions. The zero Action is not declared.
const (
	ActionModify   Action = "MOD"
	ActionAdd      Action = "ADD"
	ActionSuppress Action = "SUP"
	ActionNoChange Action = "NOC"
)

// Actions lists every action, in the order of the forms.
func Actions() []Action { return []Action{ActionModify, ActionAdd, ActionSuppress, ActionNoChange} }

// Procedure is what a proposal goes through beside its text.
type Procedure struct {
	Declared   Action      // by its delegation; empty: the change speaks for itself
	Group      repo.Circle // the drafting group it was referred to; empty: none
	Referred   time.Time
	ReferredBy PersonID
}

// Sponsor is a delegation that stands behind another's proposal.
type Sponsor struct {
	Circle repo.Circle
	Joined time.Time
	By     PersonID
	Left   time.Time // zero: it still does
}

// ProcedureRecords keeps what proposals go through.
type ProcedureRecords interface {
	Procedure(ctx context.Context, proposal int64) (Procedure, error) // the zero one where nothing was noted
	SetProcedure(ctx context.Context, proposal int64, p Procedure) error
	Sponsors(ctx context.Context, proposal int64) ([]Sponsor, error)
	AddSponsor(ctx context.Context, proposal int64, s Sponsor) error // ErrExists
	EndSponsor(ctx context.Context, proposal int64, circle repo.Circle, at time.Time) error
}

// The verbs of activity about procedure.
const (
	VerbJoined   = "joined"
	VerbLeft     = "left"
	VerbReferred = "referred to a drafting group"
	VerbReturned = "took back from a drafting group"
	VerbDeclared = "declared"
)

// ActionOf tells what becomes of a base in a text: nothing, something new where there was nothing, all of it struck, or
// a change.
func ActionOf(base, text resolution.Text) Action {
	switch was, is := clauses(base), clauses(text); {
	case !changes(base, text):
		return ActionNoChange
	case was == 0:
		return ActionAdd
	case is == 0:
		return ActionSuppress
	}
	return ActionModify
}

// clauses counts what says something: items and tables anywhere, and paragraphs once the preamble has begun.
func clauses(t resolution.Text) (n int) {
	begun := false
	for _, b := range t.Blocks {
		switch b.Kind {
		case resolution.KindItem, resolution.KindBullet, resolution.KindTable:
			n++
		case resolution.KindOpener:
			begun = true
		case resolution.KindParagraph:
			if begun {
				n++
			}
		default:
		}
	}
	return n
}

func changes(base, text resolution.Text) bool {
	return slices.ContainsFunc(diff.Compare(base, text), func(c diff.Change) bool {
		return c.Kind != diff.Same || c.Moved || c.LabelBase != c.LabelRevised
	})
}

// asDeclared refuses a text that does something else than its delegation has declared.
func asDeclared(declared Action, base, text resolution.Text) error {
	is := ActionOf(base, text)
	switch {
	case declared == "" || declared == is:
		return nil
	case declared == ActionNoChange:
		return refuse("The proposal is declared NOC, no change, and its text changes the base: take the changes out, or declare %s.", is)
	case is == ActionNoChange:
		return refuse("The proposal is declared %s, and its text changes nothing: write the change, or declare NOC.", declared)
	}
	return refuse("The proposal is declared %s, and its text makes it %s: declare %s, or change the text.", declared, is, is)
}

// Declare notes the action that a proposal's own delegation says it is; an empty one takes that back. It is held
// against the text when the proposal is submitted.
func (s *Service) Declare(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName, action Action) error {
	_, p, err := s.own(ctx, a, ActWrite, slug, d)
	if err != nil {
		return err
	}
	if action != "" && !slices.Contains(Actions(), action) {
		return refuse("%q is no action: choose MOD, ADD, SUP or NOC.", action)
	}
	if err := p.open(); err != nil {
		return err
	}
	return s.proceed(ctx, p, func(now *Procedure) (Activity, error) {
		if now.Declared == action {
			return Activity{}, nil
		}
		now.Declared = action
		return Activity{Person: a.Person, From: a.From, Circle: d.Circle, Verb: VerbDeclared, Detail: string(action), Private: p.Submissions == 0}, nil
	})
}

// Refer hands a submitted proposal to a drafting group, or with an empty group takes it back from there. It stays open
// for revision, and for merging.
func (s *Service) Refer(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName, group repo.Circle) error {
	r, p, err := s.own(ctx, a, ActMerge, slug, d)
	if err != nil {
		return err
	}
	if group != "" && (r.dir.circle(group).Kind != CircleGroup) {
		return refuse("Choose a group: %q is none. The secretariat adds groups on the page of people and delegations.", group)
	}
	if !p.Status.proposed() {
		return refuse("Only a submitted proposal is referred to a group; this one is %s.", p.Status)
	}
	return s.proceed(ctx, p, func(now *Procedure) (Activity, error) {
		if now.Group == group {
			return Activity{}, nil
		}
		line := Activity{Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbReferred, Detail: r.dir.label(group)}
		if group == "" {
			line.Verb, line.Detail = VerbReturned, r.dir.label(now.Group)
		}
		now.Group, now.Referred, now.ReferredBy = group, s.now(), a.Person
		return line, nil
	})
}

// proceed changes what a proposal goes through and tells of it, both or neither. A line without a verb changes nothing.
func (s *Service) proceed(ctx context.Context, p Proposal, change func(*Procedure) (Activity, error)) error {
	err := s.records.Together(ctx, func(r Records) error {
		now, err := r.Procedure(ctx, p.ID)
		if err != nil {
			return err
		}
		line, err := change(&now)
		if err != nil || line.Verb == "" {
			return err
		}
		if err := r.SetProcedure(ctx, p.ID, now); err != nil {
			return err
		}
		line.At, line.Resolution, line.Draft = s.now(), p.Resolution, p.Draft
		return r.AddActivity(ctx, line)
	})
	if err != nil {
		return fmt.Errorf("procedure of %s: %w", p.Draft, err)
	}
	return nil
}

// Cosponsor lets the actor's delegation join a submitted proposal of another one, or leave it.
func (s *Service) Cosponsor(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName, join bool) error {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return err
	}
	p, err := r.known(ctx, d)
	if err != nil {
		return err
	}
	if err := r.rights.May(a, ActSupport, a.Circle); err != nil {
		return err
	}
	switch {
	case a.Circle == d.Circle:
		return refuse("It is your own delegation's proposal.")
	case r.dir.circle(a.Circle).Kind != CircleDelegation:
		return refuse("A delegation joins a proposal; choose for which one you act.")
	case !p.Status.proposed():
		return refuse("Only a submitted proposal can be joined or left; this one is %s.", p.Status)
	}
	line := Activity{
		At: s.now(), Resolution: slug, Draft: d, Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbJoined, Detail: r.dir.label(a.Circle),
	}
	err = s.records.Together(ctx, func(records Records) error {
		if !join {
			line.Verb = VerbLeft
			err = records.EndSponsor(ctx, p.ID, a.Circle, s.now())
		} else {
			err = records.AddSponsor(ctx, p.ID, Sponsor{Circle: a.Circle, Joined: s.now(), By: a.Person})
		}
		if err != nil {
			return err
		}
		return records.AddActivity(ctx, line)
	})
	if errors.Is(err, ErrExists) || errors.Is(err, ErrNotFound) {
		return nil // it had joined, or left, already
	}
	if err != nil {
		return fmt.Errorf("sponsors of %s: %w", d, err)
	}
	return nil
}

// ProcedureView is what a proposal goes through, as its page shows it.
type ProcedureView struct {
	Procedure
	Action   Action     // what the text shown does to its base
	InGroup  Circle     // the drafting group; none when it has no code
	Groups   []Circle   // it could be referred to, for whom that may
	Sponsors []Circle   // beside its own delegation
	Steps    []Activity // what became of it, the newest first, as everybody may know
	Declares bool       // the actor may declare the action
	Join     bool       // the actor's delegation may join, or leave
	Joined   bool
}

// mostSteps is how much of a resolution's activity is looked through for a proposal's steps.
const mostSteps = 1000

// procedure fills in what a proposal goes through.
func (r *reader) procedure(ctx context.Context, p Proposal, base resolution.Text, view *ProposalView) (err error) {
	v := ProcedureView{Action: ActionOf(base, view.Text)}
	if v.Procedure, err = r.records.Procedure(ctx, p.ID); err != nil {
		return fmt.Errorf("procedure of %s: %w", p.Draft, err)
	}
	sponsors, err := r.records.Sponsors(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("sponsors of %s: %w", p.Draft, err)
	}
	for _, s := range sponsors {
		if s.Left.IsZero() {
			v.Sponsors = append(v.Sponsors, r.dir.circle(s.Circle))
			v.Joined = v.Joined || s.Circle == r.actor.Circle
		}
	}
	if v.Group != "" {
		v.InGroup = r.dir.circle(v.Group)
	}
	proposed, circle := p.Status.proposed(), p.Draft.Circle
	v.Declares = p.open() == nil && r.rights.May(r.actor, ActWrite, circle) == nil
	v.Join = proposed && r.actor.Circle != circle && r.dir.circle(r.actor.Circle).Kind == CircleDelegation &&
		r.rights.May(r.actor, ActSupport, r.actor.Circle) == nil
	if proposed && r.rights.May(r.actor, ActMerge, circle) == nil {
		all, err := r.Circles(ctx)
		if err != nil {
			return err
		}
		v.Groups = slices.DeleteFunc(all, func(c Circle) bool { return c.Kind != CircleGroup })
	}
	lines, err := r.records.Activity(ctx, p.Resolution, mostSteps)
	if err != nil {
		return fmt.Errorf("steps of %s: %w", p.Draft, err)
	}
	for _, line := range lines {
		if line.Draft == p.Draft && !line.Private {
			v.Steps = append(v.Steps, line)
		}
	}
	view.Procedure = v
	return nil
}
