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

// Import keeps an adopted text as a new resolution: a repository whose first commit is the text, tagged as adopted
// when place and year are given. What the request leaves out is read off the text.
func (s *Service) Import(ctx context.Context, a Actor, r ImportRequest) (Resolution, error) {
	if err := s.may(ctx, a, ActImport, ""); err != nil {
		return Resolution{}, err
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
	text := u.text
	if err := s.completeImport(ctx, &r, text); err != nil {
		return Resolution{}, err
	}
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
