package drafting_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plenary/realtime"
	"plenary/realtime/livediff"
	"plenary/realtime/ot"
	"plenary/repo"
	"plenary/repo/resolution"
	"plenary/server/drafting"
	"plenary/server/store"
)

// adopted is the text the stories begin with.
const adopted = `# RESOLUTION 12 (Rev. Lisbon, 2019)

## Shared weather stations of harbour towns

(Bergen, 2015; Lisbon, 2019)

The Harbour Assembly (Lisbon, 2019),

*considering*

a) that fog delays one ferry in nine;

b) that small harbours cannot pay for a station of their own,

*resolves*

1. to keep a list of shared stations;

2. to publish readings every hour;

3. to train two keepers for each station,

*instructs the Secretary*

to report to the next assembly.
`

// house is a whole assembly on disk, with one person for each part.
type house struct {
	*drafting.Service
	t       testing.TB
	dir     string
	archive *repo.Archive
	records *store.Records
	faults  faults
	journal *store.Journal
	index   *store.SearchIndex
	origins *store.WordIndex
	clock   atomic.Int64 // seconds since start

	carter, reed, weber, haddad   drafting.Actor // USA, USA, EUR, ARB
	chair, lind, observer, nobody drafting.Actor
}

var start = time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)

func (h *house) now() time.Time { return start.Add(time.Duration(h.clock.Add(1)) * time.Second) }

// newHouse opens an assembly with its people and one imported resolution, "harbour-12".
func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir()}
	h.open()
	t.Cleanup(h.shut)
	ctx := t.Context()
	op := drafting.Operator()
	h.must(h.SetAssembly(ctx, op, drafting.Assembly{Code: "Harbour", Name: "Harbour Assembly", Meeting: "Harbour-26"}))
	for _, c := range []drafting.Circle{
		{Label: "USA", Name: "United States", Kind: drafting.CircleDelegation},
		{Label: "EUR", Name: "Europe", Kind: drafting.CircleDelegation},
		{Label: "ARB", Name: "Arab States", Kind: drafting.CircleDelegation},
	} {
		h.must(h.AddCircle(ctx, op, c))
	}
	h.carter = h.person("carter", "Ms Carter", drafting.RoleDelegate, "usa")
	h.reed = h.person("reed", "Mr Reed", drafting.RoleDelegate, "usa")
	h.weber = h.person("weber", "Ms Weber", drafting.RoleDelegate, "eur")
	h.haddad = h.person("haddad", "Mr Haddad", drafting.RoleDelegate, "arb")
	h.chair = h.person("okafor", "Ms Okafor", drafting.RoleChair)
	h.lind = h.person("lind", "Mr Lind", drafting.RoleSecretariat)
	h.observer = h.person("moe", "Mr Moe", drafting.RoleObserver)
	_, err := h.Import(ctx, h.lind, drafting.ImportRequest{
		Slug: "harbour-12", Place: "Lisbon", Year: 2019, FileName: "res12.md", File: []byte(adopted),
	})
	h.must(err)
	return h
}

// slug is the resolution of the stories.
const slug = repo.Slug("harbour-12")

func (h *house) open() {
	h.t.Helper()
	ctx := context.Background()
	var err error
	h.archive, err = repo.Open(ctx, filepath.Join(h.dir, "git"), repo.Options{})
	h.must(err)
	h.records, err = store.Open(ctx, filepath.Join(h.dir, "records.db"))
	h.must(err)
	h.journal, err = store.OpenJournal(ctx, filepath.Join(h.dir, "journal.db"))
	h.must(err)
	h.index, err = store.OpenSearch(ctx, filepath.Join(h.dir, "search.db"))
	h.must(err)
	h.origins, err = store.OpenWords(ctx, filepath.Join(h.dir, "words.db"), "test")
	h.must(err)
	h.Service = drafting.New(drafting.Options{
		Index: h.index, Words: h.origins,
		Archive: h.archive, Records: &faulty{Records: h.records, faults: &h.faults}, Journal: h.journal, Now: h.now,
		Rooms: realtime.Options{Quiet: time.Hour, Unbroken: time.Hour},
	})
	h.must(h.Reconcile(ctx))
}

func (h *house) shut() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, err := range []error{h.Close(ctx), h.index.Close(), h.origins.Close(), h.journal.Close(), h.records.Close(), h.archive.Close()} {
		if err != nil {
			h.t.Errorf("close: %v", err)
		}
	}
}

