// Package demo furnishes a server with an assembly to try it on.
//
// [Seed] makes the World Telecommunication Drafting Assembly, which does not exist: three resolutions, four
// delegations, and proposals that agree, combine and collide. Texts and people are written for it; nothing is taken
// from a real assembly.
//
// Promise: everything is done by the use cases that people have, signed in as the people who do it, so what is shown
// is what the server does.
package demo

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"plenary/repo"
	"plenary/server/auth"
	"plenary/server/drafting"
)

//go:embed texts/*.md
var texts embed.FS

// Password is everybody's in the demonstration. It is public, so a demonstration must not be.
const Password = "demonstration"

// SignIn is somebody to sign in as.
type SignIn struct {
	Login    string
	Password string
	Name     string
	Role     drafting.Role
	Circle   repo.Circle // acted for after signing in; empty: none
}

// errOccupied is returned for a server that holds something else than the whole demonstration.
var errOccupied = errors.New("the data directory holds an assembly already, or a demonstration that was not finished: name an empty one")

const (
	assemblyCode = "WTDA"
	secretary    = "lindqvist"
)

var delegations = []drafting.Circle{
	{Code: "eur", Label: "EUR", Name: "Europe", Kind: drafting.CircleDelegation},
	{Code: "afr", Label: "AFR", Name: "Africa", Kind: drafting.CircleDelegation},
	{Code: "arb", Label: "ARB", Name: "Arab States", Kind: drafting.CircleDelegation},
	{Code: "apt", Label: "APT", Name: "Asia and the Pacific", Kind: drafting.CircleDelegation},
}

var people = []drafting.Person{
	{Login: secretary, Name: "Mr Lindqvist", Role: drafting.RoleSecretariat},
	{Login: "silva", Name: "Ms Silva", Role: drafting.RoleChair},
	{Login: "moreau", Name: "Ms Moreau", Role: drafting.RoleDelegate, Circles: []repo.Circle{"eur"}},
	{Login: "novak", Name: "Mr Novak", Role: drafting.RoleDelegate, Circles: []repo.Circle{"eur"}},
	{Login: "okafor", Name: "Ms Okafor", Role: drafting.RoleDelegate, Circles: []repo.Circle{"afr"}},
	{Login: "haddad", Name: "Mr Haddad", Role: drafting.RoleDelegate, Circles: []repo.Circle{"arb", "afr"}},
	{Login: "tanaka", Name: "Ms Tanaka", Role: drafting.RoleDelegate, Circles: []repo.Circle{"apt"}},
	{Login: "berg", Name: "Ms Berg", Role: drafting.RoleObserver},
}

// resolutions are the adopted texts; number, title and edition are read off them.
var resolutions = []repo.Slug{"wtda-5", "wtda-11", "wtda-23"}

// writing is one sitting of one person over one draft. A number met before goes on with the draft that has it.
type writing struct {
	login  string
	slug   repo.Slug
	number string
	file   string
	submit bool
}

var writings = []writing{
	{login: "moreau", slug: "wtda-11", number: "EUR/18A3/1", file: "wtda-11.eur-18a3-1.first.md", submit: true},
	{login: "okafor", slug: "wtda-11", number: "AFR/14A2/1", file: "wtda-11.afr-14a2-1.md", submit: true},
	{login: "haddad", slug: "wtda-11", number: "ARB/21A1/1", file: "wtda-11.arb-21a1-1.md", submit: true},
	{login: "novak", slug: "wtda-11", number: "EUR/18A3/1", file: "wtda-11.eur-18a3-1.md", submit: true},
	{login: "tanaka", slug: "wtda-23", number: "APT/27A5/1", file: "wtda-23.apt-27a5-1.md", submit: true},
	{login: "novak", slug: "wtda-23", file: "wtda-23.eur-draft.md"},
}

// Seed furnishes an empty server and tells who can sign in. Called again over a finished demonstration it changes
// nothing and tells the same; over anything else it refuses.
func Seed(ctx context.Context, service *drafting.Service, door *auth.Doorkeeper, now time.Time) ([]SignIn, error) {
	signIns, err := seed(ctx, service, door, now)
	if err != nil {
		return nil, fmt.Errorf("furnish the demonstration: %w", err)
	}
	return signIns, nil
}

