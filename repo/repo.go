// Package repo keeps resolutions as git repositories that stock git can read.
//
// Start with [Open], which gives the [Archive] of a directory; [Archive.Create] makes a resolution,
// [Archive.Save] writes a draft at a circle's desk, [Archive.Submit] publishes it, [Archive.Merge] writes the
// revised text, and [Repository] reads any of it back.
//
// A resolution has one public repository (public/<slug>.git) and one repository for each circle that writes
// (desks/<circle>/<slug>.git). A desk borrows the public repository's objects and shows its refs, so one clone of
// a desk is all its people need; nothing of a desk reaches the public repository but through Submit.
//
// Promises: a hash that was returned is durable and survives kill -9; a ref is never torn and moves only from the
// value the caller expected; the history of a branch is never rewritten; methods may be called from several
// goroutines at once, and give bytes and own values, never the git library's objects.
package repo

import (
	"fmt"
	"strings"
	"time"
)

// Slug is a resolution's name in addresses and on disk, unique on the server: "wtsa-7".
type Slug string

// Circle is whoever shares a desk, in lower case: "usa", "secretariat", "group-3".
type Circle string

// Hash is the id of a git object, 40 lower-case hexadecimal digits; empty where there is none.
type Hash string

// DraftName is the first name of a draft and of the proposal it becomes; both keep it for ever.
type DraftName struct {
	Circle Circle
	Name   string // "48a5-1"
}

// String gives the name as people read it: "usa/48a5-1".
func (d DraftName) String() string { return string(d.Circle) + "/" + d.Name }

// Draft is the short ref of the draft at its circle's desk: "drafts/usa/48a5-1".
func (d DraftName) Draft() string { return "drafts/" + d.String() }

// Proposal is the short ref of the text last submitted: "proposals/usa/48a5-1".
func (d DraftName) Proposal() string { return "proposals/" + d.String() }

// Submitted is the short name of the tag that records the n-th submission: "submitted/usa/48a5-1/3".
func (d DraftName) Submitted(n int) string { return fmt.Sprintf("submitted/%s/%d", d, n) }

// Note is the path of the proposal's covering note: "contributions/usa-48a5-1.md".
func (d DraftName) Note() string { return "contributions/" + string(d.Circle) + "-" + d.Name + ".md" }

// ParseDraftName reads the name out of a short or full ref of a draft or a proposal.
func ParseDraftName(ref string) (DraftName, bool) {
	ref = strings.TrimPrefix(ref, "refs/heads/")
	kind, rest, _ := strings.Cut(ref, "/")
	circle, name, _ := strings.Cut(rest, "/")
	d := DraftName{Circle: Circle(circle), Name: name}
	if (kind != "drafts" && kind != "proposals") || !d.Valid() {
		return DraftName{}, false
	}
	return d, true
}

// Main is the short ref of the revised text as it stands.
const Main = "main"

// TextFile is the path of the text in the assembly's working language.
const TextFile = "resolution.md"

// Author is a person as commits name them. Addresses are not published: the person's number stands for it.
type Author struct {
	Name string // "Maria Silva"
	Code string // what stands in parentheses, the delegation's code: "USA"; may be empty
	ID   string // becomes <ID@users.invalid>
}

// Signature says who wrote something and when.
type Signature struct {
	Author    Author
	CoAuthors []Author // become Co-authored-by trailers
	When      time.Time
}

// Trailer is one "Key: value" line at the end of a commit's message.
type Trailer struct{ Key, Value string }

// Ref is a branch or tag under its short name, with the commit it leads to.
type Ref struct {
	Name string // "main", "proposals/usa/48a5-1", "submitted/usa/48a5-1/3"
	Hash Hash   // the commit, also for an annotated tag
}

// Commit is one commit as read back.
type Commit struct {
	Hash      Hash
	Parents   []Hash
	Author    Author
	CoAuthors []Author
	When      time.Time
	Subject   string
	Body      string    // without subject and trailers
	Trailers  []Trailer // without Co-authored-by
}

// SaveRequest is one save of a draft.
type SaveRequest struct {
	Expect    Hash   // the draft's tip the text was written over
	File      []byte // resolution.md, canonical
	Note      []byte // the covering note; nil leaves it as it is, empty removes it
	Signature Signature
	Subject   string
	Body      string
	Trailers  []Trailer
	Parents   []Hash // further parents after Expect, such as the main commit carried over
}

// MergeRequest is one merge of proposals into main.
type MergeRequest struct {
	Expect    Hash                 // main as the merge was worked out over
	Parents   []Hash               // the proposals taken wholly, each a submitted commit
	File      []byte               // resolution.md, canonical
	Notes     map[DraftName][]byte // covering notes to write over those the parents bring
	Signature Signature
	Subject   string
	Body      string
	Trailers  []Trailer
}

// RefUpdate is one ref a push asks to move: Ref is the full name, empty hashes stand for none.
type RefUpdate struct {
	Ref      string
	Old, New Hash
}
