package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/server/drafting"
)

func TestInvitationsAreOneAPersonAndUsedOnce(t *testing.T) {
	r, silva, okafor := furnished(t)
	ctx := t.Context()
	link := func(who drafting.PersonID) drafting.Invitation {
		return drafting.Invitation{Person: who, Created: noon, Expires: noon.Add(time.Hour)}
	}
	must(t, r.AddInvitation(ctx, hashOf(1), link(silva)))
	must(t, r.AddInvitation(ctx, hashOf(2), link(okafor)))
	must(t, r.AddInvitation(ctx, hashOf(3), link(silva)))
	must(t, r.AddInvitation(ctx, hashOf(4), link(0)))
	must(t, r.AddInvitation(ctx, hashOf(5), link(0)))
	for _, gone := range [][]byte{hashOf(1), hashOf(4), hashOf(9)} {
		_, err := r.Invitation(ctx, gone)
		wantErr(t, "a link that another took the place of, or none", err, drafting.ErrNotFound)
	}
	got, err := r.Invitation(ctx, hashOf(3))
	must(t, err)
	if d := cmp.Diff(link(silva), got); d != "" {
		t.Errorf("link (-want +got):\n%s", d)
	}
	invited, err := r.InvitedPeople(ctx)
	must(t, err)
	if len(invited) != 2 {
		t.Errorf("invited: %+v", invited)
	}
	must(t, r.RemoveInvitation(ctx, hashOf(3)))
	wantErr(t, "used twice", r.RemoveInvitation(ctx, hashOf(3)), drafting.ErrNotFound)
	must(t, r.SetDisabled(ctx, okafor, true))
	_, err = r.Invitation(ctx, hashOf(2))
	wantErr(t, "of a closed account", err, drafting.ErrNotFound)
	wantErr(t, "for nobody", r.AddInvitation(ctx, hashOf(6), link(99)), drafting.ErrNotFound)
}

func TestAuditIsOnlyAddedTo(t *testing.T) {
	r, silva, _ := furnished(t)
	ctx := t.Context()
	for i, e := range []drafting.AuditEntry{
		{At: noon, Person: silva, Name: "Ms Silva", Circle: "usa", Act: "signed in", Address: "192.0.2.7"},
		{At: noon.Add(time.Hour), Person: -1, Name: "Operator", Act: "added the person", Subject: "okafor", Detail: "Ms Okafor, chair"},
	} {
		if err := r.AddAudit(ctx, e); err != nil {
			t.Fatalf("line %d: %v", i, err)
		}
	}
	must(t, r.AddActivity(ctx, drafting.Activity{At: noon.Add(2 * time.Hour), Resolution: "wta-1", Person: silva, Circle: "usa", Verb: "submitted", From: "192.0.2.8"}))
	must(t, r.AddActivity(ctx, drafting.Activity{At: noon, Resolution: "wta-1", Person: silva, Circle: "usa", Verb: "began", Private: true}))
	for _, tc := range []struct {
		name  string
		query drafting.AuditQuery
		acts  string
	}{
		{"all", drafting.AuditQuery{Most: 10}, "submitted added the person signed in "},
		{"the newest", drafting.AuditQuery{Most: 1}, "submitted "},
		{"older than", drafting.AuditQuery{Most: 10, Before: 2}, "signed in "},
		{"by act", drafting.AuditQuery{Most: 10, Act: "signed in"}, "signed in "},
		{"by words", drafting.AuditQuery{Most: 10, Words: "okafor"}, "added the person "},
		{"by address", drafting.AuditQuery{Most: 10, Words: "192.0.2.8"}, "submitted "},
		{"of an hour", drafting.AuditQuery{Most: 10, Since: noon.Add(time.Hour), Until: noon.Add(2 * time.Hour)}, "added the person "},
	} {
		lines, err := r.Audit(ctx, tc.query)
		must(t, err)
		got := ""
		for _, l := range lines {
			got += l.Act + " "
		}
		if got != tc.acts {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.acts)
		}
	}
	for _, change := range []string{"UPDATE audit SET act = 'nothing'", "DELETE FROM audit"} {
		if _, err := r.db.write.ExecContext(ctx, change); err == nil {
			t.Errorf("%s was done", change)
		}
	}
}

func TestTogetherKeepsAllOrNothing(t *testing.T) {
	r, silva, _ := furnished(t)
	ctx := t.Context()
	broken := errors.New("broken")
	err := r.Together(ctx, func(tx drafting.Records) error {
		must(t, tx.UpdatePerson(ctx, silva, "Another", drafting.RoleChair))
		must(t, tx.SetDisabled(ctx, silva, true))
		p, err := tx.Person(ctx, silva)
		must(t, err)
		if p.Name != "Another" || !p.Disabled {
			t.Errorf("inside: %+v", p)
		}
		return broken
	})
	wantErr(t, "undone", err, broken)
	p, err := r.Person(ctx, silva)
	must(t, err)
	if p.Name != "Ms Silva" || p.Disabled {
		t.Errorf("after: %+v", p)
	}
}

func TestSessionsOfAPerson(t *testing.T) {
	r, silva, okafor := furnished(t)
	ctx := t.Context()
	for i, s := range []drafting.Session{
		{Person: silva, Expires: noon.Add(time.Hour), LastUsed: noon, Browser: "Firefox on Linux"},
		{Person: silva, Expires: noon.Add(time.Hour), LastUsed: noon.Add(time.Minute)},
		{Person: silva, Expires: noon},
		{Person: okafor, Expires: noon.Add(time.Hour)},
	} {
		must(t, r.AddSession(ctx, hashOf(byte(i+1)), s))
	}
	got, err := r.Sessions(ctx, silva, noon)
	must(t, err)
	if len(got) != 2 || got[1].Browser != "Firefox on Linux" || cmp.Diff(hashOf(2), got[0].Hash) != "" {
		t.Errorf("got %+v", got)
	}
	wantErr(t, "another's", r.RemoveSessionOf(ctx, silva, hashOf(4)), drafting.ErrNotFound)
	must(t, r.RemoveOtherSessions(ctx, silva, hashOf(1)))
	if got, err = r.Sessions(ctx, silva, noon); err != nil || len(got) != 1 {
		t.Errorf("after ending the others: %+v, %v", got, err)
	}
	must(t, r.RemoveSessionOf(ctx, silva, hashOf(1)))
}
