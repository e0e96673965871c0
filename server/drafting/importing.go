package drafting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"plenary/repo"
	"plenary/repo/diff"
	"plenary/repo/docx"
	"plenary/repo/resolution"
)

// PreviewImport tells how a file that was sent as an adopted text would be understood, with its tracked changes taken
// or left out.
func (s *Service) PreviewImport(ctx context.Context, a Actor, id ReceivedID, take bool) (ImportPreview, error) {
	f, file, err := s.content(ctx, a, "", id)
	if err != nil {
		return ImportPreview{}, err
	}
	u, err := understand(f.Name, file, take)
	if err != nil {
		return ImportPreview{}, err
	}
	p := ImportPreview{
		Received: f, Text: u.text, Names: resolution.Names(u.text), Clauses: len(u.text.Blocks), Warnings: u.warnings,
		Checks: resolution.Checks(u.text), Said: u.said, Tracked: u.tracked,
		Number: numberOf(u.text), Title: firstOf(u.text, resolution.KindTitle), Edition: editionOf(u.text),
	}
	if changed, _ := u.changed(); changed != nil && !take {
		p.Changes, p.Document = diff.Compare(u.text, changed.Proposal), changed.Number
	}
	p.Place, p.Year = placeOf(p.Edition)
	p.Slug, err = s.freeSlug(ctx, p.Number, p.Title)
	return p, err
}

// shown is a file's name as a sentence may hold it.
func shown(name string) string {
	name = filepath.Base(name)
	if name == "." || len(name) > 100 {
		return "The file"
	}
	return name
}

// freeSlug suggests a name for addresses that no resolution has: "wtsa-7".
func (s *Service) freeSlug(ctx context.Context, number, title string) (repo.Slug, error) {
	code := "text"
	if as, err := s.records.Assembly(ctx); err == nil && words(as.Code) != "" {
		code = words(as.Code)
	} else if err != nil && !errors.Is(err, ErrNotFound) {
		return "", fmt.Errorf("assembly: %w", err)
	}
	own := words(number)
	if own == "" {
		own = words(title)
	}
	name := strings.Trim(code+"-"+own, "-")
	if len(name) > 60 {
		name = strings.Trim(name[:60], "-")
	}
	for i := 1; ; i++ {
		slug := repo.Slug(name)
		if i > 1 {
			slug = repo.Slug(name + "-" + strconv.Itoa(i))
		}
		_, err := s.records.Resolution(ctx, slug)
		if errors.Is(err, ErrNotFound) {
			return slug, nil
		}
		if err != nil {
			return "", fmt.Errorf("resolution %s: %w", slug, err)
		}
	}
}

// changed gives the proposal that a file's tracked changes make of its text, or why there is none.
func (u understood) changed() (*docx.Proposal, error) {
	if !u.tracked {
		return nil, refuse("The file holds no tracked changes, which could become a proposal: import its text alone.")
	}
	p := u.word.Proposals[0]
	switch {
	case len(p.Proposal.Blocks) == 0:
		return nil, refuse("The file proposes to take the whole text out: import its text alone, and write that as a draft.")
	case same(p.Base, p.Proposal):
		return nil, refuse("The tracked changes of the file leave its words as they are: import its text alone.")
	}
	return &p, nil
}

// Import keeps an adopted text as a new resolution: a repository whose first commit is the text, tagged as adopted
// when place and year are given. What the request leaves out is read off the text. With a delegation in the request the
// tracked changes of the file become a draft of it in the same step; it sees the file as the original.
func (s *Service) Import(ctx context.Context, a Actor, r ImportRequest) (Resolution, error) {
	if err := s.may(ctx, a, ActImport, ""); err != nil {
		return Resolution{}, err
	}
	if r.For != "" {
		if err := s.mayBringFor(ctx, &r); err != nil {
			return Resolution{}, err
		}
	}
	if r.Received != 0 {
		release, err := s.turns.take(ctx, fileTurn(r.Received))
		if err != nil {
			return Resolution{}, err
		}
		defer release()
		f, file, err := s.content(ctx, a, "", r.Received)
		if err != nil {
			return Resolution{}, err
		}
		if became := f.Became[0]; became != "" {
			return Resolution{}, refuse("%s was imported already, as %s.", f.Name, became)
		}
		r.FileName, r.File = f.Name, file
	}
	u, err := understand(r.FileName, r.File, r.Take)
	if err != nil {
		return Resolution{}, err
	}
	if _, err := u.changed(); r.For != "" && err != nil {
		return Resolution{}, err
	}
	text := u.text
	if err := s.completeImport(ctx, &r, text); err != nil {
		return Resolution{}, err
	}
	about, err := s.open(ctx, a, r, text)
	if err != nil || r.For == "" {
		return about, err
	}
	return about, s.bringFor(ctx, a, r, u)
}

// mayBringFor checks what an import says of the delegation that the tracked changes are for.
func (s *Service) mayBringFor(ctx context.Context, r *ImportRequest) error {
	dir, err := s.directory(ctx)
	if err != nil {
		return err
	}
	circle := dir.circle(r.For)
	if circle.Code != r.For || circle.Kind != CircleDelegation {
		return refuse("There is no delegation %s: choose one of the list.", r.For)
	}
	if r.Take {
		return refuse("Changes that are taken into the text are no proposal on it: leave them out, or choose no delegation.")
	}
	_, err = checkNumber(r.Document, circle)
	return err
}

