// Package drafting is what people do in an assembly: propose, write, submit, merge, adopt.
//
// Start with [Service]: one method a use case, each taking the [Actor] who asks. Every rule of who may do what is in
// [Rights], once, for pages, API, live editing and git alike; every text is found by one function that asks it.
// [Service.Reconcile] finishes at the start what a crash has cut off.
//
// Promises: a method that returns an error has changed nothing that anybody can see; texts live in git and are never
// copied into records; no method tells an actor of a draft the actor may not read, in any form.
package drafting

import "errors"

var (
	// ErrNotFound is returned for what does not exist, and for what the actor may not know to exist.
	ErrNotFound = errors.New("not found")
	// ErrExists is returned where a name is taken.
	ErrExists = errors.New("exists already")
	// ErrSignedOut is returned to an actor who must sign in first.
	ErrSignedOut = errors.New("not signed in")
	// ErrDamaged is returned where what is on disk is not what was written.
	ErrDamaged = errors.New("damaged")
	// ErrForbidden is returned to an actor whose role does not allow the act.
	ErrForbidden = errors.New("not allowed")
)

// Refusal is a no that tells the person why, and what to do.
type Refusal struct{ Sentence string }

// Error gives the sentence.
func (r *Refusal) Error() string { return r.Sentence }
