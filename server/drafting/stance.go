package drafting

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/merge"
	"plenary/repo/resolution"
)

// Stance is what a delegation says of one block of a compilation: one wording of one clause.
type Stance struct {
	Resolution repo.Slug
	Block      string // key of the block, see [BlockKey]
	Circle     repo.Circle
	Supports   bool   // else it objects
	Reason     string // may be empty
	By         PersonID
	At         time.Time
}

// StanceRecords keeps what delegations say of blocks, one stance a delegation and block.
type StanceRecords interface {
	PutStance(ctx context.Context, s Stance) error
	RemoveStance(ctx context.Context, resolution repo.Slug, block string, circle repo.Circle) error // ErrNotFound
	Stances(ctx context.Context, resolution repo.Slug) ([]Stance, error)
}

// BlockKey names one wording of one clause in a compilation over base. It is the same as long as the clause and the
// wording are, whoever proposes it; after is the base clause that new clauses stand behind.
func BlockKey(base resolution.Text, c diff.Change, after int) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\x00%t", c.Kind, c.Moved)
	for _, i := range c.Base {
		_, _ = fmt.Fprintf(h, "\x00%s", diff.Key(base.Blocks[i]))
	}
	if len(c.Base) == 0 && after >= 0 {
		_, _ = fmt.Fprintf(h, "\x00after %s", diff.Key(base.Blocks[after]))
	}
	if c.Kind != diff.Deleted {
		for _, b := range c.Blocks {
			_, _ = fmt.Fprintf(h, "\x00to %s", diff.Key(b))
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:20]
}

// BlocksOf gives the keys of the blocks that one of the texts, by its name, makes in a compilation over base.
func BlocksOf(base resolution.Text, texts []merge.Proposal, name string) []string {
	var keys []string
	for _, text := range texts {
		if text.Name != name {
			continue
		}
		last := -1
		for _, change := range diff.Compare(base, text.Text) {
			if change.Touched() {
				keys = append(keys, BlockKey(base, change, last))
			}
			if len(change.Base) > 0 {
				last = max(last, change.Base[len(change.Base)-1])
			}
		}
	}
	return keys
}

// longestReason is in bytes.
const longestReason = 1000

// TakeStance says for the circle the actor acts for that it supports a block or objects to it. It may be changed until
// the clause is decided: then the block is in no compilation any more.
func (s *Service) TakeStance(ctx context.Context, a Actor, slug repo.Slug, block string, supports bool, reason string) error {
	r, err := s.stancing(ctx, a, slug)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if len(reason) > longestReason {
		return refuse("The reason is too long: keep it under %d characters.", longestReason)
	}
	by, err := r.blockOf(ctx, block)
	if err != nil {
		return err
	}
	if !supports && slices.Contains(by, a.Circle) {
		return refuse("This is your own delegation's wording: withdraw or revise the proposal instead.")
	}
	stance := Stance{Resolution: slug, Block: block, Circle: a.Circle, Supports: supports, Reason: reason, By: a.Person, At: s.now()}
	if err := s.records.PutStance(ctx, stance); err != nil {
		return fmt.Errorf("stance on %s: %w", slug, err)
	}
	s.stir(Stir{Resolution: slug, Kind: StirStance})
	return nil
}

// DropStance takes back what the circle has said of a block. One that has said nothing is left so.
func (s *Service) DropStance(ctx context.Context, a Actor, slug repo.Slug, block string) error {
	r, err := s.stancing(ctx, a, slug)
	if err != nil {
		return err
	}
	if _, err := r.blockOf(ctx, block); err != nil {
		return err
	}
	if err := s.records.RemoveStance(ctx, slug, block, a.Circle); err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("drop stance on %s: %w", slug, err)
	}
	s.stir(Stir{Resolution: slug, Kind: StirStance})
	return nil
}

func (s *Service) stancing(ctx context.Context, a Actor, slug repo.Slug) (*reader, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return nil, err
	}
	return r, r.rights.May(a, ActSupport, a.Circle)
}

// blockOf finds a block in the compilation and gives the circles that propose it.
func (r *reader) blockOf(ctx context.Context, block string) ([]repo.Circle, error) {
	main, err := r.version(ctx, repo.Main)
	if err != nil {
		return nil, err
	}
	proposals, err := r.submittedProposals(ctx)
	if err != nil {
		return nil, err
	}
	c, err := r.compile(ctx, main, proposals)
	if err != nil {
		return nil, err
	}
	var by []repo.Circle
	for i, text := range c.texts {
		if slices.Contains(BlocksOf(c.base, c.texts, text.Name), block) {
			by = append(by, proposals[i].Draft.Circle)
		}
	}
	if len(by) == 0 {
		return nil, refuse("This wording is not in the compilation any more: it was decided or changed. Load the page again.")
	}
	return by, nil
}

// Stances gives what delegations say of the blocks of a resolution's compilation, by block.
func (s *Service) Stances(ctx context.Context, a Actor, slug repo.Slug) (map[string][]Stance, error) {
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return nil, err
	}
	all, err := r.records.Stances(ctx, slug)
	if err != nil {
		return nil, fmt.Errorf("stances on %s: %w", slug, err)
	}
	by := map[string][]Stance{}
	for _, stance := range all {
		by[stance.Block] = append(by[stance.Block], stance)
	}
	return by, nil
}
