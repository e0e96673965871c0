package diff

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plenary/repo/resolution"
)

func side(ops []Op, kind OpKind) string {
	var b strings.Builder
	for _, o := range ops {
		if o.Kind == Equal || o.Kind == kind {
			b.WriteString(o.Text)
		}
	}
	return b.String()
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ name, base, revised, want string }{
		{"nothing", "to plant trees", "to plant trees", "to plant trees"},
		{"one word", "to plant tall trees", "to plant old trees", "to plant {-tall-}{+old+} trees"},
		{"compound words are not cut", "long-term plans", "short-term plans", "{-long-term-}{+short-term+} plans"},
		{"apostrophes are not cut", "l'arbre", "d'arbre", "{-l'arbre-}{+d'arbre+}"},
		{"hunks with only a mark between are one", "in Bern, 2001, the", "in Oslo, 2005, the", "in {-Bern, 2001-}{+Oslo, 2005+}, the"},
		{"a word between keeps hunks apart", "red apples and green pears", "red plums and green figs", "red {-apples-}{+plums+} and green {-pears-}{+figs+}"},
		{"insertion before the next word", "a garden", "a small garden", "a {+small +}garden"},
		{"at the end", "a garden;", "a garden with bees;", "a garden{+ with bees+};"},
		{"Chinese goes by characters", "保护森林", "保护海洋", "保护{-森林-}{+海洋+}"},
		{"an escape is one mark", `five \* six`, `five \_ six`, `five {-\*-}{+\_+} six`},
		{
			"rewritten beyond recognition", "the quick brown fox jumps over the lazy dog", "a committee of seven experts shall meet the secretary",
			"{-the quick brown fox jumps over the lazy dog-}{+a committee of seven experts shall meet the secretary+}",
		},
		{"all new", "", "words", "{+words+}"},
		{"all gone", "words", "", "{-words-}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := WordsTerminal(Words(c.base, c.revised)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

var vocabulary = []string{"trees", "rivers", "to", "the", "of", "and", "protect", "invite", "*notes*", "ITU‑T", "l'eau", ",", ";", "[a]", `\*`, "保", "护", "année", "\u00a0", "1.2"}

func drawWords(t *rapid.T, label string) string {
	return strings.Trim(strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 30).Draw(t, label), " "), " \u00a0")
}

func TestWordsGiveBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, revised := drawWords(t, "base"), drawWords(t, "revised")
		ops := Words(base, revised)
		if side(ops, Delete) != base || side(ops, Insert) != revised {
			t.Fatalf("%q -> %q gives %+v", base, revised, ops)
		}
		for k := 1; k < len(ops); k++ {
			if ops[k-1].Kind == Insert && ops[k].Kind == Delete {
				t.Fatal("an insertion stands before its deletion")
			}
		}
	})
}

func item(label, words string) resolution.Block {
	return resolution.Block{Kind: resolution.KindItem, Label: resolution.Label(label), Words: words}
}

func opener(words string) resolution.Block {
	return resolution.Block{Kind: resolution.KindOpener, Words: "*" + words + "*"}
}

func line(words string) resolution.Block { return resolution.Block{Words: words} }

func text(blocks ...resolution.Block) resolution.Text { return resolution.Text{Blocks: blocks} }

const (
	forest = "that forests hold more than half of all land animals and plants;"
	water  = "that clean water is short in many regions of the world;"
	soil   = "that soil forms slowly, a finger's breadth in a hundred years;"
	roads  = "that new roads part the ranges of deer, bears and wolves;"
)

