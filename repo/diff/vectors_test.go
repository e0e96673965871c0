package diff

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plenary/repo/resolution"
)

var update = flag.Bool("update", false, "write the vectors that the Go and the TypeScript tests share")

type vectorClause struct {
	Kind  string `json:"kind"`
	Level int    `json:"level"`
	Label string `json:"label"`
	Words string `json:"words"`
}

type vectorPair struct {
	Kind    string `json:"kind"`
	Moved   bool   `json:"moved"`
	Base    []int  `json:"base"`
	Revised []int  `json:"revised"`
}

type wordVector struct {
	Base    string   `json:"base"`
	Revised string   `json:"revised"`
	Ops     []jsonOp `json:"ops"`
}

type pairVector struct {
	Name    string         `json:"name"`
	Base    []vectorClause `json:"base"`
	Revised []vectorClause `json:"revised"`
	Pairs   []vectorPair   `json:"pairs"`
}

type vectors struct {
	Words []wordVector `json:"words"`
	Pairs []pairVector `json:"pairs"`
}

var kindNames = []string{"paragraph", "number", "title", "division", "divtitle", "heading", "history", "opener", "item", "bullet", "table", "footnote"}

func clausesOf(t resolution.Text) []vectorClause {
	out := make([]vectorClause, 0, len(t.Blocks))
	for _, b := range t.Blocks {
		c := vectorClause{Kind: kindNames[b.Kind], Level: b.Level, Label: string(b.Label), Words: b.Words}
		if b.Kind == resolution.KindTable {
			rows := make([]string, len(b.Rows))
			for k, row := range b.Rows {
				rows[k] = strings.Join(row, "\x01")
			}
			c.Words = strings.Join(rows, "\x02")
		}
		out = append(out, c)
	}
	return out
}

// inventedWords make clauses with what is hard for a tokeniser or a comparer of texts.
var inventedWords = strings.Fields("trees rivers to the of and that protect invite *notes* ITU‑T l'eau d'été année , ; . [a] {USA} \\* \\[ 保护 森林 1.2 50\u00a0% garden gardens Gärten ΣΟΦΟΣ İzmir long-term long‑term états ; and 😀 حديقة")

func vectorWords(r *rand.Rand, n int) string {
	words := make([]string, n)
	for k := range words {
		words[k] = inventedWords[r.IntN(len(inventedWords))]
	}
	return strings.Join(words, " ")
}

// twisted gives a text some random changes: clauses in, out, elsewhere, in two, in one, with other words.
func twisted(r *rand.Rand, base []resolution.Block) []resolution.Block {
	out := slices.Clone(base)
	for range 1 + r.IntN(6) {
		if len(out) == 0 {
			break
		}
		k := r.IntN(len(out))
		words := strings.Fields(out[k].Words)
		switch r.IntN(7) {
		case 0:
			out = slices.Delete(out, k, k+1)
		case 1:
			out = slices.Insert(out, k, item("x)", vectorWords(r, 3+r.IntN(12))))
		case 2:
			b := out[k]
			out = slices.Delete(out, k, k+1)
			out = slices.Insert(out, r.IntN(len(out)+1), b)
		case 3:
			if len(words) > 6 {
				half := len(words) / 2
				b := out[k]
				out[k].Words = strings.Join(words[:half], " ")
				b.Words = strings.Join(words[half:], " ")
				out = slices.Insert(out, k+1, b)
			}
		case 4:
			if k+1 < len(out) && out[k].Kind == resolution.KindItem && out[k+1].Kind == resolution.KindItem {
				out[k].Words += " " + out[k+1].Words
				out = slices.Delete(out, k+1, k+2)
			}
		default:
			if len(words) > 1 {
				words[r.IntN(len(words))] = inventedWords[r.IntN(len(inventedWords))]
				out[k].Words = strings.Join(words, " ")
			}
		}
	}
	return out
}

func makeVectors() vectors {
	r := rand.New(rand.NewPCG(3, 14)) // the same vectors every time
	var v vectors
	addWords := func(base, revised string) {
		v.Words = append(v.Words, wordVector{base, revised, jsonOps(Words(base, revised))})
	}
	for range 100 {
		base := vectorWords(r, r.IntN(25))
		revised := twisted(r, []resolution.Block{item("a)", base)})
		if len(revised) > 0 {
			addWords(base, revised[0].Words)
		}
		addWords(base, vectorWords(r, r.IntN(25)))
	}
	kinds := []resolution.Kind{
		resolution.KindItem, resolution.KindItem, resolution.KindItem, resolution.KindBullet, resolution.KindParagraph,
		resolution.KindOpener, resolution.KindDivision, resolution.KindFootnote,
	}
	for n := range 70 {
		blocks := []resolution.Block{
			{Kind: resolution.KindNumber, Words: fmt.Sprintf("RESOLUTION %d (Bern, %d)", n, 1990+n%30)},
			{Words: "The Assembly of Gardeners (Bern),"},
		}
		for k := range r.IntN(14) {
			b := resolution.Block{Kind: kinds[r.IntN(len(kinds))], Words: vectorWords(r, 1+r.IntN(14))}
			if b.Kind == resolution.KindItem {
				b.Label = resolution.Label(fmt.Sprintf("%d.", k+1))
			}
			blocks = append(blocks, b)
		}
		blocks = append(blocks, resolution.Block{Kind: resolution.KindTable, Rows: [][]string{{"A", "B"}, {vectorWords(r, 2), "2"}}})
		v.Pairs = append(v.Pairs, vectorOf(fmt.Sprintf("text %d", n), text(blocks...), text(twisted(r, blocks)...)))
	}
	for _, c := range goneElsewhere() {
		v.Pairs = append(v.Pairs, vectorOf(c.name, c.base, c.revised))
	}
	return v
}

func vectorOf(name string, base, revised resolution.Text) pairVector {
	pv := pairVector{Name: name, Base: clausesOf(base), Revised: clausesOf(revised)}
	for _, p := range Align(base, revised) {
		pv.Pairs = append(pv.Pairs, vectorPair{p.Kind.String(), p.Moved, append([]int{}, p.Base...), append([]int{}, p.Revised...)})
	}
	return pv
}

// TestVectors holds word difference and pairing to the vectors that the browser's twins are tested with.
func TestVectors(t *testing.T) {
	path := filepath.Join("testdata", "vectors", "diff.json")
	got, err := json.Marshal(makeVectors())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(got, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)+"\n"); d != "" {
		t.Error("run with -update if the change is meant: " + d)
	}
}
