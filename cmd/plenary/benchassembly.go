package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"plenary/repo"
	"plenary/server/auth"
	"plenary/server/drafting"
)

// BenchAssemblyCommand makes an assembly to measure.
type BenchAssemblyCommand struct {
	DataFlag
	People int `default:"20" help:"How many people, all of one delegation."`
	Rooms  int `default:"1" help:"How many drafts."`
}

// stage is an assembly to measure: where to type, and whose tokens let them in.
type stage struct {
	Drafts []stageDraft `json:"drafts"`
	Tokens []string     `json:"tokens"`
}

type stageDraft struct {
	Resolution string `json:"resolution"`
	Ref        string `json:"ref"`
}

// address is the address of a draft's room on a server at base.
func (d stageDraft) address(base string) string {
	return strings.Replace(strings.TrimRight(base, "/"), "http", "ws", 1) +
		"/api/v1/resolutions/" + url.PathEscape(d.Resolution) + "/live?ref=" + url.QueryEscape(d.Ref)
}

// Run makes the assembly and prints its drafts and tokens.
func (c BenchAssemblyCommand) Run(ctx context.Context, s Streams) error {
	made, err := c.make(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(s.Out).Encode(made)
}

// make furnishes an empty directory.
func (c BenchAssemblyCommand) make(ctx context.Context) (made stage, err error) {
	if _, err := os.Stat(c.Data + "/" + recordsFile); err == nil {
		return made, fmt.Errorf("%s holds an assembly already: name an empty directory", c.Data)
	}
	if c.People < 1 || c.Rooms < 1 {
		return made, errors.New("an assembly to measure needs at least one person and one draft: give --people and --rooms")
	}
	h, err := openHouse(ctx, c.Data, true, slog.New(slog.DiscardHandler))
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, h.close(context.WithoutCancel(ctx))) }()
	hash, err := auth.HashPassword("measured-in-public")
	if err != nil {
		return made, err
	}
	if err := c.found(ctx, h, hash); err != nil {
		return made, err
	}
	var first drafting.Actor
	for i := range c.People {
		login := fmt.Sprintf("typist-%d", i+1)
		person := drafting.Person{Login: login, Name: login, Role: drafting.RoleDelegate, Circles: []repo.Circle{"usa"}}
		if err := addPerson(ctx, h, person, hash); err != nil {
			return made, err
		}
		p, _, err := h.records.PersonByLogin(ctx, login)
		if err != nil {
			return made, err
		}
		actor := drafting.Actor{Person: p.ID, Login: login, Name: login, Role: p.Role, Circle: "usa", Circles: p.Circles, Scope: drafting.ScopeFull}
		if i == 0 {
			first = actor
		}
		secret, _, err := h.doorkeeper.CreateToken(ctx, actor, "measuring", drafting.ScopeWrite, 24*time.Hour)
		if err != nil {
			return made, err
		}
		made.Tokens = append(made.Tokens, secret)
	}
	for i := range c.Rooms {
		p, err := h.drafting.Propose(ctx, first, "measure-1", fmt.Sprintf("USA/48A5/%d", i+1))
		if err != nil {
			return made, err
		}
		made.Drafts = append(made.Drafts, stageDraft{Resolution: "measure-1", Ref: p.Draft.Draft()})
	}
	return made, nil
}

// found makes the assembly's record, its circles, its secretariat and the one resolution.
func (c BenchAssemblyCommand) found(ctx context.Context, h *house, hash string) error {
	op := drafting.Operator()
	if err := h.drafting.SetAssembly(ctx, op, drafting.Assembly{Code: "MEASURE", Name: "Assembly to measure", Meeting: "MEASURE"}); err != nil {
		return err
	}
	for _, circle := range []drafting.Circle{
		{Code: drafting.SecretariatCircle, Label: "SEC", Name: "Secretariat", Kind: drafting.CircleSecretariat},
		{Code: "usa", Label: "USA", Name: "United States", Kind: drafting.CircleDelegation},
	} {
		if err := addCircle(ctx, h, circle); err != nil {
			return err
		}
	}
	login := "secretariat"
	person := drafting.Person{Login: login, Name: "Secretariat", Role: drafting.RoleSecretariat, Circles: []repo.Circle{drafting.SecretariatCircle}}
	if err := addPerson(ctx, h, person, hash); err != nil {
		return err
	}
	p, _, err := h.records.PersonByLogin(ctx, login)
	if err != nil {
		return err
	}
	secretary := drafting.Actor{
		Person: p.ID, Login: login, Name: p.Name, Role: p.Role, Circle: drafting.SecretariatCircle, Circles: p.Circles, Scope: drafting.ScopeFull,
	}
	_, err = h.drafting.Import(ctx, secretary, drafting.ImportRequest{
		Slug: "measure-1", Number: "1", Title: "Working methods", Edition: "Rev. Lisbon, 2020", Place: "Lisbon", Year: 2020,
		File: []byte(measuredText()), FileName: "measure-1.md",
	})
	return err
}

// measuredText is a resolution of 300 clauses.
func measuredText() string {
	var b strings.Builder
	b.WriteString("# RESOLUTION 1 (Rev. Lisbon, 2020)\n\n## Working methods\n\n*resolves*\n")
	for i := range 300 {
		fmt.Fprintf(&b, "\n%d. that the working methods of group %d of the assembly are kept under review in year %d;\n", i+1, i+1, 2020+i%9)
	}
	return b.String()
}
