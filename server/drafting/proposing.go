package drafting

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"plenary/repo"
	"plenary/repo/resolution"
)

// Propose begins a draft of the actor's circle on the text as it stands, with or without a document number.
func (s *Service) Propose(ctx context.Context, a Actor, slug repo.Slug, number string) (Proposal, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return Proposal{}, err
	}
	if a.Circle == "" && a.Role == RoleDelegate && !a.Anonymous() {
		return Proposal{}, refuse("You belong to no delegation yet; the secretariat can add you to one.")
	}
	if err := r.rights.May(a, ActPropose, a.Circle); err != nil {
		return Proposal{}, err
	}
	n, err := checkNumber(number, r.dir.circle(a.Circle))
	if err != nil {
		return Proposal{}, err
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return Proposal{}, err
	}
	defer release()
	main, err := r.public.Tip(ctx, repo.Main)
	if err != nil {
		return Proposal{}, fmt.Errorf("text of %s: %w", slug, missing(err))
	}
	d, err := s.begin(ctx, slug, a.Circle, branchName(n, r.dir.label(a.Circle)), main)
	if errors.Is(err, repo.ErrExists) {
		return Proposal{}, refuse("%s has a proposal on %s already: open it, or give another number.", n, r.about.Slug)
	}
	if err != nil {
		return Proposal{}, err
	}
	p := Proposal{
		Resolution: slug, Draft: d, Number: n, Status: StatusDraft, Base: main, Begun: s.now(), BegunBy: a.Person,
	}
	return s.record(ctx, p)
}

// begin makes the branch of a new draft, under the given name or the first free draft-1, draft-2 ...
func (s *Service) begin(ctx context.Context, slug repo.Slug, circle repo.Circle, name string, from repo.Hash) (repo.DraftName, error) {
	if name != "" {
		d := repo.DraftName{Circle: circle, Name: name}
		return d, s.archive.BeginDraft(ctx, slug, d, from)
	}
	for i := 1; ; i++ {
		d := repo.DraftName{Circle: circle, Name: "draft-" + strconv.Itoa(i)}
		err := s.archive.BeginDraft(ctx, slug, d, from)
		if !errors.Is(err, repo.ErrExists) {
			return d, err
		}
	}
}

// record puts a proposal whose branch is there on record.
func (s *Service) record(ctx context.Context, p Proposal) (Proposal, error) {
	var err error
	if p.ID, err = s.records.AddProposal(ctx, p); err != nil {
		return Proposal{}, fmt.Errorf("record proposal %s: %w", p.Draft, err)
	}
	return p, s.tell(ctx, Activity{
		Resolution: p.Resolution, Draft: p.Draft, Person: p.BegunBy, Circle: p.Draft.Circle, Verb: VerbBegan, Private: true,
	})
}

// The verbs of activity.
const (
	VerbImported  = "imported"
	VerbBegan     = "began"
	VerbPushed    = "pushed"
	VerbSubmitted = "submitted"
	VerbWithdrew  = "withdrew"
	VerbNumbered  = "numbered"
	VerbMerging   = "began to merge"
	VerbAbandoned = "abandoned a merge of"
	VerbMerged    = "merged"
	VerbAdopted   = "adopted"
)

// tell adds a line to what happened.
func (s *Service) tell(ctx context.Context, line Activity) error {
	line.At = s.now()
	if err := s.records.AddActivity(ctx, line); err != nil {
		return fmt.Errorf("activity on %s: %w", line.Resolution, err)
	}
	stir := Stir{Resolution: line.Resolution, Kind: StirActivity, Verb: line.Verb}
	if line.Private {
		stir.Circle = line.Draft.Circle
	}
	s.stir(stir)
	return nil
}

