package ot

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// alphabet has every length of UTF-8, pairs of surrogates, a joiner and breaks.
var alphabet = []rune("ab é水\u200d😀𝒳\n")

func drawText(t *rapid.T, label string, most int) string {
	return string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, most).Draw(t, label))
}

// drawChange draws a change set for a text, which never cuts a character.
func drawChange(t *rapid.T, text *Buffer, label string) ChangeSet {
	edge := func(pos int) int {
		if text.insidePair(pos) {
			return pos - 1
		}
		return pos
	}
	b := newBuilder(4, true)
	pos := 0
	for range rapid.IntRange(0, 4).Draw(t, label+" places") {
		from := edge(rapid.IntRange(pos, text.Len()).Draw(t, label+" from"))
		to := edge(rapid.IntRange(from, min(from+5, text.Len())).Draw(t, label+" to"))
		if from < pos || to < from {
			continue
		}
		words := utf16.Encode([]rune(drawText(t, label+" words", 4)))
		b.add(from-pos, keep, nil, false)
		b.add(to-from, len(words), words, false)
		pos = to
	}
	b.add(text.Len()-pos, keep, nil, false)
	return b.set()
}

func must[T any](t *rapid.T) func(T, error) T {
	return func(v T, err error) T {
		if err != nil {
			t.Fatalf("%v", err)
		}
		return v
	}
}

func after(t *rapid.T, text *Buffer, changes ...ChangeSet) *Buffer {
	out := text.Clone()
	for _, c := range changes {
		if err := out.Apply(c); err != nil {
			t.Fatalf("apply %s to %q: %v", c.Encode(), out, err)
		}
	}
	return out
}

func sameText(t *rapid.T, law string, got, want *Buffer) {
	if got.String() != want.String() {
		t.Fatalf("%s: got %q, want %q", law, got, want)
	}
	if got.Bytes() != len(got.String()) {
		t.Fatalf("%s: counts %d bytes of %q", law, got.Bytes(), got)
	}
}

func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := NewBuffer(drawText(t, "text", 20))
		set, desc := must[ChangeSet](t), must[Desc](t)
		a, b := drawChange(t, text, "a"), drawChange(t, text, "b")
		c := drawChange(t, after(t, text, a), "c")

		back := set(Decode(a.Encode(), text.Len()))
		if !back.Equal(a) {
			t.Fatalf("decode and encode: got %s, want %s", back.Encode(), a.Encode())
		}
		ac := set(Compose(a, c))
		sameText(t, "a with c is a, then c", after(t, text, ac), after(t, text, a, c))
		sameText(t, "undone is as before", after(t, text, a, set(a.Invert(text))), text)

		over, beside := set(Map(b, a, true)), set(Map(a, b, false))
		sameText(t, "both orders lead to one text", after(t, text, a, over), after(t, text, b, beside))
		if got, want := desc(MapDesc(a.Desc, b.Desc, false)), beside.Desc; !Equal(got, want) {
			t.Fatalf("lengths alone: got %v, want %v", got, want)
		}
		if got := desc(ComposeDesc(a.Desc, c.Desc)); !Equal(got, ac.Desc) {
			t.Fatalf("lengths alone: got %v, want %v", got, ac.Desc)
		}
		for _, words := range a.text {
			if !strings.Contains(after(t, text, b, beside).String(), NewBuffer(string(appendUTF8(nil, words))).String()) {
				t.Fatalf("what a inserts is lost over %s", b.Encode())
			}
		}
	})
}

// Equal compares lengths section by section.
func Equal(a, b Desc) bool {
	return ChangeSet{Desc: a}.Equal(ChangeSet{Desc: b})
}

// TestStagesConverge lets a client receive what others did in frames cut anywhere, and a
// server rebase the client's push in the same stages.
func TestStagesConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := NewBuffer(drawText(t, "text", 12))
		set := must[ChangeSet](t)
		push := []Update{{"me", drawChange(t, start, "first")}}
		push = append(push, Update{"me", drawChange(t, after(t, start, push[0].Changes), "second")})
		server, client := start.Clone(), after(t, start, push[0].Changes, push[1].Changes)
		rebased, mine := push, []ChangeSet{push[0].Changes, push[1].Changes}
		for range rapid.IntRange(1, 3).Draw(t, "frames") {
			var frame ChangeSet
			var accepted []Accepted
			for i := range rapid.IntRange(1, 3).Draw(t, "updates") {
				theirs := drawChange(t, server, "theirs")
				server = after(t, server, theirs)
				accepted = append(accepted, Accepted{"other", theirs.Desc})
				if i == 0 {
					frame = theirs
				} else {
					frame = set(Compose(frame, theirs))
				}
			}
			rebased = must[[]Update](t)(Rebase(rebased, accepted))
			for i := range mine {
				moved := set(Map(mine[i], frame, false))
				frame = set(Map(frame, mine[i], true))
				mine[i] = moved
			}
			client = after(t, client, frame)
		}
		for i, u := range rebased {
			if !u.Changes.Equal(mine[i]) {
				t.Fatalf("update %d: server has %s, client %s", i, u.Changes.Encode(), mine[i].Encode())
			}
			server = after(t, server, u.Changes)
		}
		sameText(t, "server and client", client, server)
	})
}