func seed(ctx context.Context, service *drafting.Service, door *auth.Doorkeeper, now time.Time) ([]SignIn, error) {
	h := &house{service: service, door: door, drafts: map[string]repo.DraftName{}}
	as, err := service.Assembly(ctx)
	switch {
	case err == nil && as.Code == assemblyCode:
		return signIns(), h.finished(ctx)
	case err == nil:
		return nil, errOccupied
	case !errors.Is(err, drafting.ErrNotFound):
		return nil, err
	}
	if err := furnish(ctx, service, now); err != nil {
		return nil, err
	}
	for _, slug := range resolutions {
		if err := h.adopted(ctx, slug); err != nil {
			return nil, fmt.Errorf("resolution %s: %w", slug, err)
		}
	}
	for _, w := range writings {
		if err := h.write(ctx, w); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", w.file, w.login, err)
		}
	}
	return signIns(), nil
}

// furnish sets up assembly, delegations and people.
func furnish(ctx context.Context, service *drafting.Service, now time.Time) error {
	op := drafting.Operator()
	in3days := now.UTC().AddDate(0, 0, 3)
	err := service.SetAssembly(ctx, op, drafting.Assembly{
		Code: assemblyCode, Name: "World Telecommunication Drafting Assembly", Meeting: "WTDA-26", Open: true,
		Deadline: time.Date(in3days.Year(), in3days.Month(), in3days.Day(), 18, 0, 0, 0, time.UTC),
	})
	if err != nil {
		return err
	}
	for _, c := range delegations {
		if err := service.AddCircle(ctx, op, c); err != nil {
			return err
		}
	}
	hash, err := auth.HashPassword(Password)
	if err != nil {
		return err
	}
	for _, p := range people {
		if _, err := service.AddPerson(ctx, op, p, hash); err != nil {
			return err
		}
	}
	return nil
}

func signIns() []SignIn {
	out := make([]SignIn, len(people))
	for i, p := range people {
		out[i] = SignIn{Login: p.Login, Password: Password, Name: p.Name, Role: p.Role}
		if len(p.Circles) > 0 {
			out[i].Circle = p.Circles[0]
		}
		if p.Role == drafting.RoleSecretariat {
			out[i].Circle = drafting.SecretariatCircle
		}
	}
	return out
}

// house is a server while it is being furnished.
type house struct {
	service *drafting.Service
	door    *auth.Doorkeeper
	drafts  map[string]repo.DraftName // by number
}

// as runs act as the person with that login, signed in for its time.
func (h *house) as(ctx context.Context, login string, act func(drafting.Actor) error) (err error) {
	secret, a, err := h.door.SignIn(ctx, login, Password)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.door.SignOut(ctx, secret)) }()
	return act(a)
}

// finished tells whether the whole demonstration is there, by what is written last.
func (h *house) finished(ctx context.Context) error {
	last := writings[len(writings)-1]
	err := h.as(ctx, last.login, func(a drafting.Actor) error {
		view, err := h.service.Resolution(ctx, a, last.slug)
		if err == nil && !slices.ContainsFunc(view.Proposals, func(p drafting.ProposalRow) bool { return p.Mine }) {
			err = drafting.ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%w (%w)", errOccupied, err)
	}
	return nil
}

// adopted imports an adopted text, as the secretariat does.
func (h *house) adopted(ctx context.Context, slug repo.Slug) error {
	file, err := fs.ReadFile(texts, "texts/"+string(slug)+".md")
	if err != nil {
		return err
	}
	return h.as(ctx, secretary, func(a drafting.Actor) error {
		request := drafting.ImportRequest{Slug: slug, Place: "Nairobi", Year: 2022, FileName: string(slug) + ".md", File: file}
		_, err := h.service.Import(ctx, a, request)
		return err
	})
}

// write proposes or goes on, writes live, and submits where that is wanted.
func (h *house) write(ctx context.Context, w writing) error {
	file, err := fs.ReadFile(texts, "texts/"+w.file)
	if err != nil {
		return err
	}
	return h.as(ctx, w.login, func(a drafting.Actor) error {
		draft, begun := h.drafts[w.number]
		if !begun || w.number == "" {
			p, err := h.service.Propose(ctx, a, w.slug, w.number)
			if err != nil {
				return err
			}
			draft = p.Draft
			h.drafts[w.number] = draft
		}
		if err := writeLive(ctx, h.service, a, w.slug, draft, file); err != nil {
			return err
		}
		if !w.submit {
			return nil
		}
		_, err := h.service.Submit(ctx, a, w.slug, draft)
		return err
	})
}
