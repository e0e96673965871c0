package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"plenary/repo"
)

// MirrorCommand publishes a resolution on any forge.
type MirrorCommand struct {
	DataFlag
	Slug     string `required:"" help:"The resolution, such as wtsa-7."`
	To       string `required:"" env:"PLENARY_MIRROR_TO" help:"Address of the other repository; a login and token in it stay out of the process list if it comes by PLENARY_MIRROR_TO."`
	Identity string `type:"existingfile" help:"Private SSH key to sign in there with."`
}

// Run pushes the public branches and tags, all or none. It may run beside the server.
func (c MirrorCommand) Run(ctx context.Context, s Streams) (err error) {
	archive, err := repo.Open(ctx, filepath.Join(c.Data, textsDir), repo.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, archive.Close()) }()
	if _, err := os.Stat(c.To); err == nil { // git is run elsewhere
		if c.To, err = filepath.Abs(c.To); err != nil {
			return err
		}
	}
	err = archive.Mirror(ctx, repo.Slug(c.Slug), repo.Remote{
		URL: c.To, Identity: c.Identity, KnownHosts: filepath.Join(c.Data, "known_hosts"),
	})
	if errors.Is(err, repo.ErrNotFound) {
		return fmt.Errorf("there is no resolution %q in %s", c.Slug, c.Data)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "What is public of %s is there.\n", c.Slug)
	return err
}
