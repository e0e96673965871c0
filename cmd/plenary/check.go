package main

import (
	"context"
	"fmt"
)

// CheckCommand holds repositories, records and journal against each other.
type CheckCommand struct {
	DataFlag
	Repair bool `help:"Finish what was begun and cut off, and make again what can be derived, before checking."`
}

// Run prints every fault; status 1 when there is one. Stop the server first.
func (c CheckCommand) Run(ctx context.Context, s Streams) error {
	return c.with(ctx, false, func(h *house) error {
		if err := h.whole(ctx); err != nil {
			return err
		}
		if c.Repair {
			if err := h.drafting.Reconcile(ctx); err != nil {
				return err
			}
		}
		faults, err := h.drafting.Check(ctx)
		if err != nil {
			return err
		}
		for _, f := range faults {
			if _, err := fmt.Fprintf(s.Out, "%s: %s\n", f.Where, f.What); err != nil {
				return err
			}
		}
		if len(faults) > 0 {
			return errPerson
		}
		_, err = fmt.Fprintln(s.Out, "Everything fits.")
		return err
	})
}
