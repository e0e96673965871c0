package drafting_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plenary/server/drafting"
)

func TestMoment(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ date, clock, zone, want string }{
		{"2026-03-12", "18:00", "Europe/Zurich", "2026-03-12T17:00:00Z"},
		{"2026-07-12", "18:00", "Europe/Zurich", "2026-07-12T16:00:00Z"},
		{" 2026-03-12 ", " 18:00", "UTC", "2026-03-12T18:00:00Z"},
		{"2026-03-29", "02:30", "Europe/Zurich", "clocks are changed"},
		{"2026-02-30", "18:00", "UTC", "no date and time"},
		{"12 March", "18:00", "UTC", "no date and time"},
		{"2026-03-12", "25:00", "UTC", "no date and time"},
		{"2026-03-12", "18:00", "Mars/Olympus", "no time zone"},
		{"2026-03-12", "18:00", "../etc/passwd", "no time zone"},
		{"2026-03-12", "18:00", "Local", "Choose the time zone"},
		{"2026-03-12", "18:00", "", "Choose the time zone"},
	} {
		got, err := drafting.Moment(tc.date, tc.clock, tc.zone)
		if said := got.UTC().Format(time.RFC3339) + refused(err); !strings.Contains(said, tc.want) {
			t.Errorf("%s %s %s: %s, want %s", tc.date, tc.clock, tc.zone, said, tc.want)
		}
	}
}

func TestADelegationIsGivenMoreTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	usa := h.propose(h.carter, "USA/48A5/1").Draft
	h.write(h.carter, usa, "every hour", "every half hour")
	eur := h.propose(h.weber, "EUR/38A9/1").Draft
	h.write(h.weber, eur, "two keepers", "three keepers")
	extension := func(e drafting.Extension) error { return h.Extend(ctx, h.lind, e) }
	until := h.now().Add(time.Hour)
	if err := extension(drafting.Extension{Circle: "usa", Until: until, Reason: "flights"}); !strings.Contains(refused(err), "no deadline") {
		t.Errorf("without a deadline: %v", err)
	}
	as := drafting.Assembly{Code: "H", Name: "H", Deadline: h.now(), Zone: "Europe/Zurich"}
	h.must(h.SetAssembly(ctx, h.lind, as))
	if _, err := h.Submit(ctx, h.carter, slug, usa); !strings.Contains(refused(err), "CET") {
		t.Errorf("after the deadline: %v", err)
	}
	for name, tc := range map[string]struct {
		e    drafting.Extension
		want string
	}{
		"no reason":        {drafting.Extension{Circle: "usa", Until: until, Reason: " "}, "reason"},
		"an earlier time":  {drafting.Extension{Circle: "usa", Until: as.Deadline, Reason: "x"}, "Nothing would change"},
		"a time gone by":   {drafting.Extension{Circle: "usa", Until: as.Deadline.Add(time.Second), Reason: "x"}, "is over"},
		"nobody":           {drafting.Extension{Circle: "fra", Until: until, Reason: "x"}, "Choose a delegation"},
		"no such text":     {drafting.Extension{Circle: "usa", Resolution: "harbour-99", Until: until, Reason: "x"}, "Choose a delegation"},
		"the secretariat":  {drafting.Extension{Circle: drafting.SecretariatCircle, Until: until, Reason: "x"}, "no deadline"},
		"for another text": {drafting.Extension{Circle: "usa", Resolution: slug, Until: until, Reason: "flights were late"}, ""},
	} {
		if err := extension(tc.e); !strings.Contains(refused(err), tc.want) || tc.want == "" && err != nil {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
	if err := h.Extend(ctx, h.chair, drafting.Extension{Circle: "usa", Until: until, Reason: "x"}); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("by the chair: %v", err)
	}
	if _, err := h.Submit(ctx, h.weber, slug, eur); refused(err) == "" {
		t.Errorf("a delegation without an extension: %v", err)
	}
	_, err := h.Submit(ctx, h.carter, slug, usa)
	h.must(err)
	if l := h.audited(drafting.AuditQuery{Act: drafting.VerbSubmitted}); len(l) != 1 || !strings.Contains(l[0].Detail, "admitted late: flights were late") {
		t.Errorf("on record: %+v", l)
	}
	all, err := h.Extensions(ctx, h.lind)
	h.must(err)
	h.write(h.carter, usa, "two keepers", "four keepers")
	h.must(h.EndExtension(ctx, h.lind, all[0].ID))
	if _, err := h.Submit(ctx, h.carter, slug, usa); refused(err) == "" {
		t.Errorf("after the extension was ended: %v", err)
	}
	h.must(extension(drafting.Extension{Circle: "eur", Until: h.now().Add(20 * time.Second), Reason: "x"}))
	h.clock.Add(30)
	if _, err := h.Submit(ctx, h.weber, slug, eur); refused(err) == "" {
		t.Errorf("after the extension: %v", err)
	}
	if err := h.EndExtension(ctx, h.lind, 99); !errors.Is(err, drafting.ErrNotFound) {
		t.Errorf("ending none: %v", err)
	}
}
