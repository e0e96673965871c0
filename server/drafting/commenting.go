package drafting

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/realtime"
	"plenary/repo"
	"plenary/repo/resolution"
)

// VerbCommented is the verb of a comment in the activity. Only what everybody may read is told to everybody.
const VerbCommented = "commented on"

// CommentRow is one comment with the names people read.
type CommentRow struct {
	Comment
	Who    PersonName
	Ink    Circle // of the delegation the writer acted for; zero: none
	Closer PersonName
}

// Thread is a comment with its answers.
type Thread struct {
	CommentRow
	Answers []CommentRow
	Place   int  // index of its clause in CommentsView.Names; -1: the clause is gone
	Gone    bool // the words it was about are not there any more; Quote has them
	From    int  // of a comment on a live draft: where its words are, in UTF-16 units; 0, 0 where it has none
	To      int
	Mine    bool // the actor has part in it
	New     int  // comments in it by others that the actor has not read
}

// last is the latest comment of a thread.
func (t Thread) last() CommentID {
	if n := len(t.Answers); n > 0 {
		return t.Answers[n-1].ID
	}
	return t.ID
}

// CommentsView is what is said about a text, in reading order.
type CommentsView struct {
	Resolution Resolution
	Version    Version
	Text       resolution.Text
	Names      []resolution.Name
	Threads    []Thread
	Audiences  []Audience // to whom the actor may speak; empty: the actor may not comment
	At         int64      // the version of the live draft the places are at; 0 for other texts
}

// Comments gives what is said about a text, as far as the actor may hear it.
func (s *Service) Comments(ctx context.Context, a Actor, slug repo.Slug, text string) (CommentsView, error) {
	r, v, err := s.commented(ctx, a, slug, text)
	if err != nil {
		return CommentsView{}, err
	}
	view := CommentsView{Resolution: r.about, Version: v.Version}
	if view.Text, err = v.text(ctx); err != nil {
		return view, err
	}
	view.Names = resolution.Names(view.Text)
	if view.Audiences, err = r.audiences(ctx, v.Key); err != nil {
		return view, err
	}
	if view.Threads, err = r.threads(ctx, v.Key); err != nil {
		return view, err
	}
	anchors := map[string]realtime.Anchor{}
	if v.Kind == VersionDraft {
		held, err := s.hub.Anchors(ctx, room(slug, v.Draft))
		if err != nil {
			return view, fmt.Errorf("comments on %s: %w", v.Key, err)
		}
		for _, anchor := range held {
			anchors[anchor.ID], view.At = anchor, int64(anchor.Version)
		}
	}
	for i := range view.Threads {
		t := &view.Threads[i]
		anchor, live := anchors[anchorID(t.ID)]
		t.place(view.Text, view.Names)
		if live {
			t.From, t.To, t.Gone = anchor.From, anchor.To, anchor.Orphaned
		}
	}
	slices.SortStableFunc(view.Threads, func(x, y Thread) int { return x.Place - y.Place })
	return view, nil
}

// commented opens a text that comments are about.
func (s *Service) commented(ctx context.Context, a Actor, slug repo.Slug, text string) (*reader, located, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return nil, located{}, err
	}
	v, err := r.version(ctx, text)
	if err != nil {
		return nil, located{}, err
	}
	switch v.Kind {
	case VersionMain, VersionAdopted, VersionProposal, VersionDraft:
		return r, v, nil
	default:
		return nil, located{}, refuse("Comments belong to a draft, a submitted proposal, an adopted text or the revised text: open one of these.")
	}
}

