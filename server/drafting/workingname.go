package drafting

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"plenary/repo"
)

// longestWorkingName is in letters.
const longestWorkingName = 60

// SetWorkingName names a proposal until the secretariat issues its number. Those who write the draft may; an empty name
// takes it back. The branch keeps its first name.
func (s *Service) SetWorkingName(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName, name string) error {
	if _, _, err := s.own(ctx, a, ActWrite, slug, d); err != nil {
		return err
	}
	release, err := s.turns.take(ctx, slug)
	if err != nil {
		return err
	}
	defer release()
	p, err := s.records.Proposal(ctx, slug, d)
	if err != nil {
		return fmt.Errorf("proposal %s: %w", d, err)
	}
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case p.Number != "":
		return refuse("This proposal has its document number, %s, and is called by it.", p.Number)
	case utf8.RuneCountInString(name) > longestWorkingName:
		return refuse("The working name is too long: keep it under %d letters.", longestWorkingName)
	case strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }):
		return refuse("The working name has signs that cannot be seen: write it anew with letters, digits and spaces.")
	}
	if name == p.WorkingName {
		return nil
	}
	p.WorkingName = name
	if err := s.records.UpdateProposal(ctx, p); err != nil {
		return fmt.Errorf("working name of %s: %w", d, err)
	}
	return nil
}
