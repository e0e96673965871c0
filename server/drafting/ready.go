package drafting

import (
	"context"
	"errors"
	"fmt"
)

// Ready tells whether what the use cases stand on can be read: records, journal, repositories. It is nil, or names
// what cannot, joined from one error for each.
func (s *Service) Ready(ctx context.Context) error {
	var wrong []error
	if _, err := s.records.Assembly(ctx); err != nil && !errors.Is(err, ErrNotFound) {
		wrong = append(wrong, fmt.Errorf("records: %w", err))
	}
	if _, _, err := s.journal.LastSnapshot(ctx, "ready"); err != nil {
		wrong = append(wrong, fmt.Errorf("journal: %w", err))
	}
	if _, err := s.archive.Resolutions(); err != nil {
		wrong = append(wrong, fmt.Errorf("repositories: %w", err))
	}
	return errors.Join(wrong...)
}
