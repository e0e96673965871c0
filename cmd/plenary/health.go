package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// HealthCommand asks a running server whether it is well; for containers and supervisors.
type HealthCommand struct {
	Address string `default:"127.0.0.1:8080" help:"Where the server listens."`
}

// Run ends with 0 when the server answers that it is well.
func (c HealthCommand) Run(ctx context.Context, s Streams) (err error) {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.Address+"/healthz", http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no server answers at %s: start it with plenary serve, or name its address with --address (%w)", c.Address, err)
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server at %s answers %s", c.Address, response.Status)
	}
	_, err = fmt.Fprintln(s.Out, "well")
	return err
}
