package repo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/object"
)

// PushRules are what the header and message of pushed commits must fit. Commits the repository has already, its own
// among them, are not asked.
type PushRules struct {
	Now     time.Time // no commit is dated more than a day after it
	Authors []Author  // who may be named with an address of the server
}

// PushedRef is a ref that a push would move, as it was checked; its objects are still in quarantine.
type PushedRef struct {
	RefUpdate
	Joins []Hash // the commits there already that the new ones follow from
	File  []byte // the text at the new commit
	Note  []byte // the draft's covering note there; nil when there is none
}

// reserved are the trailers by which the server says what a commit did.
var reserved = []string{"Proposal", "Number", "Journal", "Base", "Decision", "Adopted-text", "Takes-back"}

// fault says what is wrong with a new commit, to go on behind its name; empty when nothing is.
func (p PushRules) fault(c *object.Commit) string {
	for _, when := range []time.Time{c.Author.When, c.Committer.When} {
		if s := when.Unix(); s < 0 || s > p.Now.Add(24*time.Hour).Unix() { // After wraps around far away
			return "has an impossible date: set the clock, then git commit --amend --date=now, and push again"
		}
	}
	ours := readCommit(c)
	people := append([]Author{ours.Author, readAuthor(c.Committer.Name, c.Committer.Email)}, ours.CoAuthors...)
	for _, a := range people {
		if !p.mayName(a) {
			return fmt.Sprintf("names %q as its author with an address of this server, and that is nobody of your delegation: "+
				"set your own git config user.name and user.email, then git commit --amend --reset-author, and push again", a.fullName())
		}
	}
	for _, t := range ours.Trailers {
		if slices.ContainsFunc(reserved, func(key string) bool { return strings.EqualFold(key, t.Key) }) {
			return fmt.Sprintf("has a line %q at the end of its message, which only the server writes: "+
				"take it out with git commit --amend, and push again", t.Key+":")
		}
	}
	return ""
}

// mayName tells whether a pushed commit may name a person: anybody by an address of their own, and by an address of
// the server, or its bare number, only who may.
func (p PushRules) mayName(a Author) bool {
	if at := strings.LastIndexByte(a.ID, '@'); a.ID == "" || at >= 0 && !strings.EqualFold(strings.TrimSpace(a.ID[at+1:]), addressDomain) {
		return true
	}
	return slices.ContainsFunc(p.Authors, func(b Author) bool { return b.ID == a.ID && b.fullName() == a.fullName() })
}
