package drafting

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// RemovalRecords forgets accounts.
type RemovalRecords interface {
	ForgetPerson(ctx context.Context, id PersonID, login string) error // ErrNotFound
}

// removedLogin begins the login of an account that was removed. Nobody else's does.
const removedLogin = "removed-"

// The acts of the audit log about accounts that go.
const (
	AuditRemoved      = "removed the account"
	AuditTookOwnCopy  = "took a copy of the own account"
	mostOfOwnActivity = math.MaxInt32
)

// Removed tells whether the person's account was removed; the name stays for the record.
func (p Person) Removed() bool { return strings.HasPrefix(p.Login, removedLogin) }

// RemovePerson forgets a closed account: login, address, password, second step, tokens, memberships, identities. What the
// person wrote and did stays on record under the name. It cannot be undone.
func (s *Service) RemovePerson(ctx context.Context, a Actor, person PersonID) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	p, err := s.records.Person(ctx, person)
	if err != nil {
		return fmt.Errorf("remove %d: %w", person, err)
	}
	switch {
	case p.Removed():
		return nil
	case !p.Disabled:
		return refuse("Close the account of %s first; a closed account can be removed.", p.Name)
	}
	login := fmt.Sprint(removedLogin, person)
	err = s.recorded(ctx, s.entry(a, AuditRemoved, login, p.Name), func(r Records) error { return r.ForgetPerson(ctx, person, login) })
	if err != nil {
		return fmt.Errorf("remove %d: %w", person, err)
	}
	return nil
}

// OwnAccount is what is kept of a person's account, for the person.
type OwnAccount struct {
	Person Person
	Acts   []AuditEntry // what they did, the newest first
}

// OwnAccount gives the actor what is kept of their account.
func (s *Service) OwnAccount(ctx context.Context, a Actor) (OwnAccount, error) {
	if a.Anonymous() {
		return OwnAccount{}, ErrSignedOut
	}
	p, err := s.records.Person(ctx, a.Person)
	if err != nil {
		return OwnAccount{}, fmt.Errorf("own account: %w", err)
	}
	lines, err := s.records.Audit(ctx, AuditQuery{Most: mostOfOwnActivity})
	if err != nil {
		return OwnAccount{}, fmt.Errorf("own account: %w", err)
	}
	lines = slices.DeleteFunc(lines, func(e AuditEntry) bool { return e.Person != a.Person })
	return OwnAccount{p, lines}, s.Note(ctx, a, AuditTookOwnCopy, p.Login)
}
