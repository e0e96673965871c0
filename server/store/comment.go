package store

import (
	"context"
	"time"

	"plenary/realtime"
	"plenary/repo"
	"plenary/server/drafting"
	"plenary/server/store/sqlgen"
)

// AddComment keeps a comment; ErrNotFound for an unknown resolution or person.
func (r *Records) AddComment(ctx context.Context, c drafting.Comment) (drafting.CommentID, error) {
	id, err := r.write.AddComment(ctx, sqlgen.AddCommentParams{
		Resolution: string(c.Resolution), Text: c.Text, Thread: int64(c.Thread), Clause: c.Clause, ClauseName: c.ClauseName,
		Quote: c.Quote, Audience: string(c.Audience), Person: int64(c.By), Circle: string(c.Circle), At: micros(c.At), Words: c.Words,
	})
	return drafting.CommentID(id), wrap(err, "add comment on", c.Text)
}

// Comment gives one comment, or ErrNotFound.
func (r *Records) Comment(ctx context.Context, id drafting.CommentID) (drafting.Comment, error) {
	row, err := r.read.Comment(ctx, int64(id))
	return comment(row), wrap(err, "comment", id)
}

// Comments gives every comment on the resolution, in order of writing.
func (r *Records) Comments(ctx context.Context, resolution repo.Slug) ([]drafting.Comment, error) {
	rows, err := r.read.Comments(ctx, string(resolution))
	return each(rows, comment), wrap(err, "comments on", resolution)
}

func comment(row sqlgen.Comment) drafting.Comment {
	c := drafting.Comment{
		ID: drafting.CommentID(row.ID), Resolution: repo.Slug(row.Resolution), Text: row.Text,
		Thread: drafting.CommentID(row.Thread), Clause: row.Clause, ClauseName: row.ClauseName, Quote: row.Quote,
		Audience: drafting.Audience(row.Audience), By: drafting.PersonID(row.Person), Circle: repo.Circle(row.Circle),
		At: timeOf(row.At), Words: row.Words, Resolved: timeOf(row.Resolved),
	}
	if row.ResolvedBy != nil {
		c.ResolvedBy = drafting.PersonID(*row.ResolvedBy)
	}
	return c
}

// SetCommentResolved closes a thread, or opens it again at the zero time; ErrNotFound for what is no head of a thread.
func (r *Records) SetCommentResolved(ctx context.Context, id drafting.CommentID, at time.Time, by drafting.PersonID) error {
	var person *int64
	if by != 0 {
		person = new(int64(by))
	}
	rows, err := r.write.SetCommentResolved(ctx, sqlgen.SetCommentResolvedParams{Resolved: micros(at), ResolvedBy: person, ID: int64(id)})
	return changed(rows, err, "resolve comment", id)
}

// CommentsRead gives how far the person has read each thread on the resolution, by its head.
func (r *Records) CommentsRead(ctx context.Context, person drafting.PersonID, resolution repo.Slug) (map[drafting.CommentID]drafting.CommentID, error) {
	rows, err := r.read.CommentsRead(ctx, sqlgen.CommentsReadParams{Person: int64(person), Resolution: string(resolution)})
	read := make(map[drafting.CommentID]drafting.CommentID, len(rows))
	for _, row := range rows {
		read[drafting.CommentID(row.Thread)] = drafting.CommentID(row.Upto)
	}
	return read, wrap(err, "comments read on", resolution)
}

// SetCommentRead notes that the person has read a thread up to a comment. What was read stays read.
func (r *Records) SetCommentRead(ctx context.Context, person drafting.PersonID, thread, upTo drafting.CommentID) error {
	err := r.write.SetCommentRead(ctx, sqlgen.SetCommentReadParams{Person: int64(person), Thread: int64(thread), Upto: int64(upTo)})
	return wrap(err, "mark comment read", thread)
}

// Anchors gives where the words of a live draft's comments are.
func (r *Records) Anchors(ctx context.Context, room realtime.RoomName) ([]realtime.Anchor, error) {
	rows, err := r.read.Anchors(ctx, string(room))
	return each(rows, func(row sqlgen.Anchor) realtime.Anchor {
		return realtime.Anchor{
			ID: row.ID, Version: realtime.Version(row.Version), From: int(row.Start), To: int(row.Stop), Quote: row.Quote,
			Orphaned: row.Orphaned != 0,
		}
	}), wrap(err, "anchors of", room)
}

// PutAnchors keeps the given anchors by their IDs, all or none, and leaves all others as they are.
func (r *Records) PutAnchors(ctx context.Context, room realtime.RoomName, anchors []realtime.Anchor) error {
	err := r.together(ctx, func(q *sqlgen.Queries) error {
		for _, a := range anchors {
			var orphaned int64
			if a.Orphaned {
				orphaned = 1
			}
			err := q.PutAnchor(ctx, sqlgen.PutAnchorParams{
				Room: string(room), ID: a.ID, Version: int64(a.Version), Start: int64(a.From), Stop: int64(a.To),
				Quote: a.Quote, Orphaned: orphaned,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return wrap(err, "put anchors of", room)
}

// RemoveAnchor forgets an anchor; one that is not there is no error.
func (r *Records) RemoveAnchor(ctx context.Context, room realtime.RoomName, id string) error {
	return wrap(r.write.RemoveAnchor(ctx, sqlgen.RemoveAnchorParams{Room: string(room), ID: id}), "remove anchor "+id+" of", room)
}
