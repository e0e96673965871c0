package drafting_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"plenary/server/drafting"
)

// digests sends what is due and tells to whom, what and about what.
func (h *house) digests() string {
	h.t.Helper()
	var sent []string
	h.must(h.SendDigests(h.t.Context(), func(_ context.Context, d drafting.Digest) error {
		for _, l := range d.Lines {
			sent = append(sent, fmt.Sprintf("%s: %s on %s of %s: %q", d.To.Login, l.Who.Name, l.Clause, l.Label, l.Words))
		}
		return nil
	}))
	slices.Sort(sent)
	return strings.Join(sent, "\n")
}

func (h *house) expectDigests(when, want string) {
	h.t.Helper()
	if got := h.digests(); got != want {
		h.t.Errorf("%s:\n%s\nwant\n%s", when, got, want)
	}
}

func TestDigests(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, a := range []drafting.Actor{h.carter, h.reed, h.weber, h.observer} {
		h.must(h.SetEmail(t.Context(), h.lind, a.Person, a.Login+"@example.org"))
	}
	d := h.submitted(h.carter, "USA/1/1", "fog delays", "thick fog delays")
	h.expectDigests("nobody said anything", "")

	thread := h.comment(h.weber, d.Proposal(), drafting.NewComment{Clause: "considering-a", Audience: drafting.AudienceAll, Words: "How thick, @USA?"})
	h.comment(h.carter, d.Draft(), drafting.NewComment{Clause: "considering-a", Audience: drafting.AudienceOwn, Words: "Ask @USA at home."})
	h.comment(h.haddad, d.Proposal(), drafting.NewComment{Clause: "considering-a", Audience: drafting.AudienceAll, Words: "No matter of ours."})
	h.expectDigests("called upon", `carter: Ms Weber on considering a) of USA/1/1: "How thick, @USA?"
reed: Ms Carter on considering a) of USA/1/1, draft: ""
reed: Ms Weber on considering a) of USA/1/1: "How thick, @USA?"`)
	h.expectDigests("told already", "")

	h.comment(h.carter, "", drafting.NewComment{Thread: thread, Words: "Very."})
	h.expectDigests("answered", `reed: Ms Carter on considering a) of USA/1/1: "Very."
weber: Ms Carter on considering a) of USA/1/1: "Very."`)

	h.must(h.SetDigests(t.Context(), h.reed, false))
	h.must(h.ReadComments(t.Context(), h.carter, slug, d.Proposal(), 0))
	h.comment(h.weber, "", drafting.NewComment{Thread: thread, Words: "Thank you."})
	h.must(h.ReadComments(t.Context(), h.carter, slug, d.Proposal(), 0))
	h.expectDigests("read before it was sent, and no mail wanted", "")
}

// What somebody may not see any more when a digest is sent is not in it.
func TestDigestsGoByTheRightsOfTheMoment(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.SetEmail(t.Context(), h.lind, h.reed.Person, "reed@example.org"))
	d := h.propose(h.carter, "").Draft
	h.comment(h.carter, d.Draft(), drafting.NewComment{Clause: "considering-a", Audience: drafting.AudienceOwn, Words: "Ask @USA at home."})
	h.must(h.Leave(t.Context(), h.lind, h.reed.Person, d.Circle))
	h.expectDigests("having left the delegation", "")
}

// A digest that could not be sent is told with the next.
func TestAnUnsentDigestIsToldLater(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.SetEmail(t.Context(), h.lind, h.carter.Person, "carter@example.org"))
	d := h.submitted(h.carter, "USA/1/1", "fog delays", "thick fog delays")
	h.comment(h.weber, d.Proposal(), drafting.NewComment{Clause: "considering-a", Audience: drafting.AudienceAll, Words: "@USA?"})
	down := errors.New("no server")
	if err := h.SendDigests(t.Context(), func(context.Context, drafting.Digest) error { return down }); !errors.Is(err, down) {
		t.Errorf("an unsent digest: %v", err)
	}
	if got := h.digests(); !strings.HasPrefix(got, "carter: Ms Weber") {
		t.Errorf("told later: %q", got)
	}
}
