package store

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plenary/repo"
	"plenary/server/drafting"
)

func TestPeopleAndCircles(t *testing.T) {
	r, silva, okafor := furnished(t)
	ctx := t.Context()
	must(t, r.Join(ctx, silva, "eur"))
	must(t, r.Join(ctx, silva, "eur")) // again: stays a member
	want := drafting.Person{ID: silva, Login: "silva", Name: "Ms Silva", Role: drafting.RoleDelegate, Circles: []repo.Circle{"usa", "eur"}, HasPassword: true}

	got, err := r.Person(ctx, silva)
	must(t, err)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("by id (-want +got):\n%s", d)
	}
	got, hash, err := r.PersonByLogin(ctx, "silva")
	must(t, err)
	if d := cmp.Diff(want, got); d != "" || hash != "hash of silva" {
		t.Errorf("by login, hash %q (-want +got):\n%s", hash, d)
	}
	people, err := r.People(ctx)
	must(t, err)
	if len(people) != 2 || people[1].ID != okafor {
		t.Fatalf("got people %+v", people)
	}
	if d := cmp.Diff(want, people[0]); d != "" {
		t.Errorf("in the list (-want +got):\n%s", d)
	}
	must(t, r.Leave(ctx, silva, "usa"))
	got, err = r.Person(ctx, silva)
	must(t, err)
	if d := cmp.Diff([]repo.Circle{"eur"}, got.Circles); d != "" {
		t.Errorf("after leaving (-want +got):\n%s", d)
	}
	circles, err := r.Circles(ctx)
	must(t, err)
	wantCircles := []drafting.Circle{
		{Code: "usa", Label: "USA", Name: "Delegation usa", Kind: drafting.CircleDelegation, Slot: 0},
		{Code: "eur", Label: "EUR", Name: "Delegation eur", Kind: drafting.CircleDelegation, Slot: 1},
	}
	if d := cmp.Diff(wantCircles, circles); d != "" {
		t.Errorf("circles (-want +got):\n%s", d)
	}
}

func TestPeopleRefused(t *testing.T) {
	r, silva, _ := furnished(t)
	ctx := t.Context()
	_, err := r.AddPerson(ctx, drafting.Person{Login: "silva", Name: "Another", Role: drafting.RoleChair}, "x")
	wantErr(t, "taken login", err, drafting.ErrExists)
	_, err = r.AddPerson(ctx, drafting.Person{Login: "moreau", Name: "M. Moreau", Role: drafting.RoleDelegate, Circles: []repo.Circle{"usa", "atlantis"}}, "x")
	wantErr(t, "unknown circle", err, drafting.ErrNotFound)
	_, _, err = r.PersonByLogin(ctx, "moreau")
	wantErr(t, "person half added", err, drafting.ErrNotFound)
	_, err = r.AddPerson(ctx, drafting.Person{Login: "king", Name: "A King", Role: "king"}, "x")
	if err == nil {
		t.Error("a role that is none was kept")
	}
	_, err = r.Person(ctx, 999)
	wantErr(t, "unknown person", err, drafting.ErrNotFound)
	wantErr(t, "unknown circle", r.Join(ctx, silva, "atlantis"), drafting.ErrNotFound)
	wantErr(t, "unknown person", r.Join(ctx, 999, "usa"), drafting.ErrNotFound)
	wantErr(t, "no member", r.Leave(ctx, silva, "eur"), drafting.ErrNotFound)
	wantErr(t, "no person", r.SetPassword(ctx, 999, "x"), drafting.ErrNotFound)
	wantErr(t, "no person", r.SetDisabled(ctx, 999, true), drafting.ErrNotFound)
	wantErr(t, "taken code", r.AddCircle(ctx, drafting.Circle{Code: "usa", Label: "U", Name: "N", Kind: drafting.CircleGroup, Slot: 7}), drafting.ErrExists)
	wantErr(t, "taken slot", r.AddCircle(ctx, drafting.Circle{Code: "arb", Label: "A", Name: "N", Kind: drafting.CircleGroup, Slot: 1}), drafting.ErrExists)
}