func TestDecodeRefuses(t *testing.T) {
	for _, try := range []struct {
		raw    string
		length int
	}{
		{``, 0},
		{`{}`, 0},
		{`[`, 0},
		{`[3`, 3},
		{`[3,]`, 3},
		{`[3]]`, 3},
		{`[3] x`, 3},
		{`[3,4]`, 7},
		{`[4]`, 3},
		{`[-1]`, 0},
		{`[+1]`, 1},
		{`[01]`, 1},
		{`[1.0]`, 1},
		{`[1e0]`, 1},
		{`["1"]`, 1},
		{`[null]`, 0},
		{`[[]]`, 0},
		{`[0]`, 0},
		{`[[0]]`, 0},
		{`[[0,""]]`, 0},
		{`[[1],[1]]`, 2},
		{`[[0,"a"],[0,"b"]]`, 0},
		{`[[0,1]]`, 0},
		{`[[0,"a\nb"]]`, 0},
		{`[[0,"a\rb"]]`, 0},
		{"[[0,\"a\nb\"]]", 0},
		{`[[0,"\u0000"]]`, 0},
		{"[[0,\"\x01\"]]", 0},
		{`[[0,"\u007f"]]`, 0},
		{`[[0,"\u0085"]]`, 0},
		{`[[0,"\ud800"]]`, 0},
		{`[[0,"\ud800x"]]`, 0},
		{`[[0,"\udc00\ud800"]]`, 0},
		{"[[0,\"\xff\"]]", 0},
		{"[[0,\"\xed\xa0\x80\"]]", 0},
		{`[[0,"\u12"]]`, 0},
		{`[[0,"\u12zz"]]`, 0},
		{`[[0,"\x"]]`, 0},
		{`[[0,"a]]`, 0},
		{`[[0,"a\`, 0},
		{`[99999999999999999999]`, 0},
		{`[16777217]`, 16777217},
		{`[16777216,[1],16777215]`, -1},
	} {
		if c, err := Decode([]byte(try.raw), try.length); err == nil {
			t.Errorf("%s was taken as %s", try.raw, c.Encode())
		}
	}
}

func TestDecodeTakesOtherSpellings(t *testing.T) {
	got, err := Decode([]byte(" [ 1 , [ 2 , \"\\u0061\\/\\\"\\\\\\t\" , \"\\uD83D\\uDE00\" ] ]\n"), 3)
	if err != nil {
		t.Fatal(err)
	}
	if want := `[1,[2,"a/\"\\\t","😀"]]`; string(got.Encode()) != want {
		t.Errorf("got %s, want %s", got.Encode(), want)
	}
}

func TestApplyRefusesWhatDoesNotFit(t *testing.T) {
	for _, try := range []struct{ text, raw string }{
		{"abc", `[2]`}, {"abc", `[4]`}, {"a😀", `[2,[0,"x"],1]`}, {"a😀", `[2,[1]]`}, {"a😀", `[1,[1],1]`}, {"😀😀", `[1,[2,"x"],1]`},
	} {
		c, err := Decode([]byte(try.raw), AnyLength)
		if err != nil {
			t.Fatal(err)
		}
		b := NewBuffer(try.text)
		if err := b.Apply(c); err == nil || b.String() != try.text {
			t.Errorf("%s on %q: %v, text %q", try.raw, try.text, err, b)
		}
	}
}

func TestLines(t *testing.T) {
	text := NewBuffer("one\ntwo\n\nfour")
	c, err := Decode([]byte(`[1,[1],2,[0,"x"],9]`), text.Len())
	if err != nil {
		t.Fatal(err)
	}
	if err := text.Apply(c); err != nil {
		t.Fatal(err)
	}
	got := text.Lines(c.Edits())
	if want := []Range{{0, 2}, {3, 7}}; len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`[3]`, `[1,[2,"a","b"],3]`, `[[1]]`, `[[0,"\ud83d\ude00"]]`, `[ 1 ,[0,""]]`, `[[0,"",""],4]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := Decode(raw, AnyLength)
		if err != nil {
			return
		}
		out := c.Encode()
		again, err := Decode(out, c.LengthBefore())
		if err != nil || !again.Equal(c) || string(again.Encode()) != string(out) {
			t.Fatalf("%q decodes, but what it is written as does not: %s, %v", raw, out, err)
		}
		if !utf8.Valid(out) {
			t.Fatalf("%q is written as invalid UTF-8", raw)
		}
		if n := c.LengthBefore(); n < 1<<16 {
			text := NewBuffer(strings.Repeat("a", n))
			if err := text.Apply(c); err != nil || text.Len() != c.LengthAfter() {
				t.Fatalf("apply %s: %v", out, err)
			}
		}
	})
}
