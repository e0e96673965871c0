package drafting

import (
	"context"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// read fills in the text shown and its changes against the base.
func (v *ProposalView) read(ctx context.Context, base, shown located) error {
	was, err := base.text(ctx)
	if err != nil {
		return err
	}
	if v.Text, err = shown.text(ctx); err != nil {
		return err
	}
	v.Names = resolution.Names(v.Text)
	v.Changes = diff.Compare(was, v.Text)
	return nil
}

// hasChanges tells whether the text shown differs from its base.
func (v *ProposalView) hasChanges() bool {
	for _, c := range v.Changes {
		if c.Kind != diff.Same || c.Moved || c.LabelBase != c.LabelRevised {
			return true
		}
	}
	return false
}

// proposalPermissions tells what the actor may do with a proposal, and why not what they could expect to do.
func (r *reader) proposalPermissions(p Proposal, view ProposalView) ProposalPermissions {
	circle := p.Draft.Circle
	may := func(act Act) bool { return r.rights.May(r.actor, act, circle) == nil }
	closed := p.open()
	perm := ProposalPermissions{
		Write:    closed == nil && may(ActWrite),
		Withdraw: p.Status.proposed() && may(ActWithdraw),
		Number:   may(ActNumber),
		Name:     p.Number == "" && may(ActWrite),
	}
	if !r.mine(circle) || !may(ActWrite) {
		return perm
	}
	refused := r.rights.May(r.actor, ActSubmit, circle)
	switch {
	case closed != nil:
		perm.Why = closed.Error()
	case refused != nil:
		perm.Why = refused.Error()
	case !view.hasChanges() && view.Procedure.Declared != ActionNoChange:
		perm.Why = "No changes yet. Choose Write, and type anywhere in the text."
	case p.Status.proposed() && !view.Unsubmitted:
		perm.Why = "Everything written is submitted."
	default:
		perm.Submit = true
	}
	return perm
}

// carriedOver tells what became of an open proposal's changes when the revised text has moved since its base.
func (r *reader) carriedOver(ctx context.Context, v *ProposalView) error {
	main, err := r.version(ctx, repo.Main)
	if err != nil || main.Commit == v.Base.Commit || v.Proposal.open() != nil {
		return err
	}
	was, err := r.public.Text(ctx, v.Base.Commit)
	if err != nil {
		return missing(err)
	}
	is, err := main.text(ctx)
	if err != nil {
		return err
	}
	v.Moved = main.Version
	v.Carried = merge.Carry(was, is, v.Text, nil).Clauses
	return nil
}
