package drafting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"plenary/repo"
	"plenary/repo/docx"
	"plenary/repo/resolution"
)

// ReceivedID names one file that was sent.
type ReceivedID int64

// Received is a file that was sent to be imported. It waits until somebody decides or discards it; after that it stays
// as the original of what it became.
type Received struct {
	ID         ReceivedID
	Resolution repo.Slug   // empty: it is to be an adopted text
	Circle     repo.Circle // the delegation whose contribution it is; empty for an adopted text
	By         PersonID
	Name       string // of the file
	Size       int    // in bytes
	At         time.Time
	Became     map[int]string // by part of the file: the draft begun with it, or the resolution opened
}

// ReceivedRecords keeps files as they came.
type ReceivedRecords interface {
	AddReceived(ctx context.Context, f Received, content []byte) (ReceivedID, error)
	Received(ctx context.Context, id ReceivedID) (Received, error)   // ErrNotFound
	ReceivedFile(ctx context.Context, id ReceivedID) ([]byte, error) // ErrNotFound
	ReceivedFor(ctx context.Context, resolution repo.Slug, circle repo.Circle) ([]Received, error)
	ReceivedWaiting(ctx context.Context, circle repo.Circle) (size int, err error)                                     // of what nobody has decided about, for all resolutions
	ReceivedThatBecame(ctx context.Context, resolution repo.Slug, circle repo.Circle, became string) (Received, error) // ErrNotFound
	AddReceivedOutcome(ctx context.Context, id ReceivedID, part int, became string) error                              // ErrExists: it became something before
	RemoveReceived(ctx context.Context, id ReceivedID) error                                                           // ErrNotFound also when it became something
}

// ReceivedRow is a file with the name of who sent it.
type ReceivedRow struct {
	Received
	Who  PersonName
	Long bool // it has waited longer than [Service.LongWaiting]
}

// mostWaiting is how many files may wait at one place for somebody to decide.
const mostWaiting = 50

// Waiting says how much may wait for somebody to decide, and how long.
type Waiting struct {
	Megabytes int // of one delegation's files on all resolutions, or of those to be imported; 0: 200
	Days      int // after which lists point a file out as one to decide about or discard; 0: 90. None is discarded by itself.
}

// Waiting tells what is set.
func (s *Service) Waiting() Waiting {
	return Waiting{cmp.Or(s.waiting.Megabytes, 200), cmp.Or(s.waiting.Days, 90)}
}

// SetWaiting sets it, before the service is used.
func (s *Service) SetWaiting(w Waiting) { s.waiting = w }

// Receive keeps a file that is to be imported: a contribution of the actor's circle to a resolution, or with an empty
// slug an adopted text. A Refusal tells what is wrong with a file that cannot be read, and then nothing is kept.
func (s *Service) Receive(ctx context.Context, a Actor, slug repo.Slug, name string, file []byte) (ReceivedID, error) {
	circle, err := s.mayReceive(ctx, a, slug)
	if err != nil {
		return 0, err
	}
	if slug == "" {
		if _, err = understand(name, file, false); err != nil {
			_, err = understand(name, file, true)
		}
	} else {
		_, err = readContribution(name, file)
	}
	if err != nil {
		return 0, err
	}
	waiting, err := s.records.ReceivedFor(ctx, slug, circle)
	if err != nil {
		return 0, fmt.Errorf("files that wait: %w", err)
	}
	waiting = slices.DeleteFunc(waiting, func(f Received) bool { return len(f.Became) > 0 })
	if len(waiting) >= mostWaiting {
		return 0, refuse("%d files wait here already: decide or discard some of them, then send this one again.", len(waiting))
	}
	size, err := s.records.ReceivedWaiting(ctx, circle)
	if err != nil {
		return 0, fmt.Errorf("files that wait: %w", err)
	}
	if most := s.Waiting().Megabytes; size+len(file) > most<<20 {
		return 0, refuse("Files that wait for a decision may have %d MB together, and with %s there would be more: decide or discard some of those that your delegation sent, on this resolution or another, then send this one again.",
			most, shown(name))
	}
	f := Received{Resolution: slug, Circle: circle, By: a.Person, Name: shown(name), At: s.now()}
	id, err := s.records.AddReceived(ctx, f, file)
	if err != nil {
		return 0, fmt.Errorf("keep %s: %w", f.Name, err)
	}
	return id, nil
}