// bringFor begins the draft of a delegation with the tracked changes of a file whose text was just imported. The
// delegation keeps a file of its own, as if it had been sent there.
func (s *Service) bringFor(ctx context.Context, a Actor, r ImportRequest, u understood) error {
	f := Received{Resolution: r.Slug, Circle: r.For, By: a.Person, Name: shown(r.FileName), At: s.now()}
	id, err := s.records.AddReceived(ctx, f, r.File)
	if err != nil {
		return fmt.Errorf("keep %s for %s: %w", f.Name, r.For, err)
	}
	a.Circle, a.Circles = r.For, []repo.Circle{r.For}
	q := BringRequest{Received: id, Take: TakeChanges, Number: r.Document, Note: u.word.Cover}
	_, err = s.Bring(ctx, a, r.Slug, q)
	if refused, ok := errors.AsType[*Refusal](err); ok {
		return refuse("The text is imported, as %s, but no draft was begun: %s The file waits there for the delegation.", r.Slug, refused.Sentence)
	}
	return err
}

// open makes the resolution of an imported text, in its turn.
func (s *Service) open(ctx context.Context, a Actor, r ImportRequest, text resolution.Text) (Resolution, error) {
	release, err := s.turns.take(ctx, r.Slug)
	if err != nil {
		return Resolution{}, err
	}
	defer release()
	if _, err := s.records.Resolution(ctx, r.Slug); !errors.Is(err, ErrNotFound) {
		if err != nil {
			return Resolution{}, fmt.Errorf("resolution %s: %w", r.Slug, err)
		}
		return Resolution{}, refuse("There is a resolution %s already: choose another address.", r.Slug)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return Resolution{}, err
	}
	tag := ""
	if r.Place != "" {
		tag = adoptedTag(r.Place, r.Year)
	}
	sig := repo.Signature{Author: dir.author(a.Person, SecretariatCircle), When: s.now()}
	subject := "Import " + cmp.Or(r.Edition, r.Title, string(r.Slug))
	if _, err := s.archive.Create(ctx, r.Slug, resolution.Format(text), tag, sig, subject); err != nil {
		if errors.Is(err, repo.ErrExists) {
			return Resolution{}, refuse("There is a resolution %s already: choose another address.", r.Slug)
		}
		return Resolution{}, fmt.Errorf("import %s: %w", r.Slug, err)
	}
	about, err := s.recordResolution(ctx, Resolution{
		Slug: r.Slug, Number: r.Number, Title: r.Title, Edition: r.Edition, Created: s.now(), Changed: s.now(),
	}, a)
	if err == nil && r.Received != 0 {
		err = s.becameOf(ctx, r.Received, 0, string(about.Slug))
	}
	return about, err
}

// fileTurn is the turn of a file of adopted texts, which no address can be: two people may import it at the same moment
// under two addresses. It is taken before the turn of the resolution that the file becomes.
func fileTurn(id ReceivedID) repo.Slug {
	return repo.Slug("#" + strconv.FormatInt(int64(id), 10))
}

// becameOf notes what a part of a file became.
func (s *Service) becameOf(ctx context.Context, id ReceivedID, part int, became string) error {
	if err := s.records.AddReceivedOutcome(ctx, id, part, became); err != nil {
		return fmt.Errorf("note what file %d became: %w", id, err)
	}
	return nil
}

// completeImport fills in what the request leaves to the text, and checks the rest.
func (s *Service) completeImport(ctx context.Context, r *ImportRequest, text resolution.Text) error {
	r.Number = cmp.Or(strings.TrimSpace(r.Number), numberOf(text))
	r.Title = cmp.Or(strings.TrimSpace(r.Title), firstOf(text, resolution.KindTitle))
	r.Edition = cmp.Or(strings.TrimSpace(r.Edition), editionOf(text))
	var err error
	if r.Place, err = placeAlone(r.Place, r.Year); err != nil {
		return err
	}
	if r.Slug == "" {
		if r.Slug, err = s.freeSlug(ctx, r.Number, r.Title); err != nil {
			return err
		}
	}
	for _, field := range []string{r.Number, r.Title, r.Edition, r.Place} {
		if len(field) > 1000 || !utf8.ValidString(field) {
			return refuse("Number, title, edition and place must be text of at most 1,000 characters.")
		}
	}
	switch {
	case !r.Slug.Valid():
		return refuse("%q cannot be an address: use lower-case letters, digits and single hyphens, for example wtsa-7.", r.Slug)
	case r.Title == "":
		return refuse("The text has no title: give one.")
	case r.Place == "" && r.Year != 0, r.Place != "" && (r.Year < 1800 || r.Year > 9999):
		return refuse("Give both the place and the year of the adoption, for example Dubai and 2012.")
	case r.Place != "" && words(r.Place) == "":
		return refuse("%q cannot name an adopted text: write the place in Latin letters.", r.Place)
	}
	return nil
}

// recordResolution puts a resolution whose repository is there on record.
func (s *Service) recordResolution(ctx context.Context, about Resolution, by Actor) (Resolution, error) {
	if err := s.records.AddResolution(ctx, about); err != nil {
		return Resolution{}, fmt.Errorf("record %s: %w", about.Slug, err)
	}
	line := Activity{Resolution: about.Slug, Person: by.Person, From: by.From, Circle: SecretariatCircle, Verb: VerbImported, Detail: about.Edition}
	if err := s.tell(ctx, line); err != nil {
		return Resolution{}, err
	}
	return s.records.Resolution(ctx, about.Slug)
}