// restart stops the assembly and opens it again.
func (h *house) restart() {
	h.t.Helper()
	h.shut()
	h.open()
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) person(login, name string, role drafting.Role, circles ...repo.Circle) drafting.Actor {
	h.t.Helper()
	id, err := h.AddPerson(h.t.Context(), drafting.Operator(), drafting.Person{
		Login: login, Name: name, Role: role, Circles: circles,
	}, "hash")
	h.must(err)
	p, err := h.records.Person(h.t.Context(), id)
	h.must(err)
	a := drafting.Actor{Person: id, Login: login, Name: name, Role: role, Circles: p.Circles, Scope: drafting.ScopeFull}
	if len(p.Circles) > 0 {
		a.Circle = p.Circles[0]
	}
	return a
}

// propose begins a draft.
func (h *house) propose(a drafting.Actor, number string) drafting.Proposal {
	h.t.Helper()
	p, err := h.Propose(h.t.Context(), a, slug, number)
	h.must(err)
	return p
}

// editor is one open editor of one person.
type editor struct {
	h       *house
	session *realtime.Session
	id      string
	version realtime.Version
	doc     *ot.Buffer
	note    string // the last note from the server
}

func (h *house) edit(a drafting.Actor, d repo.DraftName) *editor {
	h.t.Helper()
	return h.editOf(a, slug, d)
}

func (h *house) editOf(a drafting.Actor, of repo.Slug, d repo.DraftName) *editor {
	h.t.Helper()
	ctx := h.t.Context()
	name, who, err := h.Room(ctx, a, of, d.Draft())
	h.must(err)
	e := &editor{h: h}
	e.session, err = h.Hub().Join(ctx, name, who)
	h.must(err)
	h.must(e.session.Receive(ctx, []byte(`{"t":"join"}`)))
	for e.doc == nil {
		e.read(ctx)
	}
	return e
}

// read takes in the next frame.
func (e *editor) read(ctx context.Context) (acknowledged bool) {
	e.h.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	raw, err := e.session.Next(ctx)
	e.h.must(err)
	var frame struct {
		T, Doc, ClientID, Text string
		V                      realtime.Version
		U                      []struct {
			ClientID string
			Changes  json.RawMessage
		}
	}
	e.h.must(json.Unmarshal(raw, &frame))
	switch frame.T {
	case "init":
		e.doc, e.version, e.id = ot.NewBuffer(frame.Doc), frame.V, frame.ClientID
	case "up":
		for _, u := range frame.U {
			set, err := ot.Decode(u.Changes, e.doc.Len())
			e.h.must(err)
			e.h.must(e.doc.Apply(set))
			e.version++
			acknowledged = acknowledged || u.ClientID == e.id
		}
	case "note":
		e.note = frame.Text
	case "error":
		e.h.t.Fatalf("editor was told: %s", frame.Text)
	}
	return acknowledged
}

// replace types: old words become new ones. It returns when the edit is acknowledged.
func (e *editor) replace(old, words string) {
	e.h.t.Helper()
	ctx := e.h.t.Context()
	text := e.doc.String()
	if !strings.Contains(text, old) {
		e.h.t.Fatalf("no %q in %q", old, text)
	}
	set, err := livediff.Between(text, strings.Replace(text, old, words, 1))
	e.h.must(err)
	raw, err := json.Marshal(map[string]any{
		"t": "push", "v": e.version, "u": []map[string]any{{"clientID": e.id, "changes": set}},
	})
	e.h.must(err)
	h := e.h
	h.must(e.session.Receive(ctx, raw))
	for !e.read(ctx) {
	}
}

func (e *editor) close() { e.session.Close() }

// write replaces words in a draft through an editor, and has them saved.
func (h *house) write(a drafting.Actor, d repo.DraftName, pairs ...string) {
	h.t.Helper()
	e := h.edit(a, d)
	for i := 0; i < len(pairs); i += 2 {
		e.replace(pairs[i], pairs[i+1])
	}
	e.close()
	_, _, err := h.Hub().Flush(h.t.Context(), room(d))
	h.must(err)
}

// submitted proposes, writes and submits.
func (h *house) submitted(a drafting.Actor, number string, pairs ...string) repo.DraftName {
	h.t.Helper()
	p := h.propose(a, number)
	h.write(a, p.Draft, pairs...)
	_, err := h.Submit(h.t.Context(), a, slug, p.Draft)
	h.must(err)
	return p.Draft
}

// read gives a version as its file.
func (h *house) read(a drafting.Actor, version string) string {
	h.t.Helper()
	r, err := h.Read(h.t.Context(), a, slug, version, "")
	h.must(err)
	return string(resolution.Format(r.Text))
}

// refused fails unless err is a Refusal that holds the words.
func (h *house) refused(err error, words string) {
	h.t.Helper()
	if r, ok := errors.AsType[*drafting.Refusal](err); !ok || !strings.Contains(r.Sentence, words) {
		h.t.Fatalf("got %v, want a refusal with %q", err, words)
	}
}
