package drafting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plenary/realtime"
	"plenary/realtime/livediff"
	"plenary/realtime/ot"
	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/resolution"
)

// JournalTrailer is the trailer of a commit made from live writing: the versions of the journal it holds, "12-57".
const JournalTrailer = "Journal"

// Room names the room of a draft ("drafts/usa/48a5-1") and the part the actor has in it. Who may read the draft may
// follow it live; ErrNotFound for everybody else.
func (s *Service) Room(ctx context.Context, a Actor, slug repo.Slug, ref string) (realtime.RoomName, realtime.Participant, error) {
	d, ok := repo.ParseDraftName(ref)
	if !ok || ref != d.Draft() {
		return "", realtime.Participant{}, fmt.Errorf("draft %q of %s: %w", ref, slug, ErrNotFound)
	}
	r, p, err := s.own(ctx, a, ActReadDraft, slug, d)
	if err != nil {
		return "", realtime.Participant{}, err
	}
	canWrite := r.rights.May(a, ActWrite, d.Circle) == nil && p.open() == nil
	return room(slug, d), r.participant(a, d.Circle, canWrite), nil
}

func (r *reader) participant(a Actor, circle repo.Circle, canWrite bool) realtime.Participant {
	return realtime.Participant{
		Person: strconv.FormatInt(int64(a.Person), 10), Name: a.Name, Circle: string(circle), CanWrite: canWrite,
	}
}

// saver ties rooms to the drafts they edit.
type saver struct{ *Service }

// Open gives the text of the draft and of its base, in live form.
func (v *saver) Open(ctx context.Context, name realtime.RoomName) (realtime.Opened, error) {
	slug, d, ok := roomOf(name)
	if !ok {
		return realtime.Opened{}, fmt.Errorf("room %q: %w", name, ErrNotFound)
	}
	p, err := v.records.Proposal(ctx, slug, d)
	if err != nil {
		return realtime.Opened{}, fmt.Errorf("room %s: %w", name, err)
	}
	desk, err := v.archive.Desk(ctx, slug, d.Circle)
	if err != nil {
		return realtime.Opened{}, fmt.Errorf("room %s: %w", name, missing(err))
	}
	tip, err := desk.Tip(ctx, d.Draft())
	if err != nil {
		return realtime.Opened{}, fmt.Errorf("room %s: %w", name, missing(err))
	}
	live, err := liveText(ctx, desk, tip)
	if err != nil {
		return realtime.Opened{}, fmt.Errorf("room %s: %w", name, err)
	}
	base, err := liveText(ctx, desk, p.Base)
	if err != nil {
		return realtime.Opened{}, fmt.Errorf("room %s: %w", name, err)
	}
	return realtime.Opened{Live: live, Base: base, Commit: string(tip)}, nil
}

// Between gives the changes that make one live text of another.
func (v *saver) Between(before, after string) (ot.ChangeSet, error) {
	return livediff.Between(before, after)
}

// Text gives the text of a commit on the draft's branch, in live form.
func (v *saver) Text(ctx context.Context, name realtime.RoomName, commit string) (string, error) {
	slug, d, ok := roomOf(name)
	if !ok {
		return "", fmt.Errorf("room %q: %w", name, ErrNotFound)
	}
	desk, err := v.archive.Desk(ctx, slug, d.Circle)
	if err != nil {
		return "", fmt.Errorf("room %s: %w", name, missing(err))
	}
	live, err := liveText(ctx, desk, repo.Hash(commit))
	if err != nil {
		return "", fmt.Errorf("commit %s of room %s: %w", commit, name, err)
	}
	return live, nil
}

// liveText gives the text of a commit as the editor holds it.
func liveText(ctx context.Context, in *repo.Repository, h repo.Hash) (string, error) {
	t, err := in.Text(ctx, h)
	if err != nil {
		return "", missing(err)
	}
	return resolution.Live(resolution.Format(t)), nil
}

// Save commits the canonical form of the live text, in the name of who wrote most. A text that the draft holds
// already makes no commit. A draft that is not at save.Expect was pushed to: it is left as it is, with
// realtime.ErrStale, until the room has taken that push in.
func (v *saver) Save(ctx context.Context, name realtime.RoomName, save realtime.Save) (string, error) {
	slug, d, ok := roomOf(name)
	if !ok {
		return "", fmt.Errorf("save %q: %w", name, ErrNotFound)
	}
	head, err := v.save(ctx, slug, d, save)
	if err != nil {
		return "", fmt.Errorf("save %s: %w", name, err)
	}
	return string(head), nil
}

