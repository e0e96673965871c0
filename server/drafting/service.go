package drafting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"plenary/realtime"
	"plenary/repo"
)

// Records is everything the use cases keep outside git.
type Records interface {
	PeopleRecords
	CircleRecords
	SessionRecords
	SecondRecords
	ProcedureRecords
	RemovalRecords
	AssemblyRecords
	ResolutionRecords
	ProposalRecords
	MergeRecords
	ActivityRecords
	InvitationRecords
	AuditRecords
	ExtensionRecords
	CommentRecords
	DigestRecords
	StanceRecords
	AgreementRecords
	ReceivedRecords
	realtime.AnchorStore

	// Together runs fn on records that are one transaction: all that fn does is kept, or nothing.
	Together(ctx context.Context, fn func(Records) error) error
}

// Options are what a Service works with. Archive, Records and Journal are required.
type Options struct {
	Archive *repo.Archive
	Records Records
	Journal realtime.Journal
	Index   SearchIndex      // nil: nothing can be searched
	Words   WordStore        // nil: the origins of words are worked out anew in each run
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: nothing is logged
	Rooms   realtime.Options // how long rooms wait, how many people they hold
}

// Service holds the use cases. It is safe for use by several goroutines.
type Service struct {
	archive *repo.Archive
	records Records
	now     func() time.Time
	log     *slog.Logger
	hub     *realtime.Hub
	journal realtime.Journal
	turns   turns
	stirs   stirs
	counts  counts

	compilations compilations
	differences  *differences
	words        wordIndex
	wordWork     *wordWork
	index        SearchIndex
	indexing     chan struct{} // holds one while a search brings the index up to date
	waiting      Waiting
}

// New returns a service over what options name. Call [Service.Reconcile] before the first request, and
// [Service.Close] after the last.
func New(options Options) *Service {
	s := &Service{archive: options.Archive, records: options.Records, now: options.Now, log: options.Log, journal: options.Journal}
	s.index, s.indexing = options.Index, make(chan struct{}, 1)
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if options.Rooms.Anchors == nil {
		options.Rooms.Anchors = options.Records
	}
	if options.Rooms.Logger == nil {
		options.Rooms.Logger = s.log
	}
	s.differences, s.wordWork, s.words.store = newDifferences(), newWordWork(), options.Words
	s.hub = realtime.NewHub(options.Journal, &saver{s}, options.Rooms)
	return s
}

// Hub is where drafts are written live.
func (s *Service) Hub() *realtime.Hub { return s.hub }

// Close saves every open draft, ends the live sessions and stops what is worked out in the background.
func (s *Service) Close(ctx context.Context) error {
	counting := errors.Join(s.differences.close(ctx), s.wordWork.close(ctx))
	if err := s.hub.Close(ctx); err != nil {
		return errors.Join(counting, fmt.Errorf("close drafts: %w", err))
	}
	return counting
}
