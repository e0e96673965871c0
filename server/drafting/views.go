package drafting

import (
	"time"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// VersionKind says what a version of a text is.
type VersionKind string

// The kinds of version, from the most to the least official.
const (
	VersionAdopted    VersionKind = "adopted"    // a tag adopted/<place>-<year>
	VersionMain       VersionKind = "main"       // the text as it stands: adopted, or revised since
	VersionProposal   VersionKind = "proposal"   // a proposal as last submitted
	VersionSubmission VersionKind = "submission" // one submission on record
	VersionDraft      VersionKind = "draft"      // a draft at the actor's own desk, as last saved
	VersionCommit     VersionKind = "commit"     // any other saved state
)

// Version is one text that can be read, compared and linked to. The zero Version stands for none.
type Version struct {
	Key    string // as addresses write it: "main", "adopted/dubai-2012", "proposals/usa/48a5-1", a commit
	Label  string // as people say it: "Rev. Dubai, 2012", "USA/48A5/1, submission 2"
	Kind   VersionKind
	Commit repo.Hash
	At     time.Time
	Draft  repo.DraftName // of a proposal, submission or draft; else zero
}

// Exists tells whether v stands for a text at all.
func (v Version) Exists() bool { return v.Commit != "" }

// PersonName is a person as a text, a list or a history names them.
type PersonName struct {
	ID     PersonID // 0 when the person is not known here (a commit by other hands)
	Name   string
	Circle string // the circle's label, "USA"; empty for none
}

// ActivityRow is one line of what happened, with the names people read.
type ActivityRow struct {
	Activity
	Who         PersonName
	CircleLabel string
	Proposal    string // "USA/48A5/1" or the branch's working name; empty for the resolution itself
}

// ListRow is one resolution in the list, with what is going on in it for this actor.
type ListRow struct {
	Resolution
	Circles   []Circle // with submitted proposals, in order of joining
	Proposals int      // submitted and still open, and the actor's own drafts
	Differ    int      // clauses on which submitted proposals differ from each other; 0 while that is being counted
	Mine      bool     // the actor's circle has a proposal or a draft
	Last      *ActivityRow
}

// Permissions tells what the actor may do with a resolution. Why is a sentence for an act the actor could expect
// and may not do now; empty otherwise.
type Permissions struct {
	Propose    bool
	StartMerge bool
	Adopt      bool
	Import     bool
	Why        string
}

// ProposalRow is one proposal in a list. Drafts of other circles are never among the rows.
type ProposalRow struct {
	Proposal
	Circle  Circle
	Label   string // the number, or the working name until one is issued
	Clauses int    // changed against its base, in the text the actor may see
	Editing int    // people writing in it now; 0 for other circles
	Mine    bool
}

// ResolutionView is the page of one resolution.
type ResolutionView struct {
	Resolution
	Main      Version
	Proposals []ProposalRow
	Activity  []ActivityRow
	Mergings  []Merging
	Adopted   []Version // newest first
	Deadline  time.Time // of Submit; zero: none
	May       Permissions
}

// Reading is one text to read, with its changes against Base.
type Reading struct {
	Resolution Resolution
	Version    Version
	Base       Version // none when the text is read for itself
	Text       resolution.Text
	Changes    []diff.Change // Same included; empty when there is no base
	Names      []resolution.Name
}

// Comparison is the difference from A to B.
type Comparison struct {
	Resolution Resolution
	A, B       Version
	Changes    []diff.Change
	Same       bool // word for word
}

// EntryKind says what a step of a history did.
type EntryKind string

// The kinds of step.
const (
	EntrySaved     EntryKind = "saved"
	EntryImported  EntryKind = "imported"
	EntryMerged    EntryKind = "merged"
	EntryEditorial EntryKind = "editorial"
)

// HistoryEntry is one step of a text's history.
type HistoryEntry struct {
	Version
	Kind      EntryKind
	Parents   []repo.Hash
	By        PersonName
	With      []PersonName // who else wrote in it
	Subject   string
	Body      string
	Proposals []ProposalName // the proposals a merge took in
	Marks     []Version      // submissions and adoptions of exactly this text
	Sitting   int            // neighbouring entries with one number are one sitting of writing and may be folded
}

// ProposalName is a proposal as a history names it.
type ProposalName struct {
	Draft  repo.DraftName
	Label  string // the number, or the working name
	Circle Circle
	InPart bool
}

// HistoryPage is a stretch of a history, newest first.
type HistoryPage struct {
	Resolution Resolution
	Version    Version
	Entries    []HistoryEntry
	Next       repo.Hash // pass as after for the next page; empty at the end
}

// CompilationView is the adopted text with what every submitted proposal makes of it.
type CompilationView struct {
	Resolution Resolution
	Base       Version
	Text       resolution.Text // of the base
	Names      []resolution.Name
	Proposals  []ProposalRow    // in order of their labels
	Carried    []merge.Proposal // the submitted texts as changes of the base
	Changes    [][]diff.Change  // of each of them against the base; shared, and must not be changed
	Merged     merge.Result     // of all of them: where they agree, combine and clash
}

// ProposalPermissions tells what the actor may do with a proposal; Why is for what the actor could expect to do.
type ProposalPermissions struct {
	Write    bool
	Submit   bool
	Withdraw bool
	Number   bool
	Name     bool // give it a working name
	Why      string
}

// SubmissionRow is one submission on record.
type SubmissionRow struct {
	Submission
	Who     PersonName
	Version Version
}

// ProposalView is the page of one proposal.
type ProposalView struct {
	Resolution  Resolution
	Proposal    Proposal
	Circle      Circle
	Label       string
	Base        Version
	Submitted   Version // none until submitted
	Draft       Version // none for other circles
	Shown       Version // the text below: the draft for its own circle, else the submitted text
	Text        resolution.Text
	Changes     []diff.Change
	Names       []resolution.Name
	Unsubmitted bool                  // the draft says something else than what is submitted
	Moved       Version               // the revised text, when it has moved since Base; else none
	Carried     []merge.CarriedClause // what the move made of each change; empty when nothing has moved
	Submissions []SubmissionRow
	Procedure   ProcedureView
	Deadline    time.Time
	May         ProposalPermissions
}

// MergingView is the workbench of one merge.
type MergingView struct {
	Merging
	Of        Resolution
	Base      Version // what all texts are compared with: the revised text, or an older one that a proposal was made from
	BaseText  resolution.Text
	Result    merge.Result
	Decided   map[string]Decided // by the key of the decision; only of decisions that are still asked
	By        map[PersonID]PersonName
	Left      int // conflicts without a decision
	Circles   []Circle
	Proposals []ProposalRow
	Parts     []MergePart // of the proposals of which something is left
	Moved     bool        // main has moved since; Finish will carry the merge over first
	May       MergePermissions
}

// MergePermissions tells what the actor may do at the workbench.
type MergePermissions struct {
	Decide bool
	Finish bool // all is decided and the actor may
	Adopt  bool // may record that the assembly has adopted the text
	Why    string
}

// Adoption is what the secretariat records when the assembly has adopted a text. The three lines are optional: given
// ones replace the text's own in an editorial proposal that is merged and recorded before the text is tagged.
type Adoption struct {
	Place      string
	Year       int
	Edition    string // "Rev. Hammamet, 2016"
	NumberLine string
	History    string
	Opening    string
}

// ImportPreview is a file as it was understood, before a resolution is opened with it.
type ImportPreview struct {
	Received Received
	Text     resolution.Text
	Names    []resolution.Name
	Clauses  int
	Warnings []resolution.Warning // places kept as words, as they could not be understood as structure
	Checks   []resolution.Check   // places that were understood and are worth a look
	Said     []string             // sentences about the file as a whole
	Tracked  bool                 // it holds tracked changes
	Changes  []diff.Change        // those, where they are left out of the text and can become a proposal
	Document string               // the number of that proposal, as the file says
	Slug     repo.Slug
	Number   string
	Title    string
	Edition  string
	Place    string
	Year     int
}

// ImportRequest is an adopted text to be kept as a new resolution. Place and Year name the adoption; without them
// the text is imported without an adopted version.
type ImportRequest struct {
	Slug     repo.Slug
	Number   string
	Title    string
	Edition  string
	Place    string
	Year     int
	FileName string // its ending says what the file is: .docx, .md, .txt
	File     []byte
	Received ReceivedID // the file was sent before: name and content are then its own
	Take     bool       // take its tracked changes
	// For is the delegation that the tracked changes become a draft of, with its covering note and comments; empty: they
	// become none. Document is the number of that proposal, which may be empty.
	For      repo.Circle
	Document string
}

// GitRepository names one repository as its address does: a resolution's public one, or a circle's desk for it.
type GitRepository struct {
	Slug   repo.Slug
	Circle repo.Circle // empty: the public one
}

// RefVerdict answers one command of a push. An empty Reason allows it.
type RefVerdict struct {
	Ref    string
	Reason string
}
