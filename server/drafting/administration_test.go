package drafting_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"plenary/server/drafting"
)

// hashOf stands for the hash of a link's secret.
func hashOf(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

// refused tells what a refusal says; empty where there was none.
func refused(err error) string {
	if r, ok := errors.AsType[*drafting.Refusal](err); ok {
		return r.Sentence
	}
	return ""
}

// audited gives the acts on the audit log, the newest first.
func (h *house) audited(q drafting.AuditQuery) []drafting.AuditEntry {
	h.t.Helper()
	q.Most = 1000
	lines, _, err := h.Audit(h.t.Context(), h.lind, q)
	h.must(err)
	return lines
}

func TestALinkSetsAPasswordOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	if _, err := h.Invite(ctx, h.carter, h.weber.Person, hashOf(1)); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("a delegate makes a link: %v", err)
	}
	_, err := h.Invite(ctx, h.lind, h.weber.Person, hashOf(1))
	h.must(err)
	i, err := h.Invite(ctx, h.lind, h.weber.Person, hashOf(2))
	h.must(err)
	if i.Expires.Sub(i.Created) != drafting.ResetLife {
		t.Errorf("a link to somebody with a password lives %v", i.Expires.Sub(i.Created))
	}
	if _, err := h.Invited(ctx, hashOf(1)); !strings.Contains(refused(err), "new one") {
		t.Errorf("the link before: %v", err)
	}
	p, err := h.Invited(ctx, hashOf(2))
	h.must(err)
	if p.Login != "weber" {
		t.Errorf("the link is for %+v", p)
	}
	_, err = h.AcceptInvitation(ctx, hashOf(2), "new hash", "192.0.2.7")
	h.must(err)
	if _, hash, err := h.records.PersonByLogin(ctx, "weber"); err != nil || hash != "new hash" {
		t.Errorf("hash %q, %v", hash, err)
	}
	if _, err := h.AcceptInvitation(ctx, hashOf(2), "other", ""); refused(err) == "" {
		t.Errorf("used twice: %v", err)
	}
	_, err = h.Invite(ctx, h.lind, h.weber.Person, hashOf(3))
	h.must(err)
	h.clock.Add(int64(drafting.ResetLife/time.Second) + 10)
	if _, err := h.AcceptInvitation(ctx, hashOf(3), "other", ""); refused(err) == "" {
		t.Errorf("used late: %v", err)
	}
	if lines := h.audited(drafting.AuditQuery{Act: drafting.AuditLinkUsed}); len(lines) != 1 || lines[0].Address != "192.0.2.7" || lines[0].Name != "Ms Weber" {
		t.Errorf("on record: %+v", lines)
	}
}

func TestTheFirstAccountIsMadeOnce(t *testing.T) {
	t.Parallel()
	h := &house{t: t, dir: t.TempDir()}
	h.open()
	t.Cleanup(h.shut)
	ctx := t.Context()
	h.must(h.InviteFirst(ctx, drafting.Operator(), hashOf(1)))
	if err := h.InviteFirst(ctx, drafting.Actor{}, hashOf(2)); err == nil {
		t.Error("anybody makes the first link")
	}
	if p, err := h.Invited(ctx, hashOf(1)); err != nil || p.ID != 0 {
		t.Errorf("the first link: %+v, %v", p, err)
	}
	if _, err := h.AcceptInvitation(ctx, hashOf(1), "hash", ""); refused(err) == "" {
		t.Errorf("without a login: %v", err)
	}
	if _, err := h.AcceptFirst(ctx, hashOf(1), "two words", "Mr Lind", "hash", ""); refused(err) == "" {
		t.Errorf("a login of two words: %v", err)
	}
	p, err := h.AcceptFirst(ctx, hashOf(1), " Lind ", "Mr Lind", "hash", "192.0.2.7")
	h.must(err)
	got, err := h.records.Person(ctx, p.ID)
	h.must(err)
	if got.Login != "lind" || got.Role != drafting.RoleSecretariat || len(got.Circles) != 1 {
		t.Errorf("made %+v", got)
	}
	if _, err := h.AcceptFirst(ctx, hashOf(1), "moe", "Mr Moe", "hash", ""); refused(err) == "" {
		t.Errorf("used twice: %v", err)
	}
	if err := h.InviteFirst(ctx, drafting.Operator(), hashOf(3)); refused(err) == "" {
		t.Errorf("a first link where there is somebody: %v", err)
	}
}

func TestClosingAnAccountEndsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	now := h.now()
	h.must(h.records.AddSession(ctx, hashOf(1), drafting.Session{Person: h.carter.Person, Created: now, Expires: now.Add(time.Hour), LastUsed: now}))
	_, err := h.records.AddToken(ctx, drafting.Token{Person: h.carter.Person, Name: "laptop", Scope: drafting.ScopeRead, Created: now, Expires: now.Add(time.Hour)}, hashOf(2))
	h.must(err)
	_, err = h.Invite(ctx, h.lind, h.carter.Person, hashOf(3))
	h.must(err)
	d := h.propose(h.carter, "USA/48A5/1").Draft
	room, who, err := h.Room(ctx, h.carter, slug, d.Draft())
	h.must(err)
	session, err := h.Hub().Join(ctx, room, who)
	h.must(err)
	h.must(h.Disable(ctx, h.lind, h.carter.Person, true))
	waiting, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for err == nil {
		_, err = session.Next(waiting)
	}
	if waiting.Err() != nil {
		t.Error("live editing goes on")
	}
	if _, err := h.records.Session(ctx, hashOf(1), now); !errors.Is(err, drafting.ErrNotFound) {
		t.Errorf("the session: %v", err)
	}
	if tok, err := h.records.TokenByHash(ctx, hashOf(2)); err != nil || tok.Withdrawn.IsZero() {
		t.Errorf("the token: %+v, %v", tok, err)
	}
	if _, err := h.Invited(ctx, hashOf(3)); refused(err) == "" {
		t.Errorf("the link: %v", err)
	}
	if _, err := h.Invite(ctx, h.lind, h.carter.Person, hashOf(4)); !strings.Contains(refused(err), "closed") {
		t.Errorf("a link to a closed account: %v", err)
	}
}

func TestTheLastSecretariatAccountStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	if err := h.Disable(ctx, h.lind, h.lind.Person, true); !strings.Contains(refused(err), "last open secretariat") {
		t.Errorf("closing it: %v", err)
	}
	if err := h.ChangePerson(ctx, h.lind, h.lind.Person, "Mr Lind", drafting.RoleChair); !strings.Contains(refused(err), "last open secretariat") {
		t.Errorf("another role: %v", err)
	}
	h.must(h.ChangePerson(ctx, h.lind, h.chair.Person, "Ms  Okafor ", drafting.RoleSecretariat))
	got, err := h.records.Person(ctx, h.chair.Person)
	h.must(err)
	if got.Name != "Ms Okafor" || len(got.Circles) != 1 {
		t.Errorf("the new secretariat: %+v", got)
	}
	if err := h.Leave(ctx, h.lind, h.chair.Person, drafting.SecretariatCircle); refused(err) == "" {
		t.Errorf("a secretariat without its desk: %v", err)
	}
	h.must(h.ChangePerson(ctx, h.lind, h.lind.Person, "Mr Lind", drafting.RoleDelegate))
	if got, err = h.records.Person(ctx, h.lind.Person); err != nil || len(got.Circles) != 0 {
		t.Errorf("the former secretariat: %+v, %v", got, err)
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	file := "\xef\xbb\xbfLogin;Name;Role;Delegation;Delegation name\n" +
		"costa;Ms Costa;;BRA;Brazil\n" +
		";;;JPN;Japan\n" +
		"reed;Mr Reed;delegate;USA/EUR;\n" +
		"moe;;;;\n" +
		"tanaka;Mr Tanaka;chair;JPN;\n"
	seen, err := h.PreviewRegister(ctx, h.lind, []byte(file))
	h.must(err)
	var got []string
	for _, row := range seen.Rows {
		got = append(got, row.Sentence+row.Problem)
	}
	want := []string{
		"adds the delegation BRA, Brazil; adds Ms Costa, delegate", "adds the delegation JPN, Japan",
		"Mr Reed is here already and joins eur", "Mr Moe is here already and stays as they are", "adds Mr Tanaka, chair",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || seen.Problems != 0 || seen.People != 2 || len(seen.Circles) != 2 {
		t.Errorf("%d problems, %d people, %d delegations; got\n%s\nwant\n%s", seen.Problems, seen.People, len(seen.Circles), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if _, err := h.records.Person(ctx, h.observer.Person+1); !errors.Is(err, drafting.ErrNotFound) {
		t.Error("a preview has kept somebody")
	}
	if _, err := h.PreviewRegister(ctx, h.chair, []byte(file)); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("by the chair: %v", err)
	}
	_, err = h.ImportRegister(ctx, h.lind, []byte(file))
	h.must(err)
	p, hash, err := h.records.PersonByLogin(ctx, "costa")
	h.must(err)
	if hash != "" || p.HasPassword || len(p.Circles) != 1 || p.Circles[0] != "bra" {
		t.Errorf("kept %+v with hash %q", p, hash)
	}
	seen, err = h.ImportRegister(ctx, h.lind, []byte(file))
	h.must(err)
	if seen.People != 0 || len(seen.Circles) != 0 {
		t.Errorf("a second time: %+v", seen)
	}
}

func TestRegisterSaysWhatIsWrongWithALine(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	for line, want := range map[string]string{
		"a b,Ms B,delegate,USA,":          "one word",
		"costa,,delegate,USA,":            "name as it is to be printed",
		"costa,Ms <b>,delegate,USA,":      "without < and >",
		"costa,Ms Costa,king,USA,":        "no role",
		"costa,Ms Costa,delegate,BRA,":    `no delegation "BRA"`,
		"costa,Ms Costa,delegate,,":       "needs a delegation",
		",Ms Costa,delegate,USA,":         "without a login",
		",,,,":                            "says nothing",
		",,,!!,Nowhere":                   "cannot be a code",
		"x,Ms X,delegate,BRA/FRA,Several": "line of its own",
	} {
		file := "login,name,role,delegation,delegation name\nfirst,Ms First,delegate,USA,\n" + line + "\n"
		seen, err := h.PreviewRegister(ctx, h.lind, []byte(file))
		h.must(err)
		if seen.Problems != 1 || !strings.Contains(seen.Rows[1].Problem, want) || seen.Rows[1].Line != 3 {
			t.Errorf("%s: %+v, want something with %q", line, seen.Rows[1], want)
		}
		if _, err := h.ImportRegister(ctx, h.lind, []byte(file)); refused(err) == "" {
			t.Errorf("%s was imported: %v", line, err)
		}
		if _, _, err := h.records.PersonByLogin(ctx, "first"); !errors.Is(err, drafting.ErrNotFound) {
			t.Fatalf("%s: the line before it was kept", line)
		}
	}
	for file, want := range map[string]string{
		"":                          "no line below",
		"login\n":                   "no line below",
		"login,shoe size\na,1\n":    "no column",
		"login,login\na,b\n":        "twice",
		"name\nMs Costa\n":          "neither",
		"login\n\"a\n":              "cannot be read",
		"login\n\xff\xfe\n":         "not UTF-8",
		"login\nfirst\nsecond\n":    "",
		"Login ,  Delegation\na,b1": "",
	} {
		if _, err := h.PreviewRegister(ctx, h.lind, []byte(file)); !strings.Contains(refused(err), want) {
			t.Errorf("%q: %v, want something with %q", file, err, want)
		}
	}
}

func FuzzRegister(f *testing.F) {
	h := newHouse(f)
	f.Add([]byte("login,name,role,delegation,delegation name\na,b,c,d,e\n"))
	f.Add([]byte("\xef\xbb\xbflogin;delegation\n\"a\";\"b\"\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		seen, err := h.PreviewRegister(t.Context(), h.lind, file)
		if err != nil && refused(err) == "" {
			t.Fatalf("%q: %v", file, err)
		}
		for _, row := range seen.Rows {
			if (row.Sentence == "") == (row.Problem == "") {
				t.Fatalf("%q: line %d says %+v", file, row.Line, row)
			}
		}
	})
}

func TestTheAuditLogTellsOfNoDraft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	carter := h.carter
	carter.From = "192.0.2.7"
	d := h.propose(carter, "USA/48A5/1").Draft
	h.write(carter, d, "every hour", "every half hour")
	for _, l := range h.audited(drafting.AuditQuery{}) {
		if strings.Contains(l.Subject+l.Detail, d.Name) {
			t.Errorf("before it was submitted: %+v", l)
		}
	}
	_, err := h.Submit(ctx, carter, slug, d)
	h.must(err)
	lines := h.audited(drafting.AuditQuery{Act: drafting.VerbSubmitted})
	if len(lines) != 1 || lines[0].Address != "192.0.2.7" || lines[0].Name != "Ms Carter" || !strings.Contains(lines[0].Subject, d.Name) {
		t.Errorf("after: %+v", lines)
	}
	if _, _, err := h.Audit(ctx, h.chair, drafting.AuditQuery{}); !errors.Is(err, drafting.ErrForbidden) {
		t.Errorf("read by the chair: %v", err)
	}
	h.must(h.NoteRefused(ctx, "my secret password", "192.0.2.9"))
	h.must(h.NoteRefused(ctx, "Carter", "192.0.2.9\r\nforged: line"))
	for i, want := range []string{"carter", "an unknown login"} {
		got := h.audited(drafting.AuditQuery{Act: drafting.AuditSignInRefused})[i]
		if got.Subject != want || strings.ContainsAny(got.Address, "\r\n") {
			t.Errorf("refused at sign-in: %+v", got)
		}
	}
}
