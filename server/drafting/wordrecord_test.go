package drafting

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/repo"
	"plenary/repo/diff"
)

// numbered names commits by number.
func numbered(n int) repo.Hash { return repo.Hash(fmt.Sprintf("%040x", n)) }

func number(h repo.Hash) int {
	n := 0
	_, _ = fmt.Sscanf(string(h), "%x", &n)
	return n
}

func drawRuns(t *rapid.T) []diff.Run {
	var runs []diff.Run
	at := 0
	for range rapid.IntRange(0, 4).Draw(t, "runs") {
		r := diff.Run{Start: at, End: at + rapid.IntRange(1, 300).Draw(t, "length")}
		r.Version, r.Merge = rapid.IntRange(0, 9).Draw(t, "version"), rapid.IntRange(-1, 9).Draw(t, "merge")
		runs, at = append(runs, r), r.End
	}
	return runs
}

func TestWordRecordsReadBackWhatWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOfN(rapid.Custom(drawRuns), 0, 8).Draw(t, "before")
		var runs [][]diff.Run
		for range rapid.IntRange(0, 10).Draw(t, "blocks") {
			if len(before) > 0 && rapid.Bool().Draw(t, "stays") {
				runs = append(runs, rapid.SampledFrom(before).Draw(t, "block"))
				continue
			}
			runs = append(runs, drawRuns(t))
		}
		record, err := encodeWords(numbered(77), runs, before, numbered)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeWords(numbered(77), record, before, number)
		if err != nil || len(got) != len(runs) {
			t.Fatalf("%d of %d blocks read back: %v", len(got), len(runs), err)
		}
		for i := range runs {
			if d := cmp.Diff(runs[i], got[i]); d != "" {
				t.Fatalf("block %d (-written +read):\n%s", i, d)
			}
		}
		if _, err := decodeWords(numbered(78), record, before, number); err == nil {
			t.Fatal("the record of one commit was read as another's")
		}
		at := rapid.IntRange(0, len(record)-1).Draw(t, "damaged at")
		record[at] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
		if _, err := decodeWords(numbered(77), record, before, number); err == nil {
			t.Fatalf("a record damaged at byte %d of %d was read", at, len(record))
		}
	})
}

// FuzzWordRecord reads whatever is found in the store, its check mended so that the rest is looked at.
func FuzzWordRecord(f *testing.F) {
	before := [][]diff.Run{{{Start: 0, End: 7, Origin: diff.Origin{Version: 1, Merge: -1}}}, nil}
	whole, err := encodeWords(numbered(3), [][]diff.Run{before[0], {{Start: 0, End: 9, Origin: diff.Origin{Version: 2, Merge: 4}}}}, before, numbered)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole[:len(whole)-4])
	f.Add([]byte{0, 200, 1, 0, 0})
	f.Fuzz(func(t *testing.T, record []byte) {
		sum := checkOf(numbered(3), record)
		record = append(record, byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
		runs, err := decodeWords(numbered(3), record, before, number)
		if err != nil {
			return
		}
		for _, block := range runs {
			end := 0
			for _, r := range block {
				if r.Start != end || r.End < r.Start || r.Merge < -1 {
					t.Fatalf("runs %v", block)
				}
				end = r.End
			}
		}
	})
}
