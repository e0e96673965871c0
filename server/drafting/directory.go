package drafting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"plenary/repo"
)

// directory is who takes part, read once for one page.
type directory struct {
	circles map[repo.Circle]Circle
	order   []Circle // of joining
	people  map[PersonID]Person
}

func (s *Service) directory(ctx context.Context) (*directory, error) {
	circles, err := s.records.Circles(ctx)
	if err != nil {
		return nil, fmt.Errorf("circles: %w", err)
	}
	people, err := s.records.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("people: %w", err)
	}
	d := &directory{circles: map[repo.Circle]Circle{}, order: circles, people: map[PersonID]Person{}}
	for _, c := range circles {
		d.circles[c.Code] = c
	}
	for _, p := range people {
		d.people[p.ID] = p
	}
	return d, nil
}

// circle gives the circle of a code, under its bare code when it is not on record.
func (d *directory) circle(code repo.Circle) Circle {
	if c, ok := d.circles[code]; ok {
		return c
	}
	return Circle{Code: code, Label: string(code), Name: string(code)}
}

// label gives a circle as printed; empty for none.
func (d *directory) label(code repo.Circle) string {
	if code == "" {
		return ""
	}
	return d.circle(code).Label
}

// person names somebody as acting for a circle.
func (d *directory) person(id PersonID, circle repo.Circle) PersonName {
	return PersonName{ID: id, Name: d.people[id].Name, Circle: d.label(circle)}
}

// proposal is how people call a proposal: by its number, or by its circle and working name until it has one.
func (d *directory) proposal(p Proposal) string {
	if p.Number != "" {
		return string(p.Number)
	}
	return d.label(p.Draft.Circle) + " " + cmp.Or(p.WorkingName, p.Draft.Name)
}

// author is a person as a commit names them. Addresses are not published.
func (d *directory) author(id PersonID, circle repo.Circle) repo.Author {
	name := d.people[id].Name
	if name == "" {
		name = d.circle(circle).Name
	}
	if name == "" {
		name = "Plenary"
	}
	return repo.Author{Name: name, Code: d.label(circle), ID: strconv.FormatInt(int64(id), 10)}
}

// named is a commit's author as a history names them. A commit pushed by other hands may name anybody, so the
// person is taken for known only when number and name agree.
func (d *directory) named(a repo.Author) PersonName {
	n := PersonName{Name: a.Name, Circle: a.Code}
	if id, err := strconv.ParseInt(a.ID, 10, 64); err == nil && d.people[PersonID(id)].Name == a.Name {
		n.ID = PersonID(id)
	}
	return n
}

// rights reads what deciding depends on.
func (s *Service) rights(ctx context.Context) (Rights, error) {
	a, err := s.records.Assembly(ctx)
	if errors.Is(err, ErrNotFound) {
		return Rights{Now: s.now()}, nil
	}
	if err != nil {
		return Rights{}, fmt.Errorf("assembly: %w", err)
	}
	r := Rights{Open: a.Open, Deadline: a.Deadline, Now: s.now()}
	if !a.Deadline.IsZero() {
		if r.Extensions, err = s.records.Extensions(ctx); err != nil {
			return Rights{}, fmt.Errorf("extensions: %w", err)
		}
	}
	return r, nil
}

// may asks whether the actor may do act, now.
func (s *Service) may(ctx context.Context, a Actor, act Act, circle repo.Circle) error {
	r, err := s.rights(ctx)
	if err != nil {
		return err
	}
	return r.May(a, act, circle)
}

// missing turns repo's sentinels into those of this package, so that callers know one set.
func missing(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, repo.ErrNotFound), errors.Is(err, repo.ErrName):
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case errors.Is(err, repo.ErrExists):
		return fmt.Errorf("%w: %w", ErrExists, err)
	default:
		return err
	}
}

// refuse is a Refusal with its sentence made up.
func refuse(format string, args ...any) error {
	return &Refusal{Sentence: fmt.Sprintf(format, args...)}
}
