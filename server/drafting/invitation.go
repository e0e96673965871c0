package drafting

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// How long a one-time link opens the door.
const (
	InvitationLife = 14 * 24 * time.Hour // to somebody who has no password yet
	ResetLife      = 24 * time.Hour      // to somebody who has one
	firstLife      = 24 * time.Hour
)

// Invitation is a one-time link with which a person sets a password. The link's secret is kept nowhere.
type Invitation struct {
	Person  PersonID // 0: whoever makes the first account
	Created time.Time
	Expires time.Time
}

// InvitationRecords keeps one-time links by the hash of their secret.
type InvitationRecords interface {
	AddInvitation(ctx context.Context, hash []byte, i Invitation) error // in place of the person's earlier ones
	Invitation(ctx context.Context, hash []byte) (Invitation, error)    // ErrNotFound; expired ones are found
	InvitedPeople(ctx context.Context) ([]Invitation, error)
	RemoveInvitation(ctx context.Context, hash []byte) error // ErrNotFound when it is gone already
}

// sentenceLink is what somebody is told whose link opens nothing. It says nothing about who exists.
const sentenceLink = "This link has been used or is too old. Ask the secretariat for a new one."

// Invite makes a one-time link for a person, known by the hash of its secret; links made for them before open
// nothing any more. Their password stays until the link is used.
func (s *Service) Invite(ctx context.Context, a Actor, person PersonID, hash []byte) (Invitation, error) {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return Invitation{}, err
	}
	p, err := s.records.Person(ctx, person)
	if err != nil {
		return Invitation{}, fmt.Errorf("invite %d: %w", person, err)
	}
	if p.Disabled {
		return Invitation{}, refuse("The account of %s is closed: open it again first.", p.Name)
	}
	life := InvitationLife
	if p.HasPassword {
		life = ResetLife
	}
	now := s.now()
	i := Invitation{Person: person, Created: now, Expires: now.Add(life)}
	err = s.recorded(ctx, s.entry(a, AuditInvited, p.Login, ""), func(r Records) error {
		return r.AddInvitation(ctx, hash, i)
	})
	if err != nil {
		return Invitation{}, fmt.Errorf("invite %s: %w", p.Login, err)
	}
	return i, nil
}

// InviteFirst makes the one-time link that opens the first account of an assembly without people. It refuses when
// there is somebody; only the operator may ask.
func (s *Service) InviteFirst(ctx context.Context, a Actor, hash []byte) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	now := s.now()
	err := s.recorded(ctx, s.entry(a, AuditInvited, "the first account", ""), func(r Records) error {
		if err := nobodyYet(ctx, r); err != nil {
			return err
		}
		return r.AddInvitation(ctx, hash, Invitation{Created: now, Expires: now.Add(firstLife)})
	})
	if err != nil {
		return fmt.Errorf("link to the first account: %w", err)
	}
	return nil
}

func nobodyYet(ctx context.Context, r Records) error {
	people, err := r.People(ctx)
	if err != nil {
		return fmt.Errorf("people: %w", err)
	}
	if len(people) > 0 {
		return refuse("The first account has been made. Sign in with it, or ask its owner for a link.")
	}
	return nil
}

// Invited tells who a link is for: the zero Person for whoever makes the first account. A link that opens nothing is
// a Refusal.
func (s *Service) Invited(ctx context.Context, hash []byte) (Person, error) {
	p, _, err := s.invited(ctx, s.records, hash)
	return p, err
}

func (s *Service) invited(ctx context.Context, r Records, hash []byte) (Person, Invitation, error) {
	i, err := r.Invitation(ctx, hash)
	if isMissing(err) || err == nil && !s.now().Before(i.Expires) {
		return Person{}, Invitation{}, &Refusal{Sentence: sentenceLink}
	}
	if err != nil {
		return Person{}, Invitation{}, fmt.Errorf("link: %w", err)
	}
	if i.Person == 0 {
		return Person{}, i, nobodyYet(ctx, r)
	}
	p, err := r.Person(ctx, i.Person)
	if isMissing(err) || err == nil && p.Disabled {
		return Person{}, Invitation{}, &Refusal{Sentence: sentenceLink}
	}
	if err != nil {
		return Person{}, Invitation{}, fmt.Errorf("link of %d: %w", i.Person, err)
	}
	return p, i, nil
}

// AcceptInvitation sets the person's password to the one whose hash is given, uses the link up, and ends the
// person's sessions. From is the address that asks.
func (s *Service) AcceptInvitation(ctx context.Context, hash []byte, passwordHash, from string) (Person, error) {
	p, i, err := s.invited(ctx, s.records, hash)
	if err != nil {
		return Person{}, err
	}
	if i.Person == 0 {
		return Person{}, refuse("This link makes the first account: give a login and a name as well.")
	}
	e := s.entry(Actor{Person: p.ID, Name: p.Name, From: from}, AuditLinkUsed, p.Login, "")
	err = s.recorded(ctx, e, func(r Records) error {
		if err := r.RemoveInvitation(ctx, hash); err != nil {
			return err
		}
		return r.SetPassword(ctx, p.ID, passwordHash)
	})
	if errors.Is(err, ErrNotFound) {
		return Person{}, &Refusal{Sentence: sentenceLink}
	}
	if err != nil {
		return Person{}, fmt.Errorf("password of %s by link: %w", p.Login, err)
	}
	return p, s.endLive(ctx, p.ID)
}

// AcceptFirst makes the first secretariat account and uses the link up.
func (s *Service) AcceptFirst(ctx context.Context, hash []byte, login, name, passwordHash, from string) (Person, error) {
	_, i, err := s.invited(ctx, s.records, hash)
	if err != nil {
		return Person{}, err
	}
	if i.Person != 0 {
		return Person{}, &Refusal{Sentence: sentenceLink}
	}
	p, err := tidy(Person{Login: login, Name: name, Role: RoleSecretariat})
	if err != nil {
		return Person{}, err
	}
	e := s.entry(Actor{Name: p.Name, From: from}, AuditLinkUsed, p.Login, "the first account")
	err = s.recorded(ctx, e, func(r Records) error {
		if err := nobodyYet(ctx, r); err != nil {
			return err
		}
		if err := r.RemoveInvitation(ctx, hash); err != nil {
			return err
		}
		p.ID, err = addPerson(ctx, r, p, passwordHash)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return Person{}, &Refusal{Sentence: sentenceLink}
	}
	if err != nil {
		return Person{}, fmt.Errorf("first account: %w", err)
	}
	return p, nil
}

// tidy brings what a person is called into its one form, or says what is wrong with it.
func tidy(p Person) (Person, error) {
	p.Login = strings.ToLower(strings.TrimSpace(p.Login))
	p.Name = strings.Join(strings.Fields(p.Name), " ")
	switch {
	case p.Login == "" || len(p.Login) > 100 || strings.ContainsAny(p.Login, " \t\r\n:") || p.Login != oneLine(p.Login):
		return Person{}, refuse("A login is one word of at most 100 characters without a colon.")
	case p.Removed():
		return Person{}, refuse("No login begins with %s: choose another.", removedLogin)
	case p.Name == "" || len(p.Name) > 200 || strings.ContainsAny(p.Name, "<>") || p.Name != oneLine(p.Name):
		return Person{}, refuse("Give the person's name as it is to be printed, without < and >.")
	case !p.Role.covers(ActRead):
		return Person{}, refuse("%q is no role: give delegate, chair, secretariat or observer.", p.Role)
	}
	return p, nil
}
