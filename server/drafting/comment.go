package drafting

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plenary/repo"
)

// CommentID names one comment.
type CommentID int64

// Audience is who may see a comment, chosen before it is written.
type Audience string

// The audiences, from the narrowest to the widest.
const (
	AudienceOwn   Audience = "own"   // the delegation the writer acts for
	AudienceGroup Audience = "group" // the drafting group: chair, secretariat, and the delegations with a submitted proposal
	AudienceAll   Audience = "all"   // whoever may read the text
)

// Comment is what somebody says of words of a text, or answers to it.
type Comment struct {
	ID         CommentID
	Resolution repo.Slug
	Text       string    // the version it is about: "drafts/usa/48a5-1", "proposals/usa/48a5-1", "main", "adopted/dubai-2012"
	Thread     CommentID // of an answer: the comment at the head; 0 for a head
	Clause     string    // the link of the clause, as it was called then
	ClauseName string    // "considering f)"
	Quote      string    // the words when they were marked, as people read them; empty: the whole clause
	Audience   Audience
	By         PersonID
	Circle     repo.Circle // the writer acted for; empty: none
	At         time.Time
	Words      string
	Resolved   time.Time // zero: open
	ResolvedBy PersonID
}

// CommentRecords keeps comments. They are never changed, but for being resolved and opened again.
type CommentRecords interface {
	AddComment(ctx context.Context, c Comment) (CommentID, error)
	Comment(ctx context.Context, id CommentID) (Comment, error) // ErrNotFound
	Comments(ctx context.Context, resolution repo.Slug) ([]Comment, error)
	SetCommentResolved(ctx context.Context, id CommentID, at time.Time, by PersonID) error // the zero time opens it again
	// CommentsRead gives the last comment that the person has read of each thread, by its head.
	CommentsRead(ctx context.Context, person PersonID, resolution repo.Slug) (map[CommentID]CommentID, error)
	SetCommentRead(ctx context.Context, person PersonID, thread, upTo CommentID) error
}

// NewComment is a comment to be made. Of a live draft, From and To may mark words in UTF-16 units of the live text at
// Version; of any text, Clause and Quote may.
type NewComment struct {
	Text     string
	Thread   CommentID // of an answer; text, words and audience are then the thread's
	Clause   string
	Quote    string
	Audience Audience
	Words    string
	Version  int64
	From, To int
}

// longestComment and longestQuote are in bytes.
const (
	longestComment = 8000
	longestQuote   = 2000
)

// hears tells whether the actor may see a comment. It is the one place that decides: who may not read the text sees
// no comment on it, and of those who may, the audience.
func (r *reader) hears(ctx context.Context, c Comment) (bool, error) {
	if !r.readsText(ctx, c.Text) {
		return false, nil
	}
	if r.actor.Person == c.By && !r.actor.Anonymous() && (c.Circle == "" || r.actor.In(c.Circle)) {
		return true, nil
	}
	switch c.Audience {
	case AudienceAll:
		return true, nil
	case AudienceOwn:
		return c.Circle != "" && r.actor.In(c.Circle) && r.rights.May(r.actor, ActRead, "") == nil, nil
	case AudienceGroup:
		return r.inGroup(ctx)
	}
	return false, nil
}

// readsText tells whether the actor may read the text of a comment, now.
func (r *reader) readsText(ctx context.Context, text string) bool {
	d, isDraft := repo.ParseDraftName(text)
	switch {
	case isDraft && text == d.Draft():
		return r.mine(d.Circle)
	case isDraft:
		_, err := r.known(ctx, d)
		return err == nil
	default:
		return true // main, an adopted text: whoever has come this far may
	}
}

// inGroup tells whether the actor is in the drafting group of the resolution.
func (r *reader) inGroup(ctx context.Context) (bool, error) {
	if r.rights.May(r.actor, ActMerge, "") == nil {
		return true, nil
	}
	if may := r.rights.May(r.actor, ActComment, "") == nil; !may {
		return false, nil
	}
	all, err := r.records.Proposals(ctx, r.about.Slug)
	if err != nil {
		return false, fmt.Errorf("drafting group of %s: %w", r.about.Slug, err)
	}
	for _, p := range all {
		if p.Submissions > 0 && p.Status != StatusWithdrawn && r.actor.In(p.Draft.Circle) {
			return true, nil
		}
	}
	return false, nil
}

// audiences lists whom the actor may speak to about a text. What is said of a draft stays with those who write it.
func (r *reader) audiences(ctx context.Context, text string) ([]Audience, error) {
	if may := r.rights.May(r.actor, ActComment, "") == nil; !may {
		return nil, nil
	}
	var all []Audience
	if r.actor.Circle != "" {
		all = append(all, AudienceOwn)
	}
	if isDraftText(text) {
		return all, nil
	}
	group, err := r.inGroup(ctx)
	if err != nil {
		return nil, err
	}
	if group {
		all = append(all, AudienceGroup)
	}
	return append(all, AudienceAll), nil
}

func isDraftText(text string) bool { return strings.HasPrefix(text, "drafts/") }

// commentable checks what a comment is made of.
func (n NewComment) commentable() error {
	switch {
	case strings.TrimSpace(n.Words) == "":
		return refuse("Write what you want to say, then send it.")
	case len(n.Words) > longestComment:
		return refuse("The comment is too long: keep it under %d characters, or make it two.", longestComment)
	case len(n.Quote) > longestQuote:
		return refuse("Too many words are marked: mark fewer, or comment on the clause.")
	}
	return nil
}