func hashOf(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func TestSessions(t *testing.T) {
	r, silva, okafor := furnished(t)
	ctx := t.Context()
	want := drafting.Session{Person: silva, Circle: "usa", Created: noon, Expires: noon.Add(time.Hour), LastUsed: noon}
	must(t, r.AddSession(ctx, hashOf(1), want))
	got, err := r.Session(ctx, hashOf(1), noon)
	must(t, err)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("as kept (-want +got):\n%s", d)
	}
	_, err = r.Session(ctx, hashOf(1), noon.Add(time.Hour))
	wantErr(t, "expired", err, drafting.ErrNotFound)
	_, err = r.Session(ctx, hashOf(2), noon)
	wantErr(t, "unknown", err, drafting.ErrNotFound)
	must(t, r.SetSessionCircle(ctx, hashOf(1), "eur"))
	must(t, r.UseSession(ctx, hashOf(1), noon.Add(time.Minute)))
	got, err = r.Session(ctx, hashOf(1), noon)
	must(t, err)
	if got.Circle != "eur" || !got.LastUsed.Equal(noon.Add(time.Minute)) {
		t.Errorf("after use: got %+v", got)
	}
	wantErr(t, "use of none", r.UseSession(ctx, hashOf(9), noon), drafting.ErrNotFound)
	wantErr(t, "circle of none", r.SetSessionCircle(ctx, hashOf(9), "usa"), drafting.ErrNotFound)
	must(t, r.RemoveSession(ctx, hashOf(1)))
	must(t, r.RemoveSession(ctx, hashOf(1)))
	_, err = r.Session(ctx, hashOf(1), noon)
	wantErr(t, "removed", err, drafting.ErrNotFound)

	must(t, r.AddSession(ctx, hashOf(3), drafting.Session{Person: okafor, Created: noon, Expires: noon.Add(time.Hour)}))
	must(t, r.AddSession(ctx, hashOf(4), drafting.Session{Person: okafor, Created: noon, Expires: noon.Add(2 * time.Hour)}))
	must(t, r.RemoveExpiredSessions(ctx, noon.Add(time.Hour)))
	_, err = r.Session(ctx, hashOf(3), noon)
	wantErr(t, "swept", err, drafting.ErrNotFound)
	if _, err := r.Session(ctx, hashOf(4), noon); err != nil {
		t.Errorf("a live session was swept: %v", err)
	}
}

func TestSessionsEndWithWhatTheyRestOn(t *testing.T) {
	for _, tc := range []struct {
		name  string
		end   func(*Records, drafting.PersonID) error
		stays bool
	}{
		{"disabled", func(r *Records, id drafting.PersonID) error { return r.SetDisabled(t.Context(), id, true) }, false},
		{"new password", func(r *Records, id drafting.PersonID) error { return r.SetPassword(t.Context(), id, "new") }, false},
		{"circle left", func(r *Records, id drafting.PersonID) error { return r.Leave(t.Context(), id, "usa") }, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, silva, okafor := furnished(t)
			must(t, r.AddSession(t.Context(), hashOf(1), drafting.Session{Person: silva, Circle: "usa", Expires: noon}))
			must(t, r.AddSession(t.Context(), hashOf(2), drafting.Session{Person: okafor, Expires: noon}))
			must(t, tc.end(r, silva))
			got, err := r.Session(t.Context(), hashOf(1), noon.Add(-time.Second))
			if stays := err == nil; stays != tc.stays {
				t.Errorf("session stays: %v, want %v (%v)", stays, tc.stays, err)
			}
			if got.Circle != "" {
				t.Errorf("the session still acts for %q", got.Circle)
			}
			if _, err := r.Session(t.Context(), hashOf(2), noon.Add(-time.Second)); err != nil {
				t.Errorf("another person's session ended too: %v", err)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	r, silva, okafor := furnished(t)
	ctx := t.Context()
	want := drafting.Token{Person: silva, Name: "laptop", Scope: drafting.ScopeWrite, Created: noon, Expires: noon.Add(time.Hour)}
	id, err := r.AddToken(ctx, want, hashOf(1))
	must(t, err)
	want.ID = id
	_, err = r.AddToken(ctx, drafting.Token{Person: silva, Name: "x", Scope: drafting.ScopeFull}, hashOf(2))
	if err == nil {
		t.Error("a token with the scope of a browser was kept")
	}
	must(t, r.UseToken(ctx, id, noon.Add(time.Minute)))
	want.LastUsed = noon.Add(time.Minute)
	wantErr(t, "another's", r.WithdrawToken(ctx, okafor, id, noon), drafting.ErrNotFound)
	got, err := r.TokenByHash(ctx, hashOf(1))
	must(t, err)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("in force (-want +got):\n%s", d)
	}
	must(t, r.WithdrawToken(ctx, silva, id, noon.Add(2*time.Minute)))
	must(t, r.WithdrawToken(ctx, silva, id, noon.Add(3*time.Minute)))
	want.Withdrawn = noon.Add(2 * time.Minute)
	tokens, err := r.Tokens(ctx, silva)
	must(t, err)
	if d := cmp.Diff([]drafting.Token{want}, tokens); d != "" {
		t.Errorf("withdrawn (-want +got):\n%s", d)
	}
	_, err = r.TokenByHash(ctx, hashOf(9))
	wantErr(t, "unknown", err, drafting.ErrNotFound)
	wantErr(t, "use of none", r.UseToken(ctx, 999, noon), drafting.ErrNotFound)
}