func (v *saver) save(ctx context.Context, slug repo.Slug, d repo.DraftName, save realtime.Save) (repo.Hash, error) {
	desk, err := v.archive.Desk(ctx, slug, d.Circle)
	if err != nil {
		return "", missing(err)
	}
	tip, err := desk.Tip(ctx, d.Draft())
	if err != nil {
		return "", missing(err)
	}
	file, _, err := resolution.Canonical(resolution.FromLive(save.Live))
	if err != nil {
		return "", fmt.Errorf("canonical form: %w", err)
	}
	was, err := desk.Text(ctx, tip)
	if err != nil {
		return "", missing(err)
	}
	if string(resolution.Format(was)) == string(file) {
		return tip, nil
	}
	if string(tip) != save.Expect {
		return "", fmt.Errorf("the draft is at %s, not at %s: %w", tip, save.Expect, realtime.ErrStale)
	}
	text, _, err := resolution.Parse(file)
	if err != nil {
		return "", fmt.Errorf("canonical form: %w", err)
	}
	request := repo.SaveRequest{
		Expect: tip, File: file, Subject: diff.Subject(was, text),
		Trailers: []repo.Trailer{{Key: JournalTrailer, Value: fmt.Sprintf("%d-%d", save.From+1, save.To)}},
	}
	if message := firstWords(save.Message); message != "" {
		request.Subject, request.Body = message, request.Subject
	}
	if request.Signature, err = v.signature(ctx, d.Circle, save.Writers); err != nil {
		return "", err
	}
	if p, err := v.records.Proposal(ctx, slug, d); err == nil && p.Number != "" {
		request.Trailers = append(request.Trailers, repo.Trailer{Key: "Number", Value: string(p.Number)})
	}
	head, err := v.archive.Save(ctx, slug, d, request)
	if errors.Is(err, repo.ErrStale) {
		return "", errors.Join(err, realtime.ErrStale)
	}
	if err == nil {
		v.stir(Stir{Resolution: slug, Kind: StirDraft, Circle: d.Circle})
	}
	return head, err
}

// mostMessage is how many characters of a save point's name the commit keeps.
const mostMessage = 200

// firstWords gives the name of a save point as one line.
func firstWords(message string) string {
	line := []rune(strings.Join(strings.Fields(message), " "))
	return string(line[:min(len(line), mostMessage)])
}

// both gives the text that holds the changes of two commits over a third. Nothing either side wrote is lost.
func both(ctx context.Context, in *repo.Repository, base, ours, theirs repo.Hash) ([]byte, error) {
	var live [3]string
	for i, h := range []repo.Hash{base, ours, theirs} {
		var err error
		if live[i], err = liveText(ctx, in, h); err != nil {
			return nil, err
		}
	}
	came, err := livediff.Between(live[0], live[2])
	if err != nil {
		return nil, fmt.Errorf("changes of %s: %w", theirs, err)
	}
	written, err := livediff.Between(live[0], live[1])
	if err != nil {
		return nil, fmt.Errorf("changes of %s: %w", ours, err)
	}
	mapped, err := ot.Map(came, written, false)
	if err != nil {
		return nil, fmt.Errorf("changes of %s: %w", theirs, err)
	}
	text := ot.NewBuffer(live[1])
	if err := text.Apply(mapped); err != nil {
		return nil, fmt.Errorf("changes of %s: %w", theirs, err)
	}
	file, _, err := resolution.Canonical(resolution.FromLive(text.String()))
	if err != nil {
		return nil, fmt.Errorf("changes of %s: %w", theirs, err)
	}
	return file, nil
}

// signature names who wrote most as the author and the others as co-authors.
func (s *Service) signature(ctx context.Context, circle repo.Circle, writers []realtime.Writer) (repo.Signature, error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return repo.Signature{}, err
	}
	writers = slices.SortedStableFunc(slices.Values(writers), func(a, b realtime.Writer) int { return cmp.Compare(b.Units, a.Units) })
	sig := repo.Signature{When: s.now()}
	for i, w := range writers {
		id, err := strconv.ParseInt(w.User, 10, 64)
		if err != nil {
			return repo.Signature{}, fmt.Errorf("writer %q: %w", w.User, err)
		}
		author := dir.author(PersonID(id), circle)
		if i == 0 {
			sig.Author = author
		} else {
			sig.CoAuthors = append(sig.CoAuthors, author)
		}
	}
	if len(writers) == 0 {
		c := dir.circle(circle)
		sig.Author = repo.Author{Name: c.Name, Code: c.Label, ID: string(circle)}
	}
	return sig, nil
}

// endLive ends a person's live editing in every draft.
func (s *Service) endLive(ctx context.Context, person PersonID) error {
	who := strconv.FormatInt(int64(person), 10)
	err := s.hub.Revoke(ctx, "", who, "Your right to write here was withdrawn. What you wrote is saved.")
	if err != nil {
		return fmt.Errorf("end live editing of %d: %w", person, err)
	}
	return nil
}
