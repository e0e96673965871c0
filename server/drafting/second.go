package drafting

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// SecondKey is what the second step of a person's sign-in is checked against.
type SecondKey struct {
	Key   string    // of the time-based codes, base32; empty: none
	Since time.Time // in force since; zero: begun, no code was given yet
	Used  int64     // the last interval whose code was used
}

// SecondStep is returned when a password was right and a code is still to be given. Pending is the secret under which
// the first step is remembered for a few minutes; it opens nothing by itself.
type SecondStep struct{ Pending string }

// Error says what is missing.
func (*SecondStep) Error() string { return "a code is needed as well" }

// SecondState is the second step as the account page shows it.
type SecondState struct {
	On       bool
	Recovery int // codes left
}

// SecondSetup is what a person brings into their app to have codes.
type SecondSetup struct {
	Key     string // as it is typed, in groups of four
	Picture []byte // the same as a QR code, PNG
}

// SecondRecords keeps the second step of signing in, and who somebody is at a provider of identities.
type SecondRecords interface {
	SecondStep(ctx context.Context, id PersonID) (SecondKey, error)                           // ErrNotFound
	SetSecondStep(ctx context.Context, id PersonID, k SecondKey, recovery [][]byte) error     // with its recovery codes' hashes
	UseSecondCode(ctx context.Context, id PersonID, interval int64) error                     // ErrNotFound when used before
	UseRecoveryCode(ctx context.Context, id PersonID, hash []byte) error                      // ErrNotFound
	RecoveryCodes(ctx context.Context, id PersonID) (int, error)                              // how many are left
	PersonByEmail(ctx context.Context, email string) (Person, error)                          // ErrNotFound
	SetEmail(ctx context.Context, id PersonID, email string) error                            // ErrExists
	PersonByIdentity(ctx context.Context, issuer, subject string) (Person, error)             // ErrNotFound
	AddIdentity(ctx context.Context, id PersonID, issuer, subject string, at time.Time) error // ErrExists
	HasIdentity(ctx context.Context, id PersonID, issuer string) (bool, error)
	RemoveIdentities(ctx context.Context, id PersonID, issuer string) error
}

// The acts of the audit log about the second step and identities elsewhere.
const (
	AuditSecondOn     = "set up a second step"
	AuditSecondOff    = "gave up the second step"
	AuditSecondTaken  = "took the second step away from"
	AuditSignedInBy   = "signed in by the provider of identities"
	AuditConnected    = "connected an identity elsewhere"
	AuditDisconnected = "disconnected the identity elsewhere"
	AuditEmail        = "changed the e-mail address of"
)

// TakeSecondStep takes the second step away from somebody who has lost what gives the codes. They sign in with their
// password alone then, and are told to set it up again where that is asked of them.
func (s *Service) TakeSecondStep(ctx context.Context, a Actor, person PersonID) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	p, err := s.records.Person(ctx, person)
	if err != nil {
		return fmt.Errorf("second step of %d: %w", person, err)
	}
	err = s.recorded(ctx, s.entry(a, AuditSecondTaken, p.Login, ""), func(r Records) error {
		return r.SetSecondStep(ctx, person, SecondKey{}, nil)
	})
	if err != nil {
		return fmt.Errorf("take the second step away from %s: %w", p.Login, err)
	}
	return nil
}

// SetEmail changes the address by which a provider of identities knows a person. It is shown to nobody else.
func (s *Service) SetEmail(ctx context.Context, a Actor, person PersonID, email string) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	p, err := s.records.Person(ctx, person)
	if err != nil {
		return fmt.Errorf("e-mail address of %d: %w", person, err)
	}
	if email, err = tidyEmail(email); err != nil || email == p.Email {
		return err
	}
	err = s.recorded(ctx, s.entry(a, AuditEmail, p.Login, ""), func(r Records) error { return r.SetEmail(ctx, person, email) })
	if isTaken(err) {
		return refuse("Somebody else has the e-mail address %s. Nothing was changed.", email)
	}
	if err != nil {
		return fmt.Errorf("e-mail address of %s: %w", p.Login, err)
	}
	return nil
}

// tidyEmail brings an address into its one form, or says what is wrong with it. It may be left empty.
func tidyEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if email == "" {
		return "", nil
	}
	name, host, ok := strings.Cut(email, "@")
	if !ok || name == "" || !strings.Contains(host, ".") || strings.Contains(host, "@") || len(email) > 200 ||
		strings.ContainsAny(email, " \t\r\n<>,;\"") || email != oneLine(email) {
		return "", refuse("%q is no e-mail address: write it as name@example.org, or leave it empty.", oneLine(email))
	}
	return email, nil
}