// mayReceive tells whether the actor may send files for a resolution, or adopted texts, and for which circle.
func (s *Service) mayReceive(ctx context.Context, a Actor, slug repo.Slug) (repo.Circle, error) {
	if slug == "" {
		return "", s.may(ctx, a, ActImport, "")
	}
	r, err := s.reader(ctx, a, slug)
	if err != nil {
		return "", err
	}
	return a.Circle, r.rights.May(a, ActPropose, a.Circle)
}

// ReceivedList gives the files that the actor's circle sent for a resolution, or the adopted texts that were sent,
// latest first.
func (s *Service) ReceivedList(ctx context.Context, a Actor, slug repo.Slug) ([]ReceivedRow, error) {
	circle, err := s.mayReceive(ctx, a, slug)
	if err != nil {
		return nil, err
	}
	files, err := s.records.ReceivedFor(ctx, slug, circle)
	if err != nil {
		return nil, fmt.Errorf("files for %s: %w", slug, err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]ReceivedRow, 0, len(files))
	for _, f := range slices.Backward(files) {
		long := len(f.Became) == 0 && s.now().Sub(f.At) > time.Duration(s.Waiting().Days)*24*time.Hour
		rows = append(rows, ReceivedRow{f, dir.person(f.By, circle), long})
	}
	return rows, nil
}

// received finds a file that the actor may decide about.
func (s *Service) received(ctx context.Context, a Actor, slug repo.Slug, id ReceivedID) (Received, error) {
	circle, err := s.mayReceive(ctx, a, slug)
	if err != nil {
		return Received{}, err
	}
	f, err := s.records.Received(ctx, id)
	if err != nil {
		return Received{}, fmt.Errorf("file %d: %w", id, err)
	}
	if f.Resolution != slug || f.Circle != circle {
		return Received{}, fmt.Errorf("file %d: %w", id, ErrNotFound)
	}
	return f, nil
}

// content is [Service.received] with what is in the file.
func (s *Service) content(ctx context.Context, a Actor, slug repo.Slug, id ReceivedID) (Received, []byte, error) {
	f, err := s.received(ctx, a, slug, id)
	if err != nil {
		return Received{}, nil, err
	}
	content, err := s.records.ReceivedFile(ctx, id)
	if err != nil {
		return Received{}, nil, fmt.Errorf("file %d: %w", id, err)
	}
	return f, content, nil
}

// Original gives a file as it came.
func (s *Service) Original(ctx context.Context, a Actor, slug repo.Slug, id ReceivedID) (name string, content []byte, err error) {
	f, content, err := s.content(ctx, a, slug, id)
	return f.Name, content, err
}

// OriginalOf gives the file that a draft was begun with, to its own circle; false where there is none, and for others.
func (s *Service) OriginalOf(ctx context.Context, a Actor, slug repo.Slug, d repo.DraftName) (Received, bool, error) {
	if circle, err := s.mayReceive(ctx, a, slug); err != nil || circle != d.Circle {
		return Received{}, false, nil //nolint:nilerr // who may not send files for a circle may not see those it sent
	}
	f, err := s.records.ReceivedThatBecame(ctx, slug, d.Circle, d.Draft())
	if errors.Is(err, ErrNotFound) {
		return Received{}, false, nil
	}
	if err != nil {
		return Received{}, false, fmt.Errorf("file of %s: %w", d, err)
	}
	return f, true, nil
}

