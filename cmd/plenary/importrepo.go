package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plenary/repo"
)

// ImportRepositoryCommand takes over an existing repository with its history.
type ImportRepositoryCommand struct {
	DataFlag
	Path string `arg:"" type:"path" help:"A git repository, bare or not, whose branch main holds resolution.md."`
	Slug string `required:"" help:"Address of the resolution, such as wtsa-7."`
}

// Run keeps every commit of main, and the tags adopted/..., as they are. The server must be stopped meanwhile.
func (c ImportRepositoryCommand) Run(ctx context.Context, s Streams) error {
	return c.with(ctx, false, func(h *house) error {
		if !h.archive.Sole() {
			return fmt.Errorf("%s is being served: stop the server, import, and start it again", c.Data)
		}
		slug := repo.Slug(c.Slug)
		sig := repo.Signature{Author: repo.Author{Name: "Operator", ID: "operator"}, When: time.Now()}
		_, err := h.archive.TakeOver(ctx, slug, c.Path, sig)
		bad, wrong := errors.AsType[*repo.CheckError](err)
		switch {
		case wrong:
			return fmt.Errorf("%s: %w; nothing was imported", c.Path, bad)
		case errors.Is(err, repo.ErrName):
			return fmt.Errorf("%q cannot be an address: use lower-case letters, digits and single hyphens, for example wtsa-7", c.Slug)
		case errors.Is(err, repo.ErrExists):
			return fmt.Errorf("there is a resolution %s already: choose another --slug", c.Slug)
		case err != nil:
			return err
		}
		// A repository that is not on record yet is put there as after an import that was cut off.
		if err := h.drafting.Reconcile(ctx); err != nil {
			return err
		}
		about, err := h.records.Resolution(ctx, slug)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.Out, "%s is there as %s, with its history.\n", about.Title, about.Slug)
		return err
	})
}
