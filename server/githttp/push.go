package githttp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"plenary/repo"
)

const (
	mostPushed = 9 << 20 // bytes of one push, unpacked; git itself stops at 8 MiB of pack
	mostReport = 1 << 20 // bytes of git's answer to a push
)

const tooLong = "the push is larger than 8 MiB: push in smaller parts"

// push answers a push. The list of refs is checked before git sees any of it; if one ref is refused, none moves.
func (h *Handler) push(w http.ResponseWriter, r *http.Request, caller Caller, at Address) error {
	body, err := h.body(w, r, mostPushed)
	long := errors.Is(err, errTooLong)
	if err != nil && !long {
		return err
	}
	c, err := parseCommands(body)
	w.Header().Set("Content-Type", "application/x-git-receive-pack-result")
	var answer []byte
	switch {
	case errors.Is(err, errTooMany):
		answer = c.reportAll(fmt.Sprintf("more than %d refs in one push: push them in parts", mostCommands))
	case err != nil:
		return &problem{http.StatusBadRequest, err.Error()}
	case len(c.updates) == 0: // a client asks whether it is let in before it sends much
	case long:
		answer = c.reportAll(tooLong)
	default:
		if answer, err = h.receive(r, caller, at, body, c); err != nil {
			return err
		}
	}
	_, _ = w.Write(answer) //nolint:gosec // a report for git clients, no page; the client may have gone
	return nil
}

// reportAll refuses every ref for the same reason.
func (c *commands) reportAll(reason string) []byte {
	reasons := make([]string, len(c.updates))
	for i := range reasons {
		reasons[i] = reason
	}
	return c.report("ok", reasons)
}

// receive takes a push through the gates and, if it comes through, lets git do it. From then on it goes to its end
// also when the client has gone: what has begun is not left half done.
func (h *Handler) receive(r *http.Request, caller Caller, at Address, body []byte, c commands) ([]byte, error) {
	ctx := r.Context()
	reasons := refuseRefs(at, h.o.Access.Desk(caller), h.host(r), c.updates)
	if allOrNothing(reasons) {
		return c.report("ok", reasons), nil
	}
	reasons, err := h.o.Access.CheckPush(ctx, caller, at, c.updates)
	if err != nil {
		return nil, err
	}
	if allOrNothing(reasons) {
		return c.report("ok", reasons), nil
	}
	authors, err := h.o.Access.Authors(ctx, caller, at)
	if err != nil {
		return nil, err
	}
	if sentence := checkPack(c.pack); sentence != "" {
		return c.reportAll(sentence), nil
	}
	h.turns.wait(ctx, pusherOf(r, at))
	done, err := h.place(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.o.Patience)
	defer cancel()
	var answer []byte
	var moved []repo.RefUpdate
	err = h.o.Archive.Locked(ctx, at.Slug, refNames(c.updates), func() error {
		push := &pendingPush{updates: c.updates, authors: authors}
		push.admit = func(ctx context.Context, pushed []repo.PushedRef) (string, error) {
			return h.o.Access.Admit(ctx, caller, at, pushed)
		}
		answer, moved, err = h.receivePack(ctx, r, at, body, c, push)
		return err
	})
	h.turns.pushed(pusherOf(r, at), len(moved) > 0)
	if err != nil || len(moved) == 0 {
		return answer, err
	}
	if err := h.o.Access.Pushed(ctx, caller, at, moved); err != nil {
		sentence := "your commits have arrived, but the server could not do what follows from them: " +
			"look at the proposal's page, and tell the secretariat if it does not show them"
		if refusal, is := errors.AsType[*Refusal](err); is {
			sentence = "your commits have arrived, but " + refusal.Sentence
		} else {
			h.o.Log.ErrorContext(ctx, "push not followed up", slog.String("path", r.URL.Path), slog.Any("error", err))
		}
		answer = append([]byte(c.tell(sentence)), answer...)
	}
	return answer, nil
}

// receivePack lets git do a push, under the branch locks, and tells which refs have moved.
func (h *Handler) receivePack(ctx context.Context, r *http.Request, at Address, body []byte, c commands, push *pendingPush) (
	answer []byte, moved []repo.RefUpdate, err error,
) {
	repository, dir, err := h.repository(ctx, at)
	if err != nil {
		return nil, nil, err
	}
	reasons, err := stale(ctx, repository, c.updates)
	if err != nil {
		return nil, nil, err
	}
	if allOrNothing(reasons) {
		return c.report("ok", reasons), nil, nil
	}
	if err := h.hooks.ready(); err != nil {
		return nil, nil, err
	}
	push.repository = repository
	token := h.hooks.expect(push)
	cmd := h.command(ctx, r, dir, "-c", "core.hooksPath="+h.hooks.dir, "-c", "receive.fsckObjects=true",
		"-c", "receive.fsck.badFilemode=error", // only told by default, and not seen by whoever reads with go-git
		"receive-pack", "--stateless-rpc", ".")
	cmd.Env = append(cmd.Env, socketVariable+"="+h.hooks.socket, tokenVariable+"="+token)
	answer, complaint, err := runAndHear(cmd, bytes.NewReader(body), mostReport)
	asked, refusal := h.hooks.outcome(token, push)
	if err != nil && ctx.Err() != nil {
		// Git was killed for taking too long, and may have left locks behind.
		return nil, nil, errors.Join(err, h.o.Archive.ClearLocks(at.Slug, at.Circle, refNames(c.updates)))
	}
	if refusal != "" {
		return c.reportAll(refusal), nil, nil
	}
	if err != nil && len(answer) == 0 {
		return nil, nil, err
	}
	for _, u := range c.updates {
		tip, err := repository.Tip(ctx, u.Ref)
		if err != nil && !errors.Is(err, repo.ErrNotFound) {
			return nil, nil, err
		}
		if tip == u.New && u.Old != u.New {
			moved = append(moved, u)
		}
	}
	if sentence := trouble(answer, complaint); sentence != "" && len(moved) == 0 {
		return c.reportAll(sentence), nil, nil
	}
	if len(moved) > 0 && !asked {
		return nil, nil, fmt.Errorf("git let %v in without its hook", refNames(moved))
	}
	return answer, moved, nil
}

// stale compares where the client thinks the refs are with where they are.
func stale(ctx context.Context, r *repo.Repository, updates []repo.RefUpdate) ([]string, error) {
	reasons := make([]string, len(updates))
	for i, u := range updates {
		now, err := r.Tip(ctx, u.Ref)
		if err != nil && !errors.Is(err, repo.ErrNotFound) {
			return nil, err
		}
		if now != u.Old {
			reasons[i] = movedOn
		}
	}
	return reasons, nil
}

func refNames(updates []repo.RefUpdate) []string {
	names := make([]string, len(updates))
	for i, u := range updates {
		names[i] = u.Ref
	}
	return names
}

// host is the server's own address for sentences.
func (h *Handler) host(r *http.Request) string {
	if h.o.Public != "" {
		return strings.TrimSuffix(h.o.Public, "/")
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