// Discard forgets a file that waits. One that became something stays.
func (s *Service) Discard(ctx context.Context, a Actor, slug repo.Slug, id ReceivedID) error {
	f, err := s.received(ctx, a, slug, id)
	if err != nil {
		return err
	}
	if len(f.Became) > 0 {
		return refuse("%s stays: it is the original of what was begun with it.", f.Name)
	}
	if err := s.records.RemoveReceived(ctx, id); err != nil {
		return fmt.Errorf("discard file %d: %w", id, err)
	}
	return nil
}

// understood is a text as it was read from a file.
type understood struct {
	text     resolution.Text
	warnings []resolution.Warning
	said     []string          // sentences about the file as a whole
	tracked  bool              // it holds tracked changes
	word     docx.Contribution // the Word file it is of, which holds one proposal; empty for any other
}

// understand reads a file by the ending of its name: the one text in it, with its tracked changes taken or left out.
func understand(name string, file []byte, take bool) (understood, error) {
	var u understood
	var err error
	switch strings.ToLower(filepath.Ext(name)) {
	case ".docx", ".docm", ".doc":
		u, err = understandWord(name, file, take)
	case ".md", ".markdown":
		u.text, u.warnings, err = resolution.Parse(file)
	case ".txt":
		u.text, u.warnings, err = resolution.ParsePaper(file)
	default:
		return u, refuse("%s cannot be read: give a Word file (.docx), a text file (.txt) or Markdown (.md).", shown(name))
	}
	if wrong, ok := errors.AsType[*resolution.SyntaxError](err); ok {
		return u, refuse("%s, line %d, column %d: %s", shown(name), wrong.Line, wrong.Column, wrong.Text)
	}
	if err != nil {
		return u, fmt.Errorf("read %s: %w", name, err)
	}
	if len(u.text.Blocks) == 0 {
		return u, refuse("%s holds no words.", shown(name))
	}
	if signs := docx.Fused(string(resolution.FormatPaper(u.text))); len(signs) > 0 && !u.tracked {
		u.said = append(u.said, "Struck and new words seem to run together (“"+strings.Join(signs, "”, “")+"”), as when a file with tracked changes was flattened. Such a text is no adopted text: import the original, or the text without its changes.")
	}
	return u, nil
}

func understandWord(name string, file []byte, take bool) (understood, error) {
	c, err := readWord(name, file)
	if err != nil {
		return understood{}, err
	}
	if len(c.Proposals) > 1 {
		return understood{}, refuse("%s holds %d texts. Give a file with the adopted text alone; a contribution with several proposals is brought at the resolutions they are about.", shown(name), len(c.Proposals))
	}
	p := c.Proposals[0]
	u := understood{text: p.Base, tracked: p.Changed, word: c}
	if take {
		u.text = p.Proposal
	}
	if p.Changed {
		u.said = c.Warnings
	}
	if len(u.text.Blocks) == 0 {
		return u, refuse("%s holds no words on this side of its changes.", shown(name))
	}
	return u, nil
}

// readWord reads a Word file that holds at least one text.
func readWord(name string, file []byte) (docx.Contribution, error) {
	c, err := docx.Import(file)
	return c, unreadable(name, c, err)
}

// unreadable tells people what is wrong with a file.
func unreadable(name string, c docx.Contribution, err error) error {
	if wrong, ok := errors.AsType[*docx.RefusedError](err); ok {
		return refuse("%s cannot be read: %s.", shown(name), strings.TrimSuffix(wrong.Error(), "."))
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if len(c.Proposals) == 0 {
		return refuse("%s holds no text of a resolution.", shown(name))
	}
	return nil
}

// readContribution reads a file by the ending of its name as a contribution.
func readContribution(name string, file []byte) (docx.Contribution, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".txt":
		c, err := docx.ImportPlain(file)
		return c, unreadable(name, c, err)
	case ".md", ".markdown":
		u, err := understand(name, file, true)
		return docx.Contribution{Proposals: []docx.Proposal{{Proposal: u.text}}}, err
	default:
		return readWord(name, file)
	}
}
