package drafting

import (
	"context"
	"fmt"
)

// SetPassword gives a person the password whose hash is given, and ends the person's sessions and live editing. It is
// for the console; who is signed in changes their own password at the door, and others get a link (see
// [Service.Invite]).
func (s *Service) SetPassword(ctx context.Context, a Actor, person PersonID, passwordHash string) error {
	if err := s.may(ctx, a, ActAdminister, ""); err != nil {
		return err
	}
	p, err := s.records.Person(ctx, person)
	if err != nil {
		return fmt.Errorf("password of %d: %w", person, err)
	}
	err = s.recorded(ctx, s.entry(a, AuditPassword, p.Login, ""), func(r Records) error {
		return r.SetPassword(ctx, person, passwordHash)
	})
	if err != nil {
		return fmt.Errorf("password of %s: %w", p.Login, err)
	}
	return s.endLive(ctx, person)
}
