package githttp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

const (
	mostWants    = 4 << 20  // bytes of one fetch request
	mostRefsSent = 32 << 20 // bytes of one advertisement
)

// advertise answers the first request of a client: the refs, or with protocol 2 what the server can do.
func (h *Handler) advertise(w http.ResponseWriter, r *http.Request, at Address, service string) error {
	if service == uploadPack {
		if err := h.prepare(r, at); err != nil {
			return err
		}
	} else {
		h.turns.try(pusherOf(r, at), time.Now())
	}
	cmd, done, err := h.serving(r, at, strings.TrimPrefix(service, "git-"), "--stateless-rpc", "--http-backend-info-refs", ".")
	if err != nil {
		return err
	}
	defer done()
	refs, err := run(cmd, nil, mostRefsSent)
	if err != nil {
		return err
	}
	if len(refs) == mostRefsSent {
		return fmt.Errorf("the refs of %s are too many to show", at)
	}
	w.Header().Set("Content-Type", "application/x-"+service+"-advertisement")
	if service == receivePack || r.Header.Get("Git-Protocol") != "version=2" {
		refs = append([]byte(packet("# service="+service+"\n")+flush), refs...)
	}
	_, _ = w.Write(refs) //nolint:gosec // a list of refs for git clients, no page; the client may have gone
	return nil
}

// prepare saves what has waited too long before refs are shown to whoever fetches, and gives who is owed it a turn to
// push. Words not committed yet are no reason for whoever pushes to fetch first.
func (h *Handler) prepare(r *http.Request, at Address) error {
	var err error
	saved := false
	save := func(ctx context.Context) { err, saved = h.o.Access.BeforeFetch(ctx, at), true }
	if who := pusherOf(r, at); h.turns.owed(who, time.Now()) {
		h.turns.take(r.Context(), who, func(ctx context.Context) func() {
			save(ctx) // before saves are held back
			return h.o.Archive.HoldSaves(ctx, at.Slug, at.Circle)
		})
	}
	if !saved {
		save(r.Context())
	}
	return err
}

// fetch answers a fetch. The pack goes to the client as git makes it; git is killed when the client goes.
func (h *Handler) fetch(w http.ResponseWriter, r *http.Request, at Address) error {
	wants, err := h.body(w, r, mostWants)
	if errors.Is(err, errTooLong) {
		return &problem{http.StatusRequestEntityTooLarge, "the request is too long: fetch fewer refs at a time"}
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	cmd, done, err := h.serving(r.WithContext(ctx), at, "upload-pack", "--stateless-rpc", ".")
	if err != nil {
		return err
	}
	defer done()
	complaint := &limited{most: 4 << 10}
	cmd.Stdin, cmd.Stderr = bytes.NewReader(wants), complaint
	cmd.Stdout = &stream{w: w, control: http.NewResponseController(w), idle: h.o.Idle, gone: cancel}
	w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		// The answer has begun; git has told the client what was wrong with its request.
		h.o.Log.InfoContext(r.Context(), "git fetch ended early", slog.String("path", r.URL.Path),
			slog.Any("error", err), slog.String("complaint", complaint.String()))
	}
	return nil
}
