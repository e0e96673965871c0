package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"plenary/repo"
	"plenary/server/auth"
	"plenary/server/drafting"
	"plenary/server/store"
)

// house is everything behind one data directory, opened together and closed together.
type house struct {
	records    *store.Records
	index      *store.SearchIndex // nil where SQLite was built without full-text search
	words      *store.WordIndex
	journal    *store.Journal
	archive    *repo.Archive
	drafting   *drafting.Service
	doorkeeper *auth.Doorkeeper
}

// paths inside a data directory.
const (
	recordsFile = "records.db"
	searchFile  = "search.db" // made of the texts, and made again when it is missing
	wordsFile   = "words.db"  // likewise: where the words of texts come from
	journalFile = "journal.db"
	textsDir    = "texts"
)

// openHouse opens the data directory of an assembly. It refuses a directory that holds none, unless create is set.
func openHouse(ctx context.Context, dir string, create bool, log *slog.Logger) (h *house, err error) {
	_, statErr := os.Stat(filepath.Join(dir, recordsFile))
	switch {
	case errors.Is(statErr, os.ErrNotExist) && !create:
		return nil, fmt.Errorf("%s holds no assembly: make one with plenary init --data %s, or name another directory with --data", dir, dir)
	case statErr != nil && !errors.Is(statErr, os.ErrNotExist):
		return nil, statErr
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	h = &house{}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close(context.WithoutCancel(ctx)))
			h = nil
		}
	}()
	if h.records, err = store.Open(ctx, filepath.Join(dir, recordsFile)); err != nil {
		return h, err
	}
	if h.journal, err = store.OpenJournal(ctx, filepath.Join(dir, journalFile)); err != nil {
		return h, err
	}
	if h.archive, err = repo.Open(ctx, filepath.Join(dir, textsDir), repo.Options{}); err != nil {
		return h, err
	}
	options := drafting.Options{Archive: h.archive, Records: h.records, Journal: h.journal, Now: time.Now, Log: log}
	if h.index, err = store.OpenSearch(ctx, filepath.Join(dir, searchFile)); err == nil {
		options.Index = h.index
	} else if !errors.Is(err, store.ErrNoFullText) { // commands do without; serve does not
		return h, err
	}
	if h.archive.Sole() { // beside a server, which may be another version, its file is left alone
		if h.words, err = store.OpenWords(ctx, filepath.Join(dir, wordsFile), version); err != nil {
			return h, err
		}
		options.Words = h.words
	}
	h.drafting = drafting.New(options)
	h.doorkeeper = auth.New(h.records, h.records, h.records, time.Now)
	return h, nil
}

// close saves what is open and lets go of every file, in the order opposite to opening.
func (h *house) close(ctx context.Context) error {
	var errs []error
	if h.drafting != nil {
		errs = append(errs, h.drafting.Close(ctx))
	}
	if h.archive != nil {
		errs = append(errs, h.archive.Close())
	}
	if h.journal != nil {
		errs = append(errs, h.journal.Close())
	}
	if h.index != nil {
		errs = append(errs, h.index.Close())
	}
	if h.words != nil {
		errs = append(errs, h.words.Close())
	}
	if h.records != nil {
		errs = append(errs, h.records.Close())
	}
	return errors.Join(errs...)
}

// whole reads records and journal through, so that damage is met at the start and not in the middle of a meeting.
func (h *house) whole(ctx context.Context) error {
	return errors.Join(h.records.Whole(ctx), h.journal.Whole(ctx))
}
