package ot

import (
	"encoding/json"
	"testing"
)

// trace is a sequence of edits by one writer.
type trace struct {
	StartContent, EndContent string
	Txns                     []struct{ Patches [][3]any }
}

func readTrace(t testing.TB, path string) trace {
	t.Helper()
	var tr trace
	if err := json.NewDecoder(shared(t, path)).Decode(&tr); err != nil {
		t.Fatal(err)
	}
	return tr
}

// pushes writes the trace as the change sets that an editor would send.
func (tr trace) pushes(t testing.TB) [][]byte {
	t.Helper()
	length := NewBuffer(tr.StartContent).Len()
	var out [][]byte
	for _, txn := range tr.Txns {
		for _, p := range txn.Patches {
			pos, deleted, words := int(p[0].(float64)), int(p[1].(float64)), p[2].(string)
			c, err := Replace(length, pos, pos+deleted, words)
			if err != nil {
				t.Fatal(err)
			}
			if c.Empty() {
				continue
			}
			out = append(out, c.Encode())
			length = c.LengthAfter()
		}
	}
	return out
}

// play does what a room does with each push: decode, validate, apply, encode.
func play(t testing.TB, start string, pushes [][]byte) (*Buffer, int) {
	t.Helper()
	text := NewBuffer(start)
	written := 0
	for i, raw := range pushes {
		c, err := Decode(raw, text.Len())
		if err == nil {
			err = text.Apply(c)
		}
		if err != nil {
			t.Fatalf("edit %d: %v", i, err)
		}
		written += len(c.Encode())
	}
	return text, written
}

func TestTraces(t *testing.T) {
	for _, name := range []string{"friendsforever_flat", "clownschool_flat"} {
		t.Run(name, func(t *testing.T) {
			tr := readTrace(t, "traces/"+name+".json.gz")
			text, _ := play(t, tr.StartContent, tr.pushes(t))
			if text.String() != tr.EndContent {
				t.Errorf("the text at the end differs")
			}
		})
	}
}

// BenchmarkPaperTrace is one writer's 259,778 edits through decode, validate, apply and
// encode.
func BenchmarkPaperTrace(b *testing.B) {
	tr := readTrace(b, "traces/automerge-paper.json.gz")
	pushes := tr.pushes(b)
	b.ReportAllocs()
	for b.Loop() {
		text, _ := play(b, tr.StartContent, pushes)
		if text.String() != tr.EndContent {
			b.Fatal("the text at the end differs")
		}
	}
	b.ReportMetric(float64(len(pushes)), "edits/op")
}
