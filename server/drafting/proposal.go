package drafting

import (
	"context"
	"time"

	"plenary/repo"
)

// ProposalNumber is the document number the secretariat issues: "USA/48A5/1". Empty until issued.
type ProposalNumber string

// Status is where a proposal stands.
type Status string

// The states of a proposal.
const (
	StatusDraft     Status = "draft"
	StatusSubmitted Status = "submitted"
	StatusWithdrawn Status = "withdrawn"
	StatusMerged    Status = "merged"
	StatusInPart    Status = "in part" // merged in part: what was left of it goes on being proposed
	StatusAdopted   Status = "adopted"
	StatusNot       Status = "not adopted"
)

// proposed tells whether a proposal of this status, or what is left of it, stands before the assembly.
func (s Status) proposed() bool { return s == StatusSubmitted || s == StatusInPart }

// Assembly is the body that owns the resolutions, and the meeting it is in.
type Assembly struct {
	Code     string // "WTSA"
	Name     string
	Meeting  string    // "WTSA-24"
	Open     bool      // anybody may read what is public, signed in or not
	Deadline time.Time // of Submit, in the zone below; zero: none
	Zone     string    // IANA name of the time zone deadlines are said in: "Europe/Zurich"; empty is UTC
}

// Resolution is one text with a life of its own.
type Resolution struct {
	ID      int64
	Slug    repo.Slug // in addresses: "wtsa-7"
	Number  string    // as the list shows it: "7"
	Title   string
	Edition string // of the text in force: "Rev. Dubai, 2012"
	Created time.Time
	Changed time.Time
}

// Proposal is one circle's text on one resolution, from its first draft to its fate.
type Proposal struct {
	ID          int64
	Resolution  repo.Slug
	Draft       repo.DraftName // circle and branch name, kept for good
	Number      ProposalNumber
	Status      Status
	Base        repo.Hash // the main commit it was begun on or last carried over to
	Begun       time.Time
	BegunBy     PersonID
	Submissions int       // how many are on record
	Submitted   repo.Hash // the last one's commit; empty: none
	SubmittedAt time.Time
	Reason      string // for a withdrawal or a late admission
	WorkingName string // what the circle calls it until a number is issued; empty: by its branch
}

// Submission is one version of a proposal on record.
type Submission struct {
	Proposal int64
	N        int // 1, 2, 3 ...
	Commit   repo.Hash
	Base     repo.Hash
	At       time.Time
	By       PersonID
}

// Activity is one line of what happened, in the words people read.
type Activity struct {
	ID         int64
	At         time.Time
	Resolution repo.Slug
	Draft      repo.DraftName // zero: concerns the resolution itself
	Person     PersonID
	Circle     repo.Circle
	Verb       string // "submitted", "withdrew", "merged", "adopted", "imported", "pushed"
	Detail     string
	Private    bool   // seen by the draft's circle only
	From       string // the address it came from; kept in the audit log alone, where all but private lines stand too
}

// AssemblyRecords keeps what is true of the whole assembly.
type AssemblyRecords interface {
	Assembly(ctx context.Context) (Assembly, error) // ErrNotFound before init
	SetAssembly(ctx context.Context, a Assembly) error
}

// ResolutionRecords keeps the list of resolutions.
type ResolutionRecords interface {
	Resolutions(ctx context.Context) ([]Resolution, error)
	Resolution(ctx context.Context, slug repo.Slug) (Resolution, error) // ErrNotFound
	AddResolution(ctx context.Context, r Resolution) error              // ErrExists
	UpdateResolution(ctx context.Context, r Resolution) error
}

// ProposalRecords keeps proposals and their submissions.
type ProposalRecords interface {
	Proposals(ctx context.Context, resolution repo.Slug) ([]Proposal, error)
	Proposal(ctx context.Context, resolution repo.Slug, d repo.DraftName) (Proposal, error) // ErrNotFound
	AddProposal(ctx context.Context, p Proposal) (int64, error)                             // ErrExists
	UpdateProposal(ctx context.Context, p Proposal) error
	AddSubmission(ctx context.Context, s Submission) error // idempotent for the same proposal and n
	Submissions(ctx context.Context, proposal int64) ([]Submission, error)
}

// ActivityRecords keeps what happened.
type ActivityRecords interface {
	AddActivity(ctx context.Context, a Activity) error
	Activity(ctx context.Context, resolution repo.Slug, limit int) ([]Activity, error) // newest first
}