// threads gives the comments on a text that the actor may hear, with their answers.
func (r *reader) threads(ctx context.Context, text string) ([]Thread, error) {
	all, err := r.records.Comments(ctx, r.about.Slug)
	if err != nil {
		return nil, fmt.Errorf("comments on %s: %w", r.about.Slug, err)
	}
	var threads []Thread
	at := map[CommentID]int{}
	for _, c := range all {
		if c.Text != text {
			continue
		}
		if c.Thread != 0 {
			if i, ok := at[c.Thread]; ok {
				threads[i].Answers = append(threads[i].Answers, r.commentRow(c))
				threads[i].Mine = threads[i].Mine || r.wrote(c)
			}
			continue
		}
		heard, err := r.hears(ctx, c)
		if err != nil {
			return nil, err
		}
		if heard {
			at[c.ID] = len(threads)
			threads = append(threads, Thread{CommentRow: r.commentRow(c), Mine: r.wrote(c)})
		}
	}
	return threads, r.unread(ctx, threads)
}

// unread counts what is new to the actor. To somebody not signed in nothing is.
func (r *reader) unread(ctx context.Context, threads []Thread) error {
	if r.actor.Anonymous() || len(threads) == 0 {
		return nil
	}
	read, err := r.records.CommentsRead(ctx, r.actor.Person, r.about.Slug)
	if err != nil {
		return fmt.Errorf("comments read on %s: %w", r.about.Slug, err)
	}
	for i := range threads {
		t := &threads[i]
		upTo := read[t.ID]
		for _, c := range append([]CommentRow{t.CommentRow}, t.Answers...) {
			if c.ID > upTo && c.By != r.actor.Person {
				t.New++
			}
		}
	}
	return nil
}

// ReadComments notes that the actor has read what is said about a text: one thread, or with 0 all that they may hear.
func (s *Service) ReadComments(ctx context.Context, a Actor, slug repo.Slug, text string, thread CommentID) error {
	if a.Anonymous() {
		return ErrSignedOut
	}
	r, v, err := s.commented(ctx, a, slug, text)
	if err != nil {
		return err
	}
	threads, err := r.threads(ctx, v.Key)
	if err != nil {
		return err
	}
	found := thread == 0
	for _, t := range threads {
		if thread != 0 && t.ID != thread {
			continue
		}
		found = true
		if t.New == 0 {
			continue
		}
		if err := s.records.SetCommentRead(ctx, a.Person, t.ID, t.last()); err != nil {
			return fmt.Errorf("read comment %d: %w", t.ID, err)
		}
	}
	if !found {
		return fmt.Errorf("comment %d on %s: %w", thread, slug, ErrNotFound)
	}
	return nil
}

// wrote tells whether a comment is the actor's own or speaks to them by their role or the code of a delegation they
// belong to, whichever they act for at the moment.
func (r *reader) wrote(c Comment) bool {
	if r.actor.Anonymous() || c.By == r.actor.Person {
		return !r.actor.Anonymous()
	}
	called := []string{string(r.actor.Role)}
	for _, circle := range r.actor.Circles {
		called = append(called, r.dir.label(circle))
	}
	return mentions(c.Words, called)
}

// mentions tells whether words call on one of some delegations ("@EUR") or roles ("@chair").
func mentions(words string, wanted []string) bool {
	for word := range strings.FieldsSeq(words) {
		name, called := strings.CutPrefix(strings.TrimRight(word, ".,;:!?)"), "@")
		if called && name != "" && slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(name, w) }) {
			return true
		}
	}
	return false
}

func (r *reader) commentRow(c Comment) CommentRow {
	row := CommentRow{Comment: c, Who: r.dir.person(c.By, c.Circle)}
	if c.Circle != "" {
		row.Ink = r.dir.circle(c.Circle)
	}
	if c.ResolvedBy != 0 {
		row.Closer = r.dir.person(c.ResolvedBy, "")
	}
	return row
}

