package drafting

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"plenary/repo"
)

// AuditEntry is one line of the audit log: who did what to what, when, from where. No secret and no word of a draft
// stands in it, nor that there is a draft its delegation has not submitted.
type AuditEntry struct {
	ID      int64
	At      time.Time
	Person  PersonID // 0: nobody signed in; -1: the server's console
	Name    string   // as the person was called then
	Circle  repo.Circle
	Act     string // "signed in", "closed the account"
	Subject string // what it was done to: a login, a proposal, a delegation
	Detail  string
	Address string // where it came from; empty at the console
}

// AuditQuery chooses lines of the audit log. The zero query chooses all.
type AuditQuery struct {
	Words  string // stands in name, delegation, subject, detail or address, in whatever case
	Act    string
	Since  time.Time
	Until  time.Time // zero: now
	Before int64     // lines older than the one with this ID; 0: the newest
	Most   int       // how many at most
}

// AuditRecords keeps the audit log. It is only ever added to.
type AuditRecords interface {
	AddAudit(ctx context.Context, e AuditEntry) error
	Audit(ctx context.Context, q AuditQuery) ([]AuditEntry, error) // the newest first
	AuditActs(ctx context.Context) ([]string, error)               // every act there is a line of
}

// The acts of the audit log that are not verbs of [Activity], which stand in it as well.
const (
	AuditSignedIn      = "signed in"
	AuditSignInRefused = "was refused at sign-in"
	AuditSignedOut     = "signed out"
	AuditPassword      = "changed the password"
	AuditSessionEnded  = "ended a session"
	AuditTokenMade     = "made an access token"
	AuditTokenEnded    = "withdrew an access token" //nolint:gosec // the name of an act, not a credential
	AuditAddedPerson   = "added the person"
	AuditChangedPerson = "changed the person"
	AuditClosed        = "closed the account"
	AuditOpened        = "opened the account again"
	AuditInvited       = "made a sign-in link for"
	AuditLinkUsed      = "set a password by link"
	AuditAddedCircle   = "added the delegation"
	AuditJoined        = "added to a delegation"
	AuditLeft          = "took out of a delegation"
	AuditRegister      = "imported people"
	AuditMeeting       = "changed the meeting"
	AuditExtended      = "gave more time to"
	AuditExtensionOver = "ended the extension of"
	AuditExported      = "exported the audit log"
)

// longestAudit bounds each word of a line, in characters.
const longestAudit = 300

// entry begins a line of the audit log about what the actor does.
func (s *Service) entry(a Actor, act, subject, detail string) AuditEntry {
	return AuditEntry{
		At: s.now(), Person: a.Person, Name: a.Name, Circle: a.Circle, Act: act,
		Subject: oneLine(subject), Detail: oneLine(detail), Address: oneLine(a.From),
	}
}

// recorded does an act and writes its line, both or neither. What fn does with the records it is given is one
// transaction; it must use no others.
func (s *Service) recorded(ctx context.Context, e AuditEntry, fn func(Records) error) error {
	return s.records.Together(ctx, func(r Records) error {
		if err := fn(r); err != nil {
			return err
		}
		return r.AddAudit(ctx, e)
	})
}

// Note writes a line about what a door has done for the actor: signing in and out, making a token.
func (s *Service) Note(ctx context.Context, a Actor, act, subject string) error {
	if err := s.records.AddAudit(ctx, s.entry(a, act, subject, "")); err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	return nil
}

// NoteRefused writes that somebody was refused at the door. What was typed for a login is on record only if somebody
// has it: people type passwords into the wrong field.
func (s *Service) NoteRefused(ctx context.Context, login, from string) error {
	login = strings.ToLower(strings.TrimSpace(login))
	if _, _, err := s.records.PersonByLogin(ctx, login); isMissing(err) {
		login = "an unknown login"
	} else if err != nil {
		return fmt.Errorf("audit log: %w", err)
	}
	return s.Note(ctx, Actor{From: from}, AuditSignInRefused, login)
}

// Audit gives lines of the audit log, the newest first, and every act there is a line of.
func (s *Service) Audit(ctx context.Context, a Actor, q AuditQuery) (lines []AuditEntry, acts []string, err error) {
	if err := s.may(ctx, a, ActAudit, ""); err != nil {
		return nil, nil, err
	}
	q.Words = strings.ToLower(strings.TrimSpace(q.Words))
	if lines, err = s.records.Audit(ctx, q); err != nil {
		return nil, nil, fmt.Errorf("audit log: %w", err)
	}
	if acts, err = s.records.AuditActs(ctx); err != nil {
		return nil, nil, fmt.Errorf("acts of the audit log: %w", err)
	}
	return lines, acts, nil
}

// oneLine keeps what strangers sent from breaking a line of the log or filling it.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, s)
	if runes := []rune(s); len(runes) > longestAudit {
		s = string(runes[:longestAudit]) + "…"
	}
	return strings.TrimSpace(s)
}
