package drafting

import (
	"context"
	"time"

	"plenary/repo"
)

// Agreement is what a circle agrees to where words stand in square brackets.
type Agreement struct {
	Resolution repo.Slug
	Question   string // key of the question, see [BracketQuestion]
	Circle     repo.Circle
	Answer     int // which of the wordings; past the last: none of them
	By         PersonID
	At         time.Time
}

// AgreementRecords keeps what circles agree to, one answer a circle and question.
type AgreementRecords interface {
	Agree(ctx context.Context, a Agreement) error
	Disagree(ctx context.Context, slug repo.Slug, question string, circle repo.Circle) error // ErrNotFound
	Agreements(ctx context.Context, slug repo.Slug) ([]Agreement, error)
}
