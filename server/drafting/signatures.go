package drafting

import (
	"context"

	"plenary/realtime"
	"plenary/repo"
	"plenary/repo/merge"
)

// Reconcile finishes what a crash left half done: submissions, merges and adoptions whose texts are in git and
// whose records are not, or the other way round.
func (s *Service) Reconcile(ctx context.Context) error { return nil }

// Assembly tells of the assembly and its meeting. ErrNotFound before the server is set up.
func (s *Service) Assembly(ctx context.Context) (Assembly, error) { return s.records.Assembly(ctx) }

// List gives every resolution with what is going on in it for the actor, in order of number.
func (s *Service) List(ctx context.Context, a Actor) ([]ListRow, error) { return nil, ErrNotFound }

// Resolution gives the page of one resolution.
func (s *Service) Resolution(ctx context.Context, a Actor, slug repo.Slug) (ResolutionView, error) {
	return ResolutionView{}, ErrNotFound
}

// Versions lists every version of a text that the actor may read: adopted ones, the revised text, proposals, their
// submissions, own drafts.
func (s *Service) Versions(ctx context.Context, a Actor, slug repo.Slug) ([]Version, error) {
	return nil, ErrNotFound
}

// Read gives one version to read with its changes against another; against may be empty for the version's own base.
func (s *Service) Read(ctx context.Context, a Actor, slug repo.Slug, version, against string) (Reading, error) {
	return Reading{}, ErrNotFound
}

// Compare gives the difference from one version to another.
func (s *Service) Compare(ctx context.Context, a Actor, slug repo.Slug, from, to string) (Comparison, error) {
	return Comparison{}, ErrNotFound
}

// History gives a stretch of a version's history, newest first, from the step below after.
func (s *Service) History(ctx context.Context, a Actor, slug repo.Slug, version string, after repo.Hash) (HistoryPage, error) {
	return HistoryPage{}, ErrNotFound
}

// Compilation gives the text in force with what every submitted proposal makes of it.
func (s *Service) Compilation(ctx context.Context, a Actor, slug repo.Slug) (CompilationView, error) {
	return CompilationView{}, ErrNotFound
}

// Propose begins a draft of the actor's circle on the text as it stands. The number may be empty.
func (s *Service) Propose(ctx context.Context, a Actor, slug repo.Slug, number string) (Proposal, error) {
	return Proposal{}, ErrNotFound
}

// Proposal gives the page of one proposal. Drafts of other circles are not found.
func (s *Service) Proposal(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName) (ProposalView, error) {
	return ProposalView{}, ErrNotFound
}

// Submit saves what is being written and publishes it as the proposal's next submission.
func (s *Service) Submit(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName) (Submission, error) {
	return Submission{}, ErrNotFound
}

// Withdraw takes a submitted proposal back, with a reason that everybody reads. It stays on record.
func (s *Service) Withdraw(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName, reason string) error {
	return ErrNotFound
}

// SetNumber issues a proposal's document number.
func (s *Service) SetNumber(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName, n ProposalNumber) error {
	return ErrNotFound
}

// StartMerging begins a merge of submitted proposals as they were last submitted.
func (s *Service) StartMerging(ctx context.Context, a Actor, slug repo.Slug, ds []repo.DraftName) (Merging, error) {
	return Merging{}, ErrNotFound
}

// MergingView gives the workbench of a merge.
func (s *Service) MergingView(ctx context.Context, a Actor, id MergeID) (MergingView, error) {
	return MergingView{}, ErrNotFound
}

// Decide settles one decision of a merge, at once and for everybody at the workbench.
func (s *Service) Decide(ctx context.Context, a Actor, id MergeID, key string, how merge.Settlement) error {
	return ErrNotFound
}

// TakeBack opens a decision again.
func (s *Service) TakeBack(ctx context.Context, a Actor, id MergeID, key string) error {
	return ErrNotFound
}

