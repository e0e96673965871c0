package drafting

import (
	"context"
	"fmt"
	"slices"

	"plenary/repo"
)

// Commented is a text that somebody has commented.
type Commented struct {
	Resolution repo.Slug
	Text       string
}

// DigestRecords keeps who wants digests of comments and what they were told.
type DigestRecords interface {
	CommentedSince(ctx context.Context, after CommentID) ([]Commented, error)
	LastComment(ctx context.Context) (CommentID, error)
	DigestState(ctx context.Context, person PersonID) (off bool, upTo CommentID, err error)
	SetDigestOff(ctx context.Context, person PersonID, off bool) error
	SetDigestUpTo(ctx context.Context, person PersonID, upTo CommentID) error
}

// Digest is what is new to one person among the comments they have part in.
type Digest struct {
	To    Person
	Lines []DigestLine
}

// DigestLine is one new comment. Its words are there only where everybody may read them: mail lies about.
type DigestLine struct {
	Resolution Resolution
	Text       string // the version's key, as addresses write it
	Label      string // as people call it
	Thread     CommentID
	Clause     string
	Who        PersonName
	Audience   Audience
	Words      string
}

// SendDigests gives send a digest for everybody who has an address, wants digests and has something new: comments that
// call on them, or that answer a thread in which they wrote. What each may hear is asked right before it is sent, and
// what was sent is not told again. A digest that cannot be sent is told with the next; the others are sent all the same.
func (s *Service) SendDigests(ctx context.Context, send func(context.Context, Digest) error) error {
	last, err := s.records.LastComment(ctx)
	if err != nil || last == 0 {
		return err
	}
	people, err := s.records.People(ctx)
	if err != nil {
		return fmt.Errorf("digests: %w", err)
	}
	var failed error
	for _, p := range people {
		if p.Email == "" || p.Disabled {
			continue
		}
		if err := s.sendDigest(ctx, p, last, send); err != nil {
			failed = fmt.Errorf("digest of %s: %w", p.Login, err)
		}
	}
	return failed
}

func (s *Service) sendDigest(ctx context.Context, p Person, last CommentID, send func(context.Context, Digest) error) error {
	off, upTo, err := s.records.DigestState(ctx, p.ID)
	if err != nil || off || upTo >= last {
		return err
	}
	d, err := s.digest(ctx, p, upTo, last)
	if err != nil {
		return err
	}
	if len(d.Lines) > 0 {
		if err := send(ctx, d); err != nil {
			return err
		}
	}
	return s.records.SetDigestUpTo(ctx, p.ID, last)
}

// digest gathers what is new to a person after one comment, up to another, by the rights they have now.
func (s *Service) digest(ctx context.Context, p Person, after, last CommentID) (Digest, error) {
	d := Digest{To: p}
	a := Actor{Person: p.ID, Login: p.Login, Name: p.Name, Role: p.Role, Circles: p.Circles, Scope: ScopeFull}
	if len(p.Circles) > 0 {
		a.Circle = p.Circles[0]
	}
	texts, err := s.records.CommentedSince(ctx, after)
	if err != nil {
		return d, err
	}
	for _, t := range texts {
		r, err := s.reader(ctx, a, t.Resolution)
		if err != nil {
			return d, err
		}
		threads, err := r.threads(ctx, t.Text) // what they may not hear is not among them
		if err != nil {
			return d, err
		}
		lines, err := r.digestLines(ctx, t, threads, after, last)
		if err != nil {
			return d, err
		}
		d.Lines = append(d.Lines, lines...)
	}
	return d, nil
}

func (r *reader) digestLines(ctx context.Context, t Commented, threads []Thread, after, last CommentID) ([]DigestLine, error) {
	var lines []DigestLine
	for _, thread := range threads {
		if !thread.Mine || thread.New == 0 {
			continue
		}
		said := append([]CommentRow{thread.CommentRow}, thread.Answers...)
		for _, c := range said[len(said)-min(thread.New, len(said)):] {
			if c.ID <= after || c.ID > last || c.By == r.actor.Person {
				continue
			}
			line := DigestLine{
				Resolution: r.about, Text: t.Text, Thread: thread.ID, Clause: thread.ClauseName, Who: c.Who, Audience: c.Audience,
			}
			if c.Audience == AudienceAll && !isDraftText(t.Text) {
				line.Words = c.Words
			}
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return nil, nil
	}
	v, err := r.version(ctx, t.Text)
	if err != nil {
		return nil, err
	}
	for i := range lines {
		lines[i].Label = v.Label
	}
	return slices.Clip(lines), nil
}

// WantsDigests tells whether the actor is sent digests, and whether they have an address at all.
func (s *Service) WantsDigests(ctx context.Context, a Actor) (wants, address bool, err error) {
	if a.Anonymous() {
		return false, false, ErrSignedOut
	}
	p, err := s.records.Person(ctx, a.Person)
	if err != nil {
		return false, false, fmt.Errorf("digests of %s: %w", a.Login, err)
	}
	off, _, err := s.records.DigestState(ctx, a.Person)
	return !off, p.Email != "", err
}

// SetDigests lets the actor have digests, or none.
func (s *Service) SetDigests(ctx context.Context, a Actor, wanted bool) error {
	if a.Anonymous() {
		return ErrSignedOut
	}
	if err := s.records.SetDigestOff(ctx, a.Person, !wanted); err != nil {
		return fmt.Errorf("digests of %s: %w", a.Login, err)
	}
	return nil
}