// place finds the clause a thread is about in the text as it is now: by its name, or where its words have gone.
func (t *Thread) place(text resolution.Text, names []resolution.Name) {
	t.Place = slices.IndexFunc(names, func(n resolution.Name) bool { return n.Link == t.Clause })
	if t.Quote == "" {
		t.Gone = t.Place < 0
		return
	}
	holds := func(i int) bool { return strings.Contains(resolution.Plain(text.Blocks[i].Words), t.Quote) }
	if t.Place >= 0 && holds(t.Place) {
		return
	}
	for i := range text.Blocks {
		if holds(i) {
			t.Place = i
			return
		}
	}
	t.Gone = true
}

func anchorID(id CommentID) string { return strconv.FormatInt(int64(id), 10) }

// AddComment says something about words of a text, or answers in a thread.
func (s *Service) AddComment(ctx context.Context, a Actor, slug repo.Slug, n NewComment) (CommentID, error) {
	if err := s.may(ctx, a, ActComment, ""); err != nil {
		return 0, err
	}
	if err := n.commentable(); err != nil {
		return 0, err
	}
	if n.Thread != 0 {
		return s.answer(ctx, a, slug, n)
	}
	r, v, err := s.commented(ctx, a, slug, n.Text)
	if err != nil {
		return 0, err
	}
	allowed, err := r.audiences(ctx, v.Key)
	if err != nil {
		return 0, err
	}
	if !slices.Contains(allowed, n.Audience) {
		return 0, refuse("Choose who may see the comment: what is said of a draft stays with its delegation.")
	}
	c := Comment{
		Resolution: slug, Text: v.Key, Clause: n.Clause, Quote: strings.TrimSpace(n.Quote), Audience: n.Audience,
		By: a.Person, Circle: a.Circle, At: s.now(), Words: strings.TrimSpace(n.Words),
	}
	if v.Kind == VersionDraft {
		c.Circle = v.Draft.Circle
	}
	if err := c.name(ctx, v); err != nil {
		return 0, err
	}
	if c.ID, err = s.records.AddComment(ctx, c); err != nil {
		return 0, fmt.Errorf("comment on %s: %w", c.Text, err)
	}
	if v.Kind == VersionDraft && n.To > n.From {
		s.holdOn(ctx, slug, v.Draft, c, n)
	}
	return c.ID, s.tellComment(ctx, r, v, c, a)
}

// name finds the clause of a comment: the one named, else the one that holds the quoted words.
func (c *Comment) name(ctx context.Context, v located) error {
	text, err := v.text(ctx)
	if err != nil {
		return err
	}
	names := resolution.Names(text)
	if c.Clause == "" && c.Quote != "" {
		i := slices.IndexFunc(text.Blocks, func(b resolution.Block) bool { return strings.Contains(resolution.Plain(b.Words), c.Quote) })
		if i >= 0 {
			c.Clause = names[i].Link
		}
	}
	i := slices.IndexFunc(names, func(n resolution.Name) bool { return n.Link == c.Clause })
	if i < 0 {
		return refuse("The text has no such clause any more. Load the page again and choose one.")
	}
	c.ClauseName = names[i].Spoken
	return nil
}

// holdOn ties a comment to words of a live draft, so that it moves with them. A comment that could not be tied, since
// its words were marked in a text too old to be followed, is found by its quote, as those on other texts are.
func (s *Service) holdOn(ctx context.Context, slug repo.Slug, d repo.DraftName, c Comment, n NewComment) {
	_, err := s.hub.SetAnchor(ctx, room(slug, d), realtime.Anchor{
		ID: anchorID(c.ID), Version: realtime.Version(n.Version), From: n.From, To: n.To, Quote: c.Quote,
	})
	if err != nil {
		s.log.WarnContext(ctx, "a comment is held by its quote alone", slog.Int64("comment", int64(c.ID)), slog.Any("error", err))
	}
}

