package ot

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// shared opens a file of the data beside the project, or skips the test.
func shared(t testing.TB, path string) *bufio.Reader {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.Open(filepath.Join(dir, "..", "shared", "data", path))
	if err != nil {
		t.Skipf("shared data is not here: %v", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return bufio.NewReaderSize(z, 1<<20)
}

type vectorUpdate struct {
	ClientID string          `json:"clientID"`
	Changes  json.RawMessage `json:"changes"`
}

type vector struct {
	Doc          string          `json:"doc"`
	A            json.RawMessage `json:"a"`
	B            json.RawMessage `json:"b"`
	C            json.RawMessage `json:"c"`
	ApplyA       string          `json:"apply_a"`
	ApplyB       string          `json:"apply_b"`
	InvertA      json.RawMessage `json:"invert_a"`
	ComposeAC    json.RawMessage `json:"compose_a_c"`
	ApplyCompose string          `json:"apply_compose"`
	AOverB       json.RawMessage `json:"a_over_b"`
	AOverBBefore json.RawMessage `json:"a_over_b_before"`
	BOverABefore json.RawMessage `json:"b_over_a_before"`
	Merged       string          `json:"merged"`
	DescAOverB   []int           `json:"desc_a_over_b"`
	MapPos       [][]*int        `json:"map_pos"`
	Splits       bool            `json:"splits"`
	Rebase       struct {
		Over, Push, Result []vectorUpdate
		Final              string
	} `json:"rebase"`
}

// TestVectors compares every function with the answers of the npm packages.
func TestVectors(t *testing.T) {
	in := json.NewDecoder(shared(t, "traces/codemirror-changeset-vectors.jsonl.gz"))
	cases, refused := 0, 0
	for in.More() {
		var v vector
		if err := in.Decode(&v); err != nil {
			t.Fatal(err)
		}
		cases++
		if v.Splits {
			if splitRefused(t, v) {
				refused++
			}
			continue
		}
		checkVector(t, v)
		if t.Failed() {
			t.Fatalf("case %d: doc %q", cases, v.Doc)
		}
	}
	if cases != 4000 {
		t.Errorf("got %d cases, want 4000", cases)
	}
	t.Logf("%d cases, of which %d of the 200 that cut surrogate pairs are refused", cases, refused)
}

// splitRefused tells whether one of the two edits of a case is refused because it cuts a
// pair. An edit that is taken has to give the library's text (which cannot be compared
// where it holds half a pair, as JSON cannot say so in Go).
func splitRefused(t *testing.T, v vector) bool {
	for i, raw := range []json.RawMessage{v.A, v.B} {
		c, err := Decode(raw, AnyLength)
		if err != nil {
			return true
		}
		doc, want := NewBuffer(v.Doc), []string{v.ApplyA, v.ApplyB}[i]
		was := doc.String()
		if doc.Apply(c) != nil {
			if doc.String() != was {
				t.Errorf("refusing %s damaged the text", raw)
			}
			return true
		}
		if got := doc.String(); got != want && !strings.ContainsRune(v.Doc+want, utf8.RuneError) {
			t.Errorf("apply %s: got %q, want %q", raw, got, want)
		}
	}
	return false
}

func decoded(t *testing.T, raw []byte, length int) ChangeSet {
	t.Helper()
	c, err := Decode(raw, length)
	if err != nil {
		t.Fatalf("decode %s: %v", raw, err)
	}
	if got := string(c.Encode()); got != string(raw) {
		t.Errorf("encode: got %s, want %s", got, raw)
	}
	return c
}

func applied(t *testing.T, text string, c ChangeSet) string {
	t.Helper()
	b := NewBuffer(text)
	if err := b.Apply(c); err != nil {
		t.Fatalf("apply %s to %q: %v", c.Encode(), text, err)
	}
	if got := b.String(); len(got) != b.Bytes() {
		t.Errorf("bytes: got %d, want %d", b.Bytes(), len(got))
	}
	return b.String()
}

func checkVector(t *testing.T, v vector) {
	t.Helper()
	doc := NewBuffer(v.Doc)
	a, b := decoded(t, v.A, doc.Len()), decoded(t, v.B, doc.Len())
	c := decoded(t, v.C, a.LengthAfter())
	same := func(what string, got ChangeSet, err error, want json.RawMessage) {
		t.Helper()
		if err != nil || string(got.Encode()) != string(want) {
			t.Errorf("%s: got %s, %v, want %s", what, got.Encode(), err, want)
		}
	}
	text := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	text("apply a", applied(t, v.Doc, a), v.ApplyA)
	text("apply b", applied(t, v.Doc, b), v.ApplyB)
	inverse, err := a.Invert(doc)
	same("invert a", inverse, err, v.InvertA)
	ac, err := Compose(a, c)
	same("compose a c", ac, err, v.ComposeAC)
	text("apply compose", applied(t, v.Doc, ac), v.ApplyCompose)
	over, err := Map(a, b, false)
	same("a over b", over, err, v.AOverB)
	overBefore, err := Map(a, b, true)
	same("a over b before", overBefore, err, v.AOverBBefore)
	bOver, err := Map(b, a, true)
	same("b over a before", bOver, err, v.BOverABefore)
	text("merged", applied(t, v.ApplyB, over), v.Merged)
	text("merged the other way", applied(t, v.ApplyA, bOver), v.Merged)
	desc, err := MapDesc(a.Desc, b.Desc, false)
	if diff := cmp.Diff(v.DescAOverB, flat(desc)); err != nil || diff != "" {
		t.Errorf("desc a over b: %v\n%s", err, diff)
	}
	checkPositions(t, a, v.MapPos)
	checkRebase(t, v)
}

func flat(d Desc) []int {
	out := []int{}
	for _, s := range d.spans {
		out = append(out, s.n, s.ins)
	}
	return out
}

func checkPositions(t *testing.T, a ChangeSet, rows [][]*int) {
	t.Helper()
	for _, row := range rows {
		pos := *row[0]
		for i, try := range []struct {
			assoc int
			mode  MapMode
		}{{-1, Simple}, {1, Simple}, {-1, TrackDel}, {-1, TrackBefore}, {1, TrackAfter}} {
			got, ok := a.MapPos(pos, try.assoc, try.mode)
			want := row[i+1]
			if ok != (want != nil) || ok && got != *want {
				t.Errorf("position %d, column %d: got %d, %v, want %v", pos, i+1, got, ok, want)
			}
		}
	}
}

func checkRebase(t *testing.T, v vector) {
	t.Helper()
	text := NewBuffer(v.Doc)
	over := make([]Accepted, len(v.Rebase.Over))
	for i, u := range v.Rebase.Over {
		c := decoded(t, u.Changes, text.Len())
		over[i] = Accepted{ClientID: u.ClientID, Desc: c.Desc}
		if err := text.Apply(c); err != nil {
			t.Fatal(err)
		}
	}
	push := make([]Update, len(v.Rebase.Push))
	length := NewBuffer(v.Doc).Len()
	for i, u := range v.Rebase.Push {
		push[i] = Update{ClientID: u.ClientID, Changes: decoded(t, u.Changes, length)}
		length = push[i].Changes.LengthAfter()
	}
	got, err := Rebase(push, over)
	if err != nil || len(got) != len(v.Rebase.Result) {
		t.Fatalf("rebase: got %d updates, %v, want %d", len(got), err, len(v.Rebase.Result))
	}
	for i, u := range got {
		if string(u.Changes.Encode()) != string(v.Rebase.Result[i].Changes) {
			t.Errorf("rebase %d: got %s, want %s", i, u.Changes.Encode(), v.Rebase.Result[i].Changes)
		}
		if err := text.Apply(u.Changes); err != nil {
			t.Fatal(err)
		}
	}
	if text.String() != v.Rebase.Final {
		t.Errorf("rebase: got %q, want %q", text.String(), v.Rebase.Final)
	}
}
