package drafting

import (
	"time"

	"plenary/repo"
)

// Act is something one may be allowed to do.
type Act string

// Every act of an assembly. What is not listed in [Rights.May] for a role is denied.
const (
	ActRead       Act = "read"        // what the whole assembly may read
	ActPropose    Act = "propose"     // begin a draft for a circle
	ActReadDraft  Act = "read draft"  // a circle's drafts
	ActWrite      Act = "write"       // in a circle's drafts
	ActSubmit     Act = "submit"      // a circle's draft, or a revision of its proposal
	ActWithdraw   Act = "withdraw"    // a circle's proposal
	ActNumber     Act = "number"      // issue document numbers
	ActMerge      Act = "merge"       // begin, see, decide, finish and abandon merges
	ActAdopt      Act = "adopt"       // record that a text is adopted
	ActImport     Act = "import"      // open a resolution with an adopted text
	ActAdminister Act = "administer"  // people, circles, the meeting and its deadline
	ActSeePeople  Act = "see people"  // the list of accounts
	ActSeeCircles Act = "see circles" // who takes part
	ActAudit      Act = "audit"       // the audit log
	ActComment    Act = "comment"     // on what one may read
	ActSupport    Act = "support"     // support or object for a delegation
)

// Acts lists every act, for tests that walk the whole matrix.
func Acts() []Act {
	return []Act{
		ActRead, ActPropose, ActReadDraft, ActWrite, ActSubmit, ActWithdraw, ActNumber, ActMerge, ActAdopt, ActImport,
		ActAdminister, ActSeePeople, ActSeeCircles, ActAudit, ActComment, ActSupport,
	}
}

// Rights decides who may do what. It is the one place that does, for every door.
type Rights struct {
	Open     bool      // anybody may read what the assembly may read
	Deadline time.Time // of Submit; zero: none
	Now      time.Time

	Extensions []Extension // of the deadline
	slug       repo.Slug   // the resolution that submitting is about, see [Rights.On]
}

// operator stands for whoever runs the server at its console.
const operator PersonID = -1

// Operator is whoever runs the server at its console, before anybody has an account: it may set up the assembly,
// its circles and its people, and nothing else. No door gives it out.
func Operator() Actor {
	return Actor{Person: operator, Name: "Operator", Role: RoleSecretariat, Scope: ScopeFull}
}

// May answers nil, or why not: ErrSignedOut when signing in could help, ErrNotFound for a draft the actor may not
// know of, ErrForbidden for an act that is not the role's, a Refusal when the time for it is over. The circle is the
// one whose draft or proposal it is about; empty for acts on what is everybody's.
func (r Rights) May(a Actor, act Act, circle repo.Circle) error {
	switch {
	case a.Person == operator:
		return allow(act == ActAdminister || act == ActSeePeople || act == ActSeeCircles)
	case a.Anonymous():
		return r.anonymous(act)
	case !a.Scope.covers(act):
		return hidden(act, ErrForbidden)
	}
	if !a.Role.covers(act) {
		return hidden(act, ErrForbidden)
	}
	switch act {
	case ActReadDraft, ActWrite:
		if !a.In(circle) {
			return ErrNotFound
		}
	case ActPropose, ActSubmit, ActWithdraw, ActSupport:
		if !a.In(circle) {
			return ErrForbidden
		}
	default:
	}
	if act == ActSubmit && r.closed(circle) {
		return &Refusal{Sentence: "Submitting closed on " + said(r.Closes(circle)) +
			". The draft stays open for writing; ask the secretariat if the text must still come in."}
	}
	return nil
}

// closed tells whether the time to submit is over for a circle. The secretariat's editorial proposals come after the
// deadline by their nature.
func (r Rights) closed(circle repo.Circle) bool {
	closes := r.Closes(circle)
	return !closes.IsZero() && !r.Now.Before(closes)
}

func (r Rights) anonymous(act Act) error {
	if !r.Open {
		return ErrSignedOut
	}
	if act == ActRead || act == ActSeeCircles {
		return nil
	}
	return hidden(act, ErrSignedOut)
}

// covers tells whether the role has the act at all; whose draft it is about is asked after.
func (r Role) covers(act Act) bool {
	switch act {
	case ActRead, ActSeeCircles:
		return r == RoleDelegate || r == RoleChair || r == RoleSecretariat || r == RoleObserver
	case ActSupport:
		return r == RoleDelegate
	case ActPropose, ActReadDraft, ActWrite, ActSubmit, ActWithdraw, ActComment:
		return r == RoleDelegate || r == RoleChair || r == RoleSecretariat
	case ActMerge, ActAdopt:
		return r == RoleChair || r == RoleSecretariat
	case ActNumber, ActImport, ActAdminister, ActSeePeople, ActAudit:
		return r == RoleSecretariat
	default:
		return false
	}
}

// covers tells whether a door of this scope lets the act through at all.
func (s Scope) covers(act Act) bool {
	switch s {
	case ScopeFull:
		return true
	case ScopeWrite:
		switch act {
		case ActRead, ActSeeCircles, ActReadDraft, ActPropose, ActWrite, ActSubmit:
			return true
		default:
			return false
		}
	case ScopeRead:
		return act == ActRead || act == ActSeeCircles || act == ActReadDraft
	default:
		return false
	}
}

// hidden gives ErrNotFound where any other no would tell that there is something.
func hidden(act Act, no error) error {
	if act == ActReadDraft {
		return ErrNotFound
	}
	return no
}

func allow(yes bool) error {
	if yes {
		return nil
	}
	return ErrForbidden
}

// said writes a moment as people read it.
func said(t time.Time) string { return t.Format("2 January 2006, 15:04 MST") }