// answer adds to a thread, for the thread's audience.
func (s *Service) answer(ctx context.Context, a Actor, slug repo.Slug, n NewComment) (CommentID, error) {
	r, head, err := s.heard(ctx, a, slug, n.Thread)
	if err != nil {
		return 0, err
	}
	c := head
	c.ID, c.Thread, c.Resolved, c.ResolvedBy = 0, head.ID, time.Time{}, 0
	c.By, c.Circle, c.At, c.Words = a.Person, a.Circle, s.now(), strings.TrimSpace(n.Words)
	if head.Audience == AudienceOwn {
		c.Circle = head.Circle
	}
	if c.ID, err = s.records.AddComment(ctx, c); err != nil {
		return 0, fmt.Errorf("answer to comment %d: %w", head.ID, err)
	}
	v, err := r.version(ctx, c.Text)
	if err != nil {
		return 0, err
	}
	return c.ID, s.tellComment(ctx, r, v, c, a)
}

// heard gives the head of a thread that the actor may hear.
func (s *Service) heard(ctx context.Context, a Actor, slug repo.Slug, id CommentID) (*reader, Comment, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return nil, Comment{}, err
	}
	c, err := s.records.Comment(ctx, id)
	if err != nil {
		return nil, Comment{}, fmt.Errorf("comment %d: %w", id, err)
	}
	heard, err := r.hears(ctx, c)
	if err != nil {
		return nil, Comment{}, err
	}
	if !heard || c.Resolution != slug || c.Thread != 0 {
		return nil, Comment{}, fmt.Errorf("comment %d on %s: %w", id, slug, ErrNotFound)
	}
	return r, c, nil
}

// ResolveComment closes a thread, or opens it again. Whoever may answer may.
func (s *Service) ResolveComment(ctx context.Context, a Actor, slug repo.Slug, id CommentID, resolved bool) error {
	if err := s.may(ctx, a, ActComment, ""); err != nil {
		return err
	}
	r, c, err := s.heard(ctx, a, slug, id)
	if err != nil {
		return err
	}
	if resolved != c.Resolved.IsZero() {
		return nil // it is so already
	}
	var at time.Time
	var by PersonID
	if resolved {
		at, by = s.now(), a.Person
	}
	if err := s.records.SetCommentResolved(ctx, id, at, by); err != nil {
		return fmt.Errorf("resolve comment %d: %w", id, err)
	}
	v, err := r.version(ctx, c.Text)
	if err != nil {
		return err
	}
	return s.noteComment(ctx, v, c)
}

// tellComment puts a comment among the activity of those who may hear it, and tells the open editors.
func (s *Service) tellComment(ctx context.Context, r *reader, v located, c Comment, a Actor) error {
	if err := s.noteComment(ctx, v, c); err != nil {
		return err
	}
	draft := v.Kind == VersionDraft
	if !draft && c.Audience != AudienceAll {
		return nil // the activity is everybody's; the list of comments tells those who may hear it
	}
	detail := c.ClauseName
	switch {
	case v.Kind == VersionMain && v.Label == revisedText:
		detail += " of the revised text"
	case v.Kind == VersionMain, v.Kind == VersionAdopted:
		detail += " of " + v.Label
	default:
	}
	return s.tell(ctx, Activity{
		Resolution: r.about.Slug, Draft: v.Draft, Person: a.Person, From: a.From, Circle: a.Circle, Verb: VerbCommented,
		Detail: detail, Private: draft,
	})
}

// noteComment tells the open editors that comments have changed: those of a draft, and of what was submitted of it
// where its own circle hears the comment.
func (s *Service) noteComment(ctx context.Context, v located, c Comment) error {
	switch {
	case v.Kind == VersionDraft:
	case v.Kind == VersionProposal && (c.Audience != AudienceOwn || c.Circle == v.Draft.Circle):
	default:
		return nil
	}
	err := s.hub.Notify(ctx, room(c.Resolution, v.Draft), realtime.Note{Kind: "comment", Text: "Comment on " + c.ClauseName + "."})
	if err != nil {
		return fmt.Errorf("tell of comment on %s: %w", c.Text, err)
	}
	return nil
}
