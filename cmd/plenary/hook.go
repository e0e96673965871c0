package main

import (
	"context"
	"fmt"
	"os"

	"plenary/server/githttp"
)

// HookCommand runs git's hooks for the server.
type HookCommand struct {
	Name string `arg:"" enum:"pre-receive" help:"pre-receive"`
}

// Run asks the server that started git whether the push may come in.
func (c HookCommand) Run(ctx context.Context, s Streams) error {
	if status := githttp.RunHook(ctx, os.Getenv, s.In, s.Err); status != 0 {
		return fmt.Errorf("%s: %w", c.Name, errPerson)
	}
	return nil
}