// checkNumber reads a document number. It begins with the label of its circle, so that asking for a number tells
// nothing about the drafts of others.
func checkNumber(number string, circle Circle) (ProposalNumber, error) {
	number = strings.ToUpper(strings.TrimSpace(number))
	if number == "" {
		return "", nil
	}
	prefix := strings.ToUpper(circle.Label) + "/"
	wrong := len(number) > 60 || !strings.HasPrefix(number, prefix) || branchName(ProposalNumber(number), circle.Label) == ""
	for _, c := range number {
		wrong = wrong || (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("/-._()", c)
	}
	if wrong && !strings.HasPrefix(number, prefix) {
		return "", refuse("A document number of %s begins with %s, for example %s48A5/1. It may be left for later.",
			circle.Name, prefix, prefix)
	}
	if wrong {
		return "", refuse("%q is not a document number: use letters, digits, strokes and hyphens, for example %s48A5/1.",
			number, prefix)
	}
	return ProposalNumber(number), nil
}

// Submit saves what is being written and publishes it as the proposal's next submission. A server stopped on the
// way finishes it when it starts again.
func (s *Service) Submit(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName) (Submission, error) {
	r, p, err := s.own(ctx, a, ActSubmit, slug, d)
	if err != nil {
		return Submission{}, err
	}
	if err := s.flush(ctx, slug, d); err != nil {
		return Submission{}, err
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return Submission{}, err
	}
	defer release()
	if p, err = s.caughtUp(ctx, r, p.Draft); err != nil {
		return Submission{}, err
	}
	desk, err := s.archive.Desk(ctx, slug, d.Circle)
	if err != nil {
		return Submission{}, fmt.Errorf("desk of %s: %w", d.Circle, missing(err))
	}
	tip, err := desk.Tip(ctx, d.Draft())
	if err != nil {
		return Submission{}, fmt.Errorf("draft %s: %w", d, missing(err))
	}
	if err := r.submittable(ctx, p, desk, tip); err != nil {
		return Submission{}, err
	}
	return s.publish(ctx, r, p, tip, a.Person)
}

// own opens a proposal of the actor's circle for an act.
func (s *Service) own(ctx context.Context, a Actor, act Act, slug repo.Slug, d repo.DraftName) (*reader, Proposal, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return nil, Proposal{}, err
	}
	p, err := r.known(ctx, d)
	if err != nil {
		return nil, Proposal{}, err
	}
	if err := r.rights.May(a, act, d.Circle); err != nil {
		return nil, Proposal{}, err
	}
	return r, p, nil
}

// maxClauses is how many blocks a submitted text may have, unless its base has as many: ten times the longest
// resolution. Every page with all proposals reads every clause of them.
const maxClauses = 5000

// submittable tells whether there is something to submit.
func (r *reader) submittable(ctx context.Context, p Proposal, desk *repo.Repository, tip repo.Hash) error {
	text, err := desk.Text(ctx, tip)
	if err != nil {
		return fmt.Errorf("text of %s: %w", p.Draft, missing(err))
	}
	note, err := noteAt(ctx, desk, tip, p.Draft)
	if err != nil {
		return err
	}
	return r.admissible(ctx, p, text, note)
}

// admissible tells what is against submitting a text with its covering note as a proposal, if anything is.
func (r *reader) admissible(ctx context.Context, p Proposal, text resolution.Text, note []byte) error {
	if err := p.open(); err != nil {
		return err
	}
	base, err := r.public.Text(ctx, p.Base)
	if err != nil {
		return fmt.Errorf("base of %s: %w", p.Draft, missing(err))
	}
	if n := len(text.Blocks); n > maxClauses && n > len(base.Blocks) {
		return refuse("The text has %d clauses and lines, and at most %d can be submitted: take out what does not belong to the resolution, then submit again.", n, maxClauses)
	}
	proceeds, err := r.records.Procedure(ctx, p.ID)
	if err != nil {
		return fmt.Errorf("procedure of %s: %w", p.Draft, err)
	}
	if same(base, text) && proceeds.Declared != ActionNoChange {
		return refuse("There is no change to submit yet: the draft says what the text it was begun on says.")
	}
	if err := asDeclared(proceeds.Declared, base, text); err != nil {
		return err
	}
	if p.Submitted == "" || p.Status == StatusWithdrawn {
		return nil
	}
	before, err := r.public.Text(ctx, p.Submitted)
	if err != nil {
		return fmt.Errorf("submission of %s: %w", p.Draft, missing(err))
	}
	if !same(before, text) {
		return nil
	}
	noted, err := noteAt(ctx, r.public, p.Submitted, p.Draft)
	if err != nil {
		return err
	}
	if bytes.Equal(noted, note) {
		return refuse("Nothing has changed since submission %d; the draft and the submitted text are the same.", p.Submissions)
	}
	return nil
}

// open tells whether a proposal may still be submitted.
func (p Proposal) open() error {
	switch p.Status {
	case StatusDraft, StatusSubmitted, StatusInPart, StatusWithdrawn:
		return nil
	default:
		return refuse("This proposal is %s; propose a new change on the text as it stands.", p.Status)
	}
}

