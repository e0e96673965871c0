package drafting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/repo"
)

// Extension is more time to submit for one delegation: for all it submits, or a late text on one resolution.
type Extension struct {
	ID         int64
	Circle     repo.Circle
	Resolution repo.Slug // empty: all
	Until      time.Time
	Reason     string
	Given      time.Time
	GivenBy    PersonID
	Ended      time.Time // before its time; zero: not ended
}

// ExtensionRecords keeps extensions. They are ended, never removed.
type ExtensionRecords interface {
	AddExtension(ctx context.Context, e Extension) (int64, error) // ErrNotFound for an unknown delegation or resolution
	Extensions(ctx context.Context) ([]Extension, error)          // in order of giving
	EndExtension(ctx context.Context, id int64, at time.Time) error
}

// covers tells whether the extension is for what circle submits on a resolution. An empty slug asks for the
// delegation as a whole.
func (e Extension) covers(circle repo.Circle, slug repo.Slug) bool {
	return e.Ended.IsZero() && e.Circle == circle && (e.Resolution == "" || e.Resolution == slug)
}

// On gives the rights as they are on one resolution, where a late text may have been admitted.
func (r Rights) On(slug repo.Slug) Rights {
	r.slug = slug
	return r
}

// Closes tells when submitting closes for a circle: at the deadline, or later where the secretariat gave more time.
// Zero: never.
func (r Rights) Closes(circle repo.Circle) time.Time {
	closes := r.Deadline
	if closes.IsZero() || circle == SecretariatCircle {
		return time.Time{}
	}
	for _, e := range r.Extensions {
		if e.covers(circle, r.slug) && e.Until.After(closes) {
			closes = e.Until.In(r.Deadline.Location())
		}
	}
	return closes
}

// closesFor tells when submitting closes for whoever looks: for their delegation, else for the meeting.
func (r Rights) closesFor(a Actor) time.Time {
	if a.Circle == "" || a.Circle == SecretariatCircle {
		return r.Deadline
	}
	return r.Closes(a.Circle)
}

// late gives the reason for which a text that is submitted now was admitted after the deadline; empty for one in time.
func (r Rights) late(circle repo.Circle) string {
	if circle == SecretariatCircle || r.Deadline.IsZero() || r.Now.Before(r.Deadline) {
		return ""
	}
	for _, e := range slices.Backward(r.Extensions) {
		if e.covers(circle, r.slug) && r.Now.Before(e.Until) {
			return e.Reason
		}
	}
	return ""
}

// Moment reads a date ("2026-03-12"), a time of day ("18:00") and the IANA name of a time zone as one moment. What
// does not exist there, such as the hour that is left out when summer time begins, is refused.
func Moment(date, clock, zone string) (time.Time, error) {
	if zone == "" || zone == "Local" {
		return time.Time{}, refuse("Choose the time zone: a city's, such as Europe/Zurich, or UTC.")
	}
	where, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, refuse("%q is no time zone: write it as Europe/Zurich or UTC.", zone)
	}
	written := strings.TrimSpace(date) + " " + strings.TrimSpace(clock)
	at, err := time.ParseInLocation("2006-01-02 15:04", written, where)
	if err != nil {
		return time.Time{}, refuse("%q is no date and time: write the date as 2026-03-12 and the time as 18:00.", written)
	}
	if at.Format("2006-01-02 15:04") != written {
		return time.Time{}, refuse("There is no %s on %s in %s: the clocks are changed then. Choose another time.", strings.TrimSpace(clock), strings.TrimSpace(date), zone)
	}
	return at, nil
}

// Extend gives a delegation more time to submit, for a reason that goes on record.
func (s *Service) Extend(ctx context.Context, a Actor, e Extension) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	e.Reason = oneLine(e.Reason)
	now := s.now()
	as, err := s.Assembly(ctx)
	if err != nil {
		return err
	}
	switch {
	case as.Deadline.IsZero():
		return refuse("There is no deadline to extend: set one first.")
	case e.Reason == "":
		return refuse("Write the reason: it goes on record.")
	case !e.Until.After(as.Deadline):
		return refuse("Nothing would change: the deadline is %s. Give a later time.", said(as.Deadline))
	case !e.Until.After(now):
		return refuse("%s is over. Give a time to come.", said(e.Until))
	case e.Circle == SecretariatCircle:
		return refuse("The secretariat's editorial proposals have no deadline.")
	}
	e.Given, e.GivenBy, e.Ended = now, a.Person, time.Time{}
	detail := "all its texts"
	if e.Resolution != "" {
		detail = "a late text on " + string(e.Resolution)
	}
	line := s.entry(a, AuditExtended, string(e.Circle), fmt.Sprintf("%s, until %s: %s", detail, said(e.Until), e.Reason))
	err = s.recorded(ctx, line, func(r Records) error {
		_, err := r.AddExtension(ctx, e)
		return err
	})
	if isMissing(err) {
		return refuse("Choose a delegation, and a resolution that is there.")
	}
	if err != nil {
		return fmt.Errorf("extend the deadline for %s: %w", e.Circle, err)
	}
	return nil
}

// EndExtension takes an extension back, from now on. What was submitted under it stays.
func (s *Service) EndExtension(ctx context.Context, a Actor, id int64) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	all, err := s.records.Extensions(ctx)
	if err != nil {
		return fmt.Errorf("extensions: %w", err)
	}
	i := slices.IndexFunc(all, func(e Extension) bool { return e.ID == id })
	if i < 0 {
		return fmt.Errorf("extension %d: %w", id, ErrNotFound)
	}
	err = s.recorded(ctx, s.entry(a, AuditExtensionOver, string(all[i].Circle), string(all[i].Resolution)), func(r Records) error {
		return r.EndExtension(ctx, id, s.now())
	})
	if isMissing(err) {
		return nil // somebody else has ended it
	}
	if err != nil {
		return fmt.Errorf("end extension %d: %w", id, err)
	}
	return nil
}

// Extensions lists every extension, the newest first.
func (s *Service) Extensions(ctx context.Context, a Actor) ([]Extension, error) {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return nil, err
	}
	all, err := s.records.Extensions(ctx)
	if err != nil {
		return nil, fmt.Errorf("extensions: %w", err)
	}
	slices.Reverse(all)
	return all, nil
}