// Finish writes the merged text as the revised text, with a sentence for the record. When the text has moved since,
// the merge is carried over, and a Refusal says how many new questions that raised.
func (s *Service) Finish(ctx context.Context, a Actor, id MergeID, sentence string) (repo.Hash, error) {
	return "", ErrNotFound
}

// Abandon ends a merge without a result; its decisions stay on record.
func (s *Service) Abandon(ctx context.Context, a Actor, id MergeID) error { return ErrNotFound }

// Adopt records that the assembly has adopted the text as it stands.
func (s *Service) Adopt(ctx context.Context, a Actor, slug repo.Slug, adoption Adoption) (Version, error) {
	return Version{}, ErrNotFound
}

// PreviewImport tells how a file would be understood, and keeps nothing.
func (s *Service) PreviewImport(ctx context.Context, a Actor, name string, file []byte) (ImportPreview, error) {
	return ImportPreview{}, ErrNotFound
}

// Import keeps an adopted text as a new resolution.
func (s *Service) Import(ctx context.Context, a Actor, r ImportRequest) (Resolution, error) {
	return Resolution{}, ErrNotFound
}

// Room names the room of a draft ("drafts/usa/48a5-1") and the part the actor has in it.
func (s *Service) Room(ctx context.Context, a Actor, slug repo.Slug, ref string) (realtime.RoomName, realtime.Participant, error) {
	return "", realtime.Participant{}, ErrNotFound
}

// OpenRepository gives the directory of a repository that the actor may fetch from, refs brought up to date.
func (s *Service) OpenRepository(ctx context.Context, a Actor, g GitRepository) (dir string, err error) {
	return "", ErrNotFound
}

// BeforeFetch saves drafts of the desk with words unsaved for a while, so that a clone is fresh.
func (s *Service) BeforeFetch(ctx context.Context, a Actor, g GitRepository) error {
	return ErrNotFound
}

// CheckPush answers each command of a push before its objects are taken. If any verdict has a reason, none is done.
func (s *Service) CheckPush(ctx context.Context, a Actor, g GitRepository, updates []repo.RefUpdate) ([]RefVerdict, error) {
	return nil, ErrNotFound
}

// Pushed takes in a push whose refs have moved: a new draft is recorded, words reach the open editors, a push to
// proposals/ is a submission.
func (s *Service) Pushed(ctx context.Context, a Actor, g GitRepository, updates []repo.RefUpdate) error {
	return ErrNotFound
}

// SetAssembly records what the assembly and its meeting are, and the deadline of Submit.
func (s *Service) SetAssembly(ctx context.Context, a Actor, as Assembly) error { return ErrForbidden }

// Circles lists the circles of the assembly in order of joining.
func (s *Service) Circles(ctx context.Context) ([]Circle, error) { return s.records.Circles(ctx) }

// People lists everybody who may sign in, for the secretariat.
func (s *Service) People(ctx context.Context, a Actor) ([]Person, error) { return nil, ErrForbidden }

// AddPerson makes an account. The hash is of the password, made by the caller.
func (s *Service) AddPerson(ctx context.Context, a Actor, p Person, passwordHash string) (PersonID, error) {
	return 0, ErrForbidden
}

// AddCircle adds a delegation or a group.
func (s *Service) AddCircle(ctx context.Context, a Actor, c Circle) error { return ErrForbidden }

// Join makes a person one of a circle.
func (s *Service) Join(ctx context.Context, a Actor, person PersonID, circle repo.Circle) error {
	return ErrForbidden
}

// Leave takes a person out of a circle, out of its drafts too, at once.
func (s *Service) Leave(ctx context.Context, a Actor, person PersonID, circle repo.Circle) error {
	return ErrForbidden
}

// Disable closes an account or opens it again. Closing ends the person's sessions and live editing at once.
func (s *Service) Disable(ctx context.Context, a Actor, person PersonID, disabled bool) error {
	return ErrForbidden
}