// publish makes tip the next submission of p: first in git, which a restart can finish, then on record.
func (s *Service) publish(ctx context.Context, r *reader, p Proposal, tip repo.Hash, by PersonID) (Submission, error) {
	n := p.Submissions + 1
	label := r.dir.proposal(p)
	sig := repo.Signature{Author: r.dir.author(by, p.Draft.Circle), When: s.now()}
	text := fmt.Sprintf("%s, submission %d", label, n)
	if err := s.archive.Submit(ctx, r.about.Slug, p.Draft, tip, n, sig, text); err != nil {
		return Submission{}, fmt.Errorf("submit %s: %w", p.Draft, missing(err))
	}
	sub := Submission{Proposal: p.ID, N: n, Commit: tip, Base: p.Base, At: s.now(), By: by}
	return sub, s.recordSubmission(ctx, p, sub, r.actor.From, r.rights.late(p.Draft.Circle))
}

// recordSubmission puts on record what has been published, from which address, and why it was admitted late.
func (s *Service) recordSubmission(ctx context.Context, p Proposal, sub Submission, from, late string) error {
	if err := s.records.AddSubmission(ctx, sub); err != nil {
		return fmt.Errorf("record submission %d of %s: %w", sub.N, p.Draft, err)
	}
	p.Status, p.Submissions, p.Submitted, p.SubmittedAt, p.Reason = StatusSubmitted, sub.N, sub.Commit, sub.At, ""
	if err := s.records.UpdateProposal(ctx, p); err != nil {
		return fmt.Errorf("record submission %d of %s: %w", sub.N, p.Draft, err)
	}
	if err := s.touch(ctx, p.Resolution); err != nil {
		return err
	}
	detail := ""
	if sub.N > 1 {
		detail = fmt.Sprintf("revision %d", sub.N)
	}
	if late != "" {
		detail = strings.TrimPrefix(detail+", admitted late: "+late, ", ")
	}
	return s.tell(ctx, Activity{
		Resolution: p.Resolution, Draft: p.Draft, Person: sub.By, From: from, Circle: p.Draft.Circle, Verb: VerbSubmitted, Detail: detail,
	})
}

// touch notes that something everybody can see has changed.
func (s *Service) touch(ctx context.Context, slug repo.Slug) error {
	about, err := s.records.Resolution(ctx, slug)
	if err == nil {
		about.Changed = s.now()
		err = s.records.UpdateResolution(ctx, about)
	}
	if err != nil {
		return fmt.Errorf("resolution %s: %w", slug, err)
	}
	return nil
}

// Withdraw takes a submitted proposal back, with a reason that everybody reads. It stays on record, and the circle
// may submit it again.
func (s *Service) Withdraw(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName, reason string) error {
	_, _, err := s.own(ctx, a, ActWithdraw, slug, d)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return refuse("Say in a sentence why the proposal is withdrawn; everybody will read it beside the proposal.")
	case len(reason) > 2000:
		return refuse("The reason is too long: keep it under 2,000 characters.")
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return err
	}
	defer release()
	p, err := s.records.Proposal(ctx, slug, d)
	if err != nil {
		return fmt.Errorf("proposal %s: %w", d, err)
	}
	if !p.Status.proposed() {
		return refuse("Only a submitted proposal can be withdrawn; this one is %s.", p.Status)
	}
	p.Status, p.Reason = StatusWithdrawn, reason
	if err := s.records.UpdateProposal(ctx, p); err != nil {
		return fmt.Errorf("withdraw %s: %w", d, err)
	}
	if err := s.touch(ctx, slug); err != nil {
		return err
	}
	return s.tell(ctx, Activity{
		Resolution: slug, Draft: d, Person: a.Person, From: a.From, Circle: d.Circle, Verb: VerbWithdrew, Detail: reason,
	})
}

