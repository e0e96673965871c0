package ot

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// oracleCases is how many random cases TestOracle asks the npm packages about;
// PLENARY_TEST_ORACLE asks for more.
const oracleCases = 800

type oracleCase struct {
	Doc    string        `json:"doc"`
	A      ChangeSet     `json:"a"`
	B      ChangeSet     `json:"b"`
	C      ChangeSet     `json:"c"`
	Frames [][]ChangeSet `json:"frames"`
}

type oracleAnswer struct {
	Applied     string            `json:"applied"`
	Inverse     json.RawMessage   `json:"inverse"`
	Composed    json.RawMessage   `json:"composed"`
	Over        json.RawMessage   `json:"over"`
	OverBefore  json.RawMessage   `json:"overBefore"`
	Beside      json.RawMessage   `json:"beside"`
	Positions   [][]*int          `json:"positions"`
	Rebased     []json.RawMessage `json:"rebased"`
	Unconfirmed []json.RawMessage `json:"unconfirmed"`
	Text        string            `json:"text"`
}

// TestOracle asks the pinned npm packages about random cases and compares every answer
// with the port's. It needs Node and the pages' packages.
func TestOracle(t *testing.T) {
	modules := nodeModules(t)
	cases, seed := oracleCases, uint64(time.Now().UnixNano())
	if asked := os.Getenv("PLENARY_TEST_ORACLE"); asked != "" {
		var err error
		if cases, err = strconv.Atoi(asked); err != nil {
			t.Fatal(err)
		}
	}
	rnd := rand.New(rand.NewPCG(seed, 1))
	var in bytes.Buffer
	asked := make([]oracleCase, cases)
	encoder := json.NewEncoder(&in)
	for i := range asked {
		asked[i] = randomCase(t, rnd)
		if err := encoder.Encode(asked[i]); err != nil {
			t.Fatal(err)
		}
	}
	script, err := filepath.Abs("../testdata/oracle.mjs")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", script, modules)
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := json.NewDecoder(bytes.NewReader(out))
	for i, c := range asked {
		var want oracleAnswer
		if err := answers.Decode(&want); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		if diff := cmp.Diff(want, ours(t, c)); diff != "" {
			raw, _ := json.Marshal(c)
			t.Fatalf("seed %d, case %d: %s\n(-npm +port)\n%s", seed, i, raw, diff)
		}
	}
	t.Logf("%d cases, seed %d", cases, seed)
}

func nodeModules(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not here")
	}
	modules, err := filepath.Abs("../../frontend/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "@codemirror", "collab")); err != nil {
		t.Skip("the pages' packages are not installed: run npm ci in frontend")
	}
	return modules
}

// randomChange draws up to three places of a text. Small texts make ties frequent.
func randomChange(rnd *rand.Rand, text *Buffer) ChangeSet {
	b, pos := newBuilder(4, true), 0
	for range rnd.IntN(4) {
		from := pos + rnd.IntN(text.Len()-pos+1)
		to := min(text.Len(), from+rnd.IntN(4))
		if from < pos || text.insidePair(from) || text.insidePair(to) {
			continue
		}
		words := make([]rune, rnd.IntN(3))
		for i := range words {
			words[i] = alphabet[rnd.IntN(len(alphabet))]
		}
		inserted := utf16.Encode(words)
		b.add(from-pos, keep, nil, false)
		b.add(to-from, len(inserted), inserted, false)
		pos = to
	}
	b.add(text.Len()-pos, keep, nil, false)
	return b.set()
}

func randomCase(t *testing.T, rnd *rand.Rand) oracleCase {
	t.Helper()
	words := make([]rune, rnd.IntN(10))
	for i := range words {
		words[i] = alphabet[rnd.IntN(len(alphabet))]
	}
	text := NewBuffer(string(words))
	c := oracleCase{Doc: string(words), A: randomChange(rnd, text), B: randomChange(rnd, text), Frames: [][]ChangeSet{}}
	changed := text.Clone()
	if err := changed.Apply(c.A); err != nil {
		t.Fatal(err)
	}
	c.C = randomChange(rnd, changed)
	for range rnd.IntN(4) {
		var frame []ChangeSet
		for range 1 + rnd.IntN(3) {
			theirs := randomChange(rnd, text)
			if err := text.Apply(theirs); err != nil {
				t.Fatal(err)
			}
			frame = append(frame, theirs)
		}
		c.Frames = append(c.Frames, frame)
	}
	return c
}

// ours answers a case with the port, the way a server does.
func ours(t *testing.T, c oracleCase) oracleAnswer {
	t.Helper()
	doc := NewBuffer(c.Doc)
	set := func(s ChangeSet, err error) json.RawMessage {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s.Encode()
	}
	changed := doc.Clone()
	if err := changed.Apply(c.A); err != nil {
		t.Fatal(err)
	}
	out := oracleAnswer{
		Applied: changed.String(), Inverse: set(c.A.Invert(doc)), Composed: set(Compose(c.A, c.C)),
		Over: set(Map(c.A, c.B, false)), OverBefore: set(Map(c.A, c.B, true)), Beside: set(Map(c.B, c.A, true)),
		Rebased: []json.RawMessage{}, Unconfirmed: []json.RawMessage{},
	}
	for pos := range doc.Len() + 1 {
		row := make([]*int, 0, 5)
		for _, try := range []struct {
			assoc int
			mode  MapMode
		}{{-1, Simple}, {1, Simple}, {-1, TrackDel}, {-1, TrackBefore}, {1, TrackAfter}} {
			if at, ok := c.A.MapPos(pos, try.assoc, try.mode); ok {
				row = append(row, &at)
			} else {
				row = append(row, nil)
			}
		}
		out.Positions = append(out.Positions, row)
	}
	var all []Accepted
	push := []Update{{"me", c.A}, {"me", c.C}}
	// An editor makes no update of a change that changes nothing.
	var staged []Update
	for _, u := range push {
		if !u.Changes.Empty() {
			staged = append(staged, u)
		}
	}
	server := doc.Clone()
	for _, frame := range c.Frames {
		var stage []Accepted
		for _, changes := range frame {
			stage = append(stage, Accepted{"other", changes.Desc})
			if err := server.Apply(changes); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, stage...)
		staged = rebased(t, staged, stage)
	}
	for _, u := range rebased(t, push, all) {
		out.Rebased = append(out.Rebased, u.Changes.Encode())
	}
	for _, u := range staged {
		out.Unconfirmed = append(out.Unconfirmed, u.Changes.Encode())
		if err := server.Apply(u.Changes); err != nil {
			t.Fatal(err)
		}
	}
	out.Text = server.String()
	return out
}

func rebased(t *testing.T, updates []Update, over []Accepted) []Update {
	t.Helper()
	out, err := Rebase(updates, over)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
