package drafting

import (
	"context"
	"slices"
	"time"

	"plenary/repo"
)

// PersonID names one person for good; a login may change.
type PersonID int64

// Role is what a person is in the meeting.
type Role string

// The roles of a meeting. The zero Role is somebody not signed in.
const (
	RoleDelegate    Role = "delegate"
	RoleChair       Role = "chair"
	RoleSecretariat Role = "secretariat"
	RoleObserver    Role = "observer"
)

// CircleKind says what binds the people of a circle.
type CircleKind string

// The kinds of circle.
const (
	CircleDelegation  CircleKind = "delegation"
	CircleSecretariat CircleKind = "secretariat"
	CircleGroup       CircleKind = "group"
)

// SecretariatCircle is the one circle every assembly has: its desk holds the editorial proposals.
const SecretariatCircle repo.Circle = "secretariat"

// Circle is whoever shares a desk: a delegation, the secretariat, a group.
type Circle struct {
	Code  repo.Circle // lower case, in refs and addresses: "usa"
	Label string      // as printed: "USA"
	Name  string      // "United States"
	Kind  CircleKind
	Slot  int // 0, 1, 2 ... in order of joining; chooses ink and underline
}

// Person is somebody who may sign in.
type Person struct {
	ID       PersonID
	Login    string // lower case, unique
	Name     string // as printed: "Ms Carter"
	Role     Role
	Circles  []repo.Circle // in order of joining
	Disabled bool

	HasPassword bool   // false: signs in by a link first
	Email       string // by which a provider of identities knows them; often empty
	Second      bool   // gives a code as well when signing in
}

// Actor is who asks for something, and for whom they act. The zero Actor is somebody not signed in.
type Actor struct {
	Person  PersonID
	Login   string
	Name    string
	Role    Role
	Circle  repo.Circle   // the circle acted for; empty where a person has none
	Circles []repo.Circle // every circle the person belongs to
	Scope   Scope         // what the door let in may do; ScopeFull for a browser session
	Second  bool          // has set up a second step of signing in
	From    string        // the address the request came from, as the door saw it; empty at the console
}

// Anonymous tells whether nobody is signed in.
func (a Actor) Anonymous() bool { return a.Person == 0 }

// In tells whether the actor belongs to circle.
func (a Actor) In(circle repo.Circle) bool { return slices.Contains(a.Circles, circle) }

// Scope bounds what an access token may do.
type Scope string

// The scopes. A browser session has ScopeFull; tokens have one of the others.
const (
	ScopeFull  Scope = "full"
	ScopeRead  Scope = "read"  // read what the person may read
	ScopeWrite Scope = "write" // read, and push drafts and submissions
)

// Token is a personal access token as its owner sees it; the secret itself is never kept.
type Token struct {
	ID        int64
	Person    PersonID
	Name      string
	Scope     Scope
	Created   time.Time
	Expires   time.Time
	LastUsed  time.Time // zero: never
	Withdrawn time.Time // zero: in force
}

// PeopleRecords keeps people, circles and who belongs where.
type PeopleRecords interface {
	Person(ctx context.Context, id PersonID) (Person, error)                 // ErrNotFound
	PersonByLogin(ctx context.Context, login string) (Person, string, error) // with the password hash; ErrNotFound
	People(ctx context.Context) ([]Person, error)
	AddPerson(ctx context.Context, p Person, passwordHash string) (PersonID, error) // ErrExists for a taken login
	SetPassword(ctx context.Context, id PersonID, passwordHash string) error
	SetDisabled(ctx context.Context, id PersonID, disabled bool) error
	UpdatePerson(ctx context.Context, id PersonID, name string, role Role) error
	WithdrawTokens(ctx context.Context, id PersonID, at time.Time) error // every one in force
}

// CircleRecords keeps the circles of an assembly.
type CircleRecords interface {
	Circles(ctx context.Context) ([]Circle, error)
	AddCircle(ctx context.Context, c Circle) error // ErrExists
	Join(ctx context.Context, person PersonID, circle repo.Circle) error
	Leave(ctx context.Context, person PersonID, circle repo.Circle) error
}

// Session is one browser that is signed in.
type Session struct {
	Person   PersonID
	Circle   repo.Circle // acted for; empty: none
	Created  time.Time
	Expires  time.Time // whatever is done with it
	LastUsed time.Time // to within a minute
	Browser  string    // its family, for its owner to know it by: "Firefox on Linux"
	Hash     []byte    // of its secret; set where sessions are listed
}

// OpenSession is a session as its owner sees it.
type OpenSession struct {
	Session
	ID   string // names it for ending it; opens nothing
	Here bool   // the one that asks
}

// SessionRecords keeps browser sessions by the hash of their secret.
type SessionRecords interface {
	AddSession(ctx context.Context, hash []byte, s Session) error
	Session(ctx context.Context, hash []byte, now time.Time) (Session, error) // ErrNotFound when unknown or expired
	UseSession(ctx context.Context, hash []byte, at time.Time) error
	SetSessionCircle(ctx context.Context, hash []byte, circle repo.Circle) error
	RemoveSession(ctx context.Context, hash []byte) error
	Sessions(ctx context.Context, person PersonID, now time.Time) ([]Session, error) // the last used first
	RemoveSessionOf(ctx context.Context, person PersonID, hash []byte) error         // ErrNotFound for another's
	RemoveOtherSessions(ctx context.Context, person PersonID, but []byte) error
	RemoveExpiredSessions(ctx context.Context, now time.Time) error
}

// TokenRecords keeps personal access tokens by the hash of their secret.
type TokenRecords interface {
	AddToken(ctx context.Context, t Token, hash []byte) (int64, error)
	Tokens(ctx context.Context, person PersonID) ([]Token, error)
	TokenByHash(ctx context.Context, hash []byte) (Token, error) // ErrNotFound
	UseToken(ctx context.Context, id int64, at time.Time) error
	WithdrawToken(ctx context.Context, person PersonID, id int64, at time.Time) error // ErrNotFound for another's
}