// SetNumber issues a proposal's document number. The branch keeps its first name. A number that a draft of the same
// circle had chosen for itself is taken from that draft: the secretariat issues numbers.
func (s *Service) SetNumber(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName, n ProposalNumber) error {
	r, p, err := s.own(ctx, a, ActNumber, slug, d)
	if err != nil {
		return err
	}
	if n, err = checkNumber(string(n), r.dir.circle(d.Circle)); err != nil {
		return err
	}
	if n == "" {
		return refuse("Give the number to issue, for example %s/48A5/1.", r.dir.label(d.Circle))
	}
	if n == p.Number {
		return nil
	}
	p.Number = n
	err = s.records.UpdateProposal(ctx, p)
	if errors.Is(err, ErrExists) {
		if err = s.freeNumber(ctx, n); err == nil {
			err = s.records.UpdateProposal(ctx, p)
		}
	}
	if err != nil {
		return fmt.Errorf("number %s: %w", d, err)
	}
	return s.tell(ctx, Activity{
		Resolution: slug, Draft: d, Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbNumbered, Detail: string(n),
		Private: p.Submissions == 0,
	})
}

// freeNumber takes a number from a draft that chose it for itself; a Refusal when it was issued to a submitted text.
func (s *Service) freeNumber(ctx context.Context, n ProposalNumber) error {
	all, err := s.records.Resolutions(ctx)
	if err != nil {
		return err
	}
	for _, about := range all {
		proposals, err := s.records.Proposals(ctx, about.Slug)
		if err != nil {
			return err
		}
		for _, p := range proposals {
			if p.Number != n {
				continue
			}
			if p.Submissions > 0 {
				return refuse("%s is the number of another proposal, on %s.", n, about.Slug)
			}
			p.Number = ""
			return s.records.UpdateProposal(ctx, p)
		}
	}
	return nil
}

// Proposal gives the page of one proposal. Its own circle sees the draft as it is being written where that is not what
// is submitted, everybody else the text as last submitted.
func (s *Service) Proposal(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName) (ProposalView, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return ProposalView{}, err
	}
	p, err := r.known(ctx, d)
	if err != nil {
		return ProposalView{}, err
	}
	view := ProposalView{
		Resolution: r.about, Proposal: p, Circle: r.dir.circle(d.Circle), Label: r.dir.proposal(p), Deadline: r.rights.Closes(d.Circle),
	}
	base, err := r.named(ctx, p.Base)
	if err != nil {
		return ProposalView{}, fmt.Errorf("base of %s: %w", d, missing(err))
	}
	view.Base = base.Version
	shown, err := r.versionsShown(ctx, p, &view)
	if err != nil {
		return ProposalView{}, err
	}
	view.Shown = shown.Version
	if err := view.read(ctx, base, shown); err != nil {
		return ProposalView{}, err
	}
	if err := r.carriedOver(ctx, &view); err != nil {
		return ProposalView{}, err
	}
	was, err := base.text(ctx)
	if err != nil {
		return ProposalView{}, err
	}
	if err := r.procedure(ctx, p, was, &view); err != nil {
		return ProposalView{}, err
	}
	view.May = r.proposalPermissions(p, view)
	view.Submissions, err = r.submissions(ctx, p)
	return view, err
}

// versionsShown fills in the versions the actor may read and gives the one to show: the draft only while it says
// something else than what is submitted.
func (r *reader) versionsShown(ctx context.Context, p Proposal, view *ProposalView) (located, error) {
	var shown located
	var submittedText *resolution.Text
	if p.Submissions > 0 {
		v, err := r.version(ctx, p.Draft.Proposal())
		if err != nil {
			return located{}, err
		}
		view.Submitted, shown = v.Version, v
		text, err := v.text(ctx)
		if err != nil {
			return located{}, err
		}
		submittedText = &text
	}
	if !r.mine(p.Draft.Circle) {
		return shown, nil
	}
	v, err := r.version(ctx, p.Draft.Draft())
	if err != nil {
		return located{}, err
	}
	view.Draft = v.Version
	text, err := v.text(ctx)
	if err != nil {
		return located{}, err
	}
	view.Unsubmitted = submittedText == nil || !same(*submittedText, text)
	if !view.Unsubmitted {
		return shown, nil
	}
	return v, nil
}

func (r *reader) submissions(ctx context.Context, p Proposal) ([]SubmissionRow, error) {
	subs, err := r.records.Submissions(ctx, p.ID)
	if err != nil {
		return nil, fmt.Errorf("submissions of %s: %w", p.Draft, err)
	}
	rows := make([]SubmissionRow, len(subs))
	for i, sub := range subs {
		v, err := r.version(ctx, p.Draft.Submitted(sub.N))
		if err != nil {
			return nil, err
		}
		v.At = sub.At
		rows[i] = SubmissionRow{Submission: sub, Who: r.dir.person(sub.By, p.Draft.Circle), Version: v.Version}
	}
	return rows, nil
}