func TestAlign(t *testing.T) {
	number := func(words string) resolution.Block {
		return resolution.Block{Kind: resolution.KindNumber, Words: words}
	}
	for _, c := range []struct {
		name          string
		base, revised resolution.Text
		want          string
	}{
		{"an item inserted shifts no one", text(item("a)", forest), item("b)", water)), text(item("a)", forest), item("b)", soil), item("c)", water)), "same 0-0, inserted -1, same 1-2"},
		{"an item deleted", text(item("a)", forest), item("b)", soil), item("c)", water)), text(item("a)", forest), item("b)", water)), "same 0-0, deleted 1-, same 2-1"},
		{"moved across sections", text(opener("noting"), item("a)", forest), item("b)", water), opener("resolves"), item("1.", roads)), text(opener("noting"), item("a)", water), opener("resolves"), item("1.", roads), item("2.", forest)), "same 0-0, same 2-1, same 3-2, same 4-3, same moved 1-4"},
		{"moved and changed", text(item("a)", forest), item("b)", water), item("c)", roads)), text(item("a)", water), item("b)", roads), item("c)", strings.Replace(forest, "half", "two thirds", 1))), "same 1-0, same 2-1, changed moved 0-2"},
		{"split", text(item("a)", strings.TrimSuffix(forest, ";")+" and "+water)), text(item("a)", forest), item("b)", water)), "split 0-0+1"},
		{"joined", text(item("a)", forest), item("b)", water)), text(item("a)", strings.TrimSuffix(forest, ";")+" and "+water)), "joined 0+1-0"},
		{"the number line keeps its role", text(number("RESOLUTION 7 (Rev. Bern, 2001)"), item("a)", water)), text(number("DECISION 9 (Oslo, 2005)"), item("a)", water)), "changed 0-0, same 1-1"},
		{"the opening line keeps its role", text(line("The Assembly of Gardeners (Bern, 2001),"), opener("noting")), text(line("The Congress (Oslo),"), opener("noting")), "changed 0-0, same 1-1"},
		{"list marks are not words", text(item("a)", forest)), text(item("a)", strings.TrimSuffix(forest, ";")+",")), "same 0-0"},
		{"nothing to do with each other", text(item("a)", forest)), text(item("a)", "to thank the host"), item("b)", roads)), "deleted 0-, inserted -0, inserted -1"},
		{"empty", text(), text(), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, spoken(Align(c.base, c.revised))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func spoken(pairs []Pair) string {
	join := func(indices []int) string {
		return strings.Trim(strings.ReplaceAll(strings.Trim(jsonOf(indices), "[]"), ",", "+"), " ")
	}
	var out []string
	for _, p := range pairs {
		s := p.Kind.String()
		if p.Moved {
			s += " moved"
		}
		out = append(out, s+" "+join(p.Base)+"-"+join(p.Revised))
	}
	return strings.Join(out, ", ")
}

func jsonOf(v []int) string {
	if v == nil {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func drawText(t *rapid.T, label string) resolution.Text {
	stock := []resolution.Block{
		opener("noting"), opener("resolves"), item("a)", forest), item("b)", water), item("c)", soil), item("1.", roads),
		item("d)", strings.TrimSuffix(forest, ";")+" and "+water), line("Option 2:"), item("e)", ""), item("f)", strings.Replace(soil, "slowly", "very slowly", 1)),
	}
	return text(rapid.SliceOfN(rapid.SampledFrom(stock), 0, 14).Draw(t, label)...)
}

func TestAlignLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawText(t, "base"), drawText(t, "revised")
		pairs := Align(a, b)
		seenA, seenB := make([]int, len(a.Blocks)), make([]int, len(b.Blocks))
		for _, p := range pairs {
			for _, i := range p.Base {
				seenA[i]++
			}
			for _, j := range p.Revised {
				seenB[j]++
			}
			if (len(p.Base) > 1) != (p.Kind == Joined) || (len(p.Revised) > 1) != (p.Kind == Split) {
				t.Fatalf("a %s pair of %v and %v", p.Kind, p.Base, p.Revised)
			}
		}
		for _, n := range append(seenA, seenB...) {
			if n != 1 {
				t.Fatalf("a block stands in %d pairs: %s", n, spoken(pairs))
			}
		}
		mirrored := make(map[string]bool)
		for _, p := range Align(b, a) {
			mirrored[jsonOf(p.Revised)+"-"+jsonOf(p.Base)] = true
		}
		for _, p := range pairs {
			if !mirrored[jsonOf(p.Base)+"-"+jsonOf(p.Revised)] {
				t.Fatalf("the other way round lacks %s: %s", spoken([]Pair{p}), spoken(pairs))
			}
		}
	})
}

func TestAlignWithItselfIsAllSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawText(t, "text")
		for k, p := range Align(a, a) {
			if p.Kind != Same || p.Moved || p.Base[0] != k || p.Revised[0] != k {
				t.Fatalf("pair %d is %s", k, spoken([]Pair{p}))
			}
		}
	})
}

func TestSubject(t *testing.T) {
	base := text(opener("considering"), item("a)", forest), item("b)", water), opener("resolves"), item("1.", roads), item("2.", soil))
	for _, c := range []struct {
		name    string
		revised resolution.Text
		want    string
	}{
		{"nothing", base, ""},
		{"two", text(opener("considering"), item("a)", forest), item("b)", strings.Replace(water, "many", "most", 1)), opener("resolves"), item("1.", strings.Replace(roads, "new ", "", 1)), item("2.", soil)), "considering b), resolves 1: 2 clauses changed"},
		{"one added", text(opener("considering"), item("a)", forest), item("b)", water), opener("resolves"), item("1.", "to thank the host of the meeting"), item("2.", roads), item("3.", soil)), "resolves 1: 1 clause added"},
		{"one deleted", text(opener("considering"), item("a)", forest), item("b)", water), opener("resolves"), item("1.", soil)), "resolves 1: 1 clause deleted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Subject(base, c.revised); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestForms(t *testing.T) {
	base := text(opener("noting"), item("a)", `that *all* <trees> \* grow`), resolution.Block{Kind: resolution.KindTable, Rows: [][]string{{"A", "B"}, {"1", "2"}}})
	revised := text(opener("noting"), item("a)", `that *most old* <trees> \* grow`), resolution.Block{Kind: resolution.KindTable, Rows: [][]string{{"A", "B"}, {"1", "3"}}})
	changes := Compare(base, revised)
	got := string(HTML(changes...))
	for _, want := range []string{
		`<p class="clause changed" data-clause="noting-a"><span class="label">a)</span> that `,
		`<del><span class="vh">deleted: </span><em>all</em><span class="vh"> end of deletion </span></del><ins><span class="vh">inserted: </span><em>most old</em>`,
		`&lt;trees&gt; * grow`,
		`<td><del><span class="vh">deleted: </span>2`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("HTML lacks %s:\n%s", want, got)
		}
	}
	if got, want := Terminal(changes...), "noting a): that *{-all-}{+most old+}* <trees> \\* grow\nnoting, table 1: \n  A | B\n  1 | {-2-}{+3+}\n"; got != want {
		t.Errorf("terminal: %q, want %q", got, want)
	}
	b, err := JSON(changes...)
	if err != nil || !strings.Contains(string(b), `"op": "-"`) {
		t.Errorf("JSON: %s, %v", b, err)
	}
}
